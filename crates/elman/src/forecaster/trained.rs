//! A trained model: the network, its weights, its memory, and what it knows of its series.

use std::path::Path;

use elman_nn::file::{Document, ModelFile, write_model};
use elman_nn::{Model, Params, State};

use super::about::{About, Tail};
use super::future::Forecast;
use super::lens::Lens;
use super::scores::Scores;
use super::walk::Walk;
use crate::calendar::{Clock, Frequency};
use crate::error::{Error, Result};
use crate::panel::Fitted;
use crate::series::Series;
use crate::text::TextAbout;

/// A trained model; the only thing that can forecast.
pub struct Trained {
    pub(super) model: Model<f32>,
    pub(super) params: Params<f32>,
    /// The memory of one stream, before the last value of the tail.
    pub(super) memory: State<f32>,
    pub(super) about: About,
    /// The predictions one step ahead over the series just trained on; empty for the sine wave and
    /// after loading.
    pub(super) predictions: Vec<f64>,
}

/// What a model made of new data.
#[derive(Debug, Clone, PartialEq)]
pub enum Observed {
    /// The data go on where the memory ended.
    GoesOn {
        /// Values that the memory already knew.
        known: usize,
        /// Values that were new to it.
        new: usize,
    },
    /// The data do not join on: the memory was emptied and walked over all of them.
    Anew {
        /// Values walked over.
        values: usize,
    },
}

impl About {
    pub(super) fn of(file: &ModelFile<f32>) -> Result<Self> {
        let path = file.path();
        if Fitted::is_in(file) {
            return Err(Error::Model {
                path: path.display().to_string(),
                reason: "a model of a whole panel, and one of a single series is wanted".to_owned(),
                help: "forecast with it: `elman forecast MODEL DATA --horizon N`".to_owned(),
            });
        }
        if TextAbout::is_in(file) {
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

impl Trained {
    /// Reads a model file.
    ///
    /// # Errors
    /// A file that is not elman's, or damaged.
    pub fn load(path: &Path) -> Result<Self> {
        Self::from_file(&ModelFile::read(path)?)
    }

    /// The same of a file that is read already.
    ///
    /// # Errors
    /// As [`load`](Trained::load).
    pub fn from_file(file: &ModelFile<f32>) -> Result<Self> {
        let about = About::of(file)?;
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
            .ok_or_else(|| refused("its memory does not fit its network", ""))?;
        Ok(Self { model, params, memory, about, predictions: Vec::new() })
    }

    /// Writes the model file.
    ///
    /// # Errors
    /// A file that cannot be written; an existing one is then as it was.
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

    /// Its weights.
    pub fn params(&self) -> &Params<f32> {
        &self.params
    }

    /// Its memory, `[L, 1, H]`; it has not seen the very last value yet.
    pub fn memory(&self) -> &State<f32> {
        &self.memory
    }

    /// What it knows of its series.
    pub fn about(&self) -> &About {
        &self.about
    }

    /// The errors measured at the end of training; `None` for the sine wave.
    pub fn scores(&self) -> Option<&Scores> {
        self.about.scores.as_ref()
    }

    /// The predictions one step ahead over the series just trained on: one for each of its last
    /// values, all but the first one or two. Empty for the sine wave and after loading.
    pub fn predictions(&self) -> &[f64] {
        &self.predictions
    }

    /// The new values must follow each other in the model's own step, but for gaps here and there.
    fn check_step(&self, data: &Series, from: usize) -> Result<()> {
        let new = data.len() - from;
        if new == 0 || matches!(self.about.clock, Clock::Steps { .. }) {
            return Ok(());
        }
        // As many steps of the model as reach the last new value.
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

    /// The values that data and memory have in common must be the same.
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

    fn lens(&self) -> Lens {
        Lens { learn: self.about.settings.learn, scaler: self.about.scaler }
    }

    /// The values at the end of the tail that make up the next input.
    fn unseen(&self) -> &[f64] {
        let values = &self.about.tail.values;
        &values[values.len().saturating_sub(1 + self.about.settings.learn.lost())..]
    }

    /// The next `horizon` values: the network is shown the last value known, and then its own
    /// predictions, each step from the memory of the one before. The model's own memory stays
    /// where it is.
    ///
    /// # Errors
    /// A network with several inputs, whose futures are not known; values that are not finite.
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
        let About { series, clock, tail, .. } = &self.about;
        let lens = self.lens();
        let mut walk = Walk::new(&self.model);
        let mut memory = self.memory.clone();
        let (Some(&input), Some(&last)) = (lens.shown(self.unseen()).last(), tail.values.last())
        else {
            let reason = "the memory has seen too few values to go on from".to_owned();
            return Err(refused(reason, "show it more with a data file"));
        };
        let (mut input, mut value) = (input, last);
        let mut values = Vec::with_capacity(horizon);
        for step in 1..=horizon {
            input = walk.over(&self.model, &self.params, &mut memory, &[input])?[0];
            value = lens.value(value, input);
            if !value.is_finite() {
                let reason = format!("the forecast is not finite from step {step} on");
                return Err(refused(reason, "forecast fewer steps, or train again"));
            }
            values.push(value);
        }
        Ok(Forecast::new(series, clock, tail, values))
    }

    /// Empties the memory: the next data that it observes are where it begins.
    pub fn forget(&mut self) {
        self.memory.reset();
        self.about.tail = Tail::default();
        if let Clock::Steps { last } = &mut self.about.clock {
            *last = 0;
        }
    }

    /// Runs new data through the memory, so that a forecast goes on from their end.
    ///
    /// Dates that the memory has already seen are passed over. Data that do not join on (a gap, an
    /// earlier start, no date in common) are walked from an empty memory. Without dates, data
    /// always go on.
    ///
    /// # Errors
    /// An empty series, or dates where the model has none or the other way round.
    pub fn observe(&mut self, data: &Series) -> Result<Observed> {
        let refused = |reason: &str, help: &str| {
            Err(Error::Data { reason: reason.to_owned(), help: help.to_owned() })
        };
        if data.is_empty() {
            return refused("no values to run through the memory", "");
        }
        data.check_size()?;
        let clock = data.clock();
        if std::mem::discriminant(&clock) != std::mem::discriminant(&self.about.clock) {
            return refused(
                "the model and these data have different kinds of time axis",
                "read the same columns as in training, with `--time-col`",
            );
        }
        // A quarter of a step is nearer to one date than to any other.
        let next = self.about.clock.position(1);
        let last = self.about.tail.positions.last().copied().unwrap_or(next - 1.0);
        let near = 0.25 * (next - last).abs();
        let known = (0..data.len()).take_while(|&i| data.position(i) < next - near).count();
        let joins = match clock {
            Clock::Steps { .. } => true,
            _ if known == 0 => (data.position(0) - next).abs() <= near,
            _ => (data.position(known - 1) - last).abs() <= near,
        };
        let known = if matches!(clock, Clock::Steps { .. }) { 0 } else { known };
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
            self.forget();
        }
        // The last value known has not been shown yet; the last of the new ones will not be.
        let new = &data.values[from..];
        let values: Vec<f64> = self.unseen().iter().chain(new).copied().collect();
        if let Some((_, inputs)) = self.lens().shown(&values).split_last()
            && !new.is_empty()
        {
            Walk::new(&self.model).over(&self.model, &self.params, &mut self.memory, inputs)?;
        }
        if new.is_empty() {
            return Ok(Observed::GoesOn { known, new: 0 });
        }
        let moved = match (&self.about.clock, &clock) {
            (Clock::Steps { last }, _) if joins => Clock::Steps { last: last + new.len() as i64 },
            // The calendar stays the model's own: a few rows do not show a frequency.
            (ours, theirs) if joins => ours.moved_to(theirs),
            _ => clock,
        };
        for (k, &value) in new.iter().enumerate() {
            let position = match self.about.clock {
                Clock::Steps { last } if joins => last as f64 + (k + 1) as f64,
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
