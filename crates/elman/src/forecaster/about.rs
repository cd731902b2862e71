//! The metadata of a model: the field `about` of its document.

use elman_nn::ModelConfig;
use serde::{Deserialize, Serialize};

use super::scores::Scores;
use super::settings::SeriesConfig;
use crate::data::calendar::{Frequency, FutureIndex};
use crate::data::ranges::{self, Checked};
use crate::io::read::ReadOptions;
use crate::transforms::scalers::FittedScaler;

/// The metadata of a model, besides the network.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ModelMetadata {
    /// The settings of the training.
    pub settings: SeriesConfig,
    /// The provenance of the training data.
    pub source: Provenance,
    /// The name of the series.
    pub series: String,
    /// The scaler of its values.
    pub scaler: FittedScaler,
    /// The seasonal period in time steps, if there is one.
    pub season: Option<usize>,
    /// The time axis of future values.
    pub clock: FutureIndex,
    /// Its last values. The very last one is the next input, which has not updated the hidden state yet.
    pub tail: RecentHistory,
    /// The test errors at the end of training.
    pub scores: Option<Scores>,
    /// Optimizer steps and their training losses, evenly thinned to [`ModelMetadata::MAX_LOSSES`].
    pub losses: Vec<(u64, f64)>,
}

impl ModelMetadata {
    /// Checks the numbers that a forecast depends on.
    pub(super) fn check(&self, model: &ModelConfig) -> Checked {
        if self.settings.model != *model {
            return ranges::refuse("settings", "those of another network", "those of its network");
        }
        self.settings.check()?;
        self.scaler.check()?;
        self.season.filter(|m| *m > 0).map_or(Ok(()), |m| ranges::steps("season", m))?;
        self.clock.check()?;
        if let Provenance::File { options, .. } = &self.source {
            options.freq.map_or(Ok(()), Frequency::check)?;
        }
        let RecentHistory { positions, values } = &self.tail;
        if positions.len() != values.len() || values.len() > RecentHistory::LEN {
            return ranges::refuse("tail", values.len(), "up to 240 values with their positions");
        }
        ranges::finite("tail", positions)?;
        ranges::finite("tail", values)?;
        self.scores.as_ref().map_or(Ok(()), Scores::check)
    }

    /// The most losses in a file: training may have millions of optimizer steps, and the model
    /// file has to stay small.
    pub const MAX_LOSSES: usize = 1000;
}

/// The provenance of training data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Provenance {
    /// The sine wave of the lesson.
    Sine,
    /// A file.
    File {
        /// The path of the file, as it was given.
        path: String,
        /// The options of reading the file.
        options: Box<ReadOptions>,
        /// A hash of the values, to detect whether the file has changed.
        fingerprint: u64,
    },
    /// A series that was passed by a program.
    Program {
        /// A hash of the values.
        fingerprint: u64,
    },
}

/// The last values of a series, for a chart and for the first time step of a forecast.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct RecentHistory {
    /// Positions on the time axis: the number of the time step, or seconds since 1970-01-01.
    pub positions: Vec<f64>,
    /// The values, in the data's units.
    pub values: Vec<f64>,
}

impl RecentHistory {
    /// The most values that are kept.
    pub(super) const LEN: usize = 240;

    /// Appends a value, and removes the first one if there are too many.
    pub(super) fn push(&mut self, position: f64, value: f64) {
        if self.values.len() == Self::LEN {
            self.positions.remove(0);
            self.values.remove(0);
        }
        self.positions.push(position);
        self.values.push(value);
    }
}
