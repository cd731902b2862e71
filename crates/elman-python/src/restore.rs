//! Types of the columns of names and times: remembered from the data, and given to a forecast, so that both can be joined.

use crate::table::Table;
use crate::{names, texts, zones};
use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowTimestampType, Date32Type, TimestampMicrosecondType, TimestampMillisecondType,
    TimestampNanosecondType, TimestampSecondType,
};
use arrow_array::{Array, ArrayRef, Date32Array, PrimitiveArray, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema, SchemaRef, TimeUnit};
use elman::data::calendar::Zone;
use jiff::tz::TimeZone;
use std::collections::HashSet;
use std::sync::Arc;

/// Types of the columns of names and times in the data.
#[derive(Clone, Debug, Default)]
pub struct Types {
    id: Option<(Arc<Field>, Option<ArrayRef>)>,
    time: Option<(String, DataType)>,
    target: Option<String>,
}

/// Calls a generic function for the unit of a column of moments.
macro_rules! for_unit {
    ($unit:expr, $function:ident ( $($argument:expr),* )) => {
        match $unit {
            TimeUnit::Second => $function::<TimestampSecondType>($($argument),*),
            TimeUnit::Millisecond => $function::<TimestampMillisecondType>($($argument),*),
            TimeUnit::Microsecond => $function::<TimestampMicrosecondType>($($argument),*),
            TimeUnit::Nanosecond => $function::<TimestampNanosecondType>($($argument),*),
        }
    };
}

impl Types {
    /// Types of the columns `id` and `time` of a table.
    pub fn of(table: &Table, id: Option<&str>, time: Option<&str>, target: Option<&str>) -> Self {
        let place = |name: &str| table.schema.index_of(name).ok();
        let id =
            id.and_then(place).map(|c| (table.schema.fields()[c].clone(), categories(table, c)));
        let time = time.and_then(|time| {
            Some((time.to_owned(), table.schema.field(place(time)?).data_type().clone()))
        });
        Self { id, time, target: target.map(str::to_owned) }
    }

    /// The table with local dates in place of the column of times, if these are midnights in a named time zone.
    pub fn in_local_dates(&self, table: &Table) -> Table {
        let local = || {
            let (name, DataType::Timestamp(unit, Some(zone))) = self.time.as_ref()? else {
                return None;
            };
            let zone: Zone = zone.parse().ok()?;
            let c = table.schema.index_of(name).ok()?;
            let dates = table.batches.iter().map(|batch| {
                let column = batch.column(c).as_ref();
                for_unit!(unit, local_dates(column, &zone))
            });
            let dates = dates.collect::<Option<Vec<ArrayRef>>>()?;
            replaced(table, c, dates)
        };
        local().unwrap_or_else(|| table.clone())
    }

    /// Whether the times are numbers, such as years: a forecast has them as the data write them, not as dates.
    pub fn has_numbers_as_times(&self) -> bool {
        self.time.as_ref().is_some_and(|(_, kind)| kind.is_numeric())
    }

    /// A forecast with names and times of these types, and these names of its columns. A column that has no value of the
    /// type stays as it is.
    pub fn restored(&self, forecast: Table) -> Table {
        // The places come first: a column of the data may have the name of another column of the forecast.
        let schema = forecast.schema.clone();
        let place = |name: &str| schema.index_of(name).ok();
        let mut table = forecast;
        if let (Some((field, categories)), Some(c)) = (&self.id, place("unique_id")) {
            table = converted(table, c, |ids| {
                names::of_type(ids, field.data_type(), categories.as_ref())
            });
            table = renamed(table, c, field.name());
            table = with_metadata(table, c, field);
        }
        if let Some((name, kind)) = &self.time {
            for c in [place("cutoff"), place("ds")].into_iter().flatten() {
                table = converted(table, c, |times| timed(times, kind));
            }
            table = place("ds").into_iter().fold(table, |table, c| renamed(table, c, name));
        }
        if let (Some(name), Some(c)) = (&self.target, place("y")) {
            table = renamed(table, c, name);
        }
        table
    }
}

fn local_dates<T: ArrowTimestampType>(array: &dyn Array, zone: &Zone) -> Option<ArrayRef> {
    zones::local_dates::<T>(array, zone)
}

/// Categories of a column, in their order; `None` of another kind of column. Those of a later batch come after those of
/// the batches before it.
pub fn categories(table: &Table, c: usize) -> Option<ArrayRef> {
    let values = |batch: &RecordBatch| {
        batch.column(c).as_any_dictionary_opt().map(|column| column.values().clone())
    };
    let all = table.batches.iter().map(values).collect::<Option<Vec<_>>>()?;
    let first = all.first()?;
    if all.iter().all(|values| Arc::ptr_eq(values, first) || values == first) {
        return Some(first.clone());
    }
    let texts = all.iter().map(|values| texts::of(values)).collect::<Option<Vec<_>>>()?;
    let mut seen = HashSet::new();
    let texts = texts.into_iter().flatten().flatten().filter(|text| seen.insert(*text));
    let distinct: ArrayRef = Arc::new(texts.map(Some).collect::<StringArray>());
    names::of_type(&distinct, first.data_type(), None).or(Some(distinct))
}

/// The table with these arrays as column `c`, of which each batch has one.
pub fn replaced(table: &Table, c: usize, arrays: Vec<ArrayRef>) -> Option<Table> {
    let kind = arrays.first()?.data_type().clone();
    let mut fields: Vec<Field> = table.schema.fields().iter().map(|f| f.as_ref().clone()).collect();
    fields[c] = fields[c].clone().with_data_type(kind).with_nullable(true);
    let schema = Arc::new(Schema::new(fields));
    let batches = table.batches.iter().zip(arrays).map(|(batch, array)| {
        let mut columns = batch.columns().to_vec();
        columns[c] = array;
        RecordBatch::try_new(schema.clone(), columns).ok()
    });
    Some(Table { batches: batches.collect::<Option<_>>()?, schema })
}

/// The table with column `c` converted, if all its values can be.
fn converted(table: Table, c: usize, convert: impl Fn(&ArrayRef) -> Option<ArrayRef>) -> Table {
    let arrays: Option<Vec<ArrayRef>> =
        table.batches.iter().map(|batch| convert(batch.column(c))).collect();
    arrays.and_then(|arrays| replaced(&table, c, arrays)).unwrap_or(table)
}

/// The table with another name of column `c`.
fn renamed(table: Table, c: usize, name: &str) -> Table {
    with_field(table, c, |field| field.with_name(name))
}

/// The table with another field of column `c`, of the same type.
pub fn with_field(table: Table, c: usize, change: impl Fn(Field) -> Field) -> Table {
    let mut fields: Vec<Field> = table.schema.fields().iter().map(|f| f.as_ref().clone()).collect();
    fields[c] = change(fields[c].clone());
    with_schema(table, Arc::new(Schema::new(fields)))
}

/// The table with a schema of the same types.
fn with_schema(table: Table, schema: SchemaRef) -> Table {
    let with = |batch: &RecordBatch| RecordBatch::try_new(schema.clone(), batch.columns().to_vec());
    let batches = table.batches.iter().map(|batch| with(batch).ok());
    match batches.collect::<Option<Vec<_>>>() {
        Some(batches) => Table { schema, batches },
        None => table,
    }
}

/// The table with the metadata of `field` at column `c`, if it has the type: libraries keep types of their own there.
fn with_metadata(table: Table, c: usize, field: &Field) -> Table {
    match table.schema.field(c).data_type() == field.data_type() {
        true => with_field(table, c, |own| own.with_metadata(field.metadata().clone())),
        false => table,
    }
}

/// Times of a type.
fn timed(times: &ArrayRef, kind: &DataType) -> Option<ArrayRef> {
    match (times.data_type(), kind) {
        (DataType::Utf8, kind) => names::of_type(times, kind, None),
        (DataType::Date32, DataType::Timestamp(unit, zone)) => {
            let days = times.as_primitive::<Date32Type>();
            for_unit!(unit, of_days(days, zone.clone()))
        }
        (DataType::Timestamp(TimeUnit::Millisecond, _), DataType::Timestamp(unit, zone)) => {
            let millis = times.as_primitive::<TimestampMillisecondType>();
            for_unit!(unit, of_millis(millis, zone.clone()))
        }
        _ => None,
    }
}

fn of_days<T: ArrowTimestampType>(days: &Date32Array, zone: Option<Arc<str>>) -> Option<ArrayRef> {
    let clock = match &zone {
        Some(zone) => TimeZone::get(zone).ok()?,
        None => TimeZone::UTC,
    };
    let moments = days.iter().map(|day| zones::midnight::<T>(day?, &clock));
    let moments: PrimitiveArray<T> =
        moments.map(|at| at.map(Some)).collect::<Option<Vec<_>>>()?.into_iter().collect();
    Some(Arc::new(moments.with_timezone_opt(zone)))
}

fn of_millis<T: ArrowTimestampType>(
    millis: &PrimitiveArray<TimestampMillisecondType>,
    zone: Option<Arc<str>>,
) -> Option<ArrayRef> {
    let moments = millis.iter().map(|at| zones::from_millis::<T>(at?));
    let moments: PrimitiveArray<T> =
        moments.map(|at| at.map(Some)).collect::<Option<Vec<_>>>()?.into_iter().collect();
    Some(Arc::new(moments.with_timezone_opt(zone)))
}
