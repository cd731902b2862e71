//! Values that stand for "not known", such as -999: they are named, and left as they are.

use super::gaps::Cells;
use crate::data::counted;

/// Numbers that people and instruments write where no value is known.
const USUAL: [f64; 12] = [
    -99.0, 99.0, -999.0, 999.0, -9999.0, 9999.0, -99999.0, 99999.0, -999.9, -9999.9, -999999.0,
    999999.0,
];
/// Past this, a number is no measurement: netCDF's fill values are 1e20 and more.
const HUGE: f64 = 1e20;
/// Lines that a note names.
const NAMED: usize = 3;

/// A note on values at one end of the others that look as if they stand for "not known": far outside, and many or very far.
pub(super) fn note(cells: &impl Cells, values: &[f64]) -> Option<String> {
    let suspect = suspect(values)?;
    let at: Vec<usize> = (0..values.len()).filter(|i| values[*i] == suspect).collect();
    let place = cells.place(at[0]);
    let unit = place.counted().split(' ').next().unwrap_or_default().to_string();
    let mut lines: Vec<String> =
        at.iter().take(NAMED).map(|i| cells.place(*i).line.to_string()).collect();
    if at.len() > NAMED {
        lines.push("…".to_string());
    }
    let plural = if at.len() == 1 { "" } else { "s" };
    let written = cells.cell(at[0]);
    Some(format!(
        "{} of {written} ({unit}{plural} {}): if that stands for a missing value, add `--missing-values {written}`",
        counted(at.len(), "value"),
        lines.join(", ")
    ))
}

/// The lowest or the highest value, if it may be a code for a missing value, such as -999.
pub(super) fn suspect(values: &[f64]) -> Option<f64> {
    let known = || values.iter().copied().filter(|y| y.is_finite());
    let (low, high) = (known().fold(f64::MAX, f64::min), known().fold(f64::MIN, f64::max));
    [low, high].into_iter().find(|end| stands_apart(*end, &known))
}

/// Whether an end of the values is a usual sentinel, or huge, and far from all others.
fn stands_apart<I: Iterator<Item = f64>>(end: f64, known: &impl Fn() -> I) -> bool {
    if !USUAL.contains(&end) && end.abs() < HUGE {
        return false;
    }
    let (mut count, mut others, mut low, mut high) = (0, 0, f64::MAX, f64::MIN);
    for y in known() {
        if y == end {
            count += 1;
        } else {
            (others, low, high) = (others + 1, y.min(low), y.max(high));
        }
    }
    if others == 0 {
        return false;
    }
    let apart = if end > high { end - high } else { low - end };
    // Halves, so that the range of the largest doubles is no infinity.
    let range = (high / 2.0 - low / 2.0) * 2.0;
    apart > range && (count > 1 || apart > 10.0 * range)
}
