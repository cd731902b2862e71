//! The inside of a network in training: gradients through time, and units in numbers.

use elman_nn::State;
use elman_nn::error::Error;
use elman_nn::gradients::{LossWindow, WindowGradients, of_inputs, of_window};
use elman_nn::windows::{Batch, Windows};

use crate::engine::Engine;
use crate::unit::{GateOfUnit, gates_of_unit};

/// The most time steps before a prediction whose influence on it is computed.
const MOST_BACK: usize = 120;

/// The most products of weights and time steps whose derivatives are computed for each picture: about a tenth of a second
/// of a forward and a backward pass.
const MOST_WORK: usize = 25_000_000;

impl Engine {
    /// Whether the network is small enough to compute its gradients for each picture.
    pub(crate) fn is_small(&self) -> bool {
        self.parameters() * MOST_BACK <= MOST_WORK
    }

    /// |dy_t/dx_s| of the prediction `y_t` of value `t`, from s = t - 1 back to the start of the series or
    /// [`MOST_BACK`] time steps, and not beyond the start of a window whose hidden state was reset. Empty without such a
    /// prediction.
    ///
    /// # Errors
    /// The errors of a pass.
    pub(crate) fn influence(&self, t: usize) -> Result<Vec<f32>, Error> {
        let values = self.evaluation().values();
        if t == 0 || t >= values.len() {
            return Ok(Vec::new());
        }
        let first = self.start_of_state(t - 1);
        let from = first.max(t.saturating_sub(MOST_BACK));
        let (model, params) = (self.trainer().model(), self.trainer().params());
        let state = self.evaluation().state_before(model, params, first..from)?;
        let gradient = of_inputs(model, params, state, &values[from..t], 0)?;
        Ok(gradient.iter().rev().map(|d| d.abs()).collect())
    }

    /// The time step before which the hidden state of time step `t` was zero.
    fn start_of_state(&self, t: usize) -> usize {
        let Some(steps) = self.reset_every() else { return 0 };
        let cutoff = self.evaluation().values().len() - crate::series::TEST_LEN;
        t.saturating_sub((t + steps - cutoff % steps) % steps)
    }

    /// The gradients of the next training window, with the weights of now.
    ///
    /// # Errors
    /// The errors of a pass.
    pub(crate) fn window_gradients(&self) -> Result<WindowGradients, Error> {
        let mut batch = Batch::<f32>::new(self.windows());
        self.windows().fill(self.trainer().step(), &mut batch);
        let is_reset = batch.fresh[0] || !self.trainer().config().carry;
        let model = self.trainer().model();
        let state: State<f32> =
            if is_reset { model.zero_state(1) } else { self.trainer().state().clone() };
        let window = LossWindow { x: &batch.x, targets: &batch.target, state };
        of_window(model, self.trainer().params(), self.trainer().loss(), window)
    }

    /// The gates of a unit at the time step of the last prediction; empty for a unit that the network does not have.
    pub(crate) fn unit(&self, layer: usize, unit: usize) -> Vec<GateOfUnit> {
        let (model, params) = (self.trainer().model(), self.trainer().params());
        let config = model.config();
        match self.evaluation().last() {
            Some(last) if layer < config.num_layers && unit < config.hidden_size => {
                gates_of_unit(model, params, last, layer, unit)
            }
            _ => Vec::new(),
        }
    }

    /// The values of a parameter, by its place in the layout; empty beyond the last one.
    pub(crate) fn parameter(&self, index: usize) -> &[f32] {
        self.trainer().params().iter().nth(index).map_or(&[], |(_, values)| values)
    }
}
