//! Windows made beforehand, so that a step pays for copying one in and not for its sines.

use elman::nn::layers::Window;
use elman::nn::windows::{Batch, Sine, Windows};

/// The wave comes round after two windows, so any even number goes on without a seam; a few more
/// than two, so that they are not always the same bytes in the nearest cache.
const NUM_PREPARED: u64 = 4;

/// The first windows of the sine wave, over and over again.
pub struct Prepared {
    window: Window,
    input_size: usize,
    windows: Vec<Batch<f32>>,
}

impl Prepared {
    /// Windows of `window` with `input_size` features.
    pub fn new(window: Window, input_size: usize) -> Self {
        let sine = Sine::new(window.steps, window.batch, input_size);
        let prepare = |number| {
            let mut batch = Batch::new(&sine);
            sine.fill(number, &mut batch);
            batch
        };
        Self { window, input_size, windows: (0..NUM_PREPARED).map(prepare).collect() }
    }
}

impl Windows<f32> for Prepared {
    fn window(&self) -> Window {
        self.window
    }

    fn input_size(&self) -> usize {
        self.input_size
    }

    fn target_size(&self) -> usize {
        1
    }

    fn fill(&self, number: u64, batch: &mut Batch<f32>) {
        let prepared = &self.windows[(number % NUM_PREPARED) as usize];
        batch.x.copy_from_slice(&prepared.x);
        batch.target.copy_from_slice(&prepared.target);
        batch.fresh.fill(number == 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_the_sines_and_go_on_without_a_seam() {
        let sine = Sine::new(7, 3, 2);
        let prepared = Prepared::new(Windows::<f32>::window(&sine), 2);
        let (mut want, mut got) = (Batch::<f32>::new(&sine), Batch::new(&prepared));
        for number in 0..2 * NUM_PREPARED {
            sine.fill(number, &mut want);
            prepared.fill(number, &mut got);
            assert_eq!(want.fresh, got.fresh, "window {number}");
            let pairs = want.x.iter().chain(&*want.target).zip(got.x.iter().chain(&*got.target));
            for (want, got) in pairs {
                // The sine of an angle some turns further on, rounded to f32.
                assert!((want - got).abs() < 1e-6, "window {number}: {got} for {want}");
            }
        }
    }
}
