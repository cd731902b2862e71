//! The thread that owns the forecaster.
//!
//! It takes all requests that wait, runs them in their order, makes their observations durable in one transaction (group
//! commit), and only then answers them: an observation that was answered with 2xx is in the state file. A duplicate waits for
//! the transaction, too, so that an observation whose first transaction failed is durable when its repetition is answered.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};

use tokio::sync::{mpsc, oneshot};

use super::forecaster::{Forecast, Forecaster, ModelScores, Observation, Observed, Refusal};

/// Most requests of one transaction: the first of them waits for the last.
const MAX_BATCH: usize = 256;

/// Why the forecaster gives no answer.
#[derive(Debug, Clone)]
pub(crate) enum NoAnswer {
    /// The state could not be written, for this reason.
    NotSaved(String),
    /// The thread has ended.
    Ended,
}

type Answer<T> = oneshot::Sender<Result<T, NoAnswer>>;
type Found = Result<Option<Forecast>, Refusal>;

/// Sends an answer, after the transaction of this result.
type Reply = Box<dyn FnOnce(&Result<(), String>)>;

enum Task {
    Observe(Vec<Observation>, Answer<Vec<Result<Observed, Refusal>>>),
    Forecast(usize, String, Option<usize>, Answer<Found>),
    Scores(Answer<Vec<ModelScores>>),
}

/// Sends requests to the thread that owns the forecaster. The thread ends when the last sender is dropped.
#[derive(Debug, Clone)]
pub(crate) struct Requests {
    tasks: mpsc::Sender<Task>,
    is_saved: Arc<AtomicBool>,
}

/// The thread. Its result is that of the last transaction.
pub(crate) type Owner = JoinHandle<Result<(), String>>;

/// Starts the thread.
///
/// # Errors
/// The system gives no thread.
pub(crate) fn start(mut forecaster: Box<dyn Forecaster>) -> io::Result<(Requests, Owner)> {
    let (sender, tasks) = mpsc::channel(MAX_BATCH);
    let is_saved = Arc::new(AtomicBool::new(true));
    let requests = Requests { tasks: sender, is_saved: Arc::clone(&is_saved) };
    let run = move || answer_all(&mut *forecaster, tasks, &is_saved);
    let owner = thread::Builder::new().name("elman-forecasts".to_owned()).spawn(run)?;
    Ok((requests, owner))
}

fn answer_all(
    forecaster: &mut dyn Forecaster,
    mut tasks: mpsc::Receiver<Task>,
    is_saved: &AtomicBool,
) -> Result<(), String> {
    let mut batch = Vec::with_capacity(MAX_BATCH);
    while tasks.blocking_recv_many(&mut batch, MAX_BATCH) > 0 {
        let observes = batch.iter().any(|task| matches!(task, Task::Observe(..)));
        let answers: Vec<_> = batch.drain(..).map(|task| task.run(forecaster)).collect();
        let saved = if observes { forecaster.commit() } else { Ok(()) };
        if observes {
            is_saved.store(saved.is_ok(), Ordering::Relaxed);
        }
        answers.into_iter().for_each(|answer| answer(&saved));
    }
    forecaster.commit()
}

impl Task {
    /// Runs the request; its answer is sent after the transaction.
    fn run(self, forecaster: &mut dyn Forecaster) -> Reply {
        // A client that has gone away gets no answer.
        match self {
            Self::Observe(observations, answer) => {
                let observed: Vec<_> =
                    observations.iter().map(|next| forecaster.observe(next)).collect();
                Box::new(move |saved| {
                    let result = saved.clone().map_err(NoAnswer::NotSaved);
                    let _ = answer.send(result.map(|()| observed));
                })
            }
            Self::Forecast(model, unique_id, horizon, answer) => {
                let found = forecaster.forecast(model, &unique_id, horizon);
                Box::new(move |_| _ = answer.send(Ok(found)))
            }
            Self::Scores(answer) => {
                let scores = forecaster.scores();
                Box::new(move |_| _ = answer.send(Ok(scores)))
            }
        }
    }
}

impl Requests {
    /// Updates series with observations; returns when the observations are durable.
    pub(crate) async fn observe(
        &self,
        observations: Vec<Observation>,
    ) -> Result<Vec<Result<Observed, Refusal>>, NoAnswer> {
        self.ask(|answer| Task::Observe(observations, answer)).await
    }

    /// Forecasts a series.
    pub(crate) async fn forecast(
        &self,
        model: usize,
        unique_id: String,
        horizon: Option<usize>,
    ) -> Result<Found, NoAnswer> {
        self.ask(|answer| Task::Forecast(model, unique_id, horizon, answer)).await
    }

    /// Counts and errors of each model.
    pub(crate) async fn scores(&self) -> Result<Vec<ModelScores>, NoAnswer> {
        self.ask(Task::Scores).await
    }

    /// Whether the last transaction succeeded, and the thread runs.
    pub(crate) fn are_answered(&self) -> bool {
        self.is_saved.load(Ordering::Relaxed) && !self.tasks.is_closed()
    }

    async fn ask<T>(&self, task: impl FnOnce(Answer<T>) -> Task) -> Result<T, NoAnswer> {
        let (answer, answered) = oneshot::channel();
        self.tasks.send(task(answer)).await.map_err(|_| NoAnswer::Ended)?;
        answered.await.map_err(|_| NoAnswer::Ended)?
    }
}
