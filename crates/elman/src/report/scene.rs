//! A drawing made of a few kinds of shape, in pixels of 1/96 inch with y downwards: what the PNG and the SVG writer share.

use super::{Color, font};

/// Red, green, blue.
pub(super) type Rgb = (u8, u8, u8);

pub(super) const PAPER: Rgb = (255, 255, 255);
pub(super) const INK: Rgb = (34, 34, 34);
pub(super) const SOFT_INK: Rgb = (90, 90, 90);
pub(super) const AXIS: Rgb = (160, 160, 160);
pub(super) const GRID: Rgb = (232, 232, 232);

impl Color {
    /// The shade on white paper. All reach a contrast of 3:1, the least for graphics by WCAG 2.1; red and blue also
    /// differ in brightness.
    pub(super) fn on_paper(self) -> Rgb {
        match self {
            Color::Red => (214, 39, 40),
            Color::Blue => (31, 107, 180),
            Color::Grey => (128, 128, 128),
            Color::Silver => (140, 140, 140),
            Color::Green => (44, 140, 60),
            Color::Orange => (217, 119, 6),
            Color::Purple => (130, 80, 196),
        }
    }

    /// The name of the shade in the style sheet of the HTML page.
    pub(super) fn name(self) -> &'static str {
        match self {
            Color::Red => "red",
            Color::Blue => "blue",
            Color::Grey => "grey",
            Color::Silver => "silver",
            Color::Green => "green",
            Color::Orange => "orange",
            Color::Purple => "purple",
        }
    }
}

/// Which point of a text its position names.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// One shape.
#[derive(Debug, Clone)]
pub(super) enum Item {
    Line {
        points: Vec<(f64, f64)>,
        color: Rgb,
        width: f64,
        dash: Option<(f64, f64)>,
    },
    Dots {
        points: Vec<(f64, f64)>,
        color: Rgb,
        radius: f64,
    },
    Rings {
        points: Vec<(f64, f64)>,
        color: Rgb,
        radius: f64,
        width: f64,
    },
    /// Between two curves over the same ascending x: `(x, top, bottom)`.
    Area {
        points: Vec<(f64, f64, f64)>,
        color: Rgb,
        opacity: f64,
    },
    /// Colored cells, row after row from the top.
    Image {
        /// The upper left corner.
        at: (f64, f64),
        size: (f64, f64),
        columns: usize,
        /// Red, green and blue of each cell.
        rgb: Vec<u8>,
    },
    /// `at` is a point of the baseline; `upright` text is read from below.
    Text {
        at: (f64, f64),
        text: String,
        size: f64,
        color: Rgb,
        anchor: Anchor,
        upright: bool,
    },
}

/// All shapes of a drawing, painted in order on white paper.
#[derive(Debug, Clone, Default)]
pub(super) struct Scene {
    pub(super) width: f64,
    pub(super) height: f64,
    /// What the drawing shows, for readers who cannot see it.
    pub(super) title: String,
    pub(super) items: Vec<Item>,
}

impl Scene {
    pub(super) fn line(
        &mut self,
        points: Vec<(f64, f64)>,
        color: Rgb,
        width: f64,
        dash: Option<(f64, f64)>,
    ) {
        self.items.push(Item::Line { points, color, width, dash });
    }

    pub(super) fn text(
        &mut self,
        at: (f64, f64),
        text: &str,
        size: f64,
        color: Rgb,
        anchor: Anchor,
    ) {
        let text = text.to_owned();
        self.items.push(Item::Text { at, text, size, color, anchor, upright: false });
    }

    pub(super) fn upright(&mut self, at: (f64, f64), text: &str, size: f64, color: Rgb) {
        let text = text.to_owned();
        self.items.push(Item::Text {
            at,
            text,
            size,
            color,
            anchor: Anchor::Middle,
            upright: true,
        });
    }
}

/// The lines of `text`, broken between words where it is wider than `width`: at most `most`, of which the last is cut
/// where that is not enough.
pub(super) fn wrapped(text: &str, size: f64, width: f64, most: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let full = lines.len() >= most;
        match lines.last_mut() {
            Some(line) if full || font::width(&format!("{line} {word}"), size) <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines.iter().map(|line| cut(line, size, width)).collect()
}

/// `text` cut to `width` pixels with an ellipsis.
pub(super) fn cut(text: &str, size: f64, width: f64) -> String {
    // One line, whatever the column names of a file contain.
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if font::width(&text, size) <= width {
        return text;
    }
    let mut kept: Vec<char> = text.chars().collect();
    while !kept.is_empty() {
        kept.pop();
        let shorter: String = kept.iter().collect::<String>().trim_end().to_owned() + "…";
        if font::width(&shorter, size) <= width {
            return shorter;
        }
    }
    String::new()
}
