//! Views worth a trial.

use super::view::{Scale, View};
use crate::season::Decomposition;

/// The most lags a view has.
const MOST_LAGS: usize = 256;

/// Views for series of `typical_len` values with these seasons, shortest first.
///
/// Two families (`docs/accuracy.md`): short views in units of the typical step, which are best where
/// every series goes its own way; and long ones, a season or a horizon and a quarter back, which are
/// best where the shape of a season is what matters.
pub(super) fn views(
    scale: Scale,
    seasons: &[usize],
    horizon: usize,
    typical_len: usize,
) -> Vec<View> {
    let shortest = seasons.first().copied().unwrap_or(1);
    let longest = seasons.last().copied().unwrap_or(1);
    let far = (longest.max(horizon) * 5 / 4).clamp(4, MOST_LAGS).min(typical_len.max(4));
    let short = View {
        scale,
        adjust: true,
        decomposition: Decomposition::default(),
        level: 1,
        by_step: true,
        lags: (2 * shortest).clamp(4, 64),
        ahead: false,
        skip: false,
        beside: false,
        scaler: None,
        free: false,
        drift: false,
    };
    let long = View { by_step: false, lags: far, ..short.clone() };
    let mut views = vec![short.clone(), long.clone(), View { skip: true, ..long.clone() }];
    if scale != Scale::Plain {
        views.push(View { scale: Scale::Plain, ..short.clone() });
    }
    if shortest == 1 {
        // What has no trend comes back to its mean.
        views.push(View { level: far.max(28), skip: true, ..long.clone() });
    }
    if shortest > 1 {
        views.extend([
            View { adjust: false, level: shortest, ..short },
            View { level: shortest, skip: true, ahead: true, ..long.clone() },
            View { level: shortest, ..long.clone() },
            View { adjust: false, level: longest.min(far), skip: true, ..long },
        ]);
    }
    views
}
