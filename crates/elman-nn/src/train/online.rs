//! Online training: optimizer steps on single windows, whose hidden state the caller keeps.

use elman_math::Real;
use serde::{Deserialize, Serialize};

use crate::clip::clip_norm;
use crate::error::{Error, Shape};
use crate::losses::Loss;
use crate::model::Model;
use crate::optim::{Optimizer, OptimizerConfig};
use crate::params::Params;
use crate::state::State;
use crate::tape::Tape;

/// Trains the weights of a model on one window of one lane after the other. The gradient stops at the beginning of a window.
pub struct OnlineTrainer<T: Real> {
    model: Model<T>,
    loss: Loss<T>,
    params: Params<T>,
    optimizer: Optimizer<T>,
    learning_rate: f64,
    max_norm: f64,
    tape: Tape<T>,
    state: State<T>,
    dstate: State<T>,
    grads: Params<T>,
    dy: Vec<T>,
}

impl<T: Real> std::fmt::Debug for OnlineTrainer<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OnlineTrainer").field("updates", &self.updates()).finish_non_exhaustive()
    }
}

/// Weights and optimizer of an [`OnlineTrainer`], to be saved.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SavedOnlineTrainer {
    params: Vec<f64>,
    slots: Vec<Vec<f64>>,
    updates: u64,
    learning_rate: f64,
}

impl<T: Real> OnlineTrainer<T> {
    /// Online training of `params` on windows of up to `seq_length` time steps, with Adam. The norm of a gradient is clipped
    /// to `max_norm`.
    ///
    /// # Errors
    /// A learning rate that is not above 0; a window without time steps.
    pub fn new(
        model: Model<T>,
        loss: Loss<T>,
        params: Params<T>,
        seq_length: usize,
        learning_rate: f64,
        max_norm: f64,
    ) -> Result<Self, Error> {
        model.check_window(seq_length, 1)?;
        check_rate(learning_rate)?;
        let optimizer = Optimizer::new(OptimizerConfig::default(), model.layout())?;
        Ok(Self {
            optimizer: optimizer.with_isa(model.isa()),
            learning_rate,
            max_norm,
            tape: model.tape(seq_length, 1),
            state: model.zero_state(1),
            dstate: model.zero_state(1),
            grads: Params::zeros(model.layout()),
            dy: Vec::with_capacity(seq_length * model.config().output_size),
            model,
            loss,
            params,
        })
    }

    /// Does one optimizer step on a window: inputs `x` `[T, 1, I]`, `targets` `[T, 1, ·]`, NaN where a target is masked, and
    /// the hidden state before the window. Returns the loss before the step. A loss or a gradient that is not finite, and a
    /// window without targets, change nothing. Allocates nothing.
    ///
    /// # Errors
    /// A window or a state whose shape does not fit the model.
    pub fn step(&mut self, x: &[T], targets: &[T], before: &State<T>) -> Result<f64, Error> {
        let Self { model, loss, params, tape, .. } = self;
        let (inputs, outputs) = (model.config().input_size, model.config().output_size);
        let steps = (x.len() / inputs).clamp(1, self.dy.capacity() / outputs);
        Shape([('T', steps), ('B', 1), ('I', inputs)]).check("x", x)?;
        let per_step = outputs / loss.outputs_per_target();
        Shape([('T', steps), ('B', 1), ('K', per_step)]).check("targets", targets)?;
        let known = targets.iter().filter(|target| !target.is_nan()).count();
        if known == 0 {
            return Ok(0.0);
        }
        tape.set_steps(steps);
        model.check_state(tape.window(), before)?;
        self.state.copy_from(before);
        model.forward(params, x, &mut self.state, tape, None)?;
        self.dy.resize(steps * outputs, T::ZERO);
        let value = loss.share(tape.output(), targets, known, &mut self.dy);
        self.grads.clear();
        self.dstate.reset();
        model.backward(params, x, &self.dy, &mut self.dstate, None, tape, &mut self.grads)?;
        let norm = clip_norm(model.isa(), &mut self.grads, self.max_norm);
        if value.is_finite() && norm.is_finite() {
            self.optimizer.step(params, &self.grads, self.learning_rate);
        }
        Ok(value)
    }

    /// The weights.
    pub fn params(&self) -> &Params<T> {
        &self.params
    }

    /// The number of optimizer steps since the weights were set.
    pub fn updates(&self) -> u64 {
        self.optimizer.updates()
    }

    /// The learning rate.
    pub fn learning_rate(&self) -> f64 {
        self.learning_rate
    }

    /// Sets the weights to `params`, the optimizer to its initial state, and the learning rate.
    ///
    /// # Errors
    /// A learning rate that is not above 0.
    pub fn restart(&mut self, params: &Params<T>, learning_rate: f64) -> Result<(), Error> {
        check_rate(learning_rate)?;
        self.learning_rate = learning_rate;
        self.params.copy_from(params);
        self.optimizer.set_updates(0);
        self.optimizer.slots_mut().for_each(|(_, slot)| slot.values_mut().fill(T::ZERO));
        Ok(())
    }

    /// Weights and optimizer, to be saved.
    pub fn save(&self) -> SavedOnlineTrainer {
        let numbers = |params: &Params<T>| params.values().iter().map(|v| v.to_f64()).collect();
        SavedOnlineTrainer {
            params: numbers(&self.params),
            slots: self.optimizer.slots().map(|(_, slot)| numbers(slot)).collect(),
            updates: self.updates(),
            learning_rate: self.learning_rate,
        }
    }

    /// Continues from saved weights and a saved optimizer, bit for bit.
    ///
    /// # Errors
    /// Those of another model, or numbers that are not finite; nothing then changes.
    pub fn resume(&mut self, saved: &SavedOnlineTrainer) -> Result<(), Error> {
        let len = self.params.values().len();
        let fits = |values: &Vec<f64>| {
            values.len() == len && values.iter().all(|v| T::from_f64(*v).to_f64().is_finite())
        };
        let all = || saved.slots.iter().chain([&saved.params]);
        if saved.slots.len() != self.optimizer.slots().count() || !all().all(fits) {
            let got = "those of another model".to_owned();
            return Err(Error::Setting { name: "weights", got, must_be: "those of this model" });
        }
        check_rate(saved.learning_rate)?;
        self.learning_rate = saved.learning_rate;
        let copy = |to: &mut Params<T>, from: &[f64]| {
            let pairs = to.values_mut().iter_mut().zip(from);
            pairs.for_each(|(to, from)| *to = T::from_f64(*from));
        };
        copy(&mut self.params, &saved.params);
        let slots = self.optimizer.slots_mut().zip(&saved.slots);
        slots.for_each(|((_, slot), values)| copy(slot, values));
        self.optimizer.set_updates(saved.updates);
        Ok(())
    }
}

fn check_rate(rate: f64) -> Result<(), Error> {
    if rate > 0.0 && rate.is_finite() {
        return Ok(());
    }
    let got = rate.to_string();
    Err(Error::Setting { name: "learning_rate", got, must_be: "above 0" })
}
