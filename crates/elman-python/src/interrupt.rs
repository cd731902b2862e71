//! Long work without the GIL: Ctrl-C cancels the work, and a callback hears the progress.

use crate::errors::{defect, raised};
use elman::Error;
use elman::select::{Progress, RunContext};
use pyo3::prelude::*;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread::{self, Builder};
use std::time::Duration;

/// Time between two looks at signals and progress.
const PERIOD: Duration = Duration::from_millis(50);

/// Stack of the working thread, in bytes: as large as that of a main thread.
const STACK: usize = 8 << 20;

/// Runs `work` on a thread of its own, while this thread handles signals, and calls `progress` with the stage, the
/// steps done and their number.
///
/// # Errors
/// Those of `work`; `KeyboardInterrupt`, after the work has ended without another error; what `progress` raises.
pub fn run<T: Send>(
    py: Python<'_>,
    progress: Option<&Py<PyAny>>,
    work: impl FnOnce(&RunContext<'_>) -> Result<T, Error> + Send,
) -> PyResult<T> {
    let (newest, is_cancelled) = (Mutex::new(None), AtomicBool::new(false));
    let observe = |now: Progress| {
        *newest.lock().unwrap_or_else(PoisonError::into_inner) = Some(now);
        match is_cancelled.load(Ordering::Relaxed) {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    };
    let has_ended = AtomicBool::new(false);
    py.detach(|| {
        thread::scope(|scope| {
            let waiting = thread::current();
            let worker = Builder::new().stack_size(STACK).spawn_scoped(scope, || {
                let _wakes = Wakes { waiting, has_ended: &has_ended };
                work(&RunContext::new(&observe))
            })?;
            let mut interrupted = None;
            // Not `worker.is_finished()`, which is still false when the end of the work wakes this thread: each call
            // would take `PERIOD` at least.
            while !has_ended.load(Ordering::Acquire) {
                thread::park_timeout(PERIOD);
                if interrupted.is_none() {
                    let now = newest.lock().unwrap_or_else(PoisonError::into_inner).take();
                    interrupted = Python::attach(|py| look(py, progress, now)).err();
                    is_cancelled.store(interrupted.is_some(), Ordering::Relaxed);
                }
            }
            match (worker.join(), interrupted) {
                (Err(panic), _) => Err(defect(panic.as_ref())),
                (Ok(Ok(_) | Err(Error::Cancelled)), Some(interrupted)) => Err(interrupted),
                (Ok(result), _) => result.map_err(|error| raised(&error)),
            }
        })
    })
}

/// Handles signals, and tells the progress.
fn look(py: Python<'_>, progress: Option<&Py<PyAny>>, now: Option<Progress>) -> PyResult<()> {
    py.check_signals()?;
    let (Some(progress), Some(now)) = (progress, now) else { return Ok(()) };
    let told = match now {
        Progress::Selecting(done, of) => ("model selection", done, Some(of)),
        Progress::FineTuning(done, of) => ("fine-tuning", done, Some(of)),
        Progress::Training(done, of) => ("training", done, Some(of)),
        Progress::Forecasting(done, of) => ("forecast", done, Some(of)),
        Progress::Series(done, of) => ("series", done, Some(of)),
        Progress::Tuning(done) => ("trials", done, None),
        _ => return Ok(()),
    };
    progress.call1(py, told).map(drop)
}

/// Tells a thread that the work has ended, when dropped, also by a panic.
struct Wakes<'a> {
    waiting: thread::Thread,
    has_ended: &'a AtomicBool,
}

impl Drop for Wakes<'_> {
    fn drop(&mut self) {
        self.has_ended.store(true, Ordering::Release);
        self.waiting.unpark();
    }
}
