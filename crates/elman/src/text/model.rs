//! A network trained on text, and its file.

use std::path::Path;

use elman_nn::file::{Document, ModelFile, write_model};
use elman_nn::{Model, Params};
use serde::{Deserialize, Serialize};

use super::corpus::Corpus;
use super::evaluation::{Evaluation, Walked};
use super::sampling::Sampling;
use super::settings::TextSettings;
use super::vocabulary::Vocabulary;
use super::writer::Writer;
use crate::error::{Error, Result};
use crate::ranges;

/// What a model file of text knows besides the network.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TextAbout {
    /// Every setting of the training.
    pub settings: TextSettings,
    /// The tokens that it knows.
    pub vocabulary: Vocabulary,
    /// The file it was trained on.
    pub source: String,
    /// A hash of its text, to notice when it has changed.
    pub fingerprint: u64,
    /// The loss on the held-out part of the weights in the file, in nats a character.
    pub validation: Option<f64>,
}

/// The `about` of a document, which says that it is of text.
#[derive(Serialize, Deserialize)]
struct About {
    text: TextAbout,
}

impl TextAbout {
    /// Whether a file is of text.
    pub(crate) fn is_in(file: &ModelFile<f32>) -> bool {
        file.document.about.get("text").is_some()
    }

    /// Of a file of text.
    ///
    /// # Errors
    /// A model of something else.
    pub(super) fn of(file: &ModelFile<f32>) -> Result<Self> {
        let about = &file.document.about;
        let refused = |reason: String, help: &str| Error::Model {
            path: file.path().display().to_string(),
            reason,
            help: help.to_owned(),
        };
        if !Self::is_in(file) {
            let help = "forecast with it: `elman forecast MODEL --horizon N`";
            return Err(refused("a model of numbers, and one of text is wanted".to_owned(), help));
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
        serde_json::to_value(About { text: self.clone() }).unwrap_or_default()
    }
}

/// What stands before the names of the best weights in a file.
pub(super) fn best(file: &ModelFile<f32>) -> &'static str {
    let measured = file.document.training.as_ref().is_some_and(|t| t.best_loss.is_some());
    if measured { "best." } else { "" }
}

/// A network trained on text.
pub struct TextModel {
    pub(super) model: Model<f32>,
    pub(super) params: Params<f32>,
    pub(super) about: TextAbout,
}

impl TextModel {
    /// Reads a model file, or a checkpoint, of which it takes the best weights, if it has measured some, or else the
    /// present ones.
    ///
    /// # Errors
    /// A file that is not elman's, or damaged, or a model of numbers.
    pub fn load(path: &Path) -> Result<Self> {
        Self::from_file(&ModelFile::read(path)?)
    }

    /// The same of a file that is read already.
    ///
    /// # Errors
    /// As [`load`](TextModel::load).
    pub fn from_file(file: &ModelFile<f32>) -> Result<Self> {
        let about = TextAbout::of(file)?;
        let (model, params) = file.model(&file.document.model, best(file))?;
        Ok(Self { model, params, about })
    }

    /// Writes the model file.
    ///
    /// # Errors
    /// A file that cannot be written; an existing one is then as it was.
    pub fn save(&self, path: &Path) -> Result<()> {
        let document = Document::new(self.model.config().clone(), None, self.about.to_value());
        Ok(write_model(path, &self.params, &document)?)
    }

    /// The network.
    pub fn model(&self) -> &Model<f32> {
        &self.model
    }

    /// Its weights.
    pub fn params(&self) -> &Params<f32> {
        &self.params
    }

    /// What it knows of its text.
    pub fn about(&self) -> &TextAbout {
        &self.about
    }

    /// The tokens that it knows.
    pub fn vocabulary(&self) -> &Vocabulary {
        &self.about.vocabulary
    }

    /// How well it says what comes next in a text of its characters.
    ///
    /// # Errors
    /// Those of a forward pass; a loss that is not finite.
    pub fn evaluate(&self, corpus: Corpus, threads: usize) -> Result<Evaluation> {
        let said = Walked::new(corpus.tokens.into(), threads).over(&self.model, &self.params)?;
        if !said.nats.is_finite() {
            let reason = format!("this network's loss on {} is not finite", corpus.name);
            let help =
                "its weights are too large: train it again, with a smaller `--lr`".to_owned();
            return Err(Error::Data { reason, help });
        }
        Ok(said)
    }

    /// Lets it go on from what it reads in `prime`.
    ///
    /// # Errors
    /// A character that it does not know; settings out of range.
    pub fn writer(&self, prime: &str, sampling: &Sampling) -> Result<Writer<'_>> {
        Writer::new(self, prime, sampling)
    }
}
