//! Every setting of a training, and where the defaults come from.

use elman_nn::optim::OptimizerConfig;
use elman_nn::schedules::ScheduleConfig;
use elman_nn::{ModelConfig, TrainConfig};
use serde::{Deserialize, Serialize};

use super::lens::Learn;
use crate::ranges::{self, Checked};

/// Every setting of a training.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// The network.
    pub model: ModelConfig,
    /// How it is trained.
    pub train: TrainConfig,
    /// T, the window of truncated backpropagation.
    pub seq_length: usize,
    /// B, the parallel streams.
    pub batch_size: usize,
    /// Whether the network learns the values of a series or its changes.
    pub learn: Learn,
    /// How they are scaled, by name.
    pub scaler: String,
    /// The length of the season in steps. `None`: found from the calendar and the values.
    pub season: Option<usize>,
    /// Values at the end of a series that training does not see. `None`: a fifth.
    pub holdout: Option<usize>,
}

impl Settings {
    /// Whether all numbers are in their range that nothing else looks at.
    pub(super) fn check(&self) -> Checked {
        ranges::steps("seq_length", self.seq_length)?;
        ranges::steps("batch_size", self.batch_size)?;
        match self.season {
            None | Some(0) => Ok(()),
            Some(season) => ranges::steps("season", season),
        }
    }

    /// The lesson: an Elman network of 32 units, windows of 20 points, 75 steps.
    pub fn lesson() -> Self {
        Self {
            model: ModelConfig::default(),
            train: TrainConfig::default(),
            seq_length: 20,
            batch_size: 1,
            learn: Learn::Values,
            scaler: "none".to_owned(),
            season: None,
            holdout: None,
        }
    }

    /// What serves most single series of `len` values: an LSTM of 32 units, windows of two seasons
    /// (at least 20 steps, at most 100), up to 16 streams, Adam from 0.003 down a cosine.
    pub fn for_series(len: usize, season: Option<usize>) -> Self {
        let seq_length = (2 * season.unwrap_or(10)).clamp(20, 100).min((len / 4).max(1));
        // Each stream long enough that its memory gets going: eight windows.
        let batch_size = (len / (8 * seq_length)).clamp(1, 16);
        let train = TrainConfig {
            steps: 500,
            learning_rate: 3e-3,
            optimizer: OptimizerConfig::default(),
            schedule: ScheduleConfig {
                name: "cosine".to_owned(),
                warmup: 20,
                ..ScheduleConfig::default()
            },
            clip: Some(1.0),
            val_every: 50,
            ..TrainConfig::default()
        };
        let model = ModelConfig { cell: "lstm".to_owned(), ..ModelConfig::default() };
        let scaler = "standard".to_owned();
        let learn = Learn::Changes;
        Self { model, train, seq_length, batch_size, learn, scaler, season, holdout: None }
    }
}
