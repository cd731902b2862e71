//! Values of NumPy arrays for the engine, which computes in single precision.

use crate::buffers;
use crate::errors::option;
use numpy::{PyReadonlyArrayDyn, PyUntypedArrayMethods};
use pyo3::prelude::*;
use std::borrow::Cow;

/// A NumPy array of numbers.
#[derive(FromPyObject)]
pub enum Values<'py> {
    Single(PyReadonlyArrayDyn<'py, f32>),
    Double(PyReadonlyArrayDyn<'py, f64>),
}

impl Values<'_> {
    /// The values in row-major order: the memory of a `float32` array itself if it has that order, otherwise a copy.
    ///
    /// # Errors
    /// Not enough memory for a copy by NumPy.
    pub fn singles(&self) -> PyResult<Cow<'_, [f32]>> {
        match self {
            Self::Single(array) if array.is_c_contiguous() && array.as_slice().is_ok() => {
                Ok(Cow::Borrowed(array.as_slice()?))
            }
            Self::Single(array) => {
                Ok(Cow::Owned(buffers::in_one_piece(array.clone())?.as_slice()?.to_vec()))
            }
            Self::Double(array) => {
                let array = buffers::in_one_piece(array.clone())?;
                Ok(Cow::Owned(array.as_slice()?.iter().map(|value| *value as f32).collect()))
            }
        }
    }
}

/// Checks a property of each value; `axes` has the letter and the size of each axis.
///
/// # Errors
/// The first value without the property, with its place.
pub fn check(
    tensor: &str,
    axes: &[(char, usize)],
    values: &[f32],
    is_valid: impl Fn(f32) -> bool,
    must_be: &str,
) -> PyResult<()> {
    let Some(at) = values.iter().position(|value| !is_valid(*value)) else { return Ok(()) };
    let mut rest = at;
    let mut place = Vec::new();
    for (letter, size) in axes.iter().rev() {
        place.push(format!("{}={}", letter.to_ascii_lowercase(), rest % size.max(&1)));
        rest /= size.max(&1);
    }
    place.reverse();
    let message = format!("`{tensor}` at [{}] is {}", place.join(", "), values[at]);
    Err(option(&message, &format!("give {must_be}")))
}
