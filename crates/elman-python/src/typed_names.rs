//! Names that are truth values, dates, moments or decimals in the data: from the text of the engine back to their type.

use crate::zones;
use arrow_array::types::{
    ArrowTimestampType, TimestampMicrosecondType, TimestampMillisecondType,
    TimestampNanosecondType, TimestampSecondType,
};
use arrow_array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, PrimitiveArray, StringArray,
};
use arrow_schema::{DataType, TimeUnit};
use jiff::civil::{Date, DateTime, date};
use jiff::{Timestamp, tz::TimeZone};
use std::sync::Arc;

/// Names in the type `kind`; `None` for another kind, and if a name is no value of the type.
pub fn of_type(names: &StringArray, kind: &DataType) -> Option<ArrayRef> {
    Some(match kind {
        DataType::Boolean => {
            Arc::new(BooleanArray::from(parsed::<bool>(names, |name| name.parse().ok())?))
        }
        DataType::Date32 => Arc::new(Date32Array::from(parsed(names, days)?)),
        DataType::Timestamp(unit, zone) => {
            let zone = zone.clone();
            match unit {
                TimeUnit::Second => moments::<TimestampSecondType>(names, 1_000_000_000, zone)?,
                TimeUnit::Millisecond => {
                    moments::<TimestampMillisecondType>(names, 1_000_000, zone)?
                }
                TimeUnit::Microsecond => moments::<TimestampMicrosecondType>(names, 1000, zone)?,
                TimeUnit::Nanosecond => moments::<TimestampNanosecondType>(names, 1, zone)?,
            }
        }
        DataType::Decimal128(precision, scale) => {
            let numbers = parsed(names, |name| decimal(name, *scale))?;
            let array = Decimal128Array::from(numbers);
            Arc::new(array.with_precision_and_scale(*precision, *scale).ok()?)
        }
        _ => return None,
    })
}

fn parsed<T>(names: &StringArray, parse: impl Fn(&str) -> Option<T>) -> Option<Vec<T>> {
    names.iter().map(|name| parse(name?)).collect()
}

/// Days since 1970.
fn days(name: &str) -> Option<i32> {
    let day: Date = name.parse().ok()?;
    Some((day - date(1970, 1, 1)).get_days())
}

fn moments<T: ArrowTimestampType>(
    names: &StringArray,
    nanos: i128,
    zone: Option<Arc<str>>,
) -> Option<ArrayRef> {
    let moment = |name: &str| -> Option<i64> {
        let moment = match &zone {
            // Midnights of the zone are written as days.
            Some(zone) => match name.parse::<Timestamp>() {
                Ok(moment) => moment,
                Err(_) => return zones::midnight::<T>(days(name)?, &TimeZone::get(zone).ok()?),
            },
            None => TimeZone::UTC.to_timestamp(name.parse::<DateTime>().ok()?).ok()?,
        };
        let units = moment.as_nanosecond();
        (units % nanos == 0).then(|| i64::try_from(units / nanos).ok()).flatten()
    };
    let array = PrimitiveArray::<T>::from_iter_values(parsed(names, moment)?);
    Some(Arc::new(array.with_timezone_opt(zone.clone())))
}

/// The whole number that is a decimal times 10^`scale`.
fn decimal(name: &str, scale: i8) -> Option<i128> {
    let scale = usize::try_from(scale).ok()?;
    let (whole, fraction) = name.split_once('.').unwrap_or((name, ""));
    let is_short = fraction.len() <= scale && fraction.bytes().all(|b| b.is_ascii_digit());
    is_short.then(|| format!("{whole}{fraction:0<scale$}").parse().ok()).flatten()
}
