//! Training at once.

use std::ops::ControlFlow;

use elman_nn::train::Event;

use super::run::TrainingRun;
use crate::data::Series;
use crate::error::{Error, Result};
use crate::select::{FittedForecaster, Progress, RnnForecaster, RunContext};

impl RnnForecaster {
    /// Trains a network on `panel`.
    ///
    /// # Errors
    /// Settings out of range; no series, or series that are too short; training that diverges.
    pub fn fit(&self, panel: &[Series]) -> Result<FittedForecaster> {
        self.fit_with(panel, &RunContext::default())
    }

    /// As [`fit`](RnnForecaster::fit), with an observer that can cancel.
    ///
    /// # Errors
    /// As [`fit`](RnnForecaster::fit); [`Error::Cancelled`].
    pub fn fit_with(&self, panel: &[Series], context: &RunContext<'_>) -> Result<FittedForecaster> {
        let mut run = TrainingRun::new(panel.to_vec(), self.clone())?;
        let of = run.trainer().config().max_steps;
        let mut cancelled = false;
        run.run(|_, event| {
            let Event::Step { step, .. } = event else { return ControlFlow::Continue(()) };
            let goes_on = context.report(Progress::Training(step, of));
            cancelled = goes_on.is_break();
            goes_on
        })?;
        if cancelled {
            return Err(Error::Cancelled);
        }
        if run.has_diverged() {
            return Err(Error::Forecast {
                reason: "training diverged: its last loss is far above its first".to_owned(),
                help: "try a smaller learning rate".to_owned(),
            });
        }
        run.into_fitted()
    }
}
