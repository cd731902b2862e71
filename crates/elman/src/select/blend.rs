//! Blend of networks, the pretrained network and statistical models: few validation forecasts tell little about networks, so
//! that the ensemble is shrunk towards models that need no training on the panel.
//!
//! ```text
//! ŷ = w · networks + (1 - w) · base            base = p · pretrained + (1 - p) · mean of theta, damped and ETS
//! w = (50 · w₀ + n · w₁) / (50 + n)
//! ```
//!
//! n is the number of independent validation forecasts, w₁ the weight with the least validation error (stacking: Wolpert,
//! 1992), and w₀ the weight before their errors are known, by the length, the frequency and the number of the series. The 50,
//! w₀ and p were chosen on samples of M4, NN5 and CIF (`docs/experiments.md`).

use elman_nn::Isa;

use super::model::Model;
use crate::data::{Forecasts, HistoryView, PredictionInterval};
use crate::error::Result;
use crate::metrics::Evaluation;
use crate::models::baselines::{Combined, combination};
use crate::models::pretrained::{FrequencyClass, PastValues, Pretrained, QuantileForecast};
use crate::transforms::{Domain, TargetTransform};

/// Weight of w₀, in independent forecasts.
const PRIOR_FORECASTS: f64 = 50.0;
/// Weights among which w₁ is found.
const GRID: [f64; 5] = [0.0, 0.25, 0.5, 0.75, 1.0];
/// Least ratio of validation errors below which one forecast is clearly better, as after an exact line.
const CLEARLY: f64 = 0.2;
/// Weight from which the networks forecast alone: the other models are no longer worth their time.
const ALONE: f64 = 0.9;
/// Weight w₀ below which networks are not trained.
const WORTH_TRAINING: f64 = 0.1;
/// Number of series with which networks have half of the weight, before the errors are known.
const HALF_WEIGHT_SERIES: f64 = 100.0;
/// Least number of independent forecasts with which an untrained forecast, selected as the best, is kept as it is.
const ENOUGH: usize = 10;
/// p, the share of the pretrained network in the base.
const PRETRAINED_SHARE: f64 = 2.0 / 3.0;
/// Least number of values for a forecast other than the last value.
const MIN_VALUES: usize = 3;
/// Values up to which the pretrained network is the whole base, and from which its share is p: a few values have no reliable
/// trend.
const FEW_VALUES: f64 = 4.0;
const MORE_VALUES: f64 = 24.0;
/// Lowest forecast of the statistical models in a blend, and lowest value of any forecast and bound, of a series of positive
/// values, as a share of its last value.
const FLOOR: f64 = 0.02;
const LOWEST: f64 = 0.001;

/// Weight w₀ of the networks: what they learn from one series of this `typical` length, or from so many `series` together.
fn prior_weight(class: Option<FrequencyClass>, typical: usize, series: usize) -> f64 {
    use FrequencyClass::{Hour, Month, Quarter, Year};
    // Values up to which networks have no weight, and from which they have the most.
    let (few, many, most) = match class {
        Some(Year | Quarter | Month) => (120.0, 500.0, 0.7),
        Some(Hour) => (40.0, 100.0, 0.9),
        _ => (40.0, 150.0, 0.7),
    };
    let alone = most * ((typical as f64 - few) / (many - few)).clamp(0.0, 1.0);
    let series = series as f64;
    alone.max(series / (series + HALF_WEIGHT_SERIES))
}

/// Prior of the weight of the networks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Prior(f64);

impl Prior {
    /// Prior of a forecast without training.
    pub(crate) const UNTRAINED: Self = Self(0.0);

    /// Prior for a panel of so many `series` of this `typical` length.
    pub(crate) fn of(class: Option<FrequencyClass>, typical: usize, series: usize) -> Self {
        Self(prior_weight(class, typical, series))
    }

    /// Whether networks are worth their training.
    pub(crate) fn is_worth_training(self) -> bool {
        self.0 >= WORTH_TRAINING
    }

    /// Weight of the networks, from the validation `error` of a blend by its weight, and from that of the networks `alone`.
    pub(crate) fn network_weight(
        self,
        independent: usize,
        alone: f64,
        error: impl Fn(f64) -> f64,
    ) -> f64 {
        let errors = GRID.map(|weight| (weight, error(weight)));
        let best = errors.iter().min_by(|a, b| a.1.total_cmp(&b.1)).map_or(1.0, |best| best.0);
        if best == 1.0 && alone < clearly_better(independent) * errors[0].1 {
            return 1.0;
        }
        let n = independent as f64;
        let weight = (PRIOR_FORECASTS * self.0 + n * best) / (PRIOR_FORECASTS + n);
        if weight >= ALONE { 1.0 } else { weight }
    }
}

/// Lowest and highest of some values.
fn range(values: &[f64]) -> (f64, f64) {
    values
        .iter()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), y| (low.min(*y), high.max(*y)))
}

/// Whether an untrained forecast that was selected from trained networks is kept as it is.
pub(crate) fn keeps_untrained(independent: usize) -> bool {
    independent >= ENOUGH
}

/// Ratio of two validation errors below which the smaller one is clearly smaller: 1 - 1 / √n, as the error of a mean of n
/// independent forecasts.
fn clearly_better(independent: usize) -> f64 {
    (1.0 - 1.0 / (independent as f64).sqrt()).max(CLEARLY)
}

/// p, before the validation errors are known.
pub(crate) fn share_of_pretrained(model: Model) -> f64 {
    match model {
        Model::Auto | Model::Network => PRETRAINED_SHARE,
        Model::Pretrained => 1.0,
        Model::Statistical(_) => 0.0,
    }
}

/// p, from the validation errors of the pretrained network and of the statistical models: all or nothing where one of them is
/// clearly better.
pub(crate) fn pretrained_share(independent: usize, pretrained: f64, statistical: f64) -> f64 {
    let clearly = clearly_better(independent);
    match () {
        () if statistical < clearly * pretrained => 0.0,
        () if pretrained < clearly * statistical => 1.0,
        () => PRETRAINED_SHARE,
    }
}

/// Forecasts after one history by the models that need no training on the panel.
#[derive(Debug, Clone)]
pub(crate) struct Base {
    /// Number of values in the history.
    values: usize,
    /// `None` if a statistical model was asked for.
    pretrained: Option<QuantileForecast>,
    /// Mean of the statistical models; the median of the pretrained network, if there are none.
    statistical: Vec<f64>,
    /// The last value, after so few or after equal values: there is nothing to learn.
    last: Option<f64>,
    /// Lowest and highest forecast of a model at each step ahead.
    ranges: Vec<(f64, f64)>,
    /// Lowest value of forecasts and bounds.
    lowest: f64,
}

impl Base {
    /// Forecast with the share `p` of the pretrained network after many values.
    pub(crate) fn forecast(&self, p: f64) -> Vec<f64> {
        if let Some(last) = self.last {
            return vec![last; self.statistical.len()];
        }
        let Some(pretrained) = &self.pretrained else { return self.statistical.clone() };
        let ramp = (self.values as f64 - FEW_VALUES) / (MORE_VALUES - FEW_VALUES);
        let share = if p > 0.0 { (1.0 - p) * ramp.clamp(0.0, 1.0) } else { 1.0 };
        let pairs = pretrained.median().into_iter().zip(&self.statistical);
        pairs.map(|(y, statistical)| (y + share * (statistical - y)).max(self.lowest)).collect()
    }

    /// Limits the forecast of `networks` to the range of the newest values and the forecasts of the other models, and as much
    /// again on either side: networks that few forecasts selected can explode.
    fn limit(&self, newest: &[f64], networks: &mut [f64]) {
        let newest = range(newest);
        for (y, (low, high)) in networks.iter_mut().zip(&self.ranges) {
            let (low, high) = (low.min(newest.0), high.max(newest.1));
            *y = y.clamp(low - (high - low), high + (high - low));
        }
    }
}

/// How the forecasts of an ensemble are blended.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Blend<'a> {
    pub(crate) network_weight: f64,
    pub(crate) pretrained_share: f64,
    pub(crate) model: Model,
    /// Seasonal periods in time steps, shortest first.
    pub(crate) seasons: &'a [usize],
    pub(crate) class: Option<FrequencyClass>,
    pub(crate) transform: TargetTransform,
    pub(crate) isa: Option<Isa>,
}

impl Blend<'_> {
    /// Whether there are other models than networks in the blend.
    pub(crate) fn is_needed(&self) -> bool {
        self.network_weight < 1.0
    }

    fn season(&self) -> usize {
        self.seasons.first().copied().unwrap_or(1)
    }

    /// Forecasts of the base after each of `histories`, whose missing values are filled.
    pub(crate) fn bases(
        &self,
        histories: &[&[f64]],
        horizon: usize,
        threads: usize,
    ) -> Result<Vec<Base>> {
        if let Model::Statistical(_) = self.model {
            return histories.iter().map(|values| self.base(values, horizon, None)).collect();
        }
        let past = histories.iter().map(|values| {
            let periods = if values.len() > self.season() { self.seasons } else { &[] };
            PastValues { values, periods, class: self.class }
        });
        let past: Vec<PastValues<'_>> = past.collect();
        let pretrained = Pretrained::shipped().forecast(&past, horizon, threads, self.isa)?;
        let pairs = histories.iter().zip(pretrained);
        pairs.map(|(values, pretrained)| self.base(values, horizon, Some(pretrained))).collect()
    }

    fn base(
        &self,
        values: &[f64],
        horizon: usize,
        pretrained: Option<QuantileForecast>,
    ) -> Result<Base> {
        let median = pretrained.as_ref().map(QuantileForecast::median);
        let models = self.model.statistical();
        let combined = match &median {
            Some(median) if models.is_empty() => {
                median.iter().map(|y| Combined { mean: *y, low: *y, high: *y }).collect()
            }
            _ => combination(&models, values, horizon, self.season())?,
        };
        let last = values[values.len() - 1];
        let floor = self.floor(last);
        let is_known = values.len() < MIN_VALUES || values.iter().all(|y| *y == last);
        let has_statistical = matches!(self.model, Model::Statistical(_));
        let widest = |(k, combined): (usize, &Combined)| {
            let y = median.as_ref().map_or(combined.mean, |median| median[k]);
            (combined.low.min(y), combined.high.max(y))
        };
        let ranges = combined.iter().enumerate().map(widest).collect();
        let statistical = combined.iter().map(|combined| combined.mean.max(floor)).collect();
        let last = (is_known && !has_statistical).then_some(last);
        let lowest = match self.transform.domain {
            Domain::Positive => LOWEST * values[values.len() - 1],
            _ => f64::NEG_INFINITY,
        };
        Ok(Base { values: values.len(), pretrained, statistical, last, ranges, lowest })
    }

    /// Lowest forecast of the statistical models in a blend, after the value `last`.
    fn floor(&self, last: f64) -> f64 {
        match (self.model, self.transform.domain) {
            (Model::Auto, Domain::Positive) => FLOOR * last,
            (Model::Auto, Domain::NonNegative) => 0.0,
            _ => f64::NEG_INFINITY,
        }
    }

    /// Blends the forecast of the networks after `known`, the values without missing ones, with their `base`.
    pub(crate) fn mix(&self, base: &Base, known: &[f64], networks: &mut [f64]) {
        // Networks have the season of the panel; after less than two seasons no other model has one.
        let has_season = self.season() == 1 || known.len() >= 2 * self.season();
        if has_season || self.network_weight == 0.0 {
            base.limit(self.newest(known, networks.len()), networks);
            mix(self.network_weight, networks, &base.forecast(self.pretrained_share));
        }
    }

    /// The values of the last two horizons or seasons.
    fn newest<'v>(&self, known: &'v [f64], horizon: usize) -> &'v [f64] {
        &known[known.len().saturating_sub(2 * horizon.max(self.season()))..]
    }

    /// Prediction intervals of the blend around its `forecast`: the mean of the `calibrated` ones and of those of the
    /// pretrained network, moved to the forecast, with the weights of the blend.
    pub(crate) fn intervals(
        &self,
        base: &Base,
        forecast: &[f64],
        levels: &[f64],
        calibrated: &[PredictionInterval],
    ) -> Vec<PredictionInterval> {
        let Some(pretrained) = &base.pretrained else { return calibrated.to_vec() };
        let weight = if calibrated.is_empty() { 0.0 } else { self.network_weight };
        let scale = |y: f64| self.transform.to_error_scale(y.max(base.lowest));
        let median = pretrained.median();
        let move_to_forecast = |own: &mut Vec<f64>, calibrated: Option<&Vec<f64>>| {
            for (k, bound) in own.iter_mut().enumerate() {
                let y = scale(forecast[k]);
                let from_network = calibrated.map_or(0.0, |bounds| scale(bounds[k]) - y);
                let own = scale(*bound) - scale(median[k]);
                let away = (1.0 - weight) * own + weight * from_network;
                *bound = self.transform.inverse_error_scale(y + away);
            }
        };
        let interval = |(n, level): (usize, &f64)| {
            let mut own = pretrained.interval(*level);
            let calibrated = calibrated.get(n);
            move_to_forecast(&mut own.lower, calibrated.map(|interval| &interval.lower));
            move_to_forecast(&mut own.upper, calibrated.map(|interval| &interval.upper));
            own
        };
        levels.iter().enumerate().map(interval).collect()
    }

    /// Base after each origin of an evaluation, by series.
    pub(crate) fn bases_at(
        &self,
        panel: &[HistoryView<'_>],
        origins: &[Vec<usize>],
        horizon: usize,
        threads: usize,
    ) -> Result<Vec<Vec<Base>>> {
        let histories: Vec<&[f64]> = panel
            .iter()
            .zip(origins)
            .flat_map(|(series, origins)| {
                origins.iter().map(|origin| &series.history.filled[..*origin])
            })
            .collect();
        let mut bases = self.bases(&histories, horizon, threads)?.into_iter();
        Ok(origins.iter().map(|origins| bases.by_ref().take(origins.len()).collect()).collect())
    }
}

/// Validation forecasts of the members of a blend.
pub(crate) struct Members {
    /// Networks, limited to the range of the other forecasts.
    networks: Forecasts,
    bases: Vec<Vec<Base>>,
}

impl Members {
    /// Members at the origins of an evaluation.
    pub(crate) fn of(
        blend: &Blend<'_>,
        at: &Evaluation<'_>,
        mut networks: Forecasts,
        threads: usize,
    ) -> Result<Self> {
        let bases = blend.bases_at(at.panel, at.origins, at.horizon, threads)?;
        for (s, (forecasts, bases)) in networks.iter_mut().zip(&bases).enumerate() {
            for ((origin, forecast), base) in at.origins[s].iter().zip(forecasts).zip(bases) {
                let known = &at.panel[s].filled()[..*origin];
                base.limit(blend.newest(known, at.horizon), forecast);
            }
        }
        Ok(Self { networks, bases })
    }

    /// Forecasts of the base with this share of the pretrained network.
    pub(crate) fn base(&self, pretrained_share: f64) -> Forecasts {
        let of = |bases: &Vec<Base>| bases.iter().map(|b| b.forecast(pretrained_share)).collect();
        self.bases.iter().map(of).collect()
    }

    /// Blend of the networks, with this weight, and of the forecasts of the `base`.
    pub(crate) fn blended(&self, network_weight: f64, base: &Forecasts) -> Forecasts {
        let mut blend = self.networks.clone();
        let pairs = blend.iter_mut().flatten().zip(base.iter().flatten());
        pairs.for_each(|(networks, base)| mix(network_weight, networks, base));
        blend
    }
}

fn mix(weight: f64, networks: &mut [f64], base: &[f64]) {
    networks.iter_mut().zip(base).for_each(|(y, base)| *y += (1.0 - weight) * (base - *y));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weight_of_the_networks_grows_with_the_evidence() {
        let prior = Prior(0.2);
        let better = |n| prior.network_weight(n, 1.9, |weight| 2.0 - weight);
        let worse = |n| prior.network_weight(n, 3.0, |weight| 2.0 + weight);
        assert!((better(1) - (50.0 * 0.2 + 1.0) / 51.0).abs() < 1e-12, "{}", better(1));
        assert!((worse(1) - 50.0 * 0.2 / 51.0).abs() < 1e-12, "{}", worse(1));
        let weights: Vec<f64> = [1, 2, 5, 15, 50, 99].map(better).into();
        assert!(weights.is_sorted_by(|a, b| a < b), "{weights:?}");
        assert!(worse(99) < 0.1, "{}", worse(99));
        // The networks have 0.7 of the error of the base.
        let clear = |n| prior.network_weight(n, 1.4, |weight| 2.0 - 0.6 * weight);
        assert!(clear(9) < 1.0, "{}", clear(9));
        assert_eq!(clear(16), 1.0);
        assert_eq!(prior.network_weight(1, 0.1, |weight| 2.1 - 2.0 * weight), 1.0, "an exact line");
        assert_eq!([9, 10].map(keeps_untrained), [false, true]);
    }

    #[test]
    fn networks_are_trained_on_long_series_and_on_many() {
        let is_trained =
            |class, typical, series| Prior::of(class, typical, series).is_worth_training();
        let month = Some(FrequencyClass::Month);
        assert!(!is_trained(month, 60, 1) && !is_trained(None, 30, 1) && !is_trained(month, 60, 5));
        assert!(is_trained(month, 400, 1) && is_trained(None, 100, 1) && is_trained(month, 60, 20));
        assert!(prior_weight(Some(FrequencyClass::Hour), 700, 1) >= ALONE);
    }

    #[test]
    fn a_model_of_the_base_that_is_clearly_better_forecasts_alone() {
        assert_eq!(pretrained_share(4, 1.0, 1.1), PRETRAINED_SHARE);
        assert_eq!(pretrained_share(4, 1.0, 0.4), 0.0);
        assert_eq!(pretrained_share(4, 0.4, 1.0), 1.0);
        assert_eq!(pretrained_share(1, 1.0, 0.3), PRETRAINED_SHARE, "one forecast");
    }

    #[test]
    fn a_blend_lies_between_networks_and_base_and_has_a_floor() {
        let falling: Vec<f64> = (0..12).map(|t| f64::from(120 - 10 * t)).collect();
        let blend = |network_weight, transform| {
            let mut y = [50.0; 8];
            let blend = Blend {
                network_weight,
                pretrained_share: 0.0,
                model: Model::Auto,
                seasons: &[],
                class: None,
                transform,
                isa: None,
            };
            let base = &blend.bases(&[&falling], 8, 1).unwrap()[0];
            blend.mix(base, &falling, &mut y);
            y
        };
        assert_eq!(blend(1.0, TargetTransform::LOG), [50.0; 8]);
        let combined = combination(&Model::Auto.statistical(), &falling, 8, 1).unwrap();
        let combined: Vec<f64> = combined.iter().map(|combined| combined.mean).collect();
        assert!(combined[7] < 0.0, "{combined:?}");
        let alone = blend(0.0, TargetTransform::MEAN_SCALE);
        assert!(alone.iter().zip(&combined).all(|(a, b)| (a - b).abs() < 1e-9), "{alone:?}");
        let half = blend(0.5, TargetTransform::MEAN_SCALE)[7];
        assert!((half - 25.0 - 0.5 * combined[7]).abs() < 1e-9, "{half}");
        assert!((blend(0.0, TargetTransform::LOG)[7] - 0.02 * 10.0).abs() < 1e-9);
        assert!(blend(0.0, TargetTransform::LOG_OFFSET)[7].abs() < 1e-9);
    }
}
