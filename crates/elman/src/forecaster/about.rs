//! What a model file knows besides the network: the `about` of its document.

use elman_nn::ModelConfig;
use serde::{Deserialize, Serialize};

use super::scores::Scores;
use super::settings::Settings;
use crate::calendar::{Clock, Frequency};
use crate::ranges::{self, Checked};
use crate::read::ReadOptions;
use crate::scalers::Fitted;

/// What a model file knows besides the network.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct About {
    /// Every setting of the training.
    pub settings: Settings,
    /// What it was trained on.
    pub source: Source,
    /// The name of the series.
    pub series: String,
    /// How its values were scaled.
    pub scaler: Fitted,
    /// The length of its season in steps, if it has one.
    pub season: Option<usize>,
    /// How its dates go on.
    pub clock: Clock,
    /// Its last values, the very last of which the memory has not seen yet: the next input.
    pub tail: Tail,
    /// The errors measured at the end of training.
    pub scores: Option<Scores>,
    /// Steps and their training losses, evenly thinned to [`About::MOST_LOSSES`].
    pub losses: Vec<(u64, f64)>,
}

impl About {
    /// Whether a forecast can be made with these numbers.
    pub(super) fn check(&self, model: &ModelConfig) -> Checked {
        if self.settings.model != *model {
            return ranges::refuse("settings", "those of another network", "those of its network");
        }
        self.settings.check()?;
        self.scaler.check()?;
        self.season.filter(|m| *m > 0).map_or(Ok(()), |m| ranges::steps("season", m))?;
        self.clock.check()?;
        if let Source::File { options, .. } = &self.source {
            options.freq.map_or(Ok(()), Frequency::check)?;
        }
        let Tail { positions, values } = &self.tail;
        if positions.len() != values.len() || values.len() > Tail::LEN {
            return ranges::refuse("tail", values.len(), "up to 240 values with their positions");
        }
        ranges::finite("tail", positions)?;
        ranges::finite("tail", values)?;
        self.scores.as_ref().map_or(Ok(()), Scores::check)
    }

    /// The most losses that a file keeps: a training may have millions of steps, and its model
    /// file shall stay small.
    pub const MOST_LOSSES: usize = 1000;
}

/// What a model was trained on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Source {
    /// The lesson's sine wave.
    Sine,
    /// A file.
    File {
        /// Its path, as it was given.
        path: String,
        /// How it was read.
        options: Box<ReadOptions>,
        /// A hash of the values, to notice when the file has changed.
        fingerprint: u64,
    },
    /// A series given by a program.
    Program {
        /// A hash of the values.
        fingerprint: u64,
    },
}

/// The last values of a series, for a picture and for the first step of a forecast.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Tail {
    /// When they were: the number of the step, or seconds since 1970-01-01.
    pub positions: Vec<f64>,
    /// The values, in the data's units.
    pub values: Vec<f64>,
}

impl Tail {
    /// Values that are kept.
    pub(super) const LEN: usize = 240;

    /// Adds a value at the end and forgets the first when there are too many.
    pub(super) fn push(&mut self, position: f64, value: f64) {
        if self.values.len() == Self::LEN {
            self.positions.remove(0);
            self.values.remove(0);
        }
        self.positions.push(position);
        self.values.push(value);
    }
}

/// A hash of values (FNV-1a over their bits).
pub(crate) fn fingerprint(values: &[f64]) -> u64 {
    let bytes = values.iter().flat_map(|value| value.to_bits().to_le_bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}
