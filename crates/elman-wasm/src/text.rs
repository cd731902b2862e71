//! Interactive training of one character model on one text.

mod reading;
mod texts;

#[cfg(test)]
mod tests;

use std::f64::consts::LN_2;
use std::sync::Arc;

use elman_nn::error::Error;
use elman_nn::tokens::{
    Evaluator, Generator, Sampling, Tokens, UnknownCharacter, Vocabulary, bigram_nats, unigram_nats,
};
use elman_nn::train::Validator;
use elman_nn::{Model, ModelConfig, TrainConfig, Trainer};

use crate::training::{Limits, MAX_STEPS, Status, Training, check_size};

pub(crate) use reading::Reading;
pub(crate) use texts::TextEntry;

/// Limits of the sizes.
const LIMITS: [(&str, usize, &str); 4] = [
    ("hidden_size", 512, "from 1 to 512"),
    ("num_layers", 4, "from 1 to 4"),
    ("seq_length", 200, "from 1 to 200"),
    ("batch_size", 64, "from 1 to 64"),
];

/// The most characters of a text.
const MAX_CHARACTERS: usize = 1_000_000;

/// The fewest characters of a text: two are then in the validation set, the fewest that can be predicted.
const MIN_CHARACTERS: usize = 20;

/// The first characters of the validation set that are evaluated: more would make training wait.
const MAX_EVALUATED: usize = 4096;

/// The most values of an embedding vector.
const EMBEDDING: usize = 32;

/// Losses in nats above that of a uniform guess. Networks with large weights are wrong with certainty: ten and more.
const DIVERGED: f64 = 6.0;
/// A loss of a state worth returning to.
const GOOD: f64 = 0.5;

/// A text that cannot be learned, or a character that the network does not know.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TextError {
    #[error(
        "The text has {got} characters. At least {least} are needed for a sequence length of {steps} and a batch size of \
         {batch}: give a longer text, or choose smaller sizes."
    )]
    TooShort { got: usize, least: usize, steps: usize, batch: usize },
    #[error("The text has {0} characters, and at most 1,000,000 fit: give a part of it.")]
    TooLong(usize),
    #[error(
        "The text has only one character, again and again: give a text with at least two different ones."
    )]
    OneCharacter,
    #[error("Character {} of the prompt is “{}”, which does not occur in the text.", .0.place, .0.character)]
    Prompt(#[from] UnknownCharacter),
    #[error("The output of the network is not finite.")]
    NotFinite,
    #[error(transparent)]
    Network(#[from] Error),
}

/// Configuration of a training.
#[derive(Debug, Clone)]
pub(crate) struct TextConfig {
    /// The cell, by its name in the registry.
    pub(crate) cell: String,
    /// H.
    pub(crate) hidden_size: usize,
    /// L.
    pub(crate) num_layers: usize,
    /// T, the window of truncated backpropagation, in characters.
    pub(crate) seq_length: usize,
    /// B, the lanes that the text is cut into.
    pub(crate) batch_size: usize,
    /// The learning rate of Adam.
    pub(crate) learning_rate: f64,
    /// Whether the hidden state is carried from window to window.
    pub(crate) carry: bool,
    /// The seed of the initial weights and of all samples.
    pub(crate) seed: u32,
}

/// The loss of a uniform guess, of a unigram and of a bigram model on the validation set, in bits per character.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Baselines {
    pub(crate) uniform: f64,
    pub(crate) unigram: f64,
    pub(crate) bigram: f64,
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
        let sizes = [config.hidden_size, config.num_layers, seq_length, batch_size];
        LIMITS.into_iter().zip(sizes).try_for_each(|(limit, size)| check_size(limit, size))?;
        let vocabulary = Vocabulary::of(text);
        let (train, validation) = split(text, &vocabulary, seq_length, batch_size)?;
        let characters = [train.len(), validation.len()];
        let validation = first(validation, MAX_EVALUATED);
        let kinds = vocabulary.size();
        let baselines = Baselines {
            uniform: (kinds as f64).log2(),
            unigram: unigram_nats(&train, &validation, kinds) / LN_2,
            bigram: bigram_nats(&train, &validation, kinds) / LN_2,
        };
        let model = Model::new(ModelConfig {
            cell: config.cell.clone(),
            vocab_size: kinds,
            embedding_size: EMBEDDING.min(kinds),
            hidden_size: config.hidden_size,
            num_layers: config.num_layers,
            output_size: kinds,
            ..ModelConfig::default()
        })?;
        let reading = Reading::new(&model, &validation)?;
        let windows = train.windows(seq_length, batch_size);
        let windows = windows.expect("a text of at least `least` characters has a window");
        let params = model.initial_params(config.seed.into());
        let trainer = Trainer::new(settings(config), model, params, windows)?;
        let uniform = (kinds as f64).ln();
        let limits = Limits { diverged: uniform + DIVERGED, good: uniform + GOOD };
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

fn settings(config: &TextConfig) -> TrainConfig {
    TrainConfig {
        max_steps: MAX_STEPS,
        learning_rate: config.learning_rate,
        loss: "cross-entropy".to_owned(),
        clip: Some(1.0),
        carry: config.carry,
        val_every: MAX_STEPS,
        seed: config.seed.into(),
        ..TrainConfig::default()
    }
}

/// Training set and validation set, the last tenth.
fn split(
    text: &str,
    vocabulary: &Vocabulary,
    steps: usize,
    batch: usize,
) -> Result<(Tokens, Tokens), TextError> {
    let got = text.chars().count();
    let least = least(steps, batch);
    if got < least {
        return Err(TextError::TooShort { got, least, steps, batch });
    }
    if got > MAX_CHARACTERS {
        return Err(TextError::TooLong(got));
    }
    if vocabulary.size() == 1 {
        return Err(TextError::OneCharacter);
    }
    let mut train = Tokens::of(text.to_owned(), vocabulary, "the text")?;
    let validation = train.split_off(got - got / 10);
    Ok((train, validation))
}

/// The fewest characters whose training set has one window and its last target in each lane.
fn least(steps: usize, batch: usize) -> usize {
    // n - n / 10 is nine tenths of n, rounded up.
    ((steps * batch + 1) * 10).div_ceil(9).max(MIN_CHARACTERS)
}

fn first(mut tokens: Tokens, most: usize) -> Tokens {
    tokens.split_off(tokens.len().min(most));
    tokens
}
