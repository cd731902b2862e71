//! Evaluation of a network on the whole series, for the charts of the page.

use elman_nn::error::Error;
use elman_nn::{Model, Params, Runner};

use crate::series::TEST_LEN;

/// Time steps before the test set whose hidden state is kept.
const SHOWN_BEFORE: usize = 60;

/// Predictions, hidden states and errors of one network. All values are standardized.
#[derive(Debug)]
pub(crate) struct Evaluation {
    /// Reads one time step in one lane.
    runner: Runner<f32>,
    /// The series.
    values: Vec<f32>,
    /// The prediction of each value but the first from all values before it.
    predictions: Vec<f32>,
    /// The hidden state after each of the last time steps, `[time steps, L·H]`.
    hidden: Vec<f32>,
    /// The recursive forecast of the test set: each prediction is the next input.
    future: Vec<f32>,
}

impl Evaluation {
    /// For a network and a series longer than the test set.
    ///
    /// # Errors
    /// As [`Runner::new`].
    pub(crate) fn new(model: &Model<f32>, values: Vec<f32>) -> Result<Self, Error> {
        let runner = Runner::new(model, 1, 1, 1)?;
        Ok(Self { runner, values, predictions: Vec::new(), hidden: Vec::new(), future: Vec::new() })
    }

    /// Reads the series value by value from a hidden state of zeros. `reset_every`, the time steps of a window, resets
    /// the hidden state at the start of each window; the test set starts with a window.
    ///
    /// # Errors
    /// The errors of a forward pass.
    pub(crate) fn run(
        &mut self,
        model: &Model<f32>,
        params: &Params<f32>,
        reset_every: Option<usize>,
    ) -> Result<(), Error> {
        let Self { runner, values, predictions, hidden, future } = self;
        let cutoff = values.len() - TEST_LEN;
        predictions.clear();
        hidden.clear();
        runner.reset();
        let mut at_cutoff = None;
        for (t, &value) in values.iter().enumerate() {
            if t == cutoff {
                at_cutoff = Some((runner.state().clone(), predictions[t - 1]));
            }
            if reset_every.is_some_and(|steps| t % steps == cutoff % steps) {
                runner.reset();
            }
            predictions.push(runner.run(model, params, &[value])?[0]);
            if t + SHOWN_BEFORE >= cutoff {
                hidden.extend_from_slice(runner.state().tensor("h").expect("every cell has h"));
            }
        }
        // The last one predicts a value after the end.
        predictions.pop();
        let (state, mut next) = at_cutoff.expect("a series longer than its test set");
        future.clear();
        let mut runner = Runner::new(model, 1, 1, 1)?.with_state(state);
        for _ in cutoff..values.len() {
            future.push(next);
            next = runner.run(model, params, &[next])?[0];
        }
        Ok(())
    }

    /// The series.
    pub(crate) fn values(&self) -> &[f32] {
        &self.values
    }

    /// The prediction of each value but the first from all values before it.
    pub(crate) fn predictions(&self) -> &[f32] {
        &self.predictions
    }

    /// The hidden state after each of the last time steps, `[time steps, L·H]`.
    pub(crate) fn hidden(&self) -> &[f32] {
        &self.hidden
    }

    /// The recursive forecast of the test set.
    pub(crate) fn future(&self) -> &[f32] {
        &self.future
    }

    /// Mean squared error of the predictions of the test set, one step ahead.
    pub(crate) fn test_error(&self) -> f64 {
        self.error_in_test_set(&self.predictions[self.predictions.len() - TEST_LEN..])
    }

    /// Mean squared error of the recursive forecast of the test set.
    pub(crate) fn future_error(&self) -> f64 {
        self.error_in_test_set(&self.future)
    }

    /// Mean squared error of the naive forecast of the test set, one step ahead: the last value.
    pub(crate) fn naive_error(&self) -> f64 {
        let last = self.values.len() - 1;
        self.error_in_test_set(&self.values[last - TEST_LEN..last])
    }

    fn error_in_test_set(&self, predictions: &[f32]) -> f64 {
        let actual = &self.values[self.values.len() - TEST_LEN..];
        let squares = predictions.iter().zip(actual).map(|(a, b)| f64::from(a - b).powi(2));
        squares.sum::<f64>() / TEST_LEN as f64
    }
}
