//! Exponential smoothing with a damped trend and a seasonal component: ETS(A,Ad,N), ETS(A,Ad,A) or
//! ETS(M,Ad,M), the one with the lowest AICc (Hyndman, Koehler, Ord and Snyder, "Forecasting with Exponential
//! Smoothing", Springer 2008).
//!
//! ```text
//!                  p = l + φ b
//! additive         ŷ = p + s    e = y - ŷ          l ← p + α e        b ← φ b + α β e      s ← s + γ (1 - α) e
//! multiplicative   ŷ = p s      e = (y - ŷ) / ŷ    l ← p (1 + α e)    b ← φ b + α β p e    s ← s (1 + γ (1 - α) e)
//!
//! AICc = n ln Σ e² + 2 Σ ln ŷ (if multiplicative) + 2 k n / (n - k - 1)
//! ```
//!
//! with k parameters and initial states. l and b start from the line through the first ten values, s from classical
//! decomposition; α, β, γ and φ minimize the AICc. Uses the last thousand values, or the last five
//! seasons if these are longer.

use elman_math::dispatch::Backend;
use elman_math::{Isa, Kernel};

use super::log_sums::LogSums;
use super::naive2::indices;
use super::theta::line;
use super::{Baseline, needs, newest};
use crate::error::Result;
use crate::season::{Decomposition, Profile};

/// Exponential smoothing of level, trend and season.
pub const ETS: Baseline = Baseline {
    name: "ets",
    summary: "exponential smoothing (ETS), the form with the lowest AICc",
    forecast,
};

/// The values from which level and trend are initialized.
const FIRST: usize = 10;
/// The seasons that are used if they are longer than the newest values.
const CYCLES: usize = 5;
/// α, β, φ, l, b and the variance of e.
const PARAMETERS: usize = 6;

fn forecast(values: &[f64], horizon: usize, season: usize) -> Result<Vec<f64>> {
    needs("ets", 1, values.len())?;
    let enough = newest(values).len().max((CYCLES * season).min(values.len()));
    Ok(best(&values[values.len() - enough..], season).ahead(horizon))
}

/// The model with the lowest criterion.
fn best(y: &[f64], season: usize) -> Fitted {
    let kinds = [Kind::plain(y), Kind::additive(y, season), Kind::multiplicative(y, season)];
    let admitted = kinds.into_iter().flatten().filter(|kind| kind.penalty(y.len()).is_finite());
    let fitted = admitted.map(|kind| Fitted::best(kind, y));
    fitted.min_by(|a, b| a.criterion.total_cmp(&b.criterion)).expect("the plain one at least")
}

/// The form of a model, and its initial state.
struct Kind {
    multiplicative: bool,
    /// The first seasonal cycle; one value, which is not smoothed, without a season.
    cycle: Vec<f64>,
    level: f64,
    trend: f64,
}

impl Kind {
    fn plain(y: &[f64]) -> Option<Self> {
        Some(Self::new(y, false, vec![0.0]))
    }

    fn additive(y: &[f64], m: usize) -> Option<Self> {
        let profile = (m > 1).then(|| Profile::of(y, &[m], Decomposition::Classical))?;
        Some(Self::new(y, false, (0..m).map(|t| profile.at(t)).collect()))
    }

    /// The multiplicative form; only for values above 0.
    fn multiplicative(y: &[f64], m: usize) -> Option<Self> {
        let fits = m > 1 && y.len() >= 2 * m + 2 && y.iter().all(|y| *y > 0.0);
        Some(Self::new(y, true, fits.then(|| indices(y, m))??))
    }

    fn new(y: &[f64], multiplicative: bool, cycle: Vec<f64>) -> Self {
        let adjust = |(y, s): (&f64, &f64)| if multiplicative { y / s } else { y - s };
        let adjusted = y.iter().zip(cycle.iter().cycle()).map(adjust);
        let (level, trend) = line(&adjusted.take(FIRST).collect::<Vec<_>>());
        // Level and trend at the time step before the first value.
        Self { multiplicative, cycle, level: level - trend, trend }
    }

    fn is_seasonal(&self) -> bool {
        self.cycle.len() > 1
    }

    /// The penalty of the criterion for the number of parameters and states; infinite if there are too many.
    fn penalty(&self, n: usize) -> f64 {
        let k = PARAMETERS + if self.is_seasonal() { self.cycle.len() } else { 0 };
        let left = n as f64 - k as f64 - 1.0;
        match self.is_seasonal() {
            true if left <= 0.0 => f64::INFINITY,
            _ => 2.0 * (k * n) as f64 / left.max(1.0),
        }
    }
}

/// Grid points per parameter in one round of the search.
const TRIES: usize = 7;
/// Sets of parameters of one loop: the grid points, filled up to whole vectors.
const LANES: usize = 8;

/// The smoothing parameters.
#[derive(Clone, Copy)]
struct Smoothing {
    alpha: f64,
    beta: f64,
    gamma: f64,
    phi: f64,
}

impl Smoothing {
    /// The smallest and the largest value of each parameter.
    const RANGES: [(f64, f64); 4] = [(0.001, 0.999), (0.0, 0.999), (0.0, 0.999), (0.8, 0.98)];

    fn of([alpha, beta, gamma, phi]: [f64; 4]) -> Self {
        Self { alpha, beta, gamma, phi }
    }
}

/// A model with its parameters, and its state after the last value.
struct Fitted {
    kind: Kind,
    smoothing: Smoothing,
    /// AICc, minus the terms that are the same for all models.
    criterion: f64,
    level: f64,
    trend: f64,
    /// The last seasonal cycle; the next time step has the first value.
    cycle: Vec<f64>,
}

impl Fitted {
    /// Searches one parameter after the other: a grid over its whole range, then finer grids around the best.
    fn best(kind: Kind, y: &[f64]) -> Self {
        let mut best = [0.3, 0.1, 0.1, 0.9];
        let (isa, mut cycle, mut criteria) = (Isa::detect(), Vec::new(), [0.0; TRIES]);
        let mut least = f64::INFINITY;
        for width in [1.0, 0.5, 0.25, 0.125, 0.0625, 0.03125] {
            for (w, (low, high)) in Smoothing::RANGES.into_iter().enumerate() {
                if w == 2 && !kind.is_seasonal() {
                    continue;
                }
                let middle = if width < 1.0 { best[w] } else { (low + high) / 2.0 };
                let tried = std::array::from_fn::<[f64; 4], TRIES, _>(|i| {
                    let mut tried = best;
                    let step = width * (high - low) / 2.0 * (i as f64 - 3.0) / 3.0;
                    tried[w] = (middle + step).clamp(low, high);
                    tried
                });
                let (kind, cycle, criteria) = (&kind, &mut cycle, &mut criteria);
                isa.run(Criteria { kind, y, tried: tried.map(Smoothing::of), cycle, criteria });
                for (criterion, tried) in criteria.iter().zip(tried) {
                    if *criterion < least {
                        (best, least) = (tried, *criterion);
                    }
                }
            }
        }
        Self::of(kind, Smoothing::of(best), y)
    }

    fn of(kind: Kind, smoothing: Smoothing, y: &[f64]) -> Self {
        let mut cycle = Vec::new();
        let Runs { criterion: [criterion], level: [level], trend: [trend] } =
            runs(&kind, [smoothing], y, &mut cycle);
        let mut cycle: Vec<f64> = cycle.into_flattened();
        cycle.rotate_left(y.len() % kind.cycle.len());
        let criterion = criterion + kind.penalty(y.len());
        Self { kind, smoothing, criterion, level, trend, cycle }
    }

    fn ahead(&self, horizon: usize) -> Vec<f64> {
        let (mut level, mut trend) = (self.level, self.trend);
        let step = |s: &f64| {
            trend *= self.smoothing.phi;
            level += trend;
            if self.kind.multiplicative { level * s } else { level + s }
        };
        self.cycle.iter().cycle().take(horizon).map(step).collect()
    }
}

/// The result of smoothing the values with N sets of parameters: the criteria without their penalty, levels and trends
/// at the end.
struct Runs<const N: usize> {
    criterion: [f64; N],
    level: [f64; N],
    trend: [f64; N],
}

/// Smooths the values with several sets of parameters in one loop, which the compiler turns into vector instructions.
/// `cycle` is then the last seasonal cycle of each set, every value at the index of its phase.
#[inline(always)]
fn runs<const N: usize>(
    kind: &Kind,
    smoothing: [Smoothing; N],
    y: &[f64],
    cycle: &mut Vec<[f64; N]>,
) -> Runs<N> {
    cycle.clear();
    cycle.extend(kind.cycle.iter().map(|s| [*s; N]));
    match (kind.multiplicative, kind.is_seasonal()) {
        (false, false) => smooth::<N, false, false>(kind, smoothing, y, cycle),
        (false, true) => smooth::<N, false, true>(kind, smoothing, y, cycle),
        (true, _) => smooth::<N, true, true>(kind, smoothing, y, cycle),
    }
}

/// Smooths the values by the formulas of one form, which is known at compile time: the loop has no branches.
#[inline(always)]
fn smooth<const N: usize, const MULTIPLICATIVE: bool, const SEASONAL: bool>(
    kind: &Kind,
    smoothing: [Smoothing; N],
    y: &[f64],
    cycle: &mut [[f64; N]],
) -> Runs<N> {
    let (alpha, phi) = (smoothing.map(|s| s.alpha), smoothing.map(|s| s.phi));
    let to_trend = smoothing.map(|s| s.alpha * s.beta);
    let to_season = smoothing.map(|s| s.gamma * (1.0 - s.alpha));
    let (mut level, mut trend, mut squares) = ([kind.level; N], [kind.trend; N], [0.0; N]);
    let mut logs = LogSums::new();
    let mut phase = 0;
    for y in y {
        let mut s = if SEASONAL { cycle[phase] } else { [0.0; N] };
        let mut forecast = [0.0; N];
        for n in 0..N {
            let expected = level[n] + phi[n] * trend[n];
            if MULTIPLICATIVE {
                forecast[n] = expected * s[n];
                let error = (y - forecast[n]) / forecast[n];
                squares[n] += error * error;
                level[n] = expected * (1.0 + alpha[n] * error);
                trend[n] = phi[n] * trend[n] + to_trend[n] * expected * error;
                s[n] *= 1.0 + to_season[n] * error;
            } else {
                let error = y - expected - s[n];
                squares[n] += error * error;
                level[n] = expected + alpha[n] * error;
                trend[n] = phi[n] * trend[n] + to_trend[n] * error;
                s[n] += to_season[n] * error;
            }
        }
        if MULTIPLICATIVE {
            logs.add(&forecast);
        }
        if SEASONAL {
            cycle[phase] = s;
            phase = if phase + 1 == cycle.len() { 0 } else { phase + 1 };
        }
    }
    let criterion = std::array::from_fn(|n| {
        let criterion = y.len() as f64 * squares[n].ln() + 2.0 * logs.of(n);
        if criterion.is_nan() { f64::INFINITY } else { criterion }
    });
    Runs { criterion, level, trend }
}

/// Criterion of each set of parameters that is tried.
struct Criteria<'a> {
    kind: &'a Kind,
    y: &'a [f64],
    tried: [Smoothing; TRIES],
    cycle: &'a mut Vec<[f64; LANES]>,
    criteria: &'a mut [f64; TRIES],
}

impl Kernel for Criteria<'_> {
    #[inline(always)]
    fn run<I: Backend>(self) {
        let lanes = std::array::from_fn(|n| self.tried[n.min(TRIES - 1)]);
        let runs = runs(self.kind, lanes, self.y, self.cycle);
        self.criteria.copy_from_slice(&runs.criterion[..TRIES]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const Y: [f64; 16] =
        [52., 38., 61., 75., 58., 41., 66., 84., 63., 44., 75., 88., 66., 49., 77., 97.];

    fn agrees(multiplicative: bool, cycle: &[f64], criterion: f64, ahead: [f64; 5]) {
        let kind = Kind { multiplicative, cycle: cycle.to_vec(), level: 55.0, trend: 1.5 };
        let smoothing = Smoothing { alpha: 0.4, beta: 0.25, gamma: 0.5, phi: 0.9 };
        let penalty = kind.penalty(Y.len());
        let fitted = Fitted::of(kind, smoothing, &Y);
        let got = fitted.criterion - penalty;
        assert!((got - criterion).abs() < 1e-9, "{got} for {criterion}");
        for (got, want) in fitted.ahead(5).iter().zip(ahead) {
            assert!((got - want).abs() < 1e-9, "{got} for {want}");
        }
    }

    /// Compares with `ETSModel` of statsmodels 0.14 for the same states and parameters: -2 ln L minus n (ln 2π / n + 1)
    /// and the forecast. Except the multiplicative form, whose season statsmodels smooths by s ← s + γ (y / l - s) with
    /// the new l, unlike the formula of the book: those values were computed by separate Python code.
    #[test]
    fn goes_as_statsmodels_does() {
        let plain = [
            82.94151734733556,
            85.45756167319007,
            87.72200156645913,
            89.75999747040129,
            91.59419378394922,
        ];
        agrees(false, &[0.0], 137.86425438823244, plain);
        let additive = [
            72.09851585721441,
            56.124449241532915,
            83.88217004500245,
            98.72126836562084,
            75.79044924916221,
        ];
        agrees(false, &[-3.0, -17.0, 6.0, 14.0], 85.03135081270091, additive);
        let multiplicative = [
            70.80266358171248,
            51.1740750851452,
            82.36271849064191,
            99.76027366505771,
            73.45917900399252,
        ];
        agrees(true, &[0.95, 0.7, 1.1, 1.25], 71.53176857712401, multiplicative);
    }

    /// The criterion of each set of parameters, whose bits do not depend on the lane and the machine.
    #[test]
    fn the_vectors_of_each_instruction_set_have_the_criteria_of_one_set_of_parameters() {
        let cycle = [0.95, 0.7, 1.1, 1.25];
        for (multiplicative, cycle) in [(false, &[0.0][..]), (false, &cycle), (true, &cycle)] {
            let kind = Kind { multiplicative, cycle: cycle.to_vec(), level: 55.0, trend: 1.5 };
            let tried = std::array::from_fn(|n| {
                let x = (n + 1) as f64 / 10.0;
                Smoothing { alpha: x, beta: 0.8 - x, gamma: 0.5 * x, phi: 0.9 + 0.1 * x }
            });
            let expected = tried.map(|one| runs(&kind, [one], &Y, &mut Vec::new()).criterion[0]);
            for isa in Isa::available() {
                let (mut criteria, mut last) = ([0.0; TRIES], Vec::new());
                let (kind, cycle, criteria_of) = (&kind, &mut last, &mut criteria);
                isa.run(Criteria { kind, y: &Y, tried, cycle, criteria: criteria_of });
                assert_eq!(criteria, expected, "{isa:?}");
            }
        }
    }

    #[test]
    fn takes_the_kind_that_the_values_are_of() {
        let season = [0.5, 1.5, 1.2, 0.8];
        let level = |t: usize| 100.0 + 10.0 * t as f64 + (t * t % 7) as f64;
        // Forecasts one whole season, from every phase.
        for n in 60..64 {
            let grows: Vec<f64> = (0..n).map(|t| level(t) * season[t % 4]).collect();
            let stays: Vec<f64> = (0..n).map(|t| level(t) + 100.0 * season[t % 4]).collect();
            for (y, of) in [(grows, 0), (stays, 1)] {
                let fitted = best(&y, 4);
                assert_eq!(
                    (fitted.kind.is_seasonal(), fitted.kind.multiplicative),
                    (true, of == 0)
                );
                for (k, said) in fitted.ahead(4).into_iter().enumerate() {
                    let (level, s) = (level(n + k), season[(n + k) % 4]);
                    let came = [level * s, level + 100.0 * s][of];
                    assert!((said - came).abs() < 0.03 * came, "{n}, {of}: {said} for {came}");
                }
            }
        }
        // A seasonal model fits noise better by chance; the criterion prefers the model without a season.
        let mut stream = elman_nn::Stream::new(1, "noise");
        let noise: Vec<f64> = (0..60).map(|_| 100.0 + stream.uniform(-5.0, 5.0)).collect();
        assert!(!best(&noise, 4).kind.is_seasonal());
    }

    #[test]
    fn says_something_of_any_values() {
        let all: [&[f64]; 6] = [
            &[3.0],
            &[0.0; 30],
            &[5.0; 30],
            &[-1.0, 2.0, -3.0, 4.0, -5.0, 6.0, -7.0, 8.0, -9.0, 10.0],
            &[1e-300, 1e300, 1e-300, 1e300, 1e-300, 1e300, 1e-300, 1e300, 1e-300, 1e300],
            &[0.0, 0.0, 7.0, 0.0, 0.0, 0.0, 3.0, 0.0, 0.0, 0.0, 0.0, 9.0, 0.0, 0.0],
        ];
        for y in all {
            let said = forecast(y, 7, 4).unwrap();
            assert!(said.len() == 7 && said.iter().all(|y| y.is_finite()), "{y:?}: {said:?}");
        }
        assert!(forecast(&[], 1, 4).is_err());
    }
}
