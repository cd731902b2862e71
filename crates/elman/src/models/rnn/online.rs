//! A network that runs on: one value updates its hidden state, and its forecast is at hand without another pass over the
//! history.

use std::collections::VecDeque;

use elman_nn::losses::Loss;
use elman_nn::{Error, Runner, SavedState, State};
use serde::{Deserialize, Serialize};

use super::config::RnnConfig;
use super::model::{RnnRef, append_values};
use super::persistence::{self, LastValues};
use crate::data::{HistoryView, ranges};
use crate::features::{CursorState, SeriesCursor};
use crate::transforms::series_transform::SeriesTransform;

/// Network of an ensemble on one series, with its state after the last value. It gives the forecasts of
/// [`RnnRef::forecasts`] for a history up to the same cutoff, but for the last bits: one row of a product is summed in
/// another order than several.
pub(crate) enum OnlineRnn<'m> {
    Trained(Box<OnlineNetwork<'m>>),
    Untrained(Box<OnlinePersistence<'m>>),
}

impl<'m> OnlineRnn<'m> {
    /// Starts after `history`, from which unit and season are computed.
    pub(crate) fn start(net: RnnRef<'m>, history: HistoryView<'_>) -> Result<Self, Error> {
        if net.settings.is_untrained() {
            let mut online = OnlinePersistence::new(net.settings, history);
            known(history).for_each(|y| online.update(y));
            return Ok(Self::Untrained(Box::new(online)));
        }
        let mut online = OnlineNetwork::new(net, history)?;
        let values: Vec<f64> = known(history).collect();
        for window in values.chunks(net.settings.seq_length) {
            online.update(window)?;
        }
        Ok(Self::Trained(Box::new(online)))
    }

    /// Whether the network can read the next value `y`: whether its transform is defined there, and fits in an `f32`.
    pub(crate) fn accepts(&self, y: f64) -> bool {
        match self {
            Self::Trained(network) => network.cursor.accepts(y),
            Self::Untrained(_) => true,
        }
    }

    /// Updates the state with the next value; NaN if it is missing.
    pub(crate) fn update(&mut self, y: f64) -> Result<(), Error> {
        match self {
            Self::Trained(network) => network.update(&[y]),
            Self::Untrained(persistence) => {
                persistence.update(y);
                Ok(())
            }
        }
    }

    /// Appends the forecast of the horizon, followed by as many values for each of `quantiles`.
    pub(crate) fn forecast(&self, quantiles: &[f64], to: &mut Vec<f64>) {
        match self {
            Self::Trained(network) => network.forecast(quantiles, to),
            Self::Untrained(persistence) => persistence.forecast(to),
        }
    }

    /// An independent copy.
    pub(crate) fn fork(&self) -> Result<Self, Error> {
        Ok(match self {
            Self::Trained(network) => Self::Trained(Box::new(network.fork()?)),
            Self::Untrained(persistence) => Self::Untrained(persistence.clone()),
        })
    }

    /// State after the last value; `None` for an untrained network, and for one that removes a season.
    pub(crate) fn save(&self) -> Option<RnnState> {
        let Self::Trained(network) = self else { return None };
        let OnlineNetwork { cursor, runner, outputs, count, .. } = &**network;
        let hidden = runner.state().save();
        Some(RnnState { cursor: cursor.save()?, hidden, outputs: outputs.clone(), count: *count })
    }

    /// Continues from a saved state.
    ///
    /// # Errors
    /// A state that is out of range, or does not fit the network.
    pub(crate) fn resume(net: RnnRef<'m>, saved: &RnnState) -> Result<Self, Error> {
        Ok(Self::Trained(Box::new(OnlineNetwork::resume(net, saved)?)))
    }

    /// Resets the hidden state of a trained network without a season, as before the first value of another history. The
    /// unit stays.
    pub(crate) fn reset(&mut self) {
        if let Self::Trained(network) = self {
            network.cursor.reset();
            network.runner.reset();
            network.count = 0;
        }
    }

    /// Hidden state `[L, 1, H]` of a trained network.
    pub(crate) fn state(&self) -> Option<&State<f32>> {
        match self {
            Self::Trained(network) => Some(network.runner.state()),
            Self::Untrained(_) => None,
        }
    }
}

/// Values up to the cutoff. Before the first known value there is no value to repeat, so that the first one is filled.
fn known(HistoryView { history, cutoff }: HistoryView<'_>) -> impl Iterator<Item = f64> {
    let values = history.values[..cutoff].iter().enumerate();
    values.map(|(t, y)| if t == 0 { history.filled[0] } else { *y })
}

/// State of a network after the last value of a series, as a model file keeps it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct RnnState {
    cursor: CursorState,
    /// Hidden state `[L, 1, H]`.
    pub(crate) hidden: SavedState,
    /// Outputs after the last value.
    outputs: Vec<f32>,
    /// Number of values.
    count: usize,
}

/// A trained network, its cursor and its hidden state.
pub(crate) struct OnlineNetwork<'m> {
    net: RnnRef<'m>,
    loss: Loss<f32>,
    cursor: SeriesCursor,
    runner: Runner<f32>,
    x: Vec<f32>,
    outputs: Vec<f32>,
    count: usize,
}

impl<'m> OnlineNetwork<'m> {
    fn new(net: RnnRef<'m>, history: HistoryView<'_>) -> Result<Self, Error> {
        let RnnConfig { preprocessing, seasons, horizon, output, .. } = net.settings;
        let counts = output.is_of_counts();
        Ok(Self {
            loss: output.loss()?,
            cursor: SeriesCursor::new(preprocessing, history, seasons, *horizon, counts),
            runner: Runner::new(
                net.model,
                net.settings.seq_length.min(history.cutoff).max(1),
                1,
                1,
            )?,
            x: Vec::new(),
            outputs: vec![0.0; net.model.config().output_size],
            count: 0,
            net,
        })
    }

    fn resume(net: RnnRef<'m>, saved: &RnnState) -> Result<Self, Error> {
        let RnnConfig { preprocessing, horizon, output, .. } = net.settings;
        let RnnState { cursor, hidden, outputs, count } = saved;
        let state = net.model.saved_state(hidden).filter(|state| state.shape()[1] == 1);
        let outputs_fit = outputs.len() == net.model.config().output_size
            && outputs.iter().all(|output| output.is_finite());
        let (Some(state), true) = (state, outputs_fit) else {
            let got = "those of another network".to_owned();
            return Err(Error::Setting { name: "memory", got, must_be: "those of its network" });
        };
        ranges::count("count", *count as u64)?;
        Ok(Self {
            loss: output.loss()?,
            cursor: SeriesCursor::resume(preprocessing, *horizon, output.is_of_counts(), cursor)?,
            runner: Runner::new(net.model, 1, 1, 1)?.with_state(state),
            x: Vec::new(),
            outputs: outputs.clone(),
            count: *count,
            net,
        })
    }

    /// Updates the state with the next values: one, or a window of the history.
    fn update(&mut self, values: &[f64]) -> Result<(), Error> {
        let RnnConfig { carry, seq_length, .. } = self.net.settings;
        if !carry && self.count.is_multiple_of(*seq_length) {
            self.runner.reset();
        }
        let inputs = self.net.settings.inputs();
        self.x.resize(values.len() * inputs, 0.0);
        for (y, x) in values.iter().zip(self.x.chunks_exact_mut(inputs)) {
            self.cursor.push(*y);
            self.cursor.write_inputs(x);
        }
        let outputs = self.runner.run(self.net.model, self.net.params, &self.x)?;
        let last = outputs.len() - self.outputs.len();
        self.outputs.copy_from_slice(&outputs[last..]);
        self.count += values.len();
        Ok(())
    }

    fn forecast(&self, quantiles: &[f64], to: &mut Vec<f64>) {
        let inverse = |k: usize, output: f64| self.cursor.inverse(k, output);
        append_values(&self.loss, &self.outputs, quantiles, inverse, to);
    }

    fn fork(&self) -> Result<Self, Error> {
        Ok(Self {
            net: self.net,
            loss: self.loss.clone(),
            cursor: self.cursor.clone(),
            runner: Runner::new(self.net.model, 1, 1, 1)?.with_state(self.runner.state().clone()),
            x: self.x.clone(),
            outputs: self.outputs.clone(),
            count: self.count,
        })
    }
}

/// Persistence or drift, with the last values.
#[derive(Clone)]
pub(crate) struct OnlinePersistence<'m> {
    settings: &'m RnnConfig,
    shape: SeriesTransform,
    /// The last values, masked ones filled, as many as the slope needs.
    recent: VecDeque<f64>,
    /// The last known value, and its step.
    last: (usize, f64),
    count: usize,
}

impl<'m> OnlinePersistence<'m> {
    fn new(settings: &'m RnnConfig, history: HistoryView<'_>) -> Self {
        let RnnConfig { preprocessing, seasons, .. } = settings;
        let (shape, _) = SeriesTransform::of(preprocessing, history, seasons, None);
        Self { settings, shape, recent: VecDeque::new(), last: (0, 0.0), count: 0 }
    }

    fn update(&mut self, y: f64) {
        if !y.is_nan() {
            self.last = (self.count, y);
        }
        if self.recent.len() == persistence::window_of(self.settings) {
            self.recent.pop_front();
        }
        self.recent.push_back(self.last.1);
        self.count += 1;
    }

    fn forecast(&self, to: &mut Vec<f64>) {
        let recent: Vec<f64> = self.recent.iter().copied().collect();
        let last = LastValues { recent: &recent, origin: self.count, last: self.last };
        to.extend(persistence::after(self.settings, &self.shape, &last));
    }
}
