//! The networks of a model file.

use elman_nn::file::ModelFile;
use elman_nn::losses::Loss;
use elman_nn::registry::Entry;
use elman_nn::{ModelConfig, Params};

use super::weights::refused;
use crate::error::Result;
use crate::io::read::ReadOptions;
use crate::models::rnn::{RnnConfig, taus};
use crate::select::{FittedForecaster, Model};
use crate::text::{TextMetadata, TextModel};

/// The model of a file.
#[derive(Debug)]
pub(super) enum Source {
    Forecaster(Box<FittedForecaster>, Box<ReadOptions>),
    Text(Box<TextModel>),
}

/// A network of a model file.
#[derive(Debug, Clone)]
pub(super) struct Network<'a> {
    /// Prefix of the names of its tensors in the model file, such as `net.0.`; empty for the only network.
    pub(super) prefix: String,
    pub(super) config: ModelConfig,
    pub(super) params: &'a Params<f32>,
    pub(super) task: Task<'a>,
}

/// What a network computes.
#[derive(Debug, Clone, Copy)]
pub(super) enum Task<'a> {
    /// The forecast of a series; with the name of the series, if the network is for this series alone.
    Series(&'a RnnConfig, Option<&'a str>),
    /// The forecast of the pretrained network, fine-tuned, with its quantiles.
    FineTuned(&'a Loss<f32>),
    /// The next token of a text.
    Text(&'a TextMetadata),
}

/// Where forecasts below 0 are set to 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Floor {
    /// Nowhere.
    None,
    /// The forecasts of the only network.
    OfNetwork,
    /// After the forecasts of several networks or models are combined.
    OfCombination,
}

impl Source {
    /// Reads the model of a file.
    ///
    /// # Errors
    /// A damaged file, a checkpoint of a forecaster, a file of another program.
    pub(super) fn of(file: &ModelFile<f32>) -> Result<Self> {
        if TextMetadata::is_in(file) {
            return Ok(Self::Text(Box::new(TextModel::from_file(file)?)));
        }
        let (fitted, read) = FittedForecaster::from_file(file)?;
        Ok(Self::Forecaster(Box::new(fitted), Box::new(read)))
    }

    /// Where forecasts below 0 are set to 0.
    pub(super) fn floor(&self) -> Floor {
        match self {
            Self::Forecaster(fitted, _) if fitted.settings.non_negative => {
                match fitted.selection.composition()[..] {
                    [_] if fitted.ensembles.iter().all(|ensemble| ensemble.nets.len() == 1) => {
                        Floor::OfNetwork
                    }
                    _ => Floor::OfCombination,
                }
            }
            _ => Floor::None,
        }
    }

    /// Quantiles of the bounds of the prediction intervals and the median, between 0 and 1, sorted; empty for text.
    pub(super) fn quantiles(&self) -> Vec<f64> {
        match self {
            Self::Forecaster(fitted, _) => taus(&fitted.settings.levels),
            Self::Text(_) => Vec::new(),
        }
    }

    /// The networks in the order of their tensors, and notes on those that are left out.
    ///
    /// # Errors
    /// A model without a trained network.
    pub(super) fn networks(&self) -> Result<(Vec<Network<'_>>, Vec<String>)> {
        let fitted = match self {
            Self::Text(text) => return Ok((vec![of_text(text)], Vec::new())),
            Self::Forecaster(fitted, _) => fitted,
        };
        let (mut networks, mut notes) = (Vec::new(), Vec::new());
        let mut number = 0;
        for (e, ensemble) in fitted.ensembles.iter().enumerate() {
            let series = fitted.names.get(e).map(String::as_str);
            for net in &ensemble.nets {
                let prefix = fitted.prefix(number);
                number += 1;
                if net.settings.is_untrained() {
                    notes.push(untrained(&prefix));
                    continue;
                }
                let task = Task::Series(&net.settings, series);
                let config = net.model().config().clone();
                networks.push(Network { prefix, config, params: net.params(), task });
            }
        }
        for (e, ensemble) in fitted.ensembles.iter().enumerate() {
            if let Some(tuned) = &ensemble.fine_tuned {
                let task = Task::FineTuned(tuned.loss());
                networks.extend(tuned.nets().iter().enumerate().map(|(n, params)| Network {
                    prefix: FittedForecaster::fine_tuned_prefix(e, n),
                    config: tuned.config().clone(),
                    params,
                    task,
                }));
            }
        }
        notes.extend(blended(fitted));
        if self.floor() == Floor::OfCombination {
            notes.push(
                "forecasts below 0 are set to 0 after the networks and models are combined, which is not part of a graph"
                    .to_owned(),
            );
        }
        match networks.is_empty() {
            true => Err(no_network(fitted)),
            false => Ok((networks, notes)),
        }
    }
}

fn of_text(text: &TextModel) -> Network<'_> {
    Network {
        prefix: String::new(),
        config: text.model().config().clone(),
        params: text.params(),
        task: Task::Text(text.about()),
    }
}

fn untrained(prefix: &str) -> String {
    format!(
        "`{}` is left out: its forecast is the last value (persistence), without a network",
        prefix.trim_end_matches('.')
    )
}

/// The note on a forecast that is not the mean of the exported networks.
fn blended(fitted: &FittedForecaster) -> Option<String> {
    let composition = fitted.selection.composition();
    let own = [Model::Network.name(), Model::FineTuned.name()];
    let others = composition.iter().filter(|part| !own.contains(&part.model));
    let others: Vec<String> =
        others.map(|part| format!("{} {:.0} %", part.model, 100.0 * part.weight)).collect();
    (!others.is_empty()).then(|| {
        format!(
            "the forecast of this model is a blend, and only its networks are exported; weights of the others: {}",
            others.join(", ")
        )
    })
}

fn no_network(fitted: &FittedForecaster) -> crate::error::Error {
    let parts = fitted.selection.composition();
    let names: Vec<&str> = parts.iter().map(|part| part.model).collect();
    refused(
        format!(
            "this model has no trained network of its own: its forecast is {}",
            names.join(", ")
        ),
        "train a network: `elman train DATA`; then export its model",
    )
}
