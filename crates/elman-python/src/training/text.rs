//! Language models.

use super::files::{Files, not_fewer, same};
use super::run::{Ended, train};
use super::text_options::TextOptions;
use crate::errors::{guarded, option};
use crate::in_memory;
use crate::interrupt;
use crate::options::{parse, threads};
use elman::io::read::Input;
use elman::nn::ModelConfig;
use elman::nn::file::ModelFile;
use elman::select::Progress;
use elman::text::{Corpus, Sampling, TextSettings, TextTrainingRun, Tokenizer, Vocabulary};
use elman::{Error, text};
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::PyBytes;
use serde_json::json;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

/// Trained language model.
#[pyclass(frozen, module = "elman._elman")]
pub(super) struct TextModel(Arc<text::TextModel>);

impl fmt::Debug for TextModel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TextModel").field(self.0.model()).finish()
    }
}

/// A text: its bytes, or the path of its file.
#[derive(FromPyObject)]
pub(super) enum Text {
    Bytes(PyBackedBytes),
    File(PathBuf),
}

impl Text {
    /// Reads the text with the tokens of a vocabulary, or with tokens of its own.
    fn corpus(
        &self,
        known: Option<&Vocabulary>,
        tokenizer: Tokenizer,
        max_memory: Option<u64>,
    ) -> Result<Corpus, Error> {
        let read = |source: &mut dyn std::io::Read, name: &str| match known {
            Some(known) => Corpus::known(source, name, known.clone(), max_memory),
            None => Corpus::of(source, name, tokenizer, max_memory),
        };
        match self {
            Self::Bytes(bytes) => read(&mut &bytes[..], "text"),
            Self::File(path) => {
                let mut input = Input::open(path)?;
                let name = input.name().to_owned();
                read(&mut input, &name)
            }
        }
    }
}

/// Trains a language model on a text, or continues a training; `options` and `files` are JSON documents. Returns the model,
/// the loss of each optimizer step, and the loss of the unigram model on the validation set.
#[pyfunction]
pub(super) fn fit_text(
    py: Python<'_>,
    text: Text,
    options: &str,
    files: &str,
    progress: Option<Py<PyAny>>,
) -> PyResult<(TextModel, Vec<f64>, Option<f64>)> {
    let (options, files): (TextOptions, _) = (parse(options)?, Files::parse(files)?);
    let mut run = match guarded(|| files.resumed())? {
        Some(checkpoint) => resumed(py, &text, &options, &checkpoint)?,
        None => begun(py, &text, &options, &files)?,
    };
    run = run.with_threads(options.threads, threads(None));
    let baseline = run.baseline();
    let (model, ended) = interrupt::run(py, progress.as_ref(), move |context| {
        let ended = train(&mut run, &files, context)?;
        Ok((run.into_model(), ended))
    })?;
    Ok((TextModel(Arc::new(model)), Ended::losses(ended)?, baseline))
}

/// A new training.
fn begun(
    py: Python<'_>,
    text: &Text,
    options: &TextOptions,
    files: &Files,
) -> PyResult<TextTrainingRun> {
    let weights = guarded(|| files.weights())?;
    // Weights of another program are of the tokens of this text.
    let before = weights.as_ref().map(|file| guarded(|| TextTrainingRun::about_of_weights(file)));
    let before = before.transpose()?.flatten();
    let known = before.as_ref().map(|about| &about.vocabulary);
    if options.is_of_bytes() && known.is_some_and(|it| it.tokenizer() != Tokenizer::Bytes) {
        return Err(option("the vocabulary of `init` is of characters", "leave out `bytes`"));
    }
    py.detach(|| {
        guarded(|| {
            let corpus = text.corpus(known, options.tokenizer(), options.max_memory)?;
            let mut settings = TextSettings::for_corpus(&corpus);
            if let Some(about) = &before {
                settings.model = ModelConfig { dropout: 0.0, ..about.settings.model.clone() };
            }
            TextTrainingRun::new(corpus, options.put_into_new(settings), weights.as_ref())
        })
    })
}

/// The training of a checkpoint.
fn resumed(
    py: Python<'_>,
    text: &Text,
    options: &TextOptions,
    checkpoint: &ModelFile<f32>,
) -> PyResult<TextTrainingRun> {
    let run = py.detach(|| {
        guarded(|| {
            let about = TextTrainingRun::about_of(checkpoint)?;
            let known = Some(&about.vocabulary);
            let corpus = text.corpus(known, options.tokenizer(), options.max_memory)?;
            TextTrainingRun::resume(checkpoint, corpus, options.training.max_steps)
        })
    })?;
    let settings = run.settings();
    same(json!(settings), json!(options.put_into(settings.clone())))?;
    not_fewer(options.training.max_steps, run.trainer().step())?;
    Ok(run)
}

#[pymethods]
impl TextModel {
    /// Generates `length` tokens after `prompt`; bytes that are no UTF-8 are replaced. `sampling` is a JSON document.
    fn sample(
        &self,
        py: Python<'_>,
        prompt: &str,
        length: u64,
        sampling: &str,
    ) -> PyResult<String> {
        let sampling: Sampling = parse(sampling)?;
        interrupt::run(py, None, |context| {
            let mut generator = self.0.generator(prompt, &sampling)?;
            let mut text = Vec::new();
            for done in 0..length {
                generator.write(&mut text)?;
                if context.report(Progress::Training(done, length)).is_break() {
                    return Err(Error::Cancelled);
                }
            }
            Ok(String::from_utf8_lossy(&text).into_owned())
        })
    }

    /// Loss on a text in nats per token, and the number of tokens.
    fn evaluate(
        &self,
        py: Python<'_>,
        text: Text,
        at_most: Option<usize>,
    ) -> PyResult<(f64, usize)> {
        let evaluation = interrupt::run(py, None, |_| {
            let known = self.0.vocabulary();
            let corpus = text.corpus(Some(known), known.tokenizer(), None)?;
            self.0.evaluate(corpus, threads(at_most))
        })?;
        Ok((evaluation.nats, evaluation.characters))
    }

    /// Loss on the validation set, in nats per token.
    #[getter]
    fn validation_loss(&self) -> Option<f64> {
        self.0.about().validation
    }

    /// Tokens of the vocabulary; those of bytes are not texts.
    #[getter]
    fn vocabulary(&self) -> Vec<String> {
        let vocabulary = self.0.vocabulary();
        let text = |token: usize| {
            let mut bytes = Vec::new();
            vocabulary.decode(token as u32, &mut bytes);
            String::from_utf8_lossy(&bytes).into_owned()
        };
        (0..vocabulary.size()).map(text).collect()
    }

    /// Settings of the training, as a JSON document.
    fn settings(&self) -> String {
        json!(self.0.about().settings).to_string()
    }

    /// Table of the variables: name, shape, number of values.
    fn table(&self) -> String {
        self.0.model().to_string()
    }

    /// Writes the model file.
    fn save(&self, py: Python<'_>, path: PathBuf) -> PyResult<()> {
        py.detach(|| guarded(|| self.0.save(&path)))
    }

    /// Bytes of the model file.
    fn to_bytes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let bytes = guarded(|| self.0.to_bytes(in_memory()))?;
        Ok(PyBytes::new(py, &bytes))
    }

    /// Reads a model file or a checkpoint.
    #[staticmethod]
    fn load(path: PathBuf) -> PyResult<Self> {
        Ok(Self(Arc::new(guarded(|| text::TextModel::load(&path))?)))
    }

    /// Reads a model file from bytes.
    #[staticmethod]
    fn from_bytes(bytes: &[u8]) -> PyResult<Self> {
        let model = guarded(|| {
            let file = ModelFile::from_reader(bytes, in_memory())?;
            text::TextModel::from_file(&file)
        })?;
        Ok(Self(Arc::new(model)))
    }
}
