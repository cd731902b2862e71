//! An [`Album`] as one page that needs nothing else: its data as JSON inside, drawn by a small script inside.
//!
//! The axes and their labels are chosen here, with the same code as for PNG and SVG; the script only places them.

use super::{Album, Axis, HeatMap, Mark, Picture, Shape, extent, extent::Extent, svg, ticks::Tick};
use serde_json::{Value, json};

const PAGE: &str = include_str!("../../assets/album.html");
const STYLE: &str = include_str!("../../assets/album.css");
const SCRIPT: &str = include_str!("../../assets/album.js");

/// `album` as an HTML document.
pub(super) fn encode(album: &Album) -> String {
    let y = extent::y_extents(album.unlike, album.pages.iter());
    let data = json!({
        "title": album.title,
        "pages": album.pages.iter().map(|page| picture(page, y(page))).collect::<Vec<_>>(),
        "losses": album.losses.as_ref().map(|losses| {
            picture(losses, extent::y_extent(std::iter::once(losses), extent::Y_AIR))
        }),
        "facts": album.facts,
    });
    // Inside a script element only `<` can end the data early, and JSON can write it otherwise.
    let data = data.to_string().replace('<', "\\u003c");
    let title = if album.title.is_empty() { "Pictures" } else { &album.title };
    // The data last: what it contains must not be taken for a place to fill.
    PAGE.replace("{{title}}", &svg::escaped(title))
        .replace("{{style}}", STYLE)
        .replace("{{script}}", SCRIPT)
        .replace("{{data}}", &data)
}

fn picture(picture: &Picture, y: Extent) -> Value {
    let x = extent::x_extent(picture, extent::X_AIR);
    // From many labels to few: the script takes the first choice that fits the width of the window.
    let mut x_ticks: Vec<Value> =
        [10, 8, 7, 6, 5, 4, 3, 2].map(|most| ticks(extent::x_ticks(picture, x, most))).into();
    x_ticks.dedup();
    let bands: Vec<Value> = picture
        .bands
        .iter()
        .map(|band| {
            let points = split(&band.points, |&(x, low, high)| {
                extent::drawable(x, false)
                    && [low, high].iter().all(|&v| extent::drawable(v, y.log))
            });
            json!({ "label": band.label, "color": band.color.name(), "points": points })
        })
        .collect();
    json!({
        "title": picture.title,
        "subtitle": picture.subtitle,
        "xLabel": picture.x_label,
        "yLabel": picture.y_label,
        "dates": picture.x_axis == Axis::Dates,
        "x": [x.low, x.high],
        "y": [y.low, y.high],
        "log": y.log,
        "xTicks": x_ticks,
        "yTicks": ticks(extent::y_ticks(picture, y, 7)),
        "heat": picture.heat.as_ref().map(heat),
        "rules": picture.vertical_rules.iter().filter(|rule| extent::drawable(rule.0, false)).collect::<Vec<_>>(),
        "bands": bands,
        "marks": picture.marks.iter().map(|mark| series(mark, y)).collect::<Vec<_>>(),
        "step": picture.step,
    })
}

/// The cells of a heat map, column after column; a value has the four digits that can be read off.
fn heat(heat: &HeatMap) -> Value {
    let values =
        heat.values.iter().map(|value| (value.is_finite()).then(|| (value * 1e4).round() / 1e4));
    json!({
        "x": heat.x_ends(),
        "rows": heat.rows,
        "range": heat.range,
        "values": values.collect::<Vec<_>>(),
    })
}

fn series(mark: &Mark, y: Extent) -> Value {
    let shape = match mark.shape {
        Shape::Dots => "dots",
        Shape::Rings => "rings",
        Shape::Line => "line",
        Shape::DashedLine => "dashed",
    };
    let points =
        split(&mark.points, |&(x, v)| extent::drawable(x, false) && extent::drawable(v, y.log));
    json!({ "label": mark.label, "color": mark.color.name(), "shape": shape, "points": points })
}

/// The points that can be drawn, with `null` where the line breaks.
fn split<P: serde::Serialize>(points: &[P], drawable: impl Fn(&P) -> bool) -> Vec<Option<&P>> {
    points.iter().map(|point| drawable(point).then_some(point)).collect()
}

fn ticks(ticks: Vec<Tick>) -> Value {
    ticks.into_iter().map(|tick| json!([tick.at, tick.label])).collect()
}
