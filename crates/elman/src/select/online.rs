//! Online forecasts: a fitted forecaster that reads one series value by value, and keeps the hidden states of its networks.

use std::fmt;

use elman_nn::State;

use super::fitted::FittedForecaster;
use super::online_networks::OnlineNetworks;
use super::online_state::{OnlineState, SavedOnlineState};
use super::run::RunContext;
use crate::data::{PredictionInterval, Series, ranges};
use crate::error::Result;
use crate::models::rnn::SeriesState;

/// Online forecaster of one series. An update costs one time step of each network, whatever the length of the history, and
/// allocates nothing; the forecast of an ensemble with statistical models fits these models again to the newest values.
///
/// Its forecast is that of [`FittedForecaster::predict`] for a panel of this series alone, with these differences:
/// - The unit and the seasonal component of the series come from the history at the start; `predict` computes both anew.
/// - Outliers and a constant beginning are left out of the history at the start, and not of the values after it.
/// - Networks that reset their hidden state (without `carry`) do so at other steps once `predict` leaves out old values.
/// - Statistical models are fitted to the newest values, 8192 or more.
/// - Products of one row and of several rows are summed in another order: a test allows 1e-5 of 1 + |y| for this.
pub struct OnlineForecaster<'m> {
    pub(super) networks: OnlineNetworks<'m>,
    pub(super) state: OnlineState,
    pub(super) name: String,
    notes: Vec<String>,
    forecast: OnlineForecast,
}

impl fmt::Debug for OnlineForecaster<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OnlineForecaster").field("steps", &self.steps()).finish_non_exhaustive()
    }
}

/// Forecast of one series, with prediction intervals.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct OnlineForecast {
    /// Forecast of the values after the last one, up to the trained horizon.
    pub values: Vec<f64>,
    /// Prediction intervals, one for each level; empty where too few errors are known.
    pub intervals: Vec<PredictionInterval>,
}

impl OnlineForecast {
    /// Room for `horizon` values, and for intervals at `levels`.
    pub(super) fn resize(&mut self, horizon: usize, levels: &[f64]) {
        self.values.resize(horizon, 0.0);
        self.intervals.resize_with(levels.len(), || PredictionInterval::empty(0.0));
        for (interval, level) in self.intervals.iter_mut().zip(levels) {
            interval.level = *level;
            interval.lower.resize(horizon, 0.0);
            interval.upper.resize(horizon, 0.0);
        }
    }

    /// The values, then the lower and the upper bounds of each level.
    pub(super) fn rows_mut(&mut self) -> impl Iterator<Item = &mut f64> {
        let bounds = self
            .intervals
            .iter_mut()
            .flat_map(|interval| interval.lower.iter_mut().chain(&mut interval.upper));
        self.values.iter_mut().chain(bounds)
    }

    /// Keeps the first `horizon` steps.
    pub(crate) fn truncate(&mut self, horizon: usize) {
        self.values.truncate(horizon);
        for interval in &mut self.intervals {
            interval.lower.truncate(horizon);
            interval.upper.truncate(horizon);
        }
    }
}

impl FittedForecaster {
    /// Starts an online forecaster after the last value of `series`.
    ///
    /// # Errors
    /// As [`predict`](FittedForecaster::predict); networks with covariates, whose future values an update does not have.
    pub fn online(&self, series: &Series) -> Result<OnlineForecaster<'_>> {
        let networks = self.online_networks(&series.name)?;
        let (state, notes) = networks.start(series)?;
        Ok(OnlineForecaster { notes, ..OnlineForecaster::of(networks, state, &series.name) })
    }

    /// Continues the online forecaster of the series `name` from a [saved state](OnlineForecaster::state).
    ///
    /// # Errors
    /// A state that is out of range, or of another forecaster.
    pub fn resume_online(
        &self,
        name: &str,
        state: &SavedOnlineState,
    ) -> Result<OnlineForecaster<'_>> {
        let networks = self.online_networks(name)?;
        let state = networks.resume(state)?;
        Ok(OnlineForecaster::of(networks, state, name))
    }

    /// The networks of the series `name`, ready to step.
    pub(crate) fn online_networks(&self, name: &str) -> Result<OnlineNetworks<'_>> {
        OnlineNetworks::new(self, self.ensembles_named(std::iter::once(name))?[0])
    }
}

impl<'m> OnlineForecaster<'m> {
    pub(super) fn of(networks: OnlineNetworks<'m>, state: OnlineState, name: &str) -> Self {
        let (notes, forecast) = (Vec::new(), OnlineForecast::default());
        Self { networks, state, name: name.to_owned(), notes, forecast }
    }

    /// Updates the hidden states with the next value; NaN if it is missing. Missing values before the first known one are
    /// passed over. Allocates nothing for networks alone.
    ///
    /// # Errors
    /// A value that is not finite after the transforms of the networks: an infinite one, one without a logarithm, or one
    /// that is too large; a value that is no count, for a distribution of counts. The state is then unchanged.
    pub fn update(&mut self, y: f64) -> Result<()> {
        self.networks.update(&mut self.state, &self.name, y)
    }

    /// Forecast after the last value, up to the trained horizon, with prediction intervals. Allocates nothing after the first
    /// call, for networks alone whose point forecast is the median.
    ///
    /// # Errors
    /// A forecast that is not finite.
    pub fn forecast(&mut self) -> Result<&OnlineForecast> {
        let horizon = self.networks.fitted.settings.horizon;
        self.networks.forecast(&self.state, &self.name, horizon, &mut self.forecast)?;
        Ok(&self.forecast)
    }

    /// Forecast of the `horizon` values after the last one. Beyond the trained horizon, the forecast is recursive, and the
    /// intervals widen with the square root of the steps ahead, as in [`FittedForecaster::predict_ahead`].
    ///
    /// # Errors
    /// As [`forecast`](OnlineForecaster::forecast); a horizon of 0.
    pub fn forecast_ahead(&mut self, horizon: usize) -> Result<OnlineForecast> {
        self.forecast_ahead_in(horizon, &RunContext::default())
    }

    /// As [`forecast_ahead`](OnlineForecaster::forecast_ahead), in a run that can be cancelled.
    ///
    /// # Errors
    /// As [`forecast_ahead`](OnlineForecaster::forecast_ahead); a run that was cancelled.
    pub fn forecast_ahead_in(
        &mut self,
        horizon: usize,
        run: &RunContext<'_>,
    ) -> Result<OnlineForecast> {
        ranges::steps("horizon", horizon)?;
        self.networks.forecast_ahead(&self.state, &self.name, horizon, run)
    }

    /// State after the last value, to be saved; [`FittedForecaster::resume_online`] continues from the state, bit for bit.
    pub fn state(&self) -> SavedOnlineState {
        self.state.save()
    }

    /// State after the last value.
    pub(crate) fn into_state(self) -> OnlineState {
        self.state
    }

    /// Resets the hidden states, as before the first value of another history. The units stay, and the seasons continue at the
    /// next time step.
    pub fn reset_state(&mut self) {
        self.networks.reset(&mut self.state, 0);
    }

    /// Notes on the history, in sentences: values that were left out, and the reasons.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// Name of the series.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Number of values so far, those of the history included.
    pub fn steps(&self) -> usize {
        self.state.steps()
    }

    /// Hidden states `[L, 1, H]` of the networks; none of an untrained network.
    pub fn hidden_states(&self) -> impl Iterator<Item = &State<f32>> {
        self.state.members.iter().filter_map(SeriesState::hidden)
    }

    /// Memory of the state, in bytes, without the networks.
    pub fn state_bytes(&self) -> usize {
        self.state.bytes()
    }

    /// An independent copy: updates of one do not change the other.
    ///
    /// # Errors
    /// The errors of a network.
    pub fn fork(&self) -> Result<Self> {
        let networks = self.networks.fitted.online_networks(&self.name)?;
        let notes = self.notes.clone();
        Ok(Self { notes, ..Self::of(networks, self.state.clone(), &self.name) })
    }
}
