//! The one font of all pictures, carried inside the program so that a bare container draws the same as a desktop.

use std::collections::HashMap;
use std::sync::LazyLock;

use ab_glyph_rasterizer::{Point, Rasterizer, point};

/// Letters of DejaVu Sans, a line each: Unicode number, width, outline as an SVG path. Made by `assets/make_font.py`; the
/// licence of the font stands in `assets/LICENSE-DejaVu`.
static DEJAVU: &str = include_str!("../../assets/DejaVuSans.glyphs");

/// Units of the font to the em.
const EM: f64 = 2048.0;

/// One letter, in units of the font.
#[derive(Clone, Copy)]
struct Glyph {
    width: f64,
    /// An SVG path of `M`, `L`, `Q` and `Z`.
    outline: &'static str,
}

static GLYPHS: LazyLock<HashMap<char, Glyph>> = LazyLock::new(|| {
    DEJAVU
        .lines()
        .filter_map(|line| {
            let mut parts = line.splitn(3, ' ');
            let letter = char::from_u32(u32::from_str_radix(parts.next()?, 16).ok()?)?;
            Some((letter, Glyph { width: parts.next()?.parse().ok()?, outline: parts.next()? }))
        })
        .collect()
});

/// Letter 0 is the box that stands for a letter without an outline.
fn glyph(letter: char) -> Glyph {
    *GLYPHS.get(&letter).unwrap_or(&GLYPHS[&'\0'])
}

/// The width of `text` at `size` pixels to the em.
pub(super) fn width(text: &str, size: f64) -> f64 {
    text.chars().map(|letter| glyph(letter).width).sum::<f64>() * size / EM
}

/// How much of each pixel a text covers, row by row.
pub(super) struct Coverage {
    pub(super) width: usize,
    pub(super) height: usize,
    /// The column where the first letter begins.
    pub(super) left: usize,
    /// The row the letters stand on.
    pub(super) baseline: usize,
    pub(super) alpha: Vec<f32>,
}

/// Columns on either side, for letters that reach over their own width.
const MARGIN: usize = 2;

/// Draws `text` at `size` pixels to the em.
pub(super) fn draw(text: &str, size: f64) -> Coverage {
    let width = width(text, size).ceil() as usize + 2 * MARGIN;
    let (above, below) = ((size * 1.1).ceil() as usize, (size * 0.4).ceil() as usize);
    let height = above + below;
    let mut pen = Pen {
        rasterizer: Rasterizer::new(width, height),
        origin: point(MARGIN as f32, above as f32),
        scale: (size / EM) as f32,
    };
    for letter in text.chars() {
        let glyph = glyph(letter);
        // An outline that cannot be drawn leaves its place empty; the test below draws all of them.
        let _ = pen.draw(glyph.outline);
        pen.origin.x += glyph.width as f32 * pen.scale;
    }
    let mut alpha = vec![0.0; width * height];
    pen.rasterizer.for_each_pixel(|i, coverage| alpha[i] = coverage.min(1.0));
    Coverage { width, height, left: MARGIN, baseline: above, alpha }
}

/// Draws outlines into a rasterizer, whose y points down.
struct Pen {
    rasterizer: Rasterizer,
    /// Where the present letter begins.
    origin: Point,
    /// Pixels to a unit of the font.
    scale: f32,
}

impl Pen {
    /// Draws an outline; `None` where it is no path.
    fn draw(&mut self, outline: &str) -> Option<()> {
        let Self { rasterizer, origin, scale } = self;
        let (mut start, mut at): (_, Point) = (*origin, *origin);
        let mut words = outline.split_ascii_whitespace();
        while let Some(command) = words.next() {
            let mut number = || words.next()?.parse::<f32>().ok().map(|units| units * *scale);
            let mut next = || Some(point(origin.x + number()?, origin.y - number()?));
            let from = at;
            match command {
                "M" => {
                    start = next()?;
                    at = start;
                }
                "L" => {
                    at = next()?;
                    rasterizer.draw_line(from, at);
                }
                "Q" => {
                    let control = next()?;
                    at = next()?;
                    rasterizer.draw_quad(from, control, at);
                }
                "Z" => {
                    at = start;
                    rasterizer.draw_line(from, at);
                }
                _ => return None,
            }
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_font_is_a_letter_with_an_outline() {
        assert_eq!(GLYPHS.len(), DEJAVU.lines().count());
        let mut pen =
            Pen { rasterizer: Rasterizer::new(8, 8), origin: point(0.0, 8.0), scale: 0.0 };
        for (letter, glyph) in GLYPHS.iter() {
            assert!(pen.draw(glyph.outline).is_some(), "{letter:?}");
            assert!(glyph.width >= 0.0 && glyph.width < 2.0 * EM, "{letter:?}");
        }
        assert_eq!(width("Hi", 2048.0), 1540.0 + 569.0);
        assert_eq!(width("\u{10ffff}", 2048.0), GLYPHS[&'\0'].width);
    }
}
