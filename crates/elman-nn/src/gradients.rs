//! Gradients through time: how far back an input moves an output, and how far back a loss reaches the hidden state.
//!
//! ```text
//! dy_k(T)/dx_s          of an output at the end of a window, for each input of the window
//! ‖dL/dh_t‖, ‖dL/dc_t‖  of a loss over a window, for each time step and each tensor of the state
//! ```
//!
//! Both are backward passes over one lane. In the second one, the tensors of the state after a time step are independent
//! of each other: dL/dc_t does not include the path from c_t to h_t of the same time step.

use elman_math::Real;

use crate::clip;
use crate::error::Error;
use crate::losses::Loss;
use crate::model::Model;
use crate::params::Params;
use crate::state::State;

/// Gradient dy/dx `[T, I]` of output number `output` (of K) at the last time step of a window `x` `[T, 1, I]`. `state` is
/// the hidden state before the window.
///
/// # Errors
/// A network of tokens, whose inputs have no gradient; an output that the network does not have; an empty window; the
/// errors of a pass.
pub fn of_inputs<T: Real>(
    model: &Model<T>,
    params: &Params<T>,
    mut state: State<T>,
    x: &[T],
    output: usize,
) -> Result<Vec<T>, Error> {
    check_inputs(model)?;
    let outputs = model.config().output_size;
    if output >= outputs {
        let (got, must_be) = (output.to_string(), "the number of an output, counted from 0");
        return Err(Error::Setting { name: "output", got, must_be });
    }
    let steps = x.len() / model.config().input_size;
    model.check_window(steps, 1)?;
    let mut tape = model.tape(steps, 1);
    model.forward(params, x, &mut state, &mut tape, None)?;
    let mut dy = vec![T::ZERO; steps * outputs];
    dy[(steps - 1) * outputs + output] = T::ONE;
    let mut dx = vec![T::ZERO; x.len()];
    let (mut dstate, mut grads) = (model.zero_state(1), Params::zeros(model.layout()));
    model.backward(params, x, &dy, &mut dstate, Some(&mut dx), &mut tape, &mut grads)?;
    Ok(dx)
}

/// The number of the newest inputs beyond which the influence of every input is below `share` of the largest one;
/// `influence` has the newest input first. `None` if no input has a finite influence above 0.
pub fn reach<T: Real>(influence: &[T], share: f64) -> Option<usize> {
    let values = influence.iter().map(|d| d.to_f64());
    let largest = values.clone().fold(0.0, f64::max);
    if !(largest > 0.0 && values.clone().all(f64::is_finite)) {
        return None;
    }
    values.into_iter().rposition(|d| d >= share * largest).map(|at| at + 1)
}

/// A window in one lane: inputs `[T, 1, I]` and targets `[T, 1, K / P]`, for a loss with P outputs per target, and the
/// hidden state before it.
#[derive(Debug, Clone)]
pub struct LossWindow<'a, T> {
    /// Inputs.
    pub x: &'a [T],
    /// Targets; NaN where masked.
    pub targets: &'a [T],
    /// Hidden state before the window.
    pub state: State<T>,
}

/// The gradients of a loss over one window. The norms have one row for each tensor of the state, in the order of
/// [`State::names`], and one column for each time step.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct WindowGradients {
    /// Norm of the gradient of the state of the last layer after each time step.
    pub of_loss: Vec<Vec<f64>>,
    /// The same of the loss of the last time step alone.
    pub of_last: Vec<Vec<f64>>,
    /// Norm of the gradient of all weights, before clipping.
    pub norm: f64,
}

/// The gradients of `loss` over a window.
///
/// # Errors
/// A network of tokens or with an adaptive softmax; an empty window; the errors of a pass.
pub fn of_window<T: Real>(
    model: &Model<T>,
    params: &Params<T>,
    loss: &Loss<T>,
    window: LossWindow<'_, T>,
) -> Result<WindowGradients, Error> {
    check_inputs(model)?;
    let LossWindow { x, targets, mut state } = window;
    let (inputs, outputs) = (model.config().input_size, model.config().output_size);
    model.check_window(x.len() / inputs, 1)?;
    let mut tape = model.tape(1, 1);
    let (mut states, mut y) = (Vec::new(), Vec::new());
    for x in x.chunks(inputs) {
        states.push(state.clone());
        model.forward(params, x, &mut state, &mut tape, None)?;
        y.extend_from_slice(tape.output());
    }
    let mut dy = vec![T::ZERO; y.len()];
    loss.mean(&y, targets, &mut dy);
    let (of_loss, grads) = norms_of_states(model, params, x, &states, &dy)?;
    let last = dy.len() - outputs;
    dy[..last].fill(T::ZERO);
    let (of_last, _) = norms_of_states(model, params, x, &states, &dy)?;
    Ok(WindowGradients { of_loss, of_last, norm: clip::norm(model.isa(), &grads) })
}

/// The norms of the gradient of each tensor of the state of the last layer, and the gradient of the weights. `states` are
/// the hidden states before the time steps, `dy` `[T, 1, K]` is the gradient of the outputs.
fn norms_of_states<T: Real>(
    model: &Model<T>,
    params: &Params<T>,
    x: &[T],
    states: &[State<T>],
    dy: &[T],
) -> Result<(Vec<Vec<f64>>, Params<T>), Error> {
    let (inputs, outputs) = (model.config().input_size, model.config().output_size);
    let mut tape = model.tape(1, 1);
    let (mut dstate, mut grads) = (model.zero_state(1), Params::zeros(model.layout()));
    let mut norms = vec![vec![0.0; states.len()]; dstate.names().len()];
    let steps = x.chunks(inputs).zip(dy.chunks(outputs)).zip(states).enumerate();
    for (t, ((x, dy), state)) in steps.rev() {
        for (norms, name) in norms.iter_mut().zip(dstate.names()) {
            norms[t] = norm_of_state(model, params, &dstate, name, dy);
        }
        model.forward(params, x, &mut state.clone(), &mut tape, None)?;
        model.backward(params, x, dy, &mut dstate, None, &mut tape, &mut grads)?;
    }
    Ok((norms, grads))
}

/// The norm of the gradient of tensor `name` of the last layer: from the later time steps, which `dstate` holds, and for
/// `h` also through the head from the outputs of the same time step.
fn norm_of_state<T: Real>(
    model: &Model<T>,
    params: &Params<T>,
    dstate: &State<T>,
    name: &str,
    dy: &[T],
) -> f64 {
    let later = dstate.newest(name, model.config().num_layers - 1).unwrap_or_default();
    let mut gradient: Vec<f64> = later.iter().map(|d| d.to_f64()).collect();
    if name == "h"
        && let Some(head) = params.find("fc.weight")
    {
        for (weights, dy) in params.get(head).chunks(gradient.len()).zip(dy) {
            for (d, w) in gradient.iter_mut().zip(weights) {
                *d += (*w * *dy).to_f64();
            }
        }
    }
    gradient.iter().map(|d| d * d).sum::<f64>().sqrt()
}

/// Refuses networks whose inputs are tokens, or whose head is not one linear layer.
fn check_inputs<T: Real>(model: &Model<T>) -> Result<(), Error> {
    let (name, got) = match model.config() {
        config if config.vocab_size > 0 => ("vocab_size", config.vocab_size.to_string()),
        config if !config.cutoffs.is_empty() => ("cutoffs", format!("{:?}", config.cutoffs)),
        _ => return Ok(()),
    };
    Err(Error::Setting {
        name,
        got,
        must_be: "left out: gradients through time need inputs and outputs that are numbers",
    })
}
