//! NumPy arrays as Arrow buffers, without copies.

use arrow_array::ArrowPrimitiveType;
use arrow_array::PrimitiveArray;
use arrow_buffer::{Buffer, ScalarBuffer};
use numpy::{Element, PyReadonlyArray1};
use pyo3::prelude::*;
use std::ptr::NonNull;
use std::sync::Arc;

/// Keeps a NumPy array alive as long as its memory is used.
struct Owner(#[expect(dead_code, reason = "dropped with the buffer")] Py<PyAny>);

impl std::panic::RefUnwindSafe for Owner {}

/// The values of a one-dimensional NumPy array in one piece of memory: that memory, or a copy of a strided array.
pub fn array<T>(values: &PyReadonlyArray1<'_, T::Native>) -> PrimitiveArray<T>
where
    T: ArrowPrimitiveType,
    T::Native: Element,
{
    let Ok(slice) = values.as_slice() else {
        return PrimitiveArray::from_iter_values(values.as_array().iter().copied());
    };
    let bytes = size_of_val(slice);
    let owner = Arc::new(Owner(values.as_any().clone().unbind()));
    let start = NonNull::from(slice).cast::<u8>();
    // SAFETY: the slice is `bytes` long, and its owner, the NumPy array, lives as long as the buffer.
    let buffer = unsafe { Buffer::from_custom_allocation(start, bytes, owner) };
    PrimitiveArray::new(ScalarBuffer::new(buffer, 0, slice.len()), None)
}
