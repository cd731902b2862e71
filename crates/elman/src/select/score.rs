//! Score of a candidate: its validation error relative to that of a benchmark.

use crate::data::Forecasts;
use crate::metrics::{Evaluation, MeanErrors};

/// Scores of forecasts on a validation window.
pub(crate) struct ValidationScore<'a> {
    evaluation: Evaluation<'a>,
    /// Scale of the MASE for each series; 0 where it has none.
    scales: Vec<f64>,
    /// Scale of the score for each series: a substitute where no series has a scale.
    units: Vec<f64>,
    benchmark: MeanErrors,
}

impl<'a> ValidationScore<'a> {
    /// Prepares the scores; `benchmark` are the forecasts that have the score 1.
    pub(crate) fn new(evaluation: Evaluation<'a>, benchmark: &Forecasts) -> Self {
        let scales = evaluation.scales();
        let units = match scales.iter().all(|scale| *scale == 0.0) {
            true => evaluation.other_scales(),
            false => scales.clone(),
        };
        let benchmark = evaluation.mean_errors(&units, benchmark);
        Self { evaluation, scales, units, benchmark }
    }

    /// The mean of sMAPE and MASE, each divided by that of the benchmark: the OWA relative to that benchmark. Infinite if
    /// a forecast is not finite.
    pub(crate) fn of(&self, forecasts: &Forecasts) -> f64 {
        let MeanErrors { smape, mase } = self.evaluation.mean_errors(&self.units, forecasts);
        let ratio = |ours: Option<f64>, theirs: Option<f64>| match (ours, theirs) {
            (Some(ours), Some(theirs)) if theirs > 0.0 => ours / theirs,
            // If the benchmark has no error, every error counts.
            (Some(ours), _) => 1.0 + ours,
            _ => 1.0,
        };
        let score = 0.5 * (ratio(smape, self.benchmark.smape) + ratio(mase, self.benchmark.mase));
        if score.is_nan() { f64::INFINITY } else { score }
    }

    /// Scale of the MASE for each series; 0 where it has none.
    pub(crate) fn scales(&self) -> &[f64] {
        &self.scales
    }
}
