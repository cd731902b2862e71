//! Scale-free encoding of one series: the same for y and a·y, and, for values that are not in logs, for y and y + b where the
//! level hardly changes.
//!
//! ```text
//! x[t] = ln y[t]   or   y[t] / mean |y|          two spaces: logs, where all values are above 0, and values
//! z[t] = x[t] - season[t]
//! v[t] = (Σ |z[i] - z[i-1]| + 0.1 u[t]) / (t + 1) + 0.0001 u[t]     typical step; u[t] = 1 in logs, mean |z| so far in values
//! input     (z[t-k] - z[t]) / v[t]               and the features of `write_inputs`
//! target    (z[t+h] - z[t]) / v[t]               for each h of KNOTS
//! ```
//!
//! Only the season depends on values after t: its profile is estimated from the values before the cutoff. A network is
//! trained on targets after the cutoff alone, so that no target is in its own season.

use super::FrequencyClass;
use crate::season::{Decomposition, Profile};

/// Number of earlier values in the inputs of one time step.
const WINDOW: usize = 12;
/// Steps ahead that the network forecasts; the steps between them are interpolated.
pub(super) const KNOTS: [usize; 13] = [1, 2, 3, 4, 5, 6, 8, 10, 13, 18, 24, 36, 48];
/// Levels of the quantiles.
pub(super) const LEVELS: [f64; 7] = [0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975];
/// Place of the median in [`LEVELS`].
pub(super) const MEDIAN: usize = 3;
/// Weights of the newest value in the smoothed levels.
const SMOOTHING: [f64; 3] = [0.05, 0.2, 0.5];
/// Features of the state of the series.
const FEATURES: usize = 12;
/// Inputs of one time step: the window, the features, the frequency class, and for each knot two of the season.
pub(super) const INPUTS: usize = WINDOW + FEATURES + FrequencyClass::COUNT + 2 * KNOTS.len();
/// Limits of inputs and targets, in typical steps.
const MAX_INPUT: f64 = 30.0;
const MAX_TARGET: f64 = 80.0;
/// Newest values that are encoded.
pub(crate) const MAX_VALUES: usize = 1200;

/// Quantiles at [`LEVELS`].
pub(super) type Quantiles = [f64; LEVELS.len()];

/// The space that values are encoded in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Space {
    /// Logarithms of values above 0.
    Logs,
    /// Values divided by their mean size.
    Values,
}

/// A series to encode.
#[derive(Debug, Clone, Copy)]
pub(super) struct Source<'a> {
    /// Values, none of them missing.
    pub(super) values: &'a [f64],
    /// Seasonal periods in time steps, shortest first.
    pub(super) periods: &'a [usize],
    /// Number of values before the cutoff, from which the season is estimated.
    pub(super) cutoff: usize,
    pub(super) class: Option<FrequencyClass>,
}

impl<'a> Source<'a> {
    /// The newest values of a history, with all of them before the cutoff.
    pub(super) fn of(
        values: &'a [f64],
        periods: &'a [usize],
        class: Option<FrequencyClass>,
    ) -> Self {
        let values = &values[values.len().saturating_sub(MAX_VALUES)..];
        Self { values, periods, cutoff: values.len(), class }
    }
}

/// An encoded series.
pub(super) struct Encoding {
    space: Space,
    /// Divisor of the values; 1 for logs.
    size: f64,
    season: Profile,
    /// Shortest seasonal period; 1 for none.
    period: usize,
    class: Option<FrequencyClass>,
    /// Values without their season.
    z: Vec<f64>,
    states: Vec<Running>,
    /// Size of the season in typical steps, and its number of periods before the cutoff.
    strength: f64,
    periods_known: f64,
}

/// Statistics of the values up to a time step.
#[derive(Debug, Clone, Copy)]
struct Running {
    /// Typical step v.
    step: f64,
    /// Smoothed size of the newest steps.
    newest_step: f64,
    /// Smoothed levels.
    levels: [f64; SMOOTHING.len()],
    mean: f64,
    /// u: 1 in logs, the mean size of the values otherwise.
    unit: f64,
}

impl Encoding {
    pub(super) fn new(source: Source<'_>, space: Space) -> Self {
        let Source { values, periods, cutoff, class } = source;
        let size = match space {
            Space::Logs => 1.0,
            Space::Values => mean_size(&values[..cutoff.max(1)]),
        };
        let x: Vec<f64> = match space {
            Space::Logs => values.iter().map(|y| y.ln()).collect(),
            Space::Values => values.iter().map(|y| y / size).collect(),
        };
        let season = Profile::of(&x[..cutoff], periods, Decomposition::Classical);
        let z: Vec<f64> = x.iter().enumerate().map(|(t, x)| x - season.at(t)).collect();
        let states = running(&z, space);
        let period = periods.first().copied().unwrap_or(1);
        let strength = match cutoff {
            0 => 0.0,
            n if period < 2 || n < period => 0.0,
            n => {
                let squares: f64 = (n - period..n).map(|t| season.at(t).powi(2)).sum();
                (squares / period as f64).sqrt() / states[n - 1].step
            }
        };
        let periods_known = cutoff as f64 / period as f64;
        Self { space, size, season, period, class, z, states, strength, periods_known }
    }

    /// Number of values.
    pub(super) fn len(&self) -> usize {
        self.z.len()
    }

    /// Writes the [`INPUTS`] of time step `t`.
    pub(super) fn write_inputs(&self, t: usize, row: &mut [f32]) {
        let (window, rest) = row.split_at_mut(WINDOW);
        for (k, input) in window.iter_mut().enumerate() {
            *input = self.steps_from(t, self.z[t.saturating_sub(k + 1)]);
        }
        let (features, rest) = rest.split_at_mut(FEATURES);
        self.write_features(t, features);
        let (class, season) = rest.split_at_mut(FrequencyClass::COUNT);
        class.fill(0.0);
        if let Some(known) = self.class {
            class[known.place()] = 1.0;
        }
        self.write_season(t, season);
    }

    /// The distance of `z` from the value at `t`, in typical steps.
    fn steps_from(&self, t: usize, z: f64) -> f32 {
        ((z - self.z[t]) / self.states[t].step).clamp(-MAX_INPUT, MAX_INPUT) as f32
    }

    /// Features of the state of the series: volatility, newest volatility, three smoothed levels, the mean, the drift, the number
    /// of values, the season and its strength, the space.
    fn write_features(&self, t: usize, features: &mut [f32]) {
        let Running { step, newest_step, levels, mean, unit } = self.states[t];
        let n = (t + 1) as f64;
        let volatility = (step / unit).ln().clamp(-9.0, 1.0);
        let drift = if t > 0 { (self.z[t] - self.z[0]) / (t as f64 * step) } else { 0.0 };
        let has_season = self.period > 1;
        let periods_known =
            if has_season { self.periods_known.min(30.0).ln_1p() / 2.0 } else { 0.0 };
        let [slow, middle, fast] = levels.map(|level| f64::from(self.steps_from(t, level)));
        let all: [f64; FEATURES] = [
            volatility / 2.0 + 1.5,
            ((newest_step + 0.05 * step) / (1.05 * step)).ln(),
            slow,
            middle,
            fast,
            f64::from(self.steps_from(t, mean)) / n.sqrt(),
            drift,
            n.ln() / 2.0 - 1.5,
            f64::from(u8::from(has_season)),
            self.strength.min(20.0).ln_1p(),
            periods_known,
            f64::from(u8::from(self.space == Space::Logs)),
        ];
        features.iter_mut().zip(all).for_each(|(feature, value)| *feature = value as f32);
    }

    /// For each knot the change of the season, and the value one season before the knot.
    fn write_season(&self, t: usize, row: &mut [f32]) {
        row.fill(0.0);
        if self.period < 2 {
            return;
        }
        let step = self.states[t].step;
        let (changes, before) = row.split_at_mut(KNOTS.len());
        for ((k, change), before) in KNOTS.iter().zip(changes).zip(before) {
            let ahead = (self.season.at(t + k) - self.season.at(t)) / step;
            *change = 0.3 * ahead.clamp(-MAX_INPUT, MAX_INPUT) as f32;
            let back = k.div_ceil(self.period) * self.period;
            if let Some(same_phase) = (t + k).checked_sub(back) {
                *before = self.steps_from(t, self.z[same_phase]);
            }
        }
    }

    /// Writes the targets of the origin `t`: NaN for a knot before time step `from`, and after the last value.
    pub(super) fn write_targets(&self, t: usize, from: usize, row: &mut [f32]) {
        for (target, k) in row.iter_mut().zip(KNOTS) {
            *target = match self.z.get(t + k).filter(|_| t + k >= from) {
                Some(z) => {
                    let steps = (z - self.z[t]) / self.states[t].step;
                    steps.clamp(-MAX_TARGET, MAX_TARGET) as f32
                }
                None => f32::NAN,
            };
        }
    }

    /// Quantiles of `horizon` values after the last one, in the units of the series, from the `knots` in typical steps.
    pub(super) fn decode(&self, knots: &[Quantiles], horizon: usize) -> Vec<Quantiles> {
        (1..=horizon).map(|h| self.decode_at(self.z.len() - 1, knots, h)).collect()
    }

    /// Quantiles of the value `h` steps after `origin`, in the units of the series.
    pub(super) fn decode_at(&self, origin: usize, knots: &[Quantiles], h: usize) -> Quantiles {
        let (z, step) = (self.z[origin], self.states[origin].step);
        let season = self.season.at(origin + h);
        between(knots, h).map(|steps| self.inverse(z + step * steps + season))
    }

    fn inverse(&self, x: f64) -> f64 {
        match self.space {
            Space::Logs => x.exp(),
            Space::Values => x * self.size,
        }
    }
}

/// Mean absolute value; 1 if all are 0.
fn mean_size(values: &[f64]) -> f64 {
    let mean = values.iter().map(|y| y.abs() / values.len() as f64).sum::<f64>();
    if mean > 0.0 { mean } else { 1.0 }
}

/// Statistics of the values `z` up to each time step.
fn running(z: &[f64], space: Space) -> Vec<Running> {
    let (mut steps, mut sum, mut sizes) = (0.0, 0.0, 0.0);
    let (mut levels, mut newest_step) = ([z[0]; SMOOTHING.len()], 0.0);
    let state = |(t, z_t): (usize, &f64)| {
        let n = (t + 1) as f64;
        let size = if t > 0 { (z_t - z[t - 1]).abs() } else { 0.0 };
        steps += size;
        sum += z_t;
        sizes += z_t.abs();
        let unit = if space == Space::Logs { 1.0 } else { (sizes / n).max(1e-9) };
        let step = (steps + 0.1 * unit) / n + 1e-4 * unit;
        newest_step = if t == 0 { step } else { newest_step + 0.25 * (size - newest_step) };
        for (level, weight) in levels.iter_mut().zip(SMOOTHING) {
            *level += weight.max(1.0 / n) * (z_t - *level);
        }
        Running { step, newest_step, levels, mean: sum / n, unit }
    };
    z.iter().enumerate().map(state).collect()
}

/// Quantiles `h` steps ahead: linear between two knots; after the last one, the median is that of the last knot, and the
/// distance from the median grows as in a random walk.
fn between(knots: &[Quantiles], h: usize) -> Quantiles {
    match KNOTS.iter().position(|knot| *knot >= h) {
        Some(above) if KNOTS[above] == h => knots[above],
        Some(above) => {
            let [low, high, h] = [KNOTS[above - 1], KNOTS[above], h].map(|step| step as f64);
            let share = (h - low) / (high - low);
            let mix =
                |q: usize| knots[above - 1][q] + share * (knots[above][q] - knots[above - 1][q]);
            std::array::from_fn(mix)
        }
        None => {
            let last = knots[KNOTS.len() - 1];
            let growth = (h as f64 / KNOTS[KNOTS.len() - 1] as f64).sqrt();
            last.map(|quantile| last[MEDIAN] + growth * (quantile - last[MEDIAN]))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_decode_to_the_values_ahead() {
        let values: Vec<f64> =
            (0..90).map(|t| 50.0 + f64::from(t % 4) + f64::from(t).sqrt()).collect();
        for space in [Space::Logs, Space::Values] {
            let source = Source { cutoff: 40, ..Source::of(&values, &[4], None) };
            let all = Encoding::new(source, space);
            let mut targets = [0.0; KNOTS.len()];
            all.write_targets(39, 40, &mut targets);
            let knots = targets.map(|target| [f64::from(target); LEVELS.len()]);
            let known = Encoding::new(Source::of(&values[..40], &[4], None), space);
            let ahead = known.decode(&knots, 48);
            for k in KNOTS {
                let (y, right) = (ahead[k - 1][MEDIAN], values[39 + k]);
                assert!((y - right).abs() < 1e-4 * right, "{space:?} {k}: {y} {right}");
            }
            // Nothing before the cutoff is a target, and nothing after the last value.
            all.write_targets(36, 40, &mut targets);
            assert!(targets[..3].iter().all(|y| y.is_nan()) && !targets[3].is_nan());
            all.write_targets(88, 40, &mut targets);
            assert!(!targets[0].is_nan() && targets[1].is_nan());
        }
    }

    #[test]
    fn the_inputs_do_not_depend_on_values_after_the_cutoff() {
        let mut values: Vec<f64> =
            (0..60).map(|t| 9.0 + f64::from(t % 12) + 0.1 * f64::from(t)).collect();
        let inputs = |values: &[f64]| {
            let source = Source { cutoff: 48, ..Source::of(values, &[12], None) };
            let encoding = Encoding::new(source, Space::Values);
            let mut row = [0.0; INPUTS];
            encoding.write_inputs(47, &mut row);
            row
        };
        let before = inputs(&values);
        values[48..].iter_mut().for_each(|y| *y *= 7.0);
        assert_eq!(inputs(&values), before);
        values[47] += 1.0;
        assert_ne!(inputs(&values), before);
    }

    #[test]
    fn steps_between_and_beyond_the_knots() {
        let knots: Vec<Quantiles> =
            KNOTS.iter().map(|k| std::array::from_fn(|q| *k as f64 * (q as f64 - 3.0))).collect();
        assert_eq!(between(&knots, 7), std::array::from_fn(|q| 7.0 * (q as f64 - 3.0)));
        assert_eq!(between(&knots, 192)[6], 2.0 * 48.0 * 3.0);
    }
}
