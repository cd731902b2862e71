//! Numbers and moments of columns, without text.

use crate::data::calendar::Timestamp;
use arrow_array::cast::AsArray;
use arrow_array::{Array, types};
use arrow_schema::{DataType, TimeUnit};

/// The `len` numbers of the parts of a column; `None` if one is missing or not finite.
pub(super) fn values<'a>(
    parts: impl Iterator<Item = &'a dyn Array>,
    len: usize,
) -> Option<Vec<f64>> {
    let mut values = Vec::with_capacity(len);
    for part in parts {
        if part.null_count() > 0 {
            return None;
        }
        match part.data_type() {
            DataType::Float64 => {
                values.extend_from_slice(part.as_primitive::<types::Float64Type>().values());
            }
            // By its shortest decimals, as a file of text has it: 0.1 in place of 0.10000000149.
            DataType::Float32 => {
                let numbers = part.as_primitive::<types::Float32Type>().values().iter();
                for number in numbers {
                    values.push(number.to_string().parse().ok()?);
                }
            }
            DataType::Int64 => {
                let numbers = part.as_primitive::<types::Int64Type>().values().iter();
                values.extend(numbers.map(|number| *number as f64));
            }
            _ => {
                let numbers = part.as_primitive::<types::Int32Type>().values().iter();
                values.extend(numbers.map(|number| f64::from(*number)));
            }
        }
    }
    values.iter().all(|y| y.is_finite()).then_some(values)
}

/// The `len` moments of the parts of a column; `None` if one is missing, past the calendar, or finer than a millisecond.
pub(super) fn stamps<'a>(
    parts: impl Iterator<Item = &'a dyn Array>,
    len: usize,
) -> Option<Vec<Timestamp>> {
    let mut stamps = Vec::with_capacity(len);
    for part in parts {
        if part.null_count() > 0 {
            return None;
        }
        let (numbers, unit) = numbers(part)?;
        for number in numbers {
            let millis = match unit {
                Unit::Millis(in_one) => number.checked_mul(in_one),
                Unit::OfMilli(parts) => (number % parts == 0).then_some(number / parts),
            };
            stamps.push(Timestamp::of_millis(millis?)?);
        }
    }
    Some(stamps)
}

/// A unit of time, in milliseconds.
enum Unit {
    /// So many milliseconds.
    Millis(i64),
    /// One of so many parts of a millisecond.
    OfMilli(i64),
}

/// Moments since 1970 in a unit.
fn numbers(part: &dyn Array) -> Option<(Vec<i64>, Unit)> {
    macro_rules! of {
        ($kind:ty, $unit:expr) => {{
            let numbers = part.as_primitive_opt::<$kind>()?.values().iter();
            (numbers.map(|number| i64::from(*number)).collect(), $unit)
        }};
    }
    Some(match part.data_type() {
        DataType::Date32 => of!(types::Date32Type, Unit::Millis(86_400_000)),
        DataType::Timestamp(TimeUnit::Second, _) => {
            of!(types::TimestampSecondType, Unit::Millis(1000))
        }
        DataType::Timestamp(TimeUnit::Millisecond, _) => {
            of!(types::TimestampMillisecondType, Unit::Millis(1))
        }
        DataType::Timestamp(TimeUnit::Microsecond, _) => {
            of!(types::TimestampMicrosecondType, Unit::OfMilli(1000))
        }
        DataType::Timestamp(TimeUnit::Nanosecond, _) => {
            of!(types::TimestampNanosecondType, Unit::OfMilli(1_000_000))
        }
        _ => return None,
    })
}
