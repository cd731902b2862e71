//! Forgetting curve: the influence of a value on the forecast, by the distance between them.
//!
//! ```text
//! influence[d] = mean over t of |dy_t / dx_(t-d)|        y_t: forecast at t, in transformed values
//! ```
//!
//! The mean is over up to 32 origins t, evenly spread over the time steps that are looked at. x and y are the values after
//! transform, scaler and removal of the season, and y is the forecast minus the level, for a network that learns
//! differences. The derivative goes through the lags of each input row, the moving level and the network; the typical
//! difference, seasonal features and covariates count as constants.

use elman_nn::gradients::{of_inputs, reach};
use elman_nn::{Error, State};
use serde::Serialize;

use super::network::NetworkFacts;
use crate::features::EncodedSeries;
use crate::models::rnn::RnnModel;

/// Most origins of the mean.
const MAX_ORIGINS: usize = 32;
/// Distances up to which the influence is computed: three seasons, or two windows of the training, within these limits.
const DISTANCES: std::ops::RangeInclusive<usize> = 120..=1000;
/// Shares of the largest influence: of the half-life and of the reach.
pub(super) const HALF: f64 = 0.5;
pub(super) const LITTLE: f64 = 0.05;

/// Influence of the values on the forecast.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ForgettingCurve {
    /// Step of the horizon, from 1.
    pub step_ahead: usize,
    /// Number of origins in the mean.
    pub origins: usize,
    /// The largest influence, in transformed values per transformed value.
    pub largest: f64,
    /// Influence by distance, from 0 for the last value before the forecast; the largest is 1.
    pub influence: Vec<f64>,
    /// The distance from which on the influence is below one half of the largest; `None` beyond the distances.
    pub half_life: Option<usize>,
    /// The distance from which on the influence is below 5 % of the largest; `None` beyond the distances.
    pub reach: Option<usize>,
}

impl ForgettingCurve {
    /// The curve of these `sums` of influences over so many origins.
    pub(super) fn of(step_ahead: usize, origins: usize, sums: Vec<f64>) -> Self {
        let sums = match sums.iter().all(|sum| sum.is_finite()) {
            true => sums,
            false => vec![0.0; sums.len()],
        };
        let largest = sums.iter().copied().fold(0.0, f64::max);
        let influence: Vec<f64> =
            sums.iter().map(|sum| if largest > 0.0 { sum / largest } else { 0.0 }).collect();
        // At the last distance nothing is known of the distances beyond.
        let below = |share| reach(&influence, share).filter(|at| *at < influence.len());
        Self {
            step_ahead,
            origins,
            largest: largest / origins.max(1) as f64,
            half_life: below(HALF),
            reach: below(LITTLE),
            influence,
        }
    }

    /// Whether any value moves the forecast.
    pub fn is_any(&self) -> bool {
        self.largest > 0.0
    }
}

/// Time steps of the origins, ascending, and the number of distances.
pub(super) struct Plan {
    pub(super) origins: Vec<usize>,
    pub(super) distances: usize,
}

impl Plan {
    /// For a series of `len` values of which the last `steps` are looked at.
    pub(super) fn of(facts: &NetworkFacts, len: usize, steps: usize) -> Self {
        let wanted = (3 * facts.season().unwrap_or(1)).max(2 * facts.seq_length);
        let wanted = wanted.clamp(*DISTANCES.start(), *DISTANCES.end());
        let distances = wanted.min(len.div_ceil(2)).max(1);
        let first = (len - steps).max(distances - 1);
        let available = len - first;
        let count = available.min(MAX_ORIGINS);
        let origins = (1..=count).map(|n| first + n * available / count - 1).collect();
        Self { origins, distances }
    }
}

/// Adds to `sums` the influence of each value on the output number `output` at time step `t`, by distance. `rows` are the
/// inputs `[·, I]` up to t, and `state` is the hidden state before them.
pub(super) fn add_influence(
    net: &RnnModel,
    series: &EncodedSeries,
    (t, output): (usize, usize),
    rows: &[f32],
    state: State<f32>,
    sums: &mut [f64],
) -> Result<(), Error> {
    let dinputs = of_inputs(net.model(), net.params(), state, rows, output)?;
    let inputs = net.model().config().input_size;
    let first = t + 1 - rows.len() / inputs;
    let mut gradient = vec![0.0; t + 1];
    let settings = &net.settings;
    for (row, dinputs) in dinputs.chunks(inputs).enumerate() {
        let at = first + row;
        series.add_gradient(&settings.preprocessing, settings.horizon, at, dinputs, &mut gradient);
    }
    let unit = series.unit(t);
    for (sum, d) in sums.iter_mut().zip(gradient.iter().rev()) {
        *sum += (d * unit).abs();
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_life_and_reach_are_where_the_influence_stays_below() {
        let curve = ForgettingCurve::of(1, 2, vec![4.0, 8.0, 3.0, 4.0, 1.0, 0.4, 0.2, 0.1]);
        assert_eq!((curve.largest, curve.influence[0]), (4.0, 0.5));
        // At distance 2 the influence is below one half, and at 3 again one half.
        assert_eq!((curve.half_life, curve.reach), (Some(4), Some(6)));
        let slow = ForgettingCurve::of(1, 1, vec![1.0, 0.9, 0.8]);
        assert_eq!((slow.half_life, slow.reach), (None, None));
        let none = ForgettingCurve::of(1, 1, vec![0.0; 3]);
        assert!(!none.is_any() && none.half_life.is_none());
        assert!(!ForgettingCurve::of(1, 1, vec![f64::NAN, 1.0]).is_any());
    }
}
