//! The networks of a panel in one model file.

use std::path::Path;

use elman_nn::file::{Document, ModelFile, write_models};
use serde::{Deserialize, Serialize};

use super::beside::Encoding;
use super::calibration::Calibration;
use super::fitted::Fitted;
use super::forecaster::PanelSettings;
use super::net::{Net, NetSettings};
use super::plan::Contest;
use crate::error::{Error, Result};
use crate::read::ReadOptions;

/// What stands under `panel` in the `about` of a file's document.
#[derive(Serialize, Deserialize)]
struct About {
    settings: PanelSettings,
    nets: Vec<NetSettings>,
    contest: Contest,
    calibration: Option<Calibration>,
    encoding: Encoding,
    read: ReadOptions,
}

/// Where the weights of network number `net` stand.
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
        let about = About {
            settings: self.settings.clone(),
            nets: self.nets.iter().map(|net| net.settings.clone()).collect(),
            contest: self.contest.clone(),
            calibration: self.calibration.clone(),
            encoding: self.encoding.clone(),
            read: read.clone(),
        };
        let about = serde_json::to_value(&about).map_err(|e| damaged(path, e.to_string()))?;
        let first = self.nets[0].settings.model()?.config().clone();
        let document = Document::new(first, None, serde_json::json!({ "panel": about }));
        let networks = self.nets.iter().enumerate().map(|(n, net)| (prefix(n), net.params()));
        Ok(write_models(path, networks, &document)?)
    }

    /// Reads a model file, and how its data were read.
    ///
    /// # Errors
    /// A file that is not elman's, damaged, or of a single series.
    pub fn load(path: &Path) -> Result<(Self, ReadOptions)> {
        let file = ModelFile::<f32>::read(path)?;
        let about = file.document.about.get("panel").cloned().unwrap_or_default();
        let about: About =
            serde_json::from_value(about).map_err(|e| damaged(path, e.to_string()))?;
        let About { settings, nets, contest, calibration, encoding, read } = about;
        if nets.is_empty() || settings.horizon == 0 {
            return Err(damaged(path, "it has no network, or no horizon".to_owned()));
        }
        let nets = nets.into_iter().enumerate().map(|(n, net)| {
            if net.horizon != settings.horizon || net.batch_size == 0 || net.seq_length == 0 {
                return Err(damaged(path, format!("network {n} does not fit the others")));
            }
            let model = net.model()?;
            let params = file.params(&model, &prefix(n))?;
            Ok(Net::with(net, model, params))
        });
        let nets = nets.collect::<Result<_>>()?;
        Ok((Self { nets, calibration, contest, settings, encoding }, read))
    }
}

fn damaged(path: &Path, reason: String) -> Error {
    Error::Model {
        path: path.display().to_string(),
        reason: format!("its `panel` is damaged: {reason}"),
        help: String::new(),
    }
}
