//! Series of a table of typed columns, without text: a column of names, one of dates and one of numbers. Such a
//! table is read many times faster than cells of text, and takes the memory of its series alone. The rows of a series that
//! needs a note, a correction or an error become text, so that each rule of reading is implemented once.

use super::batches::Batches;
use super::groups::Groups;
use super::numbers::{stamps, values};
use super::runs::{Run, pieces, runs};
use crate::data::calendar::{DateFormat, Dates};
use crate::data::{Covariates, DateAxis, Series, TimeAxis};
use crate::error::Result;
use crate::io::read::large::Plan;
use crate::io::read::memory::Memory;
use crate::io::read::table::Table;
use crate::io::read::totals::says_total;
use crate::io::read::{BYTES_A_VALUE, Loaded, LoadedPanel, Missing, ReadOptions, dates, sentinels};
use arrow_array::{Array, RecordBatch};
use arrow_schema::DataType;
use std::iter;

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
    match runs(batches.in_memory(), places.id) {
        Some(runs) => of_runs(batches, &places, &runs, options, memory),
        None => of_rows_apart(batches, &places, options, memory),
    }
}

/// Reads series whose rows stand together.
fn of_runs(
    batches: &Batches,
    places: &Places,
    runs: &[Run],
    options: &ReadOptions,
    memory: &Memory,
) -> Result<Option<LoadedPanel>> {
    let all = batches.in_memory();
    // A total below the series is found by the rows above it, which text alone has in sight.
    if runs.len() < SHOWN || runs.last().is_some_and(|last| says_total(&last.id)) {
        return Ok(None);
    }
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
            series(&run.id, values, Dates { stamps, style: format.clone() }, &plan)
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

/// Reads series whose rows stand apart, such as those of a table in the order of dates; `None` if one of them needs a note
/// or a correction, or is refused: notes and errors number the rows of the table.
fn of_rows_apart(
    batches: &Batches,
    places: &Places,
    options: &ReadOptions,
    memory: &Memory,
) -> Result<Option<LoadedPanel>> {
    let all = batches.in_memory();
    let rows: usize = all.iter().map(RecordBatch::num_rows).sum();
    memory.check(BYTES_A_VALUE.saturating_mul(rows as u64))?;
    let Some(groups) = Groups::of(all, places.id).filter(|groups| groups.sizes.len() >= SHOWN)
    else {
        return Ok(None);
    };
    let Ok(first) = groups.first(SHOWN, all) else { return Ok(None) };
    let mut table = batches.table_of(&first, 0)?;
    let Some(mut plan) = Plan::of(&mut table, options, memory) else { return Ok(None) };
    let Ok(Some(format)) = format(&table, &mut plan, groups.sizes[0]) else { return Ok(None) };
    drop((table, first));
    let parts = |c: usize| all.iter().flat_map(move |batch| pieces(batch.column(c)));
    let numbers = parts(places.target).map(|part| values(iter::once(part.as_ref()), part.len()));
    let moments = parts(places.time).map(|part| stamps(iter::once(part.as_ref()), part.len()));
    let Some(values) = groups.split(numbers) else { return Ok(None) };
    let Some(stamps) = groups.split(moments) else { return Ok(None) };
    for (s, (values, stamps)) in values.into_iter().zip(stamps).enumerate() {
        let dates = Dates { stamps, style: format.clone() };
        match series(&groups.names[s], values, dates, &plan) {
            // The first one is in the panel already.
            Some(_) if s == 0 => (),
            Some(loaded) => plan.push(loaded)?,
            None => return Ok(None),
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
            freq_periods: options.freq_periods,
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
fn series(name: &str, values: Vec<f64>, dates: Dates, plan: &Plan) -> Option<Loaded> {
    let rises = dates.stamps.windows(2).all(|w| w[0] < w[1]);
    let is_plain = rises && sentinels::suspect(&values).is_none();
    let found = is_plain
        .then(|| dates::plain_calendar(&dates.stamps, plan.frequency, &plan.options))
        .flatten()?;
    let time = TimeAxis::Dates(DateAxis::on(dates, found)?);
    let (name, covariates) = (name.to_owned(), Covariates::default());
    plan.loaded(Series { name, values, time, covariates })
}
