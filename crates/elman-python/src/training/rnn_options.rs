//! Options of a forecaster of one network, under the names of `elman train`.

use super::options::{NetworkOptions, TrainingOptions, put};
use crate::errors::option;
use crate::options::seasons;
use elman::models::rnn::Likelihood;
use elman::nn::registry::Entry;
use elman::select::RnnForecaster;
use elman::transforms::TargetTransform;
use pyo3::prelude::*;
use serde::Deserialize;

/// Options of a forecaster of one network.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RnnOptions {
    pub(super) h: usize,
    pub(super) network: NetworkOptions,
    pub(super) training: TrainingOptions,
    pub(super) threads: Option<usize>,
    level: Option<Vec<f64>>,
    lags: Option<usize>,
    likelihood: Option<Likelihood>,
    loss: Option<String>,
    differences: Option<usize>,
    transform: Option<TargetTransform>,
    scaler: Option<String>,
    season: Option<Vec<usize>>,
    holdout: Option<usize>,
    non_negative: Option<bool>,
    keep_outliers: Option<bool>,
    calendar: Option<bool>,
}

impl RnnOptions {
    /// `settings` with every option that is given in its place.
    ///
    /// # Errors
    /// A loss for a likelihood that has its own.
    pub(super) fn put_into(&self, mut settings: RnnForecaster) -> PyResult<RnnForecaster> {
        let has_own_loss = |likelihood: &Likelihood| *likelihood != Likelihood::Point;
        if let (Some(loss), Some(likelihood)) = (&self.loss, self.likelihood.filter(has_own_loss)) {
            let name = likelihood.name();
            let message = format!(
                "`loss={loss:?}` is for the likelihood `point`, and `{name}` has its own loss"
            );
            return Err(option(&message, "leave out `loss`"));
        }
        self.network.put_into(&mut settings.model);
        self.training.put_into(&mut settings.train);
        put(&mut settings.train.loss, &self.loss);
        settings.horizon = self.h;
        settings.seq_length = self.training.seq_length.or(settings.seq_length);
        settings.batch_size = self.training.batch_size.or(settings.batch_size);
        settings.holdout = self.holdout.or(settings.holdout);
        settings.seasons = self.season.clone().map(seasons).or(settings.seasons);
        put(&mut settings.levels, &self.level);
        put(&mut settings.lags, &self.lags);
        put(&mut settings.differences, &self.differences);
        put(&mut settings.non_negative, &self.non_negative);
        put(&mut settings.keep_outliers, &self.keep_outliers);
        put(&mut settings.calendar, &self.calendar);
        if let Some(likelihood) = self.likelihood {
            settings = settings.likelihood(likelihood);
        }
        if let Some(transform) = self.transform {
            settings = settings.transform(transform);
        }
        settings.scaler = self.scaler.clone().or(settings.scaler);
        Ok(settings)
    }
}
