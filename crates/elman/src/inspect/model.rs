//! Description of a model file: a model, a checkpoint, or weights of another program.

use elman_nn::ModelConfig;
use elman_nn::file::{ModelFile, TensorFile, TensorShape};
use serde::Serialize;

use super::forecaster::ForecasterDescription;
use super::text::TextDescription;
use crate::error::Result;
use crate::io::read::Input;
use crate::select::{FittedForecaster, ModelKind, TrainingRecord};
use crate::text::TextMetadata;
use crate::training::record_of;

/// What a model file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FileKind {
    /// A forecaster with model selection.
    Auto,
    /// A forecaster of one network.
    Rnn,
    /// A language model.
    Text,
    /// A checkpoint of the training of a forecaster.
    Checkpoint,
    /// A checkpoint of the training of a language model.
    TextCheckpoint,
    /// Tensors of another program.
    Foreign,
}

/// Description of a model file.
#[derive(Debug, Serialize)]
pub struct ModelInspection {
    /// Name of the file.
    pub path: String,
    /// Bytes of the file.
    pub bytes: usize,
    /// SHA-256 of the file in hexadecimal digits.
    pub sha256: String,
    /// What the file is.
    pub kind: FileKind,
    /// Version of elman that wrote the file.
    pub elman_version: Option<String>,
    /// Version of the layout of the document.
    pub format_version: Option<u32>,
    /// Tensors of the networks, under PyTorch's names; of a checkpoint those of the current weights.
    pub tensors: Vec<TensorShape>,
    /// Number of parameters: of values in these tensors.
    pub parameters: usize,
    /// Further tensors of a checkpoint: moments of the optimizer, states, earlier weights, losses.
    pub other_tensors: Vec<TensorShape>,
    /// Sizes of the network of a checkpoint or of a language model.
    pub network: Option<ModelConfig>,
    /// The forecaster.
    pub forecaster: Option<Box<ForecasterDescription>>,
    /// The language model.
    pub text: Option<TextDescription>,
    /// The training of a checkpoint.
    pub training: Option<TrainingState>,
}

/// State of the training of a checkpoint.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TrainingState {
    /// Optimizer steps done.
    pub step: u64,
    /// Optimizer steps of the whole training.
    pub max_steps: u64,
    /// Loss of the best evaluation.
    pub best_loss: Option<f64>,
    /// Optimizer step of the best evaluation.
    pub best_step: u64,
    /// Record of the training of a forecaster: configuration, data, losses.
    pub record: Option<Box<TrainingRecord>>,
}

impl ModelInspection {
    /// Reads and describes a model file.
    ///
    /// # Errors
    /// A file that is damaged, or of a later version.
    pub(super) fn of(input: Input) -> Result<Self> {
        let name = input.name().to_owned();
        let file = TensorFile::from_reader(input, name.as_ref())?;
        if !file.is_of_elman() {
            return Ok(Self::with(&file, &name, FileKind::Foreign, None));
        }
        let model: ModelFile<f32> = file.model()?;
        let described = Self::with(&file, &name, kind(&model), Some(&model));
        match described.kind {
            FileKind::Auto | FileKind::Rnn => {
                let (fitted, read) = FittedForecaster::from_file(&model)?;
                let forecaster = ForecasterDescription::of(&fitted, read)?;
                Ok(Self { forecaster: Some(Box::new(forecaster)), ..described })
            }
            FileKind::Text => described.with_text(&model),
            FileKind::TextCheckpoint => {
                let training = TrainingState::of(&model, None);
                Self { training, ..described }.with_text(&model)
            }
            FileKind::Checkpoint => {
                let record = Some(Box::new(record_of(&model)?));
                Ok(Self { training: TrainingState::of(&model, record), ..described }
                    .with_network(&model))
            }
            FileKind::Foreign => Ok(described),
        }
    }

    fn with(file: &TensorFile, name: &str, kind: FileKind, model: Option<&ModelFile<f32>>) -> Self {
        const STATES: [&str; 5] = ["optimizer.", "state.", "last_good.", "best.", "history"];
        let is_weight =
            |tensor: &TensorShape| !STATES.iter().any(|state| tensor.name.starts_with(state));
        let (tensors, other_tensors): (Vec<_>, Vec<_>) =
            file.tensors().into_iter().partition(is_weight);
        Self {
            path: name.to_owned(),
            bytes: file.size(),
            sha256: file.sha256(),
            kind,
            elman_version: model.map(|model| model.document.elman_version.clone()),
            format_version: model.map(|model| model.document.format_version),
            parameters: tensors.iter().map(TensorShape::count).sum(),
            tensors,
            other_tensors,
            network: None,
            forecaster: None,
            text: None,
            training: None,
        }
    }

    fn with_network(self, model: &ModelFile<f32>) -> Self {
        Self { network: Some(model.document.model.clone()), ..self }
    }

    fn with_text(self, model: &ModelFile<f32>) -> Result<Self> {
        let text = Some(TextDescription::of(model)?);
        Ok(Self { text, ..self.with_network(model) })
    }
}

fn kind(model: &ModelFile<f32>) -> FileKind {
    let is_checkpoint = model.document.training.is_some();
    match (FittedForecaster::is_in(model), TextMetadata::is_in(model), is_checkpoint) {
        (true, ..) if ModelKind::of(model) == ModelKind::Rnn => FileKind::Rnn,
        (true, ..) => FileKind::Auto,
        (_, true, true) => FileKind::TextCheckpoint,
        (_, true, false) => FileKind::Text,
        (_, _, true) => FileKind::Checkpoint,
        _ => FileKind::Foreign,
    }
}

impl TrainingState {
    fn of(model: &ModelFile<f32>, record: Option<Box<TrainingRecord>>) -> Option<Self> {
        let training = model.document.training.as_ref()?;
        Some(Self {
            step: training.current.step,
            max_steps: training.config.max_steps,
            best_loss: training.best_loss,
            best_step: training.best_step,
            record,
        })
    }
}
