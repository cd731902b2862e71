//! Charts of forecasts.

use crate::errors::{guarded, option};
use crate::fitted::Fitted;
use crate::interrupt;
use crate::panel::Panel;
use elman::report::{self, Album, Format};
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use std::path::PathBuf;

/// Chart of the forecasts of some series.
#[pyclass(frozen, module = "elman._elman")]
#[derive(Debug)]
pub struct Chart {
    album: Album,
}

#[pymethods]
impl Chart {
    /// The last values and the forecast of series `numbers` of a panel, `h` values ahead; below them `facts`: names and
    /// values.
    #[staticmethod]
    fn of_forecast(
        py: Python<'_>,
        fitted: &Fitted,
        panel: &Panel,
        numbers: Vec<usize>,
        h: usize,
        facts: Vec<(String, String)>,
    ) -> PyResult<Self> {
        let all = &panel.loaded.series;
        let series = numbers.iter().map(|number| all.get(*number).cloned());
        let series = series.collect::<Option<Vec<_>>>();
        let series = series.ok_or_else(|| option("no series has that number", ""))?;
        let forecast =
            interrupt::run(py, None, |run| fitted.fitted.predict_ahead_in(&series, h, run))?;
        let pages = series.iter().enumerate().map(|(s, series)| forecast.picture(series, s));
        let album = Album { pages: pages.collect(), facts, unlike: true, ..Album::default() };
        Ok(Self { album })
    }

    /// The chart as the contents of a file of a format: `png`, `svg` or `html`.
    fn to_bytes<'py>(&self, py: Python<'py>, format: &str) -> PyResult<Bound<'py, PyBytes>> {
        let format = Format::of(&PathBuf::from(format!("chart.{format}"))).map_err(refused)?;
        let bytes = py.detach(|| guarded(|| Ok(report::bytes(format, &self.album))))?;
        Ok(PyBytes::new(py, &bytes))
    }

    /// Writes the chart to a file, whose name ends in the format.
    fn save(&self, py: Python<'_>, path: PathBuf) -> PyResult<()> {
        py.detach(|| guarded(|| Ok(report::write(&path, &self.album)))?.map_err(refused))
    }
}

fn refused(error: report::Error) -> PyErr {
    match error {
        report::Error::Write { source, path } => crate::errors::file(&path, &source),
        error => option(&error.to_string(), "name a file such as `chart.svg`"),
    }
}
