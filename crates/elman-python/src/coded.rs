//! Columns of categories made of codes that stand in the memory of a data frame.

use crate::errors::option;
use crate::restore;
use crate::table::Table;
use crate::texts;
use arrow_array::cast::AsArray;
use arrow_array::types::UInt32Type;
use arrow_array::{Array, ArrayRef, DictionaryArray, StringViewArray, downcast_integer_array};
use arrow_schema::{ArrowError, Field};
use pyo3::prelude::*;
use std::sync::Arc;

/// The table with categories in place of the codes of column `name`, without a copy of the codes. `seen` has the codes,
/// as `UInt32`, and their texts. The column has the metadata of `field`.
///
/// # Errors
/// A code without a text; a column that does not exist or has no whole numbers.
pub fn with_categories(table: &Table, name: &str, seen: &Table, field: &Field) -> PyResult<Table> {
    let c = table.place(name)?;
    let failed = || option(&format!("column `{name}` has no codes of categories"), "");
    let categories: ArrayRef = Arc::new(categories(seen).ok_or_else(failed)?);
    let coded = |batch: &ArrayRef| coded(batch, &categories).ok();
    let columns = table.batches.iter().map(|batch| coded(batch.column(c)));
    let columns = columns.collect::<Option<Vec<_>>>().ok_or_else(failed)?;
    let table = restore::replaced(table, c, columns).ok_or_else(failed)?;
    Ok(restore::with_field(table, c, |own| own.with_metadata(field.metadata().clone())))
}

/// Texts by code; a code that no row has is null.
fn categories(seen: &Table) -> Option<StringViewArray> {
    let mut by_code = Vec::new();
    for batch in &seen.batches {
        let codes = batch.columns().first()?.as_primitive_opt::<UInt32Type>()?;
        let names = texts::of(batch.columns().get(1)?)?;
        for (code, name) in codes.values().iter().zip(names) {
            let code = *code as usize;
            by_code.resize(by_code.len().max(code + 1), None);
            by_code[code] = name;
        }
    }
    Some(by_code.into_iter().collect())
}

fn coded(codes: &ArrayRef, categories: &ArrayRef) -> Result<ArrayRef, ArrowError> {
    downcast_integer_array!(
        codes => Ok(Arc::new(DictionaryArray::try_new(codes.clone(), categories.clone())?)),
        kind => Err(ArrowError::CastError(format!("{kind} is no type of codes")))
    )
}
