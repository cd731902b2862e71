//! The Theta method (Assimakopoulos and Nikolopoulos, IJF 16, 2000), as in the M4 competition: the
//! series is deseasonalized as for Naive2, and two lines are forecast, with equal weights:
//!
//! ```text
//! θ = 0: the least-squares line a + b t, extrapolated
//! θ = 2: 2 y - (a + b t), forecast by simple exponential smoothing
//! ```
//!
//! The smoothing weight minimizes the squared errors, of the last thousand values if the series is longer.

use elman_math::dispatch::Backend;
use elman_math::{Isa, Kernel};

use super::naive2::Adjusted;
use super::{Baseline, needs, newest};
use crate::error::Result;

/// The Theta method.
pub const THETA: Baseline = Baseline {
    name: "theta",
    summary: "theta method (Assimakopoulos and Nikolopoulos, 2000), deseasonalized where a test finds a season",
    forecast,
};

fn forecast(values: &[f64], horizon: usize, season: usize) -> Result<Vec<f64>> {
    needs("theta", 1, values.len())?;
    let adjusted = Adjusted::of(values, season);
    let (a, b) = line(&adjusted.values);
    let bent = adjusted.values.iter().enumerate().map(|(t, y)| 2.0 * y - (a + b * t as f64));
    let level = smoothed(&bent.collect::<Vec<_>>());
    let n = values.len();
    let ahead = |t: usize| adjusted.with_season(t, 0.5 * (level + a + b * t as f64));
    Ok((n..n + horizon).map(ahead).collect())
}

/// a and b of the least-squares line a + b t of `y`, t from 0.
pub(super) fn line(y: &[f64]) -> (f64, f64) {
    let n = y.len() as f64;
    let (middle, mean) = ((n - 1.0) / 2.0, y.iter().sum::<f64>() / n);
    let (mut up, mut across) = (0.0, 0.0);
    for (t, y) in y.iter().enumerate() {
        up += (t as f64 - middle) * (y - mean);
        across += (t as f64 - middle).powi(2);
    }
    let b = if across > 0.0 { up / across } else { 0.0 };
    (mean - b * middle, b)
}

/// The last level of simple exponential smoothing with the α that minimizes the squared errors.
fn smoothed(y: &[f64]) -> f64 {
    let isa = Isa::detect();
    let recent = newest(y);
    // A coarse grid first, since there may be several minima; then finer grids around the best.
    let (mut best, mut width) = (0.5, 0.05);
    for round in 0..4 {
        let from = if round == 0 { 0.5 } else { best };
        let step = |n: usize| (from + width * (n as f64 - 10.0)).clamp(1e-4, 0.9999);
        let tried: [f64; TRIES] = std::array::from_fn(step);
        let mut squares = [0.0; TRIES];
        isa.run(SquaredErrors { y: recent, tried, squares: &mut squares });
        let least = (0..TRIES).min_by(|a, b| squares[*a].total_cmp(&squares[*b]));
        best = least.map_or(best, |n| tried[n]);
        width /= 10.0;
    }
    let ([level], _) = smooth([best], y);
    level
}

/// Grid points of α in one round of the search.
const TRIES: usize = 21;

/// Levels after the last value and sums of squared errors, with several α in one loop, which the compiler turns into
/// vector instructions.
#[inline(always)]
fn smooth<const N: usize>(alpha: [f64; N], y: &[f64]) -> ([f64; N], [f64; N]) {
    let (mut level, mut squares) = ([y[0]; N], [0.0; N]);
    for y in &y[1..] {
        for n in 0..N {
            let error = y - level[n];
            squares[n] += error * error;
            level[n] += alpha[n] * error;
        }
    }
    (level, squares)
}

/// Sum of squared errors of each α that is `tried`.
struct SquaredErrors<'a> {
    y: &'a [f64],
    tried: [f64; TRIES],
    squares: &'a mut [f64; TRIES],
}

impl Kernel for SquaredErrors<'_> {
    #[inline(always)]
    fn run<I: Backend>(self) {
        // Whole vectors.
        let lanes: [f64; 24] = std::array::from_fn(|n| self.tried[n.min(TRIES - 1)]);
        let (_, squares) = smooth(lanes, self.y);
        self.squares.copy_from_slice(&squares[..TRIES]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The errors of each α, whose bits do not depend on the lane and the machine.
    #[test]
    fn the_vectors_of_each_instruction_set_have_the_errors_of_one_alpha() {
        let mut stream = elman_nn::Stream::new(1, "noise");
        let y: Vec<f64> = (0..50).map(|_| stream.uniform(-9.0, 9.0)).collect();
        let tried: [f64; TRIES] = std::array::from_fn(|n| 0.04 * (n + 1) as f64);
        let expected = tried.map(|alpha| smooth([alpha], &y).1[0]);
        for isa in Isa::available() {
            let mut squares = [0.0; TRIES];
            isa.run(SquaredErrors { y: &y, tried, squares: &mut squares });
            assert_eq!(squares, expected, "{isa:?}");
        }
    }
}
