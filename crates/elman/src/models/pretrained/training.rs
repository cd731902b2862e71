//! Training of the pretrained network.

use std::ops::ControlFlow;

use elman_nn::train::Event;
use elman_nn::{Isa, Model, ModelConfig, TrainConfig, Trainer};

use super::encoding::{INPUTS, LEVELS};
use super::episodes::{Episodes, MIN_VALUES, TrainingSet};
use super::network::{OUTPUTS, Pretrained};
use crate::error::{Error, Result};

/// How a network is pretrained.
#[derive(Debug, Clone, PartialEq)]
pub struct PretrainingConfig {
    /// Hidden size H of a layer.
    pub hidden_size: usize,
    /// Recurrent layers.
    pub num_layers: usize,
    /// Optimizer steps of each network.
    pub max_steps: u64,
    /// Peak learning rate, after the warm-up.
    pub learning_rate: f64,
    /// Networks, with different random initial weights and episodes.
    pub networks: u64,
    /// Seed of all random numbers.
    pub seed: u64,
    /// Threads; their number changes no bit of the results.
    pub threads: usize,
    /// Instruction set; the same one gives the same bits on every machine that has it.
    pub isa: Isa,
}

impl Default for PretrainingConfig {
    fn default() -> Self {
        Self {
            hidden_size: 64,
            num_layers: 2,
            max_steps: 10_000,
            learning_rate: 4e-3,
            networks: 2,
            seed: 1,
            threads: 1,
            isa: Isa::find("avx2").unwrap_or_else(Isa::detect),
        }
    }
}

impl Pretrained {
    /// Trains networks on `sets`. Series of fewer than six values are left out. `observe` is called with the number of the
    /// network and each event, and cancels the training when it returns [`ControlFlow::Break`].
    ///
    /// # Errors
    /// No series; settings out of range; a training that diverges; [`Error::Cancelled`].
    pub fn train(
        sets: Vec<TrainingSet>,
        config: &PretrainingConfig,
        observe: impl FnMut(u64, Event) -> ControlFlow<()>,
    ) -> Result<Self> {
        let model = Model::new(model_config(config))?;
        let seeds = (0..config.networks).map(|network| config.seed.wrapping_add(network));
        let initial = seeds.map(|seed| model.initial_params(seed)).collect();
        Self::with(model, initial)?.fine_tune(sets, config, observe)
    }

    /// Continues the training of these networks on `sets`, as [`train`](Pretrained::train): fine-tuning. The sizes and the
    /// number of networks of `config` have no effect.
    ///
    /// # Errors
    /// As [`train`](Pretrained::train).
    pub fn fine_tune(
        &self,
        mut sets: Vec<TrainingSet>,
        config: &PretrainingConfig,
        mut observe: impl FnMut(u64, Event) -> ControlFlow<()>,
    ) -> Result<Self> {
        for set in &mut sets {
            set.series.retain(|y| y.len() >= MIN_VALUES);
        }
        sets.retain(|set| !set.series.is_empty() && set.weight > 0.0);
        if sets.is_empty() {
            let reason = "there is no series of six values or more to train on".to_owned();
            return Err(Error::Data { reason, help: String::new() });
        }
        let mut nets = Vec::new();
        for (network, params) in (0..).zip(self.nets()) {
            let seed = config.seed.wrapping_add(network);
            let windows = Box::new(Episodes { sets: sets.clone(), seed });
            let model = Model::new(self.config().clone())?;
            let trainer = Trainer::new(train_config(config, seed), model, params.clone(), windows)?;
            let mut trainer = trainer.with_isa(config.isa).with_threads(config.threads);
            let mut is_cancelled = false;
            trainer.run(|_, event| {
                let go_on = observe(network, event);
                is_cancelled |= go_on.is_break();
                go_on
            })?;
            if is_cancelled {
                return Err(Error::Cancelled);
            }
            nets.push(trainer.params().clone());
        }
        Self::with(Model::new(self.config().clone())?, nets)
    }
}

fn model_config(
    &PretrainingConfig { hidden_size, num_layers, .. }: &PretrainingConfig,
) -> ModelConfig {
    ModelConfig {
        cell: "lstm".to_owned(),
        input_size: INPUTS,
        hidden_size,
        num_layers,
        output_size: OUTPUTS,
        residual: num_layers > 1,
        ..ModelConfig::default()
    }
}

fn train_config(config: &PretrainingConfig, seed: u64) -> TrainConfig {
    let mut train = TrainConfig {
        max_steps: config.max_steps,
        learning_rate: config.learning_rate,
        loss: "pinball".to_owned(),
        quantiles: LEVELS.to_vec(),
        clip: Some(1.0),
        carry: false,
        val_every: 250,
        seed,
        ..TrainConfig::default()
    };
    train.schedule.name = "cosine".to_owned();
    train.schedule.warmup = (config.max_steps / 20).min(100);
    train.schedule.floor = 0.02;
    train
}
