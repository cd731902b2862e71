//! Columns of moments in a named time zone: local dates where all moments are midnights there, and back.

use arrow_array::types::ArrowTimestampType;
use arrow_array::{Array, ArrayRef, Date32Array, PrimitiveArray};
use elman::data::calendar::Zone;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, ToSpan};

const EPOCH: Date = jiff::civil::date(1970, 1, 1);

/// Nanoseconds in a unit of time.
fn nanos<T: ArrowTimestampType>() -> i128 {
    use arrow_schema::TimeUnit::*;
    match T::UNIT {
        Second => 1_000_000_000,
        Millisecond => 1_000_000,
        Microsecond => 1_000,
        Nanosecond => 1,
    }
}

/// Dates in the time zone, if all moments are midnights there: days then have 23 to 25 hours, and the dates are regular.
pub fn local_dates<T: ArrowTimestampType>(array: &dyn Array, zone: &Zone) -> Option<ArrayRef> {
    let moments = array.as_any().downcast_ref::<PrimitiveArray<T>>()?;
    let day = |at: i64| i32::try_from(zone.day_begun(i128::from(at) * nanos::<T>())?).ok();
    let mut dates = Vec::with_capacity(moments.len());
    for at in moments {
        dates.push(match at {
            None => None,
            Some(at) => Some(day(at)?),
        });
    }
    Some(std::sync::Arc::new(Date32Array::from(dates)))
}

/// The moment at which a day, counted from 1970, begins in the time zone.
pub fn midnight<T: ArrowTimestampType>(day: i32, zone: &TimeZone) -> Option<i64> {
    let date = EPOCH.checked_add(i64::from(day).days()).ok()?;
    let moment = zone.to_ambiguous_timestamp(date.at(0, 0, 0, 0)).compatible().ok()?;
    i64::try_from(moment.as_nanosecond().div_euclid(nanos::<T>())).ok()
}

/// Milliseconds since 1970 in another unit.
pub fn from_millis<T: ArrowTimestampType>(millis: i64) -> Option<i64> {
    let duration = SignedDuration::from_millis(millis).as_nanos();
    i64::try_from(duration.div_euclid(nanos::<T>())).ok()
}
