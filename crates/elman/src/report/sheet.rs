//! An [`Album`] on one sheet: small multiples with one y axis, so that the eye compares them without reading numbers.

use super::{
    Album, Picture,
    extent::{Y_AIR, y_extent, y_extents},
    facts, legend,
    panel::Panel,
    scene::{Anchor, INK, SOFT_INK, Scene, wrapped},
};

const MARGIN: f64 = 18.0;
const BETWEEN: f64 = 26.0;
const HEADING: f64 = 17.0;
/// Size of the words around the plots.
const FACT: f64 = 11.0;
/// More panels than this are too small to read; the pages are then thinned, the first and the last kept.
const MAX_PANELS: usize = 16;

/// Lays out `album`.
pub(super) fn lay_out(album: &Album) -> Scene {
    let pages = chosen(&album.pages, MAX_PANELS - usize::from(album.losses.is_some()));
    let count = pages.len() + usize::from(album.losses.is_some());
    let (columns, plot) = match count {
        0 | 1 => (1, (700.0, 360.0)),
        2 | 4 => (2, (420.0, 260.0)),
        3 | 5 | 6 | 9 => (3, (320.0, 200.0)),
        _ => (4, (280.0, 180.0)),
    };
    let panels = panels(album, &pages, columns, plot);

    // Columns share their margins and rows their heights, so that plots line up.
    let rows = panels.len().div_ceil(columns);
    let mut width = MARGIN;
    let mut lefts = Vec::new();
    for c in 0..columns {
        let left = width + most(in_column(&panels, c, columns), Panel::left);
        lefts.push(left);
        width = left
            + plot.0
            + most(in_column(&panels, c, columns), Panel::right)
            + if c + 1 < columns { BETWEEN } else { MARGIN };
    }

    let mut scene = Scene { width, title: name(album), ..Scene::default() };
    let inner = width - 2.0 * MARGIN;
    let mut y = heading(&mut scene, album, pages.len(), inner);
    if count > 1 {
        let entries = legend::entries(pages.iter().copied());
        legend::draw(&mut scene, &entries, (MARGIN, y), inner);
        y += legend::height(&entries, inner) + if entries.is_empty() { 0.0 } else { 8.0 };
    }
    for r in 0..rows {
        let top = y + most(in_row(&panels, r, columns), Panel::head);
        for (panel, &left) in in_row(&panels, r, columns).zip(&lefts) {
            panel.draw(&mut scene, (left, top));
        }
        y = top
            + plot.1
            + most(in_row(&panels, r, columns), Panel::foot)
            + if r + 1 < rows { BETWEEN * 0.8 } else { 0.0 };
    }
    scene.height = (facts::draw(&mut scene, &album.facts, (MARGIN, y), inner) + MARGIN).ceil();
    scene.width = scene.width.ceil();
    scene
}

fn in_column<'a, 'p>(
    panels: &'a [Panel<'p>],
    c: usize,
    columns: usize,
) -> impl Iterator<Item = &'a Panel<'p>> {
    panels.iter().skip(c).step_by(columns)
}

fn in_row<'a, 'p>(
    panels: &'a [Panel<'p>],
    r: usize,
    columns: usize,
) -> impl Iterator<Item = &'a Panel<'p>> {
    panels.iter().skip(r * columns).take(columns)
}

fn most<'a, 'p: 'a>(
    panels: impl Iterator<Item = &'a Panel<'p>>,
    room: impl Fn(&Panel<'p>) -> f64,
) -> f64 {
    panels.map(room).fold(0.0, f64::max)
}

fn panels<'a>(
    album: &'a Album,
    pages: &[&'a Picture],
    columns: usize,
    plot: (f64, f64),
) -> Vec<Panel<'a>> {
    let y = y_extents(album.unlike, pages.iter().copied());
    let alone = pages.len() + usize::from(album.losses.is_some()) == 1;
    let mut panels: Vec<Panel> = pages
        .iter()
        .enumerate()
        .map(|(i, page)| {
            let panel = Panel::new(page, y(page), plot);
            let panel = if alone { panel.explained() } else { panel };
            let repeats = i % columns > 0 && pages[i - 1].y_label == page.y_label;
            if repeats { panel.unnamed_y() } else { panel }
        })
        .collect();
    if let Some(losses) = &album.losses {
        let panel = Panel::new(losses, y_extent(std::iter::once(losses), Y_AIR), plot);
        // One curve is explained by its caption.
        panels.push(if losses.marks.len() > 1 { panel.explained() } else { panel });
    }
    panels
}

/// At most `most` pages, evenly spread from the first to the last.
fn chosen(pages: &[Picture], most: usize) -> Vec<&Picture> {
    if pages.len() <= most {
        return pages.iter().collect();
    }
    (0..most).map(|i| &pages[i * (pages.len() - 1) / (most - 1)]).collect()
}

fn name(album: &Album) -> String {
    let pages = album.pages.iter().chain(&album.losses);
    let captions = pages.map(|page| page.title.as_str());
    std::iter::once(album.title.as_str())
        .chain(captions)
        .find(|title| !title.is_empty())
        .unwrap_or("chart")
        .to_owned()
}

/// Draws the heading and returns where the next thing begins.
fn heading(scene: &mut Scene, album: &Album, shown: usize, width: f64) -> f64 {
    let mut y = MARGIN;
    let lines = wrapped(&album.title, HEADING, width, 2);
    for line in &lines {
        scene.text((MARGIN, y + HEADING * 0.8), line, HEADING, INK, Anchor::Start);
        y += HEADING * 1.3;
    }
    if !lines.is_empty() {
        y += HEADING * 0.4;
    }
    if shown < album.pages.len() {
        let note = format!("{shown} of {} pages", album.pages.len());
        scene.text((MARGIN, y + FACT * 0.8), &note, FACT, SOFT_INK, Anchor::Start);
        y += FACT * 1.7;
    }
    y
}
