//! Model file of a fitted panel forecaster.

use std::path::Path;

use elman_nn as nn;
use elman_nn::file::{Document, ModelFile, write_models};
use serde::{Deserialize, Serialize};

use super::config::{AutoForecaster, Scope};
use super::ensemble::Ensemble;
use super::fitted::FittedAuto;
use super::selection::SelectionReport;
use crate::data::calendar::Frequency;
use crate::error::{Error, Result};
use crate::features::CovariateSchema;
use crate::intervals::{Conformal, levels};
use crate::io::read::ReadOptions;
use crate::models::rnn::{RnnConfig, RnnModel};
use crate::transforms::TargetTransform;

/// Metadata under `panel` in the `about` of the document of a file.
#[derive(Serialize, Deserialize)]
struct AutoMetadata {
    settings: AutoForecaster,
    /// Networks that all series share.
    #[serde(flatten)]
    shared: Option<EnsembleMetadata>,
    /// Networks of each series, by name, with [`Scope::Local`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    local: Vec<(String, EnsembleMetadata)>,
    encoding: CovariateSchema,
    read: ReadOptions,
}

#[derive(Serialize, Deserialize)]
struct EnsembleMetadata {
    nets: Vec<RnnConfig>,
    selection: SelectionReport,
    conformal: Option<Conformal>,
}

/// Prefix of the weights of network number `net`, counted over all series.
fn prefix(net: usize) -> String {
    format!("net.{net}.")
}

impl FittedAuto {
    /// Whether a file is a model of a panel; `false` for a model of a single series, and for a file without a model.
    pub fn is_in(file: &ModelFile<f32>) -> bool {
        file.document.about.get("panel").is_some()
    }

    /// Writes the model file; `read` are the options by which the data were read.
    ///
    /// # Errors
    /// A file that cannot be written; an existing file is then unchanged.
    pub fn save(&self, path: &Path, read: &ReadOptions) -> Result<()> {
        let mut ensembles = self.ensembles.iter().map(|ensemble| EnsembleMetadata {
            nets: ensemble.nets.iter().map(|net| net.settings.clone()).collect(),
            selection: ensemble.selection.clone(),
            conformal: ensemble.conformal.clone(),
        });
        let (shared, local) = match self.settings.scope {
            Scope::Global => (ensembles.next(), Vec::new()),
            Scope::Local => (None, self.names.iter().cloned().zip(ensembles).collect()),
        };
        let about = AutoMetadata {
            settings: self.settings.clone(),
            shared,
            local,
            encoding: self.encoding.clone(),
            read: read.clone(),
        };
        let about = serde_json::to_value(&about).map_err(|e| damaged(path, e.to_string()))?;
        let first = self.ensembles[0].nets[0].settings.model()?.config().clone();
        let document = Document::new(first, None, serde_json::json!({ "panel": about }));
        let networks = self.nets().enumerate().map(|(n, net)| (prefix(n), net.params()));
        Ok(write_models(path, networks, &document)?)
    }

    /// Reads a model file, with the options by which its data were read.
    ///
    /// # Errors
    /// A file that was not written by elman, is damaged, or is a model of a single series.
    pub fn load(path: &Path) -> Result<(Self, ReadOptions)> {
        Self::from_file(&ModelFile::read(path)?)
    }

    /// As [`load`](FittedAuto::load), for a file in memory.
    ///
    /// # Errors
    /// As [`load`](FittedAuto::load).
    pub fn from_file(file: &ModelFile<f32>) -> Result<(Self, ReadOptions)> {
        let path = file.path();
        let about = file.document.about.get("panel").cloned().unwrap_or_default();
        let about: AutoMetadata =
            serde_json::from_value(about).map_err(|e| damaged(path, e.to_string()))?;
        let AutoMetadata { settings, shared, local, encoding, read } = about;
        let (names, about): (Vec<String>, Vec<EnsembleMetadata>) = match settings.scope {
            Scope::Global => (Vec::new(), shared.into_iter().collect()),
            Scope::Local => local.into_iter().unzip(),
        };
        let bad = |e: nn::Error| damaged(path, e.to_string());
        settings.check().map_err(bad)?;
        encoding.check(settings.horizon).map_err(bad)?;
        read.freq.map_or(Ok(()), Frequency::check).map_err(bad)?;
        check_experts(&about).map_err(|reason| damaged(path, reason))?;
        if levels::check(&settings.levels).is_err() {
            return Err(damaged(path, format!("levels of {:?} per cent", settings.levels)));
        }
        let mut numbers = 0..;
        let mut net = |net: RnnConfig| {
            let number = numbers.next().unwrap_or_default();
            if net.horizon != settings.horizon {
                return Err(damaged(path, format!("network {number} has another horizon")));
            }
            net.check().map_err(bad)?;
            let config = net.config().map_err(|e| damaged(path, e.to_string()))?;
            let (model, params) = file.model(&config, &prefix(number))?;
            model.check_window(1, net.batch_size).map_err(bad)?;
            Ok(RnnModel::with(net, model, params))
        };
        let ensembles = about.into_iter().map(|EnsembleMetadata { nets, selection, conformal }| {
            let nets = nets.into_iter().map(&mut net).collect::<Result<_>>()?;
            Ok(Ensemble { nets, selection, conformal })
        });
        let ensembles = ensembles.collect::<Result<_>>()?;
        Ok((Self::with(ensembles, names, settings, encoding), read))
    }
}

/// Checks that each ensemble has networks, and that all were compared with the same baselines.
fn check_experts(ensembles: &[EnsembleMetadata]) -> std::result::Result<(), String> {
    if ensembles.is_empty() || ensembles.iter().any(|ensemble| ensemble.nets.is_empty()) {
        return Err("it has no network".to_owned());
    }
    for EnsembleMetadata { nets, selection, conformal } in ensembles {
        selection.check().map_err(|e| e.to_string())?;
        let check = |made: &Conformal| made.check(selection.transform);
        conformal.iter().try_for_each(check).map_err(|e| e.to_string())?;
        let is_free = |net: &RnnConfig| {
            net.preprocessing.no_floor && selection.transform != TargetTransform::MeanScale
        };
        if nets.iter().any(is_free) {
            return Err("a network without a floor is combined with a log transform".to_owned());
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
        reason: format!("its `panel` is damaged: {reason}"),
        help: String::new(),
    }
}
