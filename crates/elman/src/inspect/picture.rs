//! Picture of a described series: its values, the stretches without values, and the outliers.

use super::data::DataInspection;
use crate::data::Series;
use crate::report::{Axis, Band, Color, Mark, Picture, Shape};

impl DataInspection {
    /// Picture of series number `number`, with gaps and missing values shaded and outliers marked.
    pub fn picture(&self, number: usize) -> Picture {
        let (series, described) = (&self.panel[number], &self.series[number]);
        let point = |i: usize| (series.position(i), series.values[i]);
        let values = (0..series.len()).map(point).collect();
        let outliers = described.outliers.iter().flat_map(|o| o.range.clone()).map(point);
        let outliers: Vec<(f64, f64)> = outliers.collect();
        let mut picture = Picture {
            x_axis: Axis::of(&series.clock()),
            bands: missing(series, described.min, described.max).into_iter().collect(),
            ..Picture::new(&series.name)
        }
        .with(Mark::new("values", Color::Blue, Shape::Line, values));
        if !outliers.is_empty() {
            picture = picture.with(Mark::new("outliers", Color::Red, Shape::Rings, outliers));
        }
        picture
    }
}

/// Shaded area over the stretches without a value, from the known value before to the one after.
fn missing(series: &Series, min: Option<f64>, max: Option<f64>) -> Option<Band> {
    let (low, high) = min.zip(max)?;
    let mut points = Vec::new();
    let mut at = 0;
    for stretch in series.values.chunk_by(|a, b| a.is_nan() == b.is_nan()) {
        let range = at..at + stretch.len();
        at = range.end;
        if stretch[0].is_nan() {
            let from = series.position(range.start.saturating_sub(1));
            let to = series.position(range.end.min(series.len() - 1));
            points.extend([(from, low, high), (to, low, high), (f64::NAN, low, high)]);
        }
    }
    (!points.is_empty()).then(|| Band::new("no value", Color::Orange, points))
}
