//! Options of a language model, under the names of `elman text train`.

use super::options::{NetworkOptions, TrainingOptions, put};
use elman::text::{TextSettings, Tokenizer};
use serde::Deserialize;

/// Options of a language model.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TextOptions {
    network: NetworkOptions,
    pub(super) training: TrainingOptions,
    pub(super) threads: Option<usize>,
    bytes: Option<bool>,
    embedding_size: Option<usize>,
    tied: Option<bool>,
    cutoffs: Option<Vec<usize>>,
    pub(super) max_memory: Option<u64>,
    held_out: Option<f64>,
}

impl TextOptions {
    /// The tokens of a text.
    pub(super) fn tokenizer(&self) -> Tokenizer {
        if self.is_of_bytes() { Tokenizer::Bytes } else { Tokenizer::Characters }
    }

    /// Whether the tokens are bytes.
    pub(super) fn is_of_bytes(&self) -> bool {
        self.bytes.unwrap_or_default()
    }

    /// `settings` of a new training with every option that is given in its place.
    pub(super) fn put_into_new(&self, mut settings: TextSettings) -> TextSettings {
        let train = &mut settings.train;
        train.val_every = self.training.max_steps.unwrap_or(train.max_steps).div_ceil(8).max(1);
        self.put_into(settings)
    }

    /// `settings` with every option that is given in its place.
    pub(super) fn put_into(&self, mut settings: TextSettings) -> TextSettings {
        let model = &mut settings.model;
        self.network.put_into(model);
        put(&mut model.embedding_size, &self.embedding_size);
        if self.tied == Some(true) || self.cutoffs.is_some() {
            let cutoffs = self.cutoffs.clone().unwrap_or_default();
            model.cutoffs = cutoffs.into_iter().filter(|cut| *cut > 0).collect();
        }
        if self.tied == Some(true) {
            model.tied = true;
            model.embedding_size = self.embedding_size.unwrap_or(model.hidden_size);
        }
        self.training.put_into(&mut settings.train);
        put(&mut settings.seq_length, &self.training.seq_length);
        put(&mut settings.batch_size, &self.training.batch_size);
        put(&mut settings.held_out, &self.held_out);
        settings
    }
}
