//! The legend: above the plot and never on it, so that it cannot cover a point.

use super::{
    Color, Picture, Shape, font,
    scene::{Anchor, Item, SOFT_INK, Scene, cut},
};

const SIZE: f64 = 11.5;
const ROW: f64 = 19.0;
const SAMPLE: f64 = 24.0;
const GAP: f64 = 22.0;
const LONGEST: f64 = 260.0;

/// What stands in front of a name.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Sample {
    Mark(Shape),
    /// One band, over so many wider ones of its colour.
    Band(usize),
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Entry {
    pub(super) label: String,
    pub(super) color: Color,
    pub(super) sample: Sample,
}

/// Every mark and band of `pictures` once, in their order. Without a label there is nothing to explain.
pub(super) fn entries<'a>(pictures: impl Iterator<Item = &'a Picture>) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    for picture in pictures {
        let marks = picture.marks.iter().map(|m| (&m.label, m.color, Sample::Mark(m.shape)));
        let below = |i: usize| {
            let before = picture.bands[..i].iter();
            before.filter(|b| b.color == picture.bands[i].color).count()
        };
        let bands = picture.bands.iter().enumerate();
        let bands = bands.map(|(i, b)| (&b.label, b.color, Sample::Band(below(i))));
        for (label, color, sample) in marks.chain(bands) {
            let entry = Entry { label: cut(label, SIZE, LONGEST), color, sample };
            if !entry.label.is_empty() && !entries.contains(&entry) {
                entries.push(entry);
            }
        }
    }
    entries
}

/// The height of a legend that is `width` wide.
pub(super) fn height(entries: &[Entry], width: f64) -> f64 {
    places(entries, width).last().map_or(0.0, |(_, y)| y + ROW)
}

/// Draws the legend with its upper left corner at `(left, top)`.
pub(super) fn draw(scene: &mut Scene, entries: &[Entry], (left, top): (f64, f64), width: f64) {
    for (entry, (x, y)) in entries.iter().zip(places(entries, width)) {
        let (x, y) = (left + x, top + y + ROW / 2.0);
        sample(scene, entry, x, y);
        scene.text(
            (x + SAMPLE + 6.0, y + SIZE * 0.36),
            &entry.label,
            SIZE,
            SOFT_INK,
            Anchor::Start,
        );
    }
}

/// Where each entry begins: beside the one before, or in a new row.
fn places(entries: &[Entry], width: f64) -> Vec<(f64, f64)> {
    let (mut x, mut y) = (0.0, 0.0);
    let mut places = Vec::with_capacity(entries.len());
    for entry in entries {
        let length = SAMPLE + 6.0 + font::width(&entry.label, SIZE);
        if x > 0.0 && x + length > width {
            (x, y) = (0.0, y + ROW);
        }
        places.push((x, y));
        x += length + GAP;
    }
    places
}

fn sample(scene: &mut Scene, entry: &Entry, x: f64, y: f64) {
    let color = entry.color.on_paper();
    let across = vec![(x, y), (x + SAMPLE, y)];
    // A row of three, as in the plot: a single circle could be a bullet.
    let three = [4.0, 12.0, 20.0].map(|dx| (x + dx, y)).to_vec();
    let item = match entry.sample {
        Sample::Mark(Shape::Dots) => Item::Dots { points: three, color, radius: 3.0 },
        Sample::Mark(Shape::Rings) => Item::Rings { points: three, color, radius: 3.0, width: 1.4 },
        Sample::Mark(Shape::Line) => Item::Line { points: across, color, width: 1.6, dash: None },
        Sample::Mark(Shape::DashedLine) => {
            Item::Line { points: across, color, width: 1.6, dash: Some((5.0, 4.0)) }
        }
        Sample::Band(below) => {
            let points = vec![(x, y - 5.0, y + 5.0), (x + SAMPLE, y - 5.0, y + 5.0)];
            let area = Item::Area { points, color, opacity: 0.2 };
            scene.items.extend(vec![area.clone(); below]);
            area
        }
    };
    scene.items.push(item);
}
