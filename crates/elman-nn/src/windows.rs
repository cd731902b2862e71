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
    /// T and B.
    fn window(&self) -> Window;
    /// I, features a time step.
    fn input_size(&self) -> usize;
    /// Values to predict a time step.
    fn target_size(&self) -> usize;
    /// Writes window `number` to `batch`.
    fn fill(&self, number: u64, batch: &mut Batch<T>);
}

/// One window of all streams.
#[derive(Debug, Clone)]
pub struct Batch<T> {
    /// Inputs `[T, B, I]`.
    pub x: Aligned<T>,
    /// Values to predict `[T, B, K]`.
    pub target: Aligned<T>,
    /// For each stream, whether it starts anew here: its memory is emptied first.
    pub fresh: Vec<bool>,
}

impl<T: Real> Batch<T> {
    /// Room for a window of `windows`.
    pub fn new(windows: &dyn Windows<T>) -> Self {
        let window = windows.window();
        Self {
            x: zeros(window.rows() * windows.input_size()),
            target: zeros(window.rows() * windows.target_size()),
            fresh: vec![false; window.batch],
        }
    }
}
