//! One long series, cut into contiguous lanes of a batch.

use elman_math::Real;

use super::{Batch, Shown, Windows};
use crate::layers::Window;

/// A series cut into B contiguous lanes, each of which is read window by window with its hidden state
/// carried. The input is the series, the target is the series shifted by one.
///
/// After the last window a new pass over the series starts with hidden states of zeros. The values that do not fill
/// a window, less than T per lane, are left out of a pass. Each pass starts one value later than the one before, as
/// far as these values allow, so that over many passes only at most B - 1 values at the very end are never used.
#[derive(Debug, Clone)]
pub struct Streams<V> {
    values: Vec<V>,
    window: Window,
    /// Distance of the starts of two lanes: lane b starts at b · stride in `values`.
    stride: usize,
    windows_a_walk: u64,
    /// Values of a lane that do not fill a window.
    left_over: usize,
}

impl<V> Streams<V> {
    /// Cuts `values` for windows of `steps` time steps in `batch` lanes. `None` if a lane is shorter than
    /// a window and its last target.
    pub fn new(values: Vec<V>, steps: usize, batch: usize) -> Option<Self> {
        let stride = values.len().checked_sub(1)? / batch.max(1);
        let windows_a_walk = (stride / steps.max(1)) as u64;
        let left_over = stride - windows_a_walk as usize * steps;
        let window = Window { steps, batch };
        (windows_a_walk > 0 && steps > 0 && batch > 0).then_some(Self {
            values,
            window,
            stride,
            windows_a_walk,
            left_over,
        })
    }

    /// The number of windows in one pass over the series.
    pub fn windows_a_walk(&self) -> u64 {
        self.windows_a_walk
    }

    /// The index in the series of the input at time step `step` of window `number` of lane `stream`.
    pub fn position(&self, number: u64, stream: usize, step: usize) -> usize {
        let walk = number / self.windows_a_walk;
        let start = (walk % (self.left_over as u64 + 1)) as usize;
        let within = (number % self.windows_a_walk) as usize * self.window.steps;
        stream * self.stride + start + within + step
    }
}

impl<T: Real, V: Shown<T>> Windows<T> for Streams<V> {
    fn window(&self) -> Window {
        self.window
    }

    fn input_size(&self) -> usize {
        1
    }

    fn target_size(&self) -> usize {
        1
    }

    fn fill(&self, number: u64, batch: &mut Batch<T>) {
        for (row, (x, target)) in batch.x.iter_mut().zip(&mut *batch.target).enumerate() {
            let (step, stream) = (row / self.window.batch, row % self.window.batch);
            let at = self.position(number, stream, step);
            *x = self.values[at].shown();
            *target = self.values[at + 1].shown();
        }
        batch.fresh.fill(number.is_multiple_of(self.windows_a_walk));
    }
}
