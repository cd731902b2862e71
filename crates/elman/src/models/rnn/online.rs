//! A network that runs on: one value updates its hidden state, and its forecast is at hand without another pass over the
//! history.

use std::collections::VecDeque;

use elman_nn::losses::Loss;
use elman_nn::{Error, Runner, State};

use super::config::RnnConfig;
use super::model::RnnRef;
use super::persistence::{self, LastValues};
use crate::data::HistoryView;
use crate::features::SeriesCursor;
use crate::transforms::series_transform::SeriesTransform;

/// Network of an ensemble on one series, with its state after the last value. It gives the forecasts of
/// [`RnnRef::forecasts`] for a history up to the same cutoff, but for the last bits: one row of a product is summed in
/// another order than several.
pub(crate) enum OnlineRnn<'m> {
    Trained(Box<OnlineNetwork<'m>>),
    Untrained(OnlinePersistence<'m>),
}

impl<'m> OnlineRnn<'m> {
    /// Starts after `history`, from which unit and season are computed.
    pub(crate) fn start(net: RnnRef<'m>, history: HistoryView<'_>) -> Result<Self, Error> {
        let mut online = match net.is_untrained() {
            true => Self::Untrained(OnlinePersistence::new(net.settings, history)),
            false => Self::Trained(Box::new(OnlineNetwork::new(net, history)?)),
        };
        let HistoryView { history, cutoff } = history;
        for (t, y) in history.values[..cutoff].iter().enumerate() {
            // Before the first known value, there is none to repeat.
            online.update(if t == 0 { history.filled[0] } else { *y })?;
        }
        Ok(online)
    }

    /// Updates the state with the next value; NaN if it is missing.
    pub(crate) fn update(&mut self, y: f64) -> Result<(), Error> {
        match self {
            Self::Trained(network) => network.update(y),
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

    /// Hidden state `[L, 1, H]` of a trained network.
    pub(crate) fn state(&self) -> Option<&State<f32>> {
        match self {
            Self::Trained(network) => Some(network.runner.state()),
            Self::Untrained(_) => None,
        }
    }
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
            runner: Runner::new(net.model, 1, 1, 1)?,
            x: vec![0.0; net.settings.inputs()],
            outputs: vec![0.0; net.model.config().output_size],
            count: 0,
            net,
        })
    }

    fn update(&mut self, y: f64) -> Result<(), Error> {
        let RnnConfig { carry, seq_length, .. } = self.net.settings;
        if !carry && self.count.is_multiple_of(*seq_length) {
            self.runner.reset();
        }
        self.cursor.push(y);
        self.cursor.write_inputs(&mut self.x);
        let outputs = self.runner.run(self.net.model, self.net.params, &self.x)?;
        self.outputs.copy_from_slice(outputs);
        self.count += 1;
        Ok(())
    }

    fn forecast(&self, quantiles: &[f64], to: &mut Vec<f64>) {
        let each = self.loss.outputs_per_target();
        let outputs = || self.outputs.chunks_exact(each).zip(1..);
        let value = |k: usize, output: f64| self.cursor.inverse(k, output);
        to.extend(outputs().map(|(o, k)| value(k, self.loss.point(o))));
        for p in quantiles {
            let bound = |o: &[f32]| self.loss.quantile(o, *p).unwrap_or(f64::NAN);
            to.extend(outputs().map(|(o, k)| value(k, bound(o))));
        }
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
