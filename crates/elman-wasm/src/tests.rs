//! The engine on the processor of this machine.

mod gradient;
mod inside;
#[cfg(feature = "forecast")]
mod model_file;
mod training;

use elman_nn::error::Error;
use elman_nn::registry::Entry;

use crate::engine::{Config, Engine};
use crate::series::{SeriesEntry, TEST_LEN, repeated};
use crate::training::Status;

/// The network that the page starts with.
fn lesson() -> Config {
    Config {
        cell: "rnn".to_owned(),
        hidden_size: 32,
        num_layers: 1,
        seq_length: 20,
        learning_rate: 0.01,
        optimizer: "adam".to_owned(),
        schedule: "constant".to_owned(),
        clip: None,
        standardize: true,
        carry: true,
        seed: 1,
    }
}

fn sine() -> Vec<f64> {
    SeriesEntry::find("sine").unwrap().values(1)
}

fn engine(config: &Config) -> Engine {
    Engine::new(config, &sine()).unwrap()
}

/// The mean losses of ten times ten optimizer steps.
fn losses(config: &Config) -> Vec<f64> {
    let mut engine = engine(config);
    let mut losses = Vec::new();
    for _ in 0..10 {
        assert_eq!(engine.step(10).unwrap(), Status::Running);
        losses.push(engine.loss());
    }
    losses
}

#[test]
fn the_lesson_is_learned() {
    let mut engine = engine(&lesson());
    let untrained = engine.evaluation().test_error();
    assert!(untrained > 0.3, "{untrained}");
    assert_eq!(engine.step(1500).unwrap(), Status::Running);
    assert_eq!(engine.step_count(), 1500);
    let evaluation = engine.evaluate().unwrap();
    let (error, naive) = (evaluation.test_error(), evaluation.naive_error());
    assert!(error < 1e-3, "{error}");
    // Of a standardized sine: the mean square of its changes, 2 - 2 cos(2π/40).
    assert!((naive - 0.0246).abs() < 2e-3, "{naive}");
    // The recursive forecast of a trained network follows the wave.
    assert!(evaluation.future_error() < 0.1, "{}", evaluation.future_error());
}

#[test]
fn every_series_of_a_formula_is_learned_better_than_by_the_last_value() {
    for entry in SeriesEntry::ALL.iter().filter(|entry| entry.unit.is_empty()) {
        let mut engine = Engine::new(&lesson(), &entry.values(1)).unwrap();
        assert_eq!(engine.step(1500).unwrap(), Status::Running, "{}", entry.name());
        let evaluation = engine.evaluate().unwrap();
        let (error, naive) = (evaluation.test_error(), evaluation.naive_error());
        assert!(error < naive, "{}: {error}, naive {naive}", entry.name());
    }
}

#[test]
fn the_same_seed_gives_the_same_losses() {
    assert_eq!(losses(&lesson()), losses(&lesson()));
    assert_ne!(losses(&lesson()), losses(&Config { seed: 2, ..lesson() }));
}

#[test]
fn the_carried_state_is_seen_in_losses_and_predictions() {
    let reset = Config { carry: false, ..lesson() };
    assert_ne!(losses(&lesson()), losses(&reset));
    // Windows of 7 time steps that meet at the test set start at 6, and not at 0.
    let mut engine = engine(&Config { seq_length: 7, ..lesson() });
    engine.step(300).unwrap();
    let carried = engine.evaluate().unwrap().predictions().to_vec();
    engine.set_carry(false);
    let reset = engine.evaluate().unwrap().predictions().to_vec();
    let cutoff = carried.len() + 1 - TEST_LEN;
    assert_eq!(cutoff % 7, 6);
    assert_eq!(carried[..6], reset[..6]);
    assert_ne!(carried[6], reset[6]);
    let edge_differs = (carried[cutoff] - reset[cutoff]).abs();
    assert!(edge_differs > 0.05, "{edge_differs}");
}

#[test]
fn changes_of_the_learning_rate_are_those_of_a_new_start() {
    let slow = Config { learning_rate: 0.001, ..lesson() };
    let mut engine = engine(&lesson());
    engine.set_learning_rate(0.001).unwrap();
    engine.step(10).unwrap();
    assert_eq!(engine.loss(), losses(&slow)[0]);
    assert!(matches!(engine.set_learning_rate(0.0), Err(Error::Setting { .. })));
}

#[test]
fn a_learning_rate_of_ten_diverges_for_every_cell_and_training_continues_after_rewinding() {
    for cell in ["rnn", "rnn_relu", "gru", "lstm"] {
        let mut engine = engine(&Config { cell: cell.to_owned(), ..lesson() });
        assert_eq!(engine.step(300).unwrap(), Status::Running, "{cell}");
        engine.set_learning_rate(10.0).unwrap();
        assert_eq!(engine.step(1000).unwrap(), Status::Diverged, "{cell}");
        engine.rewind();
        assert_eq!(engine.step_count(), 200, "{cell}");
        engine.set_learning_rate(0.01).unwrap();
        assert_eq!(engine.step(300).unwrap(), Status::Running, "{cell}");
        assert!(engine.loss() < 0.5, "{cell}: {}", engine.loss());
    }
}

#[test]
fn a_rewind_returns_to_before_the_learning_rate_was_raised() {
    let mut engine = engine(&lesson());
    engine.step(1500).unwrap();
    // Rates at which the units saturate, one after the other, as a slider passes over them.
    for rate in [0.03, 0.1, 0.3, 1.0, 3.0, 10.0] {
        engine.set_learning_rate(rate).unwrap();
        engine.step(400).unwrap();
    }
    engine.rewind();
    assert!(engine.step_count() <= 1900, "{}", engine.step_count());
    engine.set_learning_rate(0.01).unwrap();
    assert_eq!(engine.step(300).unwrap(), Status::Running);
    assert!(engine.loss() < 0.01, "{}", engine.loss());
}

#[test]
fn the_recursive_forecast_starts_with_the_prediction_of_the_first_test_value() {
    let mut engine = engine(&Config { num_layers: 2, cell: "lstm".to_owned(), ..lesson() });
    engine.step(20).unwrap();
    let evaluation = engine.evaluate().unwrap();
    let cutoff = evaluation.values().len() - TEST_LEN;
    assert_eq!(evaluation.future().len(), TEST_LEN);
    assert_eq!(evaluation.future()[0], evaluation.predictions()[cutoff - 1]);
    assert_ne!(evaluation.future()[1], evaluation.predictions()[cutoff]);
    assert_eq!(evaluation.map().len(), 32 * 120);
}

#[test]
fn bad_settings_and_bad_values_are_errors() {
    let bad = [
        Config { hidden_size: 0, ..lesson() },
        Config { hidden_size: 1 << 20, ..lesson() },
        Config { num_layers: 9, ..lesson() },
        Config { seq_length: 0, ..lesson() },
        Config { learning_rate: f64::NAN, ..lesson() },
    ];
    for config in bad {
        let error = Engine::new(&config, &sine()).unwrap_err();
        assert!(matches!(error, Error::Setting { .. }), "{config:?}: {error}");
    }
    let unknown = Config { cell: "rmn".to_owned(), ..lesson() };
    assert!(matches!(Engine::new(&unknown, &sine()), Err(Error::UnknownName(_))));
    for values in [vec![], vec![1.0; 360], vec![f64::NAN; 360], repeated(&[])] {
        assert!(Engine::new(&lesson(), &values).is_err());
    }
}

#[test]
fn a_drawn_period_is_repeated() {
    let values = repeated(&[0.0, 1.0, 3.0]);
    assert_eq!((values.len(), values[3], values[358]), (360, 0.0, 1.0));
}
