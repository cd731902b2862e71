//! The length of the season: which of the natural ones a series shows, by the autocorrelation test of the M4 competition.
//!
//! With `r[k]` the autocorrelation at lag `k` of n values, a season of m is seen when `n ≥ 3m` and
//!
//! ```text
//! r[m] > 1.645 / √n · √(1 + 2 (r[1]² + … + r[m-1]²))
//! ```
//!
//! A trend or a random walk passes that test at every lag. So it is put to the values less their moving mean over one
//! season, where r must besides be worth a name, have a peak at m and come again at 2m; and r is not shrunk towards 0 at
//! long lags, or four years of days would never show the year.

mod autocorrelation;
mod profile;

pub use profile::{Decomposition, Profile};

use crate::calendar::Frequency;
pub(crate) use autocorrelation::autocorrelations;

/// Values looked at, the newest: enough for 13 weeks of minutes.
const MOST: usize = 1 << 17;

/// The length of the season in steps, or `None` when there is none to be seen. Without a frequency every length up to a
/// third of the values is tried.
pub fn find(values: &[f64], frequency: Option<Frequency>) -> Option<usize> {
    let values = &values[values.len().saturating_sub(MOST)..];
    match frequency {
        None => search(&values[values.len().saturating_sub(MOST / 2)..]),
        Some(frequency) => {
            let seen = natural(frequency).into_iter().filter(|m| is_seasonal(values, *m));
            // A longer season must repeat itself clearly better than a shorter one, which needs less history.
            seen.reduce(|short, long| {
                if repeat_error(values, long) < 0.95 * repeat_error(values, short) {
                    long
                } else {
                    short
                }
            })
        }
    }
}

/// The seasons that steps of this length may have, shortest first.
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
            // Hours are a season where a session has a whole number of them.
            let hour = (3_600_000 / hours.step()) as usize;
            let whole = 3_600_000 % hours.step() == 0 && hour < day && day.is_multiple_of(hour);
            let week = if days > 1 { day * days } else { 0 };
            [if whole { hour } else { 0 }, day, week].into_iter().collect()
        }
        Frequency::Millis(n) => {
            // A season of over a day's seconds is a trend to a network.
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

/// Whether the values have a season of m.
pub fn is_seasonal(values: &[f64], m: usize) -> bool {
    if m < 2 || values.len() / 3 < m || values.iter().any(|v| !v.is_finite()) {
        return false;
    }
    let rest = less_moving_mean(values, m);
    let r = autocorrelations(&rest, (2 * m).min(rest.len() - 1));
    let comes_again = rest.len() < 3 * m || r[2 * m] > 0.4 * r[m];
    passes(&r, rest.len(), m, ONE_LENGTH) && comes_again && has_peak(&r, m)
}

/// The least autocorrelation that is worth a name. Repeating the last season errs by 2 (1 - r) of the variance: with many
/// values the test alone would find seasons that help nobody.
const WORTH_IT: f64 = 0.2;

/// Deviations that a known season's r must lie above 0, as in the M4 competition.
const ONE_LENGTH: f64 = 1.645;

/// The same for the highest of many r, where chance has as many tries: 3 leaves under 5 % of noise with a season.
const ANY_LENGTH: f64 = 3.0;

/// The test of the M4 competition, one-sided: what repeats itself upside down is no season.
fn passes(r: &[f64], n: usize, m: usize, deviations: f64) -> bool {
    let before: f64 = r[1..m].iter().map(|r| r * r).sum();
    let limit = deviations / (n as f64).sqrt() * (1.0 + 2.0 * before).sqrt();
    // Over three periods of a clean sine the limit passes 1: what repeats itself so well needs no test.
    r[m] > limit.clamp(WORTH_IT, 0.9)
}

/// Whether r is highest near m, between half a season before and half a season behind.
fn has_peak(r: &[f64], m: usize) -> bool {
    let (from, to) = (m - m / 2, (m + m / 2).min(r.len() - 1));
    let highest = (from..=to).max_by(|a, b| r[*a].total_cmp(&r[*b])).unwrap_or(m);
    // A long noisy season has a flat top.
    highest.abs_diff(m) * 20 <= m
}

/// The values less their centred moving mean over m, with half weights at the two ends when m is even; the ends of the
/// series, where there is no such mean, are left out.
fn less_moving_mean(values: &[f64], m: usize) -> Vec<f64> {
    let half = m / 2;
    let width = 2 * half + 1;
    let edge = if m.is_multiple_of(2) { 0.5 } else { 0.0 };
    // Running sums of the values themselves would lose digits to a large mean.
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

/// The mean absolute error of repeating the last season.
fn repeat_error(values: &[f64], m: usize) -> f64 {
    let errors = values.iter().zip(&values[m..]).map(|(a, b)| (b - a).abs());
    errors.sum::<f64>() / (values.len() - m) as f64
}

/// The length at whose lag the values are most like themselves: first their differences, which show a season through any
/// trend, then the values less a straight line, which show a slow one through noise.
fn search(values: &[f64]) -> Option<usize> {
    if values.len() < 6 || values.iter().any(|v| !v.is_finite()) {
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
        // Two seasons look nearly as much alike as one: the shortest of the high peaks. Each look costs a transform.
        peaks
            .into_iter()
            .filter(|k| r[*k] >= 0.8 * highest)
            .take(16)
            .find(|k| is_seasonal(values, *k))
    })
}

/// The values less the straight line nearest to them.
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
