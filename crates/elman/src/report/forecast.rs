//! Charts of forecasts.

use super::{Axis, Band, Color, Mark, Picture, Shape};
use crate::data::Series;
use crate::select::{Assumption, Forecast};

impl Forecast {
    /// Chart of the last values of `series`, which is series number `number`, followed by its forecast.
    pub fn picture(&self, series: &Series, number: usize) -> Picture {
        let (values, n) = (&self.values[number], series.len());
        // Three times as much history as forecast, so that both can be read.
        let shown = n.saturating_sub((3 * values.len()).max(60))..n;
        // A missing value breaks the line.
        let history: Vec<_> = shown.map(|i| (series.position(i), series.values[i])).collect();
        let clock = series.clock();
        let at = |k: usize| clock.position(k + 1);
        let last = history.iter().rfind(|(_, y)| !y.is_nan()).copied();
        let future = values.iter().enumerate().map(|(k, y)| (at(k), *y));
        let intervals = self.intervals[number].iter().rev().map(|interval| {
            let bounds = interval.lower.iter().zip(&interval.upper).enumerate();
            let points = last.map(|(x, y)| (x, y, y)).into_iter();
            let points = points.chain(bounds.map(|(k, (low, high))| (at(k), *low, *high)));
            Band::new(format!("{} %", interval.level), Color::Blue, points.collect())
        });
        Picture {
            x_axis: Axis::of(&clock),
            vertical_rules: last.map(|(x, _)| (x, "forecast".to_owned())).into_iter().collect(),
            bands: intervals.collect(),
            ..Picture::new(format!("{}: {} steps ahead", series.name, values.len()))
        }
        .with(Mark::new("actual", Color::Red, Shape::Line, history.clone()))
        .with(Mark::new(
            "forecast",
            Color::Blue,
            Shape::Line,
            last.into_iter().chain(future).collect(),
        ))
    }

    /// `picture`, the chart of another forecast of `series`, with this one after the values of `assumed`: a dashed line of
    /// another color, its narrowest interval, and the assumed values.
    pub fn picture_if(
        &self,
        mut picture: Picture,
        series: &Series,
        number: usize,
        assumed: &Assumption,
    ) -> Picture {
        let clock = series.clock();
        let at = |k: usize| clock.position(k + 1);
        let last = (0..series.len()).rev().find(|i| !series.values[*i].is_nan());
        let last = last.map(|i| (series.position(i), series.values[i]));
        let future = self.values[number].iter().enumerate().map(|(k, y)| (at(k), *y));
        let given = assumed.values().iter().enumerate().map(|(k, y)| (at(k), *y));
        if let Some(interval) = self.intervals[number].first() {
            let bounds = interval.lower.iter().zip(&interval.upper).enumerate();
            let points = bounds.skip(assumed.len().saturating_sub(1));
            let points = points.map(|(k, (low, high))| (at(k), *low, *high)).collect();
            let label = format!("{} % if assumed", interval.level);
            picture.bands.push(Band::new(label, Color::Orange, points));
        }
        picture
            .with(Mark::new(
                "forecast if assumed",
                Color::Orange,
                Shape::DashedLine,
                last.into_iter().chain(future).collect(),
            ))
            .with(Mark::new("assumed", Color::Orange, Shape::Dots, given.collect()))
    }
}
