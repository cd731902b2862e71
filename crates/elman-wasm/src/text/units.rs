//! Properties of the characters of a passage, and the unit whose hidden state follows a property most closely.

use elman_nn::registry::Entry;

/// An entry of the registry of properties.
#[derive(Debug)]
pub(crate) struct PropertyEntry {
    name: &'static str,
    summary: &'static str,
    /// The property of the last one of some characters.
    value: fn(&[char]) -> f64,
}

impl Entry for PropertyEntry {
    const FAMILY: &'static str = "property";
    const ALL: &'static [Self] = &[
        Self {
            name: "line",
            summary: "position in the line",
            value: |read| since(read, |c| c == '\n'),
        },
        Self {
            name: "word",
            summary: "position in the word",
            value: |read| since(read, char::is_whitespace),
        },
        Self {
            name: "space",
            summary: "spaces and line breaks",
            value: |read| f64::from(u8::from(read.last().is_some_and(|c| c.is_whitespace()))),
        },
    ];

    fn name_and_summary(&self) -> (&'static str, &'static str) {
        (self.name, self.summary)
    }
}

/// Characters since the last one that is an end.
fn since(read: &[char], is_end: fn(char) -> bool) -> f64 {
    read.iter().rev().take_while(|c| !is_end(**c)).count() as f64
}

impl PropertyEntry {
    /// The unit, from 0, whose states `[characters, units]` have the largest correlation with the property, positive or
    /// negative, and this correlation (Pearson's). `None` if nothing varies.
    pub(crate) fn strongest(&self, passage: &[char], states: &[f32]) -> Option<(usize, f64)> {
        let values: Vec<f64> =
            (1..=passage.len()).map(|len| (self.value)(&passage[..len])).collect();
        let units = states.len() / passage.len().max(1);
        let correlations = (0..units).map(|unit| {
            let states = states.iter().skip(unit).step_by(units);
            (unit, correlation(&values, states.map(|h| f64::from(*h))))
        });
        correlations.filter(|(_, r)| r.is_finite()).max_by(|a, b| a.1.abs().total_cmp(&b.1.abs()))
    }
}

/// Pearson's correlation; NaN if one of them is constant.
fn correlation(a: &[f64], b: impl Iterator<Item = f64> + Clone) -> f64 {
    let len = a.len() as f64;
    let (mean_a, mean_b) = (a.iter().sum::<f64>() / len, b.clone().sum::<f64>() / len);
    let (mut aa, mut ab, mut bb) = (0.0, 0.0, 0.0);
    for (a, b) in a.iter().zip(b) {
        let (a, b) = (a - mean_a, b - mean_b);
        (aa, ab, bb) = (aa + a * a, ab + a * b, bb + b * b);
    }
    ab / (aa * bb).sqrt()
}
