//! Isolated outliers, far from their seasonal values: an outage, a storm.
//!
//! In logarithms, with x = ln y and a seasonal period of m time steps:
//!
//! ```text
//! r[t] = x[t] - median of x[t ± j m], j = 1 … 4          (without a season of x[t ± j], j = 1 … 8)
//! ```
//!
//! A value is an outlier where |r| is above ten median |r|, and the value is below a twentieth or above twenty times
//! its seasonal value. Neighbors that deviate to the same side belong to it. Few outliers, in stretches that end before
//! the series does, are accidents that do not come again. Many outliers are a part of the series, and a stretch at the
//! end can be a new level. Only the last tenth of a series is searched: outliers there distort a forecast, and earlier
//! ones no longer matter.

use std::ops::Range;

use super::falling::median;

/// Seasonal values on either side that a value is compared with; neighboring values without a season.
const SEASONS: usize = 4;
const VALUES: usize = 8;
/// Least number of known values among these.
const FEWEST: usize = 4;
/// An outlier deviates by more than so many median absolute deviations, and by more than this factor; by more than the
/// second factor in a large panel, whose other series stabilize the networks.
const FAR: f64 = 10.0;
const FACTOR: f64 = 20.0;
const FACTOR_IN_MANY: f64 = 150.0;
/// The same two limits for the neighbors of an outlier.
const NEAR: f64 = 3.0;
const NEAR_FACTOR: f64 = 2.0;
/// Least median absolute deviation, in logs: a hundredth of the value.
const MIN_DEVIATION: f64 = 0.01;
/// Share of a series, at its end, that is searched.
const RECENT: f64 = 0.1;
/// Most values for the median absolute deviation, evenly spaced.
const SAMPLE: usize = 2000;
/// Of so many values at most one is left out, in at most so many stretches.
const ONE_IN: usize = 40;
const STRETCHES: usize = 2;
/// Longest stretch of outliers without a season, in values. Chosen by hand, not measured.
const LONGEST: usize = 3;
/// Least number of repetitions of a seasonal period that is used.
const REPEATS: usize = 8;
/// Least number of values after a stretch; after a longer stretch, as many as its length, up to a seasonal period.
const BEHIND: usize = 2;

/// Stretch of outliers, which are left out.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Outlier {
    /// Range of their indexes in the series.
    pub(crate) range: Range<usize>,
    /// Median ratio of the outliers to their seasonal values.
    pub(crate) ratio: f64,
}

/// Outliers of `values`; none if a value is 0 or below. `seasons` are the possible seasonal periods, shortest first;
/// `of_many` means a series of a large panel.
pub(crate) fn outliers(values: &[f64], seasons: &[usize], of_many: bool) -> Vec<Outlier> {
    let n = values.len();
    if n < ONE_IN || values.iter().any(|y| *y <= 0.0) {
        return Vec::new();
    }
    let season = season(n, seasons);
    let longest = (n / ONE_IN).min(if season > 1 { season } else { LONGEST });
    let r = |t: usize| from_season(values, t, season);
    let some = (0..n).step_by(n.div_ceil(SAMPLE)).map(r).filter(|r| !r.is_nan());
    let deviation = median(some.map(f64::abs).collect()).max(MIN_DEVIATION);
    let factor = if of_many { FACTOR_IN_MANY } else { FACTOR };
    let far = f64::max(FAR * deviation, factor.ln());
    let near = f64::max(NEAR * deviation, NEAR_FACTOR.ln());
    let mut found = Vec::new();
    let mut t = n - (RECENT * n as f64) as usize;
    while t < n {
        let off = r(t);
        if off.abs() > far {
            let with_it = |s: &usize| r(*s) * off.signum() > near;
            let start = (0..t).rev().take_while(with_it).last().unwrap_or(t);
            let end = 1 + (t..n).take_while(with_it).last().unwrap_or(t);
            let ratio = median((start..end).map(r).collect()).exp();
            found.push(Outlier { range: start..end, ratio });
            t = end;
        } else {
            t += 1;
        }
    }
    let is_isolated = |outlier: &Outlier| {
        let length = outlier.range.len();
        length <= longest && n - outlier.range.end >= length.min(season).max(BEHIND)
    };
    let all: usize = found.iter().map(|outlier| outlier.range.len()).sum();
    let are_few = found.len() <= STRETCHES && all <= n / ONE_IN && found.iter().all(is_isolated);
    if are_few { found } else { Vec::new() }
}

/// Longest seasonal period that repeats often enough and is a multiple of the shortest one; 1 for none.
fn season(n: usize, seasons: &[usize]) -> usize {
    let often = |m: &usize| *m > 1 && REPEATS * m <= n;
    let mut often = seasons.iter().copied().filter(often);
    let Some(first) = often.next() else { return 1 };
    often.rfind(|m| m.is_multiple_of(first)).unwrap_or(first)
}

/// Deviation of value `t` from its seasonal value, in logs; NaN where one of them is unknown.
fn from_season(values: &[f64], t: usize, season: usize) -> f64 {
    let reach = if season > 1 { SEASONS } else { VALUES };
    let before = (1..=reach).filter_map(|j| values.get(t.checked_sub(j * season)?));
    let behind = (1..=reach).filter_map(|j| values.get(t + j * season));
    let around: Vec<f64> = before.chain(behind).filter(|y| !y.is_nan()).map(|y| y.ln()).collect();
    if around.len() < FEWEST { f64::NAN } else { values[t].ln() - median(around) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hourly values with a daily season and a little noise.
    fn hours(days: usize) -> Vec<f64> {
        let mut stream = elman_nn::Stream::new(3, "hours");
        let day = |t: usize| 1000.0 + 300.0 * (t as f64 * std::f64::consts::TAU / 24.0).sin();
        (0..24 * days).map(|t| day(t) * stream.uniform(0.95, 1.05)).collect()
    }

    #[test]
    fn an_outage_of_a_day_is_found_and_no_more() {
        let full = hours(70);
        assert_eq!(outliers(&full, &[24, 168], false), []);
        let mut outage = full.clone();
        outage[66 * 24..67 * 24].iter_mut().for_each(|y| *y *= 0.001);
        let [found] = &outliers(&outage, &[24, 168], false)[..] else { panic!("one outage") };
        assert_eq!(found.range, 66 * 24..67 * 24);
        assert!((found.ratio - 0.001).abs() < 1e-4, "{}", found.ratio);
        // A stretch at the end can be a new level.
        let mut level = full.clone();
        level[66 * 24..].iter_mut().for_each(|y| *y *= 0.001);
        assert_eq!(outliers(&level, &[24, 168], false), []);
        // A stretch on every other day is a part of the series.
        let mut often = full;
        for day in [63, 65, 67] {
            often[day * 24..day * 24 + 6].iter_mut().for_each(|y| *y *= 0.001);
        }
        assert_eq!(outliers(&often, &[24, 168], false), []);
    }

    #[test]
    fn single_values_stand_out_without_a_season_too() {
        let mut values: Vec<f64> = (0..100).map(|t| 50.0 + f64::from(t % 5)).collect();
        values[94] = 5000.0;
        let [found] = &outliers(&values, &[], false)[..] else { panic!("one value") };
        assert_eq!(found.range, 94..95);
        assert_eq!(outliers(&values, &[], true), [], "a hundred times, of many");
        values[95] = 200.0;
        assert_eq!(
            outliers(&values, &[], false)[0].range,
            94..96,
            "what is beside it belongs to it"
        );
        // A factor of four is no outlier of this kind, and 0 has no logarithm.
        values[94..96].copy_from_slice(&[200.0, 50.0]);
        assert_eq!(outliers(&values, &[], false), []);
        values[94] = 0.0;
        assert_eq!(outliers(&values, &[], false), []);
    }
}
