//! Model file of a fitted forecaster.

use std::mem;
use std::path::Path;

use elman_nn::file::{Document, ModelFile, models_to_bytes};
use elman_nn::output;
use elman_nn::{self as nn, ModelConfig};
use serde::{Deserialize, Serialize};

use super::config::{AutoForecaster, Scope};
use super::ensemble::Ensemble;
use super::fitted::FittedForecaster;
use super::memory::Memory;
use super::model::Model;
use super::selection::SelectionReport;
use super::trained_on::TrainedOn;
use super::training_record::TrainingRecord;
use crate::data::calendar::Frequency;
use crate::error::{Error, Result};
use crate::features::CovariateSchema;
use crate::intervals::{Conformal, levels};
use crate::io::read::ReadOptions;
use crate::models::pretrained::Pretrained;
use crate::models::rnn::{RnnConfig, RnnModel};
use crate::transforms::Domain;

/// Kind of a model file: the field `kind` in the `about` of its document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ModelKind {
    /// A forecaster with model selection.
    Auto,
    /// A forecaster of one network.
    Rnn,
    /// A language model.
    Text,
    /// A file of another program, or without a kind.
    Unknown,
}

impl ModelKind {
    /// Kind of a file.
    pub fn of(file: &ModelFile<f32>) -> Self {
        let kind = file.document.about.get("kind").cloned();
        kind.and_then(|kind| serde_json::from_value(kind).ok()).unwrap_or(Self::Unknown)
    }

    /// The error where a forecaster is wanted.
    fn refused(self, path: &Path) -> Error {
        let (reason, help) = match self {
            Self::Text => {
                ("a character model, but a forecasting model is needed", "elman text sample MODEL")
            }
            Self::Rnn => (
                "a checkpoint of a training that is not finished",
                "finish it with `elman train --resume`, then forecast with the model",
            ),
            Self::Auto | Self::Unknown => ("a file without a forecasting model", ""),
        };
        let [reason, help] = [reason, help].map(str::to_owned);
        Error::Model { path: path.display().to_string(), reason, help }
    }
}

/// Metadata under `forecaster` in the `about` of the document of a file.
#[derive(Serialize, Deserialize)]
struct ForecasterMetadata {
    settings: AutoForecaster,
    /// Networks that all series share.
    #[serde(flatten)]
    shared: Option<EnsembleMetadata>,
    /// Networks of each series, by name, with [`Scope::Local`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    local: Vec<(String, EnsembleMetadata)>,
    encoding: CovariateSchema,
    read: ReadOptions,
    #[serde(default)]
    trained_on: TrainedOn,
    /// Record of the training of one network, and its hidden state.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    training: Option<TrainingRecord>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    memory: Option<Memory>,
    /// Fingerprint of the pretrained network of the version of elman that wrote the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pretrained: Option<String>,
}

/// Size of a fine-tuned pretrained network.
#[derive(Serialize, Deserialize)]
struct FineTunedMetadata {
    networks: u64,
    model: ModelConfig,
}

#[derive(Serialize, Deserialize)]
struct EnsembleMetadata {
    nets: Vec<RnnConfig>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    fine_tuned: Option<FineTunedMetadata>,
    selection: SelectionReport,
    conformal: Option<Conformal>,
}

/// Prefix of the weights of the fine-tuned networks of ensemble number `e`.
fn fine_tuned_prefix(e: usize) -> String {
    format!("fine_tuned.{e}.")
}

/// Prefix of the weights of network number `net`, counted over all series. The weights of a network that was trained
/// alone have PyTorch's names.
fn prefix(net: usize, is_alone: bool) -> String {
    if is_alone { String::new() } else { format!("net.{net}.") }
}

impl FittedForecaster {
    /// Whether a file is the model of a forecaster; `false` for a model of text and for a checkpoint.
    pub fn is_in(file: &ModelFile<f32>) -> bool {
        file.document.about.get("forecaster").is_some()
    }

    /// Prefix of the weights of network number `net` in the model file, counted over all series.
    pub(crate) fn prefix(&self, net: usize) -> String {
        prefix(net, self.training.is_some())
    }

    /// Prefix of the weights of fine-tuned network number `net` of ensemble number `e` in the model file.
    pub(crate) fn fine_tuned_prefix(e: usize, net: usize) -> String {
        format!("{}{net}.", fine_tuned_prefix(e))
    }

    /// Writes the model file; `read` are the options by which the data were read.
    ///
    /// # Errors
    /// A file that cannot be written; an existing file is then unchanged.
    pub fn save(&self, path: &Path, read: &ReadOptions) -> Result<()> {
        let bytes = self.to_bytes(path, read)?;
        let failed = |source| nn::Error::Io { path: path.to_owned(), source };
        Ok(output::replace(path, &bytes).map_err(failed)?)
    }

    /// The content of the model file; `path` names it in errors.
    ///
    /// # Errors
    /// A model that is too large for one file.
    pub fn to_bytes(&self, path: &Path, read: &ReadOptions) -> Result<Vec<u8>> {
        let mut ensembles = self.ensembles.iter().map(|ensemble| EnsembleMetadata {
            nets: ensemble.nets.iter().map(|net| net.settings.clone()).collect(),
            fine_tuned: ensemble.fine_tuned.as_ref().map(|network| FineTunedMetadata {
                networks: network.nets().len() as u64,
                model: network.config().clone(),
            }),
            selection: ensemble.selection.clone(),
            conformal: ensemble.conformal.clone(),
        });
        let (shared, local) = match self.settings.scope {
            Scope::Global => (ensembles.next(), Vec::new()),
            Scope::Local => (None, self.names.iter().cloned().zip(ensembles).collect()),
        };
        let about = ForecasterMetadata {
            settings: self.settings.clone(),
            shared,
            local,
            encoding: self.encoding.clone(),
            read: read.clone(),
            trained_on: self.trained_on.clone(),
            training: self.training.clone(),
            memory: self.memory.clone(),
            pretrained: self
                .reads_pretrained()
                .then(Pretrained::shipped_fingerprint)
                .transpose()?,
        };
        let about = serde_json::to_value(&about).map_err(|e| damaged(path, e.to_string()))?;
        let first = self.ensembles[0].nets[0].settings.model()?.config().clone();
        let kind = if self.training.is_some() { ModelKind::Rnn } else { ModelKind::Auto };
        let about = serde_json::json!({ "kind": kind, "forecaster": about });
        let document = Document::new(first, about);
        let networks = self.nets().enumerate().map(|(n, net)| (self.prefix(n), net.params()));
        let ensembles = self.ensembles.iter().enumerate();
        let fine_tuned = ensembles.flat_map(|(e, ensemble)| {
            let networks = ensemble.fine_tuned.iter().flat_map(|network| network.nets().iter());
            networks.enumerate().map(move |(n, net)| (Self::fine_tuned_prefix(e, n), net))
        });
        Ok(models_to_bytes(path, networks.chain(fine_tuned), &document)?)
    }

    /// Whether forecasts need the pretrained network of this version.
    fn reads_pretrained(&self) -> bool {
        self.ensembles.iter().any(|ensemble| {
            let blend = ensemble.blend(&self.settings);
            let has_statistical = matches!(blend.model, Model::Statistical(_));
            blend.is_needed() && !has_statistical
        })
    }

    /// Reads a model file, with the options by which its data were read.
    ///
    /// # Errors
    /// A file that was not written by elman, is damaged, or is no model of a forecaster.
    pub fn load(path: &Path) -> Result<(Self, ReadOptions)> {
        Self::from_file(&ModelFile::read(path)?)
    }

    /// As [`load`](FittedForecaster::load), for a file in memory.
    ///
    /// # Errors
    /// As [`load`](FittedForecaster::load).
    pub fn from_file(file: &ModelFile<f32>) -> Result<(Self, ReadOptions)> {
        let path = file.path();
        let mut about = ForecasterMetadata::of(file)?;
        let (names, ensembles) = about.take_ensembles();
        about.check(&ensembles).map_err(|reason| damaged(path, reason))?;
        let ensembles = read_ensembles(file, &about, ensembles)?;
        let ForecasterMetadata { settings, encoding, read, trained_on, training, memory, .. } =
            about;
        let mut fitted = Self::with(ensembles, names, settings, encoding);
        // A build without a pretrained network has another one than the model.
        let is_other =
            |saved: &String| Pretrained::shipped_fingerprint().map_or(true, |own| own != *saved);
        fitted.has_other_pretrained = about.pretrained.as_ref().is_some_and(is_other);
        if let (Some(memory), Some(ensemble)) = (&memory, fitted.ensembles.first()) {
            memory.check(ensemble).map_err(|e| damaged(path, e.to_string()))?;
        }
        (fitted.training, fitted.memory, fitted.trained_on) = (training, memory, trained_on);
        if fitted.memory.is_some() {
            fitted.continued().map_err(|e| damaged(path, e.to_string()))?;
        }
        Ok((fitted, read))
    }
}

impl ForecasterMetadata {
    /// Reads the metadata of a file.
    fn of(file: &ModelFile<f32>) -> Result<Self> {
        let path = file.path();
        let about = file.document.about.get("forecaster").cloned();
        let about = about.ok_or_else(|| ModelKind::of(file).refused(path))?;
        serde_json::from_value(about).map_err(|e| damaged(path, e.to_string()))
    }

    /// Takes out the ensembles, with the names of their series if each has its own.
    fn take_ensembles(&mut self) -> (Vec<String>, Vec<EnsembleMetadata>) {
        match self.settings.scope {
            Scope::Global => (Vec::new(), self.shared.take().into_iter().collect()),
            Scope::Local => mem::take(&mut self.local).into_iter().unzip(),
        }
    }

    /// Checks that its numbers are in their range, and those of its `ensembles`.
    fn check(&self, ensembles: &[EnsembleMetadata]) -> std::result::Result<(), String> {
        let bad = |e: nn::Error| e.to_string();
        self.settings.check().map_err(bad)?;
        self.encoding.check(self.settings.horizon).map_err(bad)?;
        self.read.freq.map_or(Ok(()), Frequency::check).map_err(bad)?;
        check_experts(ensembles)?;
        if levels::check(&self.settings.levels).is_err() {
            return Err(format!("levels of {:?} per cent", self.settings.levels));
        }
        let Some(training) = &self.training else { return Ok(()) };
        let networks = ensembles.iter().map(|ensemble| ensemble.nets.len()).sum::<usize>();
        if networks != 1 {
            return Err(format!("{networks} networks, of a training of one"));
        }
        training.check().map_err(bad)
    }
}

/// Reads the networks of the `ensembles`.
fn read_ensembles(
    file: &ModelFile<f32>,
    about: &ForecasterMetadata,
    ensembles: Vec<EnsembleMetadata>,
) -> Result<Vec<Ensemble>> {
    let bad = |e: nn::Error| damaged(file.path(), e.to_string());
    let mut numbers = 0..;
    let mut net = |net: RnnConfig| {
        let number = numbers.next().unwrap_or_default();
        if net.horizon != about.settings.horizon {
            let reason = format!("network {number} has another horizon");
            return Err(damaged(file.path(), reason));
        }
        net.check().map_err(bad)?;
        let config = net.config().map_err(|e| damaged(file.path(), e.to_string()))?;
        let (model, params) = file.model(&config, &prefix(number, about.training.is_some()))?;
        model.check_window(1, net.batch_size).map_err(bad)?;
        Ok(RnnModel::with(net, model, params))
    };
    let ensembles = ensembles.into_iter().enumerate().map(|(e, ensemble)| {
        let EnsembleMetadata { nets, fine_tuned, selection, conformal } = ensemble;
        let nets = nets.into_iter().map(&mut net).collect::<Result<_>>()?;
        let read = |FineTunedMetadata { networks, model }| match networks {
            1..=64 => Pretrained::read(file, &model, networks, &fine_tuned_prefix(e)),
            _ => Err(damaged(file.path(), format!("{networks} fine-tuned networks"))),
        };
        let fine_tuned = fine_tuned.map(read).transpose()?;
        Ok(Ensemble { nets, fine_tuned, selection, by_series: Vec::new(), conformal })
    });
    ensembles.collect()
}

/// Checks that each ensemble has networks, and that all were compared with the same baselines.
fn check_experts(ensembles: &[EnsembleMetadata]) -> std::result::Result<(), String> {
    if ensembles.is_empty() || ensembles.iter().any(|ensemble| ensemble.nets.is_empty()) {
        return Err("it has no network".to_owned());
    }
    for EnsembleMetadata { nets, selection, conformal, .. } in ensembles {
        selection.check().map_err(|e| e.to_string())?;
        let check = |made: &Conformal| made.check(selection.transform);
        conformal.iter().try_for_each(check).map_err(|e| e.to_string())?;
        let is_free = |net: &RnnConfig| {
            net.preprocessing.no_floor && selection.transform.domain != Domain::All
        };
        if nets.iter().any(is_free) {
            return Err(
                "a network without a floor is combined with a transform of values of 0 and above"
                    .to_owned(),
            );
        }
    }
    let validated =
        || ensembles.iter().map(|e| &e.selection).filter(|selection| selection.forecasts > 0);
    let names =
        |selection: &SelectionReport| selection.scores.iter().map(|s| s.name.clone()).collect();
    let first: Option<Vec<String>> = validated().next().map(names);
    match validated().find(|selection| Some(names(selection)) != first) {
        Some(selection) if ensembles.len() > 1 => {
            Err(format!("some of its series have {} scores, others not", selection.scores.len()))
        }
        _ => Ok(()),
    }
}

fn damaged(path: &Path, reason: String) -> Error {
    Error::Model {
        path: path.display().to_string(),
        reason: format!("its `forecaster` is damaged: {reason}"),
        help: String::new(),
    }
}
