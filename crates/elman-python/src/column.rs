//! A column of a table from values of Python: NumPy arrays without copies, or lists.

use crate::buffers;
use crate::errors::option;
use arrow_array::types::{
    Float64Type, Int32Type, Int64Type, TimestampMicrosecondType, TimestampMillisecondType,
    TimestampNanosecondType, TimestampSecondType,
};
use arrow_array::{
    Array, ArrayRef, ArrowPrimitiveType, Date32Array, DictionaryArray, Float64Array, Int64Array,
    PrimitiveArray, StringArray,
};
use numpy::{Element, PyReadonlyArray1};
use pyo3::prelude::*;
use pyo3::types::PyList;
use std::sync::Arc;

/// A column: its kind, its values, and by kind: the unit and the time zone of times, the categories of codes.
#[derive(FromPyObject)]
pub struct Column<'py> {
    kind: String,
    values: Bound<'py, PyAny>,
    unit: Option<String>,
    zone: Option<String>,
    categories: Option<Vec<Option<String>>>,
}

impl Column<'_> {
    /// The array of Arrow.
    ///
    /// # Errors
    /// Values that are not of the kind.
    pub fn array(&self) -> PyResult<ArrayRef> {
        Ok(match &self.kind[..] {
            // NumPy is not asked for lists: it need not be installed.
            "float" if self.is_list() => {
                Arc::new(Float64Array::from(self.values.extract::<Vec<Option<f64>>>()?))
            }
            "float" => Arc::new(buffers::array::<Float64Type>(&self.numbers()?)?),
            "int" if self.is_list() => {
                Arc::new(Int64Array::from(self.values.extract::<Vec<Option<i64>>>()?))
            }
            "int" => Arc::new(buffers::array::<Int64Type>(&self.numbers()?)?),
            "text" => Arc::new(StringArray::from(self.values.extract::<Vec<Option<String>>>()?)),
            "date" => Arc::new(Date32Array::from(self.values.extract::<Vec<Option<i32>>>()?)),
            "time" => self.times()?,
            "category" => self.categories()?,
            kind => return Err(option(&format!("no kind of column is `{kind}`"), "")),
        })
    }

    /// The NumPy array of the values, in one piece.
    fn numbers<T: Element>(&self) -> PyResult<PyReadonlyArray1<'_, T>> {
        buffers::in_one_piece(self.values.extract()?)
    }

    fn is_list(&self) -> bool {
        self.values.is_instance_of::<PyList>()
    }

    fn times(&self) -> PyResult<ArrayRef> {
        match self.unit.as_deref() {
            Some("s") => self.times_in::<TimestampSecondType>(),
            Some("ms") => self.times_in::<TimestampMillisecondType>(),
            Some("us") => self.times_in::<TimestampMicrosecondType>(),
            Some("ns") => self.times_in::<TimestampNanosecondType>(),
            unit => Err(option(&format!("no unit of times is {unit:?}"), "s, ms, us or ns")),
        }
    }

    /// Times since 1970 in UTC, of which the least number is none.
    fn times_in<T>(&self) -> PyResult<ArrayRef>
    where
        T: ArrowPrimitiveType<Native = i64> + arrow_array::types::ArrowTimestampType,
    {
        let zone = self.zone.as_deref().map(Arc::from);
        if self.is_list() {
            let moments = self.values.extract::<Vec<Option<i64>>>()?;
            let moments = moments.into_iter().collect::<PrimitiveArray<T>>();
            return Ok(Arc::new(moments.with_timezone_opt(zone)));
        }
        let values = self.numbers::<i64>()?;
        let moments = values.as_slice()?;
        let array = match moments.contains(&i64::MIN) {
            false => buffers::array::<T>(&values)?,
            true => moments.iter().map(|at| (*at != i64::MIN).then_some(*at)).collect(),
        };
        Ok(Arc::new(PrimitiveArray::<T>::with_timezone_opt(array, zone)))
    }

    /// Codes of categories, of which a negative one is none.
    fn categories(&self) -> PyResult<ArrayRef> {
        let values = self.numbers::<i32>()?;
        let codes = values.as_slice()?;
        let categories = StringArray::from(self.categories.clone().unwrap_or_default());
        let known = categories.len() as i32;
        if codes.iter().any(|code| *code >= known) {
            return Err(option("a code of no category", "give the categories of the column"));
        }
        let codes: PrimitiveArray<Int32Type> = match codes.iter().any(|code| *code < 0) {
            false => buffers::array::<Int32Type>(&values)?,
            true => codes.iter().map(|code| (*code >= 0).then_some(*code)).collect(),
        };
        let array = DictionaryArray::try_new(codes, Arc::new(categories));
        let array = array.map_err(|error| option(&error.to_string(), ""))?;
        Ok(Arc::new(array))
    }
}
