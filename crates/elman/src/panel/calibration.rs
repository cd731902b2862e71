//! Intervals from the errors made on the last known values (conformal prediction: Vovk, Gammerman and
//! Shafer, 2005; the split form).
//!
//! ```text
//! e = (y - f) / (u · g[k])        in logs where the values are all above 0
//! ```
//!
//! u is how far the series moves in a season, g[k] the mean error k steps ahead in that unit. What is
//! left is pooled over all series, origins and steps; its quantiles, times u · g[k], are the band.
//!
//! A few errors, or many of the same stretch of time, say little of how far errors go. Those of one
//! stretch count as two: of a random walk, whose errors at i and j <= i steps are correlated by √(j/i), the
//! sum of the squares varies as much as that of two independent ones, since the mean of j/i is ½. Of ν
//! errors so counted
//!
//! ```text
//! bound = w · quantile + (1 - w) · rms · t_ν        w = ν / (ν + 10)
//! ```
//!
//! with Student's t: a normal distribution of unknown width is worth ten errors. And where few errors chose
//! the best of many views, it looks better than it is, so that bands are wider, by half at most.

use std::borrow::Cow;

use elman_nn::losses::student_t_quantile;
use serde::{Deserialize, Serialize};

use super::Forecasts;
use super::bands::{Band, bent, unbent};
use super::contest::Contest;
use super::past::Known;
use super::view::Scale;
use crate::metrics::scale::{lag, other_scale, scale as scale_of};
use crate::ranges::{self, Checked};

/// Errors that a mean over one number of steps ahead shall have; its neighbours help out.
const ENOUGH: usize = 50;
/// Errors that are kept, and stand in a model file.
const MOST_ERRORS: usize = 10_000;
/// What a series' own unit is mixed with: the middle one of the panel, worth so many values.
const PRIOR_WEIGHT: f64 = 3.0;

/// How many independent errors a stretch of time as long as the horizon is worth.
const A_STRETCH: f64 = 2.0;
/// How many errors the shape of a normal distribution is worth.
const SHAPE_WEIGHT: f64 = 10.0;
/// How many errors it is worth that other views which were tried erred more.
const OPTIMISM_WEIGHT: f64 = 5.0;
/// How many times the error of those chosen it can be.
const MOST_OPTIMISM: f64 = 1.5;
/// For calibrations that do not say on how many errors they rest.
const MANY: f64 = 1e9;

/// Errors to make bands from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Calibration {
    scale: Scale,
    season: usize,
    typical_unit: f64,
    /// Whether no series had a scale of its own, so that the typical one is that of all.
    #[serde(default)]
    still: bool,
    /// By step ahead.
    growth: Vec<f64>,
    /// Sorted; of many, [`MOST_ERRORS`] at equal distances.
    errors: Vec<f64>,
    /// The root of the mean of all their squares.
    #[serde(default)]
    rms: f64,
    /// ν, how many independent errors they are worth.
    #[serde(default = "many")]
    freedom: f64,
    /// What bands are wider by, as the best of many views looks better than it is.
    #[serde(default = "one")]
    caution: f64,
}

fn many() -> f64 {
    MANY
}

fn one() -> f64 {
    1.0
}

impl Calibration {
    /// Whether intervals can be made from these numbers, for forecasts on this `scale`.
    pub(super) fn check(&self, scale: Scale) -> Checked {
        // With `still` or without, a unit is one of numbers that are above 0.
        let Self { season, typical_unit, still: _, growth, errors, rms, freedom, caution, .. } =
            self;
        if self.scale != scale {
            return ranges::refuse("scale", format!("{:?}", self.scale), "that of the networks");
        }
        ranges::steps("season", *season)?;
        ranges::positive("typical_unit", &[*typical_unit])?;
        ranges::steps("growth", growth.len())?;
        ranges::positive("growth", growth)?;
        ranges::steps("errors", errors.len())?;
        ranges::finite("errors", errors)?;
        if !errors.is_sorted() {
            return ranges::refuse("errors", "not sorted", "sorted");
        }
        ranges::finite("rms", &[*rms])?;
        ranges::positive("freedom", &[*freedom])?;
        ranges::positive("caution", &[*caution])
    }
}

/// One error, before it is divided by its growth.
struct Residual {
    /// Which half it belongs to, when bands are made from the one and tried on the other.
    half: bool,
    step: usize,
    size: f64,
}

impl Calibration {
    /// From what `forecasts` said of `panel` at `origins`. `None` where nothing was said. Also the share of values within a band of each of `levels`, made from one half of
    /// the errors and counted on the other. `optimism` is the error of a good view over that of those
    /// which were chosen by these very errors.
    pub(super) fn new(
        scale: Scale,
        season: usize,
        panel: &[Known<'_>],
        origins: &[Vec<usize>],
        forecasts: &Forecasts,
        optimism: f64,
        levels: &[f64],
    ) -> Option<(Self, Vec<f64>)> {
        let known = |s: usize| &panel[s].filled()[..origins[s].first().copied().unwrap_or(0)];
        let unit_at =
            |s: usize| unit(scale, season, known(s), Some(panel[s].filled()), panel.len());
        let own_units: Vec<f64> = (0..panel.len()).map(unit_at).collect();
        let moving = middle(own_units.iter().copied().filter(|unit| *unit > 0.0).collect());
        let still = moving.is_none();
        let typical_unit = match moving {
            Some(unit) => unit,
            // No series has a scale: another one serves, if only to say that there was no error.
            None => middle(
                (0..panel.len()).map(|s| other_unit(scale, season, panel[s].filled())).collect(),
            )?,
        };
        let horizon = forecasts.iter().flatten().map(Vec::len).max().unwrap_or(0).max(1);
        let stretches = panel.iter().zip(origins).map(|(y, origins)| {
            origins.first().map_or(0.0, |first| (y.len - first) as f64 / horizon as f64)
        });
        let freedom = A_STRETCH * stretches.sum::<f64>().clamp(1.0, MANY);
        let caution = (freedom + OPTIMISM_WEIGHT * optimism.clamp(1.0, MOST_OPTIMISM).powi(2))
            / (freedom + OPTIMISM_WEIGHT);
        let mut own = Self {
            scale,
            season,
            typical_unit,
            still,
            growth: Vec::new(),
            errors: Vec::new(),
            rms: 0.0,
            freedom,
            caution: caution.sqrt(),
        };
        let mut residuals = Vec::new();
        for (s, series) in forecasts.iter().enumerate() {
            let unit = own.mixed(known(s).len(), own_units[s]);
            for (o, (origin, forecast)) in origins[s].iter().zip(series).enumerate() {
                let came = &panel[s].past.values[*origin..panel[s].len];
                for (step, (y, f)) in came.iter().zip(forecast).enumerate() {
                    let size = (bent(scale, *y) - bent(scale, *f)) / unit;
                    if size.is_finite() {
                        let half = if panel.len() >= 8 { s } else { o } % 2 == 0;
                        residuals.push(Residual { half, step, size });
                    }
                }
            }
        }
        if residuals.is_empty() {
            return None;
        }
        own.growth = growth(&residuals);
        let of = |own: &Self, r: &Residual| r.size / own.growth[r.step];
        let sorted = |half: Option<bool>| {
            let chosen = residuals.iter().filter(|r| half.is_none_or(|half| r.half == half));
            let mut errors: Vec<f64> = chosen.map(|r| of(&own, r)).collect();
            errors.sort_by(f64::total_cmp);
            errors
        };
        let halves = [sorted(Some(false)), sorted(Some(true))];
        let held = |level: f64| {
            let bounds = halves.each_ref().map(|errors| {
                let (lower, upper) = bounds(errors, rms(errors), freedom / 2.0, level);
                own.caution * lower..=own.caution * upper
            });
            let inside =
                residuals.iter().filter(|r| bounds[usize::from(!r.half)].contains(&of(&own, r)));
            inside.count() as f64 / residuals.len() as f64
        };
        let forecasts: usize = origins.iter().map(Vec::len).sum();
        let validated =
            forecasts >= Contest::VALIDATED && halves.iter().all(|half| !half.is_empty());
        let levels = if validated { levels } else { &[] };
        let coverage = levels.iter().map(|level| held(*level)).collect();
        let errors = sorted(None);
        own.rms = rms(&errors);
        own.errors = thinned(errors);
        Some((own, coverage))
    }

    /// The band around `forecast`, made after `values`, whose own unit is worth so many of them.
    pub(super) fn band(&self, level: f64, values: &[f64], worth: usize, forecast: &[f64]) -> Band {
        let (low, high) = bounds(&self.errors, self.rms, self.freedom, level);
        let unit = self.mixed(worth, unit(self.scale, self.season, values, None, 1)) * self.caution;
        let at = |e: f64| {
            let steps = forecast.iter().zip(&self.growth);
            let bound = |f: f64, growth: f64| match e * unit * growth {
                // Not even rounded.
                0.0 => f,
                error => unbent(self.scale, bent(self.scale, f) + error),
            };
            steps.map(|(f, growth)| bound(*f, *growth)).collect()
        };
        let mut band = Band { level, lower: at(low), upper: at(high) };
        band.limit(self.scale, values);
        band
    }

    /// The steps of a season, or of one value, that `values` hold.
    pub(super) fn steps(&self, values: &[f64]) -> usize {
        values.len().saturating_sub(lag(values, self.season))
    }

    /// The unit of a series of so many values, which is `own` by itself.
    fn mixed(&self, values: usize, own: f64) -> f64 {
        if self.still {
            return self.typical_unit;
        }
        let n = values as f64;
        (n * own + PRIOR_WEIGHT * self.typical_unit) / (n + PRIOR_WEIGHT)
    }
}

/// How far a series moves in a season, by its `history`; by `all` of its values, where these are known and it was as good as
/// still before. 0 where it never moved.
fn unit(scale: Scale, season: usize, history: &[f64], all: Option<&[f64]>, series: usize) -> f64 {
    let lag = lag(history, season);
    let history = bent_all(scale, history);
    let all = all.map(|all| bent_all(scale, all));
    scale_of(&history, all.as_deref().unwrap_or(&history), lag, f64::abs, series).unwrap_or(0.0)
}

/// Where no series has a unit: its steps from value to value, or its size; 1 for zeros alone.
fn other_unit(scale: Scale, season: usize, values: &[f64]) -> f64 {
    other_scale(&bent_all(scale, values), lag(values, season)).unwrap_or(1.0)
}

fn bent_all(scale: Scale, values: &[f64]) -> Cow<'_, [f64]> {
    match scale {
        Scale::Log => values.iter().map(|y| bent(scale, *y)).collect(),
        Scale::SoftLog | Scale::Plain => Cow::Borrowed(values),
    }
}

/// The middle one, of an even number the upper; `None` of none.
fn middle(mut x: Vec<f64>) -> Option<f64> {
    x.sort_by(f64::total_cmp);
    x.get(x.len() / 2).copied()
}

/// The mean |error| at each number of steps ahead, of neighbouring ones where there are few.
fn growth(residuals: &[Residual]) -> Vec<f64> {
    let steps = residuals.iter().map(|r| r.step + 1).max().unwrap_or(0);
    let mut sums = vec![(0.0, 0_usize); steps];
    for residual in residuals {
        sums[residual.step].0 += residual.size.abs();
        sums[residual.step].1 += 1;
    }
    let at = |step: usize| {
        let around = |width: usize| {
            let near = &sums[step.saturating_sub(width)..(step + width + 1).min(steps)];
            near.iter().fold((0.0, 0), |(sum, n), s| (sum + s.0, n + s.1))
        };
        let (sum, n) = (0..steps).map(around).find(|(_, n)| *n >= ENOUGH).unwrap_or(around(steps));
        f64::max(sum / n as f64, f64::MIN_POSITIVE)
    };
    (0..steps).map(at).collect()
}

/// At most [`MOST_ERRORS`] of sorted errors, the first and the last among them.
fn thinned(errors: Vec<f64>) -> Vec<f64> {
    if errors.len() <= MOST_ERRORS {
        return errors;
    }
    let at = |i: usize| errors[i * (errors.len() - 1) / (MOST_ERRORS - 1)];
    (0..MOST_ERRORS).map(at).collect()
}

fn rms(errors: &[f64]) -> f64 {
    (errors.iter().map(|e| e * e).sum::<f64>() / errors.len().max(1) as f64).sqrt()
}

/// What holds `level` per cent of errors like these sorted ones, which are worth `freedom` independent ones.
fn bounds(errors: &[f64], rms: f64, freedom: f64, level: f64) -> (f64, f64) {
    let tail = (100.0 - level) / 200.0;
    let far = rms * student_t_quantile(freedom.max(A_STRETCH), 1.0 - tail);
    let weight = freedom / (freedom + SHAPE_WEIGHT);
    let (low, high) = quantiles(errors, tail);
    (weight * low - (1.0 - weight) * far, weight * high + (1.0 - weight) * far)
}

/// What leaves a share of `tail` of sorted errors on either side: with n errors, the ⌈(n + 1) q⌉-th is the
/// quantile q.
fn quantiles(errors: &[f64], tail: f64) -> (f64, f64) {
    let last = errors.len().saturating_sub(1);
    let beyond = ((errors.len() + 1) as f64 * tail).floor() as usize;
    let low = beyond.saturating_sub(1).min(last);
    let pick = |i: usize| errors.get(i).copied().unwrap_or(0.0);
    (pick(low), pick(last - low))
}
