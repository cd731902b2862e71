//! The answer to a request for events.

use std::convert::Infallible;
use std::sync::Arc;

use axum::body::Body;
use axum::http::{Response, StatusCode};
use axum::response::IntoResponse;
use axum::response::sse::{self, KeepAlive, Sse};
use futures_util::stream;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

use crate::feed::{Event, Source};
use crate::guard;

/// Clients at one time: browsers open six connections for a site, and a page one stream.
const MAX_CLIENTS: usize = 32;

/// The stream of events of one client; its first event is the snapshot.
pub(crate) fn response(source: &Arc<dyn Source>) -> Response<Body> {
    if source.clients() >= MAX_CLIENTS {
        return guard::refusal(StatusCode::SERVICE_UNAVAILABLE);
    }
    let (first, events) = source.subscribe();
    let client = Client { source: Arc::clone(source), first: Some(first), events };
    let events = stream::unfold(client, |mut client| async {
        let event = client.next().await?;
        let event = sse::Event::default().event(event.name).data(event.data);
        Some((Ok::<_, Infallible>(event), client))
    });
    Sse::new(events).keep_alive(KeepAlive::default()).into_response()
}

struct Client {
    source: Arc<dyn Source>,
    first: Option<Event>,
    events: Receiver<Event>,
}

impl Client {
    /// The next event; `None` after the last one.
    async fn next(&mut self) -> Option<Event> {
        if let Some(first) = self.first.take() {
            return Some(first);
        }
        match self.events.recv().await {
            Ok(event) => Some(event),
            Err(RecvError::Closed) => None,
            Err(RecvError::Lagged(_)) => {
                let (first, events) = self.source.subscribe();
                self.events = events;
                Some(first)
            }
        }
    }
}
