//! Progress of a run, which can be cancelled.

use crate::error::{Error, Result};
use std::fmt;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};

/// Progress of the training.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Progress {
    /// Model selection: optimizer steps done, of so many.
    Selecting(u64, u64),
    /// Fine-tuning of the pretrained network: optimizer steps done, of so many.
    FineTuning(u64, u64),
    /// Training of the selected candidates on all data: optimizer steps done, of so many.
    Training(u64, u64),
    /// Local models: series done, of so many.
    Series(u64, u64),
    /// A forecast beyond the trained horizon: time steps done, of so many.
    Forecasting(u64, u64),
    /// Hyperparameter search: trainings done. Their number depends on the scores.
    Tuning(u64),
}

/// Observer of a run. It is called from several threads, and cancels the run when it returns [`ControlFlow::Break`]: the
/// run then ends with [`Error::Cancelled`](crate::Error::Cancelled).
#[derive(Clone, Copy)]
pub struct RunContext<'a> {
    observe: &'a (dyn Fn(Progress) -> ControlFlow<()> + Sync),
}

impl<'a> RunContext<'a> {
    /// A run that calls `observe`.
    pub fn new(observe: &'a (dyn Fn(Progress) -> ControlFlow<()> + Sync)) -> Self {
        Self { observe }
    }

    /// Reports progress, and returns whether the run continues.
    pub fn report(&self, progress: Progress) -> ControlFlow<()> {
        (self.observe)(progress)
    }

    /// Reports the time steps of a forecast that are done.
    ///
    /// # Errors
    /// A run that was cancelled.
    pub(crate) fn forecast_to(&self, done: usize, horizon: usize) -> Result<()> {
        match self.report(Progress::Forecasting(done as u64, horizon as u64)) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(Error::Cancelled),
        }
    }
}

/// A run without an observer.
impl Default for RunContext<'_> {
    fn default() -> Self {
        Self { observe: &|_| ControlFlow::Continue(()) }
    }
}

impl fmt::Debug for RunContext<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RunContext")
    }
}

/// Run on several threads: cancelled once, it stays cancelled.
pub(crate) struct Cancellable<'a> {
    run: &'a RunContext<'a>,
    cancelled: AtomicBool,
}

impl<'a> Cancellable<'a> {
    pub(crate) fn new(run: &'a RunContext<'a>) -> Self {
        Self { run, cancelled: AtomicBool::new(false) }
    }

    /// Reports progress, and returns whether the run continues.
    pub(crate) fn report(&self, progress: Progress) -> ControlFlow<()> {
        if self.run.report(progress).is_break() {
            self.cancelled.store(true, Ordering::Relaxed);
        }
        match self.cancelled.load(Ordering::Relaxed) {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    }
}
