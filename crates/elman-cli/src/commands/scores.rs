//! The errors of a forecast beside those of the baselines, and the coverage of its intervals.

use elman::data::counted;
use elman::models::rnn::Likelihood;
use elman::select::SelectionReport;

use super::panel;

/// A table of MASE and sMAPE, one line for each model; `head` names the values that the forecasts are compared with.
pub fn table(head: &str, report: &SelectionReport) -> Vec<String> {
    let width = report.scores.iter().map(|score| score.name.len()).max().unwrap_or(0).max(10);
    let mut lines = vec![format!("  {head:width$}  {:>8}  {:>8}", "MASE", "sMAPE")];
    for score in &report.scores {
        let [mase, smape] = [score.mase, score.smape].map(figure);
        lines.push(format!("  {:width$}  {mase:>8}  {smape:>8}", score.name));
    }
    lines
}

/// An error with three decimals; a dash where there is none.
pub fn figure(error: Option<f64>) -> String {
    error.map_or("-".to_owned(), |error| format!("{error:.3}"))
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
    let intervals = report.levels.iter().zip(&report.coverage);
    let intervals: Vec<String> = intervals
        .map(|(level, share)| format!("{level} % interval {:.1} %", 100.0 * share))
        .collect();
    let how = match likelihood {
        Likelihood::Point => " (cross-fitted)",
        _ => "",
    };
    let line = format!("interval coverage in {place}{how}: {}", intervals.join(", "));
    [line].into_iter().chain(panel::narrow(report, likelihood)).collect()
}
