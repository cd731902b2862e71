//! Validation split: networks are evaluated on the last values of a panel, which they were not trained on.

use super::score::ValidationScore;
use super::selection::SelectionReport;
use super::setup::SelectionSetup;
use crate::data::parallel::each;
use crate::data::{Forecasts, HistoryView};
use crate::error::Result;
use crate::metrics::{Evaluation, Part};
use crate::models::rnn::{RnnModel, RnnRef};

/// Validation split of the panel of a setup: the history before the validation window, and the scores.
pub(crate) struct ValidationSplit<'p> {
    pub(crate) setup: &'p SelectionSetup<'p>,
    pub(crate) training: Vec<HistoryView<'p>>,
    pub(crate) evaluation: Evaluation<'p>,
    pub(crate) score: ValidationScore<'p>,
    /// Forecasts that have the score 1.
    benchmark: Forecasts,
}

impl<'p> ValidationSplit<'p> {
    pub(crate) fn new(setup: &'p SelectionSetup<'p>) -> Result<Self> {
        let evaluation = setup.evaluation();
        let benchmark = SelectionReport::BENCHMARK.forecasts(&evaluation)?;
        let score = ValidationScore::new(evaluation, &benchmark);
        Ok(Self { setup, training: setup.training_panel(), evaluation, score, benchmark })
    }

    /// Scores of a `part` of the forecasts.
    pub(crate) fn score_on(&self, part: Part) -> ValidationScore<'p> {
        self.score.on(part, &self.benchmark)
    }

    /// Validation forecasts of each network.
    pub(crate) fn predicted(&self, nets: &[RnnModel]) -> Result<Vec<Forecasts>> {
        let origins = &self.setup.origins;
        each(nets, self.setup.settings.threads, |net| net.forecasts(&self.training, origins))
    }

    /// Validation error of a network; lower is better.
    pub(crate) fn score_of(&self, net: RnnRef<'_>) -> std::result::Result<f64, elman_nn::Error> {
        Ok(self.score.of(&net.forecasts(&self.training, &self.setup.origins)?))
    }
}
