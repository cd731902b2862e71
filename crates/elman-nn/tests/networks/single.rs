//! Passes in f32, on every instruction set, against the same in f64.

use elman_nn::cells::CellEntry;
use elman_nn::registry::Entry;
use elman_nn::{Isa, Model, ModelConfig, Params, Real, Stream};

const T: usize = 9;
const B: usize = 37;
const I: usize = 20;

/// Outputs, memory, and the gradients of the weights, of the input and of the memory before.
fn passes<F: Real>(cell: &str, hidden: usize, isa: Isa) -> [Vec<f64>; 5] {
    let config = ModelConfig {
        cell: cell.to_owned(),
        input_size: I,
        hidden_size: hidden,
        num_layers: 2,
        output_size: 3,
        ..ModelConfig::default()
    };
    let drawn = Model::<f32>::new(config.clone()).unwrap().initial_params(3);
    let model = Model::<F>::new(config).unwrap().with_isa(isa);
    let mut params = Params::zeros(model.layout());
    for (to, &from) in params.values_mut().iter_mut().zip(drawn.values()) {
        *to = F::from_f64(f64::from(from));
    }
    let mut stream = Stream::new(8, "x");
    let mut draw = |len: usize| -> Vec<F> {
        (0..len).map(|_| F::from_f64(f64::from(stream.uniform(-1.0, 1.0) as f32))).collect()
    };
    let (x, dy) = (draw(T * B * I), draw(T * B * 3));
    let mut tape = model.tape(T, B);
    let mut state = model.zero_state(B);
    model.forward(&params, &x, &mut state, &mut tape, None).unwrap();
    let output = tape.output().to_vec();
    let mut grads = Params::zeros(model.layout());
    let mut dstate = model.zero_state(B);
    let mut dx = vec![F::ZERO; x.len()];
    model.backward(&params, &x, &dy, &mut dstate, Some(&mut dx), &mut tape, &mut grads).unwrap();
    let memory = state.tensor("h").unwrap();
    let d_memory = dstate.tensor("h").unwrap();
    [&output[..], memory, grads.values(), &dx, d_memory]
        .map(|values| values.iter().map(|v| v.to_f64()).collect())
}

#[test]
fn passes_in_f32_agree_with_those_in_f64_on_every_instruction_set() {
    for cell in CellEntry::<f32>::ALL {
        for hidden in [24, 80, 129] {
            let exact = passes::<f64>(cell.name(), hidden, Isa::detect());
            for isa in Isa::available() {
                let single = passes::<f32>(cell.name(), hidden, isa);
                for (what, (got, want)) in
                    ["y", "h", "dw", "dx", "dh"].iter().zip(single.iter().zip(&exact))
                {
                    let size = want.iter().fold(0.0_f64, |size, v| size.max(v.abs()));
                    let error =
                        got.iter().zip(want).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
                    let error = error / size;
                    println!("{} H{hidden} {isa:?} {what}: {error:.1e}", cell.name());
                    assert!(error < 2e-6, "{} H{hidden} {isa:?} {what}: {error:e}", cell.name());
                }
            }
        }
    }
}
