//! Memory of a fitted forecaster: the hidden state after the last value of its series, from which a forecast continues
//! without the history.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::ensemble::Ensemble;
use super::fitted::FittedForecaster;
use super::forecast::Forecast;
use super::notes::without_scale;
use super::online::{OnlineForecast, OnlineForecaster};
use super::online_networks::OnlineNetworks;
use super::online_state::OnlineState;
use super::run::RunContext;
use crate::data::ranges::{self, Checked};
use crate::data::{Series, counted, thousands};
use crate::error::{Error, Result};
use crate::intervals::{Conformal, RunningScale};
use crate::models::rnn::{RnnModel, RnnState, SavedSeriesState};

/// Most values that the memory keeps for a chart, and to check that new data continue the series.
const MAX_RECENT: usize = 240;

/// State of a forecaster of one network after the last value of its series.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Memory {
    /// The last values of the series, 240 at most, with their dates.
    pub recent: Series,
    /// Number of values that the hidden state was updated with.
    pub steps: usize,
    network: RnnState,
    scale: RunningScale,
    last: f64,
}

impl Memory {
    /// Memory of `online` after the last value of `recent`; `None` for several networks, and for a network without a hidden
    /// state of its own.
    pub(super) fn of(online: &OnlineForecaster<'_>, recent: &Series) -> Option<Self> {
        let OnlineState { members, scale, last, steps, .. } = &online.state;
        let [network] = &members[..] else { return None };
        let SavedSeriesState::Network(network) = network.save() else { return None };
        let [net] = &online.networks.ensemble.nets[..] else { return None };
        let (recent, scale) = (recent.tail(MAX_RECENT), scale.clone());
        let has_season = net.settings.preprocessing.deseasonalize;
        (!has_season).then_some(Self { recent, steps: *steps, network, scale, last: *last })
    }

    /// Checks that this is the memory of the one network of `ensemble`, and that its numbers are in their range.
    pub(super) fn check(&self, ensemble: &Ensemble) -> Checked {
        self.recent.check()?;
        if !(1..=MAX_RECENT).contains(&self.recent.len()) {
            return ranges::refuse("recent", self.recent.len(), "from 1 to 240 values");
        }
        ranges::count("steps", self.steps as u64)?;
        ranges::finite("last", &[self.last])?;
        let [RnnModel { settings, .. }] = &ensemble.nets[..] else {
            return ranges::refuse("memory", "one of several networks", "that of one network");
        };
        if settings.preprocessing.use_covariates || settings.preprocessing.deseasonalize {
            return ranges::refuse("memory", "one with covariates or a season", "without them");
        }
        let season = ensemble.conformal.as_ref().map_or(1, Conformal::season);
        self.scale.check(ensemble.selection.transform, season)
    }

    /// State of the network after the last value.
    pub(crate) fn network(&self) -> &RnnState {
        &self.network
    }

    /// Hidden state `[L, 1, H]`, by the names of its tensors.
    pub fn hidden_state(&self) -> &elman_nn::SavedState {
        &self.network.hidden
    }
}

/// The result of [`FittedForecaster::update`].
#[derive(Debug, Clone, PartialEq)]
pub enum Updated {
    /// The data continue the series.
    Continued {
        /// Values that the hidden state included before.
        known: usize,
        /// New values.
        new: usize,
    },
    /// The data do not continue the series: the hidden state was reset and updated with all of the values.
    Reset {
        /// Values that the hidden state was updated with.
        values: usize,
    },
}

/// The update of the hidden state in one sentence.
impl fmt::Display for Updated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Continued { known, new: 0 } => {
                write!(f, "the hidden state includes all {} values already", thousands(*known))
            }
            Self::Continued { known: 0, new } => {
                write!(f, "the hidden state is updated with {}", counted(*new, "new value"))
            }
            Self::Continued { known, new } => write!(
                f,
                "the hidden state includes the first {} values already and is updated with {} more",
                thousands(*known),
                thousands(*new)
            ),
            Self::Reset { values } => write!(
                f,
                "the new values do not continue the values of the model: the hidden state is reset, then updated with all \
                 {} new values",
                thousands(*values)
            ),
        }
    }
}

impl FittedForecaster {
    /// Memory of the series of the training, if the forecaster has one: one network, on one series without covariates.
    pub fn memory(&self) -> Option<&Memory> {
        self.memory.as_ref()
    }

    /// Remembers the hidden state after the last value of `series`.
    pub(crate) fn remember(&mut self, series: &Series) -> Result<()> {
        let online = self.online(series)?;
        let memory = Memory::of(&online, series);
        let notes = online.notes().to_vec();
        (self.memory, self.notes) = (memory, notes);
        Ok(())
    }

    /// Continues from the memory: an online forecaster after the last value that the memory includes.
    ///
    /// # Errors
    /// A forecaster without a memory; a memory that does not fit the network.
    pub fn continued(&self) -> Result<OnlineForecaster<'_>> {
        let (Some(memory), [ensemble]) = (&self.memory, &self.ensembles[..]) else {
            return Err(Error::Forecast {
                reason: "this model keeps no hidden state of a series".to_owned(),
                help: "give the history of the series".to_owned(),
            });
        };
        let networks = OnlineNetworks::new(self, ensemble)?;
        let network = SavedSeriesState::Network(memory.network.clone());
        let members = networks.only().map(|net| net.resume(&network)).into_iter();
        let state = OnlineState {
            members: members.collect::<std::result::Result<_, _>>()?,
            scale: memory.scale.clone(),
            last: memory.last,
            values: Vec::new(),
            steps: memory.steps,
        };
        Ok(OnlineForecaster::of(networks, state, &memory.recent.name))
    }

    /// Forecasts `horizon` values after the last value that the memory includes. The panel of this forecast is the series
    /// [`Memory::recent`] alone.
    ///
    /// # Errors
    /// As [`continued`](FittedForecaster::continued) and [`OnlineForecaster::forecast_ahead`].
    pub fn predict_continued(&self, horizon: usize) -> Result<Forecast> {
        self.predict_continued_in(horizon, &RunContext::default())
    }

    /// As [`predict_continued`](FittedForecaster::predict_continued), in a run that can be cancelled.
    ///
    /// # Errors
    /// As [`predict_continued`](FittedForecaster::predict_continued); a run that was cancelled.
    pub fn predict_continued_in(&self, horizon: usize, run: &RunContext<'_>) -> Result<Forecast> {
        let mut online = self.continued()?;
        let OnlineForecast { values, intervals } = online.forecast_ahead_in(horizon, run)?;
        let notes = without_scale(&self.selection).into_iter().collect();
        let (levels, selection) = (self.settings.levels.clone(), self.selection.clone());
        let (values, intervals) = (vec![values], vec![intervals]);
        Ok(Forecast { values, levels, intervals, selection, notes })
    }

    /// Updates the memory with new data, so that a forecast continues after them.
    ///
    /// Dates that the memory includes already are skipped, and dates that are absent between the new ones count as missing
    /// values, except in a calendar with holidays. Data that do not continue the series (a gap, an earlier start,
    /// no date in common) start from a reset hidden state, with the unit of the training. Data without dates
    /// continue the series; if they begin with the known values, only the values after them are new.
    ///
    /// # Errors
    /// A forecaster without a memory; an empty series; dates where the series has none, or no dates where the series has
    /// some; another frequency; other values at the same dates; the errors of [`OnlineForecaster::update`].
    pub fn update(&mut self, data: &Series) -> Result<Updated> {
        let mut online = self.continued()?;
        let memory = self.memory.as_ref().expect("`continued` has checked");
        let refused = |reason: &str, help: &str| {
            Err(Error::Data { reason: reason.to_owned(), help: help.to_owned() })
        };
        if data.is_empty() {
            return refused("no values to update the hidden state with", "");
        }
        data.check_size()?;
        let data = &*memory.on_axis(data);
        let known = memory.known_in(data)?;
        let mut recent = match known {
            Some(_) => memory.recent.clone(),
            None => {
                online.reset_state();
                data.head(0)
            }
        };
        let new = match known {
            Some(known) => recent.continued_by(data, known)?,
            None => data.clone(),
        };
        if known.is_none() && new.values.iter().all(|y| y.is_nan()) {
            return refused("no known value to update the hidden state with", "");
        }
        for y in &new.values {
            online.update(*y)?;
        }
        recent.append(&new);
        let memory = Memory::of(&online, &recent);
        self.memory = memory;
        let new = new.len();
        Ok(known.map_or(Updated::Reset { values: new }, |known| Updated::Continued { known, new }))
    }
}
