//! Transform of the values of one series, and its inverse: unit and season.

use serde::{Deserialize, Serialize};

use super::preprocessing::{Preprocessing, TargetTransform};
use super::scalers::{self, FittedScaler};
use crate::data::ranges::{self, Checked};
use crate::data::{History, HistoryView};
use crate::season::{Decomposition, Profile};

/// Offset that is added to y / mean before the logarithm, so that 0 has a logarithm.
pub(crate) const LOG_OFFSET: f64 = 0.1;
/// Largest rounding error in a season of 0.
const ROUNDING: f64 = 1e-12;

/// Unit and season of one series.
#[derive(Debug, Clone)]
pub(crate) struct SeriesTransform {
    pub(crate) transform: TargetTransform,
    /// Value that is 1 after the transform.
    pub(crate) unit: f64,
    /// Scaler in place of the unit, if there is one.
    pub(crate) scaler: Option<FittedScaler>,
    /// Whether the season is multiplicative without a log transform: values are divided by it.
    pub(crate) divided: bool,
    /// Whether forecasts stay above 0, as all values of the history do.
    pub(crate) positive: bool,
    pub(crate) profile: Profile,
}

/// Unit of a series without a season, as a model file keeps it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct Unit {
    unit: f64,
    scaler: Option<FittedScaler>,
    positive: bool,
}

impl Unit {
    /// Checks that values with this `preprocessing` can be transformed and transformed back.
    pub(crate) fn check(&self, preprocessing: &Preprocessing) -> Checked {
        if self.scaler.is_some() != preprocessing.scaler.is_some() {
            return ranges::refuse("scaler", "another", "that of the preprocessing");
        }
        self.scaler.map_or(Ok(()), |scaler| scaler.check())?;
        ranges::positive("unit", &[self.unit])
    }
}

impl SeriesTransform {
    /// Transform with this unit, and without a season.
    pub(crate) fn of_unit(preprocessing: &Preprocessing, unit: Unit) -> Self {
        let Unit { unit, scaler, positive } = unit;
        let (transform, profile) = (preprocessing.transform, Profile::default());
        Self { transform, unit, scaler, divided: false, positive, profile }
    }

    /// Unit of a series without a season; `None` with a season.
    pub(crate) fn unit_alone(&self) -> Option<Unit> {
        let Self { unit, scaler, positive, .. } = *self;
        let has_season = self.divided || self.profile != Profile::default();
        (!has_season).then_some(Unit { unit, scaler, positive })
    }

    /// Transform of one series, fitted to its history, and all its values deseasonalized. The season is `borrowed`, or
    /// comes from the series. A masked value repeats the deseasonalized value before it.
    pub(crate) fn of(
        preprocessing: &Preprocessing,
        series: HistoryView<'_>,
        seasons: &[usize],
        borrowed: Option<Profile>,
    ) -> (Self, Vec<f64>) {
        let HistoryView { history: History { values, filled, .. }, cutoff: known } = series;
        let history = series.filled();
        let mean = history.iter().map(|y| y.abs()).sum::<f64>() / known.max(1) as f64;
        let unit = match preprocessing.transform {
            TargetTransform::Log => 1.0,
            TargetTransform::LogOffset | TargetTransform::MeanScale if mean > 0.0 => mean,
            _ => 1.0,
        };
        let named = preprocessing.scaler.as_deref().and_then(|name| scalers::named(name).ok());
        let scaler = named.map(|scaler| scaler.fit(history));
        let positive =
            !preprocessing.no_floor && scaler.is_none() && history.iter().all(|y| *y > 0.0);
        let seasons = if preprocessing.deseasonalize { seasons } else { &[] };
        let divided = preprocessing.transform == TargetTransform::MeanScale
            && positive
            && !seasons.is_empty();
        let mut shape = Self {
            transform: preprocessing.transform,
            unit,
            scaler,
            divided,
            positive,
            profile: Profile::default(),
        };
        let mut x: Vec<f64> = filled.iter().map(|y| shape.transformed(*y)).collect();
        let holes: Vec<usize> = (0..values.len()).filter(|t| values[*t].is_nan()).collect();
        let own = || profile_past(&x[..known], &holes, seasons, preprocessing.decomposition);
        shape.profile = borrowed.unwrap_or_else(own);
        for (t, x) in x.iter_mut().enumerate() {
            *x = shape.less_season(t, *x);
        }
        // A masked value repeats the deseasonalized value before it.
        for t in holes.into_iter().filter(|t| *t > 0) {
            x[t] = x[t - 1];
        }
        (shape, x)
    }

    /// Transformed value, with its season.
    fn transformed(&self, y: f64) -> f64 {
        match self.transform {
            TargetTransform::Log => y.ln(),
            TargetTransform::LogOffset => (y / self.unit + LOG_OFFSET).ln(),
            TargetTransform::MeanScale if self.divided => (y / self.unit).ln(),
            TargetTransform::MeanScale => {
                self.scaler.map_or(y / self.unit, |scaler| scaler.transform(y))
            }
        }
    }

    /// Removes the season of step `t` from a transformed value.
    fn less_season(&self, t: usize, x: f64) -> f64 {
        let x = x - self.profile.at(t);
        if self.divided { x.exp() } else { x }
    }

    /// Value `y` of step `t`, transformed and deseasonalized.
    pub(crate) fn deseasonalized(&self, t: usize, y: f64) -> f64 {
        self.less_season(t, self.transformed(y))
    }

    /// Repeats the value `y` of step `from` at step `to`, seasonally adjusted; bit for bit without a season.
    pub(crate) fn again(&self, y: f64, from: usize, to: usize) -> f64 {
        let season = self.profile.at(to) - self.profile.at(from);
        if season.abs() < ROUNDING {
            return y;
        }
        match self.transform {
            TargetTransform::Log => y * season.exp(),
            TargetTransform::LogOffset => {
                let z = (y / self.unit + LOG_OFFSET).ln() + season;
                ((z.exp() - LOG_OFFSET) * self.unit).max(0.0)
            }
            TargetTransform::MeanScale if self.divided => y * season.exp(),
            TargetTransform::MeanScale => self.scaler.map_or(y + season * self.unit, |scaler| {
                scaler.inverse(scaler.transform(y) + season)
            }),
        }
    }
}

/// Seasonal component of `x`. Masked values are interpolated twice: first without a season, then with the season found.
fn profile_past(x: &[f64], holes: &[usize], seasons: &[usize], by: Decomposition) -> Profile {
    let first = Profile::of(&bridged(x, holes), seasons, by);
    if seasons.is_empty() || holes.iter().all(|t| *t >= x.len()) {
        return first;
    }
    let less: Vec<f64> = x.iter().enumerate().map(|(t, x)| x - first.at(t)).collect();
    let bridged = bridged(&less, holes);
    let full: Vec<f64> = bridged.iter().enumerate().map(|(t, x)| x + first.at(t)).collect();
    Profile::of(&full, seasons, by)
}

/// Interpolates the masked values of `x` linearly, except at its start and end.
pub(crate) fn bridged(x: &[f64], holes: &[usize]) -> Vec<f64> {
    let mut bridged = x.to_vec();
    let mut holes = holes.iter().copied().filter(|t| *t < x.len()).peekable();
    while let Some(first) = holes.next() {
        let mut end = first + 1;
        while holes.next_if_eq(&end).is_some() {
            end += 1;
        }
        if first > 0 && end < x.len() {
            let (from, to) = (x[first - 1], x[end]);
            for (k, x) in bridged[first..end].iter_mut().enumerate() {
                *x = from + (k + 1) as f64 / (end + 1 - first) as f64 * (to - from);
            }
        }
    }
    bridged
}
