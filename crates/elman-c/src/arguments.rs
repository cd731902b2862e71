//! Pointers of a caller as references, slices and texts of Rust.

use std::ffi::{CStr, c_char};
use std::path::Path;

use crate::status::Failure;

fn null(name: &str) -> Failure {
    Failure::argument(format!("`{name}` is NULL"))
}

/// # Safety
/// `pointer` is NULL, or valid for reads while the reference lives.
pub(crate) unsafe fn reference<'a, T>(name: &str, pointer: *const T) -> Result<&'a T, Failure> {
    // SAFETY: the contract of this function.
    unsafe { pointer.as_ref() }.ok_or_else(|| null(name))
}

/// # Safety
/// `pointer` is NULL, or valid for reads and writes by this thread alone while the reference lives.
pub(crate) unsafe fn reference_mut<'a, T>(
    name: &str,
    pointer: *mut T,
) -> Result<&'a mut T, Failure> {
    // SAFETY: the contract of this function.
    unsafe { pointer.as_mut() }.ok_or_else(|| null(name))
}

/// Checks that an array of `len` elements can be at `pointer`.
fn check_array<T>(name: &str, pointer: *const T, len: usize) -> Result<(), Failure> {
    if pointer.is_null() {
        return Err(null(name));
    }
    if !pointer.is_aligned() {
        return Err(Failure::argument(format!("`{name}` is not aligned")));
    }
    match len.checked_mul(size_of::<T>()) {
        Some(size) if isize::try_from(size).is_ok() => Ok(()),
        _ => Err(Failure::argument(format!("{len} elements of `{name}` do not fit in memory"))),
    }
}

/// NULL is an array of no elements.
///
/// # Safety
/// `pointer` is NULL, or valid for reads of `len` elements while the slice lives.
pub(crate) unsafe fn array<'a, T>(
    name: &str,
    pointer: *const T,
    len: usize,
) -> Result<&'a [T], Failure> {
    if len == 0 {
        return Ok(&[]);
    }
    check_array(name, pointer, len)?;
    // SAFETY: not NULL, aligned, of a possible size; valid by the contract of this function.
    Ok(unsafe { std::slice::from_raw_parts(pointer, len) })
}

/// Writes `values` to the array `to`, which may be NULL if there are none.
///
/// # Safety
/// `to` is NULL, or valid for writes of as many elements as `values` has.
pub(crate) unsafe fn write<T: Copy>(name: &str, to: *mut T, values: &[T]) -> Result<(), Failure> {
    if values.is_empty() {
        return Ok(());
    }
    check_array(name, to, values.len())?;
    // SAFETY: not NULL, aligned; valid by the contract of this function. `values` is memory of the library, which no array
    // of the caller overlaps.
    unsafe { std::ptr::copy_nonoverlapping(values.as_ptr(), to, values.len()) };
    Ok(())
}

/// # Safety
/// `pointer` is NULL, or a string that ends with a zero byte and is valid while the path lives.
pub(crate) unsafe fn path<'a>(name: &str, pointer: *const c_char) -> Result<&'a Path, Failure> {
    if pointer.is_null() {
        return Err(null(name));
    }
    // SAFETY: not NULL; a string by the contract of this function.
    let text = unsafe { CStr::from_ptr(pointer) }.to_str();
    text.map(Path::new).map_err(|_| Failure::argument(format!("`{name}` is not UTF-8")))
}

/// Gives a new handle to the caller.
///
/// # Safety
/// `out` is NULL, or valid for a write.
pub(crate) unsafe fn give<T>(
    out: *mut *mut T,
    make: impl FnOnce() -> Result<T, Failure>,
) -> Result<(), Failure> {
    // A caller that ignores the status of a failure then has NULL, which every function refuses, and no stray pointer.
    // SAFETY: the contract of this function.
    unsafe { write("out", out, &[std::ptr::null_mut()])? };
    let handle = Box::into_raw(Box::new(make()?));
    // SAFETY: as above.
    unsafe { write("out", out, &[handle]) }
}

/// Frees a handle of [`give`]; NULL is no handle.
///
/// # Safety
/// `handle` is NULL, or of [`give`] and not yet freed.
pub(crate) unsafe fn free<T>(handle: *mut T) {
    if !handle.is_null() {
        // SAFETY: a box of `give`, freed once, by the contract of this function.
        drop(unsafe { Box::from_raw(handle) });
    }
}
