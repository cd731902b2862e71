//! A passage of the validation set, as a network reads it: the hidden state and the predictions after each character.

use elman_nn::error::Error;
use elman_nn::losses::softmax;
use elman_nn::tokens::Tokens;
use elman_nn::{Model, Params, Runner};

/// The most characters of the passage.
const LEN: usize = 400;

/// The most predictions of the next character that are kept.
const TOP: usize = 5;

/// Hidden states and predictions of one passage.
#[derive(Debug)]
pub(crate) struct Reading {
    /// Reads one character in one lane.
    runner: Runner<f32>,
    /// The passage, and the character after it.
    tokens: Vec<u32>,
    /// The hidden state after each character, `[characters, L·H]`.
    hidden: Vec<f32>,
    /// The most likely next characters, the likeliest first, `[characters, most_likely]`, and their probabilities.
    likely: Vec<f32>,
    probabilities: Vec<f32>,
    /// The probability that the network gave to the actual next character.
    actual: Vec<f32>,
}

impl Reading {
    /// Reads the beginning of the validation set, two characters at least.
    ///
    /// # Errors
    /// As [`Runner::new`].
    pub(crate) fn new(model: &Model<f32>, validation: &Tokens) -> Result<Self, Error> {
        Ok(Self {
            runner: Runner::new(model, 1, 1, 1)?,
            tokens: validation.iter().take(LEN + 1).collect(),
            hidden: Vec::new(),
            likely: Vec::new(),
            probabilities: Vec::new(),
            actual: Vec::new(),
        })
    }

    /// Reads the passage from a hidden state of zeros.
    ///
    /// # Errors
    /// The errors of a forward pass.
    pub(crate) fn run(&mut self, model: &Model<f32>, params: &Params<f32>) -> Result<(), Error> {
        let Self { runner, tokens, hidden, likely, probabilities, actual } = self;
        for values in [&mut *hidden, likely, probabilities, actual] {
            values.clear();
        }
        runner.reset();
        let mut p = vec![0.0; model.config().output_size];
        for pair in tokens.windows(2) {
            softmax(model.isa(), runner.run(model, params, &[pair[0] as f32])?, &mut p);
            hidden.extend_from_slice(runner.state().tensor("h").expect("every cell has h"));
            actual.push(p[pair[1] as usize]);
            for _ in 0..TOP.min(p.len()) {
                let first = most_likely(&p);
                likely.push(first as f32);
                probabilities.push(std::mem::replace(&mut p[first], -1.0));
            }
        }
        Ok(())
    }

    /// The characters of the passage, and the one after it.
    pub(crate) fn tokens(&self) -> &[u32] {
        &self.tokens
    }

    /// The hidden state after each character, `[characters, L·H]`.
    pub(crate) fn hidden(&self) -> &[f32] {
        &self.hidden
    }

    /// The most likely next characters after each character, the likeliest first: five, or all of a smaller vocabulary.
    pub(crate) fn likely(&self) -> &[f32] {
        &self.likely
    }

    /// The probabilities of the most likely next characters.
    pub(crate) fn probabilities(&self) -> &[f32] {
        &self.probabilities
    }

    /// The probability of each actual next character.
    pub(crate) fn actual(&self) -> &[f32] {
        &self.actual
    }
}

/// The place of the largest probability; the first of equal ones.
fn most_likely(p: &[f32]) -> usize {
    (1..p.len()).fold(0, |first, at| if p[at] > p[first] { at } else { first })
}
