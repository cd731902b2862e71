//! The events of a training, on their way to any number of clients.
//!
//! The training never waits for a client: an event goes into a channel of limited size, from which the clients read. A client
//! that reads too slowly loses events, and gets the whole state anew.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::broadcast::{self, Receiver, Sender};

/// Events that are kept for a slow client.
const CAPACITY: usize = 32;

/// One server-sent event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The name, such as `step`.
    pub name: &'static str,
    /// The data, such as a JSON document.
    pub data: String,
}

/// Everything that is known so far.
pub trait Snapshot: Clone + Send + 'static {
    /// The first event of each client, which contains the whole snapshot.
    fn first_event(&self) -> Event;
}

/// The events of one training, and the snapshot for clients that come later.
pub struct Feed<S> {
    inner: Mutex<Inner<S>>,
}

struct Inner<S> {
    snapshot: S,
    /// `None` after the last event.
    sender: Option<Sender<Event>>,
    had_clients: bool,
}

/// Where a client gets its events from.
pub(crate) trait Source: fmt::Debug + Send + Sync {
    /// The first event of a client, and those that follow it.
    fn subscribe(&self) -> (Event, Receiver<Event>);

    /// The number of clients.
    fn clients(&self) -> usize;
}

impl<S: Snapshot> Feed<S> {
    /// A feed without events so far.
    pub fn new(snapshot: S) -> Self {
        let sender = Some(broadcast::channel(CAPACITY).0);
        Self { inner: Mutex::new(Inner { snapshot, sender, had_clients: false }) }
    }

    /// Updates the snapshot by `change`, and sends the event that `change` returns to all clients. Never waits for a client.
    /// Nothing is sent after the [end](Feed::end).
    pub fn publish(&self, change: impl FnOnce(&mut S) -> Event) {
        let mut inner = self.inner();
        let event = change(&mut inner.snapshot);
        if let Some(sender) = &inner.sender {
            // No client is no error.
            let _ = sender.send(event);
        }
    }

    /// Publishes the last event: the streams of all clients end after it.
    pub fn end(&self, change: impl FnOnce(&mut S) -> Event) {
        self.publish(change);
        self.inner().sender = None;
    }

    /// Whether any client has been connected.
    pub fn had_clients(&self) -> bool {
        self.inner().had_clients
    }

    fn inner(&self) -> MutexGuard<'_, Inner<S>> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<S: Snapshot> Source for Feed<S> {
    fn subscribe(&self) -> (Event, Receiver<Event>) {
        let mut inner = self.inner();
        inner.had_clients = true;
        // A copy, so that the training does not wait while it is written as text. No event comes between the two.
        let snapshot = inner.snapshot.clone();
        let events = match &inner.sender {
            Some(sender) => sender.subscribe(),
            None => broadcast::channel(1).1,
        };
        drop(inner);
        (snapshot.first_event(), events)
    }

    fn clients(&self) -> usize {
        self.inner().sender.as_ref().map_or(0, Sender::receiver_count)
    }
}

impl<S> fmt::Debug for Feed<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Feed").finish_non_exhaustive()
    }
}
