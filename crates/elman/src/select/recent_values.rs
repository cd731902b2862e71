//! Recent values of the series of a panel: input of the networks, without a constant beginning and without isolated
//! outliers.

use super::config::AutoForecaster;
use crate::data::{History, Series, TimeAxis, counted};
use crate::error::Result;
use crate::features::CovariateSchema;
use crate::season;
use crate::transforms::beginning::beginning;
use crate::transforms::outliers::{Outlier, outliers};

/// Most recent values in all; of each series the newest ones, at least [`MIN_KEPT`].
const MAX_VALUES: usize = 2_000_000;
const MIN_KEPT: usize = 1024;
/// Least number of series in a large panel, in which one odd series cannot dominate the others.
const MANY: usize = 8;

/// Recent values, with notes about the values that were left out, in sentences.
pub(crate) struct RecentValues<'a> {
    pub(crate) histories: Vec<History<'a>>,
    pub(crate) notes: Vec<String>,
}

/// The values of the series of a panel that a forecast leaves out: old values, a constant beginning, isolated outliers.
pub(crate) struct OddValuesRule {
    /// Most recent values of a series that are kept.
    keep: usize,
    of_many: bool,
    seasons: Vec<usize>,
}

impl OddValuesRule {
    /// For the series of `panel`; `seasons` are the seasonal periods, if they are given.
    pub(crate) fn of(panel: &[Series], seasons: Option<Vec<usize>>) -> Self {
        let keep = MIN_KEPT.max(MAX_VALUES / panel.len());
        let of_many = panel.len() >= MANY;
        let seasons = seasons.or_else(|| candidate_periods(panel));
        let seasons = seasons.unwrap_or_else(|| if of_many { Vec::new() } else { found(panel) });
        Self { keep, of_many, seasons }
    }

    /// Number of values of a constant beginning.
    pub(crate) fn beginning(&self, series: &Series) -> usize {
        beginning(&series.values, self.seasons.first().copied().unwrap_or(1), self.of_many)
    }

    /// Index of the first value that is kept.
    pub(crate) fn first_kept(&self, series: &Series) -> usize {
        series.len().saturating_sub(self.keep).max(self.beginning(series))
    }

    /// The values that a forecast reads, without covariates: the kept ones, with outliers masked.
    pub(crate) fn history<'a>(&self, series: &'a Series) -> History<'a> {
        let outliers = self.outliers(series, 0).into_iter().map(|outlier| outlier.range);
        History::new(&series.values[self.first_kept(series)..]).without(outliers)
    }

    /// Isolated outliers of the kept values, with indexes from the first of these. The last `held_back` values are never
    /// outliers.
    pub(crate) fn outliers(&self, series: &Series, held_back: usize) -> Vec<Outlier> {
        let values = &series.values[self.first_kept(series)..];
        let known = values.len().saturating_sub(held_back);
        outliers(&values[..known], &self.seasons, self.of_many)
    }
}

/// Recent values of each series, with covariates known `horizon` steps ahead. The last `held_back` values are never
/// outliers: forecasts are compared with them.
pub(crate) fn recent_values<'a>(
    panel: &'a [Series],
    encoding: &CovariateSchema,
    settings: &AutoForecaster,
    horizon: usize,
    held_back: usize,
) -> Result<RecentValues<'a>> {
    let rule = OddValuesRule::of(panel, settings.seasons.clone());
    let places = Places::of(panel);
    let mut notes = Vec::new();
    let history = |series: &'a Series| {
        let begins = rule.beginning(series);
        if begins > 0 {
            notes.push(begun(series, begins));
        }
        let from = rule.first_kept(series);
        let values = &series.values[from..];
        let covariates = encoding.encode(series, from, horizon)?;
        let place = places.as_ref().and_then(|places| places.of_value(series, from));
        let history = History { covariates, place, name: &series.name, ..History::new(values) };
        if settings.keep_outliers {
            return Ok(history);
        }
        let found = rule.outliers(series, held_back);
        notes.extend(found.iter().map(|outlier| left_out(series, from, outlier)));
        Ok(history.without(found.into_iter().map(|outlier| outlier.range)))
    };
    let histories = panel.iter().map(history).collect::<Result<_>>()?;
    Ok(RecentValues { histories, notes })
}

/// Seasonal periods that the calendar suggests; `None` without dates.
pub(crate) fn candidate_periods(panel: &[Series]) -> Option<Vec<usize>> {
    panel[0].frequency().map(season::natural)
}

/// Seasonal periods of a few series without dates.
fn found(panel: &[Series]) -> Vec<usize> {
    let histories: Vec<History<'_>> =
        panel.iter().map(|series| History::new(&series.values)).collect();
    season::common_periods(
        &histories.iter().map(|history| &history.filled[..]).collect::<Vec<_>>(),
        None,
    )
}

fn begun(series: &Series, begins: usize) -> String {
    format!(
        "series `{}` begins at {}: the {} before are all {}, and left out",
        series.name,
        series.label(begins),
        counted(begins, "value"),
        series.values[0]
    )
}

fn left_out(series: &Series, from: usize, outlier: &Outlier) -> String {
    let Outlier { range, ratio } = outlier;
    let (first, last) = (series.label(from + range.start), series.label(from + range.end - 1));
    let when = match range.len() {
        1 => first,
        _ => format!("{first} to {last}"),
    };
    let times = match *ratio {
        below if below < 1.0 => format!("1/{:.0}", 1.0 / below),
        above => format!("{above:.0} times"),
    };
    format!(
        "series `{}`: {when} is {times} of its seasonal value, and masked as an outlier; `--keep-outliers` keeps the value",
        series.name
    )
}

/// Dates of the longest series, by which the other series are aligned with it.
struct Places(Vec<f64>);

impl Places {
    /// `None` without dates, and if no series is shorter than half of the longest one: then no season is borrowed.
    fn of(panel: &[Series]) -> Option<Self> {
        let longest = panel.iter().max_by_key(|series| series.len())?;
        let shortest = panel.iter().map(Series::len).min()?;
        let has_dates = |series: &Series| !matches!(series.time, TimeAxis::Steps { .. });
        let asked = 2 * shortest < longest.len() && panel.iter().all(has_dates);
        asked.then(|| Self((0..longest.len()).map(|i| longest.position(i)).collect()))
    }

    /// Index in the longest series of value `from` of `series`, by date; `None` if no value has a date in that series.
    fn of_value(&self, series: &Series, from: usize) -> Option<i64> {
        let place = |i: usize| {
            let at = self.0.binary_search_by(|x| x.total_cmp(&series.position(i))).ok()?;
            Some(at as i64 - (i - from) as i64)
        };
        (from..series.len()).find_map(place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outlier_is_named_with_its_dates() {
        let mut values = vec![10.0; 90];
        values[85] = 0.01;
        let series = Series::counted("sales", values);
        let settings = AutoForecaster::new(3);
        let panel = [series];
        let encoding = CovariateSchema::of(&panel, false, 3).unwrap();
        let newest_of = |settings: &AutoForecaster, held_back| {
            recent_values(&panel, &encoding, settings, 0, held_back).unwrap()
        };
        let found = newest_of(&settings, 0);
        let expected = "series `sales`: 86 is 1/1000 of its seasonal value, and masked as an outlier; `--keep-outliers` keeps the value";
        assert_eq!(found.notes, [expected]);
        assert!(found.histories[0].values[85].is_nan() && found.histories[0].filled[85] == 10.0);
        // The outlier stays with `keep_outliers`, and among values that are held back.
        let kept = AutoForecaster { keep_outliers: true, ..settings.clone() };
        assert!(newest_of(&kept, 0).notes.is_empty() && newest_of(&settings, 5).notes.is_empty());
    }
}
