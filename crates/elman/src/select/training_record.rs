//! Record of the training of one network: its configuration, its data and its losses.

use serde::{Deserialize, Serialize};

use super::rnn_forecaster::RnnForecaster;
use crate::data::calendar::Frequency;
use crate::data::ranges::{self, Checked};
use crate::io::read::ReadOptions;

/// Most values of the sine wave of the lesson.
pub(crate) const MAX_SINE_VALUES: usize = 1_000_001;

/// Provenance of training data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Provenance {
    /// The sine wave of the lesson.
    Sine {
        /// Length of the series, in values.
        values: usize,
    },
    /// A file.
    File {
        /// The path of the file, as it was given.
        path: String,
        /// The options of reading the file.
        options: Box<ReadOptions>,
        /// A hash of the values, to detect whether the file has changed.
        fingerprint: u64,
    },
    /// Series that were passed by a program.
    Program {
        /// A hash of the values.
        fingerprint: u64,
    },
}

/// Record of the training of one network, in its model file and in its checkpoints.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrainingRecord {
    /// Configuration, with the values that were derived from the data.
    pub settings: RnnForecaster,
    /// Provenance of the training data.
    pub source: Provenance,
    /// Optimizer steps and their training losses, evenly thinned to 1000.
    pub losses: Vec<(u64, f64)>,
}

impl TrainingRecord {
    /// Checks that the numbers are in their range.
    pub(crate) fn check(&self) -> Checked {
        self.settings.check()?;
        match &self.source {
            Provenance::File { options, .. } => options.freq.map_or(Ok(()), Frequency::check),
            Provenance::Sine { values: ..=MAX_SINE_VALUES } => Ok(()),
            Provenance::Sine { values } => ranges::refuse("values", values, "at most 1000001"),
            Provenance::Program { .. } => Ok(()),
        }
    }
}
