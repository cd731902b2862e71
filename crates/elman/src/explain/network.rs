//! The network that is explained, in numbers and names.

use elman_nn::cells::CellEntry;
use elman_nn::registry::Entry;
use serde::Serialize;

use crate::models::rnn::RnnModel;

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
