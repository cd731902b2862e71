//! The series that a forecaster was trained on, in short: to note that a model is used on other data.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use super::notes::named;
use crate::data::calendar::Frequency;
use crate::data::{Series, thousands};

/// Most names that a model file keeps.
const MAX_NAMES: usize = 1000;

/// The series of a training.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct TrainedOn {
    /// Frequency of the series; `None` without dates.
    pub frequency: Option<Frequency>,
    /// Number of series.
    pub series: usize,
    /// Number of values of all series; 0 in a file of a version that did not keep it.
    #[serde(default)]
    pub values: usize,
    /// Names of the first series, at most 1000.
    pub names: Vec<String>,
    /// The earliest date of all series, as the data write it, and its place on the time axis; `None` without dates.
    #[serde(default)]
    pub first: Option<(String, f64)>,
    /// The latest date of all series, and its place; `None` without dates.
    pub last: Option<(String, f64)>,
}

impl TrainedOn {
    /// The first values of each series of `panel`, up to its number in `lengths`.
    pub(crate) fn of(panel: &[Series], lengths: impl Iterator<Item = usize>) -> Self {
        let lengths: Vec<usize> = lengths.collect();
        let date = |series: &Series, at: usize| {
            series.frequency().map(|_| (series.label(at), series.position(at)))
        };
        let known = || panel.iter().zip(&lengths).filter(|(_, len)| **len > 0);
        let by_place = |a: &(String, f64), b: &(String, f64)| a.1.total_cmp(&b.1);
        Self {
            frequency: panel.first().and_then(Series::frequency),
            series: panel.len(),
            values: lengths.iter().sum(),
            names: panel.iter().take(MAX_NAMES).map(|series| series.name.clone()).collect(),
            first: known().filter_map(|(series, _)| date(series, 0)).min_by(by_place),
            last: known().filter_map(|(series, len)| date(series, len - 1)).max_by(by_place),
        }
    }

    /// Frequency of the data.
    pub(crate) fn frequency(&self) -> Option<Frequency> {
        self.frequency
    }

    /// Notes on a `panel` that is not the one of the training.
    pub(crate) fn notes(&self, panel: &[Series]) -> Vec<String> {
        let mut notes = Vec::new();
        let frequency = panel.first().and_then(Series::frequency);
        if self.series > 0 && frequency != self.frequency {
            let words = |frequency: Option<Frequency>| {
                frequency.map_or("without dates".to_owned(), |frequency| frequency.to_string())
            };
            notes.push(format!(
                "the model was trained on data that are {}, and these data are {}: train a new model, or set `--freq`",
                words(self.frequency),
                words(frequency)
            ));
        }
        // Where the file has the first names only, an unknown name tells nothing.
        let has_all = self.series == self.names.len() && self.series > 0;
        let names: HashSet<&str> = self.names.iter().map(String::as_str).collect();
        let is_other = |name: &&str| has_all && !names.contains(name);
        let others: Vec<&str> =
            panel.iter().map(|series| &series.name[..]).filter(is_other).collect();
        if !others.is_empty() {
            notes.push(format!(
                "{}: not in the training data ({}): the reported errors and the intervals may be wrong for these series",
                named(&others),
                format_args!("{} series", thousands(self.series))
            ));
        }
        if let Some((label, last)) = &self.last {
            let begins_later = |series: &&Series| series.position(0) > *last;
            let later: Vec<&str> =
                panel.iter().filter(begins_later).map(|series| &series.name[..]).collect();
            if !later.is_empty() {
                notes.push(format!(
                    "{}: the values begin after {label}, the end of the training data; give the whole history, because the networks run \
                     over the history first",
                    named(&later)
                ));
            }
        }
        notes
    }

    /// Note on the cutoffs of a backtest that lie before the end of the training; `first` is the place on the time axis of
    /// the first value that is forecast.
    pub(crate) fn seen(&self, first: f64) -> Option<String> {
        let (label, _) = self.last.as_ref().filter(|(_, last)| first <= *last)?;
        Some(format!(
            "the model was trained on values up to {label}, and some of these forecasts are for such values: their errors are \
             too small; choose fewer `--n-windows`"
        ))
    }
}
