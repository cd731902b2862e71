//! Description of a fitted forecaster: networks, preprocessing, hidden state, scores, provenance.

use elman_nn::ModelConfig;
use serde::Serialize;

use crate::error::Result;
use crate::io::read::ReadOptions;
use crate::models::rnn::{Likelihood, RnnConfig, RnnModel};
use crate::select::{
    BenchmarkScore, FittedForecaster, Memory, ModelWeight, Provenance, Scope, SelectionReport,
    TrainedOn,
};
use crate::transforms::Preprocessing;

/// Description of a fitted forecaster.
#[derive(Debug, Clone, Serialize)]
pub struct ForecasterDescription {
    /// Horizon of the training, in time steps.
    pub horizon: usize,
    /// Levels of the prediction intervals, in per cent.
    pub levels: Vec<f64>,
    /// Output distribution of the networks.
    pub likelihood: Likelihood,
    /// Which series share the networks.
    pub scope: Scope,
    /// Transform of the target, by name.
    pub transform: &'static str,
    /// Seasonal periods in time steps.
    pub seasons: Vec<usize>,
    /// Covariates of the networks.
    pub covariates: Vec<String>,
    /// Networks, in the order of their tensors.
    pub networks: Vec<Network>,
    /// Weight of each model in the forecast.
    pub composition: Vec<ModelWeight>,
    /// Hidden state after the last value of the series, from which a forecast continues without the data.
    pub hidden_state: Option<HiddenState>,
    /// How data are read.
    pub read: ReadOptions,
    /// The series of the training.
    pub trained_on: TrainedOn,
    /// Provenance of the training data; `None` of a forecaster with model selection.
    pub source: Option<Provenance>,
    /// The values that the scores are measured on: `validation` or `test`.
    pub scores_on: &'static str,
    /// Errors on these values, of the forecast and of each baseline.
    pub scores: Vec<BenchmarkScore>,
    /// Forecasts that were compared with actual values.
    pub forecasts: usize,
    /// Coverage of the prediction intervals on the same values, by level; empty if it was not measured.
    pub coverage: Vec<f64>,
    /// Normalized errors from which conformal intervals are computed, over all ensembles.
    pub calibration_errors: usize,
    /// Report of model selection or of the test set.
    pub selection: SelectionReport,
}

/// A network of a forecaster.
#[derive(Debug, Clone, Serialize)]
pub struct Network {
    /// Series of the network, if each has its own.
    pub series: Option<String>,
    /// Sizes of the layers.
    pub model: ModelConfig,
    /// Number of parameters.
    pub parameters: usize,
    /// Preprocessing of the series.
    pub preprocessing: Preprocessing,
    /// Optimizer steps; 0 for a forecast without training.
    pub optimizer_steps: u64,
    /// Window of truncated backpropagation, in time steps.
    pub seq_length: usize,
    /// Whether the hidden state is carried from window to window.
    pub carry: bool,
}

/// Hidden state of a network.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HiddenState {
    /// Name of the series.
    pub series: String,
    /// Values that the state was updated with.
    pub after: usize,
    /// Date or number of the last of them.
    pub last: String,
    /// Shape [L, B, H] of each tensor.
    pub shape: [usize; 3],
    /// Name and Euclidean norm of each tensor.
    pub norms: Vec<(String, f64)>,
}

impl ForecasterDescription {
    pub(super) fn of(fitted: &FittedForecaster, read: ReadOptions) -> Result<Self> {
        let (settings, selection) = (&fitted.settings, &fitted.selection);
        let errors = |ensemble: &crate::select::Ensemble| {
            ensemble.conformal.as_ref().map_or(0, |conformal| conformal.num_errors())
        };
        Ok(Self {
            horizon: settings.horizon,
            levels: settings.levels.clone(),
            likelihood: settings.likelihood,
            scope: settings.scope,
            transform: selection.transform.name,
            seasons: selection.seasons.clone(),
            covariates: fitted.encoding.names(),
            networks: networks(fitted)?,
            composition: selection.composition(),
            hidden_state: fitted.memory().map(HiddenState::of),
            read,
            trained_on: fitted.trained_on.clone(),
            source: fitted.training().map(|training| training.source.clone()),
            scores_on: if fitted.training().is_some() { "test" } else { "validation" },
            scores: selection.scores.clone(),
            forecasts: selection.forecasts,
            coverage: selection.coverage.clone(),
            calibration_errors: fitted.ensembles.iter().map(errors).sum(),
            selection: selection.clone(),
        })
    }
}

fn networks(fitted: &FittedForecaster) -> Result<Vec<Network>> {
    let names = fitted.names.iter().cloned().map(Some);
    let of_series = names.chain(std::iter::repeat(None));
    let mut networks = Vec::new();
    for (ensemble, series) in fitted.ensembles.iter().zip(of_series) {
        for net in &ensemble.nets {
            networks.push(Network::of(net, series.clone())?);
        }
    }
    Ok(networks)
}

impl Network {
    fn of(net: &RnnModel, series: Option<String>) -> Result<Self> {
        let RnnConfig { preprocessing, max_steps, stop, seq_length, carry, start, .. } =
            &net.settings;
        let model = net.settings.model()?;
        Ok(Self {
            series,
            model: model.config().clone(),
            parameters: net.params().layout().count(),
            preprocessing: preprocessing.clone(),
            optimizer_steps: start + stop.unwrap_or(*max_steps),
            seq_length: *seq_length,
            carry: *carry,
        })
    }
}

impl HiddenState {
    fn of(memory: &Memory) -> Self {
        let state = memory.hidden_state();
        let norm = |values: &Vec<f64>| values.iter().map(|h| h * h).sum::<f64>().sqrt();
        Self {
            series: memory.recent.name.clone(),
            after: memory.steps,
            last: memory.recent.label(memory.recent.len() - 1),
            shape: state.shape,
            norms: state.tensors.iter().map(|(name, h)| (name.clone(), norm(h))).collect(),
        }
    }
}
