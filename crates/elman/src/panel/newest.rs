//! The newest values of the series of a panel, as they are walked over: without what came before a series began to move, and
//! without isolated outliers.

use super::beginning::beginning;
use super::beside::Encoding;
use super::forecaster::{PanelSettings, natural};
use super::outliers::{Outlier, outliers};
use super::past::Past;
use super::seasons;
use crate::error::Result;
use crate::series::{Series, TimeAxis, counted};

/// Values that are looked at in all; of each series the newest, [`LEAST_KEPT`] at least.
const MOST_VALUES: usize = 2_000_000;
const LEAST_KEPT: usize = 1024;
/// Series from which on a panel is a large one: one that is odd does not decide over the others.
const MANY: usize = 8;

/// The newest values, and what was left out of them, in sentences.
pub(super) struct Newest<'a> {
    pub(super) pasts: Vec<Past<'a>>,
    pub(super) notes: Vec<String>,
}

/// Of each series, with covariates known `horizon` steps ahead. Of the last `held_back` values none is an outlier: they are
/// what forecasts are compared with.
pub(super) fn newest<'a>(
    panel: &'a [Series],
    encoding: &Encoding,
    settings: &PanelSettings,
    horizon: usize,
    held_back: usize,
) -> Result<Newest<'a>> {
    let keep = LEAST_KEPT.max(MOST_VALUES / panel.len());
    let of_many = panel.len() >= MANY;
    let seasons = settings.seasons.clone().or_else(|| natural(panel));
    let seasons = seasons.unwrap_or_else(|| if of_many { Vec::new() } else { found(panel) });
    let places = Places::of(panel);
    let mut notes = Vec::new();
    let past = |series: &'a Series| {
        let begins = beginning(&series.values, seasons.first().copied().unwrap_or(1), of_many);
        if begins > 0 {
            notes.push(begun(series, begins));
        }
        let from = series.len().saturating_sub(keep).max(begins);
        let values = &series.values[from..];
        let beside = encoding.beside(series, from, horizon)?;
        let place = places.as_ref().and_then(|places| places.of_value(series, from));
        let past = Past { beside, place, name: &series.name, ..Past::new(values) };
        if settings.keep_outliers {
            return Ok(past);
        }
        let known = values.len().saturating_sub(held_back);
        let found = outliers(&values[..known], &seasons, of_many);
        notes.extend(found.iter().map(|outlier| left_out(series, from, outlier)));
        Ok(past.without(found.into_iter().map(|outlier| outlier.range)))
    };
    let pasts = panel.iter().map(past).collect::<Result<_>>()?;
    Ok(Newest { pasts, notes })
}

/// The seasons of a few series without dates.
fn found(panel: &[Series]) -> Vec<usize> {
    let pasts: Vec<Past<'_>> = panel.iter().map(|series| Past::new(&series.values)).collect();
    seasons::seasons(&pasts.iter().map(|past| &past.filled[..]).collect::<Vec<_>>(), None)
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
        "series `{}`: {when} is {times} of its season, and left out as an outlier; `--keep-outliers` keeps it",
        series.name
    )
}

/// The dates of the longest series, by which the others find their place beside it.
struct Places(Vec<f64>);

impl Places {
    /// `None` without dates, and where no series is much shorter than another, so that nobody asks.
    fn of(panel: &[Series]) -> Option<Self> {
        let longest = panel.iter().max_by_key(|series| series.len())?;
        let shortest = panel.iter().map(Series::len).min()?;
        let has_dates = |series: &Series| !matches!(series.time, TimeAxis::Steps { .. });
        let asked = 2 * shortest < longest.len() && panel.iter().all(has_dates);
        asked.then(|| Self((0..longest.len()).map(|i| longest.position(i)).collect()))
    }

    /// Where value `from` of `series`, and so its first, would stand in the longest one, if one of its values has a date
    /// there.
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
        let settings = PanelSettings::new(3);
        let panel = [series];
        let encoding = Encoding::of(&panel, false, 3).unwrap();
        let newest_of = |settings: &PanelSettings, held_back| {
            newest(&panel, &encoding, settings, 0, held_back).unwrap()
        };
        let found = newest_of(&settings, 0);
        let expected = "series `sales`: 86 is 1/1000 of its season, and left out as an outlier; `--keep-outliers` keeps it";
        assert_eq!(found.notes, [expected]);
        assert!(found.pasts[0].values[85].is_nan() && found.pasts[0].filled[85] == 10.0);
        // It stays where that is asked for, and where it is to be forecast.
        let kept = PanelSettings { keep_outliers: true, ..settings.clone() };
        assert!(newest_of(&kept, 0).notes.is_empty() && newest_of(&settings, 5).notes.is_empty());
    }
}
