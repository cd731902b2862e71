//! Notes about a forecast, in sentences.

use super::selection::{LeftOut, SelectionReport};
use super::setup::MIN_KNOWN;
use crate::data::{PredictionInterval, Series, TimeAxis, thousands};

/// Series that one note names.
const NAMED: usize = 3;
/// A forecast below this share of the lowest value of its history has reached the floor.
const FLOOR: f64 = 0.05;

/// `1 series (`a`)`, `5 series (`a`, `b`, `c`, …)`.
pub(crate) fn named(names: &[&str]) -> String {
    let some: Vec<String> = names.iter().take(NAMED).map(|name| format!("`{name}`")).collect();
    let more = if names.len() > NAMED { ", …" } else { "" };
    format!("{} series ({}{more})", thousands(names.len()), some.join(", "))
}

/// Note about series that end so early that even their forecasts lie before the end of the last series.
pub fn ended_early(panel: &[Series], horizon: usize) -> Option<String> {
    let has_dates = |series: &Series| !matches!(series.time, TimeAxis::Steps { .. });
    if panel.len() < 2 || !panel.iter().all(has_dates) {
        return None;
    }
    let end = |series: &Series| series.position(series.len().saturating_sub(1));
    let last = panel.iter().max_by(|a, b| end(a).total_cmp(&end(b)))?;
    let is_early = |series: &&Series| series.clock().position(horizon) < end(last);
    let early: Vec<&Series> = panel.iter().filter(is_early).collect();
    let first = early.iter().min_by(|a, b| end(a).total_cmp(&end(b)))?;
    let names: Vec<&str> = early.iter().map(|series| &series.name[..]).collect();
    Some(format!(
        "{} end long before the other series: `{}` ends on {}, the latest series ends on {}; their forecasts are for \
         dates before that",
        named(&names),
        first.name,
        first.label(first.len() - 1),
        last.label(last.len() - 1)
    ))
}

/// Why the errors of a forecast are unknown: no series has values for a validation forecast of this `horizon`.
pub fn too_short(selection: &SelectionReport, horizon: usize) -> String {
    format!(
        "the series are too short to validate: at least {} values are needed for horizon {horizon}",
        selection.held_out + MIN_KNOWN
    )
}

/// Note about forecasts that reached the floor, with a history that was always above 0. A forecast of 0 or below shows
/// that there was no floor.
pub(crate) fn floored(panel: &[Series], values: &[Vec<f64>]) -> Option<String> {
    let lowest = |series: &Series| {
        series.values.iter().copied().filter(|y| !y.is_nan()).fold(f64::INFINITY, f64::min)
    };
    let is_floored = |(series, values): &(&Series, &Vec<f64>)| {
        let lowest = lowest(series);
        lowest > 0.0
            && values.iter().all(|y| *y > 0.0)
            && values.iter().any(|y| *y < FLOOR * lowest)
    };
    let floored = panel.iter().zip(values).filter(is_floored);
    let names: Vec<&str> = floored.map(|(series, _)| &series.name[..]).collect();
    (!names.is_empty()).then(|| {
        format!(
            "{}: the forecast is close to 0 but stays above 0, because all values of the history are above 0; `--scaler \
             standard` allows forecasts below 0",
            named(&names)
        )
    })
}

/// Notes about candidates that were left out of the model selection, one for each reason.
pub(crate) fn left_out(selection: &SelectionReport) -> impl Iterator<Item = String> {
    let reasons = [
        (LeftOut::Diverged, "their training diverged", "try a smaller `--learning-rate`"),
        (LeftOut::NotFinite, "their validation forecasts are not finite", "try another `--scaler`"),
    ];
    reasons.into_iter().filter_map(|(reason, why, help)| {
        let candidate_scores = || {
            selection.candidate_scores.iter().filter(|candidate| candidate.left_out == Some(reason))
        };
        let some: Vec<String> =
            candidate_scores().take(NAMED).map(|candidate| format!("({candidate})")).collect();
        let more = if candidate_scores().count() > NAMED { ", …" } else { "" };
        (!some.is_empty()).then(|| {
            format!(
                "{} of {} candidates left out of the model selection, as {why}: {}{more}; {help}",
                candidate_scores().count(),
                selection.candidate_scores.len(),
                some.join(", ")
            )
        })
    })
}

/// Note about series without a scale, which are excluded from MASE.
pub(crate) fn without_scale(selection: &SelectionReport) -> Option<String> {
    let names: Vec<&str> = selection.without_scale.iter().map(String::as_str).collect();
    (!names.is_empty()).then(|| {
        format!(
            "{}: every seasonal difference of the history is 0, so MASE is not defined",
            named(&names)
        )
    })
}

/// Note about series without intervals, with the reason.
pub(crate) fn without_intervals(
    panel: &[Series],
    intervals: &[Vec<PredictionInterval>],
) -> Option<String> {
    let without = panel.iter().zip(intervals).filter(|(_, intervals)| intervals.is_empty());
    let names: Vec<&str> = without.map(|(series, _)| &series.name[..]).collect();
    (!names.is_empty()).then(|| {
        format!(
            "{}: no prediction intervals, because there are too few values to validate this horizon",
            named(&names)
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_forecast_at_the_floor_is_named() {
        let panel = [Series::counted("balance", vec![9.0, 6.0, 4.0])];
        let near_0 = floored(&panel, &[vec![1.0, 0.1]]).unwrap();
        assert!(near_0.starts_with("1 series (`balance`): the forecast is close to 0"), "{near_0}");
        // Above a twentieth of the lowest value, or without a floor.
        assert_eq!(floored(&panel, &[vec![1.0, 0.3]]), None);
        assert_eq!(floored(&panel, &[vec![0.1, -1.0]]), None);
    }
}
