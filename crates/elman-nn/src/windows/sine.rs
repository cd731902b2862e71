//! The sine wave of the lesson, computed when it is needed.

use std::f64::consts::PI;

use elman_math::Real;

use super::{Batch, Windows};
use crate::layers::Window;

/// Window s has T + 1 points of sin over [s·π, (s + 1)·π]: the first T are the inputs, and the
/// targets are the same points shifted by one.
///
/// Lane b of B is ahead by 2π·b/B; feature i of I is the harmonic sin((i + 1)·t); the first feature is
/// the target.
#[derive(Debug, Clone)]
pub struct Sine {
    window: Window,
    input_size: usize,
}

impl Sine {
    /// Windows of `steps` time steps for `batch` lanes of `input_size` features.
    pub fn new(steps: usize, batch: usize, input_size: usize) -> Self {
        Self { window: Window { steps, batch }, input_size }
    }

    /// The time, in radians, of point `point` of window `number` of lane `stream`; the points of
    /// a window are numbered from 0 to T.
    pub fn time(&self, number: u64, stream: usize, point: usize) -> f64 {
        let ahead = 2.0 * PI * stream as f64 / self.window.batch as f64;
        number as f64 * PI + ahead + PI * point as f64 / self.window.steps as f64
    }
}

impl<T: Real> Windows<T> for Sine {
    fn window(&self) -> Window {
        self.window
    }

    fn input_size(&self) -> usize {
        self.input_size
    }

    fn target_size(&self) -> usize {
        1
    }

    fn fill(&self, number: u64, batch: &mut Batch<T>) {
        let rows = batch.x.chunks_exact_mut(self.input_size).zip(&mut *batch.target);
        for (row, (x, target)) in rows.enumerate() {
            let (step, stream) = (row / self.window.batch, row % self.window.batch);
            let now = self.time(number, stream, step);
            for (i, x) in x.iter_mut().enumerate() {
                *x = T::from_f64(((i + 1) as f64 * now).sin());
            }
            *target = T::from_f64(self.time(number, stream, step + 1).sin());
        }
        batch.fresh.fill(number == 0);
    }
}
