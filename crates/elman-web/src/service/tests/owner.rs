//! Transactions of the thread that owns the forecaster.

use std::sync::atomic::Ordering::Relaxed;
use std::sync::mpsc;

use tokio::runtime::Builder;

use super::client::Client;
use super::forecaster::{Disk, LastValue};
use crate::service::{Forecast, Forecaster, ModelScores, Observation, Observed, Refusal, owner};

#[test]
fn an_observation_that_is_not_saved_is_not_answered_with_200() {
    let client = Client::usual();
    let body = r#"{"unique_id": "a", "ds": "1", "y": 1}"#;
    client.disk.is_full.store(true, Relaxed);
    let problem = client.observe(body).is(503);
    assert_eq!(problem["detail"], "the state cannot be written: no space left on device");
    assert_eq!(client.get("/health").status, 503);
    // The repetition is a duplicate, and its transaction fails as the first one did.
    assert_eq!(client.observe(body).status, 503);
    client.disk.is_full.store(false, Relaxed);
    assert_eq!(client.observe(body).is(200)["arrival"], "duplicate");
    assert_eq!(client.get("/health").status, 200);
}

#[test]
fn a_refused_request_writes_nothing() {
    let client = Client::usual();
    client.observe("{}").is(400);
    client.get("/forecast/a").is(404);
    assert_eq!(client.disk.commits.load(Relaxed), 0);
    client.observe(r#"[{"y": 1}, {"y": 2}]"#).is(200);
    assert_eq!(client.disk.commits.load(Relaxed), 1, "one transaction for an array");
}

/// A forecaster whose first observation waits for the test.
struct Waits(LastValue, Option<mpsc::Receiver<()>>);

impl Forecaster for Waits {
    fn observe(&mut self, observation: &Observation) -> Result<Observed, Refusal> {
        if let Some(go_on) = self.1.take() {
            go_on.recv().unwrap();
        }
        self.0.observe(observation)
    }

    fn forecast(
        &mut self,
        model: usize,
        unique_id: &str,
        horizon: Option<usize>,
    ) -> Result<Option<Forecast>, Refusal> {
        self.0.forecast(model, unique_id, horizon)
    }

    fn commit(&mut self) -> Result<(), String> {
        self.0.commit()
    }

    fn scores(&self) -> Vec<ModelScores> {
        self.0.scores()
    }
}

#[test]
fn requests_that_wait_share_one_transaction() {
    let (go_on, waits) = mpsc::channel();
    let disk = Disk::default();
    let (requests, thread) =
        owner::start(Box::new(Waits(LastValue::new(1, &disk), Some(waits)))).unwrap();
    let observe = |id: &str| {
        let observation = Observation { model: 0, unique_id: id.to_owned(), ds: None, y: 1.0 };
        let requests = requests.clone();
        async move { requests.observe(vec![observation]).await.unwrap().remove(0).unwrap() }
    };
    let runtime = Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let first = tokio::spawn(observe("first"));
        let others: Vec<_> = (0..100).map(|id| tokio::spawn(observe(&id.to_string()))).collect();
        // All requests are sent before the first one goes on; the runtime runs some of them at each turn.
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        go_on.send(()).unwrap();
        first.await.unwrap();
        for other in others {
            other.await.unwrap();
        }
    });
    let commits = disk.commits.load(Relaxed);
    assert!((1..=2).contains(&commits), "{commits} transactions of 101 requests");
    drop(requests);
    assert_eq!(thread.join().unwrap(), Ok(()));
}

#[test]
fn requests_after_a_failure_of_the_thread_are_told_so() {
    let (go_on, waits) = mpsc::channel::<()>();
    // The observation panics, as nobody lets it go on.
    drop(go_on);
    let waits = Waits(LastValue::new(1, &Disk::default()), Some(waits));
    let (requests, thread) = owner::start(Box::new(waits)).unwrap();
    assert!(requests.are_answered());
    let observation = Observation { model: 0, unique_id: String::new(), ds: None, y: 1.0 };
    let runtime = Builder::new_current_thread().build().unwrap();
    let ended = |answer| matches!(answer, Err(owner::NoAnswer::Ended));
    assert!(ended(runtime.block_on(requests.observe(vec![observation]))));
    assert!(thread.join().is_err());
    assert!(!requests.are_answered());
    assert!(runtime.block_on(requests.scores()).is_err());
}
