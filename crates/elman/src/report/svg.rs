//! A [`Scene`] as SVG: text stays text, so that it can be searched, copied and restyled.

use super::png;
use super::scene::{Anchor, Item, PAPER, Rgb, Scene};
use base64::prelude::{BASE64_STANDARD, Engine};
use std::fmt::Write;

/// DejaVu Sans is what the layout was measured with; Verdana, its cousin, is as wide.
const FONTS: &str = "DejaVu Sans, Verdana, sans-serif";

/// `scene` as an SVG document.
pub(super) fn encode(scene: &Scene) -> String {
    let mut svg = String::new();
    let (width, height) = (number(scene.width), number(scene.height));
    let title = escaped(&scene.title);
    // Writing into a string cannot fail.
    let _ = write!(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" role=\"img\" font-family=\"{FONTS}\">\n\
         <title>{title}</title>\n<rect width=\"{width}\" height=\"{height}\" fill=\"{}\"/>\n",
        hex(PAPER)
    );
    for item in &scene.items {
        draw(&mut svg, item);
    }
    svg.push_str("</svg>\n");
    svg
}

fn draw(svg: &mut String, item: &Item) {
    let _ = match item {
        Item::Line { points, color, width, dash } => {
            let dash =
                dash.map_or(String::new(), |(on, off)| format!(" stroke-dasharray=\"{on} {off}\""));
            let (points, color) = (path(points.iter().copied()), hex(*color));
            writeln!(
                svg,
                "<path d=\"{points}\" fill=\"none\" stroke=\"{color}\" stroke-width=\"{width}\" \
                 stroke-linejoin=\"round\" stroke-linecap=\"round\"{dash}/>"
            )
        }
        Item::Dots { points, color, radius } => {
            circles(svg, points, *radius, &format!("fill=\"{}\"", hex(*color)))
        }
        Item::Rings { points, color, radius, width } => {
            let style =
                format!("fill=\"none\" stroke=\"{}\" stroke-width=\"{width}\"", hex(*color));
            circles(svg, points, *radius, &style)
        }
        Item::Area { points, color, opacity } => {
            let there = points.iter().map(|&(x, top, _)| (x, top));
            let back = points.iter().rev().map(|&(x, _, bottom)| (x, bottom));
            let (outline, color) = (path(there.chain(back)), hex(*color));
            writeln!(svg, "<path d=\"{outline}Z\" fill=\"{color}\" fill-opacity=\"{opacity}\"/>")
        }
        Item::Image { at, size, columns, rgb } => {
            let (x, y, width, height) =
                (number(at.0), number(at.1), number(size.0), number(size.1));
            // One picture in place of thousands of rectangles.
            let png = BASE64_STANDARD.encode(png::image(*columns, rgb, 1.0));
            writeln!(
                svg,
                "<image x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" preserveAspectRatio=\"none\" \
                 style=\"image-rendering:pixelated\" href=\"data:image/png;base64,{png}\"/>"
            )
        }
        Item::Text { at, text, size, color, anchor, upright } => {
            let (x, y) = (number(at.0), number(at.1));
            let anchor = match anchor {
                Anchor::Start => "start",
                Anchor::Middle => "middle",
                Anchor::End => "end",
            };
            let turn = if *upright {
                format!(" transform=\"rotate(-90 {x} {y})\"")
            } else {
                String::new()
            };
            let (color, text) = (hex(*color), escaped(text));
            writeln!(
                svg,
                "<text x=\"{x}\" y=\"{y}\" font-size=\"{size}\" fill=\"{color}\" text-anchor=\"{anchor}\"{turn}>{text}</text>"
            )
        }
    };
}

fn circles(svg: &mut String, points: &[(f64, f64)], radius: f64, style: &str) -> std::fmt::Result {
    writeln!(svg, "<g {style}>")?;
    for &(x, y) in points {
        writeln!(
            svg,
            "<circle cx=\"{}\" cy=\"{}\" r=\"{}\"/>",
            number(x),
            number(y),
            number(radius)
        )?;
    }
    writeln!(svg, "</g>")
}

fn path(points: impl Iterator<Item = (f64, f64)>) -> String {
    let mut d = String::new();
    for (i, (x, y)) in points.enumerate() {
        let _ = write!(d, "{}{} {}", if i == 0 { 'M' } else { 'L' }, number(x), number(y));
    }
    d
}

/// To a hundredth of a pixel, without zeros at the end.
fn number(value: f64) -> String {
    let text = format!("{value:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn hex((red, green, blue): Rgb) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

/// `text` safe between tags and in attributes. Control characters, which XML forbids even escaped, become spaces.
pub(super) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => safe.push(' '),
            c => safe.push(c),
        }
    }
    safe
}
