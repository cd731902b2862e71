//! Which points can be drawn, and how far the axes must reach to hold them.

use super::{Axis, Picture, ticks, ticks::Tick};

/// The room at both ends of an x axis, as a share of its length, so that no mark sits on the frame.
pub(super) const X_AIR: f64 = 0.025;
/// The same for a y axis.
pub(super) const Y_AIR: f64 = 0.06;

/// The two ends of an axis and whether it is logarithmic.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Extent {
    pub(super) low: f64,
    pub(super) high: f64,
    pub(super) log: bool,
}

impl Extent {
    /// Where `value` lies between the ends, 0 at the low one and 1 at the high one.
    pub(super) fn place(self, value: f64) -> f64 {
        if self.log {
            (value.ln() - self.low.ln()) / (self.high.ln() - self.low.ln())
        } else {
            (value - self.low) / (self.high - self.low)
        }
    }

    /// The labels of a y axis.
    pub(super) fn ticks(self, most: usize) -> Vec<Tick> {
        if self.log {
            ticks::logarithmic(self.low, self.high, most)
        } else {
            ticks::numbers(self.low, self.high, most)
        }
    }
}

/// The labels of the y axis of `picture`: whole rows of a heat map.
pub(super) fn y_ticks(picture: &Picture, y: Extent, most: usize) -> Vec<Tick> {
    match picture.heat {
        Some(_) => ticks::steps(y.low, y.high, most),
        None => y.ticks(most),
    }
}

/// The labels of the x axis of `picture`.
pub(super) fn x_ticks(picture: &Picture, x: Extent, most: usize) -> Vec<Tick> {
    match picture.x_axis {
        Axis::Numbers => ticks::numbers(x.low, x.high, most),
        Axis::Steps => ticks::steps(x.low, x.high, most),
        Axis::Dates => ticks::dates(x.low, x.high, most),
    }
}

/// Whether an axis can show `value`. Beyond 1e300 the length of an axis would overflow.
pub(super) fn drawable(value: f64, log: bool) -> bool {
    value.abs() < 1e300 && (!log || value > 1e-300)
}

/// The points of a mark that can be drawn, cut into unbroken runs.
pub(super) fn runs(points: &[(f64, f64)], log: bool) -> impl Iterator<Item = &[(f64, f64)]> {
    points
        .split(move |&(x, y)| !(drawable(x, false) && drawable(y, log)))
        .filter(|run| !run.is_empty())
}

/// The points of a band that can be drawn, cut into unbroken runs.
pub(super) fn band_runs(
    points: &[(f64, f64, f64)],
    log: bool,
) -> impl Iterator<Item = &[(f64, f64, f64)]> {
    points
        .split(move |&(x, low, high)| {
            !(drawable(x, false) && drawable(low, log) && drawable(high, log))
        })
        .filter(|run| !run.is_empty())
}

/// Whether there is anything to see.
pub(super) fn is_empty(picture: &Picture) -> bool {
    let log = picture.y_log;
    picture.heat.as_ref().is_none_or(|heat| heat.values.is_empty())
        && picture.marks.iter().all(|mark| runs(&mark.points, log).next().is_none())
        && picture.bands.iter().all(|band| band_runs(&band.points, log).next().is_none())
}

/// The x axis: all points and vertical rules, with some air at both ends; exactly the columns of a heat map.
pub(super) fn x_extent(picture: &Picture, air: f64) -> Extent {
    if let Some(heat) = &picture.heat {
        let [low, high] = heat.x_ends();
        return Extent { low, high, log: false };
    }
    let log = picture.y_log;
    let marks =
        picture.marks.iter().flat_map(|mark| runs(&mark.points, log).flatten().map(|p| p.0));
    let bands =
        picture.bands.iter().flat_map(|band| band_runs(&band.points, log).flatten().map(|p| p.0));
    let rules = picture.vertical_rules.iter().map(|rule| rule.0).filter(|&x| drawable(x, false));
    // What a lone point gets on both sides: a date a day, a step one step, a number a tenth of itself.
    let alone = match picture.x_axis {
        Axis::Numbers => None,
        Axis::Steps => Some(1.0),
        Axis::Dates => Some(86_400.0),
    };
    around(marks.chain(bands).chain(rules), false, air, alone)
}

/// The y range of each page: one for all, or its own where they are `unlike`.
pub(super) fn y_extents<'a>(
    unlike: bool,
    pages: impl Iterator<Item = &'a Picture> + Clone,
) -> impl Fn(&Picture) -> Extent {
    let common = y_extent(pages, Y_AIR);
    move |page| if unlike { y_extent(std::iter::once(page), Y_AIR) } else { common }
}

/// One y axis for all `pictures`, with some air at both ends. It is logarithmic if the first picture asks for it. The rows
/// of a heat map need no air.
pub(super) fn y_extent<'a>(
    pictures: impl Iterator<Item = &'a Picture> + Clone,
    air: f64,
) -> Extent {
    let rows = pictures.clone().filter_map(|picture| Some(picture.heat.as_ref()?.rows)).max();
    if let Some(rows) = rows {
        return Extent { low: 0.5, high: rows as f64 + 0.5, log: false };
    }
    let log = pictures.clone().next().is_some_and(|picture| picture.y_log);
    let marks = pictures.clone().flat_map(|picture| &picture.marks);
    let bands = pictures.flat_map(|picture| &picture.bands);
    let values = marks.flat_map(|mark| runs(&mark.points, log).flatten().map(|p| p.1)).chain(
        bands.flat_map(|band| band_runs(&band.points, log).flatten().flat_map(|p| [p.1, p.2])),
    );
    around(values, log, air, None)
}

fn around(values: impl Iterator<Item = f64>, log: bool, air: f64, alone: Option<f64>) -> Extent {
    let (low, high) =
        values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)));
    if low > high {
        return if log {
            Extent { low: 0.1, high: 1.0, log }
        } else {
            Extent { low: 0.0, high: 1.0, log }
        };
    }
    if log {
        // A constant gets half a decade on both sides.
        let decades = (high / low).log10();
        let factor = 10f64.powf(if decades < 1e-6 { 0.5 } else { decades * air });
        return Extent { low: low / factor, high: high * factor, log };
    }
    // Values that differ only by rounding are a constant: an axis that magnified the noise would mislead.
    let largest = low.abs().max(high.abs());
    let margin = if high - low > largest * 1e-9 {
        (high - low) * air
    } else {
        alone.unwrap_or(if largest > 0.0 { largest * 0.1 } else { 1.0 })
    };
    Extent { low: low - margin, high: high + margin, log }
}
