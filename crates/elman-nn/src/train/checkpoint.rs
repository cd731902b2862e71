//! A trainer to a file and back, exactly.

use std::path::Path;

use elman_math::{Real, Stream};
use serde::{Deserialize, Serialize};

use super::{Best, Position, TrainConfig, Trainer};
use crate::error::Error;
use crate::file::{Document, ModelFile, TensorWriter};
use crate::model::Model;
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

    fn read(&mut self, prefix: &str, mark: Mark, file: &ModelFile<T>) -> Result<(), Error> {
        file.fill(&mut self.params, prefix)?;
        for (slot, values) in self.optimizer.slots_mut() {
            file.fill(values, &format!("{prefix}optimizer.{slot}."))?;
        }
        let shape = self.state.shape();
        for name in self.state.names() {
            let values = file.tensor(&format!("{prefix}state.{name}"), &shape)?;
            self.state.tensor_mut(name).expect("a state by its own name").copy_from_slice(values);
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
        let mut config = training.config;
        config.steps = steps.unwrap_or(config.steps);
        let model = Model::new(file.document.model.clone())?;
        let params = file.params(&model, "")?;
        let mut trainer = Self::new(config, model, params, windows)?;
        trainer.now.read("", training.now, file)?;
        trainer.good.read("good.", training.good, file)?;
        trainer.best = Best {
            loss: training.best_loss.unwrap_or(f64::INFINITY),
            step: training.best_step,
            params: file.params(&trainer.model, "best.")?,
        };
        trainer.history.extend_from_slice(file.doubles("history")?);
        if trainer.history.len() as u64 != trainer.now.step {
            return Err(file.refused("`history` has not one loss a step".into()));
        }
        trainer.rate_scale = training.rate_scale;
        trainer.halvings = training.halvings;
        Ok(trainer)
    }
}
