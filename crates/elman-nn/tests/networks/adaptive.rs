//! The adaptive softmax: the loss alone is that of all outputs, and so is its gradient.

use elman_nn::layers::Window;
use elman_nn::losses::Loss;
use elman_nn::windows::{Batch, Streams, Windows};
use elman_nn::{Model, ModelConfig, Params, Stream, TrainConfig, Trainer};

const V: usize = 40;
/// Rows of more than one block, the last of which is not full.
const STEPS: usize = 60;
const STREAMS: usize = 5;

fn config(cutoffs: &[usize]) -> ModelConfig {
    ModelConfig {
        cell: "lstm".to_owned(),
        vocab_size: V,
        embedding_size: 6,
        hidden_size: 20,
        output_size: V,
        cutoffs: cutoffs.to_vec(),
        ..ModelConfig::default()
    }
}

#[test]
fn the_loss_alone_and_its_gradient_are_those_of_all_outputs() {
    for cutoffs in [&[7, 16, 39][..], &[1], &[39], &[5, 6]] {
        let model = Model::<f64>::new(config(cutoffs)).unwrap();
        let params = model.initial_params(3);
        let mut stream = Stream::new(5, "tokens");
        let mut tokens = || -> Vec<f64> {
            (0..STEPS * STREAMS).map(|_| (stream.unit().powi(2) * V as f64).floor()).collect()
        };
        let (x, mut targets) = (tokens(), tokens());
        targets.iter_mut().step_by(11).for_each(|target| *target = f64::NAN);

        let mut all = model.tape(STEPS, STREAMS);
        model.forward(&params, &x, &mut model.zero_state(STREAMS), &mut all, None).unwrap();
        let outputs = all.output().to_vec();
        for row in outputs.chunks(V) {
            let sum: f64 = row.iter().map(|ln_p| ln_p.exp()).sum();
            assert!((sum - 1.0).abs() < 1e-12, "probabilities of {sum} in all");
        }

        let mut alone = model.loss_tape(STEPS, STREAMS).unwrap();
        alone.targets_mut().copy_from_slice(&targets);
        model.forward(&params, &x, &mut model.zero_state(STREAMS), &mut alone, None).unwrap();
        for (row, (loss, &target)) in alone.output().iter().zip(&targets).enumerate() {
            let want = if target.is_nan() { 0.0 } else { -outputs[row * V + target as usize] };
            assert!((loss - want).abs() < 1e-12, "{cutoffs:?}, row {row}: {loss} for {want}");
        }

        let weight = |row: usize| 0.01 * (1 + row % 3) as f64;
        let d_alone: Vec<f64> = (0..targets.len()).map(weight).collect();
        let mut d_all = vec![0.0; outputs.len()];
        for (row, &target) in targets.iter().enumerate().filter(|(_, target)| !target.is_nan()) {
            d_all[row * V + target as usize] = -weight(row);
        }
        let gradients = [(&mut all, d_all), (&mut alone, d_alone)].map(|(tape, dy)| {
            let (mut grads, mut dstate) =
                (Params::zeros(model.layout()), model.zero_state(STREAMS));
            model.backward(&params, &x, &dy, &mut dstate, None, tape, &mut grads).unwrap();
            grads
        });
        for ((variable, want), (_, got)) in gradients[0].iter().zip(gradients[1].iter()) {
            for (want, got) in want.iter().zip(got) {
                assert!((want - got).abs() < 1e-12, "{}: {got} for {want}", variable.name);
            }
        }
    }
}

#[test]
#[should_panic(expected = "a target that is no class")]
fn a_target_that_is_no_class_is_not_passed_over() {
    let model = Model::<f32>::new(config(&[7])).unwrap();
    let mut tape = model.loss_tape(1, 2).unwrap();
    tape.targets_mut().copy_from_slice(&[3.0, V as f32]);
    let (params, mut state) = (model.initial_params(1), model.zero_state(2));
    let _ = model.forward(&params, &[0.0, 1.0], &mut state, &mut tape, None);
}

#[test]
#[should_panic(expected = "out of range")]
fn a_token_that_is_none_is_not_looked_up() {
    let model = Model::<f32>::new(config(&[])).unwrap();
    let (params, mut state) = (model.initial_params(1), model.zero_state(1));
    let _ = model.forward(&params, &[V as f32], &mut state, &mut model.tape(1, 1), None);
}

/// A tape for fewer steps than it was made for.
#[test]
fn a_shorter_window_on_a_longer_tape() {
    let model = Model::<f64>::new(config(&[7, 16])).unwrap();
    let params = model.initial_params(3);
    let (x, targets) = ([3.0, 39.0, 8.0, 20.0], [1.0, 7.0, f64::NAN, 16.0]);
    let mut long = model.loss_tape(9, 2).unwrap();
    long.set_steps(2);
    let mut short = model.loss_tape(2, 2).unwrap();
    let said = [&mut long, &mut short].map(|tape| {
        tape.targets_mut().copy_from_slice(&targets);
        let mut state = model.zero_state(2);
        model.forward(&params, &x, &mut state, tape, None).unwrap();
        let (mut grads, mut dstate) = (Params::zeros(model.layout()), model.zero_state(2));
        model.backward(&params, &x, &[0.25; 4], &mut dstate, None, tape, &mut grads).unwrap();
        (tape.output().to_vec(), grads.values().to_vec())
    });
    assert_eq!(said[0], said[1]);
    assert!(said[0].0[2] == 0.0 && said[0].0[3] > 0.0);
}

#[test]
#[should_panic(expected = "a target that is no class")]
fn nor_is_it_by_a_linear_head() {
    let loss = Loss::<f32>::new("cross-entropy", &[]).unwrap().among(3);
    loss.mean(&[0.0; 3], &[-1.0], &mut [0.0; 3]);
}

/// Two classes to be predicted at each step.
struct Two;

impl Windows<f32> for Two {
    fn window(&self) -> Window {
        Window { steps: 4, batch: 1 }
    }

    fn input_size(&self) -> usize {
        1
    }

    fn target_size(&self) -> usize {
        2
    }

    fn fill(&self, _: u64, batch: &mut Batch<f32>) {
        batch.target.fill(1.0);
    }
}

#[test]
fn clusters_are_trained_on_one_class_a_step() {
    let refused = |loss: &str, windows: Box<dyn Windows<f32>>| {
        let model = Model::<f32>::new(config(&[7])).unwrap();
        let train = TrainConfig { loss: loss.to_owned(), ..TrainConfig::default() };
        let params = model.initial_params(1);
        Trainer::new(train, model, params, windows).err().unwrap().to_string()
    };
    let said = refused("mse", Box::new(Streams::new(vec![1.0_f32; 30], 4, 1).unwrap()));
    assert!(said.contains("but for the loss `cross-entropy`"), "{said}");
    let said = refused("cross-entropy", Box::new(Two));
    assert!(said.contains("but for one target a step"), "{said}");
}

#[test]
fn what_cannot_be_cut_is_refused() {
    let refused = |config: ModelConfig| Model::<f32>::new(config).err().unwrap().to_string();
    for cutoffs in [&[0][..], &[V], &[9, 9], &[9, 4]] {
        let said = refused(config(cutoffs));
        assert!(said.contains("cutoffs") && said.contains("strictly ascending"), "{said}");
    }
    assert!(refused(config(&[1, 2, 3, 4, 5, 6, 7, 8, 9])).contains("eight at most"));
    let tied = ModelConfig { tied: true, embedding_size: 20, ..config(&[4]) };
    assert!(refused(tied).contains("tied"));
    assert!(Model::<f32>::new(config(&[])).unwrap().loss_tape(2, 2).is_none());
}
