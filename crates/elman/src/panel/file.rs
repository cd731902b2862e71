//! The networks of a panel in one model file.

use std::path::Path;

use elman_nn as nn;
use elman_nn::file::{Document, ModelFile, write_models};
use serde::{Deserialize, Serialize};

use super::beside::Encoding;
use super::calibration::Calibration;
use super::contest::Contest;
use super::expert::Expert;
use super::fitted::Fitted;
use super::forecaster::{PanelSettings, Scope};
use super::levels;
use super::net::{Net, NetSettings};
use super::view::Scale;
use crate::calendar::Frequency;
use crate::error::{Error, Result};
use crate::read::ReadOptions;

/// What stands under `panel` in the `about` of a file's document.
#[derive(Serialize, Deserialize)]
struct About {
    settings: PanelSettings,
    /// The networks that all series share.
    #[serde(flatten)]
    shared: Option<AboutExpert>,
    /// Those of each series, by its name, where they do not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    local: Vec<(String, AboutExpert)>,
    encoding: Encoding,
    read: ReadOptions,
}

#[derive(Serialize, Deserialize)]
struct AboutExpert {
    nets: Vec<NetSettings>,
    contest: Contest,
    calibration: Option<Calibration>,
}

/// Where the weights of network number `net` stand, counted over all series.
fn prefix(net: usize) -> String {
    format!("net.{net}.")
}

impl Fitted {
    /// Whether a file is a model of a panel: `false` for one of a single series, or for no model.
    pub fn is_in(file: &ModelFile<f32>) -> bool {
        file.document.about.get("panel").is_some()
    }

    /// Writes the model file; `read` is how the data were read.
    ///
    /// # Errors
    /// A file that cannot be written; an existing one is then as it was.
    pub fn save(&self, path: &Path, read: &ReadOptions) -> Result<()> {
        let mut experts = self.experts.iter().map(|expert| AboutExpert {
            nets: expert.nets.iter().map(|net| net.settings.clone()).collect(),
            contest: expert.contest.clone(),
            calibration: expert.calibration.clone(),
        });
        let (shared, local) = match self.settings.scope {
            Scope::Global => (experts.next(), Vec::new()),
            Scope::Local => (None, self.names.iter().cloned().zip(experts).collect()),
        };
        let about = About {
            settings: self.settings.clone(),
            shared,
            local,
            encoding: self.encoding.clone(),
            read: read.clone(),
        };
        let about = serde_json::to_value(&about).map_err(|e| damaged(path, e.to_string()))?;
        let first = self.experts[0].nets[0].settings.model()?.config().clone();
        let document = Document::new(first, None, serde_json::json!({ "panel": about }));
        let networks = self.nets().enumerate().map(|(n, net)| (prefix(n), net.params()));
        Ok(write_models(path, networks, &document)?)
    }

    /// Reads a model file, and how its data were read.
    ///
    /// # Errors
    /// A file that is not elman's, damaged, or of a single series.
    pub fn load(path: &Path) -> Result<(Self, ReadOptions)> {
        Self::from_file(&ModelFile::read(path)?)
    }

    /// The same of a file that is read already.
    ///
    /// # Errors
    /// As [`load`](Fitted::load).
    pub fn from_file(file: &ModelFile<f32>) -> Result<(Self, ReadOptions)> {
        let path = file.path();
        let about = file.document.about.get("panel").cloned().unwrap_or_default();
        let about: About =
            serde_json::from_value(about).map_err(|e| damaged(path, e.to_string()))?;
        let About { settings, shared, local, encoding, read } = about;
        let (names, about): (Vec<String>, Vec<AboutExpert>) = match settings.scope {
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
        let mut net = |net: NetSettings| {
            let number = numbers.next().unwrap_or_default();
            if net.horizon != settings.horizon {
                return Err(damaged(path, format!("network {number} has another horizon")));
            }
            net.check().map_err(bad)?;
            let config = net.config().map_err(|e| damaged(path, e.to_string()))?;
            let (model, params) = file.model(&config, &prefix(number))?;
            model.check_window(1, net.batch_size).map_err(bad)?;
            Ok(Net::with(net, model, params))
        };
        let experts = about.into_iter().map(|AboutExpert { nets, contest, calibration }| {
            let nets = nets.into_iter().map(&mut net).collect::<Result<_>>()?;
            Ok(Expert { nets, contest, calibration })
        });
        let experts = experts.collect::<Result<_>>()?;
        Ok((Self::with(experts, names, settings, encoding), read))
    }
}

/// Whether there are networks for each of them, and all were compared with the same baselines.
fn check_experts(experts: &[AboutExpert]) -> std::result::Result<(), String> {
    if experts.is_empty() || experts.iter().any(|expert| expert.nets.is_empty()) {
        return Err("it has no network".to_owned());
    }
    for AboutExpert { nets, contest, calibration } in experts {
        contest.check().map_err(|e| e.to_string())?;
        let check = |made: &Calibration| made.check(contest.scale);
        calibration.iter().try_for_each(check).map_err(|e| e.to_string())?;
        let is_free = |net: &NetSettings| net.view.free && contest.scale != Scale::Plain;
        if nets.iter().any(is_free) {
            return Err("a network without a floor works beside logarithms".to_owned());
        }
    }
    let tried = || experts.iter().map(|e| &e.contest).filter(|contest| contest.forecasts > 0);
    let names = |contest: &Contest| contest.scores.iter().map(|s| s.name.clone()).collect();
    let first: Option<Vec<String>> = tried().next().map(names);
    match tried().find(|contest| Some(names(contest)) != first) {
        Some(contest) if experts.len() > 1 => {
            Err(format!("some of its series have {} scores, others not", contest.scores.len()))
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
