//! Gradients through time: how far back an input moves a prediction, and how far back a loss reaches the hidden state.

use elman_nn::error::Error;
use elman_nn::losses::Loss;
use elman_nn::{Model, Params, Real, State};

/// |dy/dx_s| of the last output `y` of a window `x` `[T]`, the newest input first. `state` is the hidden state before
/// the window.
///
/// # Errors
/// The errors of a pass.
pub(crate) fn influence<T: Real>(
    model: &Model<T>,
    params: &Params<T>,
    mut state: State<T>,
    x: &[T],
) -> Result<Vec<T>, Error> {
    let mut tape = model.tape(x.len(), 1);
    model.forward(params, x, &mut state, &mut tape, None)?;
    let mut dy = vec![T::ZERO; x.len()];
    dy[x.len() - 1] = T::ONE;
    let mut dx = vec![T::ZERO; x.len()];
    let (mut dstate, mut grads) = (model.zero_state(1), Params::zeros(model.layout()));
    model.backward(params, x, &dy, &mut dstate, Some(&mut dx), &mut tape, &mut grads)?;
    Ok(dx.iter().rev().map(|d| if *d < T::ZERO { T::ZERO - *d } else { *d }).collect())
}

/// The number of the newest inputs beyond which the influence of every input is below `share` of the largest one.
/// `None` if no input has a finite influence above 0.
pub(crate) fn reach<T: Real>(influence: &[T], share: f64) -> Option<usize> {
    let values = influence.iter().map(|d| d.to_f64());
    let largest = values.clone().fold(0.0, f64::max);
    if !(largest > 0.0 && values.clone().all(f64::is_finite)) {
        return None;
    }
    values.into_iter().rposition(|d| d >= share * largest).map(|at| at + 1)
}

/// The gradients of one training window.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct WindowGradients {
    /// ‖dLoss/dh_t‖ of the last layer for each time step of the window.
    pub(crate) of_loss: Vec<f64>,
    /// The same of the loss of the last time step alone.
    pub(crate) of_last: Vec<f64>,
    /// The norm of the gradient of all weights, before clipping.
    pub(crate) norm: f64,
}

/// A training window: inputs and targets, and the hidden state before it.
pub(crate) struct TrainingWindow<'a, T> {
    pub(crate) x: &'a [T],
    pub(crate) targets: &'a [T],
    pub(crate) state: State<T>,
}

/// The gradients of a window under `loss`.
///
/// # Errors
/// The errors of a pass.
pub(crate) fn window_gradients<T: Real>(
    model: &Model<T>,
    params: &Params<T>,
    loss: &Loss<T>,
    window: TrainingWindow<'_, T>,
) -> Result<WindowGradients, Error> {
    let TrainingWindow { x, targets, mut state } = window;
    let mut tape = model.tape(1, 1);
    let (mut states, mut y) = (Vec::with_capacity(x.len()), Vec::with_capacity(x.len()));
    for x in x {
        states.push(state.clone());
        model.forward(params, std::slice::from_ref(x), &mut state, &mut tape, None)?;
        y.push(tape.output()[0]);
    }
    let mut dy = vec![T::ZERO; y.len()];
    loss.mean(&y, targets, &mut dy);
    let (of_loss, grads) = norms_of_states(model, params, x, &states, &dy)?;
    let newest = dy.len() - 1;
    dy[..newest].fill(T::ZERO);
    let (of_last, _) = norms_of_states(model, params, x, &states, &dy)?;
    Ok(WindowGradients { of_loss, of_last, norm: elman_nn::clip::norm(model.isa(), &grads) })
}

/// The norms of the gradient of each hidden state of the last layer, and the gradient of the weights. `states` are the
/// hidden states before the time steps, `dy` is the gradient of the outputs.
fn norms_of_states<T: Real>(
    model: &Model<T>,
    params: &Params<T>,
    x: &[T],
    states: &[State<T>],
    dy: &[T],
) -> Result<(Vec<f64>, Params<T>), Error> {
    let head = params.get(params.find("fc.weight").expect("a linear head"));
    let mut tape = model.tape(1, 1);
    let (mut dstate, mut grads) = (model.zero_state(1), Params::zeros(model.layout()));
    let mut norms = vec![0.0; x.len()];
    for t in (0..x.len()).rev() {
        // dh_t: from the later time steps, which `dstate` holds, and through the head from y_t.
        let later = dstate.tensor("h").expect("every cell has h");
        let later = &later[later.len() - head.len()..];
        let squares =
            later.iter().zip(head).map(|(&d, &w)| (d.to_f64() + (w * dy[t]).to_f64()).powi(2));
        norms[t] = squares.sum::<f64>().sqrt();
        let x = &x[t..=t];
        model.forward(params, x, &mut states[t].clone(), &mut tape, None)?;
        model.backward(params, x, &dy[t..=t], &mut dstate, None, &mut tape, &mut grads)?;
    }
    Ok((norms, grads))
}
