//! Panel of series, read from a table or a file.

use crate::errors::{guarded, raised, worded};
use crate::fitted::Fitted;
use crate::options::{DataOptions, parse};
use crate::restore::Types;
use crate::table::Table;
use elman::data::calendar::{Frequency, FutureIndex};
use elman::error::{Error, nearest_names};
use elman::io::read::{self, LoadedPanel, ReadOptions};
use elman::io::write::{self, Columns, Row, When};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

/// Panel of series, with notes on the data.
#[pyclass(frozen, module = "elman._elman")]
#[derive(Clone)]
pub struct Panel {
    pub loaded: Arc<LoadedPanel>,
    pub options: Arc<ReadOptions>,
    types: Arc<Types>,
}

impl fmt::Debug for Panel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Panel").field("found", &self.found()).finish_non_exhaustive()
    }
}

#[pymethods]
impl Panel {
    /// Reads a table; `options` is a JSON document. The frame is called `name` in errors. Values that continue the series of
    /// `after` may be a single row, and have the frequency of that series.
    #[staticmethod]
    #[pyo3(signature = (table, options, name, after=None))]
    fn of_table(
        py: Python<'_>,
        table: &Table,
        options: &str,
        name: &str,
        after: Option<&Fitted>,
    ) -> PyResult<Self> {
        let asked: DataOptions = parse(options)?;
        let [id, time, target] = [&asked.id_col, &asked.time_col, &asked.target];
        let types = Types::of(table, id.as_deref(), time.as_deref(), target.as_deref());
        let (loaded, options) = reading(asked.read_options()?, after, |options| {
            py.detach(|| {
                let Table { schema, batches } = types.in_local_dates(table);
                guarded(|| read::read_panel_of_batches(schema, batches, name, options))
            })
        })?;
        Ok(Self { loaded: Arc::new(loaded), options: Arc::new(options), types: Arc::new(types) })
    }

    /// Reads a file, as the command line does.
    #[staticmethod]
    #[pyo3(signature = (path, options, after=None))]
    fn of_file(
        py: Python<'_>,
        path: PathBuf,
        options: &str,
        after: Option<&Fitted>,
    ) -> PyResult<Self> {
        let options = parse::<DataOptions>(options)?.read_options()?;
        let (loaded, options) = reading(options, after, |options| {
            py.detach(|| guarded(|| read::read_panel(&path, options)))
        })?;
        let types = Arc::new(Types::default());
        Ok(Self { loaded: Arc::new(loaded), options: Arc::new(options), types })
    }

    /// One line: number of series, frequency, number of values.
    #[getter]
    fn found(&self) -> String {
        self.loaded.found()
    }

    /// Notes on the data, in sentences.
    #[getter]
    fn notes(&self) -> Vec<String> {
        self.loaded.notes.iter().map(|note| worded(note)).collect()
    }

    /// Names of the series.
    #[getter]
    fn unique_ids(&self) -> Vec<String> {
        self.loaded.series.iter().map(|series| series.name.clone()).collect()
    }

    /// Values of series number `series`; NaN where a value is missing.
    fn values(&self, series: usize) -> PyResult<Vec<f64>> {
        let series = self.loaded.series.get(series);
        let missing = || PyValueError::new_err("no series has that number");
        series.map(|series| series.values.clone()).ok_or_else(missing)
    }

    /// The panel without the last `steps` values of each series.
    fn without_last(&self, steps: usize) -> Self {
        let loaded = Arc::new(self.loaded.without_last(steps));
        Self { loaded, ..self.clone() }
    }

    /// Number of series.
    fn __len__(&self) -> usize {
        self.loaded.series.len()
    }
}

/// The row with its times as the data write them.
fn without_dates(row: Row<'_>) -> Row<'_> {
    let text = |when: When| When { at: None, ..when };
    Row { ds: text(row.ds), tested: row.tested.map(|(cutoff, y)| (text(cutoff), y)), ..row }
}

/// Reads values that may continue the series of a forecaster. A few of them do not show their frequency: they are read with that
/// of the series, and, if they contradict it, with their own.
fn reading(
    options: ReadOptions,
    after: Option<&Fitted>,
    read: impl Fn(&ReadOptions) -> PyResult<LoadedPanel>,
) -> PyResult<(LoadedPanel, ReadOptions)> {
    let memory = after.and_then(|fitted| fitted.fitted.memory());
    let Some(clock) = memory.map(|memory| memory.recent.clock()) else {
        return Ok((read(&options)?, options));
    };
    let own = ReadOptions { one_row: true, step_before: clock.frequency(), ..options };
    if let (FutureIndex::Dates { frequency, anchor, .. }, None) = (&clock, own.freq) {
        let freq_anchor = matches!(frequency, Frequency::Months(_)).then_some(*anchor);
        let continued = ReadOptions { freq: Some(*frequency), freq_anchor, ..own.clone() };
        if let Ok(loaded) = read(&continued) {
            return Ok((loaded, continued));
        }
    }
    Ok((read(&own)?, own))
}

impl Panel {
    /// Rows of a forecast of this panel as a table, with names and times of the types of the data.
    ///
    /// # Errors
    /// Rows with unlike numbers of columns.
    pub fn table<'a>(
        &self,
        columns: &Columns,
        rows: impl IntoIterator<Item = Row<'a>, IntoIter: Clone>,
    ) -> PyResult<Table> {
        let rows = rows.into_iter();
        if self.types.has_numbers_as_times() {
            let (schema, batches) = write::batches(columns, rows.clone().map(without_dates))?;
            let table = self.types.restored(Table { schema, batches });
            // Numbers that are written as dates, such as milliseconds since 1970, stay dates.
            if table.schema.field(1).data_type().is_numeric() {
                return Ok(table);
            }
        }
        let (schema, batches) = write::batches(columns, rows)?;
        Ok(self.types.restored(Table { schema, batches }))
    }

    /// The series with this name, or the only one.
    ///
    /// # Errors
    /// No series of that name; several series and no name.
    pub fn series(&self, name: Option<&str>) -> PyResult<&elman::Series> {
        let all = &self.loaded.series;
        let found = match (name, &all[..]) {
            (Some(name), _) => all.iter().find(|series| series.name == name),
            (None, [one]) => Some(one),
            (None, _) => None,
        };
        found.ok_or_else(|| match name {
            Some(name) => raised(&Error::UnknownSeries {
                path: self.loaded.path.clone(),
                name: name.to_owned(),
                nearest_names: nearest_names(name, all.iter().map(|series| &series.name[..])),
                known: self.unique_ids(),
            }),
            None => crate::errors::option(
                &format!("the data have {} series", all.len()),
                "name one with `unique_id`",
            ),
        })
    }
}
