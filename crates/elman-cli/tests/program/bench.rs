//! `elman bench`: the form of what it prints; never how fast it is.

use serde_json::Value;

use crate::run::Room;

/// The least that can be measured.
const SHORT: &str = "--seconds 0.01 --runs 2";

fn result(document: &Value) -> &Value {
    let results = document["results"].as_array().unwrap();
    assert_eq!(results.len(), 1, "{document}");
    &results[0]
}

#[test]
fn json_names_the_machine_and_keeps_every_run() {
    let room = Room::new();
    let document = room.json(&format!("bench --workload W1 {SHORT}"));
    let machine = document["machine"].as_object().unwrap();
    let keys: Vec<&str> = machine.keys().map(String::as_str).collect();
    assert_eq!(keys, ["arch", "cores", "cpu", "elman", "isa_available", "os"]);
    let isas = machine["isa_available"].as_array().unwrap();
    assert_eq!(isas[0], "portable");

    let result = result(&document);
    assert_eq!(result["workload"], "W1");
    assert_eq!(result["threads"], 1);
    assert!(isas.contains(&result["isa"]), "{result}");
    // 6·T·B·(H·(I + H) + H) less 2·T·B·H·I.
    assert_eq!(result["flop_per_step"], 129_280.0);
    let number = |value: &Value| value.as_f64().filter(|n| n.is_finite() && *n > 0.0).unwrap();
    let runs: Vec<f64> = result["runs"].as_array().unwrap().iter().map(number).collect();
    assert_eq!(runs.len(), 2);
    assert_eq!(number(&result["min_us_per_step"]), runs[0].min(runs[1]));
    assert_eq!(number(&result["us_per_step"]), (runs[0] + runs[1]) / 2.0);
    assert!(result["steps_per_run"].as_u64().unwrap() >= 1);
    let gflops = 129_280.0 / number(&result["us_per_step"]) / 1e3;
    assert!((number(&result["gflops"]) - gflops).abs() < 1e-9 * gflops);
    assert!(result.get("samples_per_s").is_none());
    assert!(room.files().is_empty(), "nothing is written");
}

#[test]
fn inference_too_and_samples_where_they_are_what_counts() {
    let document = Room::new().json("bench --workload i2,I1 --seconds 0.001 --runs 1");
    let results = document["results"].as_array().unwrap();
    assert_eq!(results.len(), 2);
    assert_eq!(results[0]["workload"], "I1");
    assert_eq!(results[0]["kind"], "stream");
    assert_eq!(results[1]["kind"], "forward");
    let [samples, us] = ["samples_per_s", "us_per_step"].map(|key| results[1][key].as_f64());
    let samples_per_step = samples.unwrap() * us.unwrap() / 1e6;
    assert!((samples_per_step - 256.0).abs() < 1e-6, "{samples_per_step}");
}

#[test]
fn a_workload_of_ones_own_takes_the_rest_from_the_lesson() {
    let room = Room::new();
    let line = "bench --cell gru --hidden 5 --batch 3 --isa portable";
    let document = room.json(&format!("{line} {SHORT}"));
    let result = result(&document);
    for (key, want) in [("workload", "custom"), ("cell", "gru"), ("isa", "portable")] {
        assert_eq!(result[key], want);
    }
    let sizes = ["input_size", "hidden_size", "num_layers", "seq_length", "batch_size"];
    assert_eq!(sizes.map(|key| result[key].as_u64().unwrap()), [1, 5, 1, 20, 3]);

    let both = room.json(&format!("bench --workload W1 --layers 2 {SHORT}"));
    let names: Vec<&Value> =
        both["results"].as_array().unwrap().iter().map(|result| &result["workload"]).collect();
    assert_eq!(names, ["W1", "custom"]);
}

#[test]
fn a_table_on_stdout_and_notes_on_stderr() {
    let room = Room::new();
    let ran = room.run(&format!("bench --workload W2,W1 --threads 64 --isa Portable {SHORT}"));
    assert_eq!(ran.code, 0, "{}", ran.err);
    let rows: Vec<Vec<&str>> =
        ran.out.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(rows.len(), 3, "{}", ran.out);
    let head = "workload what threads isa µs/step fastest GFLOP/s samples/s";
    assert_eq!(rows[0].join(" "), head);
    assert_eq!(rows[1][..9].join(" "), "W1 train rnn I1 H32 L1 T20 B1 1");
    // Two shards are all that eight streams are dealt out in.
    assert_eq!(rows[2][..9].join(" "), "W2 train gru I1 H32 L1 T50 B8 2");
    assert_eq!(rows[1][9], "portable");
    assert!(ran.err.starts_with("elman "), "{}", ran.err);

    let quiet = room.run(&format!("bench --workload W1 --quiet {SHORT}"));
    assert_eq!((quiet.code, quiet.err.as_str()), (0, ""));
    assert_eq!(quiet.out.lines().count(), 2);
}

#[test]
fn options_from_a_file() {
    let room = Room::new();
    room.write("c.toml", "workload = [\"W1\", \"I1\"]\nruns = 1\nseconds = 0.001\n");
    let document = room.json("bench --config c.toml --runs 3");
    let results = document["results"].as_array().unwrap();
    assert_eq!(results.len(), 2);
    assert_eq!(results[0]["runs"].as_array().unwrap().len(), 3);
}

#[test]
fn mistakes() {
    let room = Room::new();
    let said: Vec<String> = [
        "bench --workload W9",
        "bench --workload W1,,W2",
        "bench --isa sse9",
        "bench --runs 0",
        "bench --seconds 0",
        "bench --seconds soon",
        "bench --cell lstn",
        "bench --hidden 0",
        "bench --seq 0",
        "bench --batch 18446744073709551615",
        "bench W1",
    ]
    .iter()
    .map(|line| {
        let ran = room.run(&format!("{line} --quiet"));
        assert_eq!(ran.code, 2, "{line}: {}{}", ran.out, ran.err);
        // What else a machine has differs from machine to machine.
        let err = match ran.err.split_once("`portable`") {
            Some((before, _)) => format!("{before}`portable` …\n"),
            None => ran.err,
        };
        format!("$ elman {line}\n{err}")
    })
    .collect();
    insta::assert_snapshot!(said.join("\n"));
}

#[test]
fn the_losses_of_the_first_steps_from_given_weights() {
    let room = Room::new();
    let trained = room.json("train --max-steps 6 --lr 0.001");
    let line = "bench --workload W1 --runs 1 --seconds 0.001 --curve 6";
    let random = room.json(line)["results"][0]["curve"].clone();
    // The same initial weights, windows and optimizer as those of the lesson.
    let near = |a: &serde_json::Value, b: &serde_json::Value| {
        let [a, b] = [a, b].map(|loss| loss.as_f64().unwrap());
        (a - b).abs() < 1e-5 * b
    };
    let losses = trained["history"].as_array().unwrap();
    assert_eq!(random.as_array().unwrap().len(), 6);
    assert!(losses.iter().zip(random.as_array().unwrap()).all(|(a, b)| near(&a["loss"], b)));
    let later = &room.json(&format!("{line} --init lesson.safetensors"))["results"][0]["curve"];
    assert!(later[0].as_f64().unwrap() < random[0].as_f64().unwrap(), "{later}");
}
