//! Interactive training: settings that change between two optimizer steps, and snapshots to return to.

use elman_math::Real;

use super::{Trainer, TrainerState};
use crate::error::Error;

impl<T: Real> Trainer<'_, T> {
    /// Sets the learning rate of all further optimizer steps; halvings after rollbacks are forgotten.
    ///
    /// # Errors
    /// [`Error::Setting`] if the rate is not above 0; the old rate then stays.
    pub fn set_learning_rate(&mut self, rate: f64) -> Result<(), Error> {
        let old = std::mem::replace(&mut self.config.learning_rate, rate);
        if let Err(error) = self.config.check() {
            self.config.learning_rate = old;
            return Err(error);
        }
        self.forget_halvings();
        Ok(())
    }

    /// Sets whether the hidden state is carried into the next window and all further windows.
    pub fn set_carry(&mut self, carry: bool) {
        self.config.carry = carry;
    }

    /// A copy of the current state, for [`restore`](Trainer::restore).
    pub fn snapshot(&self) -> TrainerState<T> {
        self.current.clone()
    }

    /// Returns to an earlier state of this training; halvings after rollbacks are forgotten.
    ///
    /// # Panics
    /// If `state` is of another network.
    pub fn restore(&mut self, state: &TrainerState<T>) {
        self.current.copy_from(state);
        self.last_good.copy_from(state);
        self.history.truncate(state.step as usize);
        self.forget_halvings();
    }

    fn forget_halvings(&mut self) {
        self.lr_scale = 1.0;
        self.halvings = 0;
    }
}
