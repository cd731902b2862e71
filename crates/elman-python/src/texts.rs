//! Texts of a column, of any of Arrow's types of text.

use arrow_array::Array;
use arrow_array::cast::AsArray;
use arrow_schema::DataType;

/// The texts of a column, or of a column of categories; `None` of another type.
pub fn of(column: &dyn Array) -> Option<Vec<Option<&str>>> {
    match column.data_type() {
        DataType::Utf8 => Some(column.as_string::<i32>().iter().collect()),
        DataType::LargeUtf8 => Some(column.as_string::<i64>().iter().collect()),
        DataType::Utf8View => Some(column.as_string_view().iter().collect()),
        DataType::Dictionary(..) => {
            let dictionary = column.as_any_dictionary();
            let categories = of(dictionary.values().as_ref())?;
            if categories.is_empty() {
                return Some(vec![None; column.len()]);
            }
            let codes = dictionary.normalized_keys().into_iter().enumerate();
            Some(codes.map(|(i, code)| categories[code].filter(|_| column.is_valid(i))).collect())
        }
        _ => None,
    }
}
