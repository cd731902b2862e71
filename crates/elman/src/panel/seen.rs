//! One series, as a view shows it.

use super::aside::Aside;
use super::lent::Lent;
use super::past::{Known, Past};
use super::shape::{SOFTNESS, Shape};
use super::view::{Scale, View};

/// What a typical step is before any was seen, in logs or as a share of the level: a tenth, worth
/// three observations (`docs/accuracy.md`).
const PRIOR_STEP: f64 = 0.1;
const PRIOR_WEIGHT: f64 = 3.0;
/// The least typical step, so that a series that never moved is not divided by 0.
const LEAST_STEP: f64 = 0.005;
/// Seasonal values as input are small numbers in logs; so they weigh like the others.
const AHEAD_GAIN: f64 = 5.0;
/// The furthest that a forecast in logs goes from the level: twenty times up or down.
const FURTHEST: f64 = 3.0;

/// One series, as a view shows it.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    shape: Shape,
    x: Vec<f32>,
    missing: Vec<bool>,
    level: Vec<f32>,
    step: Vec<f32>,
    known: usize,
    aside: Option<Aside>,
    /// The values themselves, where they are counts that the network speaks of as such.
    counts: Option<Vec<f32>>,
}

impl Seen {
    /// Of the series, only what is known decides about units and season, and may be asked for. One that is too short for a
    /// season of its own has the one that is `lent`.
    pub(super) fn new(
        view: &View,
        series: Known<'_>,
        seasons: &[usize],
        counts: bool,
        lent: Option<&Lent>,
    ) -> Self {
        let Known { past: Past { values, beside, .. }, len: known } = series;
        let (shape, x) = Shape::of(view, series, seasons, lent);
        let level = levels(&x, view.level);
        let step = if view.by_step { steps(&x, &level, view) } else { vec![1.0; x.len()] };
        let narrow = |x: Vec<f64>| x.into_iter().map(|x| x as f32).collect();
        let (x, level, step) = (narrow(x), narrow(level), narrow(step));
        let missing = values.iter().map(|y| y.is_nan()).collect();
        let aside = view.beside.then(|| Aside::new(beside, known));
        let counts = counts.then(|| values.iter().map(|y| *y as f32).collect());
        Self { shape, x, missing, level, step, known, aside, counts }
    }

    /// Values that may be asked for.
    pub(super) fn known(&self) -> usize {
        self.known
    }

    /// What the network is shown at step `t`.
    pub(super) fn show(&self, view: &View, horizon: usize, t: usize, to: &mut [f32]) {
        let (level, step) = (self.level[t], self.step[t]);
        let per_step = 1.0 / step;
        let (lags, rest) = to.split_at_mut(view.lags);
        // Before the start, the first value is repeated.
        let missing = view.lags.saturating_sub(t + 1);
        lags[..missing].fill((self.x[0] - level) * per_step);
        let from = t + 1 + missing - view.lags;
        for (to, x) in lags[missing..].iter_mut().zip(&self.x[from..=t]) {
            *to = (x - level) * per_step;
        }
        let (log_step, ahead) = rest.split_at_mut(usize::from(view.by_step));
        log_step.fill(step.ln() - magnitude(view, level).ln());
        let (ahead, beside) = ahead.split_at_mut(if view.ahead { horizon } else { 0 });
        for (k, to) in ahead.iter_mut().enumerate() {
            *to = (self.shape.profile.at(t + 1 + k) * AHEAD_GAIN) as f32;
        }
        let offsets = if self.counts.is_some() { horizon } else { 0 };
        let (beside, offsets) = beside.split_at_mut(beside.len() - offsets);
        if let Some(aside) = &self.aside {
            aside.show(horizon, t, beside);
        }
        for (to, k) in offsets.iter_mut().zip(1..) {
            let season = self.shape.profile.at(t + k);
            *to = (f64::from(level) + season + self.shape.unit.ln()) as f32;
        }
    }

    /// What comes after step `t`, as the network says it: NaN where it is not known.
    pub(super) fn ask(&self, t: usize, to: &mut [f32]) {
        let (level, per_step) = (self.level[t], 1.0 / self.step[t]);
        if let Some(counts) = &self.counts {
            for (k, to) in to.iter_mut().enumerate() {
                *to = counts[..self.known].get(t + 1 + k).copied().unwrap_or(f32::NAN);
            }
            return;
        }
        for (k, to) in to.iter_mut().enumerate() {
            let x = self.x[..self.known].get(t + 1 + k).filter(|_| !self.missing[t + 1 + k]);
            *to = x.map_or(f32::NAN, |x| (x - level) * per_step);
        }
    }

    /// The value that `output` stands for, `k` steps after step `t` (k from 1).
    pub(super) fn value(&self, t: usize, k: usize, output: f64) -> f64 {
        if self.counts.is_some() {
            return output;
        }
        let (level, step) = (f64::from(self.level[t]), f64::from(self.step[t]));
        let moved = step * output;
        let season = self.shape.profile.at(t + k);
        match self.shape.scale {
            Scale::Log => (level + moved.clamp(-FURTHEST, FURTHEST) + season).exp(),
            Scale::SoftLog => {
                let z = level + moved.clamp(-FURTHEST, FURTHEST) + season;
                ((z.exp() - SOFTNESS) * self.shape.unit).max(0.0)
            }
            Scale::Plain => {
                let mut x = level + moved;
                if self.shape.positive {
                    x = x.max(0.02 * level);
                }
                let x = if self.shape.divided { x * season.exp() } else { x + season };
                self.shape.scaler.map_or(x * self.shape.unit, |scaler| scaler.inverse(x))
            }
        }
    }
}

/// The mean of the last `width` values, of fewer at the start.
fn levels(x: &[f64], width: usize) -> Vec<f64> {
    let mut sum = 0.0;
    let mut levels = Vec::with_capacity(x.len());
    for (t, value) in x.iter().enumerate() {
        sum += value;
        if t >= width {
            sum -= x[t - width];
        }
        levels.push(if width <= 1 { *value } else { sum / width.min(t + 1) as f64 });
    }
    levels
}

/// The mean step from value to value so far, in the unit of [`magnitude`].
fn steps(x: &[f64], level: &[f64], view: &View) -> Vec<f64> {
    let mut sum = 0.0;
    let step = |t: usize| {
        if t > 0 {
            sum += (x[t] - x[t - 1]).abs();
        }
        let unit = f64::from(magnitude(view, level[t] as f32));
        (sum + PRIOR_WEIGHT * PRIOR_STEP * unit) / (t as f64 + PRIOR_WEIGHT) + LEAST_STEP * unit
    };
    (0..x.len()).map(step).collect()
}

/// What a typical step is a share of: 1 in logs and behind a scaler, otherwise the level; or a tenth of the
/// mean, where the level is near 0.
fn magnitude(view: &View, level: f32) -> f32 {
    match view.scale {
        Scale::Plain if view.scaler.is_none() => level.abs().max(0.1),
        _ => 1.0,
    }
}
