//! Interactive training of one network on one series.

use elman_nn::error::Error;
use elman_nn::optim::OptimizerConfig;
use elman_nn::schedules::ScheduleConfig;
use elman_nn::windows::Streams;
use elman_nn::{Model, ModelConfig, TrainConfig, Trainer};

use crate::evaluation::{Evaluation, Shown};
use crate::scale::Scale;
use crate::series::TEST_LEN;
use crate::training::{Limits, MAX_STEPS, Status, Training, check_size};

/// Losses in variances of the training data: to predict the mean has a loss of 1, and untrained networks have about 1. A
/// mean loss is compared with that of outputs of 0, which is also 1 if the values are standardized.
const LOSSES: Limits = Limits { diverged: 100.0, diverged_mean: 4.0, good: 2.0 };

/// Optimizer steps of the schedule `cosine`, which needs an end.
const COSINE_STEPS: u64 = 20_000;

/// Optimizer steps between two drops of the schedule `step`: a tenth of the rate after 16,600 steps.
const DROP_EVERY: u64 = 5000;

/// Optimizer steps between two evaluations of the schedule `plateau`.
const PLATEAU_EVERY: u64 = 500;

/// Limits of the sizes: larger networks train too slowly in a page to be watched.
const LIMITS: [(&str, usize, &str); 3] = [
    ("hidden_size", 256, "from 1 to 256"),
    ("num_layers", 4, "from 1 to 4"),
    ("seq_length", 200, "from 1 to 200"),
];

/// Configuration of a training.
#[derive(Debug, Clone)]
pub(crate) struct Config {
    /// The cell, by its name in the registry.
    pub(crate) cell: String,
    /// H.
    pub(crate) hidden_size: usize,
    /// L.
    pub(crate) num_layers: usize,
    /// T, the window of truncated backpropagation, in time steps.
    pub(crate) seq_length: usize,
    /// The learning rate, before the schedule scales it.
    pub(crate) learning_rate: f64,
    /// The optimizer, by its name in the registry.
    pub(crate) optimizer: String,
    /// The schedule of the learning rate, by its name in the registry.
    pub(crate) schedule: String,
    /// The largest norm of the gradient; `None` for no clipping.
    pub(crate) clip: Option<f64>,
    /// Whether the inputs are standardized: mean 0 and variance 1 in the training set.
    pub(crate) standardize: bool,
    /// Whether the hidden state is carried from window to window.
    pub(crate) carry: bool,
    /// The seed of the initial weights.
    pub(crate) seed: u64,
}

/// A network in training.
#[derive(Debug)]
pub(crate) struct Engine {
    training: Training,
    windows: Streams<f32>,
    evaluation: Evaluation,
    scale: Scale,
    /// The variance of the inputs in the training set: the unit of all losses.
    variance: f64,
}

impl Engine {
    /// An untrained network. The last [`TEST_LEN`] of `values` are the test set.
    ///
    /// # Errors
    /// A size out of its range, an unknown name, too few values, values that are all equal or not finite.
    pub(crate) fn new(config: &Config, values: &[f64]) -> Result<Self, Error> {
        check_sizes(config)?;
        let standard = Scale::of_training_set(values)?;
        let scale = if config.standardize { standard } else { Scale::IDENTITY };
        let variance = (standard.deviation / scale.deviation).powi(2);
        let inputs = scale.inputs(values);
        let train = inputs[..inputs.len() - TEST_LEN].to_vec();
        let squares = train.iter().map(|x| f64::from(*x).powi(2));
        let loss_of_zeros = squares.sum::<f64>() / train.len() as f64;
        let got = format!("{} with {} training values", config.seq_length, train.len());
        let windows = Streams::new(train, config.seq_length, 1);
        let windows = windows.ok_or(setting("seq_length", got, "smaller than the training set"))?;
        let model = Model::new(ModelConfig {
            cell: config.cell.clone(),
            hidden_size: config.hidden_size,
            num_layers: config.num_layers,
            ..ModelConfig::default()
        })?;
        let evaluation = Evaluation::new(&model, inputs, variance)?;
        let params = model.initial_params(config.seed);
        let trainer = Trainer::new(train_config(config), model, params, Box::new(windows.clone()))?;
        let limits = Limits {
            diverged: variance * LOSSES.diverged,
            diverged_mean: loss_of_zeros * LOSSES.diverged_mean,
            good: variance * LOSSES.good,
        };
        let training = Training::new(trainer, limits);
        let mut engine = Self { training, windows, evaluation, scale, variance };
        engine.evaluate()?;
        Ok(engine)
    }

    /// Does up to `count` optimizer steps; fewer if training diverges or ends.
    ///
    /// # Errors
    /// As [`Training::step`].
    pub(crate) fn step(&mut self, count: usize) -> Result<Status, Error> {
        self.training.step(count)
    }

    /// Returns to an earlier good state.
    pub(crate) fn rewind(&mut self) {
        self.training.rewind();
    }

    /// Sets the learning rate of all further optimizer steps.
    ///
    /// # Errors
    /// As [`Trainer::set_learning_rate`].
    pub(crate) fn set_learning_rate(&mut self, rate: f64) -> Result<(), Error> {
        self.training.trainer.set_learning_rate(rate)
    }

    /// Sets whether the hidden state is carried into all further windows.
    pub(crate) fn set_carry(&mut self, carry: bool) {
        self.training.trainer.set_carry(carry);
    }

    /// Runs the current weights over the whole series.
    ///
    /// # Errors
    /// The errors of a forward pass.
    pub(crate) fn evaluate(&mut self) -> Result<&Evaluation, Error> {
        let reset_every = self.reset_every();
        let trainer = &self.training.trainer;
        self.evaluation.run(trainer.model(), trainer.params(), reset_every)?;
        Ok(&self.evaluation)
    }

    /// The time steps after which the hidden state is reset; `None` if it is carried.
    pub(crate) fn reset_every(&self) -> Option<usize> {
        let steps = elman_nn::windows::Windows::<f32>::window(&self.windows).steps;
        (!self.trainer().config().carry).then_some(steps)
    }

    /// The trainer.
    pub(crate) fn trainer(&self) -> &Trainer<'static, f32> {
        &self.training.trainer
    }

    /// The windows of the training set.
    pub(crate) fn windows(&self) -> &Streams<f32> {
        &self.windows
    }

    /// Sets the quantity of the heat map from the next evaluation on.
    pub(crate) fn show(&mut self, shown: Shown) {
        self.evaluation.shown = shown;
    }

    /// The result of the last call of [`evaluate`](Engine::evaluate).
    pub(crate) fn evaluation(&self) -> &Evaluation {
        &self.evaluation
    }

    /// The scale of the inputs.
    pub(crate) fn scale(&self) -> Scale {
        self.scale
    }

    /// The variance of the inputs in the training set: the unit of all losses.
    pub(crate) fn variance(&self) -> f64 {
        self.variance
    }

    /// Optimizer steps done.
    pub(crate) fn step_count(&self) -> u64 {
        self.training.trainer.step()
    }

    /// The mean training loss of the last pass over the training set, in variances of the training set; NaN before the
    /// first optimizer step.
    pub(crate) fn loss(&self) -> f64 {
        let history = self.trainer().history();
        let pass = self.windows.windows_a_walk() as usize;
        let last = &history[history.len().saturating_sub(pass)..];
        last.iter().sum::<f64>() / last.len() as f64 / self.variance
    }

    /// The norm of the gradient of the last optimizer step, before clipping; NaN before.
    pub(crate) fn grad_norm(&self) -> f64 {
        self.training.grad_norm()
    }

    /// The learning rate of the last optimizer step, with the factor of the schedule; NaN before.
    pub(crate) fn rate(&self) -> f64 {
        self.training.rate()
    }

    /// The weights.
    pub(crate) fn weights(&self) -> &[f32] {
        self.trainer().params().values()
    }

    /// Continues from the weights of an earlier training.
    ///
    /// # Errors
    /// As [`Training::set_weights`].
    pub(crate) fn set_weights(&mut self, weights: &[f32], step: u64) -> Result<(), Error> {
        self.training.set_weights(weights, step)
    }

    /// The number of weights.
    pub(crate) fn parameters(&self) -> usize {
        self.training.parameters()
    }
}

/// The configuration of the trainer.
fn train_config(config: &Config) -> TrainConfig {
    let (name, step_size) = (config.schedule.clone(), DROP_EVERY);
    TrainConfig {
        max_steps: if name == "cosine" { COSINE_STEPS } else { MAX_STEPS },
        val_every: if name == "plateau" { PLATEAU_EVERY } else { MAX_STEPS },
        learning_rate: config.learning_rate,
        optimizer: OptimizerConfig { name: config.optimizer.clone(), ..OptimizerConfig::default() },
        schedule: ScheduleConfig { name, step_size, ..ScheduleConfig::default() },
        clip: config.clip,
        carry: config.carry,
        seed: config.seed,
        ..TrainConfig::default()
    }
}

fn check_sizes(config: &Config) -> Result<(), Error> {
    let sizes = [config.hidden_size, config.num_layers, config.seq_length];
    LIMITS.into_iter().zip(sizes).try_for_each(|(limit, size)| check_size(limit, size))
}

pub(crate) fn setting(name: &'static str, got: String, must_be: &'static str) -> Error {
    Error::Setting { name, got, must_be }
}
