//! Weights of a blend: of the networks, and of the pretrained network in the rest.
//!
//! ```text
//! w = (50 · w₀ + n · w₁) / (50 + n)
//! ```
//!
//! n is the number of independent validation forecasts, w₁ the weight with the least validation error (stacking: Wolpert,
//! 1992), and w₀ the weight before their errors are known, by the length, the frequency and the number of the series. The 50,
//! w₀ and p, the share of the pretrained network, were chosen on samples of M4, NN5 and CIF (`docs/experiments.md`).

use super::model::Model;
use crate::models::pretrained::FrequencyClass;

/// Weight of w₀, in independent forecasts.
const PRIOR_FORECASTS: f64 = 50.0;
/// Weights among which w₁ is found.
const GRID: [f64; 5] = [0.0, 0.25, 0.5, 0.75, 1.0];
/// Least ratio of validation errors below which one forecast is clearly better, as after an exact line.
const CLEARLY: f64 = 0.2;
/// Weight from which the networks forecast alone: the other models are no longer worth their time.
const ALONE: f64 = 0.9;
/// The same for panels of so many long series. Their networks are trained on a quarter fewer values in validation than at the
/// end, and are better than their validation errors.
const ALONE_IF_LONG: f64 = 0.7;
const LONG: usize = 500;
const MANY: usize = 12;
/// Weight below which an untrained network, persistence or drift, has none: it would change nothing but the report.
const LEAST_UNTRAINED: f64 = 0.05;
/// Weight w₀ below which networks are not trained.
const WORTH_TRAINING: f64 = 0.1;
/// Number of series with which networks have half of the weight, before the errors are known.
const HALF_WEIGHT_SERIES: f64 = 100.0;
/// Least number of independent forecasts with which an untrained forecast, selected as the best, is kept as it is.
const ENOUGH: usize = 10;
/// p, the share of the pretrained network in the base after many values.
const PRETRAINED_SHARE: f64 = 2.0 / 3.0;
/// Least number of values for a forecast other than the last value.
pub(crate) const MIN_VALUES: usize = 3;
/// Values of a daily, weekly or hourly series from which the last value has no share in the base, and its largest share.
const NAIVE_UNTIL: f64 = 56.0;
const MOST_NAIVE: f64 = 0.8;
/// Values up to which the pretrained network is the whole base, and from which its share is p.
const FEW_VALUES: f64 = 8.0;
const MORE_VALUES: f64 = 40.0;

/// Weight w₀ of the networks. It grows with the length of a `typical` series, and with the number of `series`.
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
pub(crate) struct Prior {
    weight: f64,
    /// Weight from which the networks forecast alone.
    alone: f64,
}

impl Prior {
    /// Prior of a forecast without training.
    pub(crate) const UNTRAINED: Self = Self { weight: 0.0, alone: ALONE };

    /// Prior for a panel of so many `series` of this `typical` length.
    pub(crate) fn of(class: Option<FrequencyClass>, typical: usize, series: usize) -> Self {
        let is_long = typical >= LONG && series >= MANY;
        let alone = if is_long { ALONE_IF_LONG } else { ALONE };
        Self { weight: prior_weight(class, typical, series), alone }
    }

    /// Whether networks are worth their training.
    pub(crate) fn is_worth_training(self) -> bool {
        self.weight >= WORTH_TRAINING
    }

    /// Whether networks have half of the weight or more.
    pub(crate) fn is_most(self) -> bool {
        self.weight >= 0.5
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
        let weight = (PRIOR_FORECASTS * self.weight + n * best) / (PRIOR_FORECASTS + n);
        match weight {
            _ if weight >= self.alone => 1.0,
            _ if self.weight == 0.0 && weight < LEAST_UNTRAINED => 0.0,
            _ => weight,
        }
    }
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
        Model::Pretrained | Model::FineTuned => 1.0,
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

/// Share of the statistical models in the base after so many `values`: 1 - p after many, less after few, which have no
/// reliable trend.
pub(crate) fn statistical_share(p: f64, values: usize) -> f64 {
    let ramp = (values as f64 - FEW_VALUES) / (MORE_VALUES - FEW_VALUES);
    if p > 0.0 { (1.0 - p) * ramp.clamp(0.0, 1.0) } else { 1.0 }
}

/// Share of the last value in the base of the automatic model after so many `values`. Short series of days and weeks without a
/// season move like a random walk: after eight days the pretrained network was 19 % worse than the last value.
pub(crate) fn naive_share(
    model: Model,
    class: Option<FrequencyClass>,
    seasons: &[usize],
    values: usize,
) -> f64 {
    use FrequencyClass::{Day, Hour, Week};
    match (model, class) {
        (Model::Auto, Some(Day | Week | Hour)) if seasons.is_empty() => {
            ((NAIVE_UNTIL - values as f64) / (NAIVE_UNTIL + FEW_VALUES / 2.0))
                .clamp(0.0, MOST_NAIVE)
        }
        _ => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weight_of_the_networks_grows_with_the_evidence() {
        let prior = Prior { weight: 0.2, alone: ALONE };
        let better = |n| prior.network_weight(n, 1.9, |weight| 2.0 - weight);
        let worse = |n| prior.network_weight(n, 3.0, |weight| 2.0 + weight);
        assert!((better(1) - (50.0 * 0.2 + 1.0) / 51.0).abs() < 1e-12, "{}", better(1));
        assert!((worse(1) - 50.0 * 0.2 / 51.0).abs() < 1e-12, "{}", worse(1));
        let weights: Vec<f64> = [1, 2, 5, 15, 50, 99].map(better).into();
        assert!(weights.is_sorted_by(|a, b| a < b), "{weights:?}");
        assert!(worse(99) < 0.1, "{}", worse(99));
        let untrained = |n| Prior::UNTRAINED.network_weight(n, 1.9, |weight| 2.0 - weight);
        assert_eq!([1, 2].map(untrained), [0.0; 2], "a little persistence is left out");
        assert!(untrained(5) > 0.05);
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
        // The least numbers of values and of series, as in `docs/pretrained.md`.
        for (class, least) in [(month, 175), (None, 56), (Some(FrequencyClass::Hour), 47)] {
            assert!(!is_trained(class, least - 1, 1) && is_trained(class, least, 1), "{class:?}");
        }
        assert!(!is_trained(month, 60, 11) && is_trained(month, 60, 12));
        let weight = |typical| {
            Prior::of(None, typical, 200).network_weight(400, 2.0, |w| 2.0 + (w - 0.75).abs())
        };
        assert!(weight(499) < 0.9);
        assert_eq!(weight(500), 1.0, "many long series");
    }

    #[test]
    fn statistical_models_have_less_weight_after_few_values() {
        let share = |values| statistical_share(PRETRAINED_SHARE, values);
        assert_eq!([8, 24].map(share), [0.0, (1.0 - PRETRAINED_SHARE) / 2.0]);
        assert_eq!([40, 900].map(share), [1.0 - PRETRAINED_SHARE; 2]);
        assert_eq!((statistical_share(0.0, 4), statistical_share(1.0, 90)), (1.0, 0.0));
    }

    #[test]
    fn short_series_of_days_and_weeks_are_near_their_last_value() {
        let week = Some(FrequencyClass::Week);
        let share = |values| naive_share(Model::Auto, week, &[], values);
        assert_eq!([2, 8, 26, 56, 900].map(share), [0.8, 0.8, 0.5, 0.0, 0.0]);
        assert_eq!(naive_share(Model::Auto, Some(FrequencyClass::Month), &[], 8), 0.0);
        assert_eq!(naive_share(Model::Auto, week, &[7], 8), 0.0);
        assert_eq!(naive_share(Model::Pretrained, week, &[], 8), 0.0);
    }

    #[test]
    fn a_model_of_the_base_that_is_clearly_better_forecasts_alone() {
        assert_eq!(pretrained_share(4, 1.0, 1.1), PRETRAINED_SHARE);
        assert_eq!(pretrained_share(4, 1.0, 0.4), 0.0);
        assert_eq!(pretrained_share(4, 0.4, 1.0), 1.0);
        assert_eq!(pretrained_share(1, 1.0, 0.3), PRETRAINED_SHARE, "one forecast");
    }
}
