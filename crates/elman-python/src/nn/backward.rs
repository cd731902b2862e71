//! Backpropagation through time: over one window, and over the windows before it from which the hidden state was not
//! detached.

use super::arrays::Values;
use super::pass::{NnPass, Pass, Recorded};
use crate::errors::{guarded, option};
use elman::nn::{State, Tape};
use pyo3::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The gradients that arrive at a pass.
struct Arrived {
    pass: Arc<Pass>,
    /// Of its outputs `[T, B, K]`.
    dy: Option<Vec<f32>>,
    /// Of its last hidden state.
    dstate: Option<State<f32>>,
}

/// Adds the gradients of the weights, from the gradient of the outputs of each pass. The passes are consumed.
#[pyfunction]
pub fn nn_backward(py: Python<'_>, terms: Vec<(PyRef<'_, NnPass>, Values<'_>)>) -> PyResult<()> {
    let mut arrived = BTreeMap::new();
    for (pass, dy) in &terms {
        let (steps, batch) = pass.0.window;
        let dy = dy.singles()?;
        if dy.len() != steps * batch * pass.0.network.model.config().output_size {
            return Err(option("a gradient does not fit its prediction", "give [T, B, K]"));
        }
        let at = at_pass(&mut arrived, &pass.0);
        at.dy = Some(match at.dy.take() {
            Some(sum) => sum.iter().zip(&*dy).map(|(a, b)| a + b).collect(),
            None => dy.into_owned(),
        });
    }
    check(&arrived)?;
    py.detach(|| backpropagate(arrived))
}

fn at_pass<'a>(arrived: &'a mut BTreeMap<u64, Arrived>, pass: &Arc<Pass>) -> &'a mut Arrived {
    let none = || Arrived { pass: pass.clone(), dy: None, dstate: None };
    arrived.entry(pass.number).or_insert_with(none)
}

/// Checks that every pass that the gradients reach can still be done backwards.
fn check(arrived: &BTreeMap<u64, Arrived>) -> PyResult<()> {
    for Arrived { pass, .. } in arrived.values() {
        let mut next = Some(pass.clone());
        while let Some(pass) = next {
            next = pass.before().ok_or_else(consumed)?;
            if pass.version != pass.network.weights().params.version() {
                return Err(option(
                    "the weights have changed since the prediction",
                    "predict again, then call `backward`; carry the state as `state.detach()`",
                ));
            }
        }
    }
    Ok(())
}

fn consumed() -> PyErr {
    option(
        "the gradients of this window have been computed already",
        "carry the state into the next window as `state.detach()`; of several losses call `backward` of the sum",
    )
}

/// Does the passes backwards, the last one first.
fn backpropagate(mut arrived: BTreeMap<u64, Arrived>) -> PyResult<()> {
    while let Some((_, at)) = arrived.pop_last() {
        let Some(Recorded { tape, before }) = at.pass.take() else { return Err(consumed()) };
        let dstate = one_pass(&at.pass, tape, at.dy, at.dstate)?;
        if let Some(before) = before {
            let at = at_pass(&mut arrived, &before);
            at.dstate = Some(match at.dstate.take() {
                Some(sum) => added(sum, &dstate),
                None => dstate,
            });
        }
    }
    Ok(())
}

/// The gradient of the first hidden state of a pass.
fn one_pass(
    pass: &Pass,
    mut tape: Tape<f32>,
    dy: Option<Vec<f32>>,
    dstate: Option<State<f32>>,
) -> PyResult<State<f32>> {
    let network = &pass.network;
    let (steps, batch) = pass.window;
    let outputs = steps * batch * network.model.config().output_size;
    let dy = dy.unwrap_or_else(|| vec![0.0; outputs]);
    let mut dstate = dstate.unwrap_or_else(|| network.model.zero_state(batch));
    guarded(|| {
        let mut weights = network.weights();
        let (params, grads) = weights.grads_to_add_to();
        let x = &pass.x;
        network.model.backward(params, x, &dy, &mut dstate, None, &mut tape, grads)?;
        Ok(())
    })?;
    network.give_back(tape);
    Ok(dstate)
}

fn added(mut sum: State<f32>, other: &State<f32>) -> State<f32> {
    for name in other.names() {
        if let (Some(sum), Some(other)) = (sum.tensor_mut(name), other.tensor(name)) {
            sum.iter_mut().zip(other).for_each(|(sum, other)| *sum += other);
        }
    }
    sum
}
