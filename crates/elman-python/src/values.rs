//! A column of a table as values of Python: lists, or NumPy arrays.

use crate::errors::option;
use crate::texts;
use arrow_array::cast::AsArray;
use arrow_array::types::{
    Float64Type, Int64Type, TimestampMicrosecondType, TimestampMillisecondType,
    TimestampNanosecondType, TimestampSecondType,
};
use arrow_array::{Array, RecordBatch};
use arrow_schema::{DataType, TimeUnit};
use numpy::PyArray1;
use pyo3::prelude::*;

/// Values of column `c`: a list of texts, or numbers, as a NumPy array if `as_array`, otherwise as a list. Times are
/// counted in their unit since 1970 in UTC, days since 1970; categories are their texts. A missing value is `None` in a
/// list; in an array, NaN in place of a number, and the least whole number in place of a time.
///
/// # Errors
/// A column of another kind.
pub fn of<'py>(
    py: Python<'py>,
    kind: &DataType,
    batches: &[RecordBatch],
    c: usize,
    as_array: bool,
) -> PyResult<Bound<'py, PyAny>> {
    let columns = || batches.iter().map(|batch| batch.column(c));
    let floats = || {
        columns().flat_map(|column| {
            column.as_primitive::<Float64Type>().iter().map(|y| y.unwrap_or(f64::NAN))
        })
    };
    Ok(match kind {
        DataType::Float64 if as_array => PyArray1::from_iter(py, floats()).into_any(),
        DataType::Float64 => floats().collect::<Vec<_>>().into_pyobject(py)?,
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View | DataType::Dictionary(..) => {
            let texts = columns().map(|column| texts::of(column)).collect::<Option<Vec<_>>>();
            texts.ok_or_else(|| unreadable(kind))?.concat().into_pyobject(py)?
        }
        DataType::Int64 if as_array && columns().any(|column| column.null_count() > 0) => {
            let numbers = integers(kind, batches, c)?.into_iter();
            let floats = numbers.map(|number| number.map_or(f64::NAN, |number| number as f64));
            PyArray1::from_iter(py, floats).into_any()
        }
        _ if as_array => {
            let numbers = integers(kind, batches, c)?.into_iter();
            PyArray1::from_iter(py, numbers.map(|at| at.unwrap_or(i64::MIN))).into_any()
        }
        _ => integers(kind, batches, c)?.into_pyobject(py)?,
    })
}

/// Whole numbers, which times and days are in memory.
fn integers(kind: &DataType, batches: &[RecordBatch], c: usize) -> PyResult<Vec<Option<i64>>> {
    let columns = batches.iter().map(|batch| batch.column(c));
    let mut all = Vec::new();
    for column in columns {
        match kind {
            DataType::Int64 => all.extend(column.as_primitive::<Int64Type>().iter()),
            DataType::Date32 => {
                let days = column.as_primitive::<arrow_array::types::Date32Type>();
                all.extend(days.iter().map(|day| day.map(i64::from)));
            }
            DataType::Timestamp(TimeUnit::Second, _) => {
                all.extend(column.as_primitive::<TimestampSecondType>().iter());
            }
            DataType::Timestamp(TimeUnit::Millisecond, _) => {
                all.extend(column.as_primitive::<TimestampMillisecondType>().iter());
            }
            DataType::Timestamp(TimeUnit::Microsecond, _) => {
                all.extend(column.as_primitive::<TimestampMicrosecondType>().iter());
            }
            DataType::Timestamp(TimeUnit::Nanosecond, _) => {
                all.extend(column.as_primitive::<TimestampNanosecondType>().iter());
            }
            kind => return Err(unreadable(kind)),
        }
    }
    Ok(all)
}

fn unreadable(kind: &DataType) -> PyErr {
    let message = format!("a column of {kind} has no values of Python");
    option(&message, "take the table by `__arrow_c_stream__`")
}
