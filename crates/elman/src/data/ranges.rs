//! The ranges of settings, wherever they come from: the numbers of a model file may be any.

use elman_nn::Error;

/// A setting in its range, or which one is not.
pub(crate) type Checked = Result<(), Error>;

/// The most steps of anything: a horizon, a season, a window.
pub(crate) const MAX_STEPS: usize = 1 << 20;
/// The largest number in a document: squared, it is still finite.
const LARGEST: f64 = 1e100;

pub(crate) fn refuse(name: &'static str, got: impl ToString, must_be: &'static str) -> Checked {
    Err(Error::Setting { name, got: got.to_string(), must_be })
}

/// At least one step, and not so many that room for them would be too much.
pub(crate) fn steps(name: &'static str, count: usize) -> Checked {
    match count {
        1..=MAX_STEPS => Ok(()),
        _ => refuse(name, count, "from 1 to 1048576"),
    }
}

/// A number that only counts.
pub(crate) fn count(name: &'static str, count: u64) -> Checked {
    if count <= 1 << 53 { Ok(()) } else { refuse(name, count, "at most 2^53") }
}

/// Numbers to reckon with.
pub(crate) fn finite(name: &'static str, values: &[f64]) -> Checked {
    match values.iter().find(|value| value.is_nan() || value.abs() > LARGEST) {
        Some(value) => refuse(name, value, "a number of at most 1e100"),
        None => Ok(()),
    }
}

/// Numbers to divide by.
pub(crate) fn positive(name: &'static str, values: &[f64]) -> Checked {
    finite(name, values)?;
    match values.iter().find(|value| **value < f64::MIN_POSITIVE) {
        Some(value) => refuse(name, value, "above 0"),
        None => Ok(()),
    }
}

/// Levels of intervals, in per cent.
pub(crate) fn levels(levels: &[f64]) -> Checked {
    match levels.iter().find(|level| !(**level > 0.0 && **level < 100.0)) {
        Some(level) => refuse("levels", level, "above 0 and below 100, in per cent"),
        None if levels.len() > 100 => refuse("levels", levels.len(), "at most 100 of them"),
        None => Ok(()),
    }
}
