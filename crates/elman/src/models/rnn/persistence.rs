//! Untrained forecasts: persistence (the last value, or with a season the seasonally adjusted one), and drift (the line
//! through the last values).
//!
//! They are computed from the raw values: without a season, the persistence forecast is the last value, bit for bit.

use super::config::RnnConfig;
use crate::data::{Forecasts, HistoryView};
use crate::transforms::borrowed_season::BorrowedSeason;
use crate::transforms::falling::{slope, window};
use crate::transforms::series_transform::SeriesTransform;

/// For each series of `panel` and each of its `origins`, the forecast after the first `origin` values.
pub(crate) fn forecasts(
    settings: &RnnConfig,
    panel: &[HistoryView<'_>],
    origins: &[Vec<usize>],
) -> Forecasts {
    let borrowed = BorrowedSeason::of(&settings.preprocessing, panel, &settings.seasons);
    let of = |(series, origins): (&HistoryView<'_>, &Vec<usize>)| {
        let (shape, _) = SeriesTransform::of(
            &settings.preprocessing,
            *series,
            &settings.seasons,
            borrowed.as_ref().and_then(|borrowed| borrowed.to(series.history)),
        );
        let at = |origin: &usize| match origin {
            0 => Vec::new(),
            _ => after(settings, &shape, &last_values(*series, *origin)),
        };
        origins.iter().map(at).collect()
    };
    panel.iter().zip(origins).map(of).collect()
}

fn last_values(series: HistoryView<'_>, origin: usize) -> LastValues<'_> {
    let history = series.history;
    let last = (0..origin).rev().find(|t| !history.values[*t].is_nan()).unwrap_or(origin - 1);
    LastValues { recent: &history.filled[..origin], origin, last: (last, history.filled[last]) }
}

/// The last values of a series, masked ones filled, up to an origin.
pub(super) struct LastValues<'a> {
    pub(super) recent: &'a [f64],
    /// Number of values up to the origin.
    pub(super) origin: usize,
    /// The last known value, and its step.
    pub(super) last: (usize, f64),
}

/// Number of last values that a forecast depends on.
pub(super) fn window_of(settings: &RnnConfig) -> usize {
    window(settings.horizon, settings.seasons.first().copied().unwrap_or(1))
}

/// The forecast of the horizon after these values.
pub(super) fn after(
    settings: &RnnConfig,
    shape: &SeriesTransform,
    values: &LastValues<'_>,
) -> Vec<f64> {
    let LastValues { recent, origin, last: (at, y) } = *values;
    let rise = if settings.preprocessing.drift {
        let recent = &recent[recent.len().saturating_sub(window_of(settings))..];
        let first = origin - recent.len();
        let level = |(k, y): (usize, &f64)| y - shape.profile.at(first + k) * shape.fitted.unit;
        slope(&recent.iter().enumerate().map(level).collect::<Vec<_>>())
    } else {
        0.0
    };
    let ahead = origin..origin + settings.horizon;
    ahead.map(|t| shape.again(y, at, t) + rise * (t - at) as f64).collect()
}
