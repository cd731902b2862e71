//! The number of threads changes no bit.

use elman_nn::cells::CellEntry;
use elman_nn::layers::Window;
use elman_nn::losses::Loss;
use elman_nn::registry::Entry;
use elman_nn::windows::{Batch, Sine, Windows};
use elman_nn::{Isa, Model, ModelConfig, Params, Runner, TrainConfig, Trainer};

/// Weights, memory, losses and last output after some steps.
fn trained(isa: Isa, cell: &str, (hidden, batch): (usize, usize), threads: usize) -> [Vec<f32>; 4] {
    let config = ModelConfig {
        cell: cell.to_owned(),
        input_size: 2,
        hidden_size: hidden,
        num_layers: 2,
        dropout: 0.3,
        ..ModelConfig::default()
    };
    let model = Model::new(config).unwrap().with_isa(isa);
    let params = model.initial_params(4);
    let config = TrainConfig { clip: Some(1.0), learning_rate: 1e-3, ..TrainConfig::default() };
    let windows = Box::new(Sine::new(7, batch, 2));
    let mut trainer = Trainer::new(config, model, params, windows).unwrap().with_threads(threads);
    for _ in 0..12 {
        trainer.advance().unwrap();
    }
    let memory = trainer.state().tensor("h").unwrap().to_vec();
    let losses = trainer.history().iter().map(|&loss| loss as f32).collect();
    [trainer.params().values().to_vec(), memory, losses, trainer.output().to_vec()]
}

#[test]
fn the_same_bits_for_any_number_of_threads() {
    for cell in CellEntry::<f32>::ALL {
        // One shard; several of unlike size; as many as there can be; large ones.
        for size in [(5, 3), (5, 21), (17, 50), (40, 37)] {
            the_same_bits(Isa::detect(), cell.name(), size);
        }
        if let Some(isa) = Isa::available().find(|isa| isa.has_tiles()) {
            the_same_bits(isa, cell.name(), (80, 37));
        }
    }
}

fn the_same_bits(isa: Isa, cell: &str, size: (usize, usize)) {
    let one = trained(isa, cell, size, 1);
    assert!(one[0].iter().all(|v| v.is_finite()));
    for threads in [2, 3, 8] {
        let many = trained(isa, cell, size, threads);
        assert!(one == many, "{cell} {size:?} {isa:?}, {threads} threads");
    }
}

#[test]
fn there_are_no_more_threads_than_shards() {
    let threads = |batch, wanted| {
        let model = Model::<f32>::new(ModelConfig::default()).unwrap();
        let params = model.initial_params(1);
        let windows = Box::new(Sine::new(20, batch, 1));
        let trainer = Trainer::new(TrainConfig::default(), model, params, windows).unwrap();
        trainer.with_threads(wanted).threads()
    };
    assert_eq!(threads(1, 4), 1, "one stream cannot be shared out");
    assert_eq!(threads(64, 4), 4);
    assert_eq!(threads(64, 0), 1);
}

#[test]
fn a_runner_gives_what_the_model_gives() {
    let config = ModelConfig { cell: "gru".to_owned(), num_layers: 2, ..ModelConfig::default() };
    let model = Model::<f64>::new(config).unwrap();
    let params = model.initial_params(4);
    let (steps, batch) = (5, 19);
    let x: Vec<f64> = (0..steps * batch).map(|i| (i as f64).sin()).collect();
    let (mut state, mut tape) = (model.zero_state(batch), model.tape(steps, batch));
    let mut runners = [1, 2, 8].map(|threads| Runner::new(&model, steps, batch, threads).unwrap());
    // The second window starts from the hidden state of the first, and is shorter.
    for steps in [steps, 3] {
        let x = &x[..steps * batch];
        tape.set_steps(steps);
        model.forward(&params, x, &mut state, &mut tape, None).unwrap();
        for runner in &mut runners {
            assert_eq!(runner.run(&model, &params, x).unwrap(), tape.output());
            assert_eq!(runner.state().tensor("h"), state.tensor("h"));
        }
    }
    let [mut runner, ..] = runners;
    assert!(runner.run(&model, &params, &x[1..]).is_err());
    let mut unlike = runner.with_state(model.zero_state(2));
    assert!(unlike.run(&model, &params, &x).is_err());
}

/// Three shards of unlike size, one of them with more rows than a chunk has.
#[test]
fn the_gradient_of_the_shards_is_that_of_the_whole() {
    for cell in CellEntry::<f64>::ALL {
        let (steps, batch) = (40, 14);
        let config = ModelConfig {
            cell: cell.name().to_owned(),
            hidden_size: 9,
            num_layers: 2,
            ..ModelConfig::default()
        };
        let model = Model::<f64>::new(config).unwrap();
        let params = model.initial_params(4);
        let windows = Box::new(Sine::new(steps, batch, 1));
        let settings = TrainConfig::default();
        let mut trainer = Trainer::new(
            settings,
            Model::new(model.config().clone()).unwrap(),
            params.clone(),
            windows,
        )
        .unwrap();
        trainer.advance().unwrap();

        let (mut state, mut tape) = (model.zero_state(batch), model.tape(steps, batch));
        let x = &trainer.batch().x;
        model.forward(&params, x, &mut state, &mut tape, None).unwrap();
        let mut dpred = vec![0.0; steps * batch];
        let loss = Loss::<f64>::new("mse", &[]).unwrap();
        let loss = loss.mean(tape.output(), &trainer.batch().target, &mut dpred);
        let (mut grads, mut dstate) = (Params::zeros(model.layout()), model.zero_state(batch));
        model.backward(&params, x, &dpred, &mut dstate, None, &mut tape, &mut grads).unwrap();

        // Sums of 560 values in another order.
        let near = |a: f64, b: f64| (a - b).abs() <= 1e-12;
        assert!(near(trainer.history()[0], loss), "{}", cell.name());
        assert_eq!(trainer.output(), tape.output());
        assert_eq!(trainer.state().tensor("h"), state.tensor("h"));
        for (&got, &want) in trainer.grads().values().iter().zip(grads.values()) {
            assert!(near(got, want), "{}: {got} for {want}", cell.name());
        }
    }
}

/// The same wave in all streams.
struct Alike(Sine);

impl Windows<f32> for Alike {
    fn window(&self) -> Window {
        Window { batch: 8, ..Windows::<f32>::window(&self.0) }
    }
    fn input_size(&self) -> usize {
        1
    }
    fn target_size(&self) -> usize {
        1
    }
    fn fill(&self, number: u64, batch: &mut Batch<f32>) {
        let mut one = Batch::new(&self.0 as &dyn Windows<f32>);
        self.0.fill(number, &mut one);
        for (to, from) in [(&mut batch.x, &one.x), (&mut batch.target, &one.target)] {
            for (to, &from) in to.chunks_exact_mut(8).zip(from.iter()) {
                to.fill(from);
            }
        }
        batch.fresh.fill(number == 0);
    }
}

#[test]
fn dropout_differs_between_the_parts() {
    let output = |dropout| {
        let config = ModelConfig { num_layers: 2, dropout, ..ModelConfig::default() };
        let model = Model::new(config).unwrap();
        let params = model.initial_params(4);
        let windows = Box::new(Alike(Sine::new(5, 1, 1)));
        let mut trainer = Trainer::new(TrainConfig::default(), model, params, windows).unwrap();
        trainer.advance().unwrap();
        trainer.output().to_vec()
    };
    // Two parts of four streams.
    let halves_agree = |output: Vec<f32>| output.chunks(8).all(|row| row[..4] == row[4..]);
    assert!(halves_agree(output(0.0)), "without dropout all streams are alike");
    assert!(!halves_agree(output(0.5)));
}
