//! Optimizers of a training loop of one's own.

use super::arrays::Values;
use super::model::{NnModel, Tensors, set, tensors};
use super::network::Network;
use crate::errors::{guarded, option, raised};
use elman::nn::Params;
use elman::nn::optim::{Optimizer, OptimizerConfig};
use pyo3::prelude::*;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// Optimizer of the weights of one network.
#[pyclass(frozen, module = "elman._elman")]
pub struct NnOptimizer {
    network: Arc<Network>,
    optimizer: Mutex<Optimizer<f32>>,
}

impl fmt::Debug for NnOptimizer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NnOptimizer").field("updates", &self.updates()).finish_non_exhaustive()
    }
}

#[pymethods]
impl NnOptimizer {
    /// The optimizer that `config`, a JSON document, describes.
    #[new]
    fn new(model: &NnModel, config: &str) -> PyResult<Self> {
        let config: OptimizerConfig = crate::options::parse(config)?;
        let network = model.0.clone();
        let optimizer = Optimizer::new(config, network.model.layout())
            .map_err(|error| raised(&error.into()))?
            .with_isa(network.model.isa());
        Ok(Self { network, optimizer: Mutex::new(optimizer) })
    }

    /// Does one optimizer step with this learning rate.
    fn step(&self, py: Python<'_>, rate: f64) -> PyResult<()> {
        let is_due = py.detach(|| {
            guarded(|| {
                let mut optimizer = self.optimizer.lock().unwrap_or_else(PoisonError::into_inner);
                let mut weights = self.network.weights();
                let weights = &mut *weights;
                let is_due = std::mem::take(&mut weights.is_due);
                if is_due {
                    optimizer.step(&mut weights.params, &weights.grads, rate);
                }
                Ok(is_due)
            })
        })?;
        match is_due {
            true => Ok(()),
            false => Err(option(
                "there are no gradients since the last optimizer step",
                "call `loss.backward()` first",
            )),
        }
    }

    /// Copies of the optimizer state, such as the moments of Adam: the name of a tensor begins with that of its kind.
    fn state<'py>(&self, py: Python<'py>) -> PyResult<Tensors<'py>> {
        let optimizer = self.optimizer.lock().unwrap_or_else(PoisonError::into_inner);
        let mut all = Vec::new();
        for (slot, params) in optimizer.slots() {
            let named = tensors(py, params)?.into_iter();
            all.extend(named.map(|(variable, array)| (format!("{slot}.{variable}"), array)));
        }
        Ok(all)
    }

    /// Sets the whole optimizer state, or nothing.
    fn set_state(&self, updates: u64, tensors: Vec<(String, Values<'_>)>) -> PyResult<()> {
        let mut optimizer = self.optimizer.lock().unwrap_or_else(PoisonError::into_inner);
        let mut slots: Vec<Params<f32>> =
            optimizer.slots().map(|(_, params)| params.clone()).collect();
        let names: Vec<&str> = optimizer.slots().map(|(slot, _)| slot).collect();
        for (name, values) in &tensors {
            let of = name.split_once('.').and_then(|(slot, variable)| {
                Some((names.iter().position(|known| *known == slot)?, variable))
            });
            let Some((slot, variable)) = of else {
                let message = format!("`{name}` is no state of this optimizer");
                return Err(option(&message, "give the state of an optimizer of the same kind"));
            };
            set(&mut slots[slot], variable, name, values)?;
        }
        for ((_, to), from) in optimizer.slots_mut().zip(slots) {
            *to = from;
        }
        optimizer.set_updates(updates);
        Ok(())
    }

    /// Number of optimizer steps so far.
    #[getter]
    fn updates(&self) -> u64 {
        self.optimizer.lock().unwrap_or_else(PoisonError::into_inner).updates()
    }
}
