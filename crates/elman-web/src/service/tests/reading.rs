//! Bodies that are no observations.

use super::client::Client;
use crate::service::ServiceConfig;
use crate::service::request::{MAX_OBSERVATIONS, observations};

#[track_caller]
fn refused(body: &str, part: &str, index: Option<u64>) {
    let client = Client::usual();
    let problem = client.observe(body).is(400);
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains(part), "{detail}");
    assert_eq!(problem.get("index").and_then(serde_json::Value::as_u64), index, "{detail}");
}

#[test]
fn bodies_that_are_no_observations_are_refused_with_the_place() {
    refused("", "EOF while parsing", None);
    refused("nonsense", "expected", None);
    refused("3", "expected an observation", None);
    refused("[]", "the array has no observation", None);
    refused(r#"{"y": 1"#, "EOF while parsing", Some(0));
    refused(r#"{"y": 1} {"y": 2}"#, "trailing characters", None);
    refused(r#"{"unique_id": "a"}"#, "missing field `y`", Some(0));
    refused(r#"{"y": "1"}"#, "expected f64", Some(0));
    refused(r#"{"y": true}"#, "expected f64", Some(0));
    refused(r#"{"y": 1e999}"#, "out of range", Some(0));
    refused(r#"{"y": NaN}"#, "expected", Some(0));
    refused(r#"{"y": 1, "value": 2}"#, "unknown field `value`", Some(0));
    refused(r#"{"y": 1, "y": 2}"#, "duplicate field `y`", Some(0));
    refused(r#"{"y": 1, "ds": 1.5}"#, "expected a string or a whole number", Some(0));
    refused(r#"{"y": 1, "ds": 1e16}"#, "expected a string or a whole number", Some(0));
    refused(r#"{"y": 1, "ds": ["2024"]}"#, "expected a string or a whole number", Some(0));
    refused(r#"{"y": 1, "unique_id": "\ud800"}"#, "hex escape", Some(0));
    refused(r#"{"y": 1, "model": "other"}"#, "there is no model `other`", Some(0));
    refused(r#"[{"y": 1}, {"y": 2}, {"y": "x"}]"#, "observation 2: ", Some(2));
    refused(r#"[{"y": 1}, ["a", null, 1, null]]"#, "expected an object", Some(1));
    refused(r#"[[[{"y": 1}]]]"#, "expected an object", Some(0));
    refused(&"[".repeat(100_000), "expected an object", Some(0));
    refused(&r#"{"y":"#.repeat(100_000), "expected f64", Some(0));
    refused(&format!(r#"{{"y": 1, "unique_id": "{}"}}"#, "a".repeat(257)), "256 bytes", Some(0));
    refused(&format!(r#"{{"y": 1, "ds": "{}"}}"#, "1".repeat(65)), "64 bytes", Some(0));
}

#[test]
fn the_number_of_observations_of_a_request_is_limited() {
    let array = |len| format!("[{}]", vec![r#"{"y":1}"#; len].join(","));
    refused(&array(MAX_OBSERVATIONS + 1), "more than 1000 observations", None);
    let read = observations(array(MAX_OBSERVATIONS).as_bytes(), &["m".to_owned()]).unwrap();
    assert_eq!(read.list.len(), MAX_OBSERVATIONS);
}

#[test]
fn a_request_with_one_bad_object_takes_nothing() {
    let client = Client::usual();
    assert_eq!(client.observe(r#"[{"unique_id": "a", "y": 1}, {"y": "x"}]"#).status, 400);
    assert_eq!(client.get("/forecast/a").status, 404);
}

#[test]
fn a_large_body_is_refused() {
    let config = ServiceConfig { body_limit: 100, ..ServiceConfig::default() };
    let client = Client::new(&["sales"], &config);
    let body = |len: usize| format!("{:>len$}", r#"{"y": 1}"#);
    assert_eq!(client.observe(&body(100)).status, 200);
    assert_eq!(client.observe(&body(101)).is(413)["detail"], "the body has more than 100 bytes");
}
