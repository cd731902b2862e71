//! The settings of training.

use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::optim::OptimizerConfig;
use crate::schedules::ScheduleConfig;

/// The settings of training.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrainConfig {
    /// Optimizer steps in total.
    pub max_steps: u64,
    /// The learning rate, before the schedule scales it.
    pub learning_rate: f64,
    /// The loss, by its name in the registry.
    pub loss: String,
    /// The levels of the loss `pinball`, ascending between 0 and 1; empty for every other loss.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub quantiles: Vec<f64>,
    /// The settings of the optimizer.
    pub optimizer: OptimizerConfig,
    /// The schedule of the learning rate.
    pub schedule: ScheduleConfig,
    /// The maximum norm of the gradient; `None` for no clipping.
    pub clip: Option<f64>,
    /// Whether the hidden state is carried from window to window.
    pub carry: bool,
    /// Optimizer steps between two evaluations.
    pub val_every: u64,
    /// Early stopping: evaluations without improvement before training stops; `None` for no early stopping.
    pub patience: Option<u64>,
    /// The seed of all RNG streams.
    pub seed: u64,
}

impl Default for TrainConfig {
    /// The settings of the lesson: 75 optimizer steps of Adam with learning rate 0.01 on the mean squared error.
    fn default() -> Self {
        Self {
            max_steps: 75,
            learning_rate: 0.01,
            loss: "mse".to_owned(),
            quantiles: Vec::new(),
            optimizer: OptimizerConfig::default(),
            schedule: ScheduleConfig::default(),
            clip: None,
            carry: true,
            val_every: 15,
            patience: None,
            seed: 1,
        }
    }
}

impl TrainConfig {
    /// Checks that the numbers are in their range.
    pub(super) fn check(&self) -> Result<(), Error> {
        let setting = |name, got: String, must_be| Err(Error::Setting { name, got, must_be });
        let positive = |value: f64| value > 0.0 && value.is_finite();
        if !positive(self.learning_rate) {
            return setting("learning_rate", self.learning_rate.to_string(), "above 0");
        }
        if let Some(clip) = self.clip.filter(|&clip| !positive(clip)) {
            return setting("clip", clip.to_string(), "above 0");
        }
        if self.patience == Some(0) {
            return setting("patience", "0".to_owned(), "at least 1");
        }
        if self.val_every == 0 {
            return setting("val_every", "0".to_owned(), "at least 1");
        }
        Ok(())
    }
}
