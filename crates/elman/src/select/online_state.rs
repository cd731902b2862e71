//! State of a forecaster on one series: all that its next forecast depends on besides the networks.

use serde::{Deserialize, Serialize};

use super::ensemble::Ensemble;
use crate::data::ranges;
use crate::error::Result;
use crate::intervals::{Conformal, RunningScale};
use crate::models::rnn::{OnlineRnn, SavedSeriesState, SeriesState};

/// State after the last value of one series.
#[derive(Debug, Clone)]
pub(crate) struct OnlineState {
    /// One for each network.
    pub(super) members: Vec<SeriesState>,
    pub(super) scale: RunningScale,
    /// The last known value: the scale uses the last known value in place of a missing one.
    pub(super) last: f64,
    /// The newest values, missing ones filled, of an ensemble with statistical models; otherwise none.
    pub(super) values: Vec<f64>,
    /// Number of values.
    pub(super) steps: usize,
}

/// State of an online forecaster, to be saved.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SavedOnlineState {
    members: Vec<SavedSeriesState>,
    scale: RunningScale,
    last: f64,
    values: Vec<f64>,
    steps: usize,
}

impl OnlineState {
    /// State to be saved.
    pub(crate) fn save(&self) -> SavedOnlineState {
        SavedOnlineState {
            members: self.members.iter().map(SeriesState::save).collect(),
            scale: self.scale.clone(),
            last: self.last,
            values: self.values.clone(),
            steps: self.steps,
        }
    }

    /// Continues from a saved state of the networks `nets` of `ensemble`.
    ///
    /// # Errors
    /// A state that is out of range, or of other networks.
    pub(super) fn resume(
        saved: &SavedOnlineState,
        nets: &[OnlineRnn<'_>],
        ensemble: &Ensemble,
    ) -> Result<Self> {
        let SavedOnlineState { members, scale, last, values, steps } = saved;
        if members.len() != nets.len() {
            ranges::refuse("state", members.len(), "one for each network")?;
        }
        let season = ensemble.conformal.as_ref().map_or(1, Conformal::season);
        scale.check(ensemble.selection.transform, season)?;
        ranges::finite("last", &[*last])?;
        ranges::finite("values", values)?;
        ranges::count("steps", *steps as u64)?;
        let members = nets.iter().zip(members).map(|(net, saved)| net.resume(saved));
        Ok(Self {
            members: members.collect::<std::result::Result<_, _>>()?,
            scale: scale.clone(),
            last: *last,
            values: values.clone(),
            steps: *steps,
        })
    }

    /// State of the only network; `None` of several.
    pub(crate) fn only(&self) -> Option<&SeriesState> {
        match &self.members[..] {
            [one] => Some(one),
            _ => None,
        }
    }

    /// Number of values so far.
    pub(crate) fn steps(&self) -> usize {
        self.steps
    }

    /// Mean absolute seasonal difference so far; 0 for a constant series.
    pub(crate) fn unit(&self) -> f64 {
        self.scale.scale().unit
    }

    /// Memory, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        size_of::<Self>()
            + self
                .members
                .iter()
                .map(|member| size_of::<SeriesState>() + member.bytes())
                .sum::<usize>()
            + self.scale.heap_bytes()
            + 8 * self.values.capacity()
    }
}
