//! Trained networks of a fitted forecaster: configuration, weights, and their output for an input.

use crate::buffers;
use crate::errors::{guarded, option};
use elman::FittedForecaster;
use elman::models::rnn::RnnModel;
use elman::nn::Runner;
use numpy::{
    IntoPyArray, PyArray3, PyArrayDyn, PyArrayMethods, PyReadonlyArray3, PyUntypedArrayMethods,
};
use pyo3::prelude::*;
use std::fmt;
use std::sync::Arc;

/// One trained network of a fitted forecaster.
#[pyclass(frozen, module = "elman._elman")]
pub struct Network {
    fitted: Arc<FittedForecaster>,
    number: usize,
}

impl fmt::Debug for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Network").field("number", &self.number).finish_non_exhaustive()
    }
}

#[pymethods]
impl Network {
    /// Configuration, as a JSON document: cell, sizes, dilations, connections.
    fn config(&self) -> PyResult<String> {
        let config = serde_json::to_string(self.network()?.model().config());
        config.map_err(|error| option(&error.to_string(), ""))
    }

    /// Weights by name, as `PyTorch` names and shapes them.
    fn weights<'py>(
        &self,
        py: Python<'py>,
    ) -> PyResult<Vec<(String, Bound<'py, PyArrayDyn<f32>>)>> {
        let weights = self.network()?.params().iter().map(|(variable, values)| {
            let array = values.to_vec().into_pyarray(py).reshape(variable.shape.clone())?;
            Ok((variable.name.clone(), array))
        });
        weights.collect()
    }

    /// Output `[T, B, K]` for an input `x` `[T, B, I]`, from hidden states of zero.
    fn run<'py>(
        &self,
        py: Python<'py>,
        x: PyReadonlyArray3<'py, f32>,
    ) -> PyResult<Bound<'py, PyArray3<f32>>> {
        let network = self.network()?;
        let config = network.model().config();
        let x = buffers::in_one_piece(x)?;
        let [steps, batch, inputs] = [0, 1, 2].map(|axis| x.shape()[axis]);
        if steps == 0 || batch == 0 || inputs != config.input_size {
            let message = format!("`x` is [{steps}, {batch}, {inputs}]");
            return Err(option(&message, &format!("give [T, B, {}]", config.input_size)));
        }
        let x = x.as_slice()?.to_vec();
        let output = py.detach(|| {
            guarded(|| {
                let mut runner = Runner::new(network.model(), steps, batch, 1)?;
                Ok(runner.run(network.model(), network.params(), &x)?.to_vec())
            })
        })?;
        output.into_pyarray(py).reshape([steps, batch, config.output_size])
    }
}

impl Network {
    /// The trained networks of a forecaster: those of all series, or those of each series in order.
    pub fn all(fitted: &Arc<FittedForecaster>) -> Vec<Self> {
        let count = trained(fitted).count();
        (0..count).map(|number| Self { fitted: fitted.clone(), number }).collect()
    }

    fn network(&self) -> PyResult<&RnnModel> {
        let network = trained(&self.fitted).nth(self.number);
        network.ok_or_else(|| option("no network has that number", ""))
    }
}

fn trained(fitted: &FittedForecaster) -> impl Iterator<Item = &RnnModel> {
    fitted.nets().filter(|network| network.settings.max_steps > 0)
}
