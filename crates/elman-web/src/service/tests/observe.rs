//! Observations and forecasts.

use serde_json::json;

use super::client::{Client, JSON, request};
use crate::service::ServiceConfig;

#[test]
fn an_observation_is_answered_with_a_forecast() {
    let client = Client::usual();
    let answer = client.observe(r#"{"unique_id": "a", "ds": "2024-01-01", "y": 1.5}"#).is(200);
    let right = json!({
        "model": "sales", "arrival": "next", "missing": 0, "unique_id": "a", "cutoff": "2024-01-01",
        "ds": ["2024-01-01+1", "2024-01-01+2"], "values": [1.5, 1.5],
        "intervals": [{"level": 80.0, "lower": [0.5, 0.5], "upper": [2.5, 2.5]}],
    });
    assert_eq!(answer, right);
    let again = client.get("/forecast/a").is(200);
    assert_eq!(again["values"], right["values"]);
    let three = client.get("/forecast/a?horizon=3&model=sales").is(200);
    assert_eq!(three["values"], json!([1.5, 1.5, 1.5]));
}

#[test]
fn a_repeated_observation_is_a_duplicate_and_counts_once() {
    let client = Client::usual();
    let body = r#"{"unique_id": "a", "ds": "2024-01-02", "y": 1}"#;
    assert_eq!(client.observe(body).is(200)["arrival"], "next");
    assert_eq!(client.observe(body).is(200)["arrival"], "duplicate");
    let late = client.observe(r#"{"unique_id": "a", "ds": "2024-01-01", "y": 1}"#).is(200);
    assert_eq!(late["arrival"], "late");
    let metrics = client.get("/metrics").text;
    for line in [
        r#"elman_observations_total{model="sales",arrival="taken"} 1"#,
        r#"elman_observations_total{model="sales",arrival="duplicate"} 1"#,
        r#"elman_observations_total{model="sales",arrival="late"} 1"#,
        r#"elman_series{model="sales"} 1"#,
        r#"elman_mean_absolute_error{model="sales",step="1"} 0.5"#,
        r#"elman_coverage_ratio{model="sales",step="1",level="80"} 0.75"#,
        r#"elman_requests_total{method="POST",path="/observe",status="200"} 3"#,
        r#"elman_request_duration_seconds_count{path="/observe"} 3"#,
    ] {
        assert!(metrics.contains(line), "{line}: {metrics}");
    }
    assert_eq!(metrics.matches("# EOF").count(), 1);
    assert!(metrics.ends_with("# EOF\n"));
}

#[test]
fn an_array_is_answered_in_its_order() {
    let client = Client::usual();
    let body = r#"[{"unique_id": "a", "ds": 1, "y": 1}, {"unique_id": 7, "ds": 1, "y": 2},
                   {"unique_id": "a", "ds": 2, "y": 3}]"#;
    let answers = client.observe(body).is(200);
    let values: Vec<_> = answers.as_array().unwrap().iter().map(|one| &one["values"][0]).collect();
    assert_eq!(values, [1.0, 2.0, 3.0]);
    assert_eq!(client.get("/forecast/7").is(200)["values"][0], 2.0);
    assert_eq!(
        client.observe(r#"{"unique_id": 7.0, "ds": 1, "y": 2}"#).is(200)["arrival"],
        "duplicate"
    );
    assert_eq!(client.observe(r#"[{"y": 4}]"#).is(200)[0]["values"][0], 4.0, "an array again");
}

#[test]
fn the_good_observations_of_an_array_are_taken_where_others_are_refused() {
    let client = Client::usual();
    let body = r#"[{"unique_id": "a", "ds": "1", "y": 1}, {"unique_id": "b", "ds": "someday", "y": 2},
                   {"unique_id": "c", "ds": "1", "y": 3}]"#;
    let answer = client.observe(body).is(422);
    assert_eq!(answer["index"], 1);
    let error = json!({
        "index": 1, "detail": "cannot read the date \"someday\"", "help": "write it as 2024-01-31",
    });
    assert_eq!(answer["errors"], json!([error]));
    assert_eq!(answer["results"][1], json!(null));
    assert_eq!(answer["results"][2]["values"][0], 3.0);
    assert_eq!(client.get("/forecast/c").is(200)["values"][0], 3.0);
    assert_eq!(client.get("/forecast/b").status, 404);
    // Without the bad one, the array is a repetition.
    let single = client.observe(r#"{"unique_id": "b", "ds": "someday", "y": 2}"#).is(422);
    assert_eq!(single["detail"], "cannot read the date \"someday\"");
    assert_eq!((&single["index"], single.get("errors")), (&json!(0), None));
}

#[test]
fn models_are_chosen_by_their_names() {
    let client = Client::new(&["sales", "visits"], &ServiceConfig::default());
    let answer = client.observe(r#"{"y": 1, "model": "visits"}"#).is(200);
    assert_eq!(answer["model"], "visits");
    assert_eq!(client.get("/forecast?model=visits").is(200)["model"], "visits");
    assert_eq!(client.get("/forecast?model=sales").status, 404);
    let unnamed = client.observe(r#"{"y": 1}"#).is(400);
    let detail = unnamed["detail"].as_str().unwrap();
    assert!(detail.contains("name one of `sales`, `visits`"), "{detail}");
    assert_eq!(client.get("/forecast").status, 400);
    assert_eq!(client.get("/forecast?model=other").status, 400);
}

#[test]
fn names_of_series_may_have_any_characters() {
    let client = Client::usual();
    let body = json!({"unique_id": "a/b ?ä\u{1F600}", "ds": "1", "y": 1}).to_string();
    client.observe(&body).is(200);
    let found = client.get("/forecast/a%2Fb%20%3F%C3%A4%F0%9F%98%80").is(200);
    assert_eq!(found["unique_id"], "a/b ?ä\u{1F600}");
    assert_eq!(client.get("/forecast/%FF").status, 400);
    assert_eq!(client.get("/forecast").status, 404, "no series without a name");
    client.observe(r#"{"y": null}"#).is(200);
    assert_eq!(client.get("/forecast").status, 200);
}

#[test]
fn a_bad_query_is_refused() {
    let client = Client::usual();
    client.observe(r#"{"unique_id": "a", "y": 1}"#).is(200);
    for query in [
        "horizon=0",
        "horizon=-1",
        "horizon=1001",
        "horizon=1.5",
        "horizon=",
        "horizon=%2B5",
        "horizon=99999999999999999999",
        "horizon=2&horizon=3",
        "steps=3",
    ] {
        let problem = client.get(&format!("/forecast/a?{query}")).is(400);
        assert_ne!(problem["detail"], "", "{query}");
    }
    assert_eq!(client.get("/forecast/a?horizon=1000").is(422)["detail"], "not finite");
    assert_eq!(
        client.get("/forecast/b").is(404)["detail"],
        "the model `sales` has no series \"b\""
    );
}

#[test]
fn a_body_of_another_media_type_is_refused() {
    let client = Client::usual();
    let post = |headers: &[(&str, &str)]| {
        client.ask(request("POST", "/observe", headers, r#"{"y": 1}"#)).status
    };
    assert_eq!(post(&[]), 415);
    assert_eq!(post(&[("content-type", "text/plain")]), 415);
    assert_eq!(post(&[JSON]), 200);
    assert_eq!(post(&[("content-type", "Application/JSON; charset=utf-8")]), 200);
}
