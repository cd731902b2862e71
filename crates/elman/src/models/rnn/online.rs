//! A network that steps value by value: one value updates the hidden state of a series, and the forecast follows from the
//! outputs without another pass over the history.

use std::sync::Arc;

use elman_nn::losses::Loss;
use elman_nn::{Error, Params, Runner, SavedState, State};
use serde::{Deserialize, Serialize};

use super::config::RnnConfig;
use super::model::{RnnRef, append_values};
use super::online_persistence::{OnlinePersistence, SavedPersistence};
use crate::data::{HistoryView, ranges};
use crate::features::{CursorState, SeriesCursor};
use crate::transforms::Preprocessing;

/// Series in one batch.
pub(crate) const LANES: usize = 16;

/// One network of an ensemble, with the working memory of one time step. It serves the states of any number of series.
///
/// Its forecasts are those of [`RnnRef::forecasts`] for a history up to the same cutoff, but for the last bits: one row of a
/// product is summed in another order than several.
pub(crate) struct OnlineRnn<'m> {
    net: RnnRef<'m>,
    /// Weights after online training, in place of those of `net`.
    trained: Option<Params<f32>>,
    loss: Loss<f32>,
    preprocessing: Arc<Preprocessing>,
    runner: Runner<f32>,
    x: Vec<f32>,
    /// Working memory of a batch, made when it is first needed.
    batch: Option<(Runner<f32>, Vec<f32>)>,
}

impl<'m> OnlineRnn<'m> {
    pub(crate) fn new(net: RnnRef<'m>) -> Result<Self, Error> {
        Ok(Self {
            net,
            trained: None,
            loss: net.settings.output.loss()?,
            preprocessing: Arc::new(net.settings.preprocessing.clone()),
            runner: Runner::new(net.model, 1, 1, 1)?,
            x: vec![0.0; net.settings.inputs()],
            batch: None,
        })
    }

    /// Configuration of the network.
    pub(crate) fn settings(&self) -> &'m RnnConfig {
        self.net.settings
    }

    /// The network, with the weights of now.
    pub(crate) fn net(&self) -> RnnRef<'_> {
        RnnRef { params: self.trained.as_ref().unwrap_or(self.net.params), ..self.net }
    }

    /// Replaces the weights; `None` for those of the model.
    pub(crate) fn set_params(&mut self, params: Option<&Params<f32>>) {
        match (&mut self.trained, params) {
            (Some(trained), Some(params)) => trained.copy_from(params),
            (trained, params) => *trained = params.cloned(),
        }
    }

    /// State after `history`, from which unit and season are computed.
    pub(crate) fn start(&self, history: HistoryView<'_>) -> Result<SeriesState, Error> {
        let RnnConfig { preprocessing, seasons, horizon, output, seq_length, carry, .. } =
            self.net.settings;
        if self.net.settings.is_untrained() {
            let mut state = OnlinePersistence::new(self.net.settings, history);
            known(history).for_each(|y| state.update(self.net.settings, y));
            return Ok(SeriesState::Persistence(Box::new(state)));
        }
        let counts = output.is_of_counts();
        let mut cursor = SeriesCursor::new(preprocessing, history, seasons, *horizon, counts);
        cursor.share(&self.preprocessing);
        let RnnRef { model, params, .. } = self.net();
        let mut runner = Runner::new(model, (*seq_length).min(history.cutoff).max(1), 1, 1)?;
        let mut outputs = vec![0.0; model.config().output_size];
        let (values, mut x): (Vec<f64>, _) = (known(history).collect(), Vec::new());
        for window in values.chunks(*seq_length) {
            if !carry {
                runner.reset();
            }
            x.resize(window.len() * self.x.len(), 0.0);
            for (y, x) in window.iter().zip(x.chunks_exact_mut(self.x.len())) {
                cursor.push(*y);
                cursor.write_inputs(x);
            }
            let all = runner.run(model, params, &x)?;
            let last = all.len() - outputs.len();
            outputs.copy_from_slice(&all[last..]);
        }
        cursor.forget_past_seasons();
        let (hidden, count) = (runner.state().clone(), values.len());
        Ok(SeriesState::Network(Box::new(NetworkState { cursor, hidden, outputs, count })))
    }

    /// Updates the state with the next value; NaN if it is missing. Allocates nothing.
    pub(crate) fn update(&mut self, state: &mut SeriesState, y: f64) -> Result<(), Error> {
        let RnnConfig { carry, seq_length, .. } = self.net.settings;
        let NetworkState { cursor, hidden, outputs, count } = match state {
            SeriesState::Network(network) => &mut **network,
            SeriesState::Persistence(persistence) => {
                persistence.update(self.net.settings, y);
                return Ok(());
            }
        };
        if !carry && count.is_multiple_of(*seq_length) {
            hidden.reset();
        }
        cursor.push(y);
        cursor.write_inputs(&mut self.x);
        let params = self.trained.as_ref().unwrap_or(self.net.params);
        self.runner.swap_state(hidden);
        let outcome = self.runner.run(self.net.model, params, &self.x);
        outcome.map(|all| outputs.copy_from_slice(all))?;
        self.runner.swap_state(hidden);
        *count += 1;
        Ok(())
    }

    /// Updates the states of up to [`LANES`] series, each with its next value. The products of a batch are summed in another
    /// order than those of [`update`](OnlineRnn::update), and in the same order for any number of series.
    pub(crate) fn update_all<'s>(
        &mut self,
        states: impl Iterator<Item = (&'s mut SeriesState, f64)>,
    ) -> Result<(), Error> {
        let (model, inputs) = (self.net.model, self.x.len());
        if self.batch.is_none() {
            self.batch = Some((Runner::new(model, 1, LANES, 1)?, vec![0.0; LANES * inputs]));
        }
        let (Some((runner, x)), RnnConfig { carry, seq_length, .. }) =
            (&mut self.batch, self.net.settings)
        else {
            return Ok(());
        };
        let mut networks = Vec::with_capacity(LANES);
        for (state, y) in states.take(LANES) {
            match state {
                SeriesState::Persistence(persistence) => persistence.update(self.net.settings, y),
                SeriesState::Network(network) => {
                    let NetworkState { cursor, hidden, count, .. } = &mut **network;
                    if !carry && count.is_multiple_of(*seq_length) {
                        hidden.reset();
                    }
                    let lane = networks.len();
                    cursor.push(y);
                    cursor.write_inputs(&mut x[lane * inputs..][..inputs]);
                    runner.set_lane(lane, hidden);
                    *count += 1;
                    networks.push(network);
                }
            }
        }
        let params = self.trained.as_ref().unwrap_or(self.net.params);
        let all = runner.run(model, params, x)?;
        let size = model.config().output_size;
        for (network, outputs) in networks.iter_mut().zip(all.chunks_exact(size)) {
            network.outputs.copy_from_slice(outputs);
        }
        for (lane, network) in networks.iter_mut().enumerate() {
            runner.copy_lane(lane, &mut network.hidden);
        }
        Ok(())
    }

    /// Appends the forecast of the horizon, followed by as many values for each of `quantiles`.
    /// `horizon` is at most the trained one.
    pub(crate) fn forecast(
        &self,
        state: &SeriesState,
        horizon: usize,
        quantiles: &[f64],
        to: &mut Vec<f64>,
    ) {
        match state {
            SeriesState::Network(network) => {
                let inverse = |k: usize, output: f64| network.cursor.inverse(k, output);
                let outputs = &network.outputs[..horizon * self.loss.outputs_per_target()];
                append_values(&self.loss, outputs, quantiles, inverse, to);
            }
            SeriesState::Persistence(persistence) => {
                persistence.forecast(self.net.settings, horizon, to);
            }
        }
    }

    /// Continues from a saved state.
    ///
    /// # Errors
    /// A state that is out of range, or does not fit the network.
    pub(crate) fn resume(&self, saved: &SavedSeriesState) -> Result<SeriesState, Error> {
        let is_untrained = self.net.settings.is_untrained();
        match saved {
            SavedSeriesState::Network(saved) if !is_untrained => {
                let state = self.resume_network(saved)?;
                Ok(SeriesState::Network(Box::new(state)))
            }
            SavedSeriesState::Persistence(saved) if is_untrained => {
                let state = OnlinePersistence::resume(self.net.settings, saved)?;
                Ok(SeriesState::Persistence(Box::new(state)))
            }
            _ => Err(of_another_network()),
        }
    }

    fn resume_network(&self, saved: &RnnState) -> Result<NetworkState, Error> {
        let RnnConfig { preprocessing, horizon, output, .. } = self.net.settings;
        let RnnState { cursor, hidden, outputs, count } = saved;
        let model = self.net.model;
        let hidden = model.saved_state(hidden).filter(|state| state.shape()[1] == 1);
        let outputs_fit = outputs.len() == model.config().output_size
            && outputs.iter().all(|output| output.is_finite());
        let (Some(hidden), true) = (hidden, outputs_fit) else { return Err(of_another_network()) };
        ranges::count("count", *count as u64)?;
        let counts = output.is_of_counts();
        let mut cursor = SeriesCursor::resume(preprocessing, *horizon, counts, cursor)?;
        cursor.share(&self.preprocessing);
        Ok(NetworkState { cursor, hidden, outputs: outputs.clone(), count: *count })
    }
}

fn of_another_network() -> Error {
    let got = "those of another network".to_owned();
    Error::Setting { name: "memory", got, must_be: "those of its network" }
}

/// Values up to the cutoff. Before the first known value there is no value to repeat, so that the first one is filled.
fn known(HistoryView { history, cutoff }: HistoryView<'_>) -> impl Iterator<Item = f64> {
    let values = history.values[..cutoff].iter().enumerate();
    values.map(|(t, y)| if t == 0 { history.filled[0] } else { *y })
}

/// State of one network after the last value of one series.
#[derive(Debug, Clone)]
pub(crate) enum SeriesState {
    Network(Box<NetworkState>),
    Persistence(Box<OnlinePersistence>),
}

/// State of a trained network: preprocessing, hidden state and outputs.
#[derive(Debug, Clone)]
pub(crate) struct NetworkState {
    pub(crate) cursor: SeriesCursor,
    /// `[L, 1, H]`.
    pub(crate) hidden: State<f32>,
    /// Outputs `[K]` after the last value.
    outputs: Vec<f32>,
    /// Number of values.
    count: usize,
}

impl SeriesState {
    /// Whether the network can read the next value `y`: whether its transform is defined there, and fits in an `f32`.
    pub(crate) fn accepts(&self, y: f64) -> bool {
        match self {
            Self::Network(network) => network.cursor.accepts(y),
            Self::Persistence(_) => true,
        }
    }

    /// State to be saved.
    pub(crate) fn save(&self) -> SavedSeriesState {
        match self {
            Self::Network(network) => {
                let NetworkState { cursor, hidden, outputs, count } = &**network;
                let (cursor, hidden) = (cursor.save(), hidden.save());
                let outputs = outputs.clone();
                SavedSeriesState::Network(RnnState { cursor, hidden, outputs, count: *count })
            }
            Self::Persistence(persistence) => SavedSeriesState::Persistence(persistence.save()),
        }
    }

    /// Resets the hidden state, as before the first value of another history, which begins `skipped` time steps after the
    /// last value. The unit stays, and the season continues.
    pub(crate) fn reset(&mut self, skipped: usize) {
        match self {
            Self::Network(network) => {
                network.cursor.reset(skipped);
                network.hidden.reset();
                network.count = 0;
            }
            Self::Persistence(persistence) => persistence.reset(skipped),
        }
    }

    /// Hidden state `[L, 1, H]` of a trained network.
    pub(crate) fn hidden(&self) -> Option<&State<f32>> {
        match self {
            Self::Network(network) => Some(&network.hidden),
            Self::Persistence(_) => None,
        }
    }

    /// Heap memory of the state, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        match self {
            Self::Network(network) => {
                let hidden = network.hidden.names().iter();
                let hidden: usize =
                    hidden.filter_map(|name| network.hidden.tensor(name)).map(<[f32]>::len).sum();
                size_of::<NetworkState>()
                    + 4 * (hidden + network.outputs.len())
                    + network.cursor.heap_bytes()
            }
            Self::Persistence(persistence) => persistence.bytes(),
        }
    }
}

/// Saved state of one network on one series.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum SavedSeriesState {
    Network(RnnState),
    Persistence(SavedPersistence),
}

/// Saved state of a trained network, as a model file keeps it, too.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct RnnState {
    pub(crate) cursor: CursorState,
    /// Hidden state `[L, 1, H]`.
    pub(crate) hidden: SavedState,
    /// Outputs after the last value.
    outputs: Vec<f32>,
    /// Number of values.
    count: usize,
}
