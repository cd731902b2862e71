//! Arrow's PyCapsule interface: tables from any data frame and to any, without copies.
//!
//! Source: <https://arrow.apache.org/docs/format/CDataInterface/PyCapsuleInterface.html>.

use crate::errors::{data, defended};
use arrow_array::ffi_stream::{FFI_ArrowArrayStream, RecordBatchStreamReader};
use arrow_array::{RecordBatch, RecordBatchIterator, RecordBatchReader};
use arrow_schema::SchemaRef;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyCapsule;
use std::ffi::CStr;

const STREAM: &CStr = c"arrow_array_stream";

/// The schema and the batches of an object with `__arrow_c_stream__`.
///
/// # Errors
/// An object without that method; what the stream gives.
pub fn imported(object: &Bound<'_, PyAny>) -> PyResult<(SchemaRef, Vec<RecordBatch>)> {
    let capsule = object.call_method0("__arrow_c_stream__")?.cast_into::<PyCapsule>()?;
    let pointer = capsule.pointer_checked(Some(STREAM))?.cast::<FFI_ArrowArrayStream>();
    // SAFETY: the name of the capsule says that it holds such a stream, which `from_raw` moves out of it, as the
    // interface asks.
    let stream = unsafe { FFI_ArrowArrayStream::from_raw(pointer.as_ptr()) };
    // A stream of one column has no schema: the caller knows what the object is.
    let reader = RecordBatchStreamReader::try_new(stream)
        .map_err(|error| PyValueError::new_err(error.to_string()))?;
    let failed = |error: arrow_schema::ArrowError| {
        data(&format!("the data frame gives no columns: {error}"), "convert it to another kind")
    };
    let schema = reader.schema();
    // Threads of the producer may need the GIL.
    let collected = object.py().detach(|| defended(|| reader.collect::<Result<_, _>>()))?;
    let batches = collected.map_err(failed)?;
    Ok((schema, batches))
}

/// A capsule with a stream of these batches.
pub fn exported<'py>(
    py: Python<'py>,
    schema: SchemaRef,
    batches: Vec<RecordBatch>,
) -> PyResult<Bound<'py, PyCapsule>> {
    let batches = RecordBatchIterator::new(batches.into_iter().map(Ok), schema);
    let stream = FFI_ArrowArrayStream::new(Box::new(batches));
    PyCapsule::new_with_value(py, stream, STREAM)
}
