//! The one font of all pictures, carried inside the program so that a bare container draws the same as a desktop.

use std::sync::LazyLock;

use ab_glyph_rasterizer::{Point, Rasterizer, point};
use skrifa::instance::{LocationRef, Size};
use skrifa::outline::{DrawSettings, OutlinePen};
use skrifa::{FontRef, GlyphId, MetadataProvider};

/// DejaVu Sans, cut down by `assets/make_font.py`; its licence stands in `assets/LICENSE-DejaVu`.
static DEJAVU: &[u8] = include_bytes!("../../assets/DejaVuSans-elman.ttf");

/// The font is part of the program and always read; without it a picture lacks its words but is still a picture.
static FONT: LazyLock<Option<FontRef<'static>>> = LazyLock::new(|| FontRef::new(DEJAVU).ok());

/// The width of a letter that cannot be measured, in em.
const UNKNOWN: f64 = 0.6;

/// The width of `text` at `size` pixels to the em.
pub(super) fn width(text: &str, size: f64) -> f64 {
    glyphs(text, size).map(|(_, advance)| advance).sum()
}

/// The letters of `text`, with the width of each at `size` pixels to the em.
fn glyphs(text: &str, size: f64) -> impl Iterator<Item = (GlyphId, f64)> {
    let font = FONT.as_ref();
    let map = font.map(|font| font.charmap());
    let metrics =
        font.map(|font| font.glyph_metrics(Size::new(size as f32), LocationRef::default()));
    text.chars().map(move |c| {
        // Glyph 0 is the box of a letter that the font lacks.
        let glyph = map.as_ref().and_then(|map| map.map(c)).unwrap_or(GlyphId::NOTDEF);
        let advance = metrics.as_ref().and_then(|metrics| metrics.advance_width(glyph));
        (glyph, advance.map_or(UNKNOWN * size, f64::from))
    })
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
    let mut pen = Pen::new(width, height, above);
    if let Some(font) = FONT.as_ref() {
        let outlines = font.outline_glyphs();
        for (glyph, advance) in glyphs(text, size) {
            let settings = DrawSettings::unhinted(Size::new(size as f32), LocationRef::default());
            if let Some(outline) = outlines.get(glyph) {
                // A glyph that cannot be drawn leaves its place empty.
                let _ = outline.draw(settings, &mut pen);
            }
            pen.origin.x += advance as f32;
        }
    }
    let mut alpha = vec![0.0; width * height];
    pen.rasterizer.for_each_pixel(|i, coverage| alpha[i] = coverage.min(1.0));
    Coverage { width, height, left: MARGIN, baseline: above, alpha }
}

/// Outlines of letters on their way to a rasterizer, whose y points down.
struct Pen {
    rasterizer: Rasterizer,
    /// Where the present letter begins.
    origin: Point,
    /// Where its present contour began, and where it is.
    start: Point,
    at: Point,
}

impl Pen {
    fn new(width: usize, height: usize, baseline: usize) -> Self {
        let origin = point(MARGIN as f32, baseline as f32);
        Self { rasterizer: Rasterizer::new(width, height), origin, start: origin, at: origin }
    }

    fn place(&self, x: f32, y: f32) -> Point {
        point(self.origin.x + x, self.origin.y - y)
    }
}

impl OutlinePen for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        self.start = self.place(x, y);
        self.at = self.start;
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let to = self.place(x, y);
        self.rasterizer.draw_line(self.at, to);
        self.at = to;
    }

    fn quad_to(&mut self, cx: f32, cy: f32, x: f32, y: f32) {
        let (control, to) = (self.place(cx, cy), self.place(x, y));
        self.rasterizer.draw_quad(self.at, control, to);
        self.at = to;
    }

    fn curve_to(&mut self, cx0: f32, cy0: f32, cx1: f32, cy1: f32, x: f32, y: f32) {
        let to = self.place(x, y);
        self.rasterizer.draw_cubic(self.at, self.place(cx0, cy0), self.place(cx1, cy1), to);
        self.at = to;
    }

    fn close(&mut self) {
        self.rasterizer.draw_line(self.at, self.start);
        self.at = self.start;
    }
}
