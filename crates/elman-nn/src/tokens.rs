//! Tokens of a text: their vocabulary, and what a language model does with them: evaluation, sampling, and the n-gram
//! models that are its baselines.

mod baseline;
mod evaluation;
mod generator;
mod sampling;
mod vocabulary;

use crate::windows::{Streams, Windows};

pub use baseline::{bigram_nats, unigram_nats};
pub use evaluation::{Evaluation, Evaluator};
pub use generator::Generator;
pub use sampling::{Sampler, Sampling};
pub use vocabulary::{NARROW, Tokenizer, UnknownCharacter, Vocabulary};

/// Token numbers, in the smallest sufficient type.
#[derive(Debug, Clone, PartialEq)]
pub enum Tokens {
    /// For vocabularies of up to 256 tokens.
    Narrow(Vec<u8>),
    /// For larger vocabularies.
    Wide(Vec<u32>),
}

impl Tokens {
    /// Encodes a text; errors name it `named`.
    ///
    /// # Errors
    /// A character that is not in the vocabulary.
    pub fn of(
        text: String,
        vocabulary: &Vocabulary,
        named: &str,
    ) -> Result<Self, UnknownCharacter> {
        if vocabulary.tokenizer() == Tokenizer::Bytes {
            return Ok(Tokens::Narrow(text.into_bytes()));
        }
        match vocabulary.size() <= NARROW {
            true => narrow(text, vocabulary, named).map(Tokens::Narrow),
            false => vocabulary.encode(&text, named).map(Tokens::Wide),
        }
    }

    /// The number of tokens.
    pub fn len(&self) -> usize {
        match self {
            Tokens::Narrow(tokens) => tokens.len(),
            Tokens::Wide(tokens) => tokens.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The token number at index `at`.
    pub fn get(&self, at: usize) -> u32 {
        match self {
            Tokens::Narrow(tokens) => tokens[at].into(),
            Tokens::Wide(tokens) => tokens[at],
        }
    }

    /// How often each of `kinds` tokens occurs.
    pub fn counts(&self, kinds: usize) -> Vec<u64> {
        let mut counts = vec![0; kinds];
        match self {
            Tokens::Narrow(tokens) => tokens.iter().for_each(|t| counts[usize::from(*t)] += 1),
            Tokens::Wide(tokens) => tokens.iter().for_each(|t| counts[*t as usize] += 1),
        }
        counts
    }

    /// All token numbers in their order.
    pub fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        (0..self.len()).map(|at| self.get(at))
    }

    /// Removes the tokens from index `at` on and returns them.
    pub fn split_off(&mut self, at: usize) -> Self {
        match self {
            Tokens::Narrow(tokens) => Tokens::Narrow(tokens.split_off(at)),
            Tokens::Wide(tokens) => Tokens::Wide(tokens.split_off(at)),
        }
    }

    /// Windows of `steps` tokens in `batch` lanes; `None` if a lane is shorter than a window and its last target.
    pub fn windows(self, steps: usize, batch: usize) -> Option<Box<dyn Windows<f32>>> {
        match self {
            Tokens::Narrow(tokens) => boxed(Streams::new(tokens, steps, batch)),
            Tokens::Wide(tokens) => boxed(Streams::new(tokens, steps, batch)),
        }
    }
}

fn boxed<W: Windows<f32> + 'static>(windows: Option<W>) -> Option<Box<dyn Windows<f32>>> {
    windows.map(|windows| -> Box<dyn Windows<f32>> { Box::new(windows) })
}

/// Encodes a text with a vocabulary of up to 256 tokens; the tokens of an ASCII text overwrite the text itself.
fn narrow(text: String, vocabulary: &Vocabulary, named: &str) -> Result<Vec<u8>, UnknownCharacter> {
    if !text.is_ascii() {
        let tokens = vocabulary.numbers_of(&text, named);
        return tokens.map(|token| token.map(|token| token as u8)).collect();
    }
    let ascii: Vec<Option<u32>> = (0..128_u8).map(|c| vocabulary.number(c.into())).collect();
    let mut bytes = text.into_bytes();
    for at in 0..bytes.len() {
        match ascii[usize::from(bytes[at])] {
            Some(token) => bytes[at] = token as u8,
            None => return Err(vocabulary.unknown(named, bytes[at].into(), at)),
        }
    }
    Ok(bytes)
}
