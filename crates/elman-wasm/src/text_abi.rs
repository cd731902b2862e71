//! The functions that the page's view of text calls: as those of [`abi`](crate::abi), for one character model.
//!
//! Texts are UTF-8: those for the engine are written to a [`buffer`](elman_text_buffer), those for the page are the
//! [`answer`](elman_text_answer).
#![allow(unsafe_code, reason = "an exported name is an unsafe attribute; there is no unsafe block")]

use std::cell::RefCell;
use std::f64::consts::LN_2;

use elman_nn::cells::CellEntry;
use elman_nn::registry::Entry;

use crate::text::{PropertyEntry, TextConfig, TextEngine, TextEntry, TextError};
use crate::training::Status;

/// A status code: an error, whose text is the answer.
const FAILED: i32 = -1;

#[derive(Debug, Default)]
struct Page {
    engine: Option<TextEngine>,
    buffer: Vec<u8>,
    answer: String,
}

thread_local! {
    static PAGE: RefCell<Page> = RefCell::default();
}

impl Page {
    /// Status code of an outcome; an error is the answer.
    fn status(&mut self, outcome: Result<Status, TextError>) -> i32 {
        match outcome {
            Ok(Status::Running) => 0,
            Ok(Status::Diverged) => 1,
            Ok(Status::Finished) => 2,
            Err(error) => {
                self.answer = error.to_string();
                FAILED
            }
        }
    }

    /// The status of a change of the engine.
    fn change(&mut self, change: impl FnOnce(&mut TextEngine) -> Result<Status, TextError>) -> i32 {
        let outcome = self.engine.as_mut().map(change);
        self.status(outcome.unwrap_or(Ok(Status::Running)))
    }

    /// The text that the page has written.
    fn given(&self) -> String {
        String::from_utf8_lossy(&self.buffer).into_owned()
    }
}

/// The registries for the menus, as [`elman_catalog`](crate::abi::elman_catalog): cells, texts and properties of characters. Kept as
/// the answer.
#[unsafe(no_mangle)]
pub extern "C" fn elman_text_catalog() {
    fn lines<E: Entry>() -> impl Iterator<Item = String> {
        E::ALL.iter().map(|e| format!("{}\t{}\t{}\n", E::FAMILY, e.name(), e.summary()))
    }
    let networks_and_texts = lines::<CellEntry<f32>>().chain(lines::<TextEntry>());
    let text = networks_and_texts.chain(lines::<PropertyEntry>()).collect();
    PAGE.with_borrow_mut(|page| page.answer = text);
}

/// The text of the last error, or the text that was asked for last.
#[unsafe(no_mangle)]
pub extern "C" fn elman_text_answer() -> *const u8 {
    PAGE.with_borrow(|page| page.answer.as_ptr())
}

/// The length of the answer in bytes.
#[unsafe(no_mangle)]
pub extern "C" fn elman_text_answer_len() -> usize {
    PAGE.with_borrow(|page| page.answer.len())
}

/// Room for a text of `len` bytes, which the page writes.
#[unsafe(no_mangle)]
pub extern "C" fn elman_text_buffer(len: usize) -> *mut u8 {
    PAGE.with_borrow_mut(|page| {
        page.buffer = vec![0; len];
        page.buffer.as_mut_ptr()
    })
}

/// A new network on a text. `cell` and `text` are indices in the registries; a `text` beyond its registry is the buffer.
/// Returns a status: 0, or -1 for an error.
#[unsafe(no_mangle)]
pub extern "C" fn elman_text_create(
    cell: usize,
    text: usize,
    hidden_size: usize,
    num_layers: usize,
    seq_length: usize,
    batch_size: usize,
    learning_rate: f64,
    carry: bool,
    seed: u32,
) -> i32 {
    let cell = CellEntry::<f32>::ALL.get(cell).map_or("", Entry::name).to_owned();
    let config = TextConfig {
        cell,
        hidden_size,
        num_layers,
        seq_length,
        batch_size,
        learning_rate,
        carry,
        seed,
    };
    PAGE.with_borrow_mut(|page| {
        let text = TextEntry::ALL.get(text).map_or_else(|| page.given(), TextEntry::text);
        // An error leaves no network: the page shows the message, and nothing to train.
        page.engine = None;
        let outcome = TextEngine::new(&config, &text).map(|engine| {
            page.engine = Some(engine);
            Status::Running
        });
        page.status(outcome)
    })
}

/// Does up to `count` optimizer steps. Returns a status: 0, 1 if training diverged, 2 at its end, -1 for an error.
#[unsafe(no_mangle)]
pub extern "C" fn elman_text_step(count: usize) -> i32 {
    PAGE.with_borrow_mut(|page| page.change(|engine| Ok(engine.step(count)?)))
}

/// Returns to an earlier good state.
#[unsafe(no_mangle)]
pub extern "C" fn elman_text_rewind() {
    PAGE.with_borrow_mut(|page| page.engine.as_mut().map(TextEngine::rewind));
}

/// Sets the learning rate of all further optimizer steps, and whether the hidden state is carried. Returns a status.
#[unsafe(no_mangle)]
pub extern "C" fn elman_text_set(learning_rate: f64, carry: bool) -> i32 {
    PAGE.with_borrow_mut(|page| {
        page.change(|engine| {
            engine.set_carry(carry);
            Ok(engine.set_learning_rate(learning_rate).map(|()| Status::Running)?)
        })
    })
}

/// Computes the validation loss, and the values below. Returns a status.
#[unsafe(no_mangle)]
pub extern "C" fn elman_text_evaluate() -> i32 {
    PAGE.with_borrow_mut(|page| {
        page.change(|engine| Ok(engine.evaluate().map(|()| Status::Running)?))
    })
}

/// Generates `length` characters after the prompt in the buffer: the answer. Returns a status.
#[unsafe(no_mangle)]
pub extern "C" fn elman_text_sample(temperature: f64, length: usize) -> i32 {
    PAGE.with_borrow_mut(|page| {
        let prompt = page.given();
        let Some(engine) = &page.engine else { return 0 };
        let outcome = engine.sample(&prompt, temperature, length).map(|sample| {
            page.answer = sample;
            Status::Running
        });
        page.status(outcome)
    })
}

/// The characters of the vocabulary in their order: the answer.
#[unsafe(no_mangle)]
pub extern "C" fn elman_text_vocabulary() {
    tokens_as_answer(|engine| (0..engine.vocabulary().size() as u32).collect());
}

/// The passage whose hidden states are kept, and the character after it: the answer.
#[unsafe(no_mangle)]
pub extern "C" fn elman_text_passage() {
    tokens_as_answer(|engine| engine.reading().tokens().to_vec());
}

fn tokens_as_answer(tokens: impl FnOnce(&TextEngine) -> Vec<u32>) {
    PAGE.with_borrow_mut(|page| {
        let Some(engine) = &page.engine else { return };
        let mut text = Vec::new();
        tokens(engine).into_iter().for_each(|token| engine.vocabulary().decode(token, &mut text));
        page.answer = String::from_utf8_lossy(&text).into_owned();
    });
}

/// Values of the passage: 0 hidden states `[characters, L·H]`, 1 the most likely next characters, as places in the
/// vocabulary, `[characters, ·]`, 2 their probabilities, 3 the probabilities of the actual next characters.
#[unsafe(no_mangle)]
pub extern "C" fn elman_text_values(which: usize) -> *const f32 {
    PAGE.with_borrow(|page| page.values(which).as_ptr())
}

/// The number of those values.
#[unsafe(no_mangle)]
pub extern "C" fn elman_text_values_len(which: usize) -> usize {
    PAGE.with_borrow(|page| page.values(which).len())
}

impl Page {
    fn values(&self, which: usize) -> &[f32] {
        let Some(reading) = self.engine.as_ref().map(TextEngine::reading) else { return &[] };
        match which {
            0 => reading.hidden(),
            1 => reading.likely(),
            2 => reading.probabilities(),
            _ => reading.actual(),
        }
    }
}

/// The unit, from 0, that follows a property of the passage most closely, by its place in the registry; 0 if none varies.
#[unsafe(no_mangle)]
pub extern "C" fn elman_text_strongest(property: usize) -> usize {
    strongest(property).map_or(0, |(unit, _)| unit)
}

/// The correlation of this unit with the property; NaN if none varies.
#[unsafe(no_mangle)]
pub extern "C" fn elman_text_correlation(property: usize) -> f64 {
    strongest(property).map_or(f64::NAN, |(_, correlation)| correlation)
}

fn strongest(property: usize) -> Option<(usize, f64)> {
    let property = PropertyEntry::ALL.get(property)?;
    PAGE.with_borrow(|page| page.engine.as_ref()?.strongest_unit(property))
}

/// A number of the training; NaN where there is none. 0 optimizer steps; losses in bits per character: 1 training, 2
/// validation, 3 of a uniform guess, 4 of a unigram model, 5 of a bigram model; 6 gradient norm; numbers of 7 weights, 8
/// characters in the training set, 9 characters in the validation set.
#[unsafe(no_mangle)]
pub extern "C" fn elman_text_number(which: usize) -> f64 {
    PAGE.with_borrow(|page| page.engine.as_ref().map_or(f64::NAN, |engine| number(engine, which)))
}

fn number(engine: &TextEngine, which: usize) -> f64 {
    let training = engine.training();
    match which {
        0 => training.trainer.step() as f64,
        1 => training.loss() / LN_2,
        2 => engine.validation_loss(),
        3 => engine.baselines().uniform,
        4 => engine.baselines().unigram,
        5 => engine.baselines().bigram,
        6 => training.grad_norm(),
        7 => training.parameters() as f64,
        8 => engine.characters()[0] as f64,
        _ => engine.characters()[1] as f64,
    }
}
