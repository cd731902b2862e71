//! Exponential smoothing with a damped trend (Gardner and McKenzie, Management Science 31, 1985): ETS
//! (A,Ad,N) on the series, deseasonalized as for Naive2. "Damped" of the M4 competition.
//!
//! ```text
//! e = y[t] - (l + φ b)        l ← l + φ b + α e        b ← φ b + α β e
//! ŷ[n+k] = l + (φ + φ² + … + φᵏ) b
//! ```
//!
//! l and b start from the line through the first ten values. α, β and φ minimize the squared
//! errors, of the last thousand values if the series is longer.

use elman_math::dispatch::Backend;
use elman_math::{Isa, Kernel};

use super::naive2::Adjusted;
use super::theta::line;
use super::{Baseline, needs, newest};
use crate::error::Result;

/// Exponential smoothing with a damped trend.
pub const DAMPED: Baseline = Baseline {
    name: "damped",
    summary: "exponential smoothing with a damped trend, deseasonalized where a test finds a season",
    forecast,
};

/// The values from which level and trend are initialized.
const FIRST: usize = 10;
/// Grid points per parameter in one round of the search.
const TRIES: usize = 7;

fn forecast(values: &[f64], horizon: usize, season: usize) -> Result<Vec<f64>> {
    needs("damped", 1, values.len())?;
    let adjusted = Adjusted::of(values, season);
    let best = Smoothing::best(newest(&adjusted.values));
    let Runs { level: [mut ahead], trend: [mut step], .. } = runs([best], &adjusted.values);
    Ok((values.len()..values.len() + horizon)
        .map(|t| {
            step *= best.phi;
            ahead += step;
            adjusted.with_season(t, ahead)
        })
        .collect())
}

#[derive(Clone, Copy)]
struct Smoothing {
    alpha: f64,
    beta: f64,
    phi: f64,
}

/// The result of smoothing the values with N sets of parameters: the sums of squared errors, and levels and trends at
/// the end.
struct Runs<const N: usize> {
    squares: [f64; N],
    level: [f64; N],
    trend: [f64; N],
}

/// Smooths `y` with several sets of parameters in one loop, which the compiler turns into vector instructions.
#[inline(always)]
fn runs<const N: usize>(smoothing: [Smoothing; N], y: &[f64]) -> Runs<N> {
    let (alpha, phi) = (smoothing.map(|s| s.alpha), smoothing.map(|s| s.phi));
    let to_trend = smoothing.map(|s| s.alpha * s.beta);
    let (a, slope) = line(&y[..y.len().min(FIRST)]);
    let (mut level, mut trend, mut squares) = ([a - slope; N], [slope; N], [0.0; N]);
    for y in y {
        for n in 0..N {
            let expected = level[n] + phi[n] * trend[n];
            let error = y - expected;
            squares[n] += error * error;
            level[n] = expected + alpha[n] * error;
            trend[n] = phi[n] * trend[n] + to_trend[n] * error;
        }
    }
    Runs { squares, level, trend }
}

/// Sets of parameters of one loop: as many as hide each other's latency.
const LANES: usize = 16;

/// Sum of squared errors of each set of parameters that is `tried`.
struct SquaredErrors<'a> {
    y: &'a [f64],
    tried: &'a [Smoothing],
    squares: &'a mut [f64],
}

impl Kernel for SquaredErrors<'_> {
    #[inline(always)]
    fn run<I: Backend>(self) {
        for (tried, squares) in self.tried.chunks(LANES).zip(self.squares.chunks_mut(LANES)) {
            let lanes = std::array::from_fn(|n| tried[n.min(tried.len() - 1)]);
            let runs: Runs<LANES> = runs(lanes, self.y);
            squares.copy_from_slice(&runs.squares[..squares.len()]);
        }
    }
}

impl Smoothing {
    /// Grid search: a coarse grid over all parameters, then finer grids around the best.
    fn best(y: &[f64]) -> Self {
        let isa = Isa::detect();
        let mut best = Self { alpha: 0.5, beta: 0.1, phi: 0.9 };
        let mut least = f64::INFINITY;
        let mut squares = [0.0; TRIES * TRIES * TRIES];
        for width in [1.0, 0.25, 0.0625] {
            let tried = best.grid(width);
            isa.run(SquaredErrors { y, tried: &tried, squares: &mut squares });
            for (squares, tried) in squares.iter().zip(tried) {
                if *squares < least {
                    (best, least) = (tried, *squares);
                }
            }
        }
        best
    }

    /// Grid around these parameters; `width` is its share of their range, and 1 is the whole range.
    fn grid(self, width: f64) -> Vec<Self> {
        let around = |middle: f64, low: f64, high: f64| {
            let half = width * (high - low) / 2.0;
            let middle = if width < 1.0 { middle } else { (low + high) / 2.0 };
            let step = |i: usize| half * (i as f64 - 3.0) / 3.0;
            std::array::from_fn::<f64, TRIES, _>(|i| (middle + step(i)).clamp(low, high))
        };
        let (betas, phis) = (around(self.beta, 0.0, 0.999), around(self.phi, 0.8, 0.98));
        let of_alpha = |alpha| {
            let of_beta = move |beta| phis.map(move |phi| Self { alpha, beta, phi });
            betas.into_iter().flat_map(of_beta)
        };
        around(self.alpha, 0.001, 0.999).into_iter().flat_map(of_alpha).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each set of parameters of the grid has its own errors, whose bits do not depend on the lane and the machine.
    #[test]
    fn the_vectors_of_each_instruction_set_have_the_errors_of_one_set_of_parameters() {
        let mut stream = elman_nn::Stream::new(1, "noise");
        let y: Vec<f64> = (0..50).map(|t| f64::from(t) + stream.uniform(-9.0, 9.0)).collect();
        let grid = Smoothing { alpha: 0.5, beta: 0.1, phi: 0.9 }.grid(1.0);
        let expected: Vec<f64> = grid.iter().map(|one| runs([*one], &y).squares[0]).collect();
        for isa in Isa::available() {
            let mut squares = vec![0.0; grid.len()];
            isa.run(SquaredErrors { y: &y, tried: &grid, squares: &mut squares });
            assert_eq!(squares, expected, "{isa:?}");
        }
        let best = Smoothing::best(&y);
        assert!(expected.iter().all(|squares| runs([best], &y).squares[0] <= *squares));
    }
}
