//! A training run of a language model.

use std::fmt;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use elman_nn::file::{ModelFile, TensorFile};
use elman_nn::tokens::{Evaluator, NARROW, Tokens, Vocabulary, unigram_nats};
use elman_nn::train::Event;
use elman_nn::windows::Windows;
use elman_nn::{Isa, Model, Params, Trainer};

use super::corpus::Corpus;
use super::model::{TextMetadata, TextModel, best};
use super::settings::TextSettings;
use crate::data::{counted, thousands};
use crate::error::{Error, Result};
use crate::metrics::diverged::has_diverged;

/// The most characters of the validation set that are evaluated during training: more would add little information.
const MAX_JUDGED: usize = 1 << 18;

/// A training run of a language model.
pub struct TextTrainingRun {
    about: TextMetadata,
    trainer: Trainer<'static, f32>,
    held_out: Option<HeldOut>,
    /// The number of characters in the text, and that of the validation set.
    characters: [usize; 2],
}

impl fmt::Debug for TextTrainingRun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TextTrainingRun").finish_non_exhaustive()
    }
}

/// The validation set.
struct HeldOut {
    tokens: Arc<Tokens>,
    /// The loss of the unigram baseline, in nats per character.
    baseline: f64,
}

impl TextTrainingRun {
    /// A training run on a text, from random or given initial weights: the best ones of a language model with the same
    /// vocabulary (see [`Corpus::known`]), or those of another program, whose tokens must have the corpus's order.
    ///
    /// # Errors
    /// Settings out of range; a text that is too short for the settings; weights that do not fit.
    pub fn new(
        corpus: Corpus,
        settings: TextSettings,
        weights: Option<&TensorFile>,
    ) -> Result<Self> {
        if corpus.vocabulary.size() <= NARROW && !settings.model.cutoffs.is_empty() {
            let got =
                format!("{:?} for {} tokens", settings.model.cutoffs, corpus.vocabulary.size());
            let must_be =
                "empty for a vocabulary of up to 256 tokens, which is not sorted by frequency";
            return Err(elman_nn::Error::Setting { name: "cutoffs", got, must_be }.into());
        }
        let model = Model::new(settings.model.clone())?;
        model.check_window(settings.seq_length, settings.batch_size)?;
        let params = match weights {
            Some(file) => weights_in(file, &model, &corpus)?,
            None => model.initial_params(settings.train.seed),
        };
        let Prepared { about, windows, held_out, characters } = prepare(corpus, settings)?;
        let trainer = Trainer::new(about.settings.train.clone(), model, params, windows)?;
        Ok(Self { about, trainer, held_out, characters }.with_threads(Some(1), 1))
    }

    /// Resumes from a checkpoint, on the unchanged text, read with the vocabulary of the checkpoint (see
    /// [`about_of`](TextTrainingRun::about_of)); `steps`, if given, is the new total number of optimizer steps.
    ///
    /// # Errors
    /// A file that is not a checkpoint of a language model; a text that has changed since.
    pub fn resume(file: &ModelFile<f32>, corpus: Corpus, steps: Option<u64>) -> Result<Self> {
        let before = TextMetadata::of(file)?;
        if before.fingerprint != corpus.fingerprint() {
            return Err(Error::Model {
                path: file.path().display().to_string(),
                reason: "the text has changed since the training began".to_owned(),
                help: "give the unchanged text, or start a new training".to_owned(),
            });
        }
        let Prepared { mut about, windows, held_out, characters } =
            prepare(corpus, before.settings)?;
        let trainer = Trainer::resume(file, windows, steps)?;
        about.settings.train = trainer.config().clone();
        Ok(Self { about, trainer, held_out, characters }.with_threads(Some(1), 1))
    }

    /// The metadata of a file of weights; `None` for a file of another program.
    ///
    /// # Errors
    /// A model of series; a damaged file.
    pub fn about_of_weights(file: &TensorFile) -> Result<Option<TextMetadata>> {
        match file.is_of_elman() {
            true => Self::about_of(&file.model()?).map(Some),
            false => Ok(None),
        }
    }

    /// The metadata of a checkpoint.
    ///
    /// # Errors
    /// A model of series.
    pub fn about_of(file: &ModelFile<f32>) -> Result<TextMetadata> {
        TextMetadata::of(file)
    }

    /// Uses `threads` threads, or, if `None`, the recommended number, at most `most`.
    /// The number of threads does not change any bit of the results.
    pub fn with_threads(mut self, threads: Option<usize>, most: usize) -> Self {
        let threads = threads.unwrap_or_else(|| self.trainer.recommended_threads(most));
        self.trainer = self.trainer.with_threads(threads);
        if let Some(HeldOut { tokens, .. }) = &self.held_out {
            let walked = Evaluator::new(Arc::clone(tokens), threads);
            self.trainer = self.trainer.with_validator(Box::new(walked));
        }
        self
    }

    /// Selects another instruction set of this machine: see [`Isa`].
    pub fn with_isa(mut self, isa: Isa) -> Self {
        self.trainer = self.trainer.with_isa(isa);
        self
    }

    /// Does one optimizer step, or rolls back, or finishes; see [`Trainer::advance`].
    ///
    /// # Errors
    /// As [`Trainer::advance`].
    pub fn advance(&mut self) -> Result<Event> {
        Ok(self.trainer.advance()?)
    }

    /// Runs training to its end and passes every event to `observer`, which can stop the run after any event.
    ///
    /// # Errors
    /// As [`advance`](TextTrainingRun::advance).
    pub fn run(
        &mut self,
        observer: impl FnMut(&Trainer<'static, f32>, Event) -> ControlFlow<()>,
    ) -> Result<()> {
        Ok(self.trainer.run(observer)?)
    }

    /// The settings, with the values that were detected in the text.
    pub fn settings(&self) -> &TextSettings {
        &self.about.settings
    }

    /// The name of the text.
    pub fn name(&self) -> &str {
        &self.about.source
    }

    /// The vocabulary.
    pub fn vocabulary(&self) -> &Vocabulary {
        &self.about.vocabulary
    }

    /// The trainer: optimizer step, history, weights, hidden state.
    pub fn trainer(&self) -> &Trainer<'static, f32> {
        &self.trainer
    }

    /// The number of characters in the text, and that of the validation set.
    pub fn characters(&self) -> [usize; 2] {
        self.characters
    }

    /// Whether a part of the text is a validation set.
    pub fn has_validation(&self) -> bool {
        self.held_out.is_some()
    }

    /// The loss of a unigram model on the validation set, if there is one, in nats per character. The unigram model
    /// knows only how frequent each token is in the training set: a network that has learned more has a lower loss.
    pub fn baseline(&self) -> Option<f64> {
        self.held_out.as_ref().map(|held_out| held_out.baseline)
    }

    /// Whether training diverged: the final loss is far above the first one, and far above that of a uniform
    /// distribution over the vocabulary.
    pub fn has_diverged(&self) -> bool {
        let uniform = (self.vocabulary().size() as f64).ln();
        has_diverged(self.trainer.history(), uniform)
    }

    /// The number of characters in the windows of `steps` optimizer steps.
    pub fn seen(&self, steps: u64) -> u64 {
        let TextSettings { seq_length, batch_size, .. } = self.about.settings;
        steps.saturating_mul((seq_length * batch_size) as u64)
    }

    /// The language model with the current weights, to generate text during training.
    ///
    /// # Errors
    /// None for a training run that was constructed without errors.
    pub fn model_now(&self) -> Result<TextModel> {
        let model = Model::new(self.about.settings.model.clone())?;
        let model = model.with_isa(self.trainer.model().isa());
        let params = self.trainer.params().clone();
        Ok(TextModel { model, params, about: self.about.clone() })
    }

    /// Writes a checkpoint; [`resume`](TextTrainingRun::resume) continues from it with the same bits.
    ///
    /// # Errors
    /// A file that cannot be written; an existing file is then unchanged.
    pub fn write_checkpoint(&self, path: &Path) -> Result<()> {
        Ok(self.trainer.write_checkpoint(path, self.about.to_value())?)
    }

    /// Ends the training, with the best weights on the validation set, if there is one.
    pub fn into_model(mut self) -> TextModel {
        if self.has_validation() {
            let best = self.trainer.best().loss;
            self.about.validation = Some(best).filter(|best| best.is_finite());
            self.trainer.restore_best();
        }
        let about = self.about;
        let (model, params) = self.trainer.into_parts();
        TextModel { model, params, about }
    }

    /// As [`into_model`](TextTrainingRun::into_model), after training diverged: with the best weights so far.
    pub fn into_model_with_best(mut self) -> TextModel {
        self.trainer.restore_best();
        self.into_model()
    }
}

/// Reads the weights in a file for a network that is trained on `corpus`.
fn weights_in(file: &TensorFile, model: &Model<f32>, corpus: &Corpus) -> Result<Params<f32>> {
    if !file.is_of_elman() {
        return Ok(file.weights(model)?);
    }
    let file = file.model()?;
    if TextMetadata::of(&file)?.vocabulary != corpus.vocabulary {
        return Err(Error::Model {
            path: file.path().display().to_string(),
            reason: "it knows other characters than those that the text was read in".to_owned(),
            help: "read the text in the model's".to_owned(),
        });
    }
    Ok(file.params(model, best(&file))?)
}

/// A text prepared for training.
struct Prepared {
    about: TextMetadata,
    windows: Box<dyn Windows<f32>>,
    held_out: Option<HeldOut>,
    characters: [usize; 2],
}

fn prepare(corpus: Corpus, settings: TextSettings) -> Result<Prepared> {
    let share = settings.held_out;
    if !(0.0..=0.5).contains(&share) {
        let (name, got) = ("held_out", share.to_string());
        return Err(elman_nn::Error::Setting { name, got, must_be: "from 0 to 0.5" }.into());
    }
    let fingerprint = corpus.fingerprint();
    let Corpus { name, vocabulary, mut tokens } = corpus;
    let characters = tokens.len();
    let cut = characters - (characters as f64 * share) as usize;
    let mut held_out = tokens.split_off(cut);
    let held = held_out.len();
    held_out.split_off(held.min(MAX_JUDGED));
    let held_out = (held_out.len() > 1).then(|| HeldOut {
        baseline: unigram_nats(&tokens, &held_out, vocabulary.size()),
        tokens: held_out.into(),
    });
    let TextSettings { seq_length, batch_size, .. } = settings;
    let windows = tokens.windows(seq_length, batch_size).ok_or_else(|| Error::NoText {
        path: name.clone(),
        found: format!(
            "has {}, too few for a batch size of {} with a sequence length of {seq_length}",
            counted(characters, "character"),
            thousands(batch_size)
        ),
        help: "a longer text, or a smaller `--batch-size` or `--seq-length`".to_owned(),
    })?;
    let about = TextMetadata { settings, vocabulary, source: name, fingerprint, validation: None };
    Ok(Prepared { about, windows, held_out, characters: [characters, held] })
}
