//! Names of series, and times without a calendar, in the type of the data: numbers, texts, categories, and those of
//! [`typed_names`].

use crate::{texts, typed_names};
use arrow_array::cast::AsArray;
use arrow_array::types::ArrowPrimitiveType;
use arrow_array::{
    ArrayRef, DictionaryArray, Float64Array, LargeStringArray, PrimitiveArray, StringArray,
    StringViewArray, downcast_integer,
};
use arrow_schema::DataType;
use std::collections::HashMap;
use std::sync::Arc;

/// Names in the type `kind`; `categories` are those of the data. `None` if a name is no value of the type.
pub fn of_type(
    names: &ArrayRef,
    kind: &DataType,
    categories: Option<&ArrayRef>,
) -> Option<ArrayRef> {
    let names = names.as_string_opt::<i32>()?;
    match kind {
        DataType::Dictionary(keys, _) => coded(names, keys, categories?),
        DataType::LargeUtf8 => Some(Arc::new(names.iter().collect::<LargeStringArray>())),
        DataType::Utf8View => Some(Arc::new(names.iter().collect::<StringViewArray>())),
        kind if kind.is_floating() => Some(Arc::new(Float64Array::from(parsed::<f64>(names)?))),
        kind => whole(names, kind).or_else(|| typed_names::of_type(names, kind)),
    }
}

/// Names as whole numbers.
fn whole(names: &StringArray, kind: &DataType) -> Option<ArrayRef> {
    macro_rules! in_type {
        ($number:ty) => {{
            let numbers = parsed::<<$number as ArrowPrimitiveType>::Native>(names)?;
            Some(Arc::new(PrimitiveArray::<$number>::from_iter_values(numbers)))
        }};
    }
    downcast_integer! {
        kind => (in_type),
        _ => None
    }
}

fn parsed<T: std::str::FromStr>(names: &StringArray) -> Option<Vec<T>> {
    names.iter().map(|name| name?.parse().ok()).collect()
}

/// Names as codes of the type `keys` of categories.
fn coded(names: &StringArray, keys: &DataType, categories: &ArrayRef) -> Option<ArrayRef> {
    let known = texts::of(categories.as_ref())?;
    let places: HashMap<&str, usize> =
        known.iter().zip(0..).filter_map(|(name, at)| Some(((*name)?, at))).collect();
    let codes = names.iter().flatten().map(|name| places.get(name).copied());
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
