//! Model files of networks that were trained in the page: the same safetensors that the program forecasts from.
//!
//! The hidden state in the file is that at the end of the training set, so that a forecast from the file is the recursive
//! forecast of the page.

use std::path::Path;

use elman::data::Series;
use elman::nn::file::ModelFile;
use elman::select::{FittedForecaster, RnnForecaster};
use elman::{Error, io::read::ReadOptions};
use elman_nn::registry::Entry;
use serde::{Deserialize, Serialize};

use crate::series::{LEN, SeriesEntry, TEST_LEN, repeated};

/// The name of the file in errors.
const NAME: &str = "the model file";

/// Values of a drawn period, and of a training set that repeats it.
const DRAWN_LEN: usize = 40;
const TRAIN_LEN: usize = LEN - TEST_LEN;

/// The settings of a training in the page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Trained {
    /// The name of the series; a name that is not in the registry is that of a drawn period.
    pub(crate) data: String,
    /// A drawn period.
    pub(crate) drawn: Vec<f64>,
    /// Whether the inputs are standardized.
    pub(crate) standardize: bool,
    /// The cell, by its name in the registry.
    pub(crate) cell: String,
    /// H.
    pub(crate) hidden: usize,
    /// L.
    pub(crate) layers: usize,
    /// T.
    pub(crate) seq_length: usize,
    /// The learning rate, before the schedule scales it.
    pub(crate) rate: f64,
    /// The optimizer, by its name in the registry.
    pub(crate) optimizer: String,
    /// The schedule of the learning rate, by its name in the registry.
    pub(crate) schedule: String,
    /// The largest norm of the gradient; 0 for no clipping.
    pub(crate) clip: f64,
    /// Whether the hidden state was carried into the next window.
    pub(crate) carry: bool,
    /// The seed of the initial weights.
    pub(crate) seed: u64,
    /// Optimizer steps done.
    pub(crate) step: u64,
}

impl Trained {
    /// The training set.
    fn values(&self) -> Vec<f64> {
        let mut values = match SeriesEntry::find(&self.data) {
            Ok(entry) => entry.values(self.seed),
            Err(_) => repeated(&self.drawn),
        };
        values.truncate(values.len().saturating_sub(TEST_LEN));
        values
    }
}

/// The model file of a network with `weights`.
///
/// # Errors
/// Settings out of range, or weights that do not fit them.
pub(crate) fn write(trained: &Trained, weights: &[f32]) -> Result<Vec<u8>, Error> {
    let panel = vec![Series::counted(&trained.data, trained.values())];
    let forecaster = forecaster(trained).with_weights(panel, weights, trained.step)?;
    forecaster.to_bytes(Path::new(NAME), &ReadOptions::default())
}

/// The configuration of the program for a training of the page: inputs and targets are values, and no differences.
fn forecaster(trained: &Trained) -> RnnForecaster {
    let mut settings = RnnForecaster::lesson()
        .cell(&trained.cell)
        .hidden_size(trained.hidden)
        .seq_length(trained.seq_length)
        .learning_rate(trained.rate)
        .seed(trained.seed);
    settings.model.num_layers = trained.layers;
    settings.train.carry = trained.carry;
    settings.train.optimizer.name = trained.optimizer.clone();
    settings.train.schedule.name = trained.schedule.clone();
    settings.train.clip = (trained.clip > 0.0).then_some(trained.clip);
    settings.scaler = Some(if trained.standardize { "standard" } else { "none" }.to_owned());
    settings
}

/// Reads a model file that the page wrote: its settings and its weights.
///
/// # Errors
/// A file that is damaged, or a model that was not trained in the page.
pub(crate) fn read(bytes: &[u8]) -> Result<(Trained, Vec<f32>), Error> {
    let file = ModelFile::<f32>::from_reader(bytes, Path::new(NAME))?;
    let (fitted, _) = FittedForecaster::from_file(&file)?;
    let of_page = || {
        let trained = settings_of(&fitted)?;
        let weights = fitted.nets().next()?.params().values().to_vec();
        // A file with another series, or with any other setting, was not written by the page.
        (write(&trained, &weights).ok()? == bytes).then_some((trained, weights))
    };
    of_page().ok_or_else(|| Error::Model {
        path: NAME.to_owned(),
        reason: "it was not trained in this page".to_owned(),
        help: "choose a file that the page has saved; the program forecasts from other models: elman forecast MODEL"
            .to_owned(),
    })
}

/// The settings of a fitted forecaster, if it could be one of the page.
fn settings_of(fitted: &FittedForecaster) -> Option<Trained> {
    let RnnForecaster { model, train, seq_length, scaler, .. } = &fitted.training()?.settings;
    let recent = &fitted.memory()?.recent;
    // The training set of a drawn period ends with half a period; the one before is whole.
    let start = recent.values.len().checked_sub(TRAIN_LEN % DRAWN_LEN + DRAWN_LEN)?;
    let drawn = recent.values[start..][..DRAWN_LEN].to_vec();
    Some(Trained {
        data: recent.name.clone(),
        drawn,
        standardize: scaler.as_deref() == Some("standard"),
        cell: model.cell.clone(),
        hidden: model.hidden_size,
        layers: model.num_layers,
        seq_length: (*seq_length)?,
        rate: train.learning_rate,
        optimizer: train.optimizer.name.clone(),
        schedule: train.schedule.name.clone(),
        clip: train.clip.unwrap_or(0.0),
        carry: train.carry,
        seed: train.seed,
        step: train.max_steps,
    })
}
