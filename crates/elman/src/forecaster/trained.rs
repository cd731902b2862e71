//! A fitted forecaster: the network, its weights, its hidden state and the metadata of its series.

use std::fmt;
use std::path::Path;

use elman_nn::file::{Document, ModelFile, write_model};
use elman_nn::{Model, Params, State};

use super::about::{ModelMetadata, RecentHistory};
use super::differencing::Differencing;
use super::future::Forecast;
use super::scores::Scores;
use super::walk::Walk;
use crate::data::Series;
use crate::data::calendar::{Frequency, FutureIndex};
use crate::error::{Error, Result};
use crate::select::FittedAuto;
use crate::text::TextMetadata;

/// A fitted model with its hidden state, which can forecast.
pub struct StatefulForecaster {
    pub(super) model: Model<f32>,
    pub(super) params: Params<f32>,
    /// The hidden state of one lane, before the last known value is its input.
    pub(super) memory: State<f32>,
    pub(super) about: ModelMetadata,
    /// The predictions one step ahead over the training series; empty for the sine wave and
    /// after loading.
    pub(super) predictions: Vec<f64>,
}

impl fmt::Debug for StatefulForecaster {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StatefulForecaster").field("about", &self.about).finish_non_exhaustive()
    }
}

/// The result of [`StatefulForecaster::update`].
#[derive(Debug, Clone, PartialEq)]
pub enum Observed {
    /// The data continue the known values.
    GoesOn {
        /// Values that were known already.
        known: usize,
        /// New values.
        new: usize,
    },
    /// The data do not continue the known values: the hidden state was reset and updated with all of them.
    Anew {
        /// Values that the hidden state was updated with.
        values: usize,
    },
}

impl ModelMetadata {
    pub(super) fn of(file: &ModelFile<f32>) -> Result<Self> {
        let path = file.path();
        if FittedAuto::is_in(file) {
            return Err(Error::Model {
                path: path.display().to_string(),
                reason: "a model of a whole panel, and one of a single series is wanted".to_owned(),
                help: "forecast with it: `elman forecast MODEL DATA --horizon N`".to_owned(),
            });
        }
        if TextMetadata::is_in(file) {
            return Err(Error::Model {
                path: path.display().to_string(),
                reason: "a model of text, and one of numbers is wanted".to_owned(),
                help: "let it write: `elman text sample MODEL`".to_owned(),
            });
        }
        let damaged = |e: String| Error::Model {
            path: path.display().to_string(),
            reason: format!("its `about` is damaged: {e}"),
            help: String::new(),
        };
        let about: Self = serde_json::from_value(file.document.about.clone())
            .map_err(|e| damaged(e.to_string()))?;
        about.check(&file.document.model).map_err(|e| damaged(e.to_string()))?;
        Ok(about)
    }
}

impl StatefulForecaster {
    /// Reads a model file.
    ///
    /// # Errors
    /// A file that is not a model of elman, or is damaged.
    pub fn load(path: &Path) -> Result<Self> {
        Self::from_file(&ModelFile::read(path)?)
    }

    /// Builds the model from a file that has been read.
    ///
    /// # Errors
    /// As [`load`](StatefulForecaster::load).
    pub fn from_file(file: &ModelFile<f32>) -> Result<Self> {
        let about = ModelMetadata::of(file)?;
        let (model, params) = file.model(&file.document.model, "")?;
        let refused = |reason: &str, help: &str| {
            let (reason, help) = (reason.to_owned(), help.to_owned());
            Error::Model { path: file.path().display().to_string(), reason, help }
        };
        let Some(saved) = &file.document.memory else {
            let help = "finish it with `elman train --resume`, then forecast with the model";
            return Err(refused("a checkpoint of a training that is not finished", help));
        };
        let memory = model
            .saved_state(saved)
            .ok_or_else(|| refused("its hidden state does not fit its network", ""))?;
        Ok(Self { model, params, memory, about, predictions: Vec::new() })
    }

    /// Writes the model file.
    ///
    /// # Errors
    /// A file that cannot be written; an existing file is then unchanged.
    pub fn save(&self, path: &Path) -> Result<()> {
        let about = serde_json::to_value(&self.about).map_err(|e| Error::Model {
            path: path.display().to_string(),
            reason: e.to_string(),
            help: String::new(),
        })?;
        let document = Document::new(self.model.config().clone(), Some(self.memory.save()), about);
        Ok(write_model(path, &self.params, &document)?)
    }

    /// The network.
    pub fn model(&self) -> &Model<f32> {
        &self.model
    }

    /// The weights of the network.
    pub fn params(&self) -> &Params<f32> {
        &self.params
    }

    /// The hidden state, `[L, 1, H]`; the very last value has not updated it yet.
    pub fn memory(&self) -> &State<f32> {
        &self.memory
    }

    /// The metadata of the model and its series.
    pub fn about(&self) -> &ModelMetadata {
        &self.about
    }

    /// The test errors at the end of training; `None` for the sine wave.
    pub fn scores(&self) -> Option<&Scores> {
        self.about.scores.as_ref()
    }

    /// The predictions one step ahead over the training series, for all values but the first one
    /// or two. Empty for the sine wave and after loading.
    pub fn predictions(&self) -> &[f64] {
        &self.predictions
    }

    /// Checks that the new values have the model's own frequency, with a few gaps allowed.
    fn check_step(&self, data: &Series, from: usize) -> Result<()> {
        let new = data.len() - from;
        if new == 0 || matches!(self.about.clock, FutureIndex::Steps { .. }) {
            return Ok(());
        }
        // The number of the model's time steps up to the last new value.
        let most = new + new / 2 + 4;
        let last = data.position(data.len() - 1);
        let half = 0.5 * (self.about.clock.position(2) - self.about.clock.position(1)).abs();
        let steps = (1..=most).take_while(|&k| self.about.clock.position(k) < last + half).count();
        if (new..most).contains(&steps) {
            return Ok(());
        }
        let (first, last) = (data.label(from), data.label(data.len() - 1));
        let reason =
            format!("{new} values from {first} to {last} do not have the model's own step");
        let expected = self.about.clock.label(new);
        let help = format!("the model expects {new} values up to about {expected}");
        Err(Error::Data { reason, help })
    }

    /// Checks that the values that the data and the model have in common are equal.
    fn check_overlap(&self, data: &Series, known: usize) -> Result<()> {
        let ours = self.about.tail.values.iter().rev();
        for (i, (&theirs, &ours)) in
            (0..known).rev().zip(data.values[..known].iter().rev().zip(ours))
        {
            // A number may have been written with fewer digits.
            if (theirs - ours).abs() > 1e-6 * ours.abs().max(1e-6) {
                let at = data.label(i);
                let reason = format!("the value of {at} is {theirs}, and {ours} in the model");
                let help = "another series? Give only the values that are new, or train on these";
                return Err(Error::Data { reason, help: help.to_owned() });
            }
        }
        Ok(())
    }

    fn differencing(&self) -> Differencing {
        Differencing { differences: self.about.settings.differences, scaler: self.about.scaler }
    }

    /// The last known values, from which the next input is computed.
    fn unseen(&self) -> &[f64] {
        let values = &self.about.tail.values;
        &values[values.len().saturating_sub(1 + self.about.settings.differences)..]
    }

    /// Forecasts the next `horizon` values. The first input is the last known value; each further input is the
    /// prediction before it. The hidden state is carried from step to step in a copy: the model's own state does
    /// not change.
    ///
    /// # Errors
    /// A network with several inputs, whose future values are not known; values that are not finite.
    pub fn forecast(&self, horizon: usize) -> Result<Forecast> {
        let refused = |reason: String, help: &str| Error::Data { reason, help: help.to_owned() };
        let inputs = self.model.config().input_size;
        if inputs != 1 {
            let reason = format!("the network has {inputs} inputs, of which it predicts only one");
            return Err(refused(reason, "train it with one input to forecast"));
        }
        if horizon == 0 {
            let help = "`--horizon` 1 or more".to_owned();
            return Err(Error::Forecast { reason: "a forecast of 0 steps".to_owned(), help });
        }
        let ModelMetadata { series, clock, tail, .. } = &self.about;
        let differencing = self.differencing();
        let mut walk = Walk::new(&self.model, self.memory.clone())?;
        let (Some(&input), Some(&last)) =
            (differencing.transform(self.unseen()).last(), tail.values.last())
        else {
            let reason = "too few values have updated the hidden state to forecast".to_owned();
            return Err(refused(reason, "show it more with a data file"));
        };
        let (mut input, mut value) = (input, last);
        let mut values = Vec::with_capacity(horizon);
        for step in 1..=horizon {
            input = walk.over(&self.model, &self.params, &[input])?[0];
            value = differencing.inverse(value, input);
            if !value.is_finite() {
                let reason = format!("the forecast is not finite from step {step} on");
                return Err(refused(reason, "forecast fewer steps, or train again"));
            }
            values.push(value);
        }
        Ok(Forecast::new(series, clock, tail, values))
    }

    /// Resets the hidden state: the data of the next update start a new history.
    pub fn reset_state(&mut self) {
        self.memory.reset();
        self.about.tail = RecentHistory::default();
        if let FutureIndex::Steps { last } = &mut self.about.clock {
            *last = 0;
        }
    }

    /// Updates the hidden state with new data, so that a forecast continues after them.
    ///
    /// Dates that are known already are skipped. Data that do not continue the known values (a gap, an earlier
    /// start, no date in common) start from a reset hidden state. Data without dates always continue the known
    /// values.
    ///
    /// # Errors
    /// An empty series; dates where the model has none, or no dates where it has some.
    pub fn update(&mut self, data: &Series) -> Result<Observed> {
        let refused = |reason: &str, help: &str| {
            Err(Error::Data { reason: reason.to_owned(), help: help.to_owned() })
        };
        if data.is_empty() {
            return refused("no values to update the hidden state with", "");
        }
        data.check_size()?;
        let clock = data.clock();
        if std::mem::discriminant(&clock) != std::mem::discriminant(&self.about.clock) {
            return refused(
                "the model and these data have different kinds of time axis",
                "read the same columns as in training, with `--time-col`",
            );
        }
        // A date within a quarter of a time step of another is the same date.
        let next = self.about.clock.position(1);
        let last = self.about.tail.positions.last().copied().unwrap_or(next - 1.0);
        let near = 0.25 * (next - last).abs();
        let known = (0..data.len()).take_while(|&i| data.position(i) < next - near).count();
        let joins = match clock {
            FutureIndex::Steps { .. } => true,
            _ if known == 0 => (data.position(0) - next).abs() <= near,
            _ => (data.position(known - 1) - last).abs() <= near,
        };
        let known = if matches!(clock, FutureIndex::Steps { .. }) { 0 } else { known };
        if joins && known > 0 {
            self.check_overlap(data, known)?;
        }
        let from = if joins { known } else { 0 };
        let (ours, theirs) = (self.about.clock.frequency(), clock.frequency());
        if !joins && data.len() > 2 && ours != theirs {
            let named = |frequency: Option<Frequency>| {
                frequency.map_or("without dates".to_owned(), |frequency| frequency.to_string())
            };
            let (ours, theirs) = (named(ours), named(theirs));
            return refused(
                &format!("the model is {ours}, and these data are {theirs}"),
                "another series? Train on these data instead",
            );
        }
        if joins {
            self.check_step(data, from)?;
        }
        if !joins {
            self.reset_state();
        }
        // The last known value is the first new input; the last new value is the input of the next call.
        let new = &data.values[from..];
        let values: Vec<f64> = self.unseen().iter().chain(new).copied().collect();
        if let Some((_, inputs)) = self.differencing().transform(&values).split_last()
            && !new.is_empty()
        {
            let mut walk = Walk::new(&self.model, self.memory.clone())?;
            walk.over(&self.model, &self.params, inputs)?;
            self.memory = walk.into_state();
        }
        if new.is_empty() {
            return Ok(Observed::GoesOn { known, new: 0 });
        }
        let moved = match (&self.about.clock, &clock) {
            (FutureIndex::Steps { last }, _) if joins => {
                FutureIndex::Steps { last: last + new.len() as i64 }
            }
            // The model keeps its own calendar: a few rows do not show a frequency.
            (ours, theirs) if joins => ours.moved_to(theirs),
            _ => clock,
        };
        for (k, &value) in new.iter().enumerate() {
            let position = match self.about.clock {
                FutureIndex::Steps { last } if joins => last as f64 + (k + 1) as f64,
                _ => data.position(from + k),
            };
            self.about.tail.push(position, value);
        }
        self.about.clock = moved;
        Ok(if joins {
            Observed::GoesOn { known, new: new.len() }
        } else {
            Observed::Anew { values: new.len() }
        })
    }
}
