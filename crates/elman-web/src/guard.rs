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

/// Refuses a request, or passes it on.
pub(crate) async fn check(port: u16, request: Request, next: Next) -> Response<Body> {
    let mut response = match refused(&request, port) {
        Some(status) => refusal(status),
        None => next.run(request).await,
    };
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
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

/// Why a request is refused. A request for another host comes from a page of that host, whose name was pointed to this
/// machine (DNS rebinding).
fn refused(request: &Request, port: u16) -> Option<StatusCode> {
    let Ok(host) = only(request.headers(), &HOST) else { return Some(StatusCode::BAD_REQUEST) };
    let Some(host) = host else { return Some(StatusCode::BAD_REQUEST) };
    if !is_this_machine(host, port) || !is_own_page(request.headers(), host) {
        return Some(StatusCode::FORBIDDEN);
    }
    (request.method() != Method::GET).then_some(StatusCode::METHOD_NOT_ALLOWED)
}

/// The value of a header that may stand once.
fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<Option<&'a str>, ()> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => value.to_str().map(Some).map_err(|_| ()),
        _ => Err(()),
    }
}

fn is_this_machine(host: &str, port: u16) -> bool {
    let (name, asked) = host.rsplit_once(':').unwrap_or((host, "80"));
    let is_local = name == "127.0.0.1" || name.eq_ignore_ascii_case("localhost");
    is_local && asked == port.to_string()
}

/// Whether the page that asks is served by this server; a browser that opens an address states no page.
fn is_own_page(headers: &HeaderMap, host: &str) -> bool {
    match only(headers, &ORIGIN) {
        Ok(None) => true,
        Ok(Some(origin)) => {
            origin.strip_prefix("http://").is_some_and(|own| own.eq_ignore_ascii_case(host))
        }
        Err(()) => false,
    }
}
