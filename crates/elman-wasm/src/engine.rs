//! Interactive training of one network on one series.

use elman_nn::error::Error;
use elman_nn::windows::Streams;
use elman_nn::{Model, ModelConfig, TrainConfig, Trainer};

use crate::evaluation::Evaluation;
use crate::series::TEST_LEN;
use crate::training::{Limits, MAX_STEPS, Status, Training, check_size};

/// Losses in variances of the training data: to predict the mean has a loss of 1, and untrained networks have about 1.
const LOSSES: Limits = Limits { diverged: 100.0, good: 2.0 };

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
    /// The learning rate of Adam.
    pub(crate) learning_rate: f64,
    /// Whether the hidden state is carried from window to window.
    pub(crate) carry: bool,
    /// The seed of the initial weights.
    pub(crate) seed: u64,
}

/// A network in training.
#[derive(Debug)]
pub(crate) struct Engine {
    training: Training,
    evaluation: Evaluation,
}

impl Engine {
    /// An untrained network. The last [`TEST_LEN`] of `values` are the test set.
    ///
    /// # Errors
    /// A size out of its range, an unknown cell, too few values, values that are all equal or not finite.
    pub(crate) fn new(config: &Config, values: &[f64]) -> Result<Self, Error> {
        check_sizes(config)?;
        let scaled = standardized(values)?;
        let train = scaled[..scaled.len() - TEST_LEN].to_vec();
        let got = format!("{} with {} training values", config.seq_length, train.len());
        let windows = Streams::new(train, config.seq_length, 1);
        let windows = windows.ok_or(setting("seq_length", got, "smaller than the training set"))?;
        let model = Model::new(ModelConfig {
            cell: config.cell.clone(),
            hidden_size: config.hidden_size,
            num_layers: config.num_layers,
            ..ModelConfig::default()
        })?;
        let evaluation = Evaluation::new(&model, scaled)?;
        let params = model.initial_params(config.seed);
        let settings = TrainConfig {
            max_steps: MAX_STEPS,
            learning_rate: config.learning_rate,
            carry: config.carry,
            val_every: MAX_STEPS,
            seed: config.seed,
            ..TrainConfig::default()
        };
        let trainer = Trainer::new(settings, model, params, Box::new(windows))?;
        let mut engine = Self { training: Training::new(trainer, LOSSES), evaluation };
        engine.evaluate(config.seq_length)?;
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

    /// Runs the current weights over the whole series, with windows of `seq_length` time steps.
    ///
    /// # Errors
    /// The errors of a forward pass.
    pub(crate) fn evaluate(&mut self, seq_length: usize) -> Result<&Evaluation, Error> {
        let reset_every = (!self.training.trainer.config().carry).then_some(seq_length);
        self.evaluation.run(
            self.training.trainer.model(),
            self.training.trainer.params(),
            reset_every,
        )?;
        Ok(&self.evaluation)
    }

    /// The result of the last call of [`evaluate`](Engine::evaluate).
    pub(crate) fn evaluation(&self) -> &Evaluation {
        &self.evaluation
    }

    /// Optimizer steps done.
    pub(crate) fn step_count(&self) -> u64 {
        self.training.trainer.step()
    }

    /// The mean training loss of the last call of [`step`](Engine::step), in variances of the training data; NaN before.
    pub(crate) fn loss(&self) -> f64 {
        self.training.loss()
    }

    /// The norm of the gradient of the last optimizer step; NaN before.
    pub(crate) fn grad_norm(&self) -> f64 {
        self.training.grad_norm()
    }

    /// The number of weights.
    pub(crate) fn parameters(&self) -> usize {
        self.training.parameters()
    }
}

/// Values with mean 0 and variance 1 in the training set.
fn standardized(values: &[f64]) -> Result<Vec<f32>, Error> {
    let got = values.len().to_string();
    let train_len = values.len().checked_sub(TEST_LEN).filter(|&len| len > 1);
    let train_len = train_len.ok_or(setting("values", got, "more than the test set"))?;
    let train = &values[..train_len];
    let mean = train.iter().sum::<f64>() / train_len as f64;
    let deviation =
        (train.iter().map(|y| (y - mean).powi(2)).sum::<f64>() / train_len as f64).sqrt();
    if !(deviation > 0.0 && values.iter().all(|y| y.is_finite())) {
        let got = format!("a standard deviation of {deviation}");
        return Err(setting("values", got, "finite and not all equal"));
    }
    Ok(values.iter().map(|y| ((y - mean) / deviation) as f32).collect())
}

fn check_sizes(config: &Config) -> Result<(), Error> {
    let sizes = [config.hidden_size, config.num_layers, config.seq_length];
    LIMITS.into_iter().zip(sizes).try_for_each(|(limit, size)| check_size(limit, size))
}

fn setting(name: &'static str, got: String, must_be: &'static str) -> Error {
    Error::Setting { name, got, must_be }
}
