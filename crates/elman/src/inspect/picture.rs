//! Picture of a described series: its values, the stretches without values, and the outliers.

use super::data::DataInspection;
use super::series::SeriesDescription;
use crate::data::Series;
use crate::report::{Axis, Band, Color, Mark, Picture, Shape};

/// Points of a line, at most: more than the pixels of a page.
const MAX_POINTS: usize = 4000;

impl DataInspection {
    /// Picture of series number `number`, with gaps and missing values shaded and outliers marked.
    pub fn picture(&self, number: usize) -> Picture {
        let (series, described) = (&self.panel[number], &self.series[number]);
        let outliers = described.outliers.iter().flat_map(|outlier| outlier.range.clone());
        let outliers: Vec<(f64, f64)> = outliers.map(|i| point(series, i)).collect();
        let picture = Picture { x_axis: Axis::of(&series.clock()), ..Picture::new(&series.name) };
        let mut picture = with_gaps(picture, series, described).with(Mark::new(
            "values",
            Color::Blue,
            Shape::Line,
            thinned(series),
        ));
        if !outliers.is_empty() {
            picture = picture.with(Mark::new("outliers", Color::Red, Shape::Rings, outliers));
        }
        picture
    }
}

fn point(series: &Series, i: usize) -> (f64, f64) {
    (series.position(i), series.values[i])
}

/// The values; of a long series the least and the largest value of each stretch, so that no peak is lost. A missing value
/// breaks the line.
fn thinned(series: &Series) -> Vec<(f64, f64)> {
    let n = series.len();
    if n <= MAX_POINTS {
        return (0..n).map(|i| point(series, i)).collect();
    }
    let size = (2 * n).div_ceil(MAX_POINTS);
    let value = |i: &usize| series.values[*i];
    let of_stretch = |start: usize| {
        let range = start..(start + size).min(n);
        let known = || range.clone().filter(|i| !series.values[*i].is_nan());
        let least = known().min_by(|a, b| value(a).total_cmp(&value(b))).unwrap_or(start);
        let largest = known().max_by(|a, b| value(a).total_cmp(&value(b))).unwrap_or(start);
        [least.min(largest), least.max(largest)]
    };
    (0..n).step_by(size).flat_map(of_stretch).map(|i| point(series, i)).collect()
}

/// Shades the stretches without a value, from the known value before to the one after, and marks each below the values: on
/// a page of years, an hour is too narrow to be seen.
fn with_gaps(mut picture: Picture, series: &Series, described: &SeriesDescription) -> Picture {
    let Some((low, high)) = described.min.zip(described.max) else { return picture };
    let (mut areas, mut dots) = (Vec::new(), Vec::new());
    let mut at = 0;
    for stretch in series.values.chunk_by(|a, b| a.is_nan() == b.is_nan()) {
        let range = at..at + stretch.len();
        at = range.end;
        if stretch[0].is_nan() {
            let from = series.position(range.start.saturating_sub(1));
            let to = series.position(range.end.min(series.len() - 1));
            areas.extend([(from, low, high), (to, low, high), (f64::NAN, low, high)]);
            dots.push((0.5 * (from + to), low));
        }
    }
    if !dots.is_empty() {
        picture.bands.push(Band::new("", Color::Orange, areas));
        picture = picture.with(Mark::new("no value", Color::Orange, Shape::Dots, dots));
    }
    picture
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_series_keeps_its_peaks_and_gaps() {
        let mut values: Vec<f64> = (0..100_000).map(|t| f64::from(t % 10)).collect();
        values[54_321] = 99.0;
        values[60_000..62_000].fill(f64::NAN);
        let points = thinned(&Series::counted("y", values));
        assert!(points.len() <= MAX_POINTS + 2, "{}", points.len());
        assert!(points.contains(&(54_322.0, 99.0)), "the peak");
        assert!(points.iter().any(|(_, y)| y.is_nan()), "the gap");
        assert!(points.windows(2).all(|pair| pair[0].0 <= pair[1].0), "in order");
    }
}
