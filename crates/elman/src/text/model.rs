//! A language model, and its file.

use std::fmt;
use std::path::Path;

use elman_nn::file::{Document, ModelFile, models_to_bytes, write_model};
use elman_nn::tokens::{Evaluation, Evaluator, Sampling, Vocabulary};
use elman_nn::{Model, Params};
use serde::{Deserialize, Serialize};

use super::corpus::Corpus;
use super::generator::Generator;
use super::settings::TextSettings;
use crate::data::ranges;
use crate::error::{Error, Result};
use crate::select::ModelKind;

/// The metadata of a language model, besides the network.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TextMetadata {
    /// The settings of the training.
    pub settings: TextSettings,
    /// The vocabulary.
    pub vocabulary: Vocabulary,
    /// The file of the training text.
    pub source: String,
    /// A hash of the text, to detect changes.
    pub fingerprint: u64,
    /// The validation loss of the weights in the file, in nats per character.
    pub validation: Option<f64>,
}

/// The metadata of a document, as that of a language model.
#[derive(Serialize, Deserialize)]
struct About {
    kind: ModelKind,
    text: TextMetadata,
}

impl TextMetadata {
    /// Whether a file is a language model.
    pub(crate) fn is_in(file: &ModelFile<f32>) -> bool {
        file.document.about.get("text").is_some()
    }

    /// The metadata in a file of a language model.
    ///
    /// # Errors
    /// A model of something else than text.
    pub(super) fn of(file: &ModelFile<f32>) -> Result<Self> {
        let about = &file.document.about;
        let refused = |reason: String, help: &str| Error::Model {
            path: file.path().display().to_string(),
            reason,
            help: help.to_owned(),
        };
        if !Self::is_in(file) {
            let help = "forecast with it: `elman forecast MODEL --horizon N`";
            return Err(refused(
                "a forecasting model, but a character model is needed".to_owned(),
                help,
            ));
        }
        let about: About = serde_json::from_value(about.clone())
            .map_err(|e| refused(format!("its `about` is damaged: {e}"), ""))?;
        let (known, sizes) = (about.text.vocabulary.size(), &file.document.model);
        if [sizes.vocab_size, sizes.output_size] != [known; 2] {
            let reason =
                format!("it knows {known} characters, and its network {}", sizes.vocab_size);
            return Err(refused(reason, ""));
        }
        let bad = |reason: &str| refused(format!("its `about` is damaged: {reason}"), "");
        if about.text.settings.model != *sizes {
            return Err(bad("its settings are those of another network"));
        }
        let TextSettings { seq_length, batch_size, .. } = about.text.settings;
        let checked = ranges::steps("seq_length", seq_length)
            .and_then(|()| ranges::steps("batch_size", batch_size))
            .and_then(|()| ranges::finite("validation", about.text.validation.as_slice()));
        checked.map_err(|e| bad(&e.to_string()))?;
        Ok(about.text)
    }

    pub(super) fn to_value(&self) -> serde_json::Value {
        // A tree of strings and numbers can always be written.
        serde_json::to_value(About { kind: ModelKind::Text, text: self.clone() })
            .unwrap_or_default()
    }
}

/// The prefix of the names of the best weights in a file.
pub(super) fn best(file: &ModelFile<f32>) -> &'static str {
    let measured = file.document.training.as_ref().is_some_and(|t| t.best_loss.is_some());
    if measured { "best." } else { "" }
}

/// A trained language model.
pub struct TextModel {
    pub(super) model: Model<f32>,
    pub(super) params: Params<f32>,
    pub(super) about: TextMetadata,
}

impl fmt::Debug for TextModel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TextModel").finish_non_exhaustive()
    }
}

impl TextModel {
    /// Reads a model file, or a checkpoint: its best weights, if training has evaluated some, or else the
    /// current ones.
    ///
    /// # Errors
    /// A file that is not a model of elman, is damaged, or is a model of series.
    pub fn load(path: &Path) -> Result<Self> {
        Self::from_file(&ModelFile::read(path)?)
    }

    /// Builds the model from a file that has been read.
    ///
    /// # Errors
    /// As [`load`](TextModel::load).
    pub fn from_file(file: &ModelFile<f32>) -> Result<Self> {
        let about = TextMetadata::of(file)?;
        let (model, params) = file.model(&file.document.model, best(file))?;
        Ok(Self { model, params, about })
    }

    /// Writes the model file.
    ///
    /// # Errors
    /// A file that cannot be written; an existing file is then unchanged.
    pub fn save(&self, path: &Path) -> Result<()> {
        Ok(write_model(path, &self.params, &self.document())?)
    }

    /// The bytes of the model file; `path` names it in errors.
    ///
    /// # Errors
    /// Metadata that are too large for one file.
    pub fn to_bytes(&self, path: &Path) -> Result<Vec<u8>> {
        let networks = [(String::new(), &self.params)];
        Ok(models_to_bytes(path, networks, &self.document())?)
    }

    fn document(&self) -> Document {
        Document::new(self.model.config().clone(), self.about.to_value())
    }

    /// The network.
    pub fn model(&self) -> &Model<f32> {
        &self.model
    }

    /// The weights of the network.
    pub fn params(&self) -> &Params<f32> {
        &self.params
    }

    /// The metadata of the model.
    pub fn about(&self) -> &TextMetadata {
        &self.about
    }

    /// The vocabulary.
    pub fn vocabulary(&self) -> &Vocabulary {
        &self.about.vocabulary
    }

    /// Computes the loss on a text, whose tokens must be in the model's vocabulary.
    ///
    /// # Errors
    /// The errors of a forward pass; a loss that is not finite.
    pub fn evaluate(&self, corpus: Corpus, threads: usize) -> Result<Evaluation> {
        let said = Evaluator::new(corpus.tokens.into(), threads).over(&self.model, &self.params)?;
        if !said.nats.is_finite() {
            let reason = format!("this network's loss on {} is not finite", corpus.name);
            let help =
                "its weights are too large: train it again, with a smaller `--lr`".to_owned();
            return Err(Error::Data { reason, help });
        }
        Ok(said)
    }

    /// Generates text that continues `prompt`.
    ///
    /// # Errors
    /// A character that is not in the vocabulary; sampling settings out of range.
    pub fn generator(&self, prompt: &str, sampling: &Sampling) -> Result<Generator<'_>> {
        Generator::new(self, prompt, sampling)
    }
}
