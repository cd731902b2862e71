//! The last value again, in its season; or the line through the last values: forecasts that need no network.
//!
//! They are computed from the values themselves, so that without a season the last value is that to the last bit.

use super::Forecasts;
use super::falling::{slope, window};
use super::lent::Lent;
use super::net::NetSettings;
use super::past::Known;
use super::shape::Shape;

/// For each series of `panel` and each of its `origins`, the values after the first `origin` ones.
pub(super) fn forecasts(
    settings: &NetSettings,
    panel: &[Known<'_>],
    origins: &[Vec<usize>],
) -> Forecasts {
    let lent = Lent::of(&settings.view, panel, &settings.seasons);
    let of = |(series, origins): (&Known<'_>, &Vec<usize>)| {
        let (shape, _) = Shape::of(&settings.view, *series, &settings.seasons, lent.as_ref());
        let at = |origin: &usize| match origin {
            0 => Vec::new(),
            _ => after(settings, &shape, *series, *origin),
        };
        origins.iter().map(at).collect()
    };
    panel.iter().zip(origins).map(of).collect()
}

fn after(settings: &NetSettings, shape: &Shape, series: Known<'_>, origin: usize) -> Vec<f64> {
    let past = series.past;
    let last = (0..origin).rev().find(|t| !past.values[*t].is_nan()).unwrap_or(origin - 1);
    let rise = if settings.view.drift {
        let season = settings.seasons.first().copied().unwrap_or(1);
        let from = origin.saturating_sub(window(settings.horizon, season));
        let level = |t: usize| past.filled[t] - shape.profile.at(t) * shape.unit;
        slope(&(from..origin).map(level).collect::<Vec<_>>())
    } else {
        0.0
    };
    let ahead = origin..origin + settings.horizon;
    ahead.map(|t| shape.again(past.filled[last], last, t) + rise * (t - last) as f64).collect()
}
