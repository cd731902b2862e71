//! The functions that a page calls: numbers in, numbers and pointers out. One page has one engine.
//!
//! Drawn values and weights are written by the page to a [`buffer`](elman_buffer). Pointers are valid until the next call.
#![allow(unsafe_code, reason = "an exported name is an unsafe attribute; there is no unsafe block")]

pub mod inside;

use std::cell::RefCell;

use elman_nn::cells::CellEntry;
use elman_nn::error::Error;
use elman_nn::gradients::WindowGradients;
use elman_nn::optim::OptimizerEntry;
use elman_nn::registry::Entry;
use elman_nn::schedules::ScheduleEntry;

use crate::engine::{Config, Engine};
use crate::series::{self, SeriesEntry};
use crate::training::Status;

/// A status code: an error, whose text is [`elman_message`].
const FAILED: i32 = -1;

#[derive(Debug, Default)]
struct Page {
    engine: Option<Engine>,
    buffer: Vec<f64>,
    message: String,
    /// The last influence and the last gradients that were asked for.
    influence: Vec<f32>,
    gradients: WindowGradients,
}

thread_local! {
    static PAGE: RefCell<Page> = RefCell::default();
}

impl Page {
    /// Status code of an outcome; keeps the message of an error.
    fn status(&mut self, outcome: Result<Status, Error>) -> i32 {
        match outcome {
            Ok(Status::Running) => 0,
            Ok(Status::Diverged) => 1,
            Ok(Status::Finished) => 2,
            Err(error) => {
                self.message = error.to_string();
                FAILED
            }
        }
    }

    /// The status of a change of the engine.
    fn change(&mut self, change: impl FnOnce(&mut Engine) -> Result<Status, Error>) -> i32 {
        let outcome = self.engine.as_mut().map(change);
        self.status(outcome.unwrap_or(Ok(Status::Running)))
    }
}

/// A number of the engine; NaN where there is no engine.
fn number(of: impl FnOnce(&Engine) -> f64) -> f64 {
    PAGE.with_borrow(|page| page.engine.as_ref().map_or(f64::NAN, of))
}

/// The registries for the menus, one line for each entry: registry, name, summary and, of a series, its unit, separated
/// by tabs. Kept as the message; returns its length in bytes.
#[unsafe(no_mangle)]
pub extern "C" fn elman_catalog() -> usize {
    fn line<E: Entry>(entry: &E, unit: &str) -> String {
        format!("{}\t{}\t{}\t{unit}\n", E::FAMILY, entry.name(), entry.summary())
    }
    fn lines<E: Entry>() -> impl Iterator<Item = String> {
        E::ALL.iter().map(|entry| line(entry, ""))
    }
    let text = lines::<CellEntry<f32>>()
        .chain(lines::<OptimizerEntry<f32>>())
        .chain(lines::<ScheduleEntry>())
        .chain(SeriesEntry::ALL.iter().map(|entry| line(entry, entry.unit)))
        .collect();
    PAGE.with_borrow_mut(|page| {
        page.message = text;
        page.message.len()
    })
}

/// The text of the last error or of [`elman_catalog`], in UTF-8.
#[unsafe(no_mangle)]
pub extern "C" fn elman_message() -> *const u8 {
    PAGE.with_borrow(|page| page.message.as_ptr())
}

/// The length of the text in bytes.
#[unsafe(no_mangle)]
pub extern "C" fn elman_message_len() -> usize {
    PAGE.with_borrow(|page| page.message.len())
}

/// Room for one drawn period of `len` values, which the page writes.
#[unsafe(no_mangle)]
pub extern "C" fn elman_buffer(len: usize) -> *mut f64 {
    PAGE.with_borrow_mut(|page| {
        page.buffer = vec![0.0; len];
        page.buffer.as_mut_ptr()
    })
}

/// A new network on a new series. `cell`, `optimizer`, `schedule` and `data` are indices in the registries; a `data`
/// beyond its registry is the drawn period in the buffer. `clip` is the largest norm of the gradient, or 0 for no
/// clipping. Returns a status: 0, or -1 for an error.
#[unsafe(no_mangle)]
pub extern "C" fn elman_create(
    cell: usize,
    data: usize,
    hidden_size: usize,
    num_layers: usize,
    seq_length: usize,
    learning_rate: f64,
    carry: bool,
    seed: u32,
    optimizer: usize,
    schedule: usize,
    clip: f64,
    standardize: bool,
) -> i32 {
    fn name<E: Entry>(index: usize) -> String {
        E::ALL.get(index).map_or("", Entry::name).to_owned()
    }
    let seed = u64::from(seed);
    let config = Config {
        cell: name::<CellEntry<f32>>(cell),
        hidden_size,
        num_layers,
        seq_length,
        learning_rate,
        optimizer: name::<OptimizerEntry<f32>>(optimizer),
        schedule: name::<ScheduleEntry>(schedule),
        clip: (clip > 0.0).then_some(clip),
        standardize,
        carry,
        seed,
    };
    PAGE.with_borrow_mut(|page| {
        let values = match SeriesEntry::ALL.get(data) {
            Some(entry) => entry.values(seed),
            None => series::repeated(&page.buffer),
        };
        // An error leaves no network: the page shows the message, and nothing to train.
        page.engine = None;
        let outcome = Engine::new(&config, &values).map(|engine| {
            page.engine = Some(engine);
            Status::Running
        });
        page.status(outcome)
    })
}

/// Does up to `count` optimizer steps. Returns a status: 0, 1 if training diverged, 2 at its end, -1 for an error.
#[unsafe(no_mangle)]
pub extern "C" fn elman_step(count: usize) -> i32 {
    PAGE.with_borrow_mut(|page| page.change(|engine| engine.step(count)))
}

/// Returns to an earlier good state.
#[unsafe(no_mangle)]
pub extern "C" fn elman_rewind() {
    PAGE.with_borrow_mut(|page| page.engine.as_mut().map(Engine::rewind));
}

/// Sets the learning rate of all further optimizer steps. Returns a status.
#[unsafe(no_mangle)]
pub extern "C" fn elman_set_learning_rate(rate: f64) -> i32 {
    PAGE.with_borrow_mut(|page| {
        page.change(|engine| engine.set_learning_rate(rate).map(|()| Status::Running))
    })
}

/// Sets whether the hidden state is carried into all further windows.
#[unsafe(no_mangle)]
pub extern "C" fn elman_set_carry(carry: bool) {
    PAGE.with_borrow_mut(|page| page.engine.as_mut().map(|engine| engine.set_carry(carry)));
}

/// Runs the current weights over the whole series, for the values below. Returns a status.
#[unsafe(no_mangle)]
pub extern "C" fn elman_evaluate() -> i32 {
    PAGE.with_borrow_mut(|page| page.change(|engine| engine.evaluate().map(|_| Status::Running)))
}

/// Values of the evaluation: 0 the series, 1 predictions one step ahead, 2 the recursive forecast, 3 the quantity of the
/// heat map, 4 the hidden state of the last prediction, 5 the influence on a prediction.
#[unsafe(no_mangle)]
pub extern "C" fn elman_values(which: usize) -> *const f32 {
    PAGE.with_borrow(|page| page.values(which).as_ptr())
}

/// The number of those values.
#[unsafe(no_mangle)]
pub extern "C" fn elman_values_len(which: usize) -> usize {
    PAGE.with_borrow(|page| page.values(which).len())
}

impl Page {
    fn values(&self, which: usize) -> &[f32] {
        let Some(evaluation) = self.engine.as_ref().map(Engine::evaluation) else { return &[] };
        match which {
            0 => evaluation.values(),
            1 => evaluation.predictions(),
            2 => evaluation.future(),
            3 => evaluation.map(),
            4 => evaluation.last().and_then(|last| last.after.tensor("h")).unwrap_or_default(),
            _ => &self.influence,
        }
    }
}

/// The weights, with the room between the parameters.
#[unsafe(no_mangle)]
pub extern "C" fn elman_weights() -> *const f32 {
    PAGE.with_borrow(|page| page.engine.as_ref().map_or(&[][..], Engine::weights).as_ptr())
}

/// The number of those values.
#[unsafe(no_mangle)]
pub extern "C" fn elman_weights_len() -> usize {
    PAGE.with_borrow(|page| page.engine.as_ref().map_or(0, |engine| engine.weights().len()))
}

/// Continues from the weights in the buffer, which a training has left after `step` optimizer steps. Returns a status.
#[unsafe(no_mangle)]
pub extern "C" fn elman_set_weights(step: u32) -> i32 {
    PAGE.with_borrow_mut(|page| {
        let weights: Vec<f32> = page.buffer.iter().map(|weight| *weight as f32).collect();
        let step = u64::from(step);
        page.change(|engine| engine.set_weights(&weights, step).map(|()| Status::Running))
    })
}

/// Optimizer steps done.
#[unsafe(no_mangle)]
pub extern "C" fn elman_step_count() -> f64 {
    number(|engine| engine.step_count() as f64)
}

/// The number of weights.
#[unsafe(no_mangle)]
pub extern "C" fn elman_parameters() -> f64 {
    number(|engine| engine.parameters() as f64)
}

/// The mean training loss of the last pass over the training set.
#[unsafe(no_mangle)]
pub extern "C" fn elman_loss() -> f64 {
    number(Engine::loss)
}

/// The learning rate of the last optimizer step.
#[unsafe(no_mangle)]
pub extern "C" fn elman_rate() -> f64 {
    number(Engine::rate)
}

/// The norm of the gradient of the last optimizer step.
#[unsafe(no_mangle)]
pub extern "C" fn elman_grad_norm() -> f64 {
    number(Engine::grad_norm)
}

/// Mean squared error in the test set, one step ahead.
#[unsafe(no_mangle)]
pub extern "C" fn elman_test_error() -> f64 {
    number(|engine| engine.evaluation().test_error())
}

/// Mean squared error of the recursive forecast of the test set.
#[unsafe(no_mangle)]
pub extern "C" fn elman_future_error() -> f64 {
    number(|engine| engine.evaluation().future_error())
}

/// Mean squared error of the naive forecast in the test set, one step ahead.
#[unsafe(no_mangle)]
pub extern "C" fn elman_naive_error() -> f64 {
    number(|engine| engine.evaluation().naive_error())
}
