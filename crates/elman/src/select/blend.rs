//! Blend of networks, the pretrained network and statistical models: few validation forecasts tell little about networks, so
//! that the ensemble is shrunk towards models that need no training on the panel.
//!
//! ```text
//! ŷ = w · networks + (1 - w) · base
//! base = (1 - n) · (p · pretrained + (1 - p) · mean of theta, damped and ETS) + n · last value
//! ```
//!
//! The weights w, p and n are those of `weights.rs`.

use elman_nn::Isa;

use super::config::Point;
use super::model::Model;
use super::weights::{MIN_VALUES, naive_share, statistical_share};
use crate::data::{Forecasts, HistoryView, PredictionInterval};
use crate::error::Result;
use crate::metrics::Evaluation;
use crate::models::baselines::{Combined, combination};
use crate::models::pretrained::{FrequencyClass, PastValues, Pretrained, QuantileForecast};
use crate::transforms::{Domain, TargetTransform};

/// Lowest forecast of the statistical models in a blend, and lowest value of any forecast and bound, of a series of positive
/// values, as a share of its last value.
const FLOOR: f64 = 0.02;
const LOWEST: f64 = 0.001;

/// Lowest and highest of some values.
fn range(values: &[f64]) -> (f64, f64) {
    values
        .iter()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), y| (low.min(*y), high.max(*y)))
}

/// Forecasts after one history by the models that need no training on the panel.
#[derive(Debug, Clone)]
pub(crate) struct Base {
    /// Number of values in the history.
    values: usize,
    /// Whether the history is shorter than two seasons. Trained networks have the season of the panel, and then forecast
    /// alone: no other model has a season.
    lacks_season: bool,
    /// `None` if a statistical model was asked for.
    pretrained: Option<QuantileForecast>,
    /// Mean of the statistical models; the median of the pretrained network, if there are none.
    statistical: Vec<f64>,
    /// The last value, and its share in the forecast: all of it after so few or after equal values, from which nothing can be
    /// learned.
    last: f64,
    naive_share: f64,
    /// Lowest and highest forecast of a model at each step ahead.
    ranges: Vec<(f64, f64)>,
    /// Lowest value of forecasts and bounds.
    lowest: f64,
}

impl Base {
    /// Forecast with the share `p` of the pretrained network after many values. The statistical models forecast the mean.
    pub(crate) fn forecast(&self, p: f64, point: Point) -> Vec<f64> {
        if self.naive_share == 1.0 {
            return vec![self.last; self.statistical.len()];
        }
        let Some(pretrained) = &self.pretrained else { return self.statistical.clone() };
        let share = statistical_share(p, self.values);
        let pretrained = match point {
            Point::Median => pretrained.median(),
            Point::Mean => pretrained.mean(),
        };
        let pairs = pretrained.into_iter().zip(&self.statistical);
        let models = pairs.map(|(y, statistical)| y + share * (statistical - y));
        models.map(|y| (y + self.naive_share * (self.last - y)).max(self.lowest)).collect()
    }

    /// Weight of the networks, whose weight is `w` after long histories.
    fn network_weight(&self, w: f64) -> f64 {
        if self.lacks_season && w > 0.0 { 1.0 } else { w }
    }

    /// Blends the forecast of the networks, whose weight is `w` after long histories, with `base`, a forecast of this base.
    fn mix(&self, w: f64, networks: &mut [f64], base: &[f64]) {
        let rest = 1.0 - self.network_weight(w);
        networks.iter_mut().zip(base).for_each(|(y, base)| *y += rest * (base - *y));
    }

    /// Limits the forecast of `networks` to the range of the newest values and the forecasts of the other models, and as much
    /// again on either side: networks that few forecasts selected can explode.
    fn limit(&self, newest: &[f64], networks: &mut [f64]) {
        if self.lacks_season {
            return;
        }
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
    /// The pretrained network after fine-tuning; `None` for the network as it is.
    pub(crate) fine_tuned: Option<&'a Pretrained>,
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
        let forecast = |net: &Pretrained| net.forecast(&past, horizon, threads, self.isa);
        let mut pretrained = forecast(Pretrained::shipped()?)?;
        if let Some(fine_tuned) = self.fine_tuned {
            let pairs = forecast(fine_tuned)?.into_iter().zip(&pretrained);
            pretrained = pairs.map(|(own, before)| own.widened(before)).collect();
        }
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
        let widest = |(k, combined): (usize, &Combined)| {
            let y = median.as_ref().map_or(combined.mean, |median| median[k]);
            (combined.low.min(y), combined.high.max(y))
        };
        let ranges = combined.iter().enumerate().map(widest).collect();
        let statistical = combined.iter().map(|combined| combined.mean.max(floor)).collect();
        let naive_share = match self.model {
            Model::Statistical(_) => 0.0,
            _ if is_known => 1.0,
            model => naive_share(model, self.class, self.seasons, values.len()),
        };
        let lowest = match self.transform.domain {
            Domain::Positive => LOWEST * values[values.len() - 1],
            _ => f64::NEG_INFINITY,
        };
        let lacks_season = self.season() > 1 && values.len() < 2 * self.season();
        let values = values.len();
        Ok(Base {
            values,
            lacks_season,
            pretrained,
            statistical,
            last,
            naive_share,
            ranges,
            lowest,
        })
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
    pub(crate) fn mix(&self, base: &Base, known: &[f64], networks: &mut [f64], point: Point) {
        base.limit(self.newest(known, networks.len()), networks);
        base.mix(self.network_weight, networks, &base.forecast(self.pretrained_share, point));
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
        // Also where the networks forecast alone: after a few values the pretrained network has the wider intervals.
        let weight = if calibrated.is_empty() { 0.0 } else { self.network_weight };
        let scale = |y: f64| self.transform.to_error_scale(y.max(base.lowest));
        let median = pretrained.median();
        let move_to_forecast = |own: &mut Vec<f64>, calibrated: Option<&Vec<f64>>| {
            for (k, bound) in own.iter_mut().enumerate() {
                // Intermittent demand: many values are 0, wherever the forecast is.
                if *bound == 0.0 && self.transform.domain == Domain::NonNegative {
                    continue;
                }
                let y = scale(forecast[k]);
                let from_network = calibrated.map_or(0.0, |bounds| scale(bounds[k]) - y);
                // In logarithms or in values, whichever is nearer: far from the median a ratio can be of any size.
                let in_logs = scale(*bound) - scale(median[k]);
                let in_values = scale(forecast[k] + *bound - median[k]) - y;
                let own = if in_values.abs() < in_logs.abs() { in_values } else { in_logs };
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

/// Validation forecasts by the models that need no training on the panel.
pub(crate) struct Bases(Vec<Vec<Base>>);

impl Bases {
    /// At the origins of an evaluation.
    pub(crate) fn of(blend: &Blend<'_>, at: &Evaluation<'_>, threads: usize) -> Result<Self> {
        Ok(Self(blend.bases_at(at.panel, at.origins, at.horizon, threads)?))
    }

    /// Limits the forecasts of `networks` to the range of the other forecasts.
    pub(crate) fn limit(&self, blend: &Blend<'_>, at: &Evaluation<'_>, networks: &mut Forecasts) {
        for (s, (forecasts, bases)) in networks.iter_mut().zip(&self.0).enumerate() {
            for ((origin, forecast), base) in at.origins[s].iter().zip(forecasts).zip(bases) {
                let known = &at.panel[s].filled()[..*origin];
                base.limit(blend.newest(known, at.horizon), forecast);
            }
        }
    }

    /// Forecasts with this share of the pretrained network.
    pub(crate) fn forecasts(&self, pretrained_share: f64) -> Forecasts {
        let forecast = |base: &Base| base.forecast(pretrained_share, Point::Median);
        let of = |bases: &Vec<Base>| bases.iter().map(forecast).collect();
        self.0.iter().map(of).collect()
    }

    /// Blend of the networks, with this weight, and of `base`, forecasts of these models.
    pub(crate) fn blended(
        &self,
        network_weight: f64,
        networks: &Forecasts,
        base: &Forecasts,
    ) -> Forecasts {
        let mut blend = networks.clone();
        let forecasts = blend.iter_mut().flatten().zip(base.iter().flatten());
        let pairs = forecasts.zip(self.0.iter().flatten());
        pairs.for_each(|((networks, forecast), base)| base.mix(network_weight, networks, forecast));
        blend
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blend_lies_between_networks_and_base_and_has_a_floor() {
        let falling: Vec<f64> = (0..12).map(|t| f64::from(120 - 10 * t)).collect();
        let blend = |network_weight, transform| {
            let mut y = [50.0; 8];
            let blend = Blend {
                network_weight,
                pretrained_share: 0.0,
                model: Model::Auto,
                fine_tuned: None,
                seasons: &[],
                class: None,
                transform,
                isa: None,
            };
            let base = &blend.bases(&[&falling], 8, 1).unwrap()[0];
            blend.mix(base, &falling, &mut y, Point::Median);
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

    #[test]
    fn networks_forecast_alone_after_less_than_two_seasons() {
        let values: Vec<f64> = (0..8).map(|t| f64::from(50 + t % 4)).collect();
        let forecast = |n: usize, network_weight| {
            let blend = Blend {
                network_weight,
                pretrained_share: 0.5,
                model: Model::Auto,
                fine_tuned: None,
                seasons: &[4],
                class: None,
                transform: TargetTransform::LOG,
                isa: None,
            };
            let base = &blend.bases(&[&values[..n]], 3, 1).unwrap()[0];
            let mut y = [500.0; 3];
            blend.mix(base, &values[..n], &mut y, Point::Median);
            y
        };
        assert_eq!(forecast(7, 0.5), [500.0; 3]);
        assert!(forecast(8, 0.5)[0] < 100.0, "blended and limited");
        assert!(forecast(7, 0.0)[0] < 60.0, "no network in the blend");
    }

    #[test]
    fn bounds_at_0_stay_finite_in_logs() {
        let blend = Blend {
            network_weight: 0.5,
            pretrained_share: 1.0,
            model: Model::Auto,
            fine_tuned: None,
            seasons: &[],
            class: None,
            transform: TargetTransform::LOG,
            isa: None,
        };
        let falling = [9000.0, 4000.0, 900.0, 200.0, 10.0];
        let mut base = blend.bases(&[&falling], 2, 1).unwrap().swap_remove(0);
        // In the space of values the network can forecast 0.
        base.pretrained = Some(QuantileForecast { steps: vec![[0.0; 7]; 2] });
        let mut y = vec![8.0, 7.0];
        blend.mix(&base, &falling, &mut y, Point::Median);
        let calibrated =
            [PredictionInterval { level: 80.0, lower: vec![0.0; 2], upper: vec![20.0; 2] }];
        let intervals = blend.intervals(&base, &y, &[80.0], &calibrated);
        let bounds = intervals[0].lower.iter().chain(&intervals[0].upper);
        assert!(y.iter().chain(bounds).all(|y| y.is_finite() && *y > 0.0), "{intervals:?} {y:?}");
    }

    #[test]
    fn a_bound_far_from_the_median_is_moved_by_its_distance_and_not_by_its_ratio() {
        let blend = Blend {
            network_weight: 0.0,
            pretrained_share: 1.0,
            model: Model::Auto,
            fine_tuned: None,
            seasons: &[],
            class: None,
            transform: TargetTransform::LOG,
            isa: None,
        };
        let mut base = blend.bases(&[&[500.0, 600.0, 700.0, 600.0]], 1, 1).unwrap().swap_remove(0);
        let mut quantiles = [10.0; 7];
        quantiles[6] = 1000.0;
        base.pretrained = Some(QuantileForecast { steps: vec![quantiles] });
        let upper = |forecast: f64| blend.intervals(&base, &[forecast], &[95.0], &[])[0].upper[0];
        // 600 + (1000 - 10), and not 600 · 1000 / 10.
        assert!((upper(600.0) - 1590.0).abs() < 1e-6, "{}", upper(600.0));
        // 1 · 1000 / 10, and not 1 + (1000 - 10).
        assert!((upper(1.0) - 100.0).abs() < 1e-6, "{}", upper(1.0));
    }
}
