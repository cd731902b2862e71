//! `elman serve`.

mod client;
mod killed;

use serde_json::json;

use self::client::{Server, month};
use crate::run::{Room, monthly};

/// A room with a model of monthly sales, which ends in December 2019.
fn room() -> Room {
    let room = Room::new();
    room.write("sales.csv", &monthly(240));
    let ran =
        room.run("train sales.csv --horizon 3 --max-steps 30 --save sales.safetensors --quiet");
    assert_eq!(ran.code, 0, "{}", ran.err);
    room
}

#[test]
fn observations_are_answered_with_forecasts_and_kept_over_a_stop() {
    let room = room();
    let line = "serve sales.safetensors --port 0 --state sales.redb --horizon 2 --level 80";
    let server = Server::start(&room, line);
    let first = server.observe(&json!({"ds": "2020-01-01", "y": 150.0}));
    assert_eq!((first.status, &first.json["arrival"]), (200, &json!("next")), "{}", first.json);
    assert_eq!(first.json["ds"], json!(["2020-02-01", "2020-03-01"]));
    assert_eq!(first.json["values"].as_array().unwrap().len(), 2);
    assert_eq!(first.json["intervals"][0]["level"], 80.0);
    // The series of the training, by its name; a longer horizon; a new series.
    let named = server.get("/forecast/y");
    assert_eq!(named.json["values"], first.json["values"]);
    let longer = server.get("/forecast/y?horizon=5&model=sales");
    assert_eq!(longer.json["ds"][4], "2020-06-01");
    assert_eq!(longer.json["values"][0], first.json["values"][0]);
    assert_eq!(server.get("/forecast/new").status, 404);
    let array = json!([{"unique_id": "new", "ds": "2020-01-01", "y": 7.5}, {"unique_id": "new", "ds": "no date", "y": 8}]);
    let refused = server.observe(&array);
    assert_eq!((refused.status, &refused.json["index"]), (422, &json!(1)), "{}", refused.json);
    let kept = [server.get("/forecast"), server.get("/forecast/new")].map(|answer| answer.json);
    assert_eq!(server.stop("-TERM"), 0);

    let server = Server::start(&room, line);
    let continued =
        [server.get("/forecast"), server.get("/forecast/new")].map(|answer| answer.json);
    assert_eq!(continued, kept);
    let again = server.observe(&json!({"ds": "2020-01-01", "y": 150.0}));
    assert_eq!(again.json["arrival"], "duplicate");
    let gap = server.observe(&json!({"ds": "2020-04-01", "y": 151.0}));
    assert_eq!((&gap.json["arrival"], &gap.json["missing"]), (&json!("after_gap"), &json!(2)));
    let metrics = server.text("/metrics");
    assert!(metrics.contains("elman_series{model=\"sales\"} 2\n"), "{metrics}");
    assert_eq!(server.stop("-INT"), 0);
}

#[test]
fn a_token_of_the_environment_or_of_a_file_is_asked_for() {
    let room = room();
    room.write("token.txt", "of-the-file\n");
    let with_file = Server::start(&room, "serve sales.safetensors --port 0 --token-file token.txt");
    assert_eq!(with_file.get("/health").status, 200);
    assert_eq!(with_file.get("/forecast").status, 401);
    let token = "Authorization: Bearer of-the-file\r\n";
    assert_eq!(with_file.ask("GET", "/forecast", token, "").status, 200);

    let mut command = room.command("serve sales.safetensors --port 0");
    let of_environment = Server::of(command.env("ELMAN_TOKEN", "of-the-environment"));
    assert_eq!(of_environment.get("/forecast").status, 401);
    let token = "Authorization: Bearer of-the-environment\r\n";
    assert_eq!(of_environment.ask("GET", "/forecast", token, "").status, 200);
}

#[test]
fn several_models_are_served_by_their_names() {
    let room = room();
    std::fs::copy(room.path("sales.safetensors"), room.path("other.safetensors")).unwrap();
    let models = "serve sales.safetensors other.safetensors --port 0";
    let server = Server::start(&room, &format!("{models} --state a.redb --state b.redb"));
    for model in ["sales", "other"] {
        let own =
            server.observe(&json!({"unique_id": "a", "ds": month(0), "y": 1, "model": model}));
        assert_eq!((own.status, &own.json["arrival"]), (200, &json!("next")));
    }
    assert_eq!(server.get("/forecast/a").status, 400, "which model?");
    assert_eq!(server.get("/forecast/a?model=other").status, 200);

    let ran = room.run(&format!("{models} --state a.redb"));
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("1 state files for 2 models"), "{}", ran.err);
    let ran = room.run("serve sales.safetensors ./sales.safetensors");
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("two models have the name `sales`"), "{}", ran.err);
}

#[test]
fn a_server_that_cannot_start_says_why() {
    let room = room();
    let server = Server::start(&room, "serve sales.safetensors --port 0 --state sales.redb");
    let port = server.port();
    for (line, code, part) in [
        (format!("sales.safetensors --port {port}"), 1, "choose another `--port`"),
        (
            "sales.safetensors --port 0 --state sales.redb".to_owned(),
            3,
            "in use by another process",
        ),
        ("sales.safetensors --state sales.csv".to_owned(), 3, "is no state file"),
        ("sales.safetensors --state sales.safetensors".to_owned(), 2, "sales.safetensors"),
        ("sales.csv".to_owned(), 3, "sales.csv"),
        ("missing.safetensors".to_owned(), 1, "missing.safetensors"),
        ("-".to_owned(), 2, "needs a name"),
        ("sales.safetensors --token-file missing.txt".to_owned(), 1, "missing.txt"),
        ("sales.safetensors --token-file sales.csv".to_owned(), 2, "sales.csv has no token"),
        ("sales.safetensors --horizon 4".to_owned(), 2, "horizon from 1 to 3"),
        ("sales.safetensors --host example".to_owned(), 2, "--host"),
        ("sales.safetensors --body-limit 0".to_owned(), 2, "--body-limit"),
        ("sales.safetensors --rate-limit 0".to_owned(), 2, "--rate-limit"),
    ] {
        let ran = room.run(&format!("serve {line}"));
        assert_eq!(ran.code, code, "{line}: {}", ran.err);
        assert!(ran.err.contains(part), "{line}: {}", ran.err);
    }
    assert_eq!(std::fs::read_to_string(room.path("sales.csv")).unwrap(), monthly(240));
}

#[test]
fn the_number_of_series_is_limited() {
    let room = room();
    let server = Server::start(&room, "serve sales.safetensors --port 0 --max-series 2");
    let observe = |id: &str, month_number| {
        server.observe(&json!({"unique_id": id, "ds": month(month_number), "y": 1}))
    };
    assert_eq!(observe("a", 0).status, 200);
    let refused = observe("b", 0);
    assert_eq!(refused.status, 422, "the series of the training is the other one");
    assert_eq!(refused.json["help"], "raise `--max-series`");
    assert_eq!(observe("a", 1).status, 200);
}
