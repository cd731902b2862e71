//! The configuration of a character model and its training.

use elman_nn::error::Error;
use elman_nn::{ModelConfig, TrainConfig};

use crate::training::{MAX_STEPS, check_size};

/// Limits of the sizes.
const LIMITS: [(&str, usize, &str); 4] = [
    ("hidden_size", 512, "from 1 to 512"),
    ("num_layers", 4, "from 1 to 4"),
    ("seq_length", 200, "from 1 to 200"),
    ("batch_size", 64, "from 1 to 64"),
];

/// The most values of an embedding vector.
const EMBEDDING: usize = 32;

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

impl TextConfig {
    /// Checks the sizes.
    ///
    /// # Errors
    /// A size out of its range.
    pub(super) fn check(&self) -> Result<(), Error> {
        let sizes = [self.hidden_size, self.num_layers, self.seq_length, self.batch_size];
        LIMITS.into_iter().zip(sizes).try_for_each(|(limit, size)| check_size(limit, size))
    }

    /// The network for a vocabulary of `kinds` characters.
    pub(super) fn network(&self, kinds: usize) -> ModelConfig {
        ModelConfig {
            cell: self.cell.clone(),
            vocab_size: kinds,
            embedding_size: EMBEDDING.min(kinds),
            hidden_size: self.hidden_size,
            num_layers: self.num_layers,
            output_size: kinds,
            ..ModelConfig::default()
        }
    }

    /// The settings of the trainer.
    pub(super) fn training(&self) -> TrainConfig {
        TrainConfig {
            max_steps: MAX_STEPS,
            learning_rate: self.learning_rate,
            loss: "cross-entropy".to_owned(),
            clip: Some(1.0),
            carry: self.carry,
            val_every: MAX_STEPS,
            seed: self.seed.into(),
            ..TrainConfig::default()
        }
    }
}
