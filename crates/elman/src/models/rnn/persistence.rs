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
            _ => after(settings, &shape, *series, *origin),
        };
        origins.iter().map(at).collect()
    };
    panel.iter().zip(origins).map(of).collect()
}

fn after(
    settings: &RnnConfig,
    shape: &SeriesTransform,
    series: HistoryView<'_>,
    origin: usize,
) -> Vec<f64> {
    let history = series.history;
    let last = (0..origin).rev().find(|t| !history.values[*t].is_nan()).unwrap_or(origin - 1);
    let rise = if settings.preprocessing.drift {
        let season = settings.seasons.first().copied().unwrap_or(1);
        let from = origin.saturating_sub(window(settings.horizon, season));
        let level = |t: usize| history.filled[t] - shape.profile.at(t) * shape.unit;
        slope(&(from..origin).map(level).collect::<Vec<_>>())
    } else {
        0.0
    };
    let ahead = origin..origin + settings.horizon;
    ahead.map(|t| shape.again(history.filled[last], last, t) + rise * (t - last) as f64).collect()
}
