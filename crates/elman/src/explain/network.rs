//! The network that is explained, in numbers and names.

use elman_nn::cells::CellEntry;
use elman_nn::registry::Entry;
use serde::Serialize;

use super::ExplainOptions;
use crate::error::{Error, Result};
use crate::models::rnn::RnnModel;
use crate::select::Ensemble;

/// Facts on a network.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NetworkFacts {
    /// Its number in the ensemble, from 1.
    pub number: usize,
    /// Networks in the ensemble.
    pub of: usize,
    /// Cell, by name.
    pub cell: String,
    /// Whether the cell has gates.
    pub has_gates: bool,
    /// Hidden size H.
    pub hidden_size: usize,
    /// Number L of recurrent layers.
    pub num_layers: usize,
    /// Dilation of each layer; empty for 1 in all layers.
    pub dilations: Vec<usize>,
    /// Whether residual connections add the input of each layer but the first to its output.
    pub residual: bool,
    /// Number of weights.
    pub parameters: usize,
    /// Inputs at a time step.
    pub inputs: usize,
    /// Values of the series among the inputs at a time step.
    pub lags: usize,
    /// Preprocessing, in words.
    pub preprocessing: String,
    /// Whether inputs and outputs are differences from a moving level.
    pub differences: bool,
    /// Whether the season is removed from the inputs and added to the forecast.
    pub deseasonalized: bool,
    /// Whether the seasonal values of the horizon are inputs.
    pub seasonal_features: bool,
    /// Loss, by name.
    pub loss: String,
    /// Horizon of the training.
    pub horizon: usize,
    /// Window of truncated backpropagation, in time steps.
    pub seq_length: usize,
    /// Whether the hidden state is carried from window to window.
    pub carry: bool,
    /// Seasonal periods in time steps, shortest first.
    pub seasons: Vec<usize>,
}

impl NetworkFacts {
    /// Facts on `net`, number `number` of `of` networks.
    pub(super) fn of(net: &RnnModel, number: usize, of: usize) -> Self {
        let settings = &net.settings;
        let cell = CellEntry::<f32>::find(&settings.cell);
        Self {
            number,
            of,
            cell: settings.cell.clone(),
            has_gates: cell.is_ok_and(|cell| !cell.named_gates.is_empty()),
            hidden_size: settings.hidden_size,
            num_layers: settings.stack.num_layers,
            dilations: settings.stack.dilations.clone(),
            residual: settings.stack.residual,
            parameters: net.model().layout().count(),
            inputs: net.model().config().input_size,
            lags: settings.preprocessing.lags,
            preprocessing: settings.preprocessing.to_string(),
            differences: settings.preprocessing.differences > 0,
            deseasonalized: settings.preprocessing.deseasonalize,
            seasonal_features: settings.preprocessing.seasonal_features,
            loss: settings.output.loss.clone(),
            horizon: settings.horizon,
            seq_length: settings.seq_length,
            carry: settings.carry,
            seasons: settings.seasons.clone(),
        }
    }

    /// The shortest seasonal period.
    pub fn season(&self) -> Option<usize> {
        self.seasons.first().copied().filter(|season| *season > 1)
    }
}

/// The network that was asked for.
pub(super) fn network<'a>(
    ensemble: &'a Ensemble,
    options: &ExplainOptions,
) -> Result<&'a RnnModel> {
    let refused = |reason: String, help: String| Err(Error::Forecast { reason, help });
    let (nets, number) = (&ensemble.nets, options.network);
    let Some(net) = number.checked_sub(1).and_then(|index| nets.get(index)) else {
        let reason = format!("there is no network number {number}: the model has {}", nets.len());
        return refused(reason, format!("choose a `--network` from 1 to {}", nets.len()));
    };
    let settings = &net.settings;
    if settings.is_untrained() {
        let trained = nets.iter().position(|net| !net.settings.is_untrained());
        let help = match trained {
            Some(index) => format!("choose a trained one: `--network {}`", index + 1),
            None => "train a network: `elman train DATA`, or `elman forecast DATA --model network --save MODEL`".to_owned(),
        };
        let reason = format!(
            "network {number} of {} is not trained: it repeats the last value, and has no hidden state to explain",
            nets.len()
        );
        return refused(reason, help);
    }
    if !(1..=settings.horizon).contains(&options.step_ahead) {
        let (ahead, horizon) = (options.step_ahead, settings.horizon);
        let reason =
            format!("the network has no output {ahead} steps ahead: its horizon is {horizon}");
        return refused(reason, format!("choose a `--step-ahead` from 1 to {horizon}"));
    }
    Ok(net)
}

/// A note where the forecast does not come from this network alone.
pub(super) fn other_models(ensemble: &Ensemble, facts: &NetworkFacts) -> Option<String> {
    let weight = ensemble.selection.network_weight;
    let others = match (facts.of, weight < 1.0) {
        (1, false) => return None,
        (of, false) => format!("the mean of {of} networks"),
        (1, true) => "a mean of this network and other models".to_owned(),
        (of, true) => format!("a mean of {of} networks and other models"),
    };
    Some(format!(
        "the forecast of this model is {others}: the explanation is of network {} alone",
        facts.number
    ))
}
