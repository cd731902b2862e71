//! Description of a language model.

use elman_nn::file::ModelFile;
use elman_nn::tokens::Tokenizer;
use serde::Serialize;

use crate::error::Result;
use crate::text::TextModel;

/// Description of a language model.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TextDescription {
    /// Tokens of the vocabulary.
    pub vocabulary: usize,
    /// What a token is.
    pub tokenizer: Tokenizer,
    /// Sequence length of the training, in tokens.
    pub seq_length: usize,
    /// Lanes of the training.
    pub batch_size: usize,
    /// File of the training text.
    pub source: String,
    /// Validation loss of the weights, in nats per token.
    pub validation: Option<f64>,
}

impl TextDescription {
    /// Reads the language model of `file`, which checks its weights.
    pub(super) fn of(file: &ModelFile<f32>) -> Result<Self> {
        let model = TextModel::from_file(file)?;
        let about = model.about();
        Ok(Self {
            vocabulary: about.vocabulary.size(),
            tokenizer: about.vocabulary.tokenizer(),
            seq_length: about.settings.seq_length,
            batch_size: about.settings.batch_size,
            source: about.source.clone(),
            validation: about.validation,
        })
    }
}
