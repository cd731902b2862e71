//! Names of series in the type of the data: whole numbers, categories.

use crate::texts;
use arrow_array::cast::AsArray;
use arrow_array::types::ArrowPrimitiveType;
use arrow_array::{
    ArrayRef, DictionaryArray, Int64Array, PrimitiveArray, StringArray, downcast_integer,
};
use arrow_schema::DataType;
use std::collections::HashMap;
use std::sync::Arc;

/// Names of series as whole numbers or categories.
pub fn named(ids: &ArrayRef, kind: &DataType, categories: Option<&ArrayRef>) -> Option<ArrayRef> {
    match kind {
        DataType::Dictionary(keys, _) => coded(ids, keys, categories?),
        kind if kind.is_integer() => whole(ids.as_string_opt::<i32>()?),
        _ => None,
    }
}

/// Names as codes of the type `keys` of categories.
fn coded(ids: &ArrayRef, keys: &DataType, categories: &ArrayRef) -> Option<ArrayRef> {
    let known = texts::of(categories.as_ref())?;
    let places: HashMap<&str, usize> = known.iter().copied().flatten().zip(0..).collect();
    let codes = ids.as_string_opt::<i32>()?.iter().flatten().map(|id| places.get(id).copied());
    let codes = codes.collect::<Option<Vec<_>>>()?;
    macro_rules! in_type {
        ($key:ty) => {{
            let code = |code: &usize| <$key as ArrowPrimitiveType>::Native::try_from(*code).ok();
            let codes = codes.iter().map(code).collect::<Option<Vec<_>>>()?;
            let codes = PrimitiveArray::<$key>::from_iter_values(codes);
            Some(Arc::new(DictionaryArray::try_new(codes, categories.clone()).ok()?))
        }};
    }
    downcast_integer! {
        keys => (in_type),
        _ => None
    }
}

pub fn whole(texts: &StringArray) -> Option<ArrayRef> {
    let numbers = texts.iter().map(|text| text?.parse::<i64>().ok());
    Some(Arc::new(Int64Array::from(numbers.collect::<Option<Vec<_>>>()?)))
}
