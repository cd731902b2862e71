//! Search space of model selection: the preprocessing of the candidates.

use crate::season::Decomposition;
use crate::transforms::{Preprocessing, TargetTransform};

/// Least lags of a candidate, most of a candidate with few lags, and most of all. Chosen in early experiments on validation
/// sets (`docs/experiments.md`).
const MIN_LAGS: usize = 4;
const MAX_FEW_LAGS: usize = 64;
const MAX_LAGS: usize = 256;
/// Least values of the level that a series without a season returns to. Chosen by hand, not measured.
const MIN_LONG_LEVEL: usize = 28;

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
    let far =
        (longest.max(horizon) * 5 / 4).clamp(MIN_LAGS, MAX_LAGS).min(typical_len.max(MIN_LAGS));
    let short = Preprocessing {
        transform,
        deseasonalize: true,
        decomposition: Decomposition::default(),
        differences: 1,
        local_level: 1,
        diff_normalized: true,
        lags: (2 * shortest).clamp(MIN_LAGS, MAX_FEW_LAGS),
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
        let local_level = far.max(MIN_LONG_LEVEL);
        space.push(Preprocessing { local_level, linear_skip: true, ..long.clone() });
    }
    if shortest > 1 {
        space.extend(seasonal(short, long, shortest, longest.min(far)));
    }
    space
}

/// Candidates for a season whose local level is a mean over the `shortest` seasonal period, or over the `longest`.
fn seasonal(
    short: Preprocessing,
    long: Preprocessing,
    shortest: usize,
    longest: usize,
) -> [Preprocessing; 4] {
    [
        Preprocessing { deseasonalize: false, local_level: shortest, ..short },
        Preprocessing {
            local_level: shortest,
            linear_skip: true,
            seasonal_features: true,
            ..long.clone()
        },
        Preprocessing { local_level: shortest, ..long.clone() },
        Preprocessing { deseasonalize: false, local_level: longest, linear_skip: true, ..long },
    ]
}
