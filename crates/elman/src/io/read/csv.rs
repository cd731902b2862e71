//! From a file to series, of any kind of file that is read.

#[cfg(feature = "columnar")]
use super::columnar::{self, Batches};
use super::content::Content;
use super::dated::Dated;
use super::input::Input;
use super::memory::Memory;
use super::source::Source;
use super::table::Table;
use super::{
    Loaded, LoadedPanel, ReadOptions, absent, aggregate, bytes, choose, exog, id, large, wide,
    zones,
};
use crate::data::Series;
use crate::error::{Error, Result};
#[cfg(feature = "columnar")]
use arrow_array::RecordBatch;
#[cfg(feature = "columnar")]
use arrow_schema::SchemaRef;
use std::collections::HashMap;
use std::io::{Cursor, Read};
use std::path::Path;

/// Reads one series from a file of any kind that is read: CSV, lines or an array of JSON, Monash's tsf, and with the feature
/// `columnar` Parquet and Arrow. Its first bytes tell which it is; any may be gzipped.
///
/// # Errors
/// All of [`Error`] that name a file; each says the line and what to type next.
pub fn read_series(path: impl AsRef<Path>, options: &ReadOptions) -> Result<Loaded> {
    let input = Input::open(path.as_ref())?;
    let name = input.name().to_string();
    read_series_from(input, &name, options)
}

/// Reads one series from such content; `name` stands for the file in errors.
///
/// # Errors
/// As [`read_series`].
pub fn read_series_from(source: impl Read, name: &str, options: &ReadOptions) -> Result<Loaded> {
    let Some(asked) = aggregate::Asked::of(options)? else {
        let mut loaded = series_without_gaps(source, name, options)?;
        if let (Some(place), None) = (&loaded.zone, &options.tz) {
            loaded.notes.insert(0, zones::taken_in_utc(&loaded.columns, place));
        }
        return Ok(loaded);
    };
    let finer = series_without_gaps(source, name, &aggregate::Asked::finer(options))?;
    let Loaded { series, mut notes, zone, .. } = finer;
    let zone = zones::of_column(zone, &finer.columns, options, &mut notes);
    let series = asked.apply(vec![series], zone.as_ref(), &mut notes)?.swap_remove(0);
    Ok(Loaded { series, notes, zone: None, ..finer })
}

/// Reads one series with its own step, its absent dates in place.
fn series_without_gaps(source: impl Read, name: &str, options: &ReadOptions) -> Result<Loaded> {
    let mut loaded = series_in_rows(source, name, options)?;
    // Whoever reads a single series has a network without a mask.
    let series = std::slice::from_mut(&mut loaded.series);
    absent::put_in_place(series, false, options, &mut loaded.notes)?;
    Ok(loaded)
}

fn series_in_rows(source: impl Read, name: &str, options: &ReadOptions) -> Result<Loaded> {
    let memory = Memory::of(options, name);
    match Content::of(source, name, options.sheet.as_deref(), &memory)? {
        Content::Tsf(tsf) => tsf.read(options),
        Content::Table(table) => series_of_table(table, options),
        #[cfg(feature = "columnar")]
        Content::Batches(batches) => {
            let loaded = series_of_table(batches.table()?, options)?;
            Ok(Loaded { zone: batches.zone(&loaded.columns), ..loaded })
        }
    }
}

/// Reads one series of a table, whichever way it is laid out.
fn series_of_table(mut table: Table, options: &ReadOptions) -> Result<Loaded> {
    table.can_be_read()?;
    if wide::is_wide(&table) {
        return wide::read(&table, options);
    }
    table.square()?;
    if let Some(dated) = Dated::of(&table, options) {
        let (mut table, options) = dated.in_rows(&table, options)?;
        return one_of(&mut table, &options);
    }
    one_of(&mut table, options)
}

/// Reads the series that is asked for, or the one that there is.
fn one_of(table: &mut Table, options: &ReadOptions) -> Result<Loaded> {
    let source = Source::find(table, options, true)?;
    let target = source.targets[0];
    if let Some(id) = source.id.as_ref().filter(|_| options.series.is_none()) {
        let ids = id.all(table, &source.rows);
        if ids.len() > 1 {
            return Err(choose::which_series(table, &source.columns, id, &ids));
        }
    }
    let loaded = source.read(table, &source.rows, target, options, None)?;
    Ok(Loaded { columns: source.columns.all, ..loaded })
}

/// Reads every series of a file such as [`read_series`] reads: one for each name in the id column, one for each
/// column of numbers if `options` say so, one a row in the M4 competition's layout, or the one that
/// there is.
///
/// # Errors
/// As [`read_series`].
pub fn read_panel(path: impl AsRef<Path>, options: &ReadOptions) -> Result<LoadedPanel> {
    let input = Input::open(path.as_ref())?;
    let name = input.name().to_string();
    read_panel_from(input, &name, options)
}

/// Reads every series of such content; `name` stands for the file in errors.
///
/// # Errors
/// As [`read_series`].
pub fn read_panel_from(
    source: impl Read,
    name: &str,
    options: &ReadOptions,
) -> Result<LoadedPanel> {
    read_with(options, |options| panel_in_rows(source, name, options))
}

/// Reads every series of a table in memory, called `name` in errors: columns of an Arrow data frame, such as a file of
/// [`read_panel`] has. The batches have the columns of `schema`.
///
/// # Errors
/// As [`read_panel`].
#[cfg(feature = "columnar")]
pub fn read_panel_of_batches(
    schema: SchemaRef,
    batches: Vec<RecordBatch>,
    name: &str,
    options: &ReadOptions,
) -> Result<LoadedPanel> {
    read_with(options, |options| {
        let memory = Memory::of(options, name);
        let asked = [&options.target, &options.time_col, &options.id_col].into_iter().flatten();
        let covariates = [&options.futr_exog, &options.hist_exog, &options.static_exog];
        columnar::check_kinds(&schema, asked.chain(covariates.into_iter().flatten()), name)?;
        let batches = columnar::in_memory(schema, batches, name, &memory)?;
        let panel = panel_of_batches(&batches, name, options, &memory)?;
        Ok(LoadedPanel { memory: memory.peak(), ..panel })
    })
}

/// Reads a panel by `in_rows`, then does what `options` say about periods and about absent dates.
fn read_with(
    options: &ReadOptions,
    in_rows: impl FnOnce(&ReadOptions) -> Result<LoadedPanel>,
) -> Result<LoadedPanel> {
    let mut panel = as_written(options, in_rows)?;
    put_absent_in_place(&mut panel, options)?;
    Ok(panel)
}

/// Reads every series as the file has it: an absent date has no row.
///
/// # Errors
/// As [`read_series`].
pub(crate) fn panel_as_written(
    source: impl Read,
    name: &str,
    options: &ReadOptions,
) -> Result<LoadedPanel> {
    as_written(options, |options| panel_in_rows(source, name, options))
}

fn as_written(
    options: &ReadOptions,
    in_rows: impl FnOnce(&ReadOptions) -> Result<LoadedPanel>,
) -> Result<LoadedPanel> {
    let Some(asked) = aggregate::Asked::of(options)? else {
        let mut panel = in_rows(options)?;
        if let (Some(place), None) = (&panel.zone, &options.tz) {
            panel.notes.insert(0, zones::taken_in_utc(&panel.columns, place));
        }
        return Ok(panel);
    };
    let asked_for = options;
    let options = aggregate::Asked::finer(options);
    let mut finer = in_rows(&options)?;
    put_absent_in_place(&mut finer, &options)?;
    let duplicates: HashMap<String, usize> = finer.rows_merged();
    let zone = zones::of_column(finer.zone.take(), &finer.columns, asked_for, &mut finer.notes);
    finer.series = asked.apply(finer.series, zone.as_ref(), &mut finer.notes)?;
    let merged = |series: &Series| duplicates.get(&series.name).copied().unwrap_or(0);
    finer.duplicates = finer.series.iter().map(merged).collect();
    Ok(finer)
}

/// Does what `options` say about absent dates, in a panel as it was written.
///
/// # Errors
/// As [`read_series`].
pub(crate) fn put_absent_in_place(panel: &mut LoadedPanel, options: &ReadOptions) -> Result<()> {
    // Periods of `--agg` were put in place before they were made.
    if options.agg.is_none() {
        absent::put_in_place(&mut panel.series, true, options, &mut panel.notes)?;
        panel.notes.extend(id::unnamed(panel));
        panel.notes.extend(id::alike(panel));
    }
    Ok(())
}

fn panel_in_rows(source: impl Read, name: &str, options: &ReadOptions) -> Result<LoadedPanel> {
    let memory = Memory::of(options, name);
    let panel = counted_panel(source, name, options, &memory)?;
    Ok(LoadedPanel { memory: memory.peak(), ..panel })
}

/// Reads every series, whose memory is counted.
fn counted_panel(
    source: impl Read,
    name: &str,
    options: &ReadOptions,
    memory: &Memory,
) -> Result<LoadedPanel> {
    let mut source = bytes::unpacked(source, name)?;
    let (mut head, mut held) = (Vec::new(), memory.hold());
    // One byte too many shows that the file is too large.
    let most = memory.left().saturating_add(1).min(large::PIECE as u64);
    let read = (&mut source).take(most).read_to_end(&mut head);
    read.map_err(|error| bytes::unread(error, name))?;
    held.more(head.len() as u64)?;
    if head.len() == large::PIECE
        && let Some(mut lines) = large::Lines::of(&head, &mut source, name, large::PIECE, memory)
    {
        match large::panel(&mut lines, options, memory)? {
            large::Read::Panel(panel) => return Ok(panel),
            large::Read::Apart(error) => return Err(error),
            large::Read::Other => {}
        }
    }
    let sheet = options.sheet.as_deref();
    let content = Content::of(Cursor::new(head).chain(source), name, sheet, memory)?;
    drop(held);
    match content {
        Content::Tsf(tsf) => {
            exog::are_not_asked_for(options, name)?;
            tsf.panel(options)
        }
        Content::Table(table) => panel_of_table(table, name, options),
        #[cfg(feature = "columnar")]
        Content::Batches(batches) => panel_of_batches(&batches, name, options, memory),
    }
}

/// Reads every series of batches of rows, with the zone of their times.
#[cfg(feature = "columnar")]
fn panel_of_batches(
    batches: &Batches,
    name: &str,
    options: &ReadOptions,
    memory: &Memory,
) -> Result<LoadedPanel> {
    let panel = panel_of_rows(batches, name, options, memory)?;
    Ok(LoadedPanel { zone: batches.zone(&panel.columns), ..panel })
}

/// Reads every series of batches of rows: many rows by pieces, if the rows of each series stand together.
#[cfg(feature = "columnar")]
fn panel_of_rows(
    batches: &Batches,
    name: &str,
    options: &ReadOptions,
    memory: &Memory,
) -> Result<LoadedPanel> {
    if let Some(panel) = columnar::typed::panel(batches, options, memory)? {
        return Ok(panel);
    }
    if batches.cells() > large::PIECE_CELLS {
        let mut pieces = batches.pieces(large::PIECE_CELLS)?;
        // Where rows do not stand together, all of them are needed.
        if let large::Read::Panel(panel) = large::panel(&mut pieces, options, memory)? {
            return Ok(panel);
        }
    }
    panel_of_table(batches.table()?, name, options)
}

/// Reads every series of a table, whichever way it is laid out.
fn panel_of_table(mut table: Table, name: &str, options: &ReadOptions) -> Result<LoadedPanel> {
    table.can_be_read()?;
    if wide::is_wide(&table) {
        exog::are_not_asked_for(options, name)?;
        return wide::panel(&table, options);
    }
    table.square()?;
    match Dated::of(&table, options) {
        None => all_of(&mut table, options),
        Some(dated) if !options.wide => Err(dated.say_wide(&table)),
        Some(dated) => {
            let (mut table, options) = dated.in_rows(&table, options)?;
            all_of(&mut table, &options)
        }
    }
}

/// Reads every series of a table.
fn all_of(table: &mut Table, options: &ReadOptions) -> Result<LoadedPanel> {
    let source = Source::find(table, options, false).map_err(|error| match error {
        Error::WhichColumn { path, role: "target", candidates, help } => {
            let help = format!("{help}, or take each as a series with `--wide`");
            Error::WhichColumn { path, role: "target", candidates, help }
        }
        other => other,
    })?;
    let series = match &source.id {
        Some(id) => id.series(table, &source.columns, &source.rows)?,
        None => vec![source.rows.clone()],
    };
    if let ([rows], [target]) = (&series[..], &source.targets[..]) {
        let loaded = source.read(table, rows, *target, options, None)?;
        return Ok(Loaded { columns: source.columns.all, ..loaded }.into());
    }
    let mut panel: Option<LoadedPanel> = None;
    let options = is_alone(options);
    let mut of_panel = None;
    let all = series.iter().flat_map(|rows| source.targets.iter().map(move |t| (rows, *t)));
    let mut held = table.memory().hold();
    for (rows, target) in all {
        held.more(super::BYTES_A_VALUE * rows.len() as u64)?;
        let loaded = source.read(table, rows, target, &options, of_panel)?;
        // One panel has one step.
        of_panel = of_panel.or(loaded.series.frequency());
        match &mut panel {
            None => panel = Some(loaded.into()),
            Some(panel) => panel.push(loaded),
        }
    }
    let panel = panel.ok_or_else(|| table.too_few("has a header and no rows"))?;
    Ok(LoadedPanel { columns: source.columns.all, ..panel })
}

/// How one series among many is read: that it has a single value is no reason to refuse the others.
pub(super) fn is_alone(options: &ReadOptions) -> ReadOptions {
    ReadOptions { one_row: true, ..options.clone() }
}
