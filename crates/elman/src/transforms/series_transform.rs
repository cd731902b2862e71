//! Transform of the values of one series, and its inverse: unit and season.

use elman_nn::registry::Entry;
use serde::{Deserialize, Serialize};

use super::preprocessing::Preprocessing;
use super::scalers::{FittedScaler, Scaler};
use super::target::{Fitted, TargetTransform};
use crate::data::ranges::{self, Checked};
use crate::data::{History, HistoryView};
use crate::season::{Decomposition, Profile};

/// Largest rounding error in a season of 0.
const ROUNDING: f64 = 1e-12;

/// Unit and season of one series.
#[derive(Debug, Clone)]
pub(crate) struct SeriesTransform {
    pub(crate) transform: TargetTransform,
    /// The transform, fitted to the history.
    pub(crate) fitted: Fitted,
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
    #[serde(flatten)]
    fitted: Fitted,
    scaler: Option<FittedScaler>,
    positive: bool,
}

impl Unit {
    /// Checks that values with this `preprocessing` can be transformed and transformed back.
    pub(crate) fn check(&self, preprocessing: &Preprocessing) -> Checked {
        let is_scaled = preprocessing.scaler.is_some() && preprocessing.transform.is_linear;
        if self.scaler.is_some() != is_scaled {
            return ranges::refuse("scaler", "another", "that of the preprocessing");
        }
        self.scaler.map_or(Ok(()), |scaler| scaler.check())?;
        self.fitted.check()
    }
}

/// Saved unit and season of one series.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct SavedTransform {
    unit: Unit,
    /// `None` without a season.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    season: Option<SavedSeason>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct SavedSeason {
    divided: bool,
    profile: Profile,
}

/// Numbers of the unit of a series.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(crate) struct SavedUnit {
    /// The value that is scaled to 0.
    pub(crate) zero: f64,
    /// The width that is scaled to 1, or the mean absolute value.
    pub(crate) width: f64,
    /// Exponent, of a transform that has one; otherwise 1.
    pub(crate) power: f64,
    /// Whether forecasts stay above 0.
    pub(crate) positive: bool,
}

impl SavedTransform {
    /// Unit of the series.
    pub(crate) fn unit(&self) -> SavedUnit {
        let Unit { fitted, scaler, positive } = self.unit;
        let mean = (0.0, fitted.unit);
        let (zero, width) = scaler.map_or(mean, |scaler| scaler.zero_and_width());
        SavedUnit { zero, width, power: fitted.power(), positive }
    }

    /// Checks that values with this `preprocessing` can be transformed and transformed back.
    pub(crate) fn check(&self, preprocessing: &Preprocessing) -> Checked {
        self.unit.check(preprocessing)?;
        let Some(SavedSeason { divided, profile }) = &self.season else { return Ok(()) };
        if !preprocessing.deseasonalize || (*divided && !preprocessing.transform.is_linear) {
            return ranges::refuse("season", "one", "that of the preprocessing");
        }
        profile.check()
    }
}

impl SeriesTransform {
    /// Transform with a saved unit and season.
    pub(crate) fn resume(preprocessing: &Preprocessing, saved: SavedTransform) -> Self {
        let SavedTransform { unit: Unit { fitted, scaler, positive }, season } = saved;
        let (divided, profile) =
            season.map_or_else(Default::default, |season| (season.divided, season.profile));
        let transform = preprocessing.transform;
        Self { transform, fitted, scaler, divided, positive, profile }
    }

    /// Unit and season, to be saved.
    pub(crate) fn save(&self) -> SavedTransform {
        let Self { fitted, scaler, positive, divided, .. } = *self;
        let has_season = divided || self.profile != Profile::default();
        let season = has_season.then(|| SavedSeason { divided, profile: self.profile.clone() });
        SavedTransform { unit: Unit { fitted, scaler, positive }, season }
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
        let transform = preprocessing.transform;
        let fitted = (transform.fit)(history, seasons.first().copied().unwrap_or(1));
        let named = preprocessing.scaler.as_deref().and_then(|name| Scaler::find(name).ok());
        let scaler = named.filter(|_| transform.is_linear).map(|scaler| scaler.fit(history));
        let positive =
            !preprocessing.no_floor && scaler.is_none() && history.iter().all(|y| *y > 0.0);
        let seasons = if preprocessing.deseasonalize { seasons } else { &[] };
        let divided = transform.is_linear && positive && !seasons.is_empty();
        let mut shape =
            Self { transform, fitted, scaler, divided, positive, profile: Profile::default() };
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
        match self.scaler {
            _ if self.divided => (y / self.fitted.unit).ln(),
            Some(scaler) => scaler.transform(y),
            None => (self.transform.forward)(y, self.fitted),
        }
    }

    /// Inverse transform of `x`, which has its season.
    pub(crate) fn inverse(&self, x: f64) -> f64 {
        match self.scaler {
            Some(scaler) => scaler.inverse(x),
            None => (self.transform.inverse)(x, self.fitted),
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
        match self.scaler {
            _ if self.divided => y * season.exp(),
            Some(scaler) => scaler.inverse(scaler.transform(y) + season),
            None => (self.transform.shift)(y, season, self.fitted),
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
