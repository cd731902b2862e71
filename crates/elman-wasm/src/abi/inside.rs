//! The functions for the inside of a network.

use elman_nn::gradients::reach;

use super::PAGE;
use crate::description;
use crate::engine::Engine;
use crate::evaluation::Shown;
use crate::training::Status;

/// Sets the quantity of the heat map, by its place in [`elman_describe`], from the next evaluation on.
#[unsafe(no_mangle)]
pub extern "C" fn elman_show(quantity: usize, layer: usize) {
    let shown = Shown { quantity, layer };
    PAGE.with_borrow_mut(|page| page.engine.as_mut().map(|engine| engine.show(shown)));
}

/// Series, quantities, equations and parameters of the network, one a line. Kept as the message; returns its length in
/// bytes.
#[unsafe(no_mangle)]
pub extern "C" fn elman_describe() -> usize {
    PAGE.with_borrow_mut(|page| {
        let of = |engine: &Engine| {
            description::of_network(engine.trainer().model(), engine.scale(), engine.variance())
        };
        page.message = page.engine.as_ref().map_or_else(String::new, of);
        page.message.len()
    })
}

/// The gates of a unit at the time step of the last prediction, one a line: letter, x-part, h-part and value. Kept as the
/// message; returns its length in bytes.
#[unsafe(no_mangle)]
pub extern "C" fn elman_unit(layer: usize, unit: usize) -> usize {
    PAGE.with_borrow_mut(|page| {
        let gates = page.engine.as_ref().map(|engine| engine.unit(layer, unit));
        page.message = description::of_unit(&gates.unwrap_or_default());
        page.message.len()
    })
}

/// The values of a parameter, by its place in [`elman_describe`].
#[unsafe(no_mangle)]
pub extern "C" fn elman_parameter(index: usize) -> *const f32 {
    PAGE.with_borrow(|page| parameter(page.engine.as_ref(), index).as_ptr())
}

/// The number of those values.
#[unsafe(no_mangle)]
pub extern "C" fn elman_parameter_len(index: usize) -> usize {
    PAGE.with_borrow(|page| parameter(page.engine.as_ref(), index).len())
}

fn parameter(engine: Option<&Engine>, index: usize) -> &[f32] {
    engine.map_or(&[], |engine| engine.parameter(index))
}

/// Whether the network is small enough for the two functions below to be called for each picture.
#[unsafe(no_mangle)]
pub extern "C" fn elman_is_small() -> bool {
    PAGE.with_borrow(|page| page.engine.as_ref().is_some_and(Engine::is_small))
}

/// Computes the influence of each input on the prediction of value `t`. Returns a status.
#[unsafe(no_mangle)]
pub extern "C" fn elman_influence(t: usize) -> i32 {
    PAGE.with_borrow_mut(|page| {
        let outcome = page.engine.as_ref().map_or(Ok(Vec::new()), |engine| engine.influence(t));
        let outcome = outcome.map(|influence| page.influence = influence);
        page.status(outcome.map(|()| Status::Running))
    })
}

/// The number of the newest inputs beyond which the influence of every input is below `share` of the largest one; NaN if
/// no input has an influence.
#[unsafe(no_mangle)]
pub extern "C" fn elman_reach(share: f64) -> f64 {
    PAGE.with_borrow(|page| reach(&page.influence, share).map_or(f64::NAN, |back| back as f64))
}

/// Computes the gradients of the next training window. Returns a status.
#[unsafe(no_mangle)]
pub extern "C" fn elman_gradients() -> i32 {
    PAGE.with_borrow_mut(|page| {
        let outcome = page.engine.as_ref().map(Engine::window_gradients).transpose();
        let outcome = outcome.map(|gradients| page.gradients = gradients.unwrap_or_default());
        page.status(outcome.map(|()| Status::Running))
    })
}

/// The norm of the gradient of each hidden state of that window: 0 of its loss, 1 of the loss of its last time step.
#[unsafe(no_mangle)]
pub extern "C" fn elman_norms(which: usize) -> *const f64 {
    PAGE.with_borrow(|page| match which {
        0 => of_hidden_state(&page.gradients.of_loss).as_ptr(),
        _ => of_hidden_state(&page.gradients.of_last).as_ptr(),
    })
}

/// The number of those norms: the time steps of the window.
#[unsafe(no_mangle)]
pub extern "C" fn elman_norms_len() -> usize {
    PAGE.with_borrow(|page| of_hidden_state(&page.gradients.of_loss).len())
}

/// The norms of the hidden state `h`, the first tensor of the state.
fn of_hidden_state(norms: &[Vec<f64>]) -> &[f64] {
    norms.first().map_or(&[], Vec::as_slice)
}

/// The norm of the gradient of all weights in that window, before clipping.
#[unsafe(no_mangle)]
pub extern "C" fn elman_window_norm() -> f64 {
    PAGE.with_borrow(|page| page.gradients.norm)
}
