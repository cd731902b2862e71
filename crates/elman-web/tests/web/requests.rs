//! Which requests are answered.

use std::borrow::Cow;
use std::io::Read;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use elman_web::{Asset, Server, Site};

use crate::client::{ask, send, serve};

fn site() -> Server {
    let weights = Asset {
        path: "/weights",
        content_type: "application/octet-stream",
        encoding: Some("gzip"),
        bytes: Cow::Owned(b"packed".to_vec()),
    };
    serve(Site::new([Asset::html("/", "<!doctype html>page"), weights]))
}

#[test]
fn assets_are_served_with_their_headers() {
    let server = site();
    let (port, host) = (server.port(), format!("Host: 127.0.0.1:{}", server.port()));
    let page = ask(port, &format!("GET / HTTP/1.1\n{host}")).to_lowercase();
    assert!(page.starts_with("http/1.1 200 ok\r\n"), "{page}");
    for header in [
        "content-type: text/html; charset=utf-8",
        "cache-control: no-store",
        "x-content-type-options: nosniff",
        "x-frame-options: deny",
    ] {
        assert!(page.contains(&format!("\r\n{header}\r\n")), "{header}: {page}");
    }
    assert!(page.ends_with("\r\n\r\n<!doctype html>page"));
    assert!(!page.contains("content-encoding"));
    let weights = ask(port, &format!("GET /weights HTTP/1.1\n{host}"));
    assert!(weights.contains("content-encoding: gzip\r\n") && weights.ends_with("packed"));
}

#[test]
fn only_requests_to_this_machine_and_from_its_own_page_are_answered() {
    let server = site();
    let port = server.port();
    let check = |request: &str, expected: &str| {
        let request = request.replace("PORT", &port.to_string());
        let answer = ask(port, &request);
        assert_eq!(answer.get(9..12), Some(expected), "{request}: {answer}");
    };
    check("GET / HTTP/1.1\nHost: 127.0.0.1:PORT", "200");
    check("GET /?x=1 HTTP/1.1\nAccept: */*\nhost:LocalHost:PORT", "200");
    check("GET / HTTP/1.1\nHost: evil.example:PORT", "403");
    check("GET / HTTP/1.1\nHost: 127.0.0.1:1", "403");
    check("GET / HTTP/1.1\nHost: 127.0.0.1", "403");
    check("GET / HTTP/1.1\nHost: 127.0.0.1.evil.example:PORT", "403");
    check("GET /other HTTP/1.1\nHost: evil.example:PORT", "403");
    check("GET / HTTP/1.1\nHost: 127.0.0.1:PORT\nOrigin: http://127.0.0.1:PORT", "200");
    check("GET / HTTP/1.1\nHost: localhost:PORT\nOrigin: http://localhost:PORT", "200");
    check("GET / HTTP/1.1\nHost: 127.0.0.1:PORT\nOrigin: http://evil.example", "403");
    check("GET / HTTP/1.1\nHost: 127.0.0.1:PORT\nOrigin: null", "403");
    check("GET / HTTP/1.1\nHost: 127.0.0.1:PORT\nOrigin: https://127.0.0.1:PORT", "403");
    check("POST / HTTP/1.1\nHost: evil.example", "403");
    check("POST / HTTP/1.1\nHost: localhost:PORT", "405");
    check("HEAD / HTTP/1.1\nHost: localhost:PORT", "405");
    check("GET /etc/passwd HTTP/1.1\nHost: localhost:PORT", "404");
    check("GET /events HTTP/1.1\nHost: localhost:PORT", "404");
    check("GET / HTTP/1.1\nHost: localhost:PORT\nHost: evil.example", "400");
    check("GET / HTTP/1.1", "400");
    check("nonsense", "400");
    assert!(
        ask(port, &format!("PUT / HTTP/1.1\nHost: localhost:{port}")).contains("allow: GET\r\n")
    );
}

#[test]
fn a_silent_connection_holds_up_neither_answers_nor_the_end() {
    let server = site();
    let port = server.port();
    let _silent = TcpStream::connect(("127.0.0.1", port)).unwrap();
    let request = format!("GET / HTTP/1.1\nHost: 127.0.0.1:{port}");
    assert!(ask(port, &request).starts_with("HTTP/1.1 200 "));
    // A connection that is kept for a next request.
    let mut kept = send(port, &format!("{request}\n\n"));
    let began = Instant::now();
    server.stop(Duration::from_secs(10));
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    let mut answer = String::new();
    // The answer that was under way, or nothing where the connection was not yet accepted.
    if kept.read_to_string(&mut answer).is_ok() {
        assert!(answer.is_empty() || answer.ends_with("page"), "{answer}");
    }
    assert!(TcpStream::connect(("127.0.0.1", port)).is_err(), "the port is free");
}

#[test]
fn a_server_ends_when_it_is_dropped() {
    let server = site();
    let port = server.port();
    drop(server);
    assert!(TcpStream::connect(("127.0.0.1", port)).is_err());
}
