//! The paths of the server.

use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use axum::middleware;
use axum::response::IntoResponse;
use axum::routing::get;

use crate::asset::Asset;
use crate::events;
use crate::feed::{Feed, Snapshot, Source};
use crate::guard;

/// What a server serves: assets, and the events of a training at `/events`.
#[derive(Debug)]
pub struct Site {
    assets: Vec<Asset>,
    events: Option<Arc<dyn Source>>,
}

impl Site {
    /// Serves `assets`, each at its own path.
    ///
    /// # Panics
    /// If two assets have the same path, when the server starts.
    pub fn new(assets: impl IntoIterator<Item = Asset>) -> Self {
        Self { assets: assets.into_iter().collect(), events: None }
    }

    /// Also serves the events of `feed`, at `/events`.
    #[must_use]
    pub fn with_events<S: Snapshot>(self, feed: &Arc<Feed<S>>) -> Self {
        Self { events: Some(Arc::clone(feed) as Arc<dyn Source>), ..self }
    }

    /// The routes, for requests to this port.
    pub(crate) fn router(self, port: u16) -> Router {
        let mut router = Router::new();
        for asset in self.assets {
            let body = asset.body();
            router = router.route(
                asset.path,
                get(move || {
                    let response = asset.response(body.clone());
                    async { response }
                }),
            );
        }
        if let Some(source) = self.events {
            let stream = move || {
                let response = events::response(&source);
                async { response }
            };
            router = router.route("/events", get(stream));
        }
        router
            .fallback(|| async { guard::refusal(StatusCode::NOT_FOUND).into_response() })
            .layer(middleware::from_fn(move |request, next| guard::check(port, request, next)))
    }
}
