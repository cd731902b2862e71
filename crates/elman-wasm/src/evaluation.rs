//! Evaluation of a network on the whole series, for the charts of the page.

use elman_nn::cells::CellEntry;
use elman_nn::error::Error;
use elman_nn::registry::Entry;
use elman_nn::{Model, Params, State, Tape};

use crate::series::TEST_LEN;
use crate::unit::TimeStep;

/// Time steps before the test set whose states and gates are kept.
const SHOWN_BEFORE: usize = 60;

/// The quantity of the heat map: a state of the cell, or one of its gates, which are counted after the states.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Shown {
    pub(crate) quantity: usize,
    pub(crate) layer: usize,
}

/// Predictions, states and errors of one network. All values are inputs and outputs of the network.
#[derive(Debug)]
pub(crate) struct Evaluation {
    /// Of one time step in one lane.
    tape: Tape<f32>,
    state: State<f32>,
    gates: Vec<f32>,
    pub(crate) shown: Shown,
    /// The series.
    values: Vec<f32>,
    /// The variance of its training set.
    variance: f64,
    /// The prediction of each value but the first from all values before it.
    predictions: Vec<f32>,
    /// The shown quantity of one layer after each of the last time steps, `[time steps, H]`.
    map: Vec<f32>,
    /// The time step of the last prediction.
    last: Option<TimeStep>,
    /// The recursive forecast of the test set: each prediction is the next input.
    future: Vec<f32>,
}

impl Evaluation {
    /// For a network and a series longer than the test set. `variance` is that of the training set.
    ///
    /// # Errors
    /// As [`Model::check_window`].
    pub(crate) fn new(model: &Model<f32>, values: Vec<f32>, variance: f64) -> Result<Self, Error> {
        model.check_window(1, 1)?;
        Ok(Self {
            tape: model.tape(1, 1),
            state: model.zero_state(1),
            gates: Vec::new(),
            shown: Shown::default(),
            values,
            variance,
            predictions: Vec::new(),
            map: Vec::new(),
            last: None,
            future: Vec::new(),
        })
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
        let cutoff = self.values.len() - TEST_LEN;
        self.predictions.clear();
        self.map.clear();
        self.state.reset();
        let mut at_cutoff = None;
        for t in 0..self.values.len() {
            if t == cutoff {
                at_cutoff = Some((self.state.clone(), self.predictions[t - 1]));
            }
            if reset_every.is_some_and(|steps| t % steps == cutoff % steps) {
                self.state.reset();
            }
            let before = (t + 2 == self.values.len()).then(|| self.state.clone());
            let x = self.values[t];
            let prediction = self.step(model, params, x)?;
            self.predictions.push(prediction);
            if t + SHOWN_BEFORE >= cutoff {
                model.gates(&self.tape, &mut self.gates);
                self.keep_shown(model);
            }
            if let Some(before) = before {
                let (after, gates) = (self.state.clone(), self.gates.clone());
                self.last = Some(TimeStep { x, before, after, gates });
            }
        }
        // The last one predicts a value after the end.
        self.predictions.pop();
        let (state, mut next) = at_cutoff.expect("a series longer than its test set");
        self.state = state;
        self.future.clear();
        for _ in cutoff..self.values.len() {
            self.future.push(next);
            next = self.step(model, params, next)?;
        }
        Ok(())
    }

    fn step(&mut self, model: &Model<f32>, params: &Params<f32>, x: f32) -> Result<f32, Error> {
        model.forward(params, &[x], &mut self.state, &mut self.tape, None)?;
        Ok(self.tape.output()[0])
    }

    /// Appends the shown quantity of this time step; nothing for a quantity or a layer that the network does not have.
    fn keep_shown(&mut self, model: &Model<f32>) {
        let Shown { quantity, layer } = self.shown;
        let hidden = model.config().hidden_size;
        let states = self.state.names();
        let cell = CellEntry::<f32>::find(&model.config().cell).expect("the cell of a model");
        let (values, row) = match states.get(quantity) {
            Some(name) => (self.state.tensor(name).unwrap_or_default(), layer),
            None => (&self.gates[..], layer * cell.gates + quantity - states.len()),
        };
        self.map.extend(values.iter().skip(row * hidden).take(hidden));
    }

    /// The hidden state before time step `t` of the series, with resets as in [`run`](Evaluation::run).
    ///
    /// # Errors
    /// The errors of a forward pass.
    pub(crate) fn state_before(
        &self,
        model: &Model<f32>,
        params: &Params<f32>,
        window: std::ops::Range<usize>,
    ) -> Result<State<f32>, Error> {
        let mut state = model.zero_state(1);
        if !window.is_empty() {
            let mut tape = model.tape(window.len(), 1);
            model.forward(params, &self.values[window], &mut state, &mut tape, None)?;
        }
        Ok(state)
    }

    /// The series.
    pub(crate) fn values(&self) -> &[f32] {
        &self.values
    }

    /// The prediction of each value but the first from all values before it.
    pub(crate) fn predictions(&self) -> &[f32] {
        &self.predictions
    }

    /// The shown quantity after each of the last time steps, `[time steps, H]`.
    pub(crate) fn map(&self) -> &[f32] {
        &self.map
    }

    /// The time step of the last prediction.
    pub(crate) fn last(&self) -> Option<&TimeStep> {
        self.last.as_ref()
    }

    /// The recursive forecast of the test set.
    pub(crate) fn future(&self) -> &[f32] {
        &self.future
    }

    /// Mean squared error of the predictions of the test set, one step ahead, in variances of the training set.
    pub(crate) fn test_error(&self) -> f64 {
        self.error_in_test_set(&self.predictions[self.predictions.len() - TEST_LEN..])
    }

    /// The same of the recursive forecast of the test set.
    pub(crate) fn future_error(&self) -> f64 {
        self.error_in_test_set(&self.future)
    }

    /// The same of the naive forecast of the test set, one step ahead: the last value.
    pub(crate) fn naive_error(&self) -> f64 {
        let last = self.values.len() - 1;
        self.error_in_test_set(&self.values[last - TEST_LEN..last])
    }

    fn error_in_test_set(&self, predictions: &[f32]) -> f64 {
        let actual = &self.values[self.values.len() - TEST_LEN..];
        let squares = predictions.iter().zip(actual).map(|(a, b)| f64::from(a - b).powi(2));
        squares.sum::<f64>() / TEST_LEN as f64 / self.variance
    }
}
