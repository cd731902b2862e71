//! Answers to requests that fail, as problem documents of RFC 9457.

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, Response, StatusCode};
use axum::response::IntoResponse;
use serde::Serialize;
use serde_json::Value;

use super::forecaster::Refusal;

/// A problem document. Its type is `about:blank`: the status says which kind of problem it is.
#[derive(Debug, Serialize)]
pub(crate) struct Problem {
    title: &'static str,
    status: u16,
    detail: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    help: String,
    /// Number of the first bad observation of the request, from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) index: Option<usize>,
    #[serde(flatten)]
    pub(crate) array: Option<Box<OfArray>>,
    /// Seconds after which the request may be repeated.
    #[serde(skip)]
    retry_after: Option<u64>,
}

/// Result of each observation of an array of which the valid ones were taken.
#[derive(Debug, Serialize)]
pub(crate) struct OfArray {
    /// All bad observations, each with its index.
    pub(crate) errors: Vec<Value>,
    /// The answer to each observation, `null` for a bad one.
    pub(crate) results: Vec<Value>,
}

impl Problem {
    pub(crate) fn new(
        status: StatusCode,
        detail: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Self {
            title: status.canonical_reason().unwrap_or_default(),
            status: status.as_u16(),
            detail: detail.into(),
            help: help.into(),
            index: None,
            array: None,
            retry_after: None,
        }
    }

    pub(crate) fn of(status: StatusCode, refusal: Refusal) -> Self {
        Self::new(status, refusal.detail, refusal.help)
    }

    pub(crate) fn retry_after(self, seconds: u64) -> Self {
        Self { retry_after: Some(seconds), ..self }
    }

    fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response<Body> {
        // A document of texts and numbers is always JSON.
        let mut response = Response::new(Body::from(serde_json::to_vec(&self).unwrap_or_default()));
        *response.status_mut() = self.status();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if self.status() == StatusCode::UNAUTHORIZED {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(seconds) = self.retry_after {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
