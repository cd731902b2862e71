//! A training step allocates nothing.

use elman_nn::cells::CellEntry;
use elman_nn::losses::{Loss, LossEntry, Predicts};
use elman_nn::optim::{OptimizerConfig, OptimizerEntry};
use elman_nn::registry::Entry;
use elman_nn::train::Event;
use elman_nn::windows::{Sine, Streams, Windows};
use elman_nn::{Model, ModelConfig, TrainConfig, Trainer};

fn allocations_of_ten_steps(
    (cell, optimizer, loss): (&str, &str, &Loss<f32>),
    (quantiles, cutoffs): (&[f64], &[usize]),
    windows: Box<dyn Windows<f32>>,
) -> u64 {
    let config = ModelConfig {
        cell: cell.to_owned(),
        num_layers: 2,
        output_size: loss.outputs_per_target(),
        cutoffs: cutoffs.to_vec(),
        dropout: 0.2,
        dilations: vec![1, 3],
        residual: true,
        ..ModelConfig::default()
    };
    let model = Model::<f32>::new(config).unwrap();
    let params = model.initial_params(1);
    let optimizer = OptimizerConfig { name: optimizer.to_owned(), ..OptimizerConfig::default() };
    // A rate at which relu and plain gradient descent stay finite; an evaluation within the ten.
    let config = TrainConfig {
        loss: loss.entry().name().to_owned(),
        quantiles: quantiles.to_vec(),
        optimizer,
        learning_rate: 1e-3,
        clip: Some(1.0),
        val_every: 5,
        ..TrainConfig::default()
    };
    let mut trainer = Trainer::new(config, model, params, windows).unwrap();
    trainer.advance().unwrap();
    let counted = allocation_counter::measure(|| {
        for _ in 0..10 {
            assert!(matches!(trainer.advance(), Ok(Event::Step { .. })));
        }
    });
    counted.count_total
}

#[test]
fn none_in_a_training_step() {
    for cell in CellEntry::<f32>::ALL {
        for optimizer in OptimizerEntry::<f32>::ALL {
            let mse = Loss::new("mse", &[]).unwrap();
            let (cell, optimizer) = (cell.name(), optimizer.name());
            let which = (cell, optimizer, &mse);
            let sine = allocations_of_ten_steps(which, (&[], &[]), Box::new(Sine::new(20, 3, 1)));
            assert_eq!(sine, 0, "{cell} {optimizer} on the sine");
            let series = (0..500).map(|t| (t as f32 * 0.1).sin()).collect();
            let streams = Box::new(Streams::new(series, 10, 3).unwrap());
            let streams = allocations_of_ten_steps(which, (&[], &[]), streams);
            assert_eq!(streams, 0, "{cell} {optimizer} on streams");
        }
    }
}

#[test]
fn none_with_any_loss() {
    for entry in LossEntry::<f32>::ALL {
        let quantiles: &[f64] = match entry.predicts() {
            Predicts::Quantiles => &[0.1, 0.5, 0.6, 0.9],
            _ => &[],
        };
        let loss = Loss::new(entry.name(), quantiles).unwrap().among(7);
        let heads: &[&[usize]] = match entry.predicts() {
            Predicts::Classes => &[&[], &[2, 5]],
            _ => &[&[]],
        };
        for cutoffs in heads {
            let counts = (0..500).map(|t| (t % 7) as f32).collect();
            let streams = Box::new(Streams::new(counts, 10, 3).unwrap());
            let which = ("gru", "adam", &loss);
            let counted = allocations_of_ten_steps(which, (quantiles, cutoffs), streams);
            assert_eq!(counted, 0, "{} {cutoffs:?}", entry.name());
        }
    }
}
