//! Forecasts of one series value by value, with the hidden states kept.

use crate::errors::{defended, guarded, worded};
use crate::interrupt;
use elman::select::{OnlineForecast, OnlineForecaster};
use elman::{FittedForecaster, Series};
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use self_cell::self_cell;
use std::fmt;
use std::sync::Arc;

self_cell!(
    /// An online forecaster with the fitted forecaster that it reads.
    struct Owned {
        owner: Arc<FittedForecaster>,
        #[covariant]
        dependent: OnlineForecaster,
    }
);

/// Updates between two checks for signals, such as Ctrl-C: some milliseconds.
const BETWEEN_SIGNALS: usize = 1000;

/// A forecast: its values, then for each level its per cent, lower and upper bounds.
type Given = (Vec<f64>, Vec<(f64, Vec<f64>, Vec<f64>)>);

/// A hidden state `[L, 1, H]`: its name, shape and values.
type Tensor = (String, [usize; 3], Vec<f32>);

/// Online forecaster of one series.
#[pyclass(module = "elman._elman")]
pub struct Online {
    owned: Owned,
}

impl fmt::Debug for Online {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Online").field("steps", &self.steps()).finish_non_exhaustive()
    }
}

#[pymethods]
impl Online {
    /// Updates the hidden states with the next value; NaN if it is missing.
    fn update(&mut self, y: f64) -> PyResult<()> {
        self.owned.with_dependent_mut(|_, online| guarded(|| online.update(y)))
    }

    /// Updates the hidden states with several values, oldest first.
    fn update_all(&mut self, py: Python<'_>, values: Vec<f64>) -> PyResult<()> {
        for values in values.chunks(BETWEEN_SIGNALS) {
            py.check_signals()?;
            values.iter().try_for_each(|y| self.update(*y))?;
        }
        Ok(())
    }

    /// Forecast of the next `h` values.
    #[pyo3(signature = (h=None))]
    fn forecast(&mut self, py: Python<'_>, h: Option<usize>) -> PyResult<Given> {
        self.owned.with_dependent_mut(|_, online| match h {
            None => guarded(|| online.forecast().map(given)),
            // A long horizon takes seconds.
            Some(h) => interrupt::run(py, None, |run| {
                online.forecast_ahead_in(h, run).map(|all| given(&all))
            }),
        })
    }

    /// An independent copy: updates of one do not change the other.
    fn fork(&self, py: Python<'_>) -> PyResult<Self> {
        let (owner, online) = (self.owned.borrow_owner(), self.owned.borrow_dependent());
        let (name, state) = (online.name().to_owned(), online.state());
        Self::of(py, owner, |fitted| fitted.resume_online(&name, &state))
    }

    /// State after the last value, as bytes: [`Fitted::resume_online`](crate::fitted::Fitted) continues from it.
    fn state<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let bytes = guarded(|| self.owned.borrow_dependent().state_to_bytes())?;
        Ok(PyBytes::new(py, &bytes))
    }

    /// Resets the hidden states, as before the first value of another history.
    fn reset_state(&mut self) -> PyResult<()> {
        self.owned.with_dependent_mut(|_, online| defended(|| online.reset_state()))
    }

    /// Hidden states of the networks after the last value: for each network, by name of the state, its shape and values.
    fn hidden_states(&self) -> PyResult<Vec<Vec<Tensor>>> {
        defended(|| {
            let online = self.owned.borrow_dependent();
            let states = online.hidden_states().map(|state| {
                let tensor = |name: &str| state.tensor(name).unwrap_or_default().to_vec();
                let names = state.names().iter();
                names.map(|name| ((*name).to_owned(), state.shape(), tensor(name))).collect()
            });
            states.collect()
        })
    }

    /// Number of values so far, those of the history included.
    #[getter]
    fn steps(&self) -> usize {
        self.owned.borrow_dependent().steps()
    }

    /// Name of the series.
    #[getter]
    fn unique_id(&self) -> String {
        self.owned.borrow_dependent().name().to_owned()
    }

    /// Notes on the history, in sentences.
    #[getter]
    fn notes(&self) -> Vec<String> {
        self.owned.borrow_dependent().notes().iter().map(|note| worded(note)).collect()
    }
}

impl Online {
    /// Starts after the last value of `series`.
    ///
    /// # Errors
    /// As [`FittedForecaster::online`].
    pub fn start(
        py: Python<'_>,
        fitted: &Arc<FittedForecaster>,
        series: &Series,
    ) -> PyResult<Self> {
        Self::of(py, fitted, |fitted| fitted.online(series))
    }

    /// Starts from the hidden state of the forecaster, after the last value of its series.
    ///
    /// # Errors
    /// As [`FittedForecaster::continued`].
    pub fn continued(py: Python<'_>, fitted: &Arc<FittedForecaster>) -> PyResult<Self> {
        Self::of(py, fitted, FittedForecaster::continued)
    }

    /// Continues from a state.
    ///
    /// # Errors
    /// Bytes that are no state; a state of another forecaster.
    pub fn resume(
        py: Python<'_>,
        fitted: &Arc<FittedForecaster>,
        name: &str,
        state: &[u8],
    ) -> PyResult<Self> {
        Self::of(py, fitted, |fitted| fitted.resume_online_from_bytes(name, state))
    }

    fn of(
        py: Python<'_>,
        fitted: &Arc<FittedForecaster>,
        start: impl for<'m> FnOnce(&'m FittedForecaster) -> elman::Result<OnlineForecaster<'m>> + Send,
    ) -> PyResult<Self> {
        let owned = || guarded(|| Owned::try_new(fitted.clone(), |fitted| start(fitted)));
        Ok(Self { owned: py.detach(owned)? })
    }
}

fn given(forecast: &OnlineForecast) -> Given {
    let intervals = forecast.intervals.iter();
    let intervals = intervals.map(|at| (at.level, at.lower.clone(), at.upper.clone()));
    (forecast.values.clone(), intervals.collect())
}
