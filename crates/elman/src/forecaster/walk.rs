//! Updating a hidden state with a sequence of values.

use elman_nn::{Error, Model, Params, State, Tape};

/// Time steps per forward pass: enough for an efficient input product, few enough to stay in
/// the cache.
const STRIDE: usize = 64;

/// The reusable working memory of a model for one lane.
pub(super) struct Walk {
    many: Tape<f32>,
    one: Tape<f32>,
}

impl Walk {
    pub(super) fn new(model: &Model<f32>) -> Self {
        Self { many: model.tape(STRIDE, 1), one: model.tape(1, 1) }
    }

    /// Runs `inputs` through the network from the hidden state `state`, which is updated. Returns the first
    /// output of every time step: the prediction of the value after it.
    pub(super) fn over(
        &mut self,
        model: &Model<f32>,
        params: &Params<f32>,
        state: &mut State<f32>,
        inputs: &[f32],
    ) -> Result<Vec<f32>, Error> {
        let mut outputs = Vec::with_capacity(inputs.len());
        let width = model.config().output_size;
        let mut show = |tape: &mut Tape<f32>, x: &[f32]| -> Result<(), Error> {
            model.forward(params, x, state, tape, None)?;
            outputs.extend(tape.output().iter().step_by(width));
            Ok(())
        };
        let strides = inputs.chunks_exact(STRIDE);
        let rest = strides.remainder();
        for x in strides {
            show(&mut self.many, x)?;
        }
        for x in rest.chunks_exact(1) {
            show(&mut self.one, x)?;
        }
        Ok(outputs)
    }
}
