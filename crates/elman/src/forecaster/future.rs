//! A forecast of one series.

use crate::data::calendar::FutureIndex;
use crate::io::write::{self, When};
use crate::report::{Axis, Color, Mark, Picture, Shape};

use super::about::RecentHistory;

/// A forecast of the values after the last one.
#[derive(Debug, Clone, PartialEq)]
pub struct Forecast {
    /// The name of the series.
    pub series: String,
    /// Dates or numbers of the values, formatted as in the data.
    pub labels: Vec<String>,
    /// Positions for a chart: the number of the time step, or seconds since 1970-01-01.
    pub positions: Vec<f64>,
    /// The values, in the data's units.
    pub values: Vec<f64>,
    /// Whether each time step exists: the hour that a local clock skips in spring does not.
    pub(super) real: Vec<bool>,
    pub(super) axis: Axis,
    pub(super) tail: RecentHistory,
    when: Vec<When>,
}

impl Forecast {
    pub(super) fn new(
        series: &str,
        clock: &FutureIndex,
        tail: &RecentHistory,
        values: Vec<f64>,
    ) -> Self {
        let steps = 1..=values.len();
        Self {
            series: series.to_owned(),
            labels: steps.clone().map(|k| clock.label(k)).collect(),
            positions: steps.clone().map(|k| clock.position(k)).collect(),
            real: steps.map(|k| clock.exists(k)).collect(),
            axis: Axis::of(clock),
            tail: tail.clone(),
            when: (1..=values.len()).map(|k| When::after(clock, k)).collect(),
            values,
        }
    }

    /// The rows of a table with Nixtla's columns.
    pub fn rows(&self) -> impl Iterator<Item = write::Row<'_>> + Clone {
        let all = self.when.iter().zip(&self.values).zip(&self.real);
        all.filter(|(_, real)| **real).map(|((ds, &elman), _)| write::Row {
            unique_id: &self.series,
            ds: ds.clone(),
            elman,
            tested: None,
            bounds: Vec::new(),
        })
    }

    /// A chart of the last known values and the forecast after them.
    pub fn picture(&self) -> Picture {
        let known = self.tail.positions.iter().copied().zip(self.tail.values.iter().copied());
        // Three times as many known values as forecasts, so that both are readable.
        let shown = (3 * self.values.len()).max(60);
        let past: Vec<_> = known.clone().skip(known.len().saturating_sub(shown)).collect();
        let future = self.positions.iter().copied().zip(self.values.iter().copied());
        let rule = past.last().map(|&(x, _)| (x, "forecast".to_owned()));
        let joined: Vec<_> = past.last().copied().into_iter().chain(future).collect();
        Picture {
            x_axis: self.axis,
            vertical_rules: rule.into_iter().collect(),
            ..Picture::new(format!("{}: {} steps ahead", self.series, self.values.len()))
        }
        .with(Mark::new("actual", Color::Red, Shape::Line, past))
        .with(Mark::new("forecast", Color::Blue, Shape::Line, joined))
    }
}
