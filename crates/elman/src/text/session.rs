//! A training on text in progress.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use elman_nn::file::{ModelFile, TensorFile};
use elman_nn::train::Event;
use elman_nn::windows::{Streams, Windows};
use elman_nn::{Isa, Model, Params, Trainer};

use super::baseline::unigram_nats;
use super::corpus::{Corpus, Tokens};
use super::evaluation::Walked;
use super::model::{TextAbout, TextModel, best};
use super::settings::TextSettings;
use super::vocabulary::{NARROW, Vocabulary};
use crate::diverged::has_diverged;
use crate::error::{Error, Result};
use crate::forecaster::Weights;
use crate::series::counted;

/// The most held-out characters that weights are judged on during training: more would tell no more.
const MOST_JUDGED: usize = 1 << 18;

/// A training on text in progress.
pub struct TextSession {
    about: TextAbout,
    trainer: Trainer<f32>,
    held_out: Option<HeldOut>,
    /// Characters in the text, and of them those that are held out.
    characters: [usize; 2],
}

/// The part of a text that is not trained on.
struct HeldOut {
    tokens: Arc<Tokens>,
    /// What it costs a character by frequency alone, in nats.
    baseline: f64,
}

impl TextSession {
    /// Training on a text, from random weights or from those that are given: the best of a model of text, which has to know
    /// the same characters (see [`Corpus::known`]), or others, which are taken to be of the corpus's tokens in their order.
    ///
    /// # Errors
    /// Settings out of range; a text that is too short for them; weights that do not fit.
    pub fn new(
        corpus: Corpus,
        settings: TextSettings,
        weights: Option<Weights<'_>>,
    ) -> Result<Self> {
        if corpus.vocabulary.size() <= NARROW && !settings.model.cutoffs.is_empty() {
            let got =
                format!("{:?} for {} tokens", settings.model.cutoffs, corpus.vocabulary.size());
            let must_be =
                "empty for up to 256 tokens, which are not numbered by how frequent they are";
            return Err(elman_nn::Error::Setting { name: "cutoffs", got, must_be }.into());
        }
        let model = Model::new(settings.model.clone())?;
        model.check_window(settings.seq_length, settings.batch_size)?;
        let params = match weights {
            Some(Weights(file)) => weights_in(file, &model, &corpus)?,
            None => model.initial_params(settings.train.seed),
        };
        let Prepared { about, windows, held_out, characters } = prepare(corpus, settings)?;
        let trainer = Trainer::new(about.settings.train.clone(), model, params, windows)?;
        Ok(Self { about, trainer, held_out, characters }.with_threads(Some(1), 1))
    }

    /// Goes on from a checkpoint, on the unchanged text, read in the characters that the checkpoint
    /// [knows](TextSession::about_of); `steps`, if given, is the new number of steps in all.
    ///
    /// # Errors
    /// A file that is no checkpoint of text; a text that has changed since.
    pub fn resume(file: &ModelFile<f32>, corpus: Corpus, steps: Option<u64>) -> Result<Self> {
        let before = TextAbout::of(file)?;
        if before.fingerprint != corpus.fingerprint() {
            return Err(Error::Model {
                path: file.path().display().to_string(),
                reason: "the text is not the one that training began with".to_owned(),
                help: "give the unchanged text, or begin a new training on this".to_owned(),
            });
        }
        let Prepared { mut about, windows, held_out, characters } =
            prepare(corpus, before.settings)?;
        let trainer = Trainer::resume(file, windows, steps)?;
        about.settings.train = trainer.config().clone();
        Ok(Self { about, trainer, held_out, characters }.with_threads(Some(1), 1))
    }

    /// What a file of weights says of the text that they were trained on; `None` for one that is not elman's.
    ///
    /// # Errors
    /// A model of numbers, or a damaged one.
    pub fn about_of_weights(file: &TensorFile) -> Result<Option<TextAbout>> {
        match file.is_of_elman() {
            true => Self::about_of(&file.model()?).map(Some),
            false => Ok(None),
        }
    }

    /// What a checkpoint says it was trained on.
    ///
    /// # Errors
    /// A model of numbers.
    pub fn about_of(file: &ModelFile<f32>) -> Result<TextAbout> {
        TextAbout::of(file)
    }

    /// Works with `threads` threads, or, if `None`, with as many of `most` as are worth their while.
    /// Their number changes no bit of any result.
    pub fn with_threads(mut self, threads: Option<usize>, most: usize) -> Self {
        let threads = threads.unwrap_or_else(|| self.trainer.worthwhile_threads(most));
        self.trainer = self.trainer.with_threads(threads);
        if let Some(HeldOut { tokens, .. }) = &self.held_out {
            let walked = Walked::new(Arc::clone(tokens), threads);
            self.trainer = self.trainer.with_validator(Box::new(walked));
        }
        self
    }

    /// Trains on another instruction set of this machine: see [`Isa`].
    pub fn with_isa(mut self, isa: Isa) -> Self {
        self.trainer = self.trainer.with_isa(isa);
        self
    }

    /// Does the next thing; see [`Trainer::advance`].
    ///
    /// # Errors
    /// See there.
    pub fn advance(&mut self) -> Result<Event> {
        Ok(self.trainer.advance()?)
    }

    /// Runs to the end, telling `observer` of every event; it can stop the run between two.
    ///
    /// # Errors
    /// As [`advance`](TextSession::advance).
    pub fn run(&mut self, mut observer: impl FnMut(&Self, Event) -> ControlFlow<()>) -> Result<()> {
        loop {
            let event = self.advance()?;
            let goes_on = observer(self, event);
            if goes_on.is_break() || matches!(event, Event::Finished { .. }) {
                return Ok(());
            }
        }
    }

    /// The settings, with what was found in the text filled in.
    pub fn settings(&self) -> &TextSettings {
        &self.about.settings
    }

    /// The name of the text.
    pub fn name(&self) -> &str {
        &self.about.source
    }

    /// The tokens that the network knows.
    pub fn vocabulary(&self) -> &Vocabulary {
        &self.about.vocabulary
    }

    /// The trainer: step, history, weights, memory.
    pub fn trainer(&self) -> &Trainer<f32> {
        &self.trainer
    }

    /// Characters in the text, and of them those that are held out.
    pub fn characters(&self) -> [usize; 2] {
        self.characters
    }

    /// Whether weights are judged on a part of the text that is not trained on.
    pub fn has_validation(&self) -> bool {
        self.held_out.is_some()
    }

    /// What the held-out part, if there is one, costs a character by a unigram model of the rest, that is where no more is known
    /// than how frequent each one is, in nats: a network that has learned something is below.
    pub fn baseline(&self) -> Option<f64> {
        self.held_out.as_ref().map(|held_out| held_out.baseline)
    }

    /// Whether the loss ends far above where it began, and far above the nats a character of one who takes each for
    /// equally likely.
    pub fn has_diverged(&self) -> bool {
        let uniform = (self.vocabulary().size() as f64).ln();
        has_diverged(self.trainer.history(), uniform)
    }

    /// Characters that the network has learned from, in `steps` steps.
    pub fn seen(&self, steps: u64) -> u64 {
        let TextSettings { seq_length, batch_size, .. } = self.about.settings;
        steps.saturating_mul((seq_length * batch_size) as u64)
    }

    /// The network as it is now, to let it write.
    ///
    /// # Errors
    /// None that a session could have that was begun.
    pub fn model_now(&self) -> Result<TextModel> {
        let model = Model::new(self.about.settings.model.clone())?;
        let model = model.with_isa(self.trainer.model().isa());
        let params = self.trainer.params().clone();
        Ok(TextModel { model, params, about: self.about.clone() })
    }

    /// Writes a checkpoint, from which [`resume`](TextSession::resume) goes on to the same bits.
    ///
    /// # Errors
    /// A file that cannot be written; an existing one is then as it was.
    pub fn write_checkpoint(&self, path: &Path) -> Result<()> {
        Ok(self.trainer.write_checkpoint(path, None, self.about.to_value())?)
    }

    /// Ends the training, with the weights that were best on the held-out part, if there is one.
    pub fn finish(mut self) -> TextModel {
        if self.has_validation() {
            let best = self.trainer.best().loss;
            self.about.validation = Some(best).filter(|best| best.is_finite());
            self.trainer.restore_best();
        }
        let about = self.about;
        let (model, params) = self.trainer.into_parts();
        TextModel { model, params, about }
    }

    /// As [`finish`](TextSession::finish) after training diverged: with the best weights seen.
    pub fn finish_with_best(mut self) -> TextModel {
        self.trainer.restore_best();
        self.finish()
    }
}

/// The weights in a file for a network that is trained on `corpus`.
fn weights_in(file: &TensorFile, model: &Model<f32>, corpus: &Corpus) -> Result<Params<f32>> {
    if !file.is_of_elman() {
        return Ok(file.weights(model)?);
    }
    let file = file.model()?;
    if TextAbout::of(&file)?.vocabulary != corpus.vocabulary {
        return Err(Error::Model {
            path: file.path().display().to_string(),
            reason: "it knows other characters than those that the text was read in".to_owned(),
            help: "read the text in the model's".to_owned(),
        });
    }
    Ok(file.params(model, best(&file))?)
}

/// A text, made ready for training.
struct Prepared {
    about: TextAbout,
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
    held_out.split_off(held.min(MOST_JUDGED));
    let held_out = (held_out.len() > 1).then(|| HeldOut {
        baseline: unigram_nats(&tokens, &held_out, vocabulary.size()),
        tokens: held_out.into(),
    });
    let TextSettings { seq_length, batch_size, .. } = settings;
    let windows: Option<Box<dyn Windows<f32>>> = match tokens {
        Tokens::Narrow(tokens) => boxed(Streams::new(tokens, seq_length, batch_size)),
        Tokens::Wide(tokens) => boxed(Streams::new(tokens, seq_length, batch_size)),
    };
    let windows = windows.ok_or_else(|| Error::NoText {
        path: name.clone(),
        found: format!(
            "has {}, too few for {} with windows of {seq_length}",
            counted(characters, "character"),
            counted(batch_size, "stream")
        ),
        help: "a longer text, or a smaller `--batch-size` or `--seq-length`".to_owned(),
    })?;
    let about = TextAbout { settings, vocabulary, source: name, fingerprint, validation: None };
    Ok(Prepared { about, windows, held_out, characters: [characters, held] })
}

fn boxed<W: Windows<f32> + 'static>(windows: Option<W>) -> Option<Box<dyn Windows<f32>>> {
    windows.map(|windows| -> Box<dyn Windows<f32>> { Box::new(windows) })
}
