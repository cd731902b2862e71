//! Forecast of a panel.

use super::selection::SelectionReport;
use crate::data::calendar::Until;
use crate::data::{PredictionInterval, Series, bounds};
use crate::error::Result;
use crate::io::write::{self, When};

/// Forecast of a panel, with prediction intervals and the report of model selection.
#[derive(Debug, Clone)]
pub struct Forecast {
    /// For each series, the forecast of the values after its last one.
    pub values: Vec<Vec<f64>>,
    /// Levels of the intervals, in per cent.
    pub levels: Vec<f64>,
    /// For each series, its prediction intervals, one for each level; empty where too few errors are known.
    pub intervals: Vec<Vec<PredictionInterval>>,
    /// Report of model selection, with the validation errors.
    pub selection: SelectionReport,
    /// Notes for the reader, in sentences: data that were left out, results that are missing, and the reasons.
    pub notes: Vec<String>,
}

impl Forecast {
    /// Truncates the forecasts after a date. Series that end later need fewer steps to reach it. Returns the number of
    /// series that end after the date and have no forecast at all.
    ///
    /// # Errors
    /// As [`Until::steps`].
    pub fn cut(&mut self, panel: &[Series], until: &Until) -> Result<usize> {
        let mut ended = 0;
        for (series, (values, intervals)) in
            panel.iter().zip(self.values.iter_mut().zip(&mut self.intervals))
        {
            let steps = until.steps(&series.clock())?;
            ended += usize::from(steps == 0);
            values.truncate(steps);
            for interval in intervals {
                interval.lower.truncate(steps);
                interval.upper.truncate(steps);
            }
        }
        Ok(ended)
    }

    /// The forecast of series number `series` alone.
    pub fn of_one(&self, series: usize) -> Self {
        Self {
            values: vec![self.values[series].clone()],
            intervals: vec![self.intervals[series].clone()],
            ..self.clone()
        }
    }

    /// Rows of a table with Nixtla's columns; `panel` is the forecast panel.
    pub fn rows<'a>(&'a self, panel: &'a [Series]) -> impl Iterator<Item = write::Row<'a>> + Clone {
        panel.iter().zip(&self.values).zip(&self.intervals).flat_map(
            move |((series, values), intervals)| {
                let clock = series.clock();
                let real = clock.clone();
                let real = values.iter().enumerate().filter(move |(k, _)| real.exists(k + 1));
                real.map(move |(k, &elman)| write::Row {
                    unique_id: &series.name,
                    ds: When::after(&clock, k + 1),
                    elman,
                    tested: None,
                    bounds: bounds(&self.levels, intervals, k),
                    more: Vec::new(),
                })
            },
        )
    }
}
