//! The values of a column as text.

use super::instants::Instants;
use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, types};
use arrow_schema::DataType;
use std::fmt::Write;

/// Whether such a column has one value a row that can be written as a text cell.
pub(super) fn is_read(kind: &DataType) -> bool {
    use DataType::*;
    match kind {
        Dictionary(_, values) => is_read(values),
        Boolean | Null | Utf8 | LargeUtf8 | Utf8View | Binary | LargeBinary | BinaryView => true,
        Timestamp(..) | Date32 | Date64 | Decimal128(..) | Decimal256(..) => true,
        kind => kind.is_integer() || kind.is_floating(),
    }
}

/// The values of a column of one batch, as text.
pub(super) struct Cells<'a> {
    array: &'a dyn Array,
    instants: Option<&'a Instants>,
    /// For a dictionary, the place of each row's value in `array`; none for null.
    keys: Option<Vec<Option<usize>>>,
}

impl<'a> Cells<'a> {
    pub(super) fn of(array: &'a ArrayRef, instants: Option<&'a Instants>) -> Self {
        let Some(dictionary) = array.as_any_dictionary_opt() else {
            return Self { array, instants, keys: None };
        };
        let values = dictionary.values();
        let keys = match values.is_empty() {
            true => vec![None; array.len()],
            false => {
                let places = dictionary.normalized_keys().into_iter().enumerate();
                places.map(|(i, at)| dictionary.keys().is_valid(i).then_some(at)).collect()
            }
        };
        Self { array: values, instants, keys: Some(keys) }
    }

    /// Writes the value of row `i`; nothing for a null or NaN.
    pub(super) fn write(&self, i: usize, cell: &mut String) {
        let at = match &self.keys {
            Some(keys) => keys[i],
            None => Some(i),
        };
        let Some(i) = at.filter(|at| self.array.is_valid(*at)) else { return };
        if let Some(instants) = self.instants {
            return instants.write(self.array, i, cell);
        }
        match self.array.data_type() {
            kind if kind.is_numeric() => write_number(self.array, i, cell),
            DataType::Boolean => _ = write!(cell, "{}", self.array.as_boolean().value(i)),
            DataType::Utf8 => cell.push_str(self.array.as_string::<i32>().value(i)),
            DataType::LargeUtf8 => cell.push_str(self.array.as_string::<i64>().value(i)),
            DataType::Utf8View => cell.push_str(self.array.as_string_view().value(i)),
            DataType::Binary => push(cell, self.array.as_binary::<i32>().value(i)),
            DataType::LargeBinary => push(cell, self.array.as_binary::<i64>().value(i)),
            DataType::BinaryView => push(cell, self.array.as_binary_view().value(i)),
            // `is_read` lets nothing else through but nulls.
            _ => {}
        }
    }
}

/// Writes the number of row `i`; nothing for NaN.
fn write_number(array: &dyn Array, i: usize, cell: &mut String) {
    macro_rules! whole {
        ($kind:ty) => {{
            let value = array.as_primitive::<$kind>().value(i);
            // Writing to a String cannot fail.
            _ = write!(cell, "{value}");
        }};
    }
    macro_rules! float {
        ($kind:ty) => {{
            let value = array.as_primitive::<$kind>().value(i);
            if !value.is_nan() {
                _ = write!(cell, "{value}");
            }
        }};
    }
    match array.data_type() {
        DataType::Int8 => whole!(types::Int8Type),
        DataType::Int16 => whole!(types::Int16Type),
        DataType::Int32 => whole!(types::Int32Type),
        DataType::Int64 => whole!(types::Int64Type),
        DataType::UInt8 => whole!(types::UInt8Type),
        DataType::UInt16 => whole!(types::UInt16Type),
        DataType::UInt32 => whole!(types::UInt32Type),
        DataType::UInt64 => whole!(types::UInt64Type),
        DataType::Float16 => float!(types::Float16Type),
        DataType::Float32 => float!(types::Float32Type),
        DataType::Float64 => float!(types::Float64Type),
        DataType::Decimal128(..) => {
            cell.push_str(&array.as_primitive::<types::Decimal128Type>().value_as_string(i));
        }
        DataType::Decimal256(..) => {
            cell.push_str(&array.as_primitive::<types::Decimal256Type>().value_as_string(i));
        }
        // There are no other numbers that `is_read` lets through.
        _ => {}
    }
}

/// Text that was written without saying that it is text, as older programs do.
fn push(cell: &mut String, bytes: &[u8]) {
    cell.push_str(&String::from_utf8_lossy(bytes));
}
