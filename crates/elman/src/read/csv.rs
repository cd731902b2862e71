//! From a file to series: kind, delimiter, header, columns, dates and values are found out; what cannot be is asked for.

use super::axis::{axis, stands_twice};
use super::cells::is_missing;
use super::choose::{self, TimeSource};
use super::columns::{Columns, Kind};
use super::content::Content;
use super::dated::Dated;
use super::exog::{self, Exog};
use super::gaps::{self, InColumn};
use super::id::{self, Id};
use super::input::Input;
use super::large;
use super::memory::Memory;
use super::table::Table;
use super::times::{TimeCells, Times, merge, same};
use super::totals::{self, says_total};
use super::written::Marks;
use super::{
    Loaded, LoadedPanel, ReadOptions, absent, aggregate, bytes, dates, parts, unused, wide,
};
use crate::calendar::Frequency;
use crate::error::{Error, Result};
use crate::series::{Series, counted};
use std::io::{Cursor, Read};
use std::path::Path;

/// Reads one series from a file of any kind that is read: CSV, lines or an array of JSON, Monash's tsf, and with the feature
/// `columnar` Parquet and Arrow. Its first bytes tell which it is; any may be gzipped.
///
/// # Errors
/// All of [`Error`] that name a file; each says the line and what to type next.
pub fn csv(path: impl AsRef<Path>, options: &ReadOptions) -> Result<Loaded> {
    let input = Input::open(path.as_ref())?;
    let name = input.name().to_string();
    csv_from(input, &name, options)
}

/// Reads one series from such content; `name` stands for the file in errors.
///
/// # Errors
/// As [`csv()`].
pub fn csv_from(source: impl Read, name: &str, options: &ReadOptions) -> Result<Loaded> {
    if let Some(asked) = aggregate::Asked::of(options)? {
        let finer = csv_from(source, name, &aggregate::Asked::finer(options))?;
        let Loaded { series, mut notes, .. } = finer;
        let series = asked.apply(vec![series], &mut notes)?.swap_remove(0);
        return Ok(Loaded { series, notes, ..finer });
    }
    let mut loaded = series_in_rows(source, name, options)?;
    // Whoever reads a single series has a network without a mask.
    let series = std::slice::from_mut(&mut loaded.series);
    absent::put_in_place(series, false, options, &mut loaded.notes)?;
    Ok(loaded)
}

fn series_in_rows(source: impl Read, name: &str, options: &ReadOptions) -> Result<Loaded> {
    let memory = Memory::of(options, name);
    let mut table = match Content::of(source, name, options.sheet.as_deref(), &memory)? {
        Content::Tsf(tsf) => return tsf.read(options),
        Content::Table(table) => table,
        #[cfg(feature = "columnar")]
        Content::Batches(batches) => batches.table()?,
    };
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

/// Reads every series of a file such as [`csv()`] reads: one for each name in the id column, one for each
/// column of numbers if `options` say so, one a row in the M4 competition's layout, or the one that
/// there is.
///
/// # Errors
/// As [`csv()`].
pub fn panel(path: impl AsRef<Path>, options: &ReadOptions) -> Result<LoadedPanel> {
    let input = Input::open(path.as_ref())?;
    let name = input.name().to_string();
    panel_from(input, &name, options)
}

/// Reads every series of such content; `name` stands for the file in errors.
///
/// # Errors
/// As [`csv()`].
pub fn panel_from(source: impl Read, name: &str, options: &ReadOptions) -> Result<LoadedPanel> {
    if let Some(asked) = aggregate::Asked::of(options)? {
        let mut finer = panel_from(source, name, &aggregate::Asked::finer(options))?;
        finer.series = asked.apply(finer.series, &mut finer.notes)?;
        return Ok(finer);
    }
    let mut panel = panel_in_rows(source, name, options)?;
    absent::put_in_place(&mut panel.series, true, options, &mut panel.notes)?;
    panel.notes.extend(id::alike(&panel));
    Ok(panel)
}

fn panel_in_rows(source: impl Read, name: &str, options: &ReadOptions) -> Result<LoadedPanel> {
    let memory = Memory::of(options, name);
    let mut source = bytes::unpacked(source, name)?;
    let (mut head, mut held) = (Vec::new(), memory.hold());
    // One byte too many shows that the file is too large.
    let most = memory.left().saturating_add(1).min(large::PIECE as u64);
    let read = (&mut source).take(most).read_to_end(&mut head);
    read.map_err(|error| bytes::unread(error, name))?;
    held.more(head.len() as u64)?;
    if head.len() == large::PIECE
        && let Some(mut lines) = large::Lines::of(&head, &mut source, name, large::PIECE, &memory)
    {
        match large::panel(&mut lines, options, &memory)? {
            large::Read::Panel(panel) => return Ok(panel),
            large::Read::Apart(error) => return Err(error),
            large::Read::Other => {}
        }
    }
    let sheet = options.sheet.as_deref();
    let content = Content::of(Cursor::new(head).chain(source), name, sheet, &memory)?;
    drop(held);
    let mut table = match content {
        Content::Tsf(tsf) => {
            exog::are_not_asked_for(options, name)?;
            return tsf.panel(options);
        }
        Content::Table(table) => table,
        #[cfg(feature = "columnar")]
        Content::Batches(batches) => {
            if batches.cells() > large::PIECE_CELLS {
                let mut pieces = batches.pieces(large::PIECE_CELLS)?;
                // Where rows do not stand together, all of them are needed.
                if let large::Read::Panel(panel) = large::panel(&mut pieces, options, &memory)? {
                    return Ok(panel);
                }
            }
            batches.table()?
        }
    };
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
        return Ok(source.read(table, rows, *target, options, None)?.into());
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
    panel.ok_or_else(|| table.too_few("has a header and no rows"))
}

/// How one series among many is read: that it has a single value is no reason to refuse the others.
pub(super) fn is_alone(options: &ReadOptions) -> ReadOptions {
    ReadOptions { one_row: true, ..options.clone() }
}

/// Where the series of a table are: which columns hold what, and the rows of the series asked for.
pub(super) struct Source {
    columns: Columns,
    pub(super) id: Option<Id>,
    rows: Vec<usize>,
    time: TimeSource,
    /// One, or every column that is a series of its own.
    pub(super) targets: Vec<usize>,
    exog: Exog,
    /// What stands around the digits of values, by a sample of them.
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
        // Within a series no time stands twice; of several, the first one shows it.
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
}

impl Source {
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
