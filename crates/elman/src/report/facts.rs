//! The facts below the plots, as a small table: what is short stands side by side, a sentence has a row of its own.

use super::font;
use super::scene::{Anchor, INK, SOFT_INK, Scene, cut, wrapped};

const SIZE: f64 = 11.0;
const ROW: f64 = SIZE * 1.6;
/// Between a name and its value, and between two facts side by side.
const GAP: f64 = 10.0;
const BETWEEN: f64 = 28.0;
/// The widest value that others may stand beside, as a share of the table.
const SHORT: f64 = 0.12;
/// The widest name, as a share of the table.
const NAME: f64 = 0.3;
/// The most rows of one sentence.
const MAX_ROWS: usize = 4;

type Fact = (String, String);

/// Draws the table from `(left, y)` down and returns where it ends.
pub(super) fn draw(
    scene: &mut Scene,
    facts: &[Fact],
    (left, mut y): (f64, f64),
    width: f64,
) -> f64 {
    if facts.is_empty() {
        return y;
    }
    y += SIZE * 1.2;
    let facts = facts.iter().map(|(name, value)| (cut(name, SIZE, NAME * width), value.clone()));
    let is_short = |fact: &Fact| font::width(&fact.1, SIZE) <= SHORT * width;
    let (short, long): (Vec<Fact>, Vec<Fact>) = facts.partition(is_short);
    let names = widest(long.iter().map(|fact| &fact.0[..]));
    for (name, value) in &long {
        scene.text((left, y + SIZE), name, SIZE, SOFT_INK, Anchor::Start);
        let beside = left + names + GAP;
        for line in wrapped(value, SIZE, width - names - GAP, MAX_ROWS) {
            scene.text((beside, y + SIZE), &line, SIZE, INK, Anchor::Start);
            y += ROW;
        }
    }
    side_by_side(scene, &short, (left, y), width)
}

/// Facts in as many columns as fit, read down each: values of a column end below each other.
fn side_by_side(scene: &mut Scene, facts: &[Fact], (left, y): (f64, f64), width: f64) -> f64 {
    let names = widest(facts.iter().map(|fact| &fact.0[..]));
    let values = widest(facts.iter().map(|fact| &fact.1[..]));
    let column = names + GAP + values;
    let columns = (((width + BETWEEN) / (column + BETWEEN)) as usize).max(1);
    let rows = facts.len().div_ceil(columns);
    for (i, (name, value)) in facts.iter().enumerate() {
        let x = left + (i / rows) as f64 * (column + BETWEEN);
        let line = y + SIZE + (i % rows) as f64 * ROW;
        scene.text((x, line), name, SIZE, SOFT_INK, Anchor::Start);
        scene.text((x + column, line), value, SIZE, INK, Anchor::End);
    }
    y + rows as f64 * ROW
}

fn widest<'a>(texts: impl Iterator<Item = &'a str>) -> f64 {
    texts.map(|text| font::width(text, SIZE)).fold(0.0, f64::max)
}
