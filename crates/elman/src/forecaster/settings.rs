//! The settings of a forecaster, and their defaults.

use elman_nn::optim::OptimizerConfig;
use elman_nn::schedules::ScheduleConfig;
use elman_nn::{ModelConfig, TrainConfig};
use serde::{Deserialize, Serialize};

use crate::data::ranges::{self, Checked};

/// The settings of a forecaster of one series.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SeriesConfig {
    /// The network.
    pub model: ModelConfig,
    /// The training.
    pub train: TrainConfig,
    /// T, the sequence length: the window of truncated backpropagation, in time steps.
    pub seq_length: usize,
    /// B, the lanes of a batch.
    pub batch_size: usize,
    /// The order of differencing: 1 for the differences from value to value, 0 for the values.
    pub differences: usize,
    /// The scaler of the values or differences, by name.
    pub scaler: String,
    /// The seasonal period in time steps. `None`: detected from the calendar and the values.
    pub season: Option<usize>,
    /// The size of the test set, the last values of the series. `None`: a fifth of the series.
    pub holdout: Option<usize>,
}

impl SeriesConfig {
    /// Checks the ranges of the numbers that no other function checks.
    pub(super) fn check(&self) -> Checked {
        ranges::steps("seq_length", self.seq_length)?;
        ranges::steps("batch_size", self.batch_size)?;
        if self.differences > 1 {
            return ranges::refuse("differences", self.differences, "0 or 1");
        }
        match self.season {
            None | Some(0) => Ok(()),
            Some(season) => ranges::steps("season", season),
        }
    }

    /// The settings of the lesson: an Elman network of hidden size 32, sequence length 20, 75 optimizer steps.
    pub fn lesson() -> Self {
        Self {
            model: ModelConfig::default(),
            train: TrainConfig::default(),
            seq_length: 20,
            batch_size: 1,
            differences: 0,
            scaler: "none".to_owned(),
            season: None,
            holdout: None,
        }
    }

    /// Defaults for a single series of `len` values: an LSTM of hidden size 32, a sequence length of two seasons
    /// (at least 20 time steps, at most 100), up to 16 lanes, Adam with a learning rate of 0.003 and a cosine schedule.
    pub fn for_series(len: usize, season: Option<usize>) -> Self {
        let seq_length = (2 * season.unwrap_or(10)).clamp(20, 100).min((len / 4).max(1));
        // At least eight windows per lane, so that the hidden state is carried over several windows.
        let batch_size = (len / (8 * seq_length)).clamp(1, 16);
        let train = TrainConfig {
            max_steps: 500,
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
        Self { model, train, seq_length, batch_size, differences: 1, scaler, season, holdout: None }
    }
}
