//! Conformal prediction intervals from the validation errors (split conformal prediction: Vovk, Gammerman and Shafer,
//! 2005).
//!
//! ```text
//! e = (y - f) / (u · g[k])        in logs where the values are all above 0
//! ```
//!
//! u is the mean absolute seasonal difference of the series. g[k] is the mean absolute error k steps ahead, in units of
//! u. The normalized errors e are pooled over all series, origins and steps ahead. Their quantiles, times u · g[k], are
//! the bounds.
//!
//! Few errors, or many errors of the same stretch of time, tell little about the tails. A stretch as long as the
//! horizon counts as two independent errors. Reason: in a random walk, the errors i and j <= i steps ahead have the
//! correlation √(j/i). The mean of j/i is ½, so that the sum of their squares varies as much as that of two independent
//! errors. With an effective sample size ν
//!
//! ```text
//! bound = w · quantile + (1 - w) · rms · t_ν        w = ν / (ν + 10)
//! ```
//!
//! where t_ν is the quantile of Student's t: a normal distribution of unknown width has the weight of ten errors. Model
//! selection by few errors is optimistic: the best of many candidates looks better than it is. The intervals are
//! inflated for that, by a half at most.

use std::borrow::Cow;

use elman_nn::losses::student_t_quantile;
use serde::{Deserialize, Serialize};

use super::scale::{HistoryScale, RunningScale};
use crate::data::ranges::{self, Checked};
use crate::data::{Forecasts, PredictionInterval};
use crate::metrics::Evaluation;
use crate::metrics::scale::{lag, other_scale, scale as scale_of};
use crate::transforms::TargetTransform;

/// Least number of errors in the mean for one step ahead; if there are fewer, those of neighboring steps are added.
const ENOUGH: usize = 50;
/// Most errors that are kept and stored in a model file.
const MAX_ERRORS: usize = 10_000;
/// Weight of the median unit of the panel, in values, when the unit of a series is shrunk towards it.
const PRIOR_WEIGHT: f64 = 3.0;

/// Independent errors in a stretch of time as long as the horizon.
const A_STRETCH: f64 = 2.0;
/// Weight of a normal distribution, in errors.
const SHAPE_WEIGHT: f64 = 10.0;
/// Weight of the optimism of model selection, in errors.
const OPTIMISM_WEIGHT: f64 = 5.0;
/// Largest optimism: the error of a good candidate over that of the selected ones.
const MAX_OPTIMISM: f64 = 1.5;
/// Effective sample size of a stored calibration that does not state one.
const MANY: f64 = 1e9;

/// Least number of forecasts to validate intervals: with fewer, half of the errors tells nothing about the other half.
const VALIDATED: usize = 8;

/// Least number of series to halve the errors by series: a few series are no fair halves, and are halved by origin. Chosen
/// by hand, not measured.
const HALVED_BY_SERIES: usize = 8;

/// Conformal calibration: normalized validation errors.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Conformal {
    transform: TargetTransform,
    season: usize,
    typical_unit: f64,
    /// Whether no series had a scale of its own, so that `typical_unit` is used for all.
    #[serde(default)]
    still: bool,
    /// Mean absolute error by step ahead, in units of the series.
    horizon_profile: Vec<f64>,
    /// Normalized errors, sorted; if there are too many, [`MAX_ERRORS`] at equal distances.
    errors: Vec<f64>,
    /// Root mean square of all errors.
    #[serde(default)]
    rms: f64,
    /// Effective sample size ν: the number of independent errors.
    #[serde(default = "many")]
    effective_sample_size: f64,
    /// Factor that widens the intervals, because model selection is optimistic.
    #[serde(default = "one")]
    inflation: f64,
}

fn many() -> f64 {
    MANY
}

fn one() -> f64 {
    1.0
}

impl Conformal {
    /// Checks that these numbers make intervals for forecasts with this `transform`.
    pub(crate) fn check(&self, transform: TargetTransform) -> Checked {
        // A unit is above 0 with `still` and without.
        let Self {
            season,
            typical_unit,
            still: _,
            horizon_profile,
            errors,
            rms,
            effective_sample_size,
            inflation,
            ..
        } = self;
        if self.transform != transform {
            return ranges::refuse(
                "transform",
                format!("{:?}", self.transform),
                "that of the networks",
            );
        }
        ranges::steps("season", *season)?;
        ranges::positive("typical_unit", &[*typical_unit])?;
        ranges::steps("horizon_profile", horizon_profile.len())?;
        ranges::positive("horizon_profile", horizon_profile)?;
        ranges::steps("errors", errors.len())?;
        ranges::finite("errors", errors)?;
        if !errors.is_sorted() {
            return ranges::refuse("errors", "not sorted", "sorted");
        }
        ranges::finite("rms", &[*rms])?;
        ranges::positive("effective_sample_size", &[*effective_sample_size])?;
        ranges::positive("inflation", &[*inflation])
    }
}

/// Error in units of the series, not yet divided by the horizon profile.
struct Residual {
    /// Half of the errors, for cross-fitting: intervals from one half, coverage counted in the other.
    half: bool,
    step: usize,
    size: f64,
}

impl Conformal {
    /// Calibrates on the errors of `forecasts` at the origins of an `evaluation`; `None` without forecasts. Also returns the
    /// cross-fitted coverage at each of `levels`: intervals from one half of the errors, counted in the other.
    /// `optimism` is the error of a good candidate over that of the candidates that these errors selected.
    pub(crate) fn new(
        transform: TargetTransform,
        evaluation: &Evaluation<'_>,
        forecasts: &Forecasts,
        optimism: f64,
        levels: &[f64],
    ) -> Option<(Self, Vec<f64>)> {
        let units = Units::of(transform, evaluation)?;
        let effective_sample_size = effective_sample_size(evaluation);
        let mut own = Self {
            transform,
            season: evaluation.season,
            typical_unit: units.typical,
            still: units.still,
            horizon_profile: Vec::new(),
            errors: Vec::new(),
            rms: 0.0,
            effective_sample_size,
            inflation: inflation(effective_sample_size, optimism),
        };
        let residuals = own.residuals(evaluation, forecasts, &units.own);
        if residuals.is_empty() {
            return None;
        }
        own.horizon_profile = horizon_profile(&residuals, evaluation.horizon);
        let forecasts = evaluation.origins.iter().map(Vec::len).sum();
        let coverage = own.cross_fitted_coverage(&residuals, forecasts, levels);
        let errors = own.sorted(residuals.iter());
        own.rms = rms(&errors);
        own.errors = thinned(errors);
        Some((own, coverage))
    }

    /// Errors of `forecasts` in units of their series, which are shrunk from their `own_units`.
    fn residuals(
        &self,
        evaluation: &Evaluation<'_>,
        forecasts: &Forecasts,
        own_units: &[f64],
    ) -> Vec<Residual> {
        let Evaluation { panel, origins, .. } = *evaluation;
        let mut residuals = Vec::new();
        for (s, series) in forecasts.iter().enumerate() {
            let unit = self.shrunken_unit(before_origins(evaluation, s).len(), own_units[s]);
            for (o, (origin, forecast)) in origins[s].iter().zip(series).enumerate() {
                let half = if panel.len() >= HALVED_BY_SERIES { s } else { o } % 2 == 0;
                let actual = evaluation.actual(s, *origin);
                for (step, (y, f)) in actual.iter().zip(forecast).enumerate() {
                    let [y, f] = [y, f].map(|value| self.transform.to_error_scale(*value));
                    let size = (y - f) / unit;
                    if size.is_finite() {
                        residuals.push(Residual { half, step, size });
                    }
                }
            }
        }
        residuals
    }

    /// Error divided by the horizon profile.
    fn normalized(&self, residual: &Residual) -> f64 {
        residual.size / self.horizon_profile[residual.step]
    }

    /// Normalized errors, sorted.
    fn sorted<'r>(&self, residuals: impl Iterator<Item = &'r Residual>) -> Vec<f64> {
        let mut errors: Vec<f64> = residuals.map(|residual| self.normalized(residual)).collect();
        errors.sort_by(f64::total_cmp);
        errors
    }

    /// Coverage of the errors of each half by the intervals from the other one; none for too few `forecasts`.
    fn cross_fitted_coverage(
        &self,
        residuals: &[Residual],
        forecasts: usize,
        levels: &[f64],
    ) -> Vec<f64> {
        let halves =
            [false, true].map(|half| self.sorted(residuals.iter().filter(|r| r.half == half)));
        if forecasts < VALIDATED || halves.iter().any(Vec::is_empty) {
            return Vec::new();
        }
        let size = self.effective_sample_size / 2.0;
        let held = |level: &f64| {
            let bounds = halves.each_ref().map(|errors| {
                let (lower, upper) = bounds(errors, rms(errors), size, *level);
                self.inflation * lower..=self.inflation * upper
            });
            let is_inside =
                |r: &&Residual| bounds[usize::from(!r.half)].contains(&self.normalized(r));
            residuals.iter().filter(is_inside).count() as f64 / residuals.len() as f64
        };
        levels.iter().map(held).collect()
    }

    /// Scale of the history of a series.
    pub(crate) fn scale(&self, history: &[f64]) -> HistoryScale {
        let mut running = self.running_scale();
        history.iter().for_each(|y| running.push(*y));
        running.scale()
    }

    /// Number of normalized errors that are kept.
    pub(crate) fn num_errors(&self) -> usize {
        self.errors.len()
    }

    /// Seasonal period of the scale.
    pub(crate) fn season(&self) -> usize {
        self.season
    }

    /// Scale of a history that grows, before its first value.
    pub(crate) fn running_scale(&self) -> RunningScale {
        RunningScale::new(self.transform, self.season)
    }

    /// Prediction interval around `forecast`, made after a history of this `scale`, whose unit has the weight of `worth`
    /// values.
    pub(crate) fn interval(
        &self,
        level: f64,
        scale: &HistoryScale,
        worth: usize,
        forecast: &[f64],
    ) -> PredictionInterval {
        let mut interval = PredictionInterval::empty(level);
        self.write_interval(self.errors_at(level), scale, worth, forecast, &mut interval);
        interval
    }

    /// Bounds of the errors at a `level`, in units of the series and of the horizon profile.
    pub(crate) fn errors_at(&self, level: f64) -> [f64; 2] {
        let (low, high) = bounds(&self.errors, self.rms, self.effective_sample_size, level);
        [low, high]
    }

    /// Writes the interval with these bounds of the [errors](Conformal::errors_at); allocates nothing where `to` has room.
    pub(crate) fn write_interval(
        &self,
        [low, high]: [f64; 2],
        scale: &HistoryScale,
        worth: usize,
        forecast: &[f64],
        to: &mut PredictionInterval,
    ) {
        let unit = self.shrunken_unit(worth, scale.unit) * self.inflation;
        for (e, bounds) in [(low, &mut to.lower), (high, &mut to.upper)] {
            let steps = forecast.iter().zip(&self.horizon_profile);
            let bound = |f: f64, horizon_profile: f64| match e * unit * horizon_profile {
                // An error of 0 leaves the forecast as it is, to the last bit.
                0.0 => f,
                error => {
                    self.transform.inverse_error_scale(self.transform.to_error_scale(f) + error)
                }
            };
            bounds.clear();
            bounds.extend(steps.map(|(f, horizon_profile)| bound(*f, *horizon_profile)));
        }
        to.limit(self.transform, scale.lowest, scale.highest);
    }

    /// Unit of a series of so many values: `own` shrunk towards the typical unit.
    fn shrunken_unit(&self, values: usize, own: f64) -> f64 {
        if self.still {
            return self.typical_unit;
        }
        let n = values as f64;
        (n * own + PRIOR_WEIGHT * self.typical_unit) / (n + PRIOR_WEIGHT)
    }
}

/// Units of the series of a panel.
struct Units {
    /// Unit of each series; 0 where it has none.
    own: Vec<f64>,
    typical: f64,
    /// Whether no series has a unit, so that `typical` is a substitute.
    still: bool,
}

impl Units {
    /// Units from the values before the first origins; `None` without series.
    fn of(transform: TargetTransform, evaluation: &Evaluation<'_>) -> Option<Self> {
        let Evaluation { panel, season, .. } = *evaluation;
        let own = (0..panel.len()).map(|s| {
            let known = before_origins(evaluation, s);
            unit(transform, season, known, Some(panel[s].filled()), panel.len())
        });
        let own: Vec<f64> = own.collect();
        let moving = middle(own.iter().copied().filter(|unit| *unit > 0.0).collect());
        let still = moving.is_none();
        // Where no series has a unit, a substitute serves, if only to report errors of 0.
        let substitute =
            || middle(panel.iter().map(|y| other_unit(transform, season, y.filled())).collect());
        Some(Self { own, typical: moving.or_else(substitute)?, still })
    }
}

/// Values of series `s` before its first origin.
fn before_origins<'a>(evaluation: &Evaluation<'a>, s: usize) -> &'a [f64] {
    let Evaluation { panel, origins, .. } = *evaluation;
    &panel[s].filled()[..origins[s].first().copied().unwrap_or(0)]
}

/// Number of independent errors in the validation window.
fn effective_sample_size(evaluation: &Evaluation<'_>) -> f64 {
    let Evaluation { panel, origins, horizon, .. } = *evaluation;
    let stretches = panel.iter().zip(origins).map(|(y, origins)| {
        origins.first().map_or(0.0, |first| (y.cutoff - first) as f64 / horizon as f64)
    });
    A_STRETCH * stretches.sum::<f64>().clamp(1.0, MANY)
}

/// Factor that widens the intervals for the `optimism` of model selection.
fn inflation(effective_sample_size: f64, optimism: f64) -> f64 {
    let inflation = (effective_sample_size
        + OPTIMISM_WEIGHT * optimism.clamp(1.0, MAX_OPTIMISM).powi(2))
        / (effective_sample_size + OPTIMISM_WEIGHT);
    inflation.sqrt()
}

/// Mean absolute seasonal difference of the `history`. If the history was almost constant, that of `all` values is
/// used, where they are known. 0 for a constant series.
fn unit(
    transform: TargetTransform,
    season: usize,
    history: &[f64],
    all: Option<&[f64]>,
    series: usize,
) -> f64 {
    let lag = lag(history, season);
    let history = all_transformed(transform, history);
    let all = all.map(|all| all_transformed(transform, all));
    scale_of(&history, all.as_deref().unwrap_or(&history), lag, f64::abs, series).unwrap_or(0.0)
}

/// Substitute where no series has a unit: the mean absolute difference, or the mean size of the values; 1 if all are 0.
fn other_unit(transform: TargetTransform, season: usize, values: &[f64]) -> f64 {
    other_scale(&all_transformed(transform, values), lag(values, season)).unwrap_or(1.0)
}

fn all_transformed(transform: TargetTransform, values: &[f64]) -> Cow<'_, [f64]> {
    match transform.has_errors_in_logs {
        true => values.iter().map(|y| transform.to_error_scale(*y)).collect(),
        false => Cow::Borrowed(values),
    }
}

/// Median; the upper one of an even number; `None` of none.
fn middle(mut x: Vec<f64>) -> Option<f64> {
    x.sort_by(f64::total_cmp);
    x.get(x.len() / 2).copied()
}

/// Mean |error| by step ahead, averaged with neighboring steps where there are few errors.
fn horizon_profile(residuals: &[Residual], steps: usize) -> Vec<f64> {
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

/// At most [`MAX_ERRORS`] of the sorted errors, with the first and the last.
fn thinned(errors: Vec<f64>) -> Vec<f64> {
    if errors.len() <= MAX_ERRORS {
        return errors;
    }
    let at = |i: usize| errors[i * (errors.len() - 1) / (MAX_ERRORS - 1)];
    (0..MAX_ERRORS).map(at).collect()
}

fn rms(errors: &[f64]) -> f64 {
    (errors.iter().map(|e| e * e).sum::<f64>() / errors.len().max(1) as f64).sqrt()
}

/// Bounds that contain `level` per cent of errors like the sorted `errors`, of this effective sample size.
fn bounds(errors: &[f64], rms: f64, effective_sample_size: f64, level: f64) -> (f64, f64) {
    let tail = (100.0 - level) / 200.0;
    let far = rms * student_t_quantile(effective_sample_size.max(A_STRETCH), 1.0 - tail);
    let weight = effective_sample_size / (effective_sample_size + SHAPE_WEIGHT);
    let (low, high) = quantiles(errors, tail);
    (weight * low - (1.0 - weight) * far, weight * high + (1.0 - weight) * far)
}

/// Empirical quantiles with a share of `tail` of the sorted errors on either side: of n errors, the quantile q is
/// number ⌈(n + 1) q⌉.
fn quantiles(errors: &[f64], tail: f64) -> (f64, f64) {
    let last = errors.len().saturating_sub(1);
    let beyond = ((errors.len() + 1) as f64 * tail).floor() as usize;
    let low = beyond.saturating_sub(1).min(last);
    let pick = |i: usize| errors.get(i).copied().unwrap_or(0.0);
    (pick(low), pick(last - low))
}
