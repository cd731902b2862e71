//! Detection of the seasonal period: the autocorrelation test of the M4 competition on the periods of the calendar.
//!
//! With `r[k]` the autocorrelation at lag `k` of n values, a seasonal period of m is found if `n ≥ 3m` and
//!
//! ```text
//! r[m] > 1.645 / √n · √(1 + 2 (r[1]² + … + r[m-1]²))
//! ```
//!
//! A trend or a random walk passes that test at every lag. So the test is applied to the values minus their moving mean
//! over one season. There r must also be above 0.2, have a peak at m and be high again at 2m. And r is not shrunk
//! towards 0 at long lags, or four years of daily values would never show the yearly season.

mod autocorrelation;
mod panel;
mod profile;

pub use panel::common_periods;
pub use profile::{Decomposition, Profile};

use crate::data::calendar::Frequency;
pub(crate) use autocorrelation::autocorrelations;

/// The newest values that are tested: enough for 13 weeks of minutes.
const MOST: usize = 1 << 17;

/// Share of the error of repeating a shorter period that a longer one must stay below. Chosen by hand, not measured.
const BETTER: f64 = 0.95;

/// Detects the seasonal period in time steps; `None` if there is none. Without a frequency all periods up to a
/// third of the number of values are tried.
pub fn find(values: &[f64], frequency: Option<Frequency>) -> Option<usize> {
    let values = &values[values.len().saturating_sub(MOST)..];
    match frequency {
        None => search(&values[values.len().saturating_sub(MOST / 2)..]),
        Some(frequency) => {
            let seen = natural(frequency).into_iter().filter(|m| is_seasonal(values, *m));
            // A longer period must repeat itself clearly better than a shorter one, which needs less history.
            seen.reduce(|short, long| {
                if repeat_error(values, long) < BETTER * repeat_error(values, short) {
                    long
                } else {
                    short
                }
            })
        }
    }
}

/// The candidate seasonal periods of a frequency, in time steps, shortest first.
pub fn natural(frequency: Frequency) -> Vec<usize> {
    const DAY: u64 = 86_400_000;
    let seasons = match frequency {
        Frequency::Months(n) if 12 % n == 0 => vec![12 / n as usize],
        Frequency::Days(1) => vec![7, 365],
        Frequency::Days(7) => vec![52],
        Frequency::Weekdays(days) => vec![days.count()],
        Frequency::Semimonthly(_) => vec![2, 24],
        Frequency::Periods445(_) => vec![3, 12],
        Frequency::Sessions(hours) => {
            let (day, days) = (hours.per_day(), hours.days().count());
            // An hour is a candidate if it is a whole number of time steps, and a session a whole number of hours.
            let hour = (3_600_000 / hours.step()) as usize;
            let whole = 3_600_000 % hours.step() == 0 && hour < day && day.is_multiple_of(hour);
            let week = if days > 1 { day * days } else { 0 };
            [if whole { hour } else { 0 }, day, week].into_iter().collect()
        }
        Frequency::Millis(n) => {
            // To a network, a period of more time steps than the seconds of a day is like a trend.
            let spans =
                if n < 60_000 { [60_000, 3_600_000, DAY] } else { [3_600_000, DAY, 7 * DAY] };
            spans
                .into_iter()
                .filter(|s| s % n == 0 && (n < 3_600_000 || *s >= DAY))
                .map(|s| (s / n) as usize)
                .collect()
        }
        _ => Vec::new(),
    };
    seasons.into_iter().filter(|m| *m > 1).collect()
}

/// Whether the values have the seasonal period m.
pub fn is_seasonal(values: &[f64], m: usize) -> bool {
    if m < 2 || values.len() / 3 < m || values.iter().any(|v| !v.is_finite()) {
        return false;
    }
    let rest = less_moving_mean(values, m);
    let r = autocorrelations(&rest, (2 * m).min(rest.len() - 1));
    let comes_again = rest.len() < 3 * m || r[2 * m] > AGAIN * r[m];
    passes(&r, rest.len(), m, ONE_LENGTH) && comes_again && has_peak(&r, m)
}

/// The least autocorrelation of a season. Repeating the last season has an error of 2 (1 - r) of the variance: for many
/// values the test alone would find seasons that do not improve a forecast.
const WORTH_IT: f64 = 0.2;

/// Share of r at one period that r must have at two. Chosen by hand, not measured.
const AGAIN: f64 = 0.4;

/// The limit of r for a known period, in standard deviations, as in the M4 competition.
const ONE_LENGTH: f64 = 1.645;

/// The same limit for the highest of many r, a multiple test: with 3, under 5 % of noise series have a season.
const ANY_LENGTH: f64 = 3.0;

/// The test of the M4 competition, one-sided: a negative autocorrelation is not a season.
fn passes(r: &[f64], n: usize, m: usize, deviations: f64) -> bool {
    let before: f64 = r[1..m].iter().map(|r| r * r).sum();
    let limit = deviations / (n as f64).sqrt() * (1.0 + 2.0 * before).sqrt();
    // For three periods of a clean sine the limit would exceed 1, so it is capped: r above 0.9 always passes.
    r[m] > limit.clamp(WORTH_IT, 0.9)
}

/// A peak is at m if it is within this part of m: the peak of a long noisy season is flat. Chosen by hand, not measured.
const NEAR_PEAK: usize = 20;

/// Whether r has its peak near m, from half a period before m to half a period after it.
fn has_peak(r: &[f64], m: usize) -> bool {
    let (from, to) = (m - m / 2, (m + m / 2).min(r.len() - 1));
    let highest = (from..=to).max_by(|a, b| r[*a].total_cmp(&r[*b])).unwrap_or(m);
    highest.abs_diff(m) * NEAR_PEAK <= m
}

/// The values minus their centered moving mean over m, with half weights at both ends if m is even. The ends of the
/// series, which have no such mean, are left out.
fn less_moving_mean(values: &[f64], m: usize) -> Vec<f64> {
    let half = m / 2;
    let width = 2 * half + 1;
    let edge = if m.is_multiple_of(2) { 0.5 } else { 0.0 };
    // Running sums of the values themselves would lose digits if the mean is large.
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let mut sums = vec![0.0; values.len() + 1];
    for (i, v) in values.iter().enumerate() {
        sums[i + 1] = sums[i] + (v - mean);
    }
    (half..values.len() - half)
        .map(|t| {
            let sum = sums[t + half + 1] - sums[t + half + 1 - width];
            let ends = edge * (values[t - half] + values[t + half] - 2.0 * mean);
            values[t] - mean - (sum - ends) / m as f64
        })
        .collect()
}

/// The mean absolute error of the seasonal naive forecast.
fn repeat_error(values: &[f64], m: usize) -> f64 {
    let errors = values.iter().zip(&values[m..]).map(|(a, b)| (b - a).abs());
    errors.sum::<f64>() / (values.len() - m) as f64
}

/// Least number of values: three of the shortest period.
const FEWEST: usize = 6;

/// Share of the highest autocorrelation that a period must reach, and most of these periods that are tested. Chosen by hand,
/// not measured.
const HIGH: f64 = 0.8;
const MAX_TESTS: usize = 16;

/// Searches the period with the highest autocorrelation: first of the differences, which show a season in spite of a
/// trend, then of the values minus their linear trend, which show a slow season in spite of noise.
fn search(values: &[f64]) -> Option<usize> {
    if values.len() < FEWEST || values.iter().any(|v| !v.is_finite()) {
        return None;
    }
    let differences: Vec<f64> = values.windows(2).map(|w| w[1] - w[0]).collect();
    [differences, less_line(values)].into_iter().find_map(|even| {
        let n = even.len();
        let r = autocorrelations(&even, n / 3 + 1);
        let after = (1..r.len()).find(|k| r[*k] < 0.0)?;
        let peak =
            |k: &usize| r[*k] >= r[*k - 1] && r[*k] >= r[*k + 1] && passes(&r, n, *k, ANY_LENGTH);
        let peaks: Vec<usize> = (after.max(2)..r.len() - 1).filter(peak).collect();
        let highest = peaks.iter().map(|k| r[*k]).fold(0.0, f64::max);
        // r at two periods is nearly as high as at one: take the shortest high peak. Each test costs a transform.
        peaks
            .into_iter()
            .filter(|k| r[*k] >= HIGH * highest)
            .take(MAX_TESTS)
            .find(|k| is_seasonal(values, *k))
    })
}

/// The values minus their least-squares line.
fn less_line(values: &[f64]) -> Vec<f64> {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let middle = (n - 1.0) / 2.0;
    let (mut up, mut across) = (0.0, 0.0);
    for (t, v) in values.iter().enumerate() {
        up += (t as f64 - middle) * (v - mean);
        across += (t as f64 - middle).powi(2);
    }
    values.iter().enumerate().map(|(t, v)| v - mean - (t as f64 - middle) * up / across).collect()
}
