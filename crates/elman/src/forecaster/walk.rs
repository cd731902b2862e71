//! Updating a hidden state with a sequence of values.

use elman_nn::{Error, Model, Params, Runner, State};

/// Time steps per forward pass: enough for an efficient input product, few enough to stay in the cache.
const STRIDE: usize = 64;

/// A runner of one lane.
pub(super) struct Walk(Runner<f32>);

impl Walk {
    /// Starts from the hidden state `state`.
    pub(super) fn new(model: &Model<f32>, state: State<f32>) -> Result<Self, Error> {
        Ok(Self(Runner::new(model, STRIDE, 1, 1)?.with_state(state)))
    }

    /// Runs `inputs` through the network. Returns the first output of every time step: the prediction of the value after
    /// it.
    pub(super) fn over(
        &mut self,
        model: &Model<f32>,
        params: &Params<f32>,
        inputs: &[f32],
    ) -> Result<Vec<f32>, Error> {
        let width = model.config().output_size;
        let mut outputs = Vec::with_capacity(inputs.len());
        let windows = inputs.chunks_exact(STRIDE);
        // One time step at a time at the end: fewer than 64 new values give the same bits one by one and together.
        let rest = windows.remainder().chunks_exact(1);
        for x in windows.chain(rest) {
            outputs.extend(self.0.run(model, params, x)?.iter().step_by(width));
        }
        Ok(outputs)
    }

    /// The hidden state after the last input.
    pub(super) fn into_state(self) -> State<f32> {
        self.0.into_state()
    }
}
