//! `elman explain`.

use crate::run::{Room, example, monthly};

#[test]
fn the_lesson_is_explained_on_its_own_wave() {
    let room = Room::new();
    assert_eq!(room.run("train --quiet").code, 0);
    let ran = room.run("explain lesson.safetensors");
    assert_eq!(ran.code, 0, "{}", ran.err);
    let parts = [
        "network     1 of 1: rnn, hidden size 32, 1 layer, 1,153 parameters",
        "series      sine, the last 240 time steps",
        "forgetting  half-life ",
        "time steps back",
        "gradient    of the last loss",
        "1  h hidden state",
        "the 8 most active of 32 units",
        "in words\n  This network ",
    ];
    for part in parts {
        assert!(ran.out.contains(part), "{part}: {}", ran.out);
    }
    assert!(!ran.out.contains('\x1b'), "a pipe gets no color");
    assert_eq!(ran.err, "");
    assert_eq!(room.files(), ["lesson.safetensors"]);
}

#[test]
fn json_is_one_document_with_all_numbers() {
    let room = Room::new();
    room.write("sales.csv", &monthly(120));
    let line = "train sales.csv --layers 2 --hidden-size 5 --max-steps 20 --horizon 3 --save m.safetensors --quiet";
    assert_eq!(room.run(line).code, 0);
    let got =
        room.json("explain m.safetensors sales.csv --step-ahead 3 --last 40 --plot inside.svg");
    assert_eq!((&got["command"], &got["network"]["cell"]), (&"explain".into(), &"lstm".into()));
    assert_eq!(got["layers"].as_array().unwrap().len(), 2);
    assert_eq!(got["layers"][1]["gates"].as_array().unwrap().len(), 4);
    let rows = got["layers"][0]["hidden"]["values"].as_array().unwrap();
    assert_eq!((rows.len(), rows[0].as_array().unwrap().len()), (40, 5));
    assert_eq!(
        (&got["forgetting"]["step_ahead"], &got["window"]["steps"]),
        (&3.into(), &40.into())
    );
    assert_eq!(got["window"]["last"], "2009-12-01");
    assert!(got["words"][0].as_str().unwrap().starts_with("This network "));
    assert_eq!(got["files"]["plots"][0], "inside.svg");
    assert_eq!(room.files(), ["inside.svg", "m.safetensors", "sales.csv"]);
}

#[test]
fn charts_are_written_in_three_formats_and_named() {
    let room = Room::new();
    let data = example("global-temperature.csv");
    let line = format!(
        "train {data} --cell gru --hidden-size 8 --max-steps 20 --save m.safetensors --quiet"
    );
    assert_eq!(room.run(&line).code, 0);
    let line = format!("explain m.safetensors {data} --plot a.png --plot a.svg --plot a.html");
    let ran = room.run(&line);
    assert_eq!(ran.code, 0, "{}", ran.err);
    for name in ["a.png", "a.svg", "a.html"] {
        assert!(ran.err.contains(&format!("saved {name}")), "{}", ran.err);
        assert!(room.path(name).is_file(), "{name}");
    }
    assert!(ran.out.contains("1  z update gate") && ran.out.contains("in words"), "{}", ran.out);
    let quiet = room.run(&format!("explain m.safetensors {data} --quiet"));
    assert_eq!((quiet.err.as_str(), quiet.out), ("", ran.out));
}

#[test]
fn a_model_of_a_series_needs_the_series() {
    let room = Room::new();
    room.write("sales.csv", &monthly(60));
    assert_eq!(room.run("train sales.csv --max-steps 3 --save m.safetensors --quiet").code, 0);
    let ran = room.run("explain m.safetensors");
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("help: elman explain m.safetensors sales.csv"), "{}", ran.err);
    assert_eq!(ran.out, "");
}
