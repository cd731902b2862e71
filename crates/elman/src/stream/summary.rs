//! Prequential evaluation: each forecast is compared with its value when the value arrives, and only then learned from.

use serde::{Deserialize, Serialize};

use super::arrival::Arrival;
use super::pending::Due;

/// Summary of a stream.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// Number of series that had an observation.
    pub series: u64,
    /// Observations that updated a hidden state, missing values included.
    pub observations: u64,
    /// Observations without a value.
    pub missing: u64,
    /// Time steps that were absent between two observations, and counted as missing values.
    pub absent: u64,
    /// Observations that were skipped: dates of the last observation.
    pub duplicates: u64,
    /// Observations that were skipped: dates before that of the last observation.
    pub late: u64,
    /// Observations that were skipped: dates far after that of the last observation, which may be wrong.
    pub early: u64,
    /// Hidden states that were reset, after gaps.
    pub resets: u64,
    /// Optimizer steps of online training.
    pub optimizer_steps: u64,
    /// Times that online training went back to the weights of the model, because its forecasts were worse.
    pub rollbacks: u64,
    /// Prequential errors, one entry for each step ahead.
    pub errors: Vec<PrequentialError>,
}

/// Prequential errors of the forecasts so many steps ahead.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct PrequentialError {
    /// Steps ahead, from 1.
    pub step_ahead: usize,
    /// Forecasts whose value has arrived.
    pub forecasts: u64,
    /// Mean absolute error.
    pub mae: f64,
    /// Mean absolute error of the last value as forecast, over the same forecasts.
    pub naive_mae: f64,
    /// Mean absolute error without online training, of the first step ahead; `None` without online training.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub mae_without_learning: Option<f64>,
    /// Coverage of the prediction intervals.
    pub coverage: Vec<Coverage>,
}

/// Coverage of the prediction intervals of one level.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Coverage {
    /// Level, in per cent.
    pub level: f64,
    /// Values inside their interval, in per cent of the values that had one.
    pub coverage: f64,
}

/// Sums from which a [`Summary`] follows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Sums {
    pub(super) counts: Counts,
    steps: Vec<StepSums>,
}

/// Counts of a [`Summary`].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Counts {
    pub(super) series: u64,
    pub(super) observations: u64,
    pub(super) missing: u64,
    pub(super) absent: u64,
    pub(super) duplicates: u64,
    pub(super) late: u64,
    pub(super) early: u64,
    pub(super) resets: u64,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct StepSums {
    forecasts: u64,
    error: f64,
    naive_error: f64,
    /// Number of forecasts without online training, and the sum of their errors.
    without_learning: (u64, f64),
    /// For each level: values that had an interval, and those inside.
    covered: Vec<(u64, u64)>,
}

impl Sums {
    pub(super) fn new(horizon: usize, levels: usize) -> Self {
        let step = StepSums { covered: vec![(0, 0); levels], ..StepSums::default() };
        Self { counts: Counts::default(), steps: vec![step; horizon] }
    }

    /// Whether these are sums over so many steps ahead and levels.
    pub(super) fn is_of(&self, horizon: usize, levels: usize) -> bool {
        self.steps.len() == horizon && self.steps.iter().all(|step| step.covered.len() == levels)
    }

    /// Counts the arrival of an observation.
    ///
    /// `is_observed`: whether the series had an observation before.
    pub(super) fn count(&mut self, arrival: Arrival, y: f64, is_observed: &mut bool) {
        let counts = &mut self.counts;
        match arrival {
            Arrival::Duplicate => counts.duplicates += 1,
            Arrival::Late => counts.late += 1,
            Arrival::Early { .. } => counts.early += 1,
            Arrival::Next | Arrival::AfterGap { .. } | Arrival::Reset { .. } => {
                counts.series += u64::from(!std::mem::replace(is_observed, true));
                counts.observations += 1;
                counts.missing += u64::from(y.is_nan());
            }
        }
        match arrival {
            Arrival::AfterGap { missing } => counts.absent += missing as u64,
            Arrival::Reset { .. } => counts.resets += 1,
            _ => {}
        }
    }

    /// Adds a forecast whose value `y` has arrived.
    pub(super) fn add(&mut self, due: &Due<'_>, y: f64) {
        let sums = &mut self.steps[due.k];
        sums.forecasts += 1;
        sums.error += (y - due.forecast).abs();
        sums.naive_error += (y - due.last).abs();
        for (index, (all, inside)) in sums.covered.iter_mut().enumerate() {
            let [lower, upper] = due.bounds(index);
            if !lower.is_nan() {
                *all += 1;
                *inside += u64::from((lower..=upper).contains(&y));
            }
        }
    }

    /// Adds the absolute error of a forecast one step ahead without online training.
    pub(super) fn add_without_learning(&mut self, error: f64) {
        let (count, sum) = &mut self.steps[0].without_learning;
        *count += 1;
        *sum += error;
    }

    /// The summary at these `levels`.
    pub(super) fn summary(&self, levels: &[f64]) -> Summary {
        let Counts { series, observations, missing, absent, duplicates, late, early, resets } =
            self.counts;
        let errors = self.steps.iter().zip(1..).filter(|(sums, _)| sums.forecasts > 0);
        let errors = errors.map(|(sums, step_ahead)| {
            let n = sums.forecasts as f64;
            let (count, sum) = sums.without_learning;
            PrequentialError {
                step_ahead,
                forecasts: sums.forecasts,
                mae: sums.error / n,
                naive_mae: sums.naive_error / n,
                mae_without_learning: (count > 0).then(|| sum / count as f64),
                coverage: coverage(&sums.covered, levels),
            }
        });
        let errors = errors.collect();
        let counts =
            Summary { observations, missing, absent, duplicates, late, ..Summary::default() };
        Summary { series, early, resets, errors, ..counts }
    }
}

fn coverage(covered: &[(u64, u64)], levels: &[f64]) -> Vec<Coverage> {
    let known = covered.iter().zip(levels).filter(|((all, _), _)| *all > 0);
    let of = |((all, inside), level): (&(u64, u64), &f64)| Coverage {
        level: *level,
        coverage: 100.0 * *inside as f64 / *all as f64,
    };
    known.map(of).collect()
}
