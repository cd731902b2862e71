//! Windows of unlike length, with values to predict that are not known.

use elman_nn::layers::Window;
use elman_nn::losses::Loss;
use elman_nn::windows::{Batch, Windows};
use elman_nn::{Model, ModelConfig, Params, Stream, TrainConfig, Trainer};

const BATCH: usize = 33;
const LENGTHS: [usize; 5] = [6, 2, 6, 1, 4];

/// Noise; the second stream starts anew at every window, the third ends after two steps, and of
/// the last windows nothing is known at all.
struct Unlike;

impl Windows<f64> for Unlike {
    fn window(&self) -> Window {
        Window { steps: 6, batch: BATCH }
    }
    fn input_size(&self) -> usize {
        3
    }
    fn target_size(&self) -> usize {
        2
    }
    fn fill(&self, number: u64, batch: &mut Batch<f64>) {
        batch.set_steps(LENGTHS[number as usize]);
        let mut stream = Stream::new(number, "unlike");
        batch.x.iter_mut().for_each(|x| *x = stream.uniform(-1.0, 1.0));
        batch.target.iter_mut().for_each(|y| *y = stream.uniform(-1.0, 1.0));
        for (row, y) in batch.target.chunks_exact_mut(2).enumerate() {
            if row % BATCH == 2 && row / BATCH >= 2 || number == 4 {
                y.fill(f64::NAN);
            }
        }
        batch.fresh.fill(false);
        batch.fresh[1] = true;
    }
}

/// Each stream by itself, step by step on a tape of one: no padding, no parts, no mask.
#[test]
fn gradients_are_those_of_each_stream_alone() {
    let config = ModelConfig {
        cell: "lstm".to_owned(),
        input_size: 3,
        hidden_size: 5,
        output_size: 2,
        skip: true,
        ..ModelConfig::default()
    };
    let model = Model::<f64>::new(config.clone()).unwrap();
    let params = model.initial_params(3);
    let train = TrainConfig { max_steps: 5, loss: "mae".to_owned(), ..TrainConfig::default() };
    let mut trainer = Trainer::new(train, model, params, Box::new(Unlike)).unwrap();
    let model = Model::<f64>::new(config).unwrap();
    let loss = Loss::<f64>::new("mae", &[]).unwrap();
    let mut memories: Vec<_> = (0..BATCH).map(|_| model.zero_state(1)).collect();
    for (number, steps) in LENGTHS.into_iter().enumerate() {
        let params = trainer.params().clone();
        trainer.advance().unwrap();
        let mut batch = Batch::new(&Unlike);
        Unlike.fill(number as u64, &mut batch);
        assert_eq!((trainer.batch().steps(), trainer.output().len()), (steps, steps * BATCH * 2));
        let known = batch.target.iter().filter(|y| !y.is_nan()).count();
        let mut grads = Params::zeros(model.layout());
        let mut total = 0.0;
        for (stream, memory) in memories.iter_mut().enumerate() {
            if batch.fresh[stream] {
                memory.reset();
            }
            let of_stream = |tensor: &[f64], width: usize| -> Vec<f64> {
                let rows = tensor.chunks_exact(width).skip(stream).step_by(BATCH);
                rows.flatten().copied().collect()
            };
            let (x, y) = (of_stream(&batch.x, 3), of_stream(&batch.target, 2));
            let mut tape = model.tape(steps, 1);
            model.forward(&params, &x, memory, &mut tape, None).unwrap();
            let mut dy = vec![0.0; y.len()];
            for (i, dy) in dy.iter_mut().enumerate().filter(|(i, _)| !y[*i].is_nan()) {
                let pred = tape.output()[i];
                total += loss.share(&[pred], &[y[i]], known, std::slice::from_mut(dy));
            }
            let mut dstate = model.zero_state(1);
            model.backward(&params, &x, &dy, &mut dstate, None, &mut tape, &mut grads).unwrap();
        }
        // Sums of some hundred values of size 1 in another order.
        assert!((trainer.history()[number] - total).abs() < 1e-12);
        for (got, want) in trainer.grads().values().iter().zip(grads.values()) {
            assert!((got - want).abs() < 1e-12, "window {number}: {got} for {want}");
        }
        assert_eq!(total == 0.0, number == 4, "a window without knowledge has no loss");
    }
}

#[test]
fn a_tape_can_be_shortened_and_stretched_again_but_not_beyond_its_size() {
    let model = Model::<f32>::new(ModelConfig::default()).unwrap();
    let mut tape = model.tape(8, 2);
    tape.set_steps(3);
    assert_eq!((tape.window().rows(), tape.output().len()), (6, 6));
    tape.set_steps(8);
    assert_eq!(tape.output().len(), 16);
    let beyond = std::panic::catch_unwind(move || tape.set_steps(9));
    assert!(beyond.is_err());
}
