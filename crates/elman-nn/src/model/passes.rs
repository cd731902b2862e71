//! The forward and backward pass of a model over a window.

use elman_math::{Real, Stream};

use super::Model;
use crate::error::{Error, Shape};
use crate::layers::{Back, Pass, Window};
use crate::params::Params;
use crate::state::State;
use crate::tape::{Packing, Tape};

impl<T: Real> Model<T> {
    /// Runs a window `x` `[T, B, I]` through the model from the hidden state in `state`, and replaces it by
    /// the hidden state at the end of the window. The output `[T, B, K]` is [`Tape::output`].
    ///
    /// `noise` is the RNG stream of dropout in training, `None` otherwise.
    ///
    /// # Errors
    /// [`Error::Shape`] if `x` does not fit the tape, or `state` the model and the tape.
    pub fn forward(
        &self,
        params: &Params<T>,
        x: &[T],
        state: &mut State<T>,
        tape: &mut Tape<T>,
        noise: Option<&mut Stream>,
    ) -> Result<(), Error> {
        let mut packing = tape.packing.take().unwrap_or_else(|| self.packing());
        self.pack_forward(params, &mut packing);
        let outcome = self.forward_on(params, &packing, x, state, tape, noise);
        tape.packing = Some(packing);
        outcome
    }

    /// [`forward`](Model::forward) on packed weights.
    pub(crate) fn forward_on(
        &self,
        params: &Params<T>,
        packing: &Packing<T>,
        x: &[T],
        state: &mut State<T>,
        tape: &mut Tape<T>,
        mut noise: Option<&mut Stream>,
    ) -> Result<(), Error> {
        self.check(tape.window, "x", x, self.config.input_size)?;
        self.check_state(tape.window, state)?;
        let mut input = x;
        let judges = tape.judges();
        let mut arena = &mut tape.arena[..];
        for (index, region) in tape.regions.iter().enumerate() {
            let layer = self.layer(index, judges);
            let region = arena.split_off_mut(..*region).expect("a region a layer");
            let (packed, targets) = (packing.forward.layer(index), &tape.targets);
            let pass = Pass { isa: self.isa, window: tape.window, params, packed, targets };
            let region = &mut region[..layer.tape_len(tape.window)];
            layer.forward(&pass, input, state, region, noise.as_deref_mut());
            input = &region[layer.output(tape.window)];
        }
        if let Some(skip) = &self.skip {
            let packed = packing.forward.layer(self.layers.len());
            let pass = Pass { isa: self.isa, window: tape.window, params, packed, targets: &[] };
            skip.forward(&pass, x, &mut tape.arena[tape.output.clone()]);
        }
        Ok(())
    }

    /// Replaces `gates` by the gates `[T, B, G·H]` of each recurrent layer in the window of the last
    /// [`forward`](Model::forward) on `tape`, one layer after the other; G gates as
    /// [`named_gates`](crate::cells::CellEntry::named_gates) lists them. Empty if the cell has no named gates.
    ///
    /// A [`backward`](Model::backward) pass overwrites the gates with their gradients.
    pub fn gates(&self, tape: &Tape<T>, gates: &mut Vec<T>) {
        gates.clear();
        let mut arena = &tape.arena[..];
        for (index, region) in tape.regions.iter().enumerate() {
            let layer = self.layer(index, tape.judges());
            let region = arena.split_off(..*region).expect("a region a layer");
            layer.copy_gates(tape.window, &region[..layer.tape_len(tape.window)], gates);
        }
    }

    /// Computes the gradients of the window of the last [`forward`](Model::forward) on `tape`.
    ///
    /// `dy` `[T, B, K]` is the gradient of the output. Adds the gradient of the weights to
    /// `grads`; writes that of the input to `dx` `[T, B, I]`, if given. `dstate` is the gradient
    /// of the hidden state after the window on entry (zeros if the hidden state is carried
    /// detached) and that of the hidden state before the window on exit.
    ///
    /// The pass overwrites the tape: a second backward pass needs another forward pass first.
    ///
    /// # Errors
    /// [`Error::Shape`] if a slice does not fit the tape.
    #[expect(clippy::too_many_arguments, reason = "each is a tensor of the pass, by its own name")]
    pub fn backward(
        &self,
        params: &Params<T>,
        x: &[T],
        dy: &[T],
        dstate: &mut State<T>,
        dx: Option<&mut [T]>,
        tape: &mut Tape<T>,
        grads: &mut Params<T>,
    ) -> Result<(), Error> {
        let mut packing = tape.packing.take().unwrap_or_else(|| self.packing());
        self.pack_backward(params, &mut packing, dx.is_some());
        let outcome = self.backward_on(params, &packing, x, dy, dstate, dx, tape, grads);
        tape.packing = Some(packing);
        outcome
    }

    /// [`backward`](Model::backward) on packed weights.
    #[expect(clippy::too_many_arguments, reason = "each is a tensor of the pass, by its own name")]
    pub(crate) fn backward_on(
        &self,
        params: &Params<T>,
        packing: &Packing<T>,
        x: &[T],
        dy: &[T],
        dstate: &mut State<T>,
        mut dx: Option<&mut [T]>,
        tape: &mut Tape<T>,
        grads: &mut Params<T>,
    ) -> Result<(), Error> {
        let window = tape.window;
        self.check(window, "x", x, self.config.input_size)?;
        let judges = tape.judges();
        self.check(window, "dy", dy, if judges { 1 } else { self.config.output_size })?;
        if let Some(dx) = &dx {
            self.check(window, "dx", dx, self.config.input_size)?;
        }
        self.check_state(window, dstate)?;
        let [mut from, mut to] = tape.between.each_mut().map(|buffer| &mut buffer[..]);
        from[..dy.len()].copy_from_slice(dy);
        let mut arena = &mut tape.arena[..];
        for index in (0..self.layers.len()).rev() {
            let layer = self.layer(index, judges);
            let start = arena.len() - tape.regions[index];
            let region = arena.split_off_mut(start..).expect("a region a layer");
            let (packed, targets) = (packing.backward.layer(index), &tape.targets);
            let pass = Pass { isa: self.isa, window, params, packed, targets };
            let mut back = Back { grads, dstate, scratch: &mut tape.scratch };
            let region = &mut region[..layer.tape_len(window)];
            let dy = &from[..layer.output(window).len()];
            if index == 0 {
                layer.backward(&pass, x, region, dy, dx.as_deref_mut(), &mut back);
            } else {
                let below = &self.layers[index - 1];
                let start = arena.len() - tape.regions[index - 1];
                let input = &arena[start..][below.output(window)];
                let dx = Some(&mut to[..input.len()]);
                layer.backward(&pass, input, region, dy, dx, &mut back);
                std::mem::swap(&mut from, &mut to);
            }
        }
        if let Some(skip) = &self.skip {
            let packed = packing.backward.layer(self.layers.len());
            let pass = Pass { isa: self.isa, window, params, packed, targets: &[] };
            let mut back = Back { grads, dstate, scratch: &mut tape.scratch };
            skip.backward(&pass, x, dy, dx, &mut back);
        }
        Ok(())
    }

    fn check(
        &self,
        window: Window,
        tensor: &'static str,
        values: &[T],
        size: usize,
    ) -> Result<(), Error> {
        let axis = match tensor {
            "x" | "dx" => 'I',
            _ => 'K',
        };
        Shape([('T', window.steps), ('B', window.batch), (axis, size)]).check(tensor, values)
    }

    pub(crate) fn check_state(&self, window: Window, state: &State<T>) -> Result<(), Error> {
        let rows = self.config.depths().sum();
        let expected = [rows, window.batch, self.config.hidden_size];
        if state.names() == self.cell.states && state.shape() == expected {
            return Ok(());
        }
        let [l, b, h] = expected;
        let expected = Shape([('L', l), ('B', b), ('H', h)]);
        Err(Error::Shape { tensor: "state", expected, got: state.shape().iter().product() })
    }
}
