//! Where training windows come from.

mod sine;
mod streams;

use elman_math::{Aligned, Real, zeros};

use crate::layers::Window;

pub use sine::Sine;
pub use streams::Streams;

/// A source of windows, numbered from 0.
///
/// A window depends on its number alone, so that training can go back to an earlier one, or go on
/// from a file, by remembering a number.
pub trait Windows<T: Real>: Send {
    /// T and B. A window may have fewer time steps than T, if [`fill`](Windows::fill) says so.
    fn window(&self) -> Window;
    /// I, features a time step.
    fn input_size(&self) -> usize;
    /// Values to predict a time step.
    fn target_size(&self) -> usize;
    /// Writes window `number` to `batch`, which has room for T time steps; for fewer,
    /// [`Batch::set_steps`] comes first.
    fn fill(&self, number: u64, batch: &mut Batch<T>);
}

/// What a network can be shown as a number of type `T`.
pub trait Shown<T>: Copy + Send {
    /// The number.
    fn shown(self) -> T;
}

macro_rules! shown {
    ($($from:ty as $to:ty),*) => {$(
        impl Shown<$to> for $from {
            fn shown(self) -> $to {
                self as $to
            }
        }
    )*};
}
// The number of a token, in as little memory as it needs.
shown!(f32 as f32, f64 as f64, u8 as f32, u16 as f32, u32 as f32);

/// One window of all streams.
#[derive(Debug, Clone)]
pub struct Batch<T> {
    steps: usize,
    /// Inputs `[T, B, I]`.
    pub x: Aligned<T>,
    /// Values to predict `[T, B, ·]`; NaN where a value is not known, which then has no part in the
    /// loss.
    pub target: Aligned<T>,
    /// For each stream, whether it starts anew here: its memory is emptied first.
    pub fresh: Vec<bool>,
}

impl<T: Real> Batch<T> {
    /// Room for a window of `windows`.
    pub fn new(windows: &dyn Windows<T>) -> Self {
        let window = windows.window();
        Self {
            steps: window.steps,
            x: zeros(window.rows() * windows.input_size()),
            target: zeros(window.rows() * windows.target_size()),
            fresh: vec![false; window.batch],
        }
    }

    /// The time steps of this window.
    pub fn steps(&self) -> usize {
        self.steps
    }

    /// Values to predict that are known; at least 1, so that one can divide by it.
    pub(crate) fn known(&self) -> usize {
        self.target.iter().filter(|target| !target.is_nan()).count().max(1)
    }

    /// Makes it a window of `steps` time steps. Values of earlier windows may stand in it.
    pub fn set_steps(&mut self, steps: usize) {
        for tensor in [&mut self.x, &mut self.target] {
            let row = tensor.len() / self.steps;
            tensor.resize(row * steps, T::ZERO);
        }
        self.steps = steps;
    }
}
