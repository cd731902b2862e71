//! NumPy arrays as Arrow buffers, without copies.

use arrow_array::ArrowPrimitiveType;
use arrow_array::PrimitiveArray;
use arrow_buffer::{Buffer, ScalarBuffer};
use numpy::ndarray::Dimension;
use numpy::{Element, PyReadonlyArray, PyReadonlyArray1, PyUntypedArrayMethods};
use pyo3::prelude::*;
use std::ptr::NonNull;
use std::sync::Arc;

/// Keeps a NumPy array alive as long as its memory is used.
struct Owner(#[expect(dead_code, reason = "dropped with the buffer")] Py<PyAny>);

impl std::panic::RefUnwindSafe for Owner {}

/// The array itself, if its values are in row-major order in one piece of aligned memory, otherwise a copy by NumPy: a field
/// of a structured array has strides that are no multiple of its values, and memory that is not aligned.
///
/// # Errors
/// Not enough memory for the copy.
pub fn in_one_piece<'py, T: Element, D: Dimension>(
    values: PyReadonlyArray<'py, T, D>,
) -> PyResult<PyReadonlyArray<'py, T, D>> {
    match values.is_c_contiguous() && values.as_slice().is_ok() {
        true => Ok(values),
        false => Ok(values.as_any().call_method1("copy", ("C",))?.extract()?),
    }
}

/// The values of a NumPy array [in one piece](in_one_piece), in its own memory. Who writes into the array later changes the
/// column: a table that is kept is a copy.
///
/// # Errors
/// An array in several pieces.
pub fn array<T>(values: &PyReadonlyArray1<'_, T::Native>) -> PyResult<PrimitiveArray<T>>
where
    T: ArrowPrimitiveType,
    T::Native: Element,
{
    let slice = values.as_slice()?;
    let bytes = size_of_val(slice);
    let owner = Arc::new(Owner(values.as_any().clone().unbind()));
    let start = NonNull::from(slice).cast::<u8>();
    // SAFETY: the slice is `bytes` long, and its owner, the NumPy array, lives as long as the buffer. No code of this crate
    // writes into the memory; a caller who writes while a table is read gets values from before or after the change, as
    // from any library that reads NumPy's memory without the GIL.
    let buffer = unsafe { Buffer::from_custom_allocation(start, bytes, owner) };
    Ok(PrimitiveArray::new(ScalarBuffer::new(buffer, 0, slice.len()), None))
}
