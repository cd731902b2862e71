//! Validation split: networks are evaluated on the last values of a panel, which they were not trained on.

use super::Forecasts;
use super::evaluator::Evaluator;
use super::history::HistoryView;
use super::parallel::each;
use super::rnn::{RnnModel, RnnRef};
use super::selection::SelectionReport;
use super::setup::SelectionSetup;
use crate::error::Result;

/// Validation split of the panel of a setup: the history before the validation window, and the evaluator.
pub(super) struct ValidationSplit<'p> {
    pub(super) setup: &'p SelectionSetup<'p>,
    pub(super) training: Vec<HistoryView<'p>>,
    pub(super) evaluator: Evaluator<'p>,
    pub(super) season: usize,
}

impl<'p> ValidationSplit<'p> {
    pub(super) fn new(setup: &'p SelectionSetup<'p>) -> Result<Self> {
        let season = setup.seasons.first().copied().unwrap_or(1);
        let horizon = setup.settings.horizon;
        let evaluator = Evaluator::new(
            setup.panel,
            &setup.origins,
            horizon,
            season,
            SelectionReport::BENCHMARK,
        )?;
        Ok(Self { setup, training: setup.training_panel(), evaluator, season })
    }

    /// Validation forecasts of each network.
    pub(super) fn predicted(&self, nets: &[RnnModel]) -> Result<Vec<Forecasts>> {
        let origins = &self.setup.origins;
        each(nets, self.setup.settings.threads, |net| net.forecasts(&self.training, origins, &[]))
    }

    /// Validation error of a network; lower is better.
    pub(super) fn score(&self, net: RnnRef<'_>) -> Result<f64> {
        Ok(self.evaluator.score(&net.forecasts(&self.training, &self.setup.origins, &[])?))
    }
}
