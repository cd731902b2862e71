//! One long series, cut into contiguous streams that are walked side by side.

use elman_math::Real;

use super::{Batch, Shown, Windows};
use crate::layers::Window;

/// A series cut into B contiguous streams, each walked window by window with its memory carried;
/// the input is the series, the target the same shifted by one.
///
/// After the last window the walk starts again with empty memories. What does not fill a window is
/// left over, less than T values a stream; each walk starts one value later than the one before, as
/// far as these allow, so that over many walks no value but at most B - 1 at the very end is missed.
#[derive(Debug, Clone)]
pub struct Streams<V> {
    values: Vec<V>,
    window: Window,
    /// Where in `values` each stream starts: b · stride.
    stride: usize,
    windows_a_walk: u64,
    /// Values of a stream that do not fill a window.
    left_over: usize,
}

impl<V> Streams<V> {
    /// Cuts `values` for windows of `steps` in `batch` streams. `None` if a stream is shorter than
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

    /// Windows from one end of the streams to the other.
    pub fn windows_a_walk(&self) -> u64 {
        self.windows_a_walk
    }

    /// Where in the series the input of step `step` of window `number` of stream `stream` stands.
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
