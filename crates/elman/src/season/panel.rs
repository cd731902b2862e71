//! Detection of the seasonal periods that the series of a panel have in common.
//!
//! A season that no test finds in one short series is visible in the mean over many. The autocorrelations of the first
//! differences, with outliers clipped, are averaged over the series.

use super::{Decomposition, Profile, autocorrelations};

/// Most series that are used.
const SAMPLE: usize = 500;
/// Most values of a series that are used, the newest.
const MAX_VALUES: usize = 4096;
/// Least number of series for the mean autocorrelation; with fewer series, each is tested alone.
const MANY: usize = 8;
/// Standard errors that a mean autocorrelation must lie above 0. The limit is high, as the highest of many is tested.
const DEVIATIONS: f64 = 3.5;
/// Least mean autocorrelation of a seasonal period.
const MIN_GAIN: f64 = 0.04;
/// Share of the highest autocorrelation that a shorter seasonal period must reach to be selected: the longer ones are
/// then its multiples.
const NEARLY: f64 = 0.7;
/// Longest period, in time steps, that the mean autocorrelation is searched for. Chosen by hand, not measured.
const MAX_PERIOD: usize = 400;
/// Periods of the first season in one of the second, where no calendar tells: days of a week. Chosen by hand, not measured.
const LONGER: usize = 7;
/// Least length of a series that is used. Chosen by hand, not measured.
const MIN_VALUES: usize = 5;
/// From so many time steps on, a period is seldom a whole number of them: its double is searched a step to either side, too.
/// Chosen by hand, not measured.
const LONG: usize = 10;
/// Share of the series that must be long enough for a mean autocorrelation. Chosen by hand, not measured.
const LEAST_SHARE: f64 = 0.5;

/// Detects the seasonal periods in time steps, shortest first, at most two. `candidate_periods` are the periods that
/// the calendar suggests; `None` without dates.
pub fn common_periods(panel: &[&[f64]], candidate_periods: Option<&[usize]>) -> Vec<usize> {
    let every = panel.len().div_ceil(SAMPLE).max(1);
    let sample: Vec<&[f64]> = panel
        .iter()
        .step_by(every)
        .map(|y| &y[y.len().saturating_sub(MAX_VALUES)..])
        .filter(|y| y.len() >= MIN_VALUES)
        .collect();
    let first = if sample.len() < MANY {
        alone(&sample, candidate_periods)
    } else {
        pooled(&sample, candidate_periods)
    };
    let Some(first) = first else { return Vec::new() };
    // The second period is a multiple of the first, and is tested on the deseasonalized values.
    let rest: Vec<Vec<f64>> = sample
        .iter()
        .map(|y| {
            let profile = Profile::of(y, &[first], Decomposition::Classical);
            y.iter().enumerate().map(|(t, y)| y - profile.at(t)).collect()
        })
        .collect();
    let rest: Vec<&[f64]> = rest.iter().map(Vec::as_slice).collect();
    let longer: Vec<usize> = match candidate_periods {
        Some(candidate_periods) => {
            candidate_periods.iter().copied().filter(|m| *m > first).collect()
        }
        None => vec![LONGER * first],
    };
    let second = longer.into_iter().find(|m| {
        m.is_multiple_of(first)
            && if rest.len() < MANY {
                alone(&rest, Some(&[*m])).is_some()
            } else {
                pooled(&rest, Some(&[*m])).is_some()
            }
    });
    [first].into_iter().chain(second).collect()
}

/// Seasonal period of most series, each tested alone.
fn alone(sample: &[&[f64]], candidate_periods: Option<&[usize]>) -> Option<usize> {
    let found = sample.iter().filter_map(|y| match candidate_periods {
        None => super::find(y, None),
        Some(candidate_periods) => {
            candidate_periods.iter().copied().find(|m| super::is_seasonal(y, *m))
        }
    });
    let found: Vec<usize> = found.collect();
    let count = |m: &usize| found.iter().filter(|other| *other == m).count();
    let best = found.iter().copied().max_by_key(count)?;
    (2 * count(&best) >= sample.len()).then_some(best)
}

/// Mean of the autocorrelations of several series at one lag, with its standard error.
#[derive(Clone, Copy)]
struct MeanAutocorrelation {
    mean: f64,
    error: f64,
}

/// Sums of the autocorrelations of several series at one lag.
#[derive(Clone, Copy, Default)]
struct Sums {
    n: f64,
    sum: f64,
    squares: f64,
}

impl Sums {
    /// Mean; NaN of fewer than `enough` series.
    fn mean(self, enough: f64) -> MeanAutocorrelation {
        if self.n < enough {
            return MeanAutocorrelation { mean: f64::NAN, error: f64::NAN };
        }
        let mean = self.sum / self.n;
        let error = f64::sqrt(f64::max(self.squares / self.n - mean * mean, 0.0) / self.n);
        MeanAutocorrelation { mean, error }
    }
}

/// Mean autocorrelations of the series at the lags up to `most + 1`.
fn mean_autocorrelations(sample: &[&[f64]], most: usize) -> Vec<MeanAutocorrelation> {
    let mut sums = vec![Sums::default(); most + 2];
    for y in sample {
        let d = cut_steps(y);
        let lags = (d.len() / 2).min(most + 1);
        if d.iter().all(|d| *d == 0.0) || lags == 0 {
            continue;
        }
        for (sums, r) in sums.iter_mut().zip(autocorrelations(&d, lags)) {
            *sums = Sums { n: sums.n + 1.0, sum: sums.sum + r, squares: sums.squares + r * r };
        }
    }
    sums.into_iter().map(|sums| sums.mean(LEAST_SHARE * sample.len() as f64)).collect()
}

/// Seasonal period with a peak in the mean autocorrelation.
fn pooled(sample: &[&[f64]], candidate_periods: Option<&[usize]>) -> Option<usize> {
    let mut lengths: Vec<usize> = sample.iter().map(|y| y.len()).collect();
    lengths.sort_unstable();
    let most = (lengths[lengths.len() / 2] / 2).min(MAX_PERIOD);
    let r = mean_autocorrelations(sample, most);
    let is_peak = |m: &usize| {
        let MeanAutocorrelation { mean, error } = r[*m];
        let clear = mean > MIN_GAIN && mean > DEVIATIONS * error;
        let next = r[m + 1].mean;
        clear && mean > r[m - 1].mean && (mean > next || next.is_nan())
    };
    let peaks: Vec<usize> = match candidate_periods {
        Some(periods) => {
            periods.iter().copied().filter(|m| (2..=most).contains(m) && is_peak(m)).collect()
        }
        None => (2..=most).filter(is_peak).collect(),
    };
    let score = |m: &usize| repeated(&r, *m, most);
    let highest = peaks.iter().map(|m| r[*m].mean).fold(0.0, f64::max);
    let most_repeated = peaks.iter().map(score).fold(0.0, f64::max);
    peaks.into_iter().find(|m| r[*m].mean >= NEARLY * highest && score(m) >= NEARLY * most_repeated)
}

/// Score of period `m`. A season repeats, and a long period is seldom a whole number of time steps. So the score is the
/// mean of the autocorrelations at the period and its double, each the highest within a small neighborhood.
fn repeated(r: &[MeanAutocorrelation], m: usize, most: usize) -> f64 {
    let again = (1..=2_usize).map_while(|k| {
        let off = (k - 1).min(m / LONG);
        let near = r.get(k * m - off..(k * m + off + 1).min(most + 1))?;
        near.iter().map(|r| r.mean).reduce(f64::max)
    });
    let again: Vec<f64> = again.collect();
    again.iter().sum::<f64>() / again.len() as f64
}

/// First differences minus their mean, clipped at three standard deviations.
fn cut_steps(y: &[f64]) -> Vec<f64> {
    let mut d: Vec<f64> = y.windows(2).map(|w| w[1] - w[0]).collect();
    let mean = d.iter().sum::<f64>() / d.len() as f64;
    d.iter_mut().for_each(|d| *d -= mean);
    let mut sizes: Vec<f64> = d.iter().map(|d| d.abs()).collect();
    let middle = sizes.len() / 2;
    // 1.4826 medians of |d| are the standard deviation of a normal distribution.
    let limit = 3.0 * 1.4826 * *sizes.select_nth_unstable_by(middle, f64::total_cmp).1;
    if limit > 0.0 {
        d.iter_mut().for_each(|d| *d = d.clamp(-limit, limit));
    }
    d
}
