//! The one font of all pictures, carried inside the program so that a bare container draws the same as a desktop.

use plotters::style::{FontDesc, FontFamily, FontStyle, register_font};
use std::{convert::Infallible, sync::Once};

/// DejaVu Sans, cut down by `assets/make_font.py`; its licence stands in `assets/LICENSE-DejaVu`.
static DEJAVU: &[u8] = include_bytes!("../../assets/DejaVuSans-elman.ttf");
const NAME: &str = "elman DejaVu Sans";

/// Height of a line in this font, in em: what `ab_glyph` calls the size of a font.
const LINE: f64 = 1.164;
/// Text is drawn this much larger and scaled down, so that letters need not begin at whole pixels.
const FINER: usize = 4;

/// The width of `text` at `size` pixels to the em.
pub(super) fn width(text: &str, size: f64) -> f64 {
    // Measured large, because the answer comes in whole pixels.
    let measured = at(1000.0)
        .layout_box(text)
        .map_or(600 * text.chars().count() as i32, |(_, (width, _))| width);
    f64::from(measured) * size / 1000.0
}

/// How much of each pixel a text covers, row by row.
pub(super) struct Coverage {
    pub(super) width: usize,
    pub(super) height: usize,
    /// The row the letters stand on.
    pub(super) baseline: usize,
    pub(super) alpha: Vec<f32>,
}

/// Draws `text` at `size` pixels to the em.
pub(super) fn draw(text: &str, size: f64) -> Coverage {
    let columns = width(text, size).ceil() as usize + 2;
    let (above, below) = ((size * 1.1).ceil() as usize, (size * 0.4).ceil() as usize);
    let rows = above + below;
    let mut alpha = vec![0.0; columns * rows];
    let fine = size * FINER as f64;
    // plotters sets the baseline half a line below the position it is given.
    let top = (above * FINER) as i32 - (fine * LINE / 2.0) as i32;
    let share = 1.0 / (FINER * FINER) as f32;
    let drawn = at(fine).draw::<Infallible, _>(text, (0, top), |x, y, coverage| {
        if let (Ok(x), Ok(y)) = (usize::try_from(x), usize::try_from(y))
            && x / FINER < columns
            && y / FINER < rows
        {
            alpha[y / FINER * columns + x / FINER] += coverage * share;
        }
        Ok(())
    });
    // The font is part of the program and always there; without it a picture lacks its words but is still a picture.
    let _ = drawn;
    Coverage { width: columns, height: rows, baseline: above, alpha }
}

fn at(size: f64) -> FontDesc<'static> {
    static REGISTERED: Once = Once::new();
    REGISTERED.call_once(|| {
        let _ = register_font(NAME, FontStyle::Normal, DEJAVU);
    });
    FontDesc::new(FontFamily::Name(NAME), size * LINE, FontStyle::Normal)
}
