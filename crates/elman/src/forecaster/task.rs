//! The data of a training run: the sine wave, or a prepared series.

use elman_nn::losses::Loss;
use elman_nn::train::Validator;
use elman_nn::windows::{Sine, Streams, Windows};
use elman_nn::{Model, Params};

use super::about::Provenance;
use super::differencing::Differencing;
use super::settings::SeriesConfig;
use super::walk::Walk;
use crate::data::Series;
use crate::error::{Error, Result};
use crate::season;
use crate::transforms::scalers;

/// The fewest values of a series for training.
const FEWEST: usize = 12;

/// The data of a training run.
pub(super) enum Task {
    Sine(Sine),
    Series(Box<Prepared>),
}

/// A series prepared for training.
pub(super) struct Prepared {
    pub(super) series: Series,
    pub(super) source: Provenance,
    pub(super) season: Option<usize>,
    pub(super) differencing: Differencing,
    /// All inputs of the network, scaled.
    pub(super) shown: Vec<f32>,
    /// The index of the first value of the test set.
    pub(super) cut: usize,
    /// The index of the first value of the validation set for early stopping; `cut` if there is none.
    pub(super) fit_end: usize,
    pub(super) streams: Streams<f32>,
}

impl Prepared {
    /// Splits and scales `series`. Scaler and seasonal period are fitted without the test set.
    pub(super) fn new(series: Series, source: Provenance, settings: &SeriesConfig) -> Result<Self> {
        let len = series.len();
        let too_few = |needed| Error::ShortHistory { what: "training", needed, got: len };
        if len < FEWEST {
            return Err(too_few(FEWEST));
        }
        series.check_size()?;
        if let Some(i) = series.values.iter().position(|value| value.is_nan()) {
            let reason = format!("the value of {} is missing", series.label(i));
            let help = "fill it in: `--missing interpolate`".to_owned();
            return Err(Error::Data { reason, help });
        }
        let holdout = settings.holdout.unwrap_or(len / 5);
        let cut =
            len.checked_sub(holdout).filter(|&cut| cut >= 2 && holdout > 0).ok_or_else(|| {
                let reason =
                    format!("holding out {holdout} of {len} values leaves nothing to compare");
                let help = format!("choose `--holdout` from 1 to {}", len - 2);
                Error::Forecast { reason, help }
            })?;
        let fit_end = match settings.train.patience {
            Some(_) => cut - (cut / 5).max(1),
            None => cut,
        };
        let season = match settings.season {
            Some(season) => Some(season).filter(|&season| season > 1),
            None => season::find(&series.values[..cut], series.frequency()),
        };
        let scaler = scalers::named(&settings.scaler)?;
        let differencing =
            Differencing::fit(settings.differences, scaler, &series.values[..fit_end]);
        let shown = differencing.transform(&series.values);
        let fitted = shown[..fit_end - settings.differences].to_vec();
        let to_fit = fitted.len();
        let (steps, batch) = (settings.seq_length, settings.batch_size);
        let streams = Streams::new(fitted, steps, batch).ok_or_else(|| {
            let reason = format!(
                "{batch} streams of windows of {steps} steps need {} values; there are \
                     {to_fit} to train on",
                steps * batch + 1
            );
            let help = "choose a smaller `--seq-length` or `--batch-size`".to_owned();
            Error::Forecast { reason, help }
        })?;
        Ok(Self { series, source, season, differencing, shown, cut, fit_end, streams })
    }

    /// The evaluator on the validation set, between `fit_end` and `cut`, if there is one.
    pub(super) fn validator(&self, loss: &Loss<f32>) -> Option<Box<dyn Validator<f32>>> {
        (self.fit_end < self.cut).then(|| -> Box<dyn Validator<f32>> {
            let lost = self.differencing.differences;
            Box::new(HeldOut {
                loss: loss.clone(),
                values: self.shown[..self.cut - lost].to_vec(),
                from: self.fit_end - lost,
            })
        })
    }
}

impl Task {
    pub(super) fn windows(&self) -> Box<dyn Windows<f32>> {
        match self {
            Task::Sine(sine) => Box::new(sine.clone()),
            Task::Series(prepared) => Box::new(prepared.streams.clone()),
        }
    }
}

/// The loss one step ahead on `values[from..]`, after the hidden state was updated with the values before.
struct HeldOut {
    loss: Loss<f32>,
    values: Vec<f32>,
    from: usize,
}

impl Validator<f32> for HeldOut {
    fn loss(
        &mut self,
        model: &Model<f32>,
        params: &Params<f32>,
    ) -> std::result::Result<f64, elman_nn::Error> {
        let inputs = &self.values[..self.values.len() - 1];
        let mut walk = Walk::new(model, model.zero_state(1))?;
        let predictions = walk.over(model, params, inputs)?;
        let actual = &self.values[self.from..];
        let mut unused = vec![0.0; actual.len()];
        Ok(self.loss.mean(&predictions[self.from - 1..], actual, &mut unused))
    }
}
