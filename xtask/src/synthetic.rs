//! A picture of synthetic series, for the documentation.

use std::fmt::Write;
use std::path::Path;

use elman::data::synthetic;
use elman::nn::Stream;

/// Columns and rows of charts, and the size of one chart in pixels.
const COLUMNS: usize = 6;
const ROWS: usize = 4;
const SIZE: (f64, f64) = (150.0, 90.0);
/// Blank space around a chart.
const MARGIN: f64 = 10.0;
/// Seasonal periods of the series, one after the other.
const PERIODS: [usize; 6] = [1, 4, 12, 7, 24, 52];

/// Writes an SVG file with one chart for each series.
pub fn draw(path: &Path) -> anyhow::Result<()> {
    let mut random = Stream::new(1, "picture");
    let (width, height) = (COLUMNS as f64 * SIZE.0, ROWS as f64 * SIZE.1);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\">\
         <rect width=\"100%\" height=\"100%\" fill=\"white\"/>"
    );
    for chart in 0..COLUMNS * ROWS {
        let period = PERIODS[chart % PERIODS.len()];
        let length = 30 + (120.0 * random.unit()) as usize + 2 * period;
        let y = synthetic::series(length, period, &mut random);
        let (low, high) = y
            .iter()
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), y| (low.min(*y), high.max(*y)));
        let (left, top) = ((chart % COLUMNS) as f64 * SIZE.0, (chart / COLUMNS) as f64 * SIZE.1);
        let (wide, tall) = (SIZE.0 - 2.0 * MARGIN, SIZE.1 - 2.0 * MARGIN);
        let points = y.iter().enumerate().fold(String::new(), |mut points, (t, y)| {
            let x = left + MARGIN + wide * t as f64 / (length - 1) as f64;
            let y = top + MARGIN + tall * (high - y) / (high - low).max(f64::MIN_POSITIVE);
            let _ = write!(points, "{x:.1},{y:.1} ");
            points
        });
        write!(svg, "<polyline points=\"{points}\" fill=\"none\" stroke=\"#d62728\"/>")?;
    }
    svg.push_str("</svg>\n");
    Ok(std::fs::write(path, svg)?)
}
