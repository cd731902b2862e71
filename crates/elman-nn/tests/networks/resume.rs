//! Training 2N steps equals training N, saving, loading, and training N, bit for bit; and what
//! happens when the loss is not finite.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use elman_nn::cells::CellEntry;
use elman_nn::error::Error;
use elman_nn::file::{Document, ModelFile, seal, write_model};
use elman_nn::layers::Window;
use elman_nn::optim::{OptimizerConfig, OptimizerEntry};
use elman_nn::registry::Entry;
use elman_nn::schedules::{ScheduleConfig, ScheduleEntry};
use elman_nn::train::Event;
use elman_nn::windows::{Batch, Sine, Streams, Windows};
use elman_nn::{Model, ModelConfig, Params, State, TrainConfig, Trainer};
use serde_json::Value;

/// A rate with which the evaluations fall, but not every time.
const PATIENT_RATE: f64 = 0.5;

/// See [`an_update_that_explodes_is_taken_back_and_training_goes_on_at_a_lower_rate`].
const EXPLOSIVE_RATE: f64 = 8.0;

fn model(cell: &str) -> Model<f32> {
    let (num_layers, hidden_size) = (2, 9);
    let config = ModelConfig {
        cell: cell.to_owned(),
        hidden_size,
        num_layers,
        dropout: 0.25,
        ..ModelConfig::default()
    };
    Model::new(config).unwrap()
}

fn config(optimizer: &str, schedule: &str) -> TrainConfig {
    TrainConfig {
        max_steps: 40,
        learning_rate: 2e-3,
        optimizer: OptimizerConfig {
            name: optimizer.to_owned(),
            momentum: 0.5,
            weight_decay: 1e-3,
            ..OptimizerConfig::default()
        },
        schedule: ScheduleConfig {
            name: schedule.to_owned(),
            warmup: 4,
            step_size: 7,
            plateau_patience: 0,
            ..ScheduleConfig::default()
        },
        clip: Some(0.5),
        val_every: 3,
        ..TrainConfig::default()
    }
}

fn trainer(
    cell: &str,
    config: TrainConfig,
    windows: Box<dyn Windows<f32>>,
) -> Trainer<'static, f32> {
    let model = model(cell);
    let params = model.initial_params(3);
    Trainer::new(config, model, params, windows).unwrap()
}

fn run(trainer: &mut Trainer<f32>, steps: u64) {
    while trainer.step() < steps {
        trainer.advance().unwrap();
    }
}

/// Everything to the last bit.
fn assert_same(a: &Trainer<f32>, b: &Trainer<f32>, what: &str) {
    let bits = |values: &[f32]| values.iter().map(|v| v.to_bits()).collect::<Vec<_>>();
    let params = |p: &Params<f32>| bits(p.values());
    let state = |s: &State<f32>| {
        s.names().iter().flat_map(|n| bits(s.tensor(n).unwrap())).collect::<Vec<_>>()
    };
    assert_eq!(a.step(), b.step(), "{what}: step");
    assert_eq!(params(a.params()), params(b.params()), "{what}: weights");
    assert_eq!(params(&a.best().params), params(&b.best().params), "{what}: best weights");
    assert_eq!(state(a.state()), state(b.state()), "{what}: memory");
    assert_eq!(a.history(), b.history(), "{what}: history");
    assert_eq!(a.best().loss.to_bits(), b.best().loss.to_bits(), "{what}: best loss");
}

fn save_and_load(
    trainer: &Trainer<f32>,
    folder: &Path,
    windows: Box<dyn Windows<f32>>,
) -> Trainer<'static, f32> {
    let path = folder.join("training.safetensors");
    trainer.write_checkpoint(&path, Value::Null).unwrap();
    Trainer::resume(&ModelFile::read(&path).unwrap(), windows, None).unwrap()
}

#[test]
fn saving_and_loading_changes_no_bit_for_every_cell_optimizer_and_schedule() {
    let folder = tempfile::tempdir().unwrap();
    let series: Vec<f32> = (0..400).map(|t| (t as f32 * 0.3).sin()).collect();
    for cell in CellEntry::<f32>::ALL {
        for optimizer in OptimizerEntry::<f32>::ALL {
            for schedule in ScheduleEntry::ALL {
                let what = format!("{} {} {}", cell.name(), optimizer.name(), schedule.name());
                let windows = || Box::new(Streams::new(series.clone(), 6, 3).unwrap());
                let config = config(optimizer.name(), schedule.name());
                let mut straight = trainer(cell.name(), config.clone(), windows());
                run(&mut straight, 40);
                let mut first = trainer(cell.name(), config, windows());
                run(&mut first, 20);
                let mut second = save_and_load(&first, folder.path(), windows());
                assert_same(&first, &second, &what);
                run(&mut second, 40);
                assert_same(&straight, &second, &what);
                assert!(straight.params().values() != first.params().values(), "{what}: no change");
            }
        }
    }
}

/// The sine, with an infinite target in window `at`: as if the data held one.
struct Poisoned {
    sine: Sine,
    at: u64,
    value: f32,
}

impl Windows<f32> for Poisoned {
    fn window(&self) -> Window {
        Windows::<f32>::window(&self.sine)
    }
    fn input_size(&self) -> usize {
        1
    }
    fn target_size(&self) -> usize {
        1
    }
    fn fill(&self, number: u64, batch: &mut Batch<f32>) {
        self.sine.fill(number, batch);
        if number == self.at {
            batch.target[0] = self.value;
        }
    }
}

#[test]
fn a_loss_that_stays_infinite_halves_the_rate_five_times_and_gives_up_with_finite_weights() {
    let windows = Poisoned { sine: Sine::new(6, 3, 1), at: 10, value: f32::INFINITY };
    let mut trainer = trainer("lstm", config("adam", "constant"), Box::new(windows));
    let mut scales = Vec::new();
    let error = loop {
        match trainer.advance() {
            Ok(Event::RolledBack { from, to, lr_scale }) => {
                assert_eq!((from, to), (10, 9));
                scales.push(lr_scale);
            }
            Ok(Event::Step { .. }) => {}
            Ok(Event::Finished { .. }) => panic!("finished on an infinite loss"),
            Err(error) => break error,
        }
    };
    assert_eq!(scales, [0.5, 0.25, 0.125, 0.0625, 0.03125]);
    assert!(matches!(error, Error::Diverged { step: 10, halvings: 5 }), "{error}");
    assert!(trainer.best().params.values().iter().all(|v| v.is_finite()));
    assert_eq!(trainer.best().step, 9, "the last evaluation before");
}

#[test]
fn the_last_update_is_judged_too() {
    // Whatever the number of steps, the weights at the end give a finite loss, or it is an error.
    for steps in 1..6 {
        for val_every in [1, 100] {
            let mut config = config("sgd", "constant");
            (config.learning_rate, config.clip) = (1e30, None);
            (config.max_steps, config.val_every) = (steps, val_every);
            let mut trainer = trainer("rnn_relu", config, Box::new(Sine::new(6, 3, 1)));
            let params = loop {
                match trainer.advance() {
                    Ok(Event::Finished { .. }) => break trainer.params(),
                    Ok(_) => {}
                    Err(_) => break &trainer.best().params,
                }
            };
            let (model, mut tape) = (trainer.model(), trainer.model().tape(6, 3));
            let mut state = model.zero_state(3);
            model.forward(params, &trainer.batch().x, &mut state, &mut tape, None).unwrap();
            assert!(tape.output().iter().all(|y| y.is_finite()), "{steps} steps, {val_every}");
        }
    }
}

#[test]
fn the_rate_follows_warm_up_and_schedule() {
    let mut config = config("sgd", "cosine");
    config.schedule.floor = 0.2;
    config.learning_rate = 0.01;
    let mut trainer = trainer("rnn", config, Box::new(Sine::new(6, 3, 1)));
    for step in 0..40 {
        let Event::Step { rate, .. } = trainer.advance().unwrap() else { panic!("a step") };
        let warm_up = [0.25, 0.5, 0.75, 1.0].get(step).copied().unwrap_or(1.0);
        let half_cosine = 0.5 * (1.0 + (std::f64::consts::PI * step as f64 / 40.0).cos());
        let want = 0.01 * warm_up * (0.2 + 0.8 * half_cosine);
        assert!((rate - want).abs() < 1e-15, "step {step}: {rate} for {want}");
    }
}

/// Windows of a sine; the eighth that is asked for has a value that is not finite, the first time.
struct Glitch(Sine, AtomicU64);

impl Windows<f32> for Glitch {
    fn window(&self) -> Window {
        Windows::<f32>::window(&self.0)
    }
    fn input_size(&self) -> usize {
        1
    }
    fn target_size(&self) -> usize {
        1
    }
    fn fill(&self, number: u64, batch: &mut Batch<f32>) {
        self.0.fill(number, batch);
        if self.1.fetch_add(1, Ordering::Relaxed) == 7 {
            batch.target[0] = f32::INFINITY;
        }
    }
}

#[test]
fn a_step_that_is_taken_back_is_done_again_as_it_was() {
    let windows = Glitch(Sine::new(6, 3, 1), AtomicU64::new(0));
    let mut trainer = trainer("lstm", config("adam", "constant"), Box::new(windows));
    let mut losses = Vec::new();
    while losses.len() < 10 {
        match trainer.advance().unwrap() {
            Event::Step { loss, .. } => losses.push(loss),
            event => assert!(matches!(event, Event::RolledBack { to: 6, .. }), "at {losses:?}"),
        }
    }
    // Step 6 twice: the same weights, memory and window, and the same values dropped.
    assert_eq!(losses[6], losses[7]);
}

#[test]
fn levels_are_part_of_a_checkpoint_and_older_ones_have_none() {
    let mut config = config("adam", "constant");
    (config.loss, config.quantiles) = ("pinball".to_owned(), vec![0.1, 0.5, 0.9]);
    let sizes = ModelConfig { output_size: 3, ..model("gru").config().clone() };
    let model = Model::new(sizes).unwrap();
    let params = model.initial_params(1);
    let sine = || Box::new(Sine::new(6, 3, 1));
    let mut straight = Trainer::new(config.clone(), model, params, sine()).unwrap();
    straight.advance().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut stopped = save_and_load(&straight, folder.path(), sine());
    assert_eq!(stopped.config(), &config);
    assert_eq!(straight.advance().unwrap(), stopped.advance().unwrap());
    assert_same(&straight, &stopped, "pinball");

    let older = serde_json::to_value(TrainConfig::default()).unwrap();
    assert_eq!(older.get("quantiles"), None, "without levels a checkpoint is what it always was");
    assert_eq!(serde_json::from_value::<TrainConfig>(older).unwrap(), TrainConfig::default());
}

#[test]
fn a_head_of_another_width_than_the_loss_needs_is_refused() {
    let config = TrainConfig { loss: "student-t".to_owned(), ..TrainConfig::default() };
    let model = model("gru");
    let params = model.initial_params(1);
    let error = Trainer::new(config, model, params, Box::new(Sine::new(6, 3, 1))).err().unwrap();
    assert!(
        error.to_string().starts_with("`output_size` = 1, where data and loss need 3"),
        "{error}"
    );
}

#[test]
fn an_update_that_explodes_is_taken_back_and_training_goes_on_at_a_lower_rate() {
    // A rate with which plain gradient descent on a relu cell overflows f32, and with which a few
    // halvings later it does not.
    let mut config = config("sgd", "constant");
    (config.learning_rate, config.clip) = (EXPLOSIVE_RATE, None);
    let mut exploding = trainer("rnn_relu", config.clone(), Box::new(Sine::new(6, 3, 1)));
    let (mut ways_back, mut scales) = (0, Vec::new());
    // What each step began with.
    let mut begun = Vec::new();
    loop {
        let step = exploding.step() as usize;
        begun.truncate(step);
        begun.push((exploding.params().values().to_vec(), exploding.state().clone()));
        match exploding.advance().unwrap() {
            Event::Finished { .. } => break,
            Event::RolledBack { lr_scale, to, .. } => {
                ways_back += 1;
                assert_eq!(lr_scale, 0.5_f64.powi(ways_back));
                let (params, memory) = &begun[to as usize];
                assert_eq!(exploding.params().values(), params, "the weights before step {to}");
                assert_eq!(exploding.state(), memory, "the memory before step {to}");
            }
            Event::Step { rate, .. } => scales.push(rate / EXPLOSIVE_RATE),
        }
    }
    assert!(ways_back > 0, "nothing exploded");
    assert_eq!(scales.last(), Some(&0.5_f64.powi(ways_back)), "goes on at the lower rate");
    assert_eq!(exploding.history().len(), 40, "one loss a step, those taken back not among them");
    assert!(exploding.params().values().iter().all(|v| v.is_finite()));

    // The way back is part of what a checkpoint keeps: stopping in the middle changes nothing.
    let folder = tempfile::tempdir().unwrap();
    let mut stopping = trainer("rnn_relu", config, Box::new(Sine::new(6, 3, 1)));
    while !matches!(stopping.advance().unwrap(), Event::Finished { .. }) {
        stopping = save_and_load(&stopping, folder.path(), Box::new(Sine::new(6, 3, 1)));
    }
    assert_same(&exploding, &stopping, "stopping after every step");
}

#[test]
fn patience_stops_and_the_best_weights_come_back() {
    let mut config = config("sgd", "constant");
    (config.learning_rate, config.patience, config.max_steps) = (PATIENT_RATE, Some(2), 10_000);
    let mut trainer = trainer("rnn", config, Box::new(Sine::new(6, 3, 1)));
    let mut evaluations = Vec::new();
    loop {
        match trainer.advance().unwrap() {
            Event::Step { evaluation, .. } => evaluations.extend(evaluation),
            Event::Finished { early } => break assert!(early),
            Event::RolledBack { .. } => panic!("nothing explodes here"),
        }
    }
    let best = evaluations.iter().copied().fold(f64::INFINITY, f64::min);
    let at = evaluations.iter().position(|&loss| loss == best).unwrap();
    let worse_before = evaluations[..at].windows(2).filter(|pair| pair[1] > pair[0]).count();
    assert!(worse_before >= 2, "patience has not been tried: {evaluations:?}");
    assert_eq!(trainer.best().loss, best);
    assert_eq!(evaluations.len(), at + 1 + 2, "two worse ones after the best");
    assert_eq!(trainer.step(), trainer.best().step + 2 * 3);
    let kept = trainer.best().params.values().to_vec();
    assert_ne!(trainer.params().values(), kept);
    trainer.restore_best();
    assert_eq!(trainer.params().values(), kept);
}

#[test]
fn damaged_files_are_refused_with_a_reason() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.safetensors");
    let model = model("gru");
    let document = Document::new(model.config().clone(), Value::Null);
    write_model(&path, &model.initial_params(1), &document).unwrap();
    let good = std::fs::read(&path).unwrap();
    ModelFile::<f32>::read(&path).unwrap();

    let is_refused = |bytes: &[u8], reason: &str| {
        std::fs::write(&path, bytes).unwrap();
        let error = ModelFile::<f32>::read(&path).and_then(|f| f.params(&model, "")).err().unwrap();
        assert!(error.to_string().contains(reason), "{error}");
    };
    is_refused(&good[..good.len() - 1], "damaged");
    is_refused(&good[..100], "not a safetensors file");
    is_refused(b"", "not a safetensors file");
    is_refused(b"ds,y\n2020-01-01,1\n", "not a safetensors file");
    // The name of the key, and the version, changed in place.
    let replaced = |from: &str, to: &str| {
        let text = good.windows(from.len()).position(|w| w == from.as_bytes()).unwrap();
        let mut bytes = good.clone();
        bytes[text..text + to.len()].copy_from_slice(to.as_bytes());
        bytes
    };
    is_refused(&replaced("\"elman\"", "\"namle\""), "not written by elman");
    for (from, to, reason) in [
        ("format_version\\\":1", "format_version\\\":9", "later elman"),
        ("rnn.bias_ih_l0", "rnn.bias_ih_l7", "`rnn.bias_ih_l0` is missing"),
        (
            "\"fc.bias\":{\"dtype\":\"F32\"",
            "\"fc.bias\":{\"dtype\":\"I32\"",
            "`fc.bias` is I32 [1] where the model has F32 [1]",
        ),
        (
            "\"fc.weight\":{\"dtype\":\"F32\",\"shape\":[1,9]",
            "\"fc.weight\":{\"dtype\":\"F32\",\"shape\":[9,1]",
            "`fc.weight` is F32 [9, 1] where the model has F32 [1, 9]",
        ),
    ] {
        let mut changed = replaced(from, to);
        is_refused(&changed, "damaged");
        seal(&mut changed);
        is_refused(&changed, reason);
    }
    is_refused(&replaced("{\\\"hash\\\":", "{\\\"hush\\\":"), "it has no hash");

    std::fs::write(&path, &good).unwrap();
    let error = Trainer::<f32>::resume(
        &ModelFile::read(&path).unwrap(),
        Box::new(Sine::new(6, 3, 1)),
        None,
    );
    assert!(error.err().unwrap().to_string().contains("finished model"));
}
