//! Series of a table of typed columns, without text: a column of names, one of dates and one of numbers, and nothing to say
//! about them. Such a table is read many times faster than cells of text, and takes the memory of its series alone. The rows
//! of a series in which anything has to be named, corrected or refused become text, so that the rules stand in one place.

use super::batches::Batches;
use super::runs::{Run, runs};
use crate::data::calendar::{DateFormat, Dates, Timestamp};
use crate::data::{Covariates, DateAxis, Series, TimeAxis};
use crate::error::Result;
use crate::io::read::large::Plan;
use crate::io::read::memory::Memory;
use crate::io::read::table::Table;
use crate::io::read::totals::says_total;
use crate::io::read::{Loaded, LoadedPanel, Missing, ReadOptions, dates, sentinels};
use arrow_array::cast::AsArray;
use arrow_array::{Array, types};
use arrow_schema::{DataType, TimeUnit};

/// Series that show how all are read.
const SHOWN: usize = 3;

/// Places of the columns.
struct Places {
    id: usize,
    time: usize,
    target: usize,
}

/// Reads the panel; `None` if the table is of another kind.
///
/// # Errors
/// Those of the rows that become text.
pub(in crate::io::read) fn panel(
    batches: &Batches,
    options: &ReadOptions,
    memory: &Memory,
) -> Result<Option<LoadedPanel>> {
    let Some(places) = Places::of(batches, options) else { return Ok(None) };
    let all = batches.in_memory();
    // A total below the series is found by the rows above it, which text alone has in sight.
    let is_usual = |runs: &Vec<Run>| {
        runs.len() >= SHOWN && !runs.last().is_some_and(|last| says_total(&last.id))
    };
    let Some(runs) = runs(all, places.id).filter(is_usual) else { return Ok(None) };
    let mut table = batches.table_of(&Run::joined(&runs[..SHOWN]).batches(all), 0)?;
    let Some(mut plan) = Plan::of(&mut table, options, memory) else { return Ok(None) };
    let format = format(&table, &mut plan, runs[0].len)?;
    drop(table);
    for run in &runs[1..] {
        let rows = run.batches(all);
        let clean = format.as_ref().and_then(|format| {
            let part = |c: usize| rows.iter().map(move |rows| rows.column(c).as_ref());
            let values = values(part(places.target), run.len)?;
            let stamps = stamps(part(places.time), run.len)?;
            series(run, values, Dates { stamps, style: format.clone() }, &plan)
        });
        match clean {
            Some(loaded) => plan.push(loaded)?,
            None => {
                let mut table = batches.table_of(&rows, run.start as u32)?;
                table.square()?;
                let rows: Vec<usize> = table.rows().collect();
                plan.read_rows(&table, &rows)?;
            }
        }
    }
    Ok(plan.into_panel())
}

/// Reads the first series, in so many rows of the table, as text. Returns the format of its dates.
fn format(table: &Table, plan: &mut Plan, len: usize) -> Result<Option<DateFormat>> {
    let rows: Vec<usize> = table.rows().take(len).collect();
    plan.read_rows(table, &rows)?;
    Ok(plan.last_format())
}

impl Places {
    /// The three columns of a table that has no other, if all are named and the options ask for nothing that needs text.
    fn of(batches: &Batches, options: &ReadOptions) -> Option<Self> {
        let place = |name: &Option<String>| batches.place(name.as_deref()?);
        let (id, time, target) =
            (place(&options.id_col)?, place(&options.time_col)?, place(&options.target)?);
        let usual = ReadOptions {
            id_col: options.id_col.clone(),
            time_col: options.time_col.clone(),
            target: options.target.clone(),
            missing: Missing::Mask,
            missing_dates: options.missing_dates,
            freq: options.freq,
            max_memory: options.max_memory,
            ..ReadOptions::default()
        };
        let has_kinds = is_number(batches.kind(target)) && is_time(batches.kind(time));
        (*options == usual && has_kinds && batches.width() == 3).then_some(Self {
            id,
            time,
            target,
        })
    }
}

fn is_number(kind: &DataType) -> bool {
    matches!(kind, DataType::Float64 | DataType::Float32 | DataType::Int64 | DataType::Int32)
}

fn is_time(kind: &DataType) -> bool {
    matches!(kind, DataType::Date32 | DataType::Timestamp(_, None))
}

/// A series without anything to say about it; `None` of another.
fn series(run: &Run, values: Vec<f64>, dates: Dates, plan: &Plan) -> Option<Loaded> {
    let rises = dates.stamps.windows(2).all(|w| w[0] < w[1]);
    let is_plain = rises && sentinels::suspect(&values).is_none();
    let found = is_plain
        .then(|| dates::plain_calendar(&dates.stamps, plan.frequency, &plan.options))
        .flatten()?;
    let time = TimeAxis::Dates(DateAxis::on(dates, found)?);
    let (name, covariates) = (run.id.clone(), Covariates::default());
    plan.loaded(Series { name, values, time, covariates })
}

/// The `len` numbers of the parts of a column; `None` if one is missing or not finite.
fn values<'a>(parts: impl Iterator<Item = &'a dyn Array>, len: usize) -> Option<Vec<f64>> {
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
fn stamps<'a>(parts: impl Iterator<Item = &'a dyn Array>, len: usize) -> Option<Vec<Timestamp>> {
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
