//! What a reader of a forecast should know besides its numbers, in sentences.

use super::bands::Band;
use super::contest::{Contest, LeftOut};
use crate::series::{Series, TimeAxis, thousands};

/// Series that are named in one note.
const NAMED: usize = 3;
/// A forecast below this share of the lowest value of its history has come to its floor.
const FLOOR: f64 = 0.05;

/// `1 series (`a`)`, `5 series (`a`, `b`, `c`, …)`.
pub(super) fn named(names: &[&str]) -> String {
    let some: Vec<String> = names.iter().take(NAMED).map(|name| format!("`{name}`")).collect();
    let more = if names.len() > NAMED { ", …" } else { "" };
    format!("{} series ({}{more})", thousands(names.len()), some.join(", "))
}

/// That some series end so long before another one that even their forecasts lie before its end, if so.
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
        "{} end long before the others: `{}` on {}, and the last of all on {}; their forecasts are of a time that has \
         passed",
        named(&names),
        first.name,
        first.label(first.len() - 1),
        last.label(last.len() - 1)
    ))
}

/// That forecasts came to the floor under a history that was always above 0, if so. A forecast of 0 or below shows that
/// there was no floor.
pub(super) fn floored(panel: &[Series], values: &[Vec<f64>]) -> Option<String> {
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
            "{}: the forecast comes near 0, and is kept above it, as all values so far were; `--scaler standard` lets \
             it fall below",
            named(&names)
        )
    })
}

/// Candidates that were left out of the model selection: a note for each reason.
pub(super) fn left_out(contest: &Contest) -> impl Iterator<Item = String> {
    let reasons = [
        (LeftOut::Diverged, "their training diverged", "try a smaller `--learning-rate`"),
        (LeftOut::NotFinite, "their validation forecasts are not finite", "try another `--scaler`"),
    ];
    reasons.into_iter().filter_map(|(reason, why, help)| {
        let trials = || contest.trials.iter().filter(|trial| trial.left_out == Some(reason));
        let some: Vec<String> = trials().take(NAMED).map(|trial| format!("({trial})")).collect();
        let more = if trials().count() > NAMED { ", …" } else { "" };
        (!some.is_empty()).then(|| {
            format!(
                "{} of {} candidates left out of the model selection, as {why}: {}{more}; {help}",
                trials().count(),
                contest.trials.len(),
                some.join(", ")
            )
        })
    })
}

/// Which series have no scale, and so no part in MASE, if some do.
pub(super) fn without_scale(contest: &Contest) -> Option<String> {
    let names: Vec<&str> = contest.without_scale.iter().map(String::as_str).collect();
    (!names.is_empty()).then(|| {
        format!(
            "{}: the history repeats itself exactly, so that there is no scale, and no MASE",
            named(&names)
        )
    })
}

/// That some series have no intervals, and why, if so.
pub(super) fn without_bands(panel: &[Series], bands: &[Vec<Band>]) -> Option<String> {
    let without = panel.iter().zip(bands).filter(|(_, bands)| bands.is_empty());
    let names: Vec<&str> = without.map(|(series, _)| &series.name[..]).collect();
    (!names.is_empty()).then(|| {
        format!(
            "{}: no prediction intervals, as nothing could be validated: there are too few values for this horizon",
            named(&names)
        )
    })
}
