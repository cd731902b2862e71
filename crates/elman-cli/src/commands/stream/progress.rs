//! The progress and the summary of a stream, for a person and as JSON.

use std::path::Path;
use std::time::Instant;

use elman::data::counted;
use elman::stream::{PrequentialError, Summary};
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::files;
use crate::numbers::{count, per_cent, seconds, significant};

/// Digits of an error.
const DIGITS: usize = 4;

/// The clock of a stream.
pub struct Progress {
    start: Instant,
    /// Time and lines of the last report.
    last: (Instant, u64),
}

impl Progress {
    pub fn start() -> Self {
        let start = Instant::now();
        Self { start, last: (start, 0) }
    }

    /// One line about the stream after so many `lines`; the speed is that since the last such line.
    pub fn line(&mut self, lines: u64, summary: &Summary) -> String {
        let (time, before) = std::mem::replace(&mut self.last, (Instant::now(), lines));
        let speed = per_second(lines - before, time);
        let mut parts = vec![
            counted(lines as usize, "line"),
            format!("{} lines/s", count(speed)),
            format!("{} series", count(summary.series)),
        ];
        parts.extend(summary.errors.first().and_then(error));
        parts.join(" · ")
    }

    /// The report at the end.
    pub fn report<'a>(&self, lines: u64, bad: u64, summary: &'a Summary) -> Report<'a> {
        Report { lines, bad, seconds: self.start.elapsed().as_secs_f64(), summary }
    }
}

/// Summary of a stream at its end.
pub struct Report<'a> {
    lines: u64,
    bad: u64,
    seconds: f64,
    summary: &'a Summary,
}

impl Report<'_> {
    /// The report in sentences.
    pub fn sentences(&self) -> Vec<String> {
        let Self { lines, bad, summary, .. } = self;
        let bad = if *bad > 0 {
            format!(", {} skipped", counted(*bad as usize, "bad line"))
        } else {
            String::new()
        };
        let speed = self.lines_per_second();
        let mut sentences = vec![
            format!(
                "{} in {}, {} lines/s{bad}",
                counted(*lines as usize, "line"),
                seconds(self.seconds),
                count(speed)
            ),
            observations(summary),
        ];
        let errors = &summary.errors;
        sentences.extend(errors.first().and_then(error));
        sentences.extend(errors.last().filter(|_| errors.len() > 1).and_then(error));
        if summary.optimizer_steps > 0 {
            let rollbacks = match summary.rollbacks {
                0 => String::new(),
                n => format!(", {} to the weights of the model", counted(n as usize, "return")),
            };
            sentences.push(format!(
                "online training: {}{rollbacks}",
                counted(summary.optimizer_steps as usize, "optimizer step")
            ));
        }
        sentences
    }

    fn lines_per_second(&self) -> u64 {
        (self.lines as f64 / self.seconds.max(1e-9)) as u64
    }

    /// Writes the report as JSON.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn write(&self, file: &Path) -> Result<(), Failure> {
        let mut text = format!("{:#}", self.document());
        text.push('\n');
        files::replace(file, text.as_bytes())
    }

    fn document(&self) -> Value {
        json!({
            "command": "stream",
            "lines": self.lines,
            "bad_lines": self.bad,
            "seconds": self.seconds,
            "lines_per_second": self.lines_per_second(),
            "summary": self.summary,
        })
    }
}

fn per_second(lines: u64, since: Instant) -> u64 {
    (lines as f64 / since.elapsed().as_secs_f64().max(1e-9)) as u64
}

/// The counts of the observations.
fn observations(summary: &Summary) -> String {
    let with = |n: u64, what: &str| (n > 0).then(|| counted(n as usize, what));
    let more = [
        with(summary.missing, "missing value"),
        with(summary.absent, "absent time step"),
        with(summary.duplicates, "duplicate"),
        (summary.late > 0).then(|| format!("{} late", count(summary.late))),
        (summary.early > 0).then(|| format!("{} early", count(summary.early))),
        with(summary.resets, "reset"),
    ];
    let first = [
        format!("{} series", count(summary.series)),
        counted(summary.observations as usize, "observation"),
    ];
    first.into_iter().chain(more.into_iter().flatten()).collect::<Vec<_>>().join(", ")
}

/// The error of the forecasts so many steps ahead beside that of the last value, and the coverage; `None` if no value has
/// come yet.
fn error(of: &PrequentialError) -> Option<String> {
    if of.forecasts == 0 {
        return None;
    }
    let PrequentialError { step_ahead, mae, naive_mae, .. } = of;
    let number = |value: f64| significant(value, DIGITS);
    let learning = of.mae_without_learning.map(|mae| format!(", without learning {}", number(mae)));
    let mut text = format!(
        "MAE {} ahead {} (last value {}{})",
        counted(*step_ahead, "step"),
        number(*mae),
        number(*naive_mae),
        learning.unwrap_or_default()
    );
    let covered =
        of.coverage.iter().map(|c| format!("{} %: {}", c.level, per_cent(c.coverage / 100.0, 1)));
    let covered = covered.collect::<Vec<_>>().join(", ");
    if !covered.is_empty() {
        text += &format!(" · coverage {covered}");
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use elman::stream::Coverage;

    use super::*;

    fn summary() -> Summary {
        let coverage = vec![Coverage { level: 80.0, coverage: 79.3 }];
        let first = PrequentialError {
            step_ahead: 1,
            forecasts: 9,
            mae: 1.25,
            naive_mae: 2.5,
            mae_without_learning: None,
            coverage,
        };
        let second = PrequentialError {
            step_ahead: 2,
            forecasts: 8,
            mae: 3.0,
            naive_mae: 4.0,
            mae_without_learning: Some(3.5),
            coverage: Vec::new(),
        };
        Summary {
            series: 2,
            observations: 1234,
            missing: 1,
            absent: 0,
            duplicates: 3,
            late: 1,
            early: 0,
            resets: 0,
            optimizer_steps: 100,
            rollbacks: 1,
            errors: vec![first, second],
        }
    }

    #[test]
    fn a_report_has_counts_errors_and_coverage() {
        let summary = summary();
        let report = Report { lines: 1240, bad: 1, seconds: 2.0, summary: &summary };
        assert_eq!(
            report.sentences(),
            [
                "1,240 lines in 2.0 s, 620 lines/s, 1 bad line skipped",
                "2 series, 1,234 observations, 1 missing value, 3 duplicates, 1 late",
                "MAE 1 step ahead 1.250 (last value 2.500) · coverage 80 %: 79.3 %",
                "MAE 2 steps ahead 3.000 (last value 4.000, without learning 3.500)",
                "online training: 100 optimizer steps, 1 return to the weights of the model",
            ]
        );
        let document = report.document();
        assert_eq!(document["bad_lines"], 1);
        assert_eq!(document["summary"]["errors"][0]["mae"], 1.25);
    }

    #[test]
    fn a_stream_without_a_scored_forecast_has_no_error() {
        let errors = vec![PrequentialError { forecasts: 0, ..summary().errors.remove(1) }];
        let summary = Summary { errors, ..summary() };
        let line = Progress::start().line(10, &summary);
        assert!(line.starts_with("10 lines · ") && line.ends_with("2 series"), "{line}");
    }
}
