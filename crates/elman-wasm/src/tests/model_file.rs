//! Model files of the page.

use elman::io::read::ReadOptions;
use elman::nn::file::ModelFile;
use elman::{FittedForecaster, RnnForecaster, Series, TrainingRun};

use super::{lesson, sine};
use crate::engine::{Config, Engine};
use crate::model_file::{self, Trained};
use crate::series::{SeriesEntry, TEST_LEN, repeated};
use elman_nn::registry::Entry;

/// An LSTM of two layers that was trained for 200 optimizer steps on a series of the registry, or on a drawn period.
fn trained(data: &str, standardize: bool) -> (Trained, Engine) {
    let drawn: Vec<f64> =
        (0..40).map(|t| if t < 10 { 1.0 } else { -0.5 + 0.01 * f64::from(t) }).collect();
    let values = match SeriesEntry::find(data) {
        Ok(entry) => entry.values(1),
        Err(_) => repeated(&drawn),
    };
    let config = Config {
        cell: "lstm".to_owned(),
        num_layers: 2,
        hidden_size: 8,
        standardize,
        schedule: "step".to_owned(),
        clip: Some(0.5),
        ..lesson()
    };
    let mut engine = Engine::new(&config, &values).unwrap();
    engine.step(200).unwrap();
    let trained = Trained {
        data: data.to_owned(),
        drawn,
        standardize,
        cell: config.cell,
        hidden: config.hidden_size,
        layers: config.num_layers,
        seq_length: config.seq_length,
        rate: config.learning_rate,
        optimizer: config.optimizer,
        schedule: config.schedule,
        clip: 0.5,
        carry: config.carry,
        seed: config.seed,
        step: 200,
    };
    (trained, engine)
}

#[test]
fn the_program_forecasts_the_recursive_forecast_of_the_page_from_a_model_file() {
    for (data, standardize) in
        [("sine", true), ("sine", false), ("noisy", true), ("temperature", true), ("drawn", true)]
    {
        let (settings, mut engine) = trained(data, standardize);
        let bytes = model_file::write(&settings, engine.weights()).unwrap();
        let file = ModelFile::<f32>::from_reader(&bytes[..], "model".as_ref()).unwrap();
        let (fitted, _) = FittedForecaster::from_file(&file).unwrap();
        let forecast = fitted.predict_continued(TEST_LEN).unwrap();
        let scale = engine.scale();
        let future = engine.evaluate().unwrap().future();
        for (page, program) in future.iter().zip(&forecast.values[0]) {
            let page = f64::from(*page) * scale.deviation + scale.mean;
            // Inputs are rounded to f32 in both.
            assert!((page - program).abs() < 1e-5 * scale.deviation, "{data}: {page} {program}");
        }
    }
}

#[test]
fn a_model_file_is_read_again() {
    for data in ["sine", "sp500", "drawn"] {
        let (mut settings, engine) = trained(data, true);
        let bytes = model_file::write(&settings, engine.weights()).unwrap();
        let (read, weights) = model_file::read(&bytes).unwrap();
        if data != "drawn" {
            settings.drawn.clone_from(&read.drawn);
        }
        assert_eq!((read, &weights[..]), (settings, engine.weights()));
        let mut other = trained(data, true).1;
        other.step(50).unwrap();
        other.set_weights(&weights, 200).unwrap();
        assert_eq!((other.weights(), other.step_count()), (engine.weights(), 200));
        assert!(other.set_weights(&weights[1..], 200).is_err());
    }
}

#[test]
fn other_model_files_are_refused() {
    let refused = |bytes: &[u8]| model_file::read(bytes).unwrap_err().to_string();
    assert!(refused(b"no model").contains("the model file"));
    let bytes = |fitted: FittedForecaster| {
        fitted.to_bytes("model".as_ref(), &ReadOptions::default()).unwrap()
    };
    let lesson = TrainingRun::lesson(RnnForecaster::lesson(), None).unwrap().into_fitted().unwrap();
    assert!(refused(&bytes(lesson)).contains("not trained in this page"));
    let panel = [Series::counted("sine", sine())];
    let differences = RnnForecaster::new(1).max_steps(1).fit(&panel).unwrap();
    assert!(refused(&bytes(differences)).contains("not trained in this page"));
}
