//! The end of a training run: test set, prediction intervals, hidden state.

use elman_nn as nn;

use super::prepared::Prepared;
use super::run::TrainingRun;
use super::test_set::TestSet;
use crate::data::{History, HistoryView, Series};
use crate::error::{Error, Result};
use crate::features::CovariateDims;
use crate::models::rnn::RnnModel;
use crate::select::{Ensemble, FittedForecaster, RnnForecaster, TrainedOn, recent_values};

impl RnnForecaster {
    /// A fitted forecaster of weights that a training elsewhere left after `steps` optimizer steps on the same panel and
    /// with the same configuration; `max_steps` becomes `steps`. `weights` are the whole array of
    /// [`Params::values`](elman_nn::Params::values), with the room between the parameters.
    ///
    /// # Errors
    /// As [`fit`](RnnForecaster::fit); no optimizer step; weights of another number, or weights that are not finite.
    pub fn with_weights(
        mut self,
        panel: Vec<Series>,
        weights: &[f32],
        steps: u64,
    ) -> Result<FittedForecaster> {
        self.train.max_steps = steps;
        let mut run = TrainingRun::new(panel, self)?;
        let mut state = run.trainer.snapshot();
        let values = state.params.values_mut();
        let refused = |got: String, must_be| {
            Error::from(nn::Error::Setting { name: "weights", got, must_be })
        };
        if weights.len() != values.len() {
            return Err(refused(weights.len().to_string(), "as many as those of the network"));
        }
        if !weights.iter().all(|weight| weight.is_finite()) {
            return Err(refused("NaN or infinity".to_owned(), "finite"));
        }
        values.copy_from_slice(weights);
        run.trainer.restore(&state);
        run.fitted(steps)
    }
}

impl TrainingRun {
    /// Ends the training: takes the best weights if there was early stopping, compares the network with the baselines on
    /// the test set, calibrates its prediction intervals there, and updates the hidden state with the whole series.
    ///
    /// # Errors
    /// Predictions that are not finite.
    pub fn into_fitted(self) -> Result<FittedForecaster> {
        if self.prepared.settings.train.patience.is_some() {
            return self.into_fitted_with_best();
        }
        let steps = self.trainer.step();
        self.fitted(steps)
    }

    /// As [`into_fitted`](TrainingRun::into_fitted) after training diverged: with the best weights of all evaluations.
    ///
    /// # Errors
    /// As [`into_fitted`](TrainingRun::into_fitted).
    pub fn into_fitted_with_best(mut self) -> Result<FittedForecaster> {
        self.trainer.restore_best();
        let steps = self.trainer.best().step;
        self.fitted(steps)
    }

    /// With the current weights, which are those after `steps` optimizer steps.
    fn fitted(self, steps: u64) -> Result<FittedForecaster> {
        let record = self.record();
        let Self { series, prepared, trainer, threads, .. } = self;
        let Prepared { settings, encoding, splits, mut network, held_back, .. } = prepared;
        network.stop = (steps < network.max_steps).then_some(steps);
        let (model, params) = trainer.into_parts();
        let net = RnnModel::with(network, model, params);
        let forecasts = settings.forecasts(threads);
        let recent = recent_values(&series, &encoding, &forecasts, 0, held_back)?;
        let panel: Vec<HistoryView<'_>> = recent.histories.iter().map(History::full).collect();
        let levels = &settings.levels;
        let non_negative = settings.non_negative;
        let test =
            TestSet { net: &net, panel: &panel, splits: &splits, levels, non_negative, threads };
        let (mut selection, conformal) = test.evaluate()?;
        selection.covariates = encoding.names();
        let has_covariates = net.settings.covariate_dims != CovariateDims::default();
        let ensemble = Ensemble {
            nets: vec![net],
            fine_tuned: None,
            by_series: Vec::new(),
            conformal,
            selection,
        };
        let mut fitted = FittedForecaster::with(vec![ensemble], Vec::new(), forecasts, encoding);
        if let ([series], false) = (&series[..], has_covariates) {
            fitted.remember(series)?;
        }
        let cutoffs =
            series.iter().zip(&splits).map(|(y, split)| y.len() - split.len + split.cutoff);
        fitted.trained_on = TrainedOn::of(&series, cutoffs);
        fitted.training = Some(record);
        Ok(fitted)
    }
}
