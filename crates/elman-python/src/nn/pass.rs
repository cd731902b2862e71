//! A forward pass, with all that its backward pass needs.

use super::network::Network;
use elman::nn::{State, Tape};
use pyo3::prelude::*;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// A forward pass over one window.
pub(super) struct Pass {
    pub network: Arc<Network>,
    /// Number of the pass: later passes have larger ones.
    pub number: u64,
    /// T and B.
    pub window: (usize, usize),
    /// Version of the weights.
    pub version: u64,
    /// Inputs `[T, B, I]`, which the caller may overwrite before the backward pass.
    pub x: Vec<f32>,
    recorded: Mutex<Option<Recorded>>,
}

/// The part of a pass that its backward pass consumes.
pub(super) struct Recorded {
    pub tape: Tape<f32>,
    /// The pass whose last hidden state is the first one of this pass, unless that was detached.
    pub before: Option<Arc<Pass>>,
}

impl Pass {
    /// A pass that has just been done.
    pub fn new(
        network: &Arc<Network>,
        window: (usize, usize),
        version: u64,
        x: Vec<f32>,
        recorded: Recorded,
    ) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let recorded = Mutex::new(Some(recorded));
        Self { network: network.clone(), number, window, version, x, recorded }
    }

    /// The pass before this one, from which the hidden state was not detached; `None` as a whole after the backward pass.
    pub fn before(&self) -> Option<Option<Arc<Self>>> {
        let recorded = self.recorded.lock().unwrap_or_else(PoisonError::into_inner);
        recorded.as_ref().map(|recorded| recorded.before.clone())
    }

    /// Takes what the backward pass consumes; `None` after that pass.
    pub fn take(&self) -> Option<Recorded> {
        self.recorded.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl Drop for Pass {
    /// Drops the passes before this one in a loop: a chain of many would exceed the stack.
    fn drop(&mut self) {
        let unlink = |pass: &Self| {
            let Recorded { tape, before } = pass.take()?;
            pass.network.give_back(tape);
            before
        };
        let mut before = unlink(self);
        while let Some(pass) = before.and_then(Arc::into_inner) {
            before = unlink(&pass);
        }
    }
}

/// A forward pass.
#[pyclass(frozen, module = "elman._elman")]
pub struct NnPass(pub(super) Arc<Pass>);

impl fmt::Debug for NnPass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NnPass").field("window", &self.0.window).finish_non_exhaustive()
    }
}

/// Hidden state with the pass that it comes from.
#[derive(Clone)]
pub(super) struct Carried {
    pub values: State<f32>,
    pub origin: Option<Arc<Pass>>,
}
