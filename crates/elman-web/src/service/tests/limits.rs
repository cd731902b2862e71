//! Requests that are refused before their body is read.

use std::num::NonZeroU32;

use super::client::{Client, JSON, request};
use crate::guard::Hosts;
use crate::service::{ServiceConfig, Token};

fn with_token() -> ServiceConfig {
    ServiceConfig { token: Token::new("secret-of-sales"), ..ServiceConfig::default() }
}

#[test]
fn each_request_but_that_for_health_needs_the_token() {
    let client = Client::new(&["sales"], &with_token());
    let status = |path: &str, headers: &[(&str, &str)]| {
        let method = if path == "/observe" { "POST" } else { "GET" };
        client.ask(request(method, path, headers, r#"{"y": 1}"#)).status
    };
    for path in ["/observe", "/forecast", "/forecast/a", "/metrics", "/openapi.json", "/other"] {
        assert_eq!(status(path, &[JSON]), 401, "{path}");
    }
    assert_eq!(status("/health", &[]), 200);
    let own = ("authorization", "Bearer secret-of-sales");
    assert_eq!(status("/observe", &[JSON, own]), 200);
    assert_eq!(status("/forecast", &[("authorization", "bearer secret-of-sales")]), 200);
    for other in ["Bearer secret-of-sale", "Bearer", "Basic secret-of-sales", "secret-of-sales"] {
        assert_eq!(status("/metrics", &[("authorization", other)]), 401, "{other}");
    }
    assert_eq!(status("/metrics", &[own, own]), 401, "twice");
}

#[test]
fn a_token_has_visible_characters_and_is_not_printed() {
    for text in ["", " ", "a b", "a\n", "ä"] {
        assert!(Token::new(text).is_none(), "{text:?}");
    }
    assert_eq!(format!("{:?}", Token::new("secret").unwrap()), "Token(…)");
}

#[test]
fn requests_beyond_the_rate_limit_are_told_when_to_come_again() {
    let rate_limit = NonZeroU32::new(3);
    let client = Client::new(&["sales"], &ServiceConfig { rate_limit, ..with_token() });
    // Guesses of the token count, too.
    let statuses: Vec<u16> = (0..9).map(|_| client.get("/metrics").status).collect();
    assert_eq!(statuses[..3], [401; 3]);
    assert!(statuses.contains(&429), "{statuses:?}");
    let refused = (0..9).map(|_| client.get("/metrics")).find(|one| one.status == 429).unwrap();
    assert_eq!(refused.headers["retry-after"], "1");
    assert_eq!(client.get("/health").status, 200);
}

#[test]
fn a_server_of_this_machine_answers_this_machine_alone() {
    let client = Client::usual();
    let status =
        |headers: &[(&str, &str)]| client.ask(request("GET", "/metrics", headers, "")).status;
    assert_eq!(status(&[("host", "127.0.0.1:7878")]), 200);
    assert_eq!(status(&[("host", "[::1]:7878")]), 200);
    assert_eq!(status(&[("host", "[::1]")]), 403);
    assert_eq!(status(&[("host", "evil.example:7878")]), 403);
    assert_eq!(status(&[("host", "localhost:7879")]), 403);
    assert_eq!(status(&[("origin", "http://localhost:7878")]), 200);
    assert_eq!(status(&[("origin", "https://localhost:7878")]), 403);
    assert_eq!(status(&[("origin", "http://evil.example")]), 403);
    assert_eq!(status(&[("host", "localhost:7878"), ("host", "localhost:7878")]), 400);
}

#[test]
fn a_server_of_a_network_answers_all_hosts_and_no_page_of_another_site() {
    let client = Client::at(Hosts::All, &["sales"], &ServiceConfig::default());
    let status =
        |headers: &[(&str, &str)]| client.ask(request("GET", "/metrics", headers, "")).status;
    let host = ("host", "forecasts.example");
    assert_eq!(status(&[host]), 200);
    assert_eq!(status(&[host, ("origin", "https://forecasts.example")]), 200);
    assert_eq!(status(&[host, ("origin", "https://evil.example")]), 403);
    assert_eq!(status(&[host, ("origin", "null")]), 403);
}

#[test]
fn answers_are_neither_kept_nor_guessed() {
    let client = Client::usual();
    for path in ["/health", "/other"] {
        let headers = client.get(path).headers;
        assert_eq!(headers["cache-control"], "no-store");
        assert_eq!(headers["x-content-type-options"], "nosniff");
    }
}
