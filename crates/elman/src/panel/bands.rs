//! Intervals, and what is counted and scored of them.

use super::view::Scale;
use crate::metrics::Case;

/// Errors in logarithms can put bounds at any distance; none is believed that lies further than this beyond all values.
const REACH: f64 = 20.0;

/// Lower and upper bounds at one level.
#[derive(Debug, Clone, PartialEq)]
pub struct Band {
    /// In per cent: 80 for a band that shall hold four values of five.
    pub level: f64,
    /// One bound a step.
    pub lower: Vec<f64>,
    /// One bound a step.
    pub upper: Vec<f64>,
}

impl Band {
    /// Goes on around the `values` behind its end, or ends with them: as those of a random walk do, in logs where the values
    /// are all above 0.
    pub(super) fn go_on(&mut self, scale: Scale, values: &[f64]) {
        let trained = self.lower.len();
        for bounds in [&mut self.lower, &mut self.upper] {
            bounds.truncate(values.len());
            let last =
                trained.checked_sub(1).and_then(|last| Some((bounds.get(last)?, values[last])));
            let Some(away) = last.map(|(bound, y)| bent(scale, *bound) - bent(scale, y)) else {
                continue;
            };
            for (k, y) in values.iter().enumerate().skip(trained) {
                let grown = away * ((k + 1) as f64 / trained as f64).sqrt();
                bounds.push(unbent(scale, bent(scale, *y) + grown));
            }
        }
    }

    /// Keeps the bounds within [`REACH`] times what was ever seen in `values`, where they come from logarithms.
    pub(super) fn limit(&mut self, scale: Scale, values: &[f64]) {
        if scale == Scale::Plain || values.is_empty() {
            return;
        }
        // Without a log transform the values may be 0, which is then the lower bound.
        let lowest = match scale == Scale::Log {
            true => values.iter().copied().fold(f64::INFINITY, f64::min) / REACH,
            false => 0.0,
        };
        let highest = values.iter().copied().fold(0.0, f64::max) * REACH;
        for y in self.lower.iter_mut().chain(&mut self.upper) {
            *y = y.max(lowest).min(highest);
        }
    }

    /// Puts the forecast into its interval, at its end if it lies beyond.
    pub(super) fn hold(&mut self, values: &[f64]) {
        for ((low, high), y) in self.lower.iter_mut().zip(&mut self.upper).zip(values) {
            (*low, *high) = (low.min(*y), high.max(*y));
        }
    }

    /// Raises bounds below 0 to it.
    pub(super) fn keep_non_negative(&mut self) {
        let bounds = self.lower.iter_mut().chain(&mut self.upper);
        bounds.for_each(|y| *y = y.max(0.0));
    }

    /// For each value that is known, whether it lies within.
    pub fn holds(&self, values: &[f64]) -> impl Iterator<Item = bool> {
        let bounds = self.lower.iter().zip(&self.upper);
        let known = bounds.zip(values).filter(|(_, y)| !y.is_nan());
        known.map(|((low, high), y)| (low..=high).contains(&y))
    }

    /// The sum over values that are known of the pinball losses of both bounds: max(p e, (p - 1) e), with
    /// e = y - bound, at their two levels p.
    pub fn pinball(&self, values: &[f64]) -> f64 {
        let tail = (100.0 - self.level) / 200.0;
        let loss = |p: f64, e: f64| f64::max(p * e, (p - 1.0) * e);
        let bounds = self.lower.iter().zip(&self.upper).zip(values);
        let known = bounds.filter(|(_, y)| !y.is_nan());
        known.map(|((low, high), y)| loss(tail, y - low) + loss(1.0 - tail, y - high)).sum()
    }

    /// The mean scaled interval score of the M4 competition: the width, and 2/α times what lies beyond
    /// it, over the mean seasonal step of the history. `None` where that is not above 0.
    pub fn msis(&self, case: &Case<'_>) -> Option<f64> {
        let penalty = 2.0 / (1.0 - self.level / 100.0);
        let bounds = self.lower.iter().zip(&self.upper).zip(case.actual);
        let bounds = bounds.filter(|(_, y)| !y.is_nan());
        let scores = bounds.map(|((low, high), y)| {
            high - low + penalty * ((low - y).max(0.0) + (y - high).max(0.0))
        });
        let (sum, n) = scores.fold((0.0, 0.0), |(sum, n), score| (sum + score, n + 1.0));
        if n == 0.0 {
            return None;
        }
        let mean = sum / n;
        Some(mean / case.scale(f64::abs)?)
    }
}

/// To where errors are alike on both sides.
pub(super) fn bent(scale: Scale, y: f64) -> f64 {
    if scale == Scale::Log { y.ln() } else { y }
}

/// Back.
pub(super) fn unbent(scale: Scale, z: f64) -> f64 {
    match scale {
        Scale::Log => z.exp(),
        Scale::SoftLog => z.max(0.0),
        Scale::Plain => z,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_end_within_reach_of_the_values_and_at_0_where_0_may_come() {
        let limited = |scale| {
            let mut band = Band { level: 95.0, lower: vec![0.0, 4.0], upper: vec![9.0, 1e9] };
            band.limit(scale, &[2.0, 5.0]);
            (band.lower, band.upper)
        };
        assert_eq!(limited(Scale::Log), (vec![2.0 / REACH, 4.0], vec![9.0, 5.0 * REACH]));
        assert_eq!(limited(Scale::SoftLog), (vec![0.0, 4.0], vec![9.0, 5.0 * REACH]));
        assert_eq!(limited(Scale::Plain), (vec![0.0, 4.0], vec![9.0, 1e9]));
    }
}
