//! Search space of model selection: the preprocessing of the candidates.

use crate::season::Decomposition;
use crate::transforms::{Preprocessing, TargetTransform};

/// Most lags of a candidate.
const MAX_LAGS: usize = 256;

/// Preprocessing of the candidates for series of `typical_len` values with these seasonal periods, shortest first.
///
/// There are two families (`docs/experiments.md`). Candidates with few lags and normalized differences are best where each
/// series moves in its own way. Candidates with many lags, 5/4 of the longest seasonal period or of the horizon, are
/// best where the shape of the season matters.
pub(crate) fn search_space(
    transform: TargetTransform,
    seasons: &[usize],
    horizon: usize,
    typical_len: usize,
) -> Vec<Preprocessing> {
    let shortest = seasons.first().copied().unwrap_or(1);
    let longest = seasons.last().copied().unwrap_or(1);
    let far = (longest.max(horizon) * 5 / 4).clamp(4, MAX_LAGS).min(typical_len.max(4));
    let short = Preprocessing {
        transform,
        deseasonalize: true,
        decomposition: Decomposition::default(),
        differences: 1,
        local_level: 1,
        diff_normalized: true,
        lags: (2 * shortest).clamp(4, 64),
        seasonal_features: false,
        linear_skip: false,
        use_covariates: false,
        scaler: None,
        no_floor: false,
        drift: false,
    };
    let long = Preprocessing { diff_normalized: false, lags: far, ..short.clone() };
    let mut space =
        vec![short.clone(), long.clone(), Preprocessing { linear_skip: true, ..long.clone() }];
    if !transform.is_linear {
        space.push(Preprocessing { transform: TargetTransform::MEAN_SCALE, ..short.clone() });
    }
    if shortest == 1 {
        // A series without trend returns to its mean.
        space.push(Preprocessing { local_level: far.max(28), linear_skip: true, ..long.clone() });
    }
    if shortest > 1 {
        space.extend([
            Preprocessing { deseasonalize: false, local_level: shortest, ..short },
            Preprocessing {
                local_level: shortest,
                linear_skip: true,
                seasonal_features: true,
                ..long.clone()
            },
            Preprocessing { local_level: shortest, ..long.clone() },
            Preprocessing {
                deseasonalize: false,
                local_level: longest.min(far),
                linear_skip: true,
                ..long
            },
        ]);
    }
    space
}
