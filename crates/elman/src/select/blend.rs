//! Blend of networks and statistical models: few validation forecasts tell little about networks, so that the ensemble is
//! shrunk towards the mean of theta, damped and ETS.
//!
//! ```text
//! ŷ = w · networks + (1 - w) · combination
//! w = (50 · w₀ + n · w₁) / (50 + n)        w₀ = √n / (√n + 4)
//! ```
//!
//! n is the number of independent validation forecasts, w₀ the weight before their errors are known, and w₁ the weight with
//! the least validation error (stacking: Wolpert, 1992). The 4 and the 50 were chosen on single series and on panels of up
//! to 72 series (`docs/experiments.md`).

use crate::data::{Forecasts, HistoryView};
use crate::error::Result;
use crate::metrics::Evaluation;
use crate::models::baselines::{Combined, combination};
use crate::transforms::{Domain, TargetTransform};

/// Shrinkage of w₀ towards 0, as the root of a number of independent forecasts.
const SHRINKAGE: f64 = 4.0;
/// Weight of w₀, in independent forecasts.
const PRIOR_FORECASTS: f64 = 50.0;
/// Weights among which w₁ is found.
const GRID: [f64; 5] = [0.0, 0.25, 0.5, 0.75, 1.0];
/// Least ratio of validation errors below which networks are clearly better, as after an exact line.
const CLEARLY: f64 = 0.2;
/// Weight from which the networks forecast alone: the statistical models are no longer worth their time.
const ALONE: f64 = 0.9;
/// Independent forecasts from which the weight is 1, whatever the validation error of the combination.
const MANY: usize = 100;
/// Least number of independent forecasts with which an untrained forecast, selected as the best, is kept as it is.
const ENOUGH: usize = 10;
/// Lowest forecast of a series of positive values, as a share of its last value.
const FLOOR: f64 = 0.02;

/// Weight w₀ of the networks, by the number of `independent` validation forecasts.
fn prior_weight(independent: usize) -> f64 {
    let root = (independent as f64).sqrt();
    root / (root + SHRINKAGE)
}

/// Factor of the weight of the statistical models after few values: two values have no reliable trend (`docs/experiments.md`:
/// series of M4 cut to 2 to 10 values).
fn share_of_models(values: usize) -> f64 {
    (values.saturating_sub(2) as f64 / 4.0).min(1.0)
}

/// Lowest and highest of some values.
fn range(values: &[f64]) -> (f64, f64) {
    values
        .iter()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), y| (low.min(*y), high.max(*y)))
}

/// The forecast of the networks, limited to the range of the recent values and the statistical forecasts, and as much again
/// on either side: networks that few forecasts selected can explode.
fn near(networks: f64, (low, high): (f64, f64), models: Combined) -> f64 {
    let (low, high) = (low.min(models.low), high.max(models.high));
    networks.clamp(low - (high - low), high + (high - low))
}

/// Whether the selected forecast has no blend, whatever the errors: many forecasts selected trained networks, or enough
/// forecasts selected an untrained one.
pub(crate) fn is_alone(independent: usize, is_trained: bool) -> bool {
    independent >= if is_trained { MANY } else { ENOUGH }
}

/// Ratio of the validation error of the networks to that of the combination below which the networks forecast alone:
/// 1 - 1 / √n, as the error of a mean of n independent forecasts.
fn clearly_better(independent: usize) -> f64 {
    (1.0 - 1.0 / (independent as f64).sqrt()).max(CLEARLY)
}

/// Weight of the networks, from the validation `error` of a blend by its weight, and from that of the networks `alone`.
pub(crate) fn network_weight(independent: usize, alone: f64, error: impl Fn(f64) -> f64) -> f64 {
    let errors = GRID.map(|weight| (weight, error(weight)));
    if alone < clearly_better(independent) * errors[0].1 {
        return 1.0;
    }
    let best = errors.iter().min_by(|a, b| a.1.total_cmp(&b.1)).map_or(1.0, |best| best.0);
    let n = independent as f64;
    let weight = (PRIOR_FORECASTS * prior_weight(independent) + n * best) / (PRIOR_FORECASTS + n);
    if weight >= ALONE { 1.0 } else { weight }
}

/// Blend of the forecasts of `networks` and of the `combined` statistical models.
pub(crate) fn blended(weight: f64, networks: &Forecasts, combined: &Forecasts) -> Forecasts {
    let mut blend = networks.clone();
    let pairs = blend.iter_mut().flatten().zip(combined.iter().flatten());
    pairs.for_each(|(networks, combined)| mix(weight, networks, combined));
    blend
}

/// How the forecasts of an ensemble are blended.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Blend {
    pub(crate) network_weight: f64,
    pub(crate) season: usize,
    pub(crate) transform: TargetTransform,
}

impl Blend {
    /// Whether there are statistical models in the blend.
    pub(crate) fn is_needed(&self) -> bool {
        self.network_weight < 1.0
    }

    /// Blends the forecast of the networks after `known`, the values without missing ones, with the statistical models.
    pub(crate) fn after(&self, known: &[f64], networks: &mut [f64]) -> Result<()> {
        if self.is_needed() {
            let combined = self.limit(known, networks)?;
            mix(self.network_weight, networks, &combined);
        }
        Ok(())
    }

    /// Limits the forecast of the networks, and returns that of the statistical models. After few values, their mean is
    /// shrunk towards the networks. A series shorter than two seasons has no season of its own: its networks have that of
    /// the panel, and forecast alone.
    fn limit(&self, known: &[f64], networks: &mut [f64]) -> Result<Vec<f64>> {
        let has_season = self.season == 1 || known.len() >= 2 * self.season;
        let Some(last) = known.last().filter(|_| has_season) else { return Ok(networks.to_vec()) };
        let floor = match self.transform.domain {
            Domain::Positive => FLOOR * last,
            Domain::NonNegative => 0.0,
            Domain::All => f64::NEG_INFINITY,
        };
        let share = share_of_models(known.len());
        let recent =
            range(&known[known.len().saturating_sub(2 * networks.len().max(self.season))..]);
        let models = combination(known, networks.len(), self.season)?;
        let step = |(y, models): (&mut f64, Combined)| {
            *y = near(*y, recent, models);
            *y + share * (models.mean.max(floor) - *y)
        };
        Ok(networks.iter_mut().zip(models).map(step).collect())
    }

    /// Limits the validation forecasts of the networks, and returns those of the statistical models.
    pub(crate) fn limit_all(
        &self,
        at: &Evaluation<'_>,
        networks: &mut Forecasts,
    ) -> Result<Forecasts> {
        let of_series =
            |((series, origins), forecasts): ((&HistoryView<'_>, &Vec<usize>), &mut Vec<_>)| {
                let pairs = origins.iter().zip(forecasts);
                pairs
                    .map(|(origin, forecast): (_, &mut Vec<f64>)| {
                        self.limit(&series.filled()[..*origin], forecast)
                    })
                    .collect()
            };
        at.panel.iter().zip(at.origins).zip(networks).map(of_series).collect()
    }
}

fn mix(weight: f64, networks: &mut [f64], combined: &[f64]) {
    let pairs = networks.iter_mut().zip(combined);
    pairs.for_each(|(y, combined)| *y += (1.0 - weight) * (combined - *y));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weight_of_the_networks_grows_with_the_evidence() {
        let better = |n| network_weight(n, 1.9, |weight| 2.0 - weight);
        let worse = |n| network_weight(n, 3.0, |weight| 2.0 + weight);
        assert!((better(1) - (50.0 * 0.2 + 1.0) / 51.0).abs() < 1e-12, "{}", better(1));
        assert!((worse(1) - 50.0 * 0.2 / 51.0).abs() < 1e-12, "{}", worse(1));
        let weights: Vec<f64> = [1, 2, 5, 15, 50, 99].map(better).into();
        assert!(weights.is_sorted_by(|a, b| a < b), "{weights:?}");
        assert!(worse(99) < 0.35, "{}", worse(99));
        // The networks have 0.7 of the error of the combination.
        let clear = |n| network_weight(n, 1.4, |weight| 2.0 - 0.6 * weight);
        assert!(clear(9) < 1.0, "{}", clear(9));
        assert_eq!(clear(16), 1.0);
        assert_eq!(network_weight(1, 0.1, |weight| 2.0 + weight), 1.0, "an exact line");
        // An untrained forecast is kept where ten forecasts selected it.
        assert_eq!([9, 10].map(|n| is_alone(n, false)), [false, true]);
        assert!(!is_alone(10, true) && is_alone(100, true));
    }

    #[test]
    fn a_blend_lies_between_networks_and_combination_and_has_a_floor() {
        let falling: Vec<f64> = (0..12).map(|t| f64::from(120 - 10 * t)).collect();
        let blend = |network_weight, transform| {
            let mut y = [50.0; 8];
            Blend { network_weight, season: 1, transform }.after(&falling, &mut y).unwrap();
            y
        };
        assert_eq!(blend(1.0, TargetTransform::LOG), [50.0; 8]);
        let combined: Vec<f64> = combination(&falling, 8, 1).unwrap().map(|c| c.mean).collect();
        assert!(combined[7] < 0.0, "{combined:?}");
        let alone = blend(0.0, TargetTransform::MEAN_SCALE);
        assert!(alone.iter().zip(&combined).all(|(a, b)| (a - b).abs() < 1e-9), "{alone:?}");
        let half = blend(0.5, TargetTransform::MEAN_SCALE)[7];
        assert!((half - 25.0 - 0.5 * combined[7]).abs() < 1e-9, "{half}");
        assert!((blend(0.0, TargetTransform::LOG)[7] - 0.02 * 10.0).abs() < 1e-9);
        assert!(blend(0.0, TargetTransform::LOG_OFFSET)[7].abs() < 1e-9);
        // Few values: the selected forecast, here the last value, has most of the weight.
        let mut y = [110.86; 2];
        let blend = Blend { network_weight: 0.0, season: 1, transform: TargetTransform::LOG };
        blend.after(&[3.0, 110.86], &mut y).unwrap();
        assert_eq!(y, [110.86; 2]);
        blend.after(&[3.0, 60.0, 110.86], &mut y).unwrap();
        assert!(110.86 < y[0] && y[0] < 0.75 * 110.86 + 0.25 * 165.0, "{y:?}");
    }
}
