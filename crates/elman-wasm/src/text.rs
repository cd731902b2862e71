//! Interactive training of one character model on one text.

mod config;
mod error;
mod reading;
mod split;
mod texts;
mod units;

#[cfg(test)]
mod tests;

use std::f64::consts::LN_2;
use std::sync::Arc;

use elman_nn::error::Error;
use elman_nn::tokens::{
    Evaluator, Generator, Sampling, Tokens, Vocabulary, bigram_nats, unigram_nats,
};
use elman_nn::train::Validator;
use elman_nn::{Model, Trainer};

use crate::training::{Limits, Status, Training};

use split::split;

pub(crate) use config::TextConfig;
pub(crate) use error::TextError;
pub(crate) use reading::Reading;
pub(crate) use texts::TextEntry;
pub(crate) use units::PropertyEntry;

/// The first characters of the validation set that are evaluated: more would make training wait.
const MAX_EVALUATED: usize = 4096;

/// Losses in nats above that of a uniform guess. Networks with large weights are wrong with certainty: ten and more.
const DIVERGED: f64 = 6.0;
/// A loss of a state worth returning to.
const GOOD: f64 = 0.5;

/// The loss of a uniform guess, of a unigram and of a bigram model on the validation set, in bits per character.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Baselines {
    pub(crate) uniform: f64,
    pub(crate) unigram: f64,
    pub(crate) bigram: f64,
}

impl Baselines {
    fn new(train: &Tokens, validation: &Tokens, kinds: usize) -> Self {
        Self {
            uniform: (kinds as f64).log2(),
            unigram: unigram_nats(train, validation, kinds) / LN_2,
            bigram: bigram_nats(train, validation, kinds) / LN_2,
        }
    }
}

/// A character model in training.
#[derive(Debug)]
pub(crate) struct TextEngine {
    training: Training,
    vocabulary: Vocabulary,
    evaluator: Evaluator,
    validation_loss: f64,
    baselines: Baselines,
    reading: Reading,
    /// The number of characters in the training set and in the validation set.
    characters: [usize; 2],
    seed: u32,
}

impl TextEngine {
    /// An untrained network. The last tenth of `text` is the validation set.
    ///
    /// # Errors
    /// A size out of its range, an unknown cell, a text that is too short for the sizes, too long, or has one character.
    pub(crate) fn new(config: &TextConfig, text: &str) -> Result<Self, TextError> {
        let TextConfig { seq_length, batch_size, .. } = *config;
        config.check()?;
        let vocabulary = Vocabulary::of(text);
        let (train, validation) = split(text, &vocabulary, seq_length, batch_size)?;
        let characters = [train.len(), validation.len()];
        let validation = first(validation, MAX_EVALUATED);
        let kinds = vocabulary.size();
        let baselines = Baselines::new(&train, &validation, kinds);
        let model = Model::new(config.network(kinds))?;
        let reading = Reading::new(&model, &validation)?;
        let windows = train.windows(seq_length, batch_size);
        let windows = windows.expect("a text of at least `least` characters has a window");
        let params = model.initial_params(config.seed.into());
        let trainer = Trainer::new(config.training(), model, params, windows)?;
        let uniform = (kinds as f64).ln();
        let limits = Limits {
            diverged: uniform + DIVERGED,
            diverged_mean: 2.0 * (uniform + GOOD),
            good: uniform + GOOD,
        };
        let mut engine = Self {
            training: Training::new(trainer, limits),
            vocabulary,
            evaluator: Evaluator::new(Arc::new(validation), 1),
            validation_loss: f64::NAN,
            baselines,
            reading,
            characters,
            seed: config.seed,
        };
        engine.evaluate()?;
        Ok(engine)
    }

    /// Does up to `count` optimizer steps; fewer if training diverges or ends.
    ///
    /// # Errors
    /// As [`Training::step`].
    pub(crate) fn step(&mut self, count: usize) -> Result<Status, Error> {
        self.training.step(count)
    }

    /// Returns to an earlier good state.
    pub(crate) fn rewind(&mut self) {
        self.training.rewind();
    }

    /// Sets the learning rate of all further optimizer steps.
    ///
    /// # Errors
    /// As [`Trainer::set_learning_rate`].
    pub(crate) fn set_learning_rate(&mut self, rate: f64) -> Result<(), Error> {
        self.training.trainer.set_learning_rate(rate)
    }

    /// Sets whether the hidden state is carried into all further windows.
    pub(crate) fn set_carry(&mut self, carry: bool) {
        self.training.trainer.set_carry(carry);
    }

    /// Computes the validation loss, and reads the passage with the current weights.
    ///
    /// # Errors
    /// The errors of a forward pass.
    pub(crate) fn evaluate(&mut self) -> Result<(), Error> {
        let trainer = &self.training.trainer;
        self.validation_loss = self.evaluator.loss(trainer.model(), trainer.params())? / LN_2;
        self.reading.run(trainer.model(), trainer.params())
    }

    /// Generates `length` characters after a prompt. The same step, prompt and temperature give the same characters.
    ///
    /// # Errors
    /// A character of the prompt that is not in the vocabulary; a temperature below 0; outputs that are not finite.
    pub(crate) fn sample(
        &self,
        prompt: &str,
        temperature: f64,
        length: usize,
    ) -> Result<String, TextError> {
        let trainer = &self.training.trainer;
        let prompt = self.vocabulary.prompt(prompt, "the prompt")?;
        // Each step has a seed of its own: steps are below 2³².
        let seed = (u64::from(self.seed) << 32) + trainer.step();
        let sampling = Sampling { temperature, seed, ..Sampling::default() };
        let mut tokens = Generator::new(trainer.model(), trainer.params(), &prompt, &sampling)?;
        let mut text = Vec::new();
        for _ in 0..length {
            if !tokens.is_finite() {
                return Err(TextError::NotFinite);
            }
            self.vocabulary.decode(tokens.token()?, &mut text);
        }
        Ok(String::from_utf8_lossy(&text).into_owned())
    }

    /// The unit that follows a property of the passage most closely, from 0, and its correlation.
    pub(crate) fn strongest_unit(&self, property: &PropertyEntry) -> Option<(usize, f64)> {
        let (_, read) = self.reading.tokens().split_last()?;
        let mut text = Vec::new();
        read.iter().for_each(|token| self.vocabulary.decode(*token, &mut text));
        let passage: Vec<char> = String::from_utf8_lossy(&text).chars().collect();
        property.strongest(&passage, self.reading.hidden())
    }

    pub(crate) fn training(&self) -> &Training {
        &self.training
    }

    /// The loss on the first characters of the validation set, in bits per character.
    pub(crate) fn validation_loss(&self) -> f64 {
        self.validation_loss
    }

    pub(crate) fn baselines(&self) -> Baselines {
        self.baselines
    }

    pub(crate) fn reading(&self) -> &Reading {
        &self.reading
    }

    pub(crate) fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    /// The number of characters in the training set and in the validation set.
    pub(crate) fn characters(&self) -> [usize; 2] {
        self.characters
    }
}

fn first(mut tokens: Tokens, most: usize) -> Tokens {
    tokens.split_off(tokens.len().min(most));
    tokens
}
