//! A trainer to a file and back, exactly.

use std::path::Path;

use elman_math::{Real, Stream};
use serde::{Deserialize, Serialize};

use super::{Best, MAX_HALVINGS, Position, TrainConfig, Trainer};
use crate::error::Error;
use crate::file::{Document, ModelFile, TensorWriter, Values};
use crate::schedules::Progress;
use crate::state::SavedState;
use crate::windows::Windows;

/// The part of a checkpoint's document that a model file does not have.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Training {
    /// The settings.
    pub config: TrainConfig,
    /// Where training stands.
    pub now: Mark,
    /// Where it stood before the last good update.
    pub good: Mark,
    /// The loss of the best evaluation, if there was one.
    pub best_loss: Option<f64>,
    /// The step after which it was.
    pub best_step: u64,
    /// What is left of the learning rate after ways back.
    pub rate_scale: f64,
    /// How often it was halved.
    pub halvings: u32,
}

/// The part of a [`Position`] that is no tensor.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Mark {
    /// Steps done; also the number of the next window.
    pub step: u64,
    /// Updates of the optimiser.
    pub updates: u64,
    /// What the schedule remembers.
    pub progress: Progress,
    /// The random stream of dropout.
    pub noise: Stream,
}

/// The most steps and updates that are counted.
const MOST_COUNTED: u64 = 1 << 53;

impl Training {
    /// What is wrong with the numbers, if anything is.
    fn check(&self) -> Result<(), String> {
        for mark in [&self.now, &self.good] {
            let Progress { best, bad, scale } = mark.progress;
            for count in [mark.step, mark.updates, bad] {
                if count > MOST_COUNTED {
                    return Err(format!("its training counts {count} steps"));
                }
            }
            if !(0.0..=1.0).contains(&scale) || best.is_some_and(|best| !best.is_finite()) {
                return Err(format!("its schedule is at {scale} of the rate, after {best:?}"));
            }
        }
        if self.good.step > self.now.step {
            return Err("its training was good after it was stopped".to_owned());
        }
        if !(0.0..=1.0).contains(&self.rate_scale) || self.halvings > MAX_HALVINGS {
            let (scale, halvings) = (self.rate_scale, self.halvings);
            return Err(format!("its rate is {scale} after {halvings} halvings"));
        }
        Ok(())
    }
}

impl<T: Real> Position<T> {
    fn mark(&self) -> Mark {
        Mark {
            step: self.step,
            updates: self.optimizer.updates(),
            progress: self.schedule.progress.clone(),
            noise: self.noise.clone(),
        }
    }

    fn write(&self, prefix: &str, tensors: &mut TensorWriter) {
        tensors.add_params(prefix, &self.params);
        for (slot, values) in self.optimizer.slots() {
            tensors.add_params(&format!("{prefix}optimizer.{slot}."), values);
        }
        for name in self.state.names() {
            let values = self.state.tensor(name).expect("a state by its own name");
            tensors.add(format!("{prefix}state.{name}"), &self.state.shape(), values);
        }
    }

    fn read(
        &mut self,
        prefix: &str,
        mark: Mark,
        file: &ModelFile<T>,
        values: Values,
    ) -> Result<(), Error> {
        file.fill(&mut self.params, prefix, values)?;
        for (slot, params) in self.optimizer.slots_mut() {
            file.fill(params, &format!("{prefix}optimizer.{slot}."), values)?;
        }
        let shape = self.state.shape();
        for name in self.state.names() {
            let state = self.state.tensor_mut(name).expect("a state by its own name");
            file.tensor(&format!("{prefix}state.{name}"), &shape, state, values)?;
        }
        self.step = mark.step;
        self.optimizer.set_updates(mark.updates);
        self.schedule.progress = mark.progress;
        self.noise = mark.noise;
        Ok(())
    }
}

impl<T: Real> Trainer<T> {
    /// Writes everything on which the rest of training depends, so that going on from the file
    /// gives the same bits as never having stopped. `memory` and `about` are as in [`Document`].
    ///
    /// # Errors
    /// [`Error::Io`] if it cannot be written; an existing file is then as it was.
    pub fn write_checkpoint(
        &self,
        path: &Path,
        memory: Option<SavedState>,
        about: serde_json::Value,
    ) -> Result<(), Error> {
        let mut tensors = TensorWriter::default();
        self.now.write("", &mut tensors);
        self.good.write("good.", &mut tensors);
        tensors.add_params("best.", &self.best.params);
        tensors.add("history".to_owned(), &[self.history.len()], &self.history);
        let mut document = Document::new(self.model.config().clone(), memory, about);
        document.training = Some(Training {
            config: self.config.clone(),
            now: self.now.mark(),
            good: self.good.mark(),
            best_loss: self.best.loss.is_finite().then_some(self.best.loss),
            best_step: self.best.step,
            rate_scale: self.rate_scale,
            halvings: self.halvings,
        });
        tensors.write(path, &document)
    }

    /// Goes on from a checkpoint that was [read](ModelFile::read), on the same `windows`. `steps`,
    /// if given, is the new number of steps in all.
    ///
    /// # Errors
    /// [`Error::File`] if it is no checkpoint or does not fit.
    pub fn resume(
        file: &ModelFile<T>,
        windows: Box<dyn Windows<T>>,
        steps: Option<u64>,
    ) -> Result<Self, Error> {
        let training = file.document.training.clone().ok_or_else(|| {
            file.refused(
                "a finished model, not a checkpoint: start from its weights with `--init` instead"
                    .into(),
            )
        })?;
        training.check().map_err(|reason| file.refused(reason))?;
        let mut config = training.config;
        config.steps = steps.unwrap_or(config.steps);
        // Those of the last good update are finite, which those of now need not be.
        let (model, params) = file.model(&file.document.model, "good.")?;
        let mut trainer = Self::new(config, model, params, windows)?;
        trainer.now.read("", training.now, file, Values::Any)?;
        trainer.good.read("good.", training.good, file, Values::Finite)?;
        trainer.best = Best {
            loss: training.best_loss.unwrap_or(f64::INFINITY),
            step: training.best_step,
            params: file.params(&trainer.model, "best.")?,
        };
        let history = file.doubles("history", trainer.now.step as usize)?;
        trainer.history.extend_from_slice(&history);
        trainer.rate_scale = training.rate_scale;
        trainer.halvings = training.halvings;
        Ok(trainer)
    }
}
