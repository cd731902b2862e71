//! Checkpoints: saving and restoring a trainer exactly.

use std::path::Path;

use elman_math::{Real, Stream};
use serde::{Deserialize, Serialize};

use super::{Best, MAX_HALVINGS, TrainConfig, Trainer, TrainerState};
use crate::error::Error;
use crate::file::{Document, ModelFile, TensorWriter, Values};
use crate::schedules::Progress;
use crate::windows::Windows;

/// The part of a checkpoint's document that a model file does not have.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Training {
    /// The settings.
    pub config: TrainConfig,
    /// The current state.
    pub current: Mark,
    /// The last good state.
    pub last_good: Mark,
    /// The loss of the best evaluation, if there was one.
    pub best_loss: Option<f64>,
    /// The optimizer step of the best evaluation.
    pub best_step: u64,
    /// The scale of the learning rate that is left after rollbacks.
    pub lr_scale: f64,
    /// How many times the learning rate was halved.
    pub halvings: u32,
}

/// The part of a [`TrainerState`] that is not a tensor.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Mark {
    /// Optimizer steps done; also the number of the next window.
    pub step: u64,
    /// The step count of the optimizer.
    pub updates: u64,
    /// The state of the schedule.
    pub progress: Progress,
    /// The RNG stream of dropout.
    pub noise: Stream,
}

/// The largest valid number of optimizer steps.
const MAX_COUNTED: u64 = 1 << 53;

impl Training {
    /// Checks that the numbers are in their range.
    fn check(&self) -> Result<(), String> {
        for mark in [&self.current, &self.last_good] {
            let Progress { best, bad, scale } = mark.progress;
            for count in [mark.step, mark.updates, bad] {
                if count > MAX_COUNTED {
                    return Err(format!("its training counts {count} steps"));
                }
            }
            if !(0.0..=1.0).contains(&scale) || best.is_some_and(|best| !best.is_finite()) {
                return Err(format!("its schedule is at {scale} of the rate, after {best:?}"));
            }
        }
        if self.last_good.step > self.current.step {
            return Err("its training was good after it was stopped".to_owned());
        }
        if !(0.0..=1.0).contains(&self.lr_scale) || self.halvings > MAX_HALVINGS {
            let (scale, halvings) = (self.lr_scale, self.halvings);
            return Err(format!("its rate is {scale} after {halvings} halvings"));
        }
        Ok(())
    }
}

impl<T: Real> TrainerState<T> {
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

impl<'w, T: Real> Trainer<'w, T> {
    /// Writes everything on which the rest of training depends, so that training resumed from the file
    /// gives the same bits as uninterrupted training. `about` is as in [`Document`].
    ///
    /// # Errors
    /// [`Error::Io`] if the file cannot be written; an existing file is then unchanged.
    pub fn write_checkpoint(&self, path: &Path, about: serde_json::Value) -> Result<(), Error> {
        let mut tensors = TensorWriter::default();
        self.current.write("", &mut tensors);
        self.last_good.write("last_good.", &mut tensors);
        tensors.add_params("best.", &self.best.params);
        tensors.add("history".to_owned(), &[self.history.len()], &self.history);
        let mut document = Document::new(self.model.config().clone(), about);
        document.training = Some(Training {
            config: self.config.clone(),
            current: self.current.mark(),
            last_good: self.last_good.mark(),
            best_loss: self.best.loss.is_finite().then_some(self.best.loss),
            best_step: self.best.step,
            lr_scale: self.lr_scale,
            halvings: self.halvings,
        });
        tensors.write(path, &document)
    }

    /// Resumes from a checkpoint that was [read](ModelFile::read), on the same `windows`. `steps`,
    /// if given, is the new total number of optimizer steps.
    ///
    /// # Errors
    /// [`Error::File`] if the file is not a checkpoint, or does not fit the windows.
    pub fn resume(
        file: &ModelFile<T>,
        windows: Box<dyn Windows<T> + 'w>,
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
        config.max_steps = steps.unwrap_or(config.max_steps);
        // The weights of the last good state are finite; the current ones need not be.
        let (model, params) = file.model(&file.document.model, "last_good.")?;
        let mut trainer = Self::new(config, model, params, windows)?;
        trainer.current.read("", training.current, file, Values::Any)?;
        trainer.last_good.read("last_good.", training.last_good, file, Values::Finite)?;
        trainer.best = Best {
            loss: training.best_loss.unwrap_or(f64::INFINITY),
            step: training.best_step,
            params: file.params(&trainer.model, "best.")?,
        };
        let history = file.doubles("history", trainer.current.step as usize)?;
        trainer.history.extend_from_slice(&history);
        trainer.lr_scale = training.lr_scale;
        trainer.halvings = training.halvings;
        Ok(trainer)
    }
}
