//! A training loop of one's own: windows of a sine wave, with the hidden state carried from each window to the next and
//! detached from its history.

#![expect(clippy::print_stdout, reason = "an example prints its results")]

use elman_nn::clip::clip_norm;
use elman_nn::losses::Loss;
use elman_nn::optim::{Optimizer, OptimizerConfig};
use elman_nn::{Model, ModelConfig, Params};

/// Time steps of a window.
const STEPS: usize = 20;

fn main() -> Result<(), elman_nn::Error> {
    let model =
        Model::<f32>::new(ModelConfig { cell: "lstm".to_owned(), ..ModelConfig::default() })?;
    let mut params = model.initial_params(1);
    let mut grads = Params::zeros(model.layout());
    let mut optimizer = Optimizer::new(OptimizerConfig::default(), model.layout())?;
    let loss = Loss::<f32>::new("mse", &[])?;
    let mut tape = model.tape(STEPS, 1);
    let mut state = model.zero_state(1);
    let mut dy = [0.0; STEPS];
    for window in 0..300 {
        // `forward` leaves the state after the window in `state`: the next window begins with it.
        let sine = |step: usize| (0.3 * (window * STEPS + step) as f32).sin();
        let x: [f32; STEPS] = std::array::from_fn(sine);
        let y: [f32; STEPS] = std::array::from_fn(|step| sine(step + 1));
        model.forward(&params, &x, &mut state, &mut tape, None)?;
        let error = loss.mean(tape.output(), &y, &mut dy);
        // No gradient flows back from the next window: this detaches the state.
        let mut dstate = model.zero_state(1);
        grads.values_mut().fill(0.0);
        model.backward(&params, &x, &dy, &mut dstate, None, &mut tape, &mut grads)?;
        clip_norm(model.isa(), &mut grads, 1.0);
        optimizer.step(&mut params, &grads, 0.01);
        if window % 50 == 49 {
            println!("window {}: loss {error:.5}", window + 1);
        }
    }
    Ok(())
}
