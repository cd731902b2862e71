//! Score of a candidate: its validation error relative to that of a benchmark.

use crate::data::Forecasts;
use crate::metrics::{Evaluation, MeanErrors, Part};

/// Scores of forecasts on a validation window.
pub(crate) struct ValidationScore<'a> {
    evaluation: Evaluation<'a>,
    /// Scale of the MASE for each series; 0 where it has none.
    scales: Vec<f64>,
    /// Scale of the score for each series: a substitute where no series has a scale.
    units: Vec<f64>,
    benchmark: MeanErrors,
    /// Whether so many values are 0 that the sMAPE does not count: its error is 200 for every other forecast of a 0 than 0.
    is_intermittent: bool,
}

/// Least share of values of 0 in intermittent demand.
const ZEROS: f64 = 0.1;

impl<'a> ValidationScore<'a> {
    /// The same scores of a `part` of the forecasts.
    pub(crate) fn on(&self, part: Part, benchmark: &Forecasts) -> Self {
        let evaluation = Evaluation { part, ..self.evaluation };
        let benchmark = evaluation.mean_errors(&self.units, benchmark);
        let (scales, units) = (self.scales.clone(), self.units.clone());
        Self { evaluation, scales, units, benchmark, ..*self }
    }

    pub(crate) fn evaluation(&self) -> &Evaluation<'a> {
        &self.evaluation
    }

    /// Number of independent forecasts.
    pub(crate) fn independent(&self) -> usize {
        self.evaluation.evidence(false).independent
    }

    /// Prepares the scores; `benchmark` are the forecasts that have the score 1.
    pub(crate) fn new(evaluation: Evaluation<'a>, benchmark: &Forecasts) -> Self {
        let scales = evaluation.scales();
        let units = match scales.iter().all(|scale| *scale == 0.0) {
            true => evaluation.other_scales(),
            false => scales.clone(),
        };
        let benchmark = evaluation.mean_errors(&units, benchmark);
        let is_intermittent = evaluation.share_of_zeros() >= ZEROS;
        Self { evaluation, scales, units, benchmark, is_intermittent }
    }

    /// The mean of sMAPE and MASE, each divided by that of the benchmark: the OWA relative to that benchmark. Of intermittent
    /// demand the MASE alone. Infinite if a forecast is not finite.
    pub(crate) fn of(&self, forecasts: &Forecasts) -> f64 {
        let MeanErrors { smape, mase } = self.evaluation.mean_errors(&self.units, forecasts);
        let ratio = |ours: Option<f64>, theirs: Option<f64>| match (ours, theirs) {
            (Some(ours), Some(theirs)) if theirs > 0.0 => ours / theirs,
            // If the benchmark has no error, every error counts.
            (Some(ours), _) => 1.0 + ours,
            _ => 1.0,
        };
        let by_mase = ratio(mase, self.benchmark.mase);
        let score = match self.is_intermittent {
            true => by_mase,
            false => 0.5 * (ratio(smape, self.benchmark.smape) + by_mase),
        };
        if score.is_nan() { f64::INFINITY } else { score }
    }

    /// Scale of the MASE for each series; 0 where it has none.
    pub(crate) fn scales(&self) -> &[f64] {
        &self.scales
    }
}
