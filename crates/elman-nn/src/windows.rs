//! The sources of training windows.

mod sine;
mod streams;

use elman_math::{Aligned, Real, zeros};

use crate::layers::Window;

pub use sine::Sine;
pub use streams::Streams;

/// A source of windows, numbered from 0.
///
/// A window depends on its number alone. So a rollback, or resuming from a checkpoint, needs only the
/// number of the window.
pub trait Windows<T: Real>: Send {
    /// T and B. A window may have fewer time steps than T: [`fill`](Windows::fill) then sets their number.
    fn window(&self) -> Window;
    /// I, features per time step.
    fn input_size(&self) -> usize;
    /// Targets per time step.
    fn target_size(&self) -> usize;
    /// Writes window `number` to `batch`, which has room for T time steps. A source that writes fewer
    /// calls [`Batch::set_steps`] first.
    fn fill(&self, number: u64, batch: &mut Batch<T>);
}

/// A type whose values can be the inputs of a network of number type `T`.
pub trait Shown<T>: Copy + Send {
    /// The value as a number.
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
// Token numbers are stored in the smallest sufficient type.
shown!(f32 as f32, f64 as f64, u8 as f32, u16 as f32, u32 as f32);

/// One window of all lanes.
#[derive(Debug, Clone)]
pub struct Batch<T> {
    steps: usize,
    /// Inputs `[T, B, I]`.
    pub x: Aligned<T>,
    /// Targets `[T, B, ·]`; NaN where a target is masked, which then does not count in the
    /// loss.
    pub target: Aligned<T>,
    /// Whether each lane starts anew in this window: its hidden state is reset first.
    pub fresh: Vec<bool>,
}

impl<T: Real> Batch<T> {
    /// A batch with room for a window of `windows`.
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

    /// The number of targets that are not masked; at least 1, to be a divisor.
    pub(crate) fn known(&self) -> usize {
        self.target.iter().filter(|target| !target.is_nan()).count().max(1)
    }

    /// Resizes the batch to `steps` time steps. Values of earlier windows may remain in it.
    pub fn set_steps(&mut self, steps: usize) {
        for tensor in [&mut self.x, &mut self.target] {
            let row = tensor.len() / self.steps;
            tensor.resize(row * steps, T::ZERO);
        }
        self.steps = steps;
    }
}
