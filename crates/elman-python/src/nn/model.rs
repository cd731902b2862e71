//! Model of a training loop of one's own.

use super::arrays::{Values, check};
use super::network::Network;
use super::pass::{Carried, NnPass, Pass, Recorded};
use super::state::NnState;
use crate::errors::{guarded, option};
use crate::in_memory;
use elman::Error;
use elman::nn::clip::clip_norm;
use elman::nn::file::{self, Document, ModelFile};
use elman::nn::{Model, ModelConfig, Params, Stream};
use numpy::{PyArray1, PyArray3, PyArrayDyn, PyArrayMethods};
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use serde_json::Value;
use std::borrow::Cow;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

/// Tensors by name.
pub(super) type Tensors<'py> = Vec<(String, Bound<'py, PyArrayDyn<f32>>)>;

/// What a forward pass gives: outputs `[T, B, K]`, the hidden state after the window, and the pass for a backward pass.
type Given<'py> = (Bound<'py, PyArray3<f32>>, NnState, Option<NnPass>);

/// Network with its weights and gradients.
#[pyclass(frozen, module = "elman._elman")]
pub struct NnModel(pub(super) Arc<Network>);

impl fmt::Debug for NnModel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("NnModel").field(self.0.model.config()).finish()
    }
}

#[pymethods]
impl NnModel {
    /// The network that `config`, a JSON document, describes, with initial weights.
    #[new]
    fn new(config: &str, seed: u64) -> PyResult<Self> {
        let config: ModelConfig = crate::options::parse(config)?;
        let built = guarded(|| {
            let model = Model::new(config)?;
            let params = model.initial_params(seed);
            Ok(Network::new(model, params, seed))
        })?;
        Ok(Self(Arc::new(built)))
    }

    /// Runs `x` `[T, B, I]` through the network, from `state` or from zeros. Dropout is active if `is_training`; the pass
    /// is recorded for a backward pass if `is_recorded`.
    #[expect(clippy::too_many_arguments, reason = "each is an argument of Python")]
    fn forward<'py>(
        &self,
        py: Python<'py>,
        x: Values<'py>,
        steps: usize,
        batch: usize,
        state: Option<&NnState>,
        is_training: bool,
        is_recorded: bool,
    ) -> PyResult<Given<'py>> {
        let network = &self.0;
        let x = x.singles()?;
        self.check_inputs(&x, steps, batch)?;
        self.check_state(state, batch)?;
        let before = state.and_then(|state| state.0.origin.clone());
        let mut values = match state {
            Some(state) => state.0.values.clone(),
            None => network.model.zero_state(batch),
        };
        // The backward pass needs the values of this pass, and the caller may write into the array meanwhile.
        let x = if is_recorded { Cow::Owned(x.into_owned()) } else { x };
        let (tape, version) = py.detach(|| {
            guarded(|| {
                let model = &network.model;
                model.check_window(steps, batch)?;
                let mut tape = network.tape(steps, batch);
                let mut weights = network.weights();
                let is_random = is_training && model.config().dropout > 0.0;
                let mut noise = is_random.then(|| Stream::new(weights.noise.bits(), "dropout"));
                model.forward(&weights.params, &x, &mut values, &mut tape, noise.as_mut())?;
                Ok((tape, weights.params.version()))
            })
        })?;
        let shape = [steps, batch, network.model.config().output_size];
        let output = PyArray1::from_slice(py, tape.output()).reshape(shape)?;
        if !is_recorded {
            network.give_back(tape);
            return Ok((output, NnState(Carried { values, origin: None }), None));
        }
        let recorded = Recorded { tape, before };
        let pass = Pass::new(network, (steps, batch), version, x.into_owned(), recorded);
        let pass = Arc::new(pass);
        let state = NnState(Carried { values, origin: Some(pass.clone()) });
        Ok((output, state, Some(NnPass(pass))))
    }

    /// A hidden state of zeros for `batch` lanes.
    fn zero_state(&self, batch: usize) -> PyResult<NnState> {
        let values = guarded(|| {
            self.0.model.check_window(1, batch)?;
            Ok(self.0.model.zero_state(batch))
        })?;
        Ok(NnState(Carried { values, origin: None }))
    }

    /// A hidden state of these tensors `[L, B, H]`, of which each name of the cell has one.
    fn state_of(&self, tensors: Vec<(String, Values<'_>)>, batch: usize) -> PyResult<NnState> {
        let mut state = self.zero_state(batch)?;
        let [l, b, h] = state.0.values.shape();
        for (name, values) in &tensors {
            let values = values.singles()?;
            check(name, &[('L', l), ('B', b), ('H', h)], &values, f32::is_finite, FINITE)?;
            match state.0.values.tensor_mut(name) {
                Some(tensor) if tensor.len() == values.len() => tensor.copy_from_slice(&values),
                _ => return Err(option("the tensors do not fit the cell", "give [L, B, H]")),
            }
        }
        Ok(state)
    }

    /// Names of the state tensors.
    #[getter]
    fn state_names(&self) -> Vec<&'static str> {
        self.0.model.zero_state(1).names().to_vec()
    }

    /// Copies of the weights.
    fn parameters<'py>(&self, py: Python<'py>) -> PyResult<Tensors<'py>> {
        tensors(py, &self.0.weights().params)
    }

    /// Copies of the gradients; zeros if there are none.
    fn gradients<'py>(&self, py: Python<'py>) -> PyResult<Tensors<'py>> {
        tensors(py, &self.0.weights().grads)
    }

    /// Sets some of the weights, all or none.
    fn set_parameters(&self, tensors: Vec<(String, Values<'_>)>) -> PyResult<()> {
        let mut weights = self.0.weights();
        let mut params = weights.params.clone();
        for (name, values) in &tensors {
            set(&mut params, name, name, values)?;
        }
        weights.params = params;
        Ok(())
    }

    /// Sets the gradients to zero.
    fn zero_grad(&self) {
        let mut weights = self.0.weights();
        weights.grads.clear();
        weights.is_due = false;
    }

    /// Scales the gradients so that their norm is at most `max_norm`; returns the norm before.
    fn clip_grad_norm(&self, max_norm: f64) -> f64 {
        let isa = self.0.model.isa();
        clip_norm(isa, &mut self.0.weights().grads, max_norm)
    }

    /// Number of weights.
    #[getter]
    fn num_parameters(&self) -> usize {
        self.0.model.layout().count()
    }

    /// Configuration, as a JSON document.
    fn config(&self) -> PyResult<String> {
        let config = serde_json::to_string(self.0.model.config());
        config.map_err(|error| option(&error.to_string(), "give other sizes"))
    }

    /// Table of the variables: name, shape, number of values.
    fn table(&self) -> String {
        self.0.model.to_string()
    }

    /// Writes the model file.
    fn save(&self, py: Python<'_>, path: PathBuf) -> PyResult<()> {
        let write = || Ok(file::write_model(&path, &self.0.weights().params, &self.document())?);
        py.detach(|| guarded(write))
    }

    /// Bytes of the model file.
    fn to_bytes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let weights = self.0.weights();
        let networks = [(String::new(), &weights.params)];
        let bytes =
            guarded(|| Ok(file::models_to_bytes(in_memory(), networks, &self.document())?))?;
        Ok(PyBytes::new(py, &bytes))
    }

    /// Reads a model file.
    #[staticmethod]
    fn load(path: PathBuf, seed: u64) -> PyResult<Self> {
        Self::read(|| Ok(ModelFile::read(&path)?), seed)
    }

    /// Reads a model file from bytes.
    #[staticmethod]
    fn from_bytes(bytes: &[u8], seed: u64) -> PyResult<Self> {
        Self::read(|| Ok(ModelFile::from_reader(bytes, in_memory())?), seed)
    }
}

/// What a weight or a hidden state must be.
const FINITE: &str = "finite values of single precision";

impl NnModel {
    fn read(file: impl FnOnce() -> Result<ModelFile<f32>, Error>, seed: u64) -> PyResult<Self> {
        let network = guarded(|| {
            let file = file()?;
            let (model, params) = file.model(&file.document.model, "")?;
            Ok(Network::new(model, params, seed))
        })?;
        Ok(Self(Arc::new(network)))
    }

    fn document(&self) -> Document {
        Document::new(self.0.model.config().clone(), Value::Null)
    }

    fn check_inputs(&self, x: &[f32], steps: usize, batch: usize) -> PyResult<()> {
        let ModelConfig { input_size, vocab_size, .. } = *self.0.model.config();
        let axes = [('T', steps), ('B', batch), ('I', input_size)];
        match vocab_size {
            0 => check("x", &axes, x, f32::is_finite, FINITE),
            tokens => {
                let is_token = |x: f32| x >= 0.0 && x < tokens as f32 && x.fract() == 0.0;
                let must_be = format!("the number of a token, from 0 to {}", tokens - 1);
                check("x", &axes, x, is_token, &must_be)
            }
        }
    }

    fn check_state(&self, state: Option<&NnState>, batch: usize) -> PyResult<()> {
        let Some(state) = state else { return Ok(()) };
        let expected = self.0.model.zero_state(batch);
        let got = &state.0.values;
        if (expected.names(), expected.shape()) == (got.names(), got.shape()) {
            return Ok(());
        }
        let shown = |[l, b, h]: [usize; 3], names: &[&str]| {
            format!("{} [L={l}, B={b}, H={h}]", names.join(" and "))
        };
        let message = format!(
            "state: expected {}, got {}",
            shown(expected.shape(), expected.names()),
            shown(got.shape(), got.names())
        );
        Err(option(&message, "carry the state of this model, for the same number of lanes B"))
    }
}

/// Sets the tensor of `variable`, which errors call `name`.
pub(super) fn set(
    params: &mut Params<f32>,
    variable: &str,
    name: &str,
    values: &Values<'_>,
) -> PyResult<()> {
    let values = values.singles()?;
    check(name, &[('N', values.len())], &values, f32::is_finite, FINITE)?;
    match params.find(variable).map(|id| params.get_mut(id)) {
        Some(to) if to.len() == values.len() => to.copy_from_slice(&values),
        _ => return Err(option(&format!("`{name}` does not fit"), "see `parameters()`")),
    }
    Ok(())
}

pub(super) fn tensors<'py>(py: Python<'py>, params: &Params<f32>) -> PyResult<Tensors<'py>> {
    let tensors = params.iter().map(|(variable, values)| {
        let array = PyArray1::from_slice(py, values).reshape(variable.shape.clone())?;
        Ok((variable.name.clone(), array))
    });
    tensors.collect()
}
