//! The choices of training, and the series that were measured.

use elman_nn::error::Error;
use elman_nn::optim::OptimizerEntry;
use elman_nn::registry::Entry;
use elman_nn::schedules::ScheduleEntry;

use super::{engine, lesson, losses};
use crate::engine::{Config, Engine};
use crate::series::{SeriesEntry, TEST_LEN};
use crate::training::Status;

fn values(name: &str) -> Vec<f64> {
    SeriesEntry::find(name).unwrap().values(1)
}

#[test]
fn tables_are_the_ends_of_the_example_data() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/data");
    for (name, file) in [("temperature", "global-temperature"), ("sp500", "sp500")] {
        let table = std::fs::read_to_string(format!("{folder}/{file}.csv")).unwrap();
        let column = table.lines().skip(1).map(|line| line.split(',').nth(1).unwrap());
        let column: Vec<f64> = column.map(|value| value.parse().unwrap()).collect();
        for (value, exact) in values(name).iter().zip(&column[column.len() - 360..]) {
            // Rounded to hundredths.
            assert!((value - exact).abs() <= 0.005 + 1e-9, "{name}: {value} {exact}");
        }
        assert_eq!(values(name).len(), 360);
    }
}

/// The test error after 1,000 optimizer steps, and the error of the last value.
fn error_and_naive(config: &Config, name: &str) -> (f64, f64) {
    let mut engine = Engine::new(config, &values(name)).unwrap();
    assert_eq!(engine.step(1000).unwrap(), Status::Running);
    let evaluation = engine.evaluate().unwrap();
    (evaluation.test_error(), evaluation.naive_error())
}

#[test]
fn the_temperature_is_predicted_better_than_by_the_last_value_and_the_price_is_not() {
    let slow = Config { learning_rate: 0.001, ..lesson() };
    let (error, naive) = error_and_naive(&slow, "temperature");
    assert!((naive - 0.354).abs() < 1e-3, "{naive}");
    assert!(error < naive, "{error} {naive}");
    // The prices of the test set are far above all prices of the training set.
    let (error, naive) = error_and_naive(&slow, "sp500");
    assert!((naive - 0.0585).abs() < 1e-3, "{naive}");
    assert!(error > 10.0 * naive, "{error} {naive}");
}

#[test]
fn losses_of_values_that_are_not_standardized_have_the_same_unit() {
    let raw = Config { standardize: false, ..lesson() };
    let mut engines = [lesson(), raw].map(|config| Engine::new(&config, &values("sp500")).unwrap());
    let [standard, raw] = engines.each_mut();
    assert_eq!((raw.scale().mean, raw.scale().deviation), (0.0, 1.0));
    assert!(standard.scale().mean > 1000.0);
    let naive = [&*standard, &*raw].map(|engine| engine.evaluation().naive_error());
    assert!((naive[0] - naive[1]).abs() < 1e-6, "{naive:?}");
    for engine in [standard, raw] {
        engine.step(500).unwrap();
    }
    // Prices in dollars: the outputs of the network are still far from them.
    let [standard, raw] = engines.map(|engine| engine.loss());
    assert!(standard < 0.1 && raw > 1.0, "{standard} {raw}");
}

#[test]
fn the_loss_does_not_depend_on_the_sizes_of_slices() {
    let mut engines = [engine(&lesson()), engine(&lesson())];
    assert!(engines[0].loss().is_nan());
    engines[0].step(40).unwrap();
    for count in [1, 7, 32] {
        engines[1].step(count).unwrap();
    }
    assert_eq!(engines[0].loss(), engines[1].loss());
    assert_eq!(
        engines[0].evaluate().unwrap().test_error(),
        engines[1].evaluate().unwrap().test_error()
    );
}

#[test]
fn every_optimizer_and_schedule_of_the_registries_trains() {
    let mut seen = vec![losses(&lesson())];
    for optimizer in OptimizerEntry::<f32>::ALL {
        let optimizer = optimizer.name().to_owned();
        let config = Config { optimizer, ..lesson() };
        let losses = losses(&config);
        assert_eq!(seen.contains(&losses), config.optimizer.starts_with("adam"), "{config:?}");
        seen.push(losses);
    }
    let rate = |schedule: &str, steps: usize| {
        let mut engine = engine(&Config { schedule: schedule.to_owned(), ..lesson() });
        engine.step(steps).unwrap();
        engine.rate()
    };
    assert_eq!(ScheduleEntry::ALL.len(), 4, "a new schedule needs a line below");
    assert_eq!(rate("constant", 6000), 0.01);
    assert_eq!(rate("step", 5000), 0.01);
    assert_eq!(rate("step", 5001), 0.005);
    let halfway = rate("cosine", 10_001);
    assert!((halfway - 0.005).abs() < 1e-9, "{halfway}");
    assert!(rate("plateau", 20_000) < 0.01);
    let unknown = Config { schedule: "linear".to_owned(), ..lesson() };
    assert!(matches!(Engine::new(&unknown, &values("sine")), Err(Error::UnknownName(_))));
}

#[test]
fn a_decaying_rate_ends_the_jumps_of_the_loss() {
    let largest = |schedule: &str| {
        let mut engine = engine(&Config { schedule: schedule.to_owned(), ..lesson() });
        engine.step(15_000).unwrap();
        let mut largest = 0.0_f64;
        for _ in 0..50 {
            engine.step(100).unwrap();
            largest = largest.max(engine.loss());
        }
        largest
    };
    let (constant, decayed) = (largest("constant"), largest("step"));
    assert!(decayed < 0.2 * constant, "{constant} {decayed}");
}

#[test]
fn clipping_limits_each_optimizer_step() {
    let clipped = Config { optimizer: "sgd".to_owned(), clip: Some(1e-3), ..lesson() };
    let mut engine = engine(&clipped);
    let before = engine.trainer().params().values().to_vec();
    engine.step(1).unwrap();
    assert!(engine.grad_norm() > 0.1, "the norm before clipping: {}", engine.grad_norm());
    let after = engine.trainer().params().values();
    let squares = before.iter().zip(after).map(|(a, b)| f64::from(a - b).powi(2));
    // A step of the rate times the norm; differences of weights in single precision.
    let moved = squares.sum::<f64>().sqrt();
    assert!((moved / (0.01 * 1e-3) - 1.0).abs() < 0.02, "{moved}");
    assert!(Engine::new(&Config { clip: Some(-1.0), ..lesson() }, &values("sine")).is_err());
    assert_eq!(engine.evaluation().values().len() - TEST_LEN, 300);
}
