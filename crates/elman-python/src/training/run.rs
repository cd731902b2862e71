//! Loop of a training: progress, checkpoints, Ctrl-C.

use super::files::Files;
use crate::errors::diverged;
use elman::nn::Trainer;
use elman::nn::train::Event;
use elman::select::{Progress, RunContext};
use elman::text::TextTrainingRun;
use elman::{Error, TrainingRun};
use pyo3::prelude::*;
use std::path::Path;

/// A training, step by step.
pub(super) trait Run {
    fn advance(&mut self) -> Result<Event, Error>;
    fn trainer(&self) -> &Trainer<'static, f32>;
    fn has_diverged(&self) -> bool;
    fn write_checkpoint(&self, path: &Path) -> Result<(), Error>;
}

macro_rules! run {
    ($($name:ty),*) => {$(
        impl Run for $name {
            fn advance(&mut self) -> Result<Event, Error> {
                self.advance()
            }
            fn trainer(&self) -> &Trainer<'static, f32> {
                self.trainer()
            }
            fn has_diverged(&self) -> bool {
                self.has_diverged()
            }
            fn write_checkpoint(&self, path: &Path) -> Result<(), Error> {
                self.write_checkpoint(path)
            }
        }
    )*};
}
run!(TrainingRun, TextTrainingRun);

/// The end of a training that has done its steps.
pub(super) struct Ended {
    /// The loss of each optimizer step.
    pub(super) losses: Vec<f64>,
    pub(super) has_diverged: bool,
}

impl Ended {
    /// The losses.
    ///
    /// # Errors
    /// A training that diverged.
    pub(super) fn losses(self) -> PyResult<Vec<f64>> {
        let Self { losses, has_diverged } = self;
        if !has_diverged {
            return Ok(losses);
        }
        let [first, last] = [losses.first(), losses.last()].map(|loss| *loss.unwrap_or(&f64::NAN));
        let message = format!(
            "training diverged: the loss was {first:.4} at first and is {last:.4} at the end"
        );
        Err(diverged(&message, "give a smaller `learning_rate`, or `clip=1`"))
    }
}

/// Trains to the end. A checkpoint is written before the first step, so that a file that cannot be written costs no
/// training, then as often as `files` say, at the end, and where the training is cancelled.
///
/// # Errors
/// A loss that is not finite; a checkpoint that cannot be written; [`Error::Cancelled`].
pub(super) fn train(
    run: &mut impl Run,
    files: &Files,
    context: &RunContext<'_>,
) -> Result<Ended, Error> {
    let steps = run.trainer().config().max_steps;
    let every = files.checkpoint_every.unwrap_or((steps / 10).max(1));
    let write = |run: &_| match &files.checkpoint {
        Some(path) => Run::write_checkpoint(run, path),
        None => Ok(()),
    };
    write(run)?;
    loop {
        let event = run.advance()?;
        let step = run.trainer().step();
        if matches!(event, Event::Finished { .. }) {
            break;
        }
        if context.report(Progress::Training(step, steps)).is_break() {
            write(run)?;
            return Err(Error::Cancelled);
        }
        if matches!(event, Event::Step { .. }) && step.is_multiple_of(every) {
            write(run)?;
        }
    }
    write(run)?;
    Ok(Ended { losses: run.trainer().history().to_vec(), has_diverged: run.has_diverged() })
}
