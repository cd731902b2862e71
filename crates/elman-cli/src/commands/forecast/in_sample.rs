//! `--insample FILE`: forecasts of the known values, one step ahead, and the values outside their intervals.

use std::path::Path;

use elman::data::{History, PredictionInterval, Series, counted};
use elman::io::write::{Columns, Row, When};
use elman::models::pretrained::{FrequencyClass, PastValues, Pretrained};
use elman::select::{FittedForecaster, SelectionReport};

use crate::failure::Failure;
use crate::files;

/// Most values outside their interval that are printed.
const MAX_PRINTED: usize = 8;

/// Forecasts of the values of one series, one step ahead.
struct InSample<'a> {
    series: &'a Series,
    /// Index of the first value with a forecast.
    first: usize,
    median: Vec<f64>,
    intervals: Vec<PredictionInterval>,
}

impl<'a> InSample<'a> {
    /// By the pretrained network; `None` for a series of one value.
    fn of(
        series: &'a Series,
        selection: &SelectionReport,
        levels: &[f64],
    ) -> Result<Option<Self>, Failure> {
        if series.len() < 2 {
            return Ok(None);
        }
        let history = History::new(&series.values);
        let class = series.frequency().and_then(FrequencyClass::of);
        let past = PastValues { values: &history.filled, periods: &selection.seasons, class };
        let (first, forecast) = Pretrained::shipped()?.in_sample(past, None)?;
        let intervals = levels.iter().map(|level| forecast.interval(*level)).collect();
        Ok(Some(Self { series, first, median: forecast.median(), intervals }))
    }

    /// Whether value `k` with a forecast is outside its widest interval; a missing value is not.
    fn is_outside(&self, k: usize) -> bool {
        let y = self.series.values[self.first + k];
        self.intervals.last().is_some_and(|widest| y < widest.lower[k] || y > widest.upper[k])
    }

    /// Time steps of the values outside, the newest first.
    fn outside(&self) -> impl Iterator<Item = usize> {
        (0..self.median.len()).rev().filter(|k| self.is_outside(*k)).map(|k| self.first + k)
    }

    fn rows(&self) -> impl Iterator<Item = Row<'_>> + Clone {
        let at = |t: usize| When::of_value(self.series, t);
        (0..self.median.len()).map(move |k| Row {
            unique_id: &self.series.name,
            ds: at(self.first + k),
            tested: Some((at(self.first + k - 1), self.series.values[self.first + k])),
            elman: self.median[k],
            bounds: self.intervals.iter().map(|i| (i.lower[k], i.upper[k])).collect(),
            more: vec![f64::from(u8::from(self.is_outside(k)))],
        })
    }
}

/// Writes the forecasts of the known values of `panel` to `file`. Returns a sentence about the values outside.
pub fn write(
    file: &Path,
    fitted: &FittedForecaster,
    selection: &SelectionReport,
    panel: &[Series],
    safe: bool,
) -> Result<String, Failure> {
    let mut levels = fitted.settings.levels.clone();
    levels.sort_by(f64::total_cmp);
    let mut all = Vec::new();
    for series in panel {
        all.extend(InSample::of(series, selection, &levels)?);
    }
    let columns = Columns { more: vec!["outside".to_owned()], ..Columns::with(&levels) };
    files::write_table(file, &columns, all.iter().flat_map(InSample::rows), safe)?;
    Ok(sentence(&all, levels.last().copied()))
}

/// The values outside their widest interval, and where: the newest first.
fn sentence(all: &[InSample<'_>], widest: Option<f64>) -> String {
    let Some(level) = widest else { return "in-sample forecasts without intervals".to_owned() };
    let values: usize = all.iter().map(|one| one.median.len()).sum();
    let outside: Vec<(&InSample<'_>, usize)> =
        all.iter().flat_map(|one| one.outside().map(move |t| (one, t))).collect();
    let label = |(one, t): &(&InSample<'_>, usize)| match all.len() {
        1 => one.series.label(*t),
        _ => format!("`{}` {}", one.series.name, one.series.label(*t)),
    };
    let labels: Vec<String> = outside.iter().take(MAX_PRINTED).map(label).collect();
    let rest = if outside.len() > labels.len() { ", …" } else { "" };
    let colon = if labels.is_empty() { "" } else { ": " };
    format!(
        "in-sample: {} of {} outside the {level} % interval of the forecast one step ahead{colon}{}{rest}",
        outside.len(),
        counted(values, "value"),
        labels.join(", ")
    )
}
