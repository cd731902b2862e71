//! Description of one series.

use std::ops::Range;

use serde::Serialize;

use super::value_counts::ValueCounts;
use crate::data::calendar::Timestamp;
use crate::data::{History, Series};
use crate::season::common_periods;
use crate::select::{OddValuesRule, candidate_periods};

/// Least length of a constant stretch that is reported, in values.
const MIN_CONSTANT: usize = 4;

/// Description of a series, as a forecast reads it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SeriesDescription {
    /// Name of the series.
    pub name: String,
    /// Number of values, with missing ones and those of absent dates.
    pub values: usize,
    /// Date or number of the first value.
    pub first: String,
    /// Date or number of the last value.
    pub last: String,
    /// Time steps between the last value and the last value of the panel, in its frequency.
    pub steps_before_end: usize,
    /// Counts of its rows and values.
    #[serde(flatten)]
    pub counts: ValueCounts,
    /// Least value; `None` if no value is known.
    pub min: Option<f64>,
    /// Mean of the known values.
    pub mean: Option<f64>,
    /// Largest value.
    pub max: Option<f64>,
    /// Isolated outliers near the end, which a forecast masks.
    pub outliers: Vec<OutlierStretch>,
    /// Values of a constant beginning, which a forecast leaves out.
    pub constant_beginning: usize,
    /// Longest stretch of equal values, of four and more.
    pub longest_constant: Option<ConstantStretch>,
    /// Seasonal periods in time steps, of this series alone.
    pub seasons: Vec<usize>,
}

/// Stretch of outliers.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OutlierStretch {
    /// Indexes in the series.
    #[serde(skip)]
    pub range: Range<usize>,
    /// Number of values.
    pub values: usize,
    /// Date or number of the first outlier.
    pub first: String,
    /// Date or number of the last outlier.
    pub last: String,
    /// Median ratio of the outliers to their seasonal values.
    pub ratio: f64,
}

/// Stretch of equal values.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ConstantStretch {
    /// Number of values.
    pub values: usize,
    /// Date or number of the first.
    pub first: String,
    /// Date or number of the last.
    pub last: String,
    /// The value.
    pub value: f64,
}

impl SeriesDescription {
    /// Describes `series`; `rows` are the counts of its rows in the file, `end` is the last date of the panel.
    pub(super) fn of(
        series: &Series,
        rows: ValueCounts,
        rule: &OddValuesRule,
        end: Option<Timestamp>,
    ) -> Self {
        let known = || series.values.iter().copied().filter(|y| !y.is_nan());
        let count = known().count();
        let some = |y: f64| (count > 0).then_some(y);
        Self {
            name: series.name.clone(),
            values: series.len(),
            first: series.label(0),
            last: series.label(series.len().saturating_sub(1)),
            steps_before_end: steps_before(series, end),
            counts: ValueCounts {
                zeros: known().filter(|y| *y == 0.0).count(),
                negative: known().filter(|y| *y < 0.0).count(),
                ..rows
            },
            min: some(known().fold(f64::INFINITY, f64::min)),
            mean: some(known().sum::<f64>() / count as f64),
            max: some(known().fold(f64::NEG_INFINITY, f64::max)),
            outliers: outliers(series, rule),
            constant_beginning: rule.beginning(series),
            longest_constant: longest_constant(series),
            seasons: seasons(std::slice::from_ref(series), rule),
        }
    }

    /// Values that are odd or not known: absent, missing, merged, outliers and a constant beginning.
    pub fn troubles(&self) -> usize {
        let outliers: usize = self.outliers.iter().map(|outlier| outlier.values).sum();
        let ValueCounts { absent_dates, uneven_steps, missing, duplicates, .. } = self.counts;
        absent_dates + uneven_steps + missing + duplicates + outliers + self.constant_beginning
    }
}

fn outliers(series: &Series, rule: &OddValuesRule) -> Vec<OutlierStretch> {
    let from = rule.first_kept(series);
    let stretch = |range: Range<usize>, ratio| OutlierStretch {
        values: range.len(),
        first: series.label(range.start),
        last: series.label(range.end - 1),
        range,
        ratio,
    };
    let found = rule.outliers(series, 0).into_iter();
    found.map(|o| stretch(from + o.range.start..from + o.range.end, o.ratio)).collect()
}

/// The longest stretch of equal values; the last of several. A missing value ends a stretch.
fn longest_constant(series: &Series) -> Option<ConstantStretch> {
    let mut at = 0;
    let stretches = series.values.chunk_by(|a, b| a == b).map(|stretch| {
        at += stretch.len();
        at - stretch.len()..at
    });
    let longest = stretches.max_by_key(|range| range.len())?;
    (longest.len() >= MIN_CONSTANT).then(|| ConstantStretch {
        values: longest.len(),
        first: series.label(longest.start),
        last: series.label(longest.end - 1),
        value: series.values[longest.start],
    })
}

/// Seasonal periods that the series of `panel` have in common, in the values that a forecast reads.
pub(super) fn seasons(panel: &[Series], rule: &OddValuesRule) -> Vec<usize> {
    let histories: Vec<History<'_>> = panel.iter().map(|series| rule.history(series)).collect();
    let filled: Vec<&[f64]> = histories.iter().map(|history| &history.filled[..]).collect();
    common_periods(&filled, candidate_periods(panel).as_deref())
}

/// Most steps that are counted from the end of a series to the end of the panel.
const MAX_STEPS: usize = 10_000;

fn steps_before(series: &Series, end: Option<Timestamp>) -> usize {
    let Some(end) = end else { return 0 };
    let clock = series.clock();
    let is_before = |k: &usize| clock.stamp(*k).is_some_and(|stamp| stamp <= end);
    (1..=MAX_STEPS).take_while(is_before).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_constant_stretch_has_its_dates() {
        let values = [vec![1.0, 2.0], vec![3.0; 5], vec![f64::NAN; 9], vec![3.0; 4]].concat();
        let found = longest_constant(&Series::counted("y", values)).unwrap();
        assert_eq!(
            (found.values, &found.first[..], &found.last[..], found.value),
            (5, "3", "7", 3.0)
        );
        assert_eq!(longest_constant(&Series::counted("y", vec![1.0, 1.0, 1.0, 2.0])), None);
    }

    #[test]
    fn outliers_are_those_of_a_forecast() {
        let mut values: Vec<f64> = (0..100).map(|t| 50.0 + f64::from(t % 5)).collect();
        values[94] = 5000.0;
        let series = Series::counted("y", values);
        let rule = OddValuesRule::of(std::slice::from_ref(&series), None);
        let described =
            SeriesDescription::of(&series, ValueCounts::of_rows(&series, 3), &rule, None);
        assert_eq!(described.outliers.len(), 1);
        assert_eq!((&described.outliers[0].first[..], described.outliers[0].values), ("95", 1));
        assert_eq!((described.troubles(), described.counts.duplicates), (4, 3));
        assert_eq!(described.seasons, [5]);
    }
}
