//! Requests that are refused, and headers of all answers.

use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_TYPE, HOST, ORIGIN, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode};
use axum::middleware::Next;

/// Headers of all answers: an answer is not guessed to be a script, not kept, and not shown within another page.
const HEADERS: [(HeaderName, &str); 3] =
    [(CACHE_CONTROL, "no-store"), (X_CONTENT_TYPE_OPTIONS, "nosniff"), (X_FRAME_OPTIONS, "DENY")];

/// The hosts whose requests a server answers.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Hosts {
    /// This machine alone, at this port.
    Local(u16),
    /// All hosts, as the server has an address of the network.
    All,
}

/// Refuses a request, or passes it on.
pub(crate) async fn check(port: u16, request: Request, next: Next) -> Response<Body> {
    let mut response = match refused(&request, port) {
        Some(status) => refusal(status),
        None => next.run(request).await,
    };
    add_headers(&mut response);
    response
}

/// Adds the headers of all answers.
pub(crate) fn add_headers(response: &mut Response<Body>) {
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
}

/// The answer to a request that is refused.
pub(crate) fn refusal(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::from(status.to_string()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    if status == StatusCode::METHOD_NOT_ALLOWED {
        headers.insert(ALLOW, HeaderValue::from_static("GET"));
    }
    response
}

fn refused(request: &Request, port: u16) -> Option<StatusCode> {
    foreign(request.headers(), Hosts::Local(port))
        .or_else(|| (request.method() != Method::GET).then_some(StatusCode::METHOD_NOT_ALLOWED))
}

/// Why a request is refused for its origin. A request for another host comes from a page of that host, whose name was
/// pointed to this machine (DNS rebinding).
pub(crate) fn foreign(headers: &HeaderMap, hosts: Hosts) -> Option<StatusCode> {
    let Ok(Some(host)) = only(headers, &HOST) else { return Some(StatusCode::BAD_REQUEST) };
    let is_answered = match hosts {
        Hosts::Local(port) => is_this_machine(host, port),
        Hosts::All => true,
    };
    (!is_answered || !is_own_page(headers, host, hosts)).then_some(StatusCode::FORBIDDEN)
}

/// The value of a header that may stand once.
pub(crate) fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<Option<&'a str>, ()> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => value.to_str().map(Some).map_err(|_| ()),
        _ => Err(()),
    }
}

fn is_this_machine(host: &str, port: u16) -> bool {
    let (name, asked) = match host.rsplit_once(':') {
        // The colon of an IPv6 address without a port.
        Some((_, end)) if end.ends_with(']') => (host, "80"),
        Some(parts) => parts,
        None => (host, "80"),
    };
    let is_local = ["127.0.0.1", "[::1]"].contains(&name) || name.eq_ignore_ascii_case("localhost");
    is_local && asked == port.to_string()
}

/// Whether the page that asks is served by this server; a browser that opens an address states no page.
fn is_own_page(headers: &HeaderMap, host: &str, hosts: Hosts) -> bool {
    match only(headers, &ORIGIN) {
        Ok(None) => true,
        Ok(Some(origin)) => {
            let own = origin.strip_prefix("http://").or(match hosts {
                // A proxy on the way may speak TLS.
                Hosts::All => origin.strip_prefix("https://"),
                Hosts::Local(_) => None,
            });
            own.is_some_and(|own| own.eq_ignore_ascii_case(host))
        }
        Err(()) => false,
    }
}
