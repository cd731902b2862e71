//! Dilated and residual stacks, against what defines them.

use elman_nn::cells::CellEntry;
use elman_nn::registry::Entry;
use elman_nn::{Error, Model, ModelConfig, Params, Runner, Stream};

const I: usize = 3;
const H: usize = 5;
const B: usize = 2;

fn config(cell: &str, num_layers: usize) -> ModelConfig {
    ModelConfig {
        cell: cell.to_owned(),
        input_size: I,
        hidden_size: H,
        num_layers,
        output_size: 4,
        ..ModelConfig::default()
    }
}

fn draw(len: usize) -> Vec<f64> {
    let mut stream = Stream::new(8, "x");
    (0..len).map(|_| stream.uniform(-1.0, 1.0)).collect()
}

/// The outputs of windows of these lengths, one behind the other, with the memory carried.
fn run(model: &Model<f64>, params: &Params<f64>, x: &[f64], windows: &[usize]) -> Vec<f64> {
    let mut state = model.zero_state(B);
    let longest = *windows.iter().max().unwrap();
    let mut tape = model.tape(longest, B);
    let (mut rest, mut output) = (x, Vec::new());
    for &steps in windows {
        let (x, next) = rest.split_at(steps * B * I);
        tape.set_steps(steps);
        model.forward(params, x, &mut state, &mut tape, None).unwrap();
        output.extend_from_slice(tape.output());
        // As a checkpoint does: what is kept is all that there is.
        let kept = state.save();
        state.reset();
        assert!(state.restore(&kept));
        rest = next;
    }
    output
}

fn assert_close(got: &[f64], want: &[f64], what: &str) {
    assert_eq!(got.len(), want.len(), "{what}");
    for (got, want) in got.iter().zip(want) {
        assert!((got - want).abs() < 1e-13, "{what}: {got} {want}");
    }
}

#[test]
fn each_phase_of_dilated_layers_is_a_network_of_its_own() {
    for cell in CellEntry::<f64>::ALL {
        for (layers, dilation) in [(1, 2), (1, 3), (1, 6), (2, 2), (3, 3)] {
            check_phases(config(cell.name(), layers), dilation);
        }
    }
}

/// Layers that all have the same dilation, in windows of several lengths, against one without for each phase.
fn check_phases(sizes: ModelConfig, dilation: usize) {
    let x = draw(14 * B * I);
    let plain = Model::<f64>::new(sizes.clone()).unwrap();
    let params = plain.initial_params(3);
    let dilations = vec![dilation; sizes.num_layers];
    let dilated = Model::<f64>::new(ModelConfig { dilations, ..sizes.clone() }).unwrap();
    let mut want = vec![0.0; 14 * B * 4];
    for phase in 0..dilation {
        let steps: Vec<usize> = (phase..14).step_by(dilation).collect();
        let of = |t: &usize| &x[t * B * I..(t + 1) * B * I];
        let own: Vec<f64> = steps.iter().flat_map(of).copied().collect();
        let said = run(&plain, &params, &own, &[steps.len()]);
        for (t, said) in steps.iter().zip(said.chunks_exact(B * 4)) {
            want[t * B * 4..(t + 1) * B * 4].copy_from_slice(said);
        }
    }
    for windows in [&[14][..], &[6, 6, 2], &[7, 4, 3], &[1; 14]] {
        let said = run(&dilated, &params, &x, windows);
        let what = format!("{} x {} by {dilation} {windows:?}", sizes.num_layers, sizes.cell);
        assert_close(&said, &want, &what);
    }
}

#[test]
fn a_residual_layer_that_says_nothing_changes_nothing() {
    let x = draw(9 * B * I);
    let (one, two) = (config("rnn", 1), ModelConfig { residual: true, ..config("rnn", 2) });
    let (one, two) = (Model::<f64>::new(one).unwrap(), Model::<f64>::new(two).unwrap());
    let mut params = two.initial_params(3);
    let mut first = one.initial_params(4);
    for (variable, _) in one.initial_params(4).iter() {
        let values = params.get(params.find(&variable.name).unwrap()).to_vec();
        let id = first.find(&variable.name).unwrap();
        first.get_mut(id).copy_from_slice(&values);
    }
    for name in ["weight_ih_l1", "weight_hh_l1", "bias_ih_l1", "bias_hh_l1"] {
        let id = params.find(&format!("rnn.{name}")).unwrap();
        params.get_mut(id).fill(0.0);
    }
    assert_close(&run(&two, &params, &x, &[5, 4]), &run(&one, &first, &x, &[5, 4]), "residual");
}

#[test]
fn parts_of_a_batch_on_any_number_of_threads_give_what_the_model_gives() {
    let (steps, batch) = (7, 40);
    let sizes = ModelConfig { dilations: vec![1, 3], residual: true, ..config("lstm", 2) };
    let model = Model::<f64>::new(sizes).unwrap();
    let params = model.initial_params(3);
    let x = draw(2 * steps * batch * I);
    let (mut state, mut tape) = (model.zero_state(batch), model.tape(steps, batch));
    assert_eq!(state.shape(), [4, batch, H], "a row for the first layer and three for the second");
    let halves: Vec<&[f64]> = x.chunks_exact(steps * batch * I).collect();
    let mut want = Vec::new();
    for x in &halves {
        model.forward(&params, x, &mut state, &mut tape, None).unwrap();
        want.extend_from_slice(tape.output());
    }
    for threads in [1, 2, 3] {
        let mut runner = Runner::new(&model, steps, batch, threads).unwrap();
        let mut said = Vec::new();
        for x in &halves {
            said.extend_from_slice(runner.run(&model, &params, x).unwrap());
        }
        assert_eq!(said, want, "{threads} threads");
        assert_eq!(runner.state(), &state);
    }
}

#[test]
fn one_layer_cannot_be_residual() {
    let refused = Model::<f64>::new(ModelConfig { residual: true, ..config("gru", 1) }).err();
    assert!(matches!(refused, Some(Error::Setting { name: "residual", .. })), "{refused:?}");
}

#[test]
fn dilations_that_fit_no_stack_are_refused() {
    for dilations in [vec![1], vec![1, 2, 3], vec![0, 1], vec![1, 1 << 20]] {
        let sizes = ModelConfig { dilations, ..config("lstm", 2) };
        let refused = Model::<f64>::new(sizes).err();
        assert!(matches!(refused, Some(Error::Setting { name: "dilations", .. })), "{refused:?}");
    }
}
