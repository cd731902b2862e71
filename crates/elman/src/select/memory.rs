//! Memory of a fitted forecaster: the hidden state after the last value of its series, from which a forecast continues
//! without the history.

use serde::{Deserialize, Serialize};

use super::fitted::FittedForecaster;
use super::forecast::Forecast;
use super::notes::without_scale;
use super::online::{OnlineForecast, OnlineForecaster};
use crate::data::{Series, TimeAxis};
use crate::error::{Error, Result};
use crate::intervals::RunningScale;
use crate::models::rnn::{OnlineRnn, RnnState};

/// Most values that the memory keeps for a chart, and to check that new data continue the series.
const MAX_RECENT: usize = 240;

/// Fewest values by which a file without dates is recognized as the known series.
const MIN_RECOGNIZED: usize = 8;

/// State of a forecaster of one network after the last value of its series.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Memory {
    /// The last values of the series, 240 at most, with their dates.
    pub recent: Series,
    /// Number of values that the hidden state was updated with.
    pub steps: usize,
    network: RnnState,
    scale: Option<RunningScale>,
    last: f64,
}

impl Memory {
    /// Memory of `online` after the last value of `recent`; `None` for several networks, and for a network without a hidden
    /// state of its own.
    pub(super) fn of(online: &OnlineForecaster<'_>, recent: &Series) -> Option<Self> {
        let [network] = &online.members[..] else { return None };
        Some(Self {
            recent: recent.tail(MAX_RECENT),
            steps: online.steps,
            network: network.save()?,
            scale: online.scale.clone(),
            last: online.last,
        })
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
        if let Some(scale) = &memory.scale {
            let calibration = ensemble.conformal.as_ref();
            calibration.map_or(Ok(()), |made| made.check_scale(scale))?;
        }
        Ok(OnlineForecaster {
            fitted: self,
            ensemble,
            members: vec![OnlineRnn::resume(ensemble.nets[0].as_ref(), &memory.network)?],
            scale: memory.scale.clone().filter(|_| ensemble.conformal.is_some()),
            last: memory.last,
            name: memory.recent.name.clone(),
            notes: Vec::new(),
            steps: memory.steps,
        })
    }

    /// Forecasts `horizon` values after the last value that the memory includes. The panel of this forecast is the series
    /// [`Memory::recent`] alone.
    ///
    /// # Errors
    /// As [`continued`](FittedForecaster::continued) and [`OnlineForecaster::forecast_ahead`].
    pub fn predict_continued(&self, horizon: usize) -> Result<Forecast> {
        let online = self.continued()?;
        let OnlineForecast { values, intervals } = online.forecast_ahead(horizon)?;
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
        let known = memory.known_in(data)?;
        let mut recent = match known {
            Some(_) => memory.recent.clone(),
            None => {
                online.reset_state();
                data.head(0)
            }
        };
        let from = known.unwrap_or(0);
        let filled = match known {
            Some(known) => recent.continued_by(data, known)?,
            None => data.clone(),
        };
        let new = if known.is_some() { &filled.values[..] } else { &filled.values[from..] };
        for y in new {
            online.update(*y)?;
        }
        let new = new.len();
        recent.append(&filled, 0);
        let memory = Memory::of(&online, &recent);
        self.memory = memory;
        Ok(known.map_or(Updated::Reset { values: new }, |known| Updated::Continued { known, new }))
    }
}

impl Memory {
    /// Number of the first values of `data` that the memory includes already; `None` if the data do not continue the series.
    fn known_in(&self, data: &Series) -> Result<Option<usize>> {
        let ours = self.recent.clock();
        if std::mem::discriminant(&self.recent.time) != std::mem::discriminant(&data.time) {
            return Err(Error::Data {
                reason: "the model and these data have different kinds of time axis".to_owned(),
                help: "read the same columns as in training, with `--time-col`".to_owned(),
            });
        }
        if matches!(data.time, TimeAxis::Steps { .. }) {
            return Ok(Some(self.known_by_values(data)));
        }
        // A date within a quarter of a time step of another is the same date.
        let next = ours.position(1);
        let last = match self.recent.len() {
            0 => next - 1.0,
            values => self.recent.position(values - 1),
        };
        let near = 0.25 * (next - last).abs();
        let known = (0..data.len()).take_while(|&i| data.position(i) < next - near).count();
        let continues = match known {
            0 => (data.position(0) - next).abs() <= near,
            _ => (data.position(known - 1) - last).abs() <= near,
        };
        if continues {
            self.check_overlap(data, known)?;
            self.check_step(data, known)?;
            return Ok(Some(known));
        }
        let (ours, theirs) = (ours.frequency(), data.frequency());
        if data.len() > 2 && ours != theirs {
            let named = |frequency: Option<_>| {
                frequency
                    .map_or("without dates".to_owned(), |f: crate::data::calendar::Frequency| {
                        f.to_string()
                    })
            };
            let (ours, theirs) = (named(ours), named(theirs));
            return Err(Error::Data {
                reason: format!("the model is {ours}, and these data are {theirs}"),
                help: "another series? Train on these data instead".to_owned(),
            });
        }
        Ok(None)
    }

    /// Number of known values at the start of `data` without dates: all of them, if the recent values stand there at their
    /// steps; otherwise none.
    fn known_by_values(&self, data: &Series) -> usize {
        let recent = &self.recent.values;
        let at = self.steps.saturating_sub(recent.len());
        let there = data.values.get(at..self.steps);
        let is_equal = |(a, b): (&f64, &f64)| a == b || (a.is_nan() && b.is_nan());
        let is_known = there.is_some_and(|there| there.iter().zip(recent).all(is_equal));
        if is_known && recent.len() >= MIN_RECOGNIZED { self.steps } else { 0 }
    }

    /// Checks that the values that the data and the memory have in common are equal.
    fn check_overlap(&self, data: &Series, known: usize) -> Result<()> {
        let ours = self.recent.values.iter().rev();
        for (i, (&theirs, &ours)) in
            (0..known).rev().zip(data.values[..known].iter().rev().zip(ours))
        {
            // A number may have been written with fewer digits.
            if (theirs - ours).abs() > 1e-6 * ours.abs().max(1e-6) {
                let at = data.label(i);
                let reason = format!("the value of {at} is {theirs}, and {ours} in the model");
                let help = "another series? Give only the values that are new, or train on these";
                return Err(Error::Data { reason, help: help.to_owned() });
            }
        }
        Ok(())
    }

    /// Checks that the values from `from` on have the frequency of the series, with a few gaps allowed.
    fn check_step(&self, data: &Series, from: usize) -> Result<()> {
        let new = data.len() - from;
        if new == 0 {
            return Ok(());
        }
        let clock = self.recent.clock();
        // The number of time steps of the series up to the last new value.
        let most = new + new / 2 + 4;
        let last = data.position(data.len() - 1);
        let half = 0.5 * (clock.position(2) - clock.position(1)).abs();
        let steps = (1..=most).take_while(|&k| clock.position(k) < last + half).count();
        if (new..most).contains(&steps) {
            return Ok(());
        }
        let (first, last) = (data.label(from), data.label(data.len() - 1));
        let reason =
            format!("{new} values from {first} to {last} do not have the model's own step");
        let help = format!("the model expects {new} values up to about {}", clock.label(new));
        Err(Error::Data { reason, help })
    }
}
