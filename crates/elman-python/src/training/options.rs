//! Options of a network and of its training, under the names of the command line. An option that is not given leaves the
//! configuration as it is.

use elman::nn::{ModelConfig, TrainConfig};
use serde::Deserialize;

/// Options of a network.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NetworkOptions {
    cell: Option<String>,
    hidden_size: Option<usize>,
    num_layers: Option<usize>,
    dilations: Option<Vec<usize>>,
    residual: Option<bool>,
    dropout: Option<f64>,
}

/// Options of a training.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TrainingOptions {
    pub(super) seq_length: Option<usize>,
    pub(super) batch_size: Option<usize>,
    pub(super) max_steps: Option<u64>,
    learning_rate: Option<f64>,
    optimizer: Option<String>,
    momentum: Option<f64>,
    weight_decay: Option<f64>,
    /// 0 for no clipping.
    clip: Option<f64>,
    schedule: Option<String>,
    warmup: Option<u64>,
    schedule_step: Option<u64>,
    schedule_factor: Option<f64>,
    schedule_floor: Option<f64>,
    schedule_patience: Option<u64>,
    carry: Option<bool>,
    val_every: Option<u64>,
    patience: Option<u64>,
    seed: Option<u64>,
}

/// Puts a value that is given in its place.
pub(super) fn put<T: Clone>(place: &mut T, given: &Option<T>) {
    if let Some(given) = given {
        place.clone_from(given);
    }
}

impl NetworkOptions {
    /// Puts every option that is given into `model`.
    pub(super) fn put_into(&self, model: &mut ModelConfig) {
        let dilations = self.dilations.as_ref().filter(|dilations| !dilations.is_empty());
        put(&mut model.cell, &self.cell);
        put(&mut model.hidden_size, &self.hidden_size);
        put(&mut model.num_layers, &self.num_layers.or(dilations.map(Vec::len)));
        put(&mut model.dilations, &dilations.cloned());
        put(&mut model.residual, &self.residual);
        put(&mut model.dropout, &self.dropout);
    }
}

impl TrainingOptions {
    /// Puts every option that is given into `train`.
    pub(super) fn put_into(&self, train: &mut TrainConfig) {
        put(&mut train.max_steps, &self.max_steps);
        put(&mut train.learning_rate, &self.learning_rate);
        put(&mut train.optimizer.name, &self.optimizer);
        put(&mut train.optimizer.momentum, &self.momentum);
        put(&mut train.optimizer.weight_decay, &self.weight_decay);
        put(&mut train.schedule.name, &self.schedule);
        put(&mut train.schedule.warmup, &self.warmup);
        put(&mut train.schedule.step_size, &self.schedule_step);
        put(&mut train.schedule.factor, &self.schedule_factor);
        put(&mut train.schedule.floor, &self.schedule_floor);
        put(&mut train.schedule.plateau_patience, &self.schedule_patience);
        put(&mut train.carry, &self.carry);
        put(&mut train.val_every, &self.val_every);
        put(&mut train.seed, &self.seed);
        if let Some(clip) = self.clip {
            train.clip = Some(clip).filter(|clip| *clip != 0.0);
        }
        train.patience = self.patience.or(train.patience);
    }
}
