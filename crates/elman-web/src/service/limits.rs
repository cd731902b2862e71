//! Limits of the service, and the token of its clients.

use std::fmt;
use std::num::NonZeroU32;
use std::time::Duration;

use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, StatusCode};
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use subtle::ConstantTimeEq;

use super::problem::Problem;
use crate::guard;

/// Configuration of a [`ForecastServer`](super::ForecastServer).
#[derive(Debug, Clone)]
pub struct ServiceConfig {
    /// Most bytes of the body of a request; 413 beyond.
    pub body_limit: usize,
    /// Most requests a second, of all clients together; 429 beyond. `None`: no limit.
    pub rate_limit: Option<NonZeroU32>,
    /// The token that each request except `GET /health` has to have; `None`: no token.
    pub token: Option<Token>,
    /// Most connections at one time. Beyond it, the connection that has waited the longest for a request is closed.
    pub max_connections: usize,
    /// Longest time for the head of a request, and again for its body.
    pub time_out: Duration,
}

impl Default for ServiceConfig {
    fn default() -> Self {
        Self {
            body_limit: 1 << 20,
            rate_limit: None,
            token: None,
            max_connections: 256,
            time_out: Duration::from_secs(10),
        }
    }
}

/// The secret that clients send as `Authorization: Bearer TOKEN`.
#[derive(Clone)]
pub struct Token(String);

impl Token {
    /// A token of visible ASCII characters; `None` for other texts, and for none.
    pub fn new(text: &str) -> Option<Self> {
        let is_visible = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
        is_visible.then(|| Self(text.to_owned()))
    }

    /// Whether the request has the token. The time of the comparison does not depend on the characters.
    fn is_in(&self, headers: &HeaderMap) -> bool {
        let Ok(Some(value)) = guard::only(headers, &AUTHORIZATION) else { return false };
        let Some((scheme, given)) = value.split_once(' ') else { return false };
        let is_equal: bool = given.trim().as_bytes().ct_eq(self.0.as_bytes()).into();
        scheme.eq_ignore_ascii_case("bearer") && is_equal
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// Checks of each request before its body is read.
pub(crate) struct Limits {
    token: Option<Token>,
    rate: Option<DefaultDirectRateLimiter>,
}

impl Limits {
    pub(crate) fn new(config: &ServiceConfig) -> Self {
        let rate = config.rate_limit.map(|rate| RateLimiter::direct(Quota::per_second(rate)));
        Self { token: config.token.clone(), rate }
    }

    /// Refuses a request beyond the rate limit, or without the token. The rate comes first: it limits guesses, too.
    pub(crate) fn check(&self, headers: &HeaderMap) -> Result<(), Problem> {
        if let Some(Err(early)) = self.rate.as_ref().map(RateLimiter::check) {
            let wait = early.wait_time_from(DefaultClock::default().now());
            let detail = "more requests than the rate limit of this server";
            let help =
                "wait for the seconds of `Retry-After`, or send several observations as one array";
            let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, detail, help);
            return Err(problem.retry_after(wait.as_secs_f64().ceil().max(1.0) as u64));
        }
        match &self.token {
            Some(token) if !token.is_in(headers) => {
                let detail = "the request has no token, or not the token of this server";
                let help = "send the header `Authorization: Bearer TOKEN`";
                Err(Problem::new(StatusCode::UNAUTHORIZED, detail, help))
            }
            _ => Ok(()),
        }
    }
}

impl fmt::Debug for Limits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Limits").finish_non_exhaustive()
    }
}
