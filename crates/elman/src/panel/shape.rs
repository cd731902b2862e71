//! The way from values to what a view works on, and back: the unit, and the season.

use super::lent::Lent;
use super::past::{Known, Past};
use super::view::{Scale, View};
use crate::scalers::{self, Fitted};
use crate::season::{Decomposition, Profile};

/// What is added to y / mean before the logarithm, so that 0 has one.
pub(super) const SOFTNESS: f64 = 0.1;
/// A season below this is the rounding of one that is not there.
const ROUNDING: f64 = 1e-12;

/// The unit and the season of one series.
#[derive(Debug, Clone)]
pub(super) struct Shape {
    pub(super) scale: Scale,
    /// What 1 stands for.
    pub(super) unit: f64,
    /// What takes the place of the unit, if anything does.
    pub(super) scaler: Option<Fitted>,
    /// Whether a plain series was divided by its season, not lessened by it.
    pub(super) divided: bool,
    /// Whether its values stay above 0, as those known do.
    pub(super) positive: bool,
    pub(super) profile: Profile,
}

impl Shape {
    /// Of the series, only what is known decides. Also the values less their season, as the view works on them; a missing
    /// one goes on as it was.
    pub(super) fn of(
        view: &View,
        series: Known<'_>,
        seasons: &[usize],
        lent: Option<&Lent>,
    ) -> (Self, Vec<f64>) {
        let Known { past: Past { values, filled, .. }, len: known } = series;
        let past = series.filled();
        let mean = past.iter().map(|y| y.abs()).sum::<f64>() / known.max(1) as f64;
        let unit = match view.scale {
            Scale::Log => 1.0,
            Scale::SoftLog | Scale::Plain if mean > 0.0 => mean,
            _ => 1.0,
        };
        let named = view.scaler.as_deref().and_then(|name| scalers::named(name).ok());
        let scaler = named.map(|scaler| scaler.fit(past));
        let positive = !view.free && scaler.is_none() && past.iter().all(|y| *y > 0.0);
        let seasons = if view.adjust { seasons } else { &[] };
        let divided = view.scale == Scale::Plain && positive && !seasons.is_empty();
        let mut x: Vec<f64> = filled
            .iter()
            .map(|y| match view.scale {
                Scale::Log => y.ln(),
                Scale::SoftLog => (y / unit + SOFTNESS).ln(),
                Scale::Plain if divided => (y / unit).ln(),
                Scale::Plain => scaler.map_or(y / unit, |scaler| scaler.transform(*y)),
            })
            .collect();
        let holes: Vec<usize> = (0..values.len()).filter(|t| values[*t].is_nan()).collect();
        let own = || profile_past(&x[..known], &holes, seasons, view.decomposition);
        let profile = lent.and_then(|lent| lent.to(series.past)).unwrap_or_else(own);
        for (t, x) in x.iter_mut().enumerate() {
            *x -= profile.at(t);
            if divided {
                *x = x.exp();
            }
        }
        // What is not known goes on as it was, in season.
        for t in holes.into_iter().filter(|t| *t > 0) {
            x[t] = x[t - 1];
        }
        (Self { scale: view.scale, unit, scaler, divided, positive, profile }, x)
    }

    /// The value `y` of step `from` again at step `to`, in its season: to the last bit where there is none.
    pub(super) fn again(&self, y: f64, from: usize, to: usize) -> f64 {
        let season = self.profile.at(to) - self.profile.at(from);
        if season.abs() < ROUNDING {
            return y;
        }
        match self.scale {
            Scale::Log => y * season.exp(),
            Scale::SoftLog => {
                let z = (y / self.unit + SOFTNESS).ln() + season;
                ((z.exp() - SOFTNESS) * self.unit).max(0.0)
            }
            Scale::Plain if self.divided => y * season.exp(),
            Scale::Plain => self.scaler.map_or(y + season * self.unit, |scaler| {
                scaler.inverse(scaler.transform(y) + season)
            }),
        }
    }
}

/// The season of `x`, whose holes are bridged by a line: first without a season, then with the one found so.
fn profile_past(x: &[f64], holes: &[usize], seasons: &[usize], by: Decomposition) -> Profile {
    let first = Profile::of(&bridged(x, holes), seasons, by);
    if seasons.is_empty() || holes.iter().all(|t| *t >= x.len()) {
        return first;
    }
    let less: Vec<f64> = x.iter().enumerate().map(|(t, x)| x - first.at(t)).collect();
    let bridged = bridged(&less, holes);
    let whole: Vec<f64> = bridged.iter().enumerate().map(|(t, x)| x + first.at(t)).collect();
    Profile::of(&whole, seasons, by)
}

/// `x` with straight lines over its holes, but for one that it ends in.
pub(super) fn bridged(x: &[f64], holes: &[usize]) -> Vec<f64> {
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
