//! Where the series of a table are, and how one of them is read: columns, dates and values are found out, and asked for
//! where they cannot be.

use super::axis::{axis, stands_twice};
use super::cells::is_missing;
use super::choose::{self, TimeSource};
use super::columns::{Columns, Kind, Role};
use super::exog::{self, Exog};
use super::gaps::{self, InColumn};
use super::id::Id;
use super::table::Table;
use super::times::{TimeCells, Times, merge, same};
use super::totals::{self, says_total};
use super::written::Marks;
use super::{Loaded, ReadOptions, dates, finer, parts, unused};
use crate::data::calendar::{Frequency, InferredFrequency};
use crate::data::{Covariates, Series, counted};
use crate::error::{Error, Result};
use elman_nn::registry::Entry;

/// The columns of a table, and the rows of the series asked for.
pub(super) struct Source {
    pub(super) columns: Columns,
    pub(super) id: Option<Id>,
    pub(super) rows: Vec<usize>,
    time: TimeSource,
    /// One, or every column that is a series of its own.
    pub(super) targets: Vec<usize>,
    exog: Exog,
    /// Notation of the numbers, from a sample of the values.
    marks: Marks,
    notes: Vec<String>,
}

impl Source {
    /// For `one` series or for all.
    pub(super) fn find(table: &mut Table, options: &ReadOptions, one: bool) -> Result<Self> {
        table.square()?;
        let mut columns = Columns::find(table, options.decimal)?;
        has_enough_rows(table, options)?;
        let mut notes = table.notes.clone();
        let (mut id, rows, mut id_reason) = choose::series(table, &columns, options)?;
        let (time, time_reason) = choose::time(table, &columns, options, id.as_ref(), &rows)?;
        let exog = Exog::find(table, &columns, options)?;
        // The dates of a series have no duplicates; those of several series do.
        let first = match &id {
            Some(id) => id.series(table, &columns, &rows)?.swap_remove(0),
            None => rows.clone(),
        };
        let (time, first_keys) = with_hours(table, &columns, time, &first, options)?;
        if id.is_none() && !choose::says_none(&columns, options) {
            let cells = TimeCells { table, columns: &columns, source: &time, rows: &rows };
            id = choose::hidden_id(&cells, &first_keys, &exog, options, one)?;
            id_reason = choose::HIDDEN_ID;
            notes.extend(id.as_ref().map(|id| {
                let title = id.title(&columns);
                format!("`{title}` names the series; `--id-col` says otherwise")
            }));
        }
        notes.extend(times_note(table, &columns, &time, &first, options)?);
        notes.extend(id.as_ref().and_then(|id| id.blanks(table, &columns)));
        notes.extend(parts_note(&columns, &time));
        let mut taken = time.columns();
        taken.extend(id.iter().flat_map(Id::columns));
        taken.extend(exog.columns());
        let (targets, target_reason) = match options.wide {
            true => (
                choose::numbers(table, &columns, &rows, &taken)?,
                "each column of numbers is a series",
            ),
            false => {
                let (target, reason) = choose::target(table, &columns, options, &rows, &taken)?;
                (vec![target], reason)
            }
        };
        exog.hold_no(&targets, &columns)?;
        notes.extend(totals_notes(&columns, &targets));
        let marks = targets.iter().copied().chain(exog.numbers());
        let marks = marks.map(|c| columns.marks(table, c)).fold(Marks::default(), |a, b| a | b);
        notes.extend(marks.note());
        taken.extend(&targets);
        let used = |c| {
            let counts = || choose::is_index(table, &columns, c, &rows);
            taken.contains(&c) || (matches!(time, TimeSource::Rows(_)) && counts())
        };
        notes.extend(unused::note(&columns, used, one));
        let counts = (0..columns.all.len()).filter(|c| used(*c) && !taken.contains(c));
        let counts: Vec<usize> = counts.collect();
        columns.read_as(counts, Role::RowNumber, "it counts the rows");
        columns.read_as(time.columns(), Role::Time, time_reason);
        columns.read_as(id.iter().flat_map(Id::columns).copied(), Role::Id, id_reason);
        columns.read_as(targets.iter().copied(), Role::Target, target_reason);
        exog.record(&mut columns);
        Ok(Self { columns, id, rows, time, targets, exog, marks, notes })
    }

    /// Reads the series in `rows` of column `target`. `of_panel` is the step of the series before it, if there are
    /// such.
    pub(super) fn read(
        &self,
        table: &Table,
        rows: &[usize],
        target: usize,
        options: &ReadOptions,
        of_panel: Option<Frequency>,
    ) -> Result<Loaded> {
        let Self { columns, time, .. } = self;
        let mut reading = Reading::in_order(self, table, rows, options)?;
        reading.put_on_wall_clock();
        let ahead = reading.split_ahead(target);
        let step = reading.step(of_panel)?;
        let named = |error| self.of_series(error, || self.name(table, rows[0], target));
        let mut values = reading.values(target).map_err(named)?;
        let mut covariates = self.exog.read(table, columns, &reading.rows, &ahead.rows)?;
        let duplicates = reading.merge_same_dates(&mut values, &mut covariates);
        if values.len() < if options.one_row { 1 } else { 2 } {
            return Err(named(table.too_few(&format!("has {} value left", values.len()))));
        }
        let Reading { rows, times, mut notes, .. } = reading;
        if options.freq.is_some() && !matches!(times, Times::Dates(_)) {
            notes.push("the frequency given is without effect: there are no dates".to_string());
        }
        let name = self.name(table, rows[0], target);
        let series = Series { name, values, time: axis(times, step.found), covariates };
        let cells = TimeCells { table, columns, source: time, rows: &ahead.rows };
        cells.follow(&ahead.times, &series.clock())?;
        if options.freq.is_none() {
            self.has_step(table, &rows, &series, step.own.zip(of_panel))?;
        }
        Ok(Loaded {
            series,
            path: table.path.clone(),
            time_cols: time.columns().iter().map(|c| columns.all[*c].name.clone()).collect(),
            target: columns.all[target].name.clone(),
            id_col: self.id.as_ref().map(|id| id.title(columns)),
            columns: Vec::new(),
            zone: None,
            duplicates,
            notes,
        })
    }

    /// The error of a series with too few values: in a file of many it has the name of the series.
    fn of_series(&self, error: Error, name: impl Fn() -> String) -> Error {
        match error {
            Error::TooFewValues { path, found, needed, .. } if self.id.is_some() => {
                let found = format!("{found} in series `{}`", name());
                let help = "leave the series out, or give its values";
                Error::TooFewValues { path, found, needed, help }
            }
            error => error,
        }
    }

    /// The name of the series that begins in `row` of column `target`.
    fn name(&self, table: &Table, row: usize, target: usize) -> String {
        let column = &self.columns.all[target].name;
        match self.id.as_ref().map(|id| id.cell(table, row)) {
            Some(id) if self.targets.len() > 1 => format!("{id}/{column}"),
            Some(id) => id.into_owned(),
            None => column.clone(),
        }
    }

    /// Refuses a series whose own step is much longer, or shorter, than that of the panel's first: values of different
    /// steps cannot stand side by side.
    fn has_step(
        &self,
        table: &Table,
        rows: &[usize],
        series: &Series,
        own_and_panel: Option<(Frequency, Frequency)>,
    ) -> Result<()> {
        let Some((own, panel)) = own_and_panel else { return Ok(()) };
        let ratio = own.typical_seconds() / panel.typical_seconds();
        if series.len() < ENOUGH_DATES || (1.0 / 1.5..1.5).contains(&ratio) {
            return Ok(());
        }
        let column = self.time.columns().first().copied().unwrap_or(0);
        Err(Error::BadDate {
            place: self.columns.place(table, rows[0], column),
            found: format!("{own} in series `{}`", series.name),
            expected: "mixes series of different frequencies",
            help: format!(
                "the first series is {panel}; forecast the series of each frequency separately"
            ),
        })
    }
}

/// Rows of the future, and their times.
struct Ahead {
    rows: Vec<usize>,
    times: Times,
}

/// The step of the dates of a series.
#[derive(Default)]
struct Step {
    found: Option<InferredFrequency>,
    /// The step that they have by themselves.
    own: Option<Frequency>,
}

/// A series while it is read: its rows and their times.
struct Reading<'a> {
    source: &'a Source,
    table: &'a Table,
    options: &'a ReadOptions,
    rows: Vec<usize>,
    times: Times,
    notes: Vec<String>,
}

impl<'a> Reading<'a> {
    /// Reads the times of `rows`, and puts the rows in their order.
    fn in_order(
        source: &'a Source,
        table: &'a Table,
        rows: &[usize],
        options: &'a ReadOptions,
    ) -> Result<Self> {
        let cells = TimeCells { table, columns: &source.columns, source: &source.time, rows };
        let times = cells.read(options)?;
        let cut_off = finer::note(&cells, &times)?;
        let (order, note) = cells.order(&times.keys(), options)?;
        let (rows, mut notes) = (rows.to_vec(), source.notes.clone());
        notes.extend(note.into_iter().chain(cut_off));
        let mut reading = Self { source, table, options, rows, times, notes };
        reading.pick(order.as_deref());
        Ok(reading)
    }

    /// Keeps the rows at these places, in this order; `None` for all.
    fn pick(&mut self, places: Option<&[usize]>) {
        let Some(places) = places else { return };
        self.rows = places.iter().map(|i| self.rows[*i]).collect();
        self.times.pick(places);
    }

    /// Puts the times on the wall clock of the time zone in the options.
    fn put_on_wall_clock(&mut self) {
        let Some(zone) = &self.options.tz else { return };
        let (order, note) = self.times.put_on_wall_clock(zone);
        self.notes.extend(note);
        self.pick(order.as_deref());
    }

    /// Takes off the rows at the end that are the future: their covariates are known, and the target is not.
    fn split_ahead(&mut self, target: usize) -> Ahead {
        let is_ahead = |row: &&usize| is_missing(self.table.cell(**row, target));
        let ahead = match self.source.exog.future.is_empty() {
            true => 0,
            false => self.rows.iter().rev().take_while(is_ahead).count(),
        };
        let known = self.rows.len() - ahead;
        let rows = self.rows.split_off(known);
        let mut times = self.times.clone();
        times.pick(&(known..known + ahead).collect::<Vec<_>>());
        self.times.pick(&(0..known).collect::<Vec<_>>());
        Ahead { rows, times }
    }

    /// Finds the step of the dates. Rows left out later leave gaps: they do not change the step.
    fn step(&mut self, of_panel: Option<Frequency>) -> Result<Step> {
        let Times::Dates(dates) = &mut self.times else { return Ok(Step::default()) };
        let Source { columns, time, .. } = self.source;
        let cells = TimeCells { table: self.table, columns, source: time, rows: &self.rows };
        let checked = dates::calendar(&mut dates.stamps, of_panel, self.options, &cells)?;
        self.notes.extend(checked.notes);
        Ok(Step { found: checked.found, own: checked.own })
    }

    /// Reads the values of column `target`, and keeps their rows.
    fn values(&mut self, target: usize) -> Result<Vec<f64>> {
        let columns = &self.source.columns;
        let cells = InColumn {
            table: self.table,
            columns,
            column: target,
            rows: &self.rows,
            missing_values: &self.options.missing_values,
        };
        let read = gaps::read(&cells, columns.notation(target), self.options.missing)?;
        self.notes.extend(read.notes);
        // What the file's note does not say.
        self.notes.extend(read.marks.note().filter(|_| !self.source.marks.has(read.marks)));
        self.pick(read.kept.as_deref());
        Ok(read.values)
    }

    /// Makes one row of the rows with the same date. Returns the number of rows that are gone.
    fn merge_same_dates(&mut self, values: &mut Vec<f64>, covariates: &mut Covariates) -> usize {
        let keys = self.times.keys();
        if !stands_twice(&keys) {
            return 0;
        }
        let (dates, how) = (same(&keys), self.options.when_twice());
        let merged = values.len() - dates.len();
        let gone = counted(merged, "row");
        *values = dates.iter().map(|d| merge(&values[d.clone()], how)).collect();
        *covariates = exog::merged(std::mem::take(covariates), &dates, how);
        self.pick(Some(&dates.iter().map(|d| d.start).collect::<Vec<_>>()));
        let what = match &self.options.tz {
            Some(_) => "of the hour that comes twice in autumn",
            None => "of a date that stood already",
        };
        self.notes.push(format!("{gone} {what}: the {} of its rows is taken", how.name()));
        merged
    }
}

/// Refuses a table with too few rows for a series.
fn has_enough_rows(table: &Table, options: &ReadOptions) -> Result<()> {
    match table.rows().len() {
        0 => Err(table.too_few("has a header and no rows")),
        1 if !options.one_row => Err(table.too_few("has 1 row of values")),
        _ => Ok(()),
    }
}

/// Where the times are, with the column of hours beside a column of days that come again in these `rows`, and the keys
/// of the rows' times.
fn with_hours(
    table: &Table,
    columns: &Columns,
    time: TimeSource,
    rows: &[usize],
    options: &ReadOptions,
) -> Result<(TimeSource, Vec<f64>)> {
    let keys = |source: &TimeSource| -> Result<Vec<f64>> {
        Ok(TimeCells { table, columns, source, rows }.read(options)?.keys())
    };
    let of_days = keys(&time)?;
    if let TimeSource::Column(date) = time
        && stands_twice(&of_days)
        && let Some(hourly) = parts::date_and_hour(columns, date)
    {
        let time = TimeSource::Parts(hourly);
        let keys = keys(&time)?;
        return Ok((time, keys));
    }
    Ok((time, of_days))
}

/// Names the columns that the time is put together from.
fn parts_note(columns: &Columns, time: &TimeSource) -> Option<String> {
    let TimeSource::Parts(parts) = time else { return None };
    let names: Vec<&str> = parts.columns.iter().map(|c| columns.all[*c].name.as_str()).collect();
    Some(format!("time put together from {}", names.join(", ")))
}

/// Names the columns, of several, that look like a total of the others.
fn totals_notes(columns: &Columns, targets: &[usize]) -> impl Iterator<Item = String> {
    let several = targets.iter().filter(|_| targets.len() > 1);
    let names = several.map(|c| &columns.all[*c].name);
    names.filter(|name| says_total(name)).map(|name| totals::series_note("column", name))
}

/// What a person should know of how the first of these rows' numbers became dates.
fn times_note(
    table: &Table,
    columns: &Columns,
    source: &TimeSource,
    rows: &[usize],
    options: &ReadOptions,
) -> Result<Option<String>> {
    let TimeSource::Column(column) = *source else { return Ok(None) };
    if columns.all[column].kind != Kind::Number {
        return Ok(None);
    }
    let times = TimeCells { table, columns, source, rows }.read(options)?;
    Ok(times.note(&columns.all[column].name))
}

/// Dates from which on a series shows its step beyond doubt.
const ENOUGH_DATES: usize = 8;
