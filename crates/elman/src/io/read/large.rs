//! A large file of many series, read piece by piece: whatever its size, a piece and the series are all that
//! is in memory. The rows of each series must stand together.

mod lines;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::Range;

use super::columns::Columns;
use super::csv::is_alone;
use super::dated::Dated;
use super::id::Id;
use super::memory::{Held, Memory};
use super::source::Source;
use super::table::Table;
use super::{Loaded, LoadedPanel, ReadOptions, wide};
#[cfg(feature = "columnar")]
use crate::data::Series;
use crate::data::calendar::Frequency;
#[cfg(feature = "columnar")]
use crate::data::calendar::{DateFormat, FutureIndex};
use crate::error::{Error, Result};
pub(super) use lines::Lines;

/// Bytes of a piece; what is no larger is read as a whole.
pub(super) const PIECE: usize = 32 << 20;

/// Cells of a piece, where there are no lines.
#[cfg(feature = "columnar")]
pub(super) const PIECE_CELLS: usize = 4 << 20;

/// The rows of a file, some at a time.
pub(super) trait Pieces {
    /// Those of the piece before that were not taken, with the next ones behind them; and whether the file
    /// ends there.
    fn next(&mut self) -> Result<(Table, bool)>;

    /// Why rows cannot be taken from the piece that is this `table`, if so.
    fn trouble(&self, table: &Table) -> Option<&'static str>;

    /// Takes the rows before this one from the piece that is this `table`.
    fn take(&mut self, table: &Table, until: usize);
}

/// How reading by pieces ended.
pub(super) enum Read {
    /// All series are read.
    Panel(LoadedPanel),
    /// The first piece does not look like one of such a file.
    Other,
    /// Rows of a series do not stand together, which the error says.
    Apart(Error),
}

/// Reads the series of a large file.
pub(super) fn panel(
    pieces: &mut impl Pieces,
    options: &ReadOptions,
    memory: &Memory,
) -> Result<Read> {
    if options.series.is_some() {
        return Ok(Read::Other);
    }
    let (mut table, mut ended) = pieces.next()?;
    let Some(mut plan) = Plan::of(&mut table, options, memory) else { return Ok(Read::Other) };
    if pieces.trouble(&table).is_some() {
        return Ok(Read::Other);
    }
    loop {
        let held = match plan.read(&table, ended)? {
            Next::From(row) => row,
            Next::Apart(error) => return Ok(Read::Apart(error)),
            Next::Ended => return Ok(plan.into_panel().map_or(Read::Other, Read::Panel)),
        };
        pieces.take(&table, held);
        (table, ended) = pieces.next()?;
        // A short row at the end of a piece is of the series that is held, and read again with the next one.
        table.square()?;
        if let (true, Some(panel)) = (ended, &mut plan.panel) {
            panel.say(table.notes.clone());
        }
        Columns::find(&mut table, plan.options.decimal)?;
        if let Some(found) = pieces.trouble(&table) {
            return Err(refuse(&table.path, found));
        }
    }
}

/// The error for a file that cannot be read by pieces.
fn refuse(path: &str, found: &str) -> Error {
    let help = "put the rows of each series together, for example with `sort`, and one row on a line; \
                or give a part of the file";
    let found = format!("too large to be read at once, and {found}");
    Error::NotText { path: path.to_owned(), found, help: help.to_owned() }
}

/// What follows when the series of a piece are read.
enum Next {
    /// The last series may go on: it is to be read from this row on.
    From(usize),
    Ended,
    Apart(Error),
}

/// What is the same for all pieces.
pub(super) struct Plan {
    pub(super) options: ReadOptions,
    pub(super) source: Source,
    id: Id,
    /// The step of the first series.
    pub(super) frequency: Option<Frequency>,
    finished: HashSet<String>,
    panel: Option<LoadedPanel>,
    /// What the series take.
    held: Held,
}

impl Plan {
    /// Of the first piece; none where it does not begin with several series, one after the other.
    pub(super) fn of(table: &mut Table, options: &ReadOptions, memory: &Memory) -> Option<Self> {
        if wide::is_wide(table) || Dated::of(table, options).is_some() {
            return None;
        }
        let source = Source::find(table, options, false).ok()?;
        let id = source.id.clone()?;
        let series = together(table, &id);
        let ids: HashSet<Cow<str>> = series.iter().map(|rows| id.cell(table, rows.start)).collect();
        if ids.len() < series.len() || series.len() < 3 {
            return None;
        }
        let options = is_alone(options);
        Some(Self {
            options,
            source,
            id,
            frequency: None,
            finished: HashSet::new(),
            panel: None,
            held: memory.hold(),
        })
    }

    /// The panel, if a series was read.
    pub(super) fn into_panel(self) -> Option<LoadedPanel> {
        Some(LoadedPanel { columns: self.source.columns.all, ..self.panel? })
    }

    /// Reads the series of a piece; the last one too if the file has `ended`.
    fn read(&mut self, table: &Table, ended: bool) -> Result<Next> {
        let mut series = together(table, &self.id);
        let held = if ended { None } else { series.pop() };
        for rows in series {
            let id = self.id.cell(table, rows.start).into_owned();
            if !self.finished.insert(id.clone()) {
                let at = table.place(rows.start).counted();
                let found = format!("series `{id}` comes again on {at}");
                return Ok(Next::Apart(refuse(&table.path, &found)));
            }
            self.read_rows(table, &rows.collect::<Vec<_>>())?;
        }
        Ok(held.map_or(Next::Ended, |held| Next::From(held.start)))
    }

    /// Reads the series in these rows, one for each target.
    pub(super) fn read_rows(&mut self, table: &Table, rows: &[usize]) -> Result<()> {
        for target in self.source.targets.clone() {
            let of_panel = self.frequency;
            let loaded = self.source.read(table, rows, target, &self.options, of_panel)?;
            self.push(loaded)?;
        }
        Ok(())
    }

    /// Format of the dates of the series that was read last; `None` without dates.
    #[cfg(feature = "columnar")]
    pub(super) fn last_format(&self) -> Option<DateFormat> {
        match self.panel.as_ref()?.series.last()?.clock() {
            FutureIndex::Dates { style, .. } => Some(style),
            _ => None,
        }
    }

    /// A series about which nothing has to be said, as it was read.
    #[cfg(feature = "columnar")]
    pub(super) fn loaded(&self, series: Series) -> Option<Loaded> {
        let panel = self.panel.as_ref()?;
        Some(Loaded {
            series,
            path: panel.path.clone(),
            time_cols: Vec::new(),
            target: panel.target.clone(),
            id_col: panel.id_col.clone(),
            columns: Vec::new(),
            zone: None,
            duplicates: 0,
            notes: Vec::new(),
        })
    }

    /// Adds a series to the panel.
    pub(super) fn push(&mut self, loaded: Loaded) -> Result<()> {
        self.frequency = self.frequency.or(loaded.series.frequency());
        self.held.more(super::BYTES_A_VALUE * loaded.series.len() as u64)?;
        match &mut self.panel {
            None => self.panel = Some(loaded.into()),
            Some(panel) => panel.push(loaded),
        }
        Ok(())
    }
}

/// Rows that stand together under one id.
fn together(table: &Table, id: &Id) -> Vec<Range<usize>> {
    let mut series: Vec<Range<usize>> = Vec::new();
    for row in table.rows() {
        match series.last_mut().filter(|last| id.is_same(table, last.start, row)) {
            Some(last) => last.end = row + 1,
            None => series.push(row..row + 1),
        }
    }
    series
}
