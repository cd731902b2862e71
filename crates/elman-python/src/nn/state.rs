//! Hidden state of a training loop of one's own.

use super::pass::Carried;
use numpy::{PyArray1, PyArray3, PyArrayMethods};
use pyo3::prelude::*;
use std::fmt;

/// A tensor `[L, B, H]` and its name.
type Tensor<'py> = (&'static str, Bound<'py, PyArray3<f32>>);

/// Hidden state, which does not change.
#[pyclass(frozen, module = "elman._elman")]
pub struct NnState(pub(super) Carried);

impl fmt::Debug for NnState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NnState").field("shape", &self.shape()).finish_non_exhaustive()
    }
}

#[pymethods]
impl NnState {
    /// L, B, H.
    #[getter]
    fn shape(&self) -> [usize; 3] {
        self.0.values.shape()
    }

    /// Whether gradients flow into the window before.
    #[getter]
    fn has_history(&self) -> bool {
        self.0.origin.is_some()
    }

    /// The same values without history.
    fn detach(&self) -> Self {
        Self(Carried { values: self.0.values.clone(), origin: None })
    }

    /// Zeros in place of all values, or of those of some lanes.
    #[pyo3(signature = (lanes=None))]
    fn reset(&self, lanes: Option<Vec<usize>>) -> Self {
        let mut values = self.0.values.clone();
        match lanes {
            None => values.reset(),
            Some(lanes) => lanes.into_iter().for_each(|lane| values.reset_stream(lane)),
        }
        Self(Carried { values, origin: None })
    }

    /// Copies of the tensors `[L, B, H]` by name.
    fn arrays<'py>(&self, py: Python<'py>) -> PyResult<Vec<Tensor<'py>>> {
        let state = &self.0.values;
        let tensors = state.names().iter().map(|name| {
            let values = state.tensor(name).unwrap_or_default();
            Ok((*name, PyArray1::from_slice(py, values).reshape(state.shape())?))
        });
        tensors.collect()
    }
}
