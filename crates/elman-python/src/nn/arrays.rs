//! Values of NumPy arrays for the engine, which computes in single precision.

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
    /// The values in row-major order: the memory of a `float32` array itself, a conversion of a `float64` array.
    ///
    /// # Errors
    /// An array in another order.
    pub fn singles(&self) -> PyResult<Cow<'_, [f32]>> {
        let is_row_major = match self {
            Self::Single(array) => array.is_c_contiguous(),
            Self::Double(array) => array.is_c_contiguous(),
        };
        let slice = match self {
            Self::Single(array) => array.as_slice().ok().map(Cow::Borrowed),
            Self::Double(array) => {
                let single = |values: &[f64]| values.iter().map(|value| *value as f32).collect();
                array.as_slice().ok().map(|values| Cow::Owned(single(values)))
            }
        };
        slice.filter(|_| is_row_major).ok_or_else(|| {
            option("the array is not in row-major order", "give `numpy.ascontiguousarray` of it")
        })
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
