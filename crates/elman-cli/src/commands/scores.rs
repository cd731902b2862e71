//! The errors of a forecast beside those of the baselines, and the coverage of its intervals.

use elman::data::counted;
use elman::models::rnn::Likelihood;
use elman::select::SelectionReport;

use super::panel;
use crate::numbers;

/// A table of MASE and sMAPE, one line for each model, and one for the best baseline, which other forecasts chose; `head` names
/// the values that the forecasts are compared with.
pub fn table(head: &str, report: &SelectionReport) -> Vec<String> {
    let width = report.scores.iter().map(|score| score.name.len()).max().unwrap_or(0).max(10);
    let mut lines = vec![format!("  {head:width$}  {:>8}  {:>8}", "MASE", "sMAPE")];
    let best = report.best_baseline.iter().map(|score| ("best baseline", score));
    for (name, score) in report.scores.iter().map(|score| (&score.name[..], score)).chain(best) {
        let [mase, smape] = [score.mase, score.smape].map(numbers::score);
        lines.push(format!("  {name:width$}  {mase:>8}  {smape:>8}"));
    }
    lines
}

/// The coverage of the intervals, which cannot be validated with a handful of forecasts. `place` is a set of values.
pub fn coverage(place: &str, report: &SelectionReport, likelihood: Likelihood) -> Vec<String> {
    if report.coverage.is_empty() {
        let forecasts = counted(report.evidence.forecasts, "forecast");
        return match report.evidence.forecasts {
            0 => Vec::new(),
            _ => vec![format!("note: prediction intervals from {forecasts}: too few to validate")],
        };
    }
    let how = match likelihood {
        Likelihood::Point => " (cross-fitted)",
        _ => "",
    };
    let intervals = shares(&report.levels, &report.coverage);
    let line = format!("interval coverage in {place}{how}: {intervals}");
    [line].into_iter().chain(panel::narrow(report, likelihood)).collect()
}

/// The coverage of each interval: `80 % interval 81.2 %, 95 % interval 94.0 %`.
pub fn shares(levels: &[f64], coverage: &[f64]) -> String {
    let intervals = levels.iter().zip(coverage);
    let intervals: Vec<String> = intervals
        .map(|(level, share)| format!("{level} % interval {}", numbers::per_cent(*share, 1)))
        .collect();
    intervals.join(", ")
}
