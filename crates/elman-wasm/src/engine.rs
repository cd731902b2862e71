//! Interactive training of one network on one series.

use elman_nn::error::Error;
use elman_nn::train::{Event, TrainerState};
use elman_nn::windows::Streams;
use elman_nn::{Model, ModelConfig, TrainConfig, Trainer};

use crate::evaluation::Evaluation;
use crate::series::TEST_LEN;

/// Optimizer steps after which training ends. The trainer keeps the loss of each step: 8 MB.
const MAX_STEPS: u64 = 1 << 20;

/// A window loss above which training counts as diverged, in variances of the training data: to predict the mean has a
/// loss of 1.
const DIVERGED_LOSS: f64 = 100.0;

/// A window loss below which a state is worth returning to. Untrained networks have about 1.
const GOOD_LOSS: f64 = 2.0;

/// Optimizer steps between two states to return to.
const GOOD_EVERY: u64 = 100;

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

/// How a call of [`Engine::step`] ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    /// Training can continue.
    Running,
    /// The loss is not finite, or far above that of an untrained network.
    Diverged,
    /// All optimizer steps are done.
    Finished,
}

/// A network in training.
#[derive(Debug)]
pub(crate) struct Engine {
    trainer: Trainer<'static, f32>,
    evaluation: Evaluation,
    /// Two states to return to, the older first.
    good: [TrainerState<f32>; 2],
    loss: f64,
    grad_norm: f64,
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
        let training = TrainConfig {
            max_steps: MAX_STEPS,
            learning_rate: config.learning_rate,
            carry: config.carry,
            val_every: MAX_STEPS,
            seed: config.seed,
            ..TrainConfig::default()
        };
        let trainer = Trainer::new(training, model, params, Box::new(windows))?;
        let good = [trainer.snapshot(), trainer.snapshot()];
        let mut engine = Self { trainer, evaluation, good, loss: f64::NAN, grad_norm: f64::NAN };
        engine.evaluate(config.seq_length)?;
        Ok(engine)
    }

    /// Does up to `count` optimizer steps; fewer if training diverges or ends.
    ///
    /// # Errors
    /// The errors of [`Trainer::advance`], except that a loss that stays infinite is [`Status::Diverged`].
    pub(crate) fn step(&mut self, count: usize) -> Result<Status, Error> {
        let (mut sum, mut done) = (0.0, 0);
        let mut status = Status::Running;
        while done < count && status == Status::Running {
            status = match self.trainer.advance() {
                Ok(Event::Step { step, loss, grad_norm, .. }) => {
                    (sum, done) = (sum + loss, done + 1);
                    self.grad_norm = grad_norm;
                    self.keep_if_good(step, loss);
                    if loss > DIVERGED_LOSS { Status::Diverged } else { Status::Running }
                }
                Ok(Event::RolledBack { .. }) | Err(Error::Diverged { .. }) => Status::Diverged,
                Ok(Event::Finished { .. }) => Status::Finished,
                Err(error) => return Err(error),
            };
        }
        if done > 0 {
            self.loss = sum / done as f64;
        }
        Ok(status)
    }

    fn keep_if_good(&mut self, step: u64, loss: f64) {
        if step.is_multiple_of(GOOD_EVERY) && loss < GOOD_LOSS {
            self.good.swap(0, 1);
            self.good[1] = self.trainer.snapshot();
        }
    }

    /// Returns to the older of two good states, at least [`GOOD_EVERY`] optimizer steps back or untrained.
    pub(crate) fn rewind(&mut self) {
        self.trainer.restore(&self.good[0]);
        self.good[1] = self.good[0].clone();
        self.loss = f64::NAN;
        self.grad_norm = f64::NAN;
    }

    /// Sets the learning rate of all further optimizer steps.
    ///
    /// # Errors
    /// As [`Trainer::set_learning_rate`].
    pub(crate) fn set_learning_rate(&mut self, rate: f64) -> Result<(), Error> {
        self.trainer.set_learning_rate(rate)
    }

    /// Sets whether the hidden state is carried into all further windows.
    pub(crate) fn set_carry(&mut self, carry: bool) {
        self.trainer.set_carry(carry);
    }

    /// Runs the current weights over the whole series, with windows of `seq_length` time steps.
    ///
    /// # Errors
    /// The errors of a forward pass.
    pub(crate) fn evaluate(&mut self, seq_length: usize) -> Result<&Evaluation, Error> {
        let reset_every = (!self.trainer.config().carry).then_some(seq_length);
        self.evaluation.run(self.trainer.model(), self.trainer.params(), reset_every)?;
        Ok(&self.evaluation)
    }

    /// The result of the last call of [`evaluate`](Engine::evaluate).
    pub(crate) fn evaluation(&self) -> &Evaluation {
        &self.evaluation
    }

    /// Optimizer steps done.
    pub(crate) fn step_count(&self) -> u64 {
        self.trainer.step()
    }

    /// The mean training loss of the last call of [`step`](Engine::step), in variances of the training data; NaN before.
    pub(crate) fn loss(&self) -> f64 {
        self.loss
    }

    /// The norm of the gradient of the last optimizer step; NaN before.
    pub(crate) fn grad_norm(&self) -> f64 {
        self.grad_norm
    }

    /// The number of weights.
    pub(crate) fn parameters(&self) -> usize {
        self.trainer.model().layout().count()
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
    for ((name, most, must_be), size) in LIMITS.into_iter().zip(sizes) {
        if !(1..=most).contains(&size) {
            return Err(setting(name, size.to_string(), must_be));
        }
    }
    Ok(())
}

fn setting(name: &'static str, got: String, must_be: &'static str) -> Error {
    Error::Setting { name, got, must_be }
}
