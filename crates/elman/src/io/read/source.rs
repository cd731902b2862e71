//! Where the series of a table are, and how one of them is read: columns, dates and values are found out, and asked for
//! where they cannot be.

use super::axis::{axis, stands_twice};
use super::cells::is_missing;
use super::choose::{self, TimeSource};
use super::columns::{Columns, Kind};
use super::exog::{self, Exog};
use super::gaps::{self, InColumn};
use super::id::Id;
use super::table::Table;
use super::times::{TimeCells, Times, merge, same};
use super::totals::{self, says_total};
use super::written::Marks;
use super::{Loaded, ReadOptions, dates, parts, unused};
use crate::data::calendar::Frequency;
use crate::data::{Series, counted};
use crate::error::{Error, Result};

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
        let columns = Columns::find(table, options.decimal)?;
        match table.rows().len() {
            0 => return Err(table.too_few("has a header and no rows")),
            1 if !options.one_row => return Err(table.too_few("has 1 row of values")),
            _ => {}
        }
        let mut notes = table.notes.clone();
        let (mut id, rows) = choose::series(table, &columns, options)?;
        let mut time = choose::time(table, &columns, options, id.as_ref(), &rows)?;
        let exog = Exog::find(table, &columns, options)?;
        // The dates of a series have no duplicates; those of several series do.
        let first = match &id {
            Some(id) => id.series(table, &columns, &rows)?.swap_remove(0),
            None => rows.clone(),
        };
        let keys = |time: &TimeSource| -> Result<Vec<f64>> {
            let cells = TimeCells { table, columns: &columns, source: time, rows: &first };
            Ok(cells.read(options)?.keys())
        };
        let mut first_keys = keys(&time)?;
        if let TimeSource::Column(date) = time
            && stands_twice(&first_keys)
            && let Some(hourly) = parts::date_and_hour(&columns, date)
        {
            time = TimeSource::Parts(hourly);
            first_keys = keys(&time)?;
        }
        if id.is_none() && !choose::says_none(&columns, options) {
            let cells = TimeCells { table, columns: &columns, source: &time, rows: &rows };
            id = choose::hidden_id(&cells, &first_keys, &exog, options, one)?;
            notes.extend(id.as_ref().map(|id| {
                let title = id.title(&columns);
                format!("`{title}` names the series; `--id-col` says otherwise")
            }));
        }
        notes.extend(times_note(table, &columns, &time, &first, options)?);
        notes.extend(id.as_ref().and_then(|id| id.blanks(table, &columns)));
        if let TimeSource::Parts(parts) = &time {
            let names: Vec<&str> =
                parts.columns.iter().map(|c| columns.all[*c].name.as_str()).collect();
            notes.push(format!("time put together from {}", names.join(", ")));
        }
        let mut taken = time.columns();
        taken.extend(id.iter().flat_map(Id::columns));
        taken.extend(exog.columns());
        let targets = match options.wide {
            true => choose::numbers(table, &columns, &rows, &taken)?,
            false => vec![choose::target(table, &columns, options, &rows, &taken)?],
        };
        exog.hold_no(&targets, &columns)?;
        if targets.len() > 1 {
            let names = targets.iter().map(|c| &columns.all[*c].name);
            notes.extend(names.filter(|n| says_total(n)).map(|n| totals::series_note("column", n)));
        }
        let marks = targets.iter().copied().chain(exog.numbers());
        let marks = marks.map(|c| columns.marks(table, c)).fold(Marks::default(), |a, b| a | b);
        notes.extend(marks.note());
        taken.extend(&targets);
        let used = |c| {
            let counts = || choose::is_index(table, &columns, c, &rows);
            taken.contains(&c) || (matches!(time, TimeSource::Rows(_)) && counts())
        };
        notes.extend(unused::note(&columns, used, one));
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
        let Self { columns, id, time, .. } = self;
        let mut rows = rows.to_vec();
        let mut notes = self.notes.clone();
        let cells = TimeCells { table, columns, source: time, rows: &rows };
        let mut times = cells.read(options)?;
        let (order, note) = cells.order(&times.keys(), options)?;
        notes.extend(note);
        if let Some(order) = order {
            rows = order.iter().map(|i| rows[*i]).collect();
            times.pick(&order);
        }
        if let Some(zone) = &options.tz {
            let (order, note) = times.put_on_wall_clock(zone);
            notes.extend(note);
            if let Some(order) = order {
                rows = order.iter().map(|i| rows[*i]).collect();
                times.pick(&order);
            }
        }
        let ahead = self.ahead(table, &rows, target);
        let ahead_rows = rows.split_off(rows.len() - ahead);
        let mut future = times.clone();
        future.pick(&(rows.len()..rows.len() + ahead).collect::<Vec<_>>());
        times.pick(&(0..rows.len()).collect::<Vec<_>>());
        // Rows left out leave gaps: they do not change the step.
        let (found, own) = match &mut times {
            Times::Dates(dates) => {
                let cells = TimeCells { table, columns, source: time, rows: &rows };
                let checked = dates::calendar(&mut dates.stamps, of_panel, options, &cells)?;
                notes.extend(checked.notes);
                (checked.found, checked.own)
            }
            _ => (None, None),
        };
        let read = gaps::read(
            &InColumn {
                table,
                columns,
                column: target,
                rows: &rows,
                missing_values: &options.missing_values,
            },
            columns.notation(target),
            options.missing,
        )?;
        notes.extend(read.notes);
        // What the file's note does not say.
        notes.extend(read.marks.note().filter(|_| !self.marks.has(read.marks)));
        let mut values = read.values;
        if let Some(kept) = read.kept {
            times.pick(&kept);
            rows = kept.iter().map(|i| rows[*i]).collect();
        }
        let mut covariates = self.exog.read(table, columns, &rows, &ahead_rows)?;
        let keys = times.keys();
        if stands_twice(&keys) {
            let (dates, how) = (same(&keys), options.when_twice());
            let gone = counted(values.len() - dates.len(), "row");
            values = dates.iter().map(|d| merge(&values[d.clone()], how)).collect();
            covariates = exog::merged(covariates, &dates, how);
            let first: Vec<usize> = dates.iter().map(|d| d.start).collect();
            rows = first.iter().map(|i| rows[*i]).collect();
            times.pick(&first);
            let what = match &options.tz {
                Some(_) => "of the hour that comes twice in autumn",
                None => "of a date that stood already",
            };
            notes.push(format!("{gone} {what}: the {} of its rows is taken", how.word()));
        }
        if values.len() < if options.one_row { 1 } else { 2 } {
            return Err(table.too_few(&format!("has {} value left", values.len())));
        }
        if options.freq.is_some() && !matches!(times, Times::Dates(_)) {
            notes.push("the frequency given is without effect: there are no dates".to_string());
        }
        let column = &columns.all[target].name;
        let name = match id.as_ref().map(|id| id.cell(table, rows[0])) {
            Some(id) if self.targets.len() > 1 => format!("{id}/{column}"),
            Some(id) => id.into_owned(),
            None => column.clone(),
        };
        let series = Series { name, values, time: axis(times, found), covariates };
        let ahead = TimeCells { table, columns, source: time, rows: &ahead_rows };
        ahead.follow(&future, &series.clock())?;
        if options.freq.is_none() {
            self.has_step(table, &rows, &series, own.zip(of_panel))?;
        }
        Ok(Loaded {
            series,
            path: table.path.clone(),
            time_cols: time.columns().iter().map(|c| columns.all[*c].name.clone()).collect(),
            target: column.clone(),
            id_col: id.as_ref().map(|id| id.title(columns)),
            columns: Vec::new(),
            notes,
        })
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
            expected: "mixes series of different steps",
            help: format!("the first series is {panel}; forecast those of each step by themselves"),
        })
    }

    /// Rows at the end that are the future: their covariates are known, and the target is not.
    fn ahead(&self, table: &Table, rows: &[usize], target: usize) -> usize {
        if self.exog.future.is_empty() {
            return 0;
        }
        rows.iter().rev().take_while(|row| is_missing(table.cell(**row, target))).count()
    }
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
