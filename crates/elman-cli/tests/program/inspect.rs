//! `elman inspect`.

use crate::run::{Room, monthly};

/// A monthly series with a gap, a duplicate date, a missing value, an outlier and a constant beginning.
fn odd() -> String {
    let text = monthly(120).replace("2003-05-01", "skipped").replace("2004-02-01,", "2004-02-01,#");
    let mut lines: Vec<String> =
        text.lines().filter(|line| !line.starts_with("skipped")).map(String::from).collect();
    for line in &mut lines {
        if let Some((date, _)) = line.split_once(",#") {
            *line = format!("{date},");
        }
        if line.starts_with("2009-06-01") {
            *line = "2009-06-01,9000".to_owned();
        }
    }
    lines.join("\n") + "\n"
}

#[test]
fn a_series_is_described() {
    let room = Room::new();
    room.write("odd.csv", &odd());
    let ran = room.run("inspect odd.csv --plot odd.png --plot odd.svg");
    assert_eq!(ran.code, 0, "{}", ran.err);
    insta::assert_snapshot!("inspect_series", ran.out);
    assert!(ran.out.lines().all(|line| line.chars().count() <= 80), "{}", ran.out);
    assert_eq!(ran.err, "saved odd.png\nsaved odd.svg\n");
    let svg = std::fs::read_to_string(room.path("odd.svg")).unwrap();
    assert!(svg.contains(">outliers<") && svg.contains(">no value<"));
    let quiet = room.run("inspect odd.csv --quiet");
    assert_eq!((quiet.err.as_str(), quiet.out.contains("notes")), ("", false));
    let json = room.json("inspect odd.csv");
    let series = &json["series"][0];
    assert_eq!((&json["command"], &json["file"]), (&"inspect".into(), &"data".into()));
    assert_eq!((&series["absent_dates"], &series["missing"]), (&1.into(), &1.into()));
    assert_eq!(series["outliers"][0]["first"], "2009-06-01");
    assert_eq!(json["columns"][1]["role"], "target");
    assert_eq!(json["problems"].as_array().unwrap().len(), 0);
}

#[test]
fn a_panel_has_sums_and_its_worst_series() {
    let room = Room::new();
    let mut csv = "ds,shop,units\n".to_owned();
    for (shop, len) in [("north", 60), ("south", 40), ("a shop with a name that is long", 60)] {
        for line in monthly(len).lines().skip(1) {
            let (date, value) = line.split_once(',').unwrap();
            let value = if date == "2002-01-01" && shop == "north" { "" } else { value };
            csv.push_str(&format!("{date},{shop},{value}\n"));
        }
    }
    room.write("shops.csv", &csv);
    let ran = room.run("inspect shops.csv");
    assert_eq!(ran.code, 0, "{}", ran.err);
    insta::assert_snapshot!("inspect_panel", ran.out);
    let json = room.json("inspect shops.csv");
    assert_eq!(json["totals"]["ended_early"], 1);
    assert_eq!(json["series"][1]["steps_before_end"], 20);
    let one = room.run("inspect shops.csv --series south");
    assert!(
        one.out.contains("series `south`") && one.out.contains("40, from 2000-01-01"),
        "{}",
        one.out
    );
    let unknown = room.run("inspect shops.csv --series sout");
    assert_eq!((unknown.code, unknown.out.as_str()), (3, ""));
    assert!(
        unknown.err.contains("no series `sout`") && unknown.err.contains("south"),
        "{}",
        unknown.err
    );
}

#[test]
fn a_file_that_a_forecast_refuses_is_described_nevertheless() {
    let room = Room::new();
    let words = monthly(36).replace("2000-05-01,", "2000-05-01,oops");
    room.write("words.csv", &(words + "2002-12-01,7\n2001-01-01,8\n"));
    let ran = room.run("inspect words.csv");
    assert_eq!(ran.code, 3);
    insta::assert_snapshot!("inspect_refused", format!("{}----\n{}", ran.out, ran.err));
    let forecast = room.run("forecast words.csv --horizon 3");
    let first = |text: &str| text.split("\nerror: ").next().unwrap().trim_end().to_owned();
    assert_eq!(first(&ran.err), first(&forecast.err), "the first error is that of a forecast");
    let json = room.run("inspect words.csv --json");
    assert_eq!(json.code, 3);
    let json: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(
        (&json["problems"][0]["line"], &json["problems"][2]["column_name"]),
        (&39.into(), &"y".into())
    );
    room.write(
        "two.csv",
        "ds,a,b\n2024-01-01,1,5\n2024-01-02,2,6\n2024-01-03,4,7\n2024-01-04,4,8\n",
    );
    let two = room.run("inspect two.csv");
    assert!(two.code == 3 && two.out.contains("2 series"), "{}{}", two.out, two.err);
    assert!(two.err.contains("--target a") && two.err.contains("--wide"), "{}", two.err);
    assert_eq!(room.run("inspect two.csv --wide").code, 0);
    assert_eq!(room.run("inspect two.csv --target b").code, 0);
}

#[test]
fn a_pipe_is_described_as_a_file_is() {
    let room = Room::new();
    room.write("sales.csv", &monthly(48));
    let mut command = room.command("inspect -");
    command.stdin(std::fs::File::open(room.path("sales.csv")).unwrap());
    let piped = String::from_utf8(command.output().unwrap().stdout).unwrap();
    assert_eq!(piped.replace("stdin:", "sales.csv:"), room.run("inspect sales.csv").out);
}

#[test]
fn models_and_checkpoints_are_described() {
    let room = Room::new();
    room.write("sales.csv", &monthly(96));
    room.run("train sales.csv --max-steps 5 --checkpoint sales.checkpoint.safetensors --quiet");
    let ran = room.run("inspect sales.safetensors");
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.lines().all(|line| line.chars().count() <= 80), "{}", ran.out);
    for part in [
        "forecaster of one network",
        "parameters         5,153",
        "h [1, 1, 32], norm ",
        "after              96 values, up to 2007-12-01",
        "source             sales.csv",
        "rnn.weight_hh_l0                                         [128, 32]  F32",
        "best baseline",
        "coverage           80 % interval ",
    ] {
        assert!(ran.out.contains(part), "{part}: {}", ran.out);
    }
    let json = room.json("inspect sales.safetensors");
    assert_eq!((&json["file"], &json["kind"]), (&"model".into(), &"rnn".into()));
    assert_eq!(
        (&json["parameters"], &json["forecaster"]["trained_on"]["first"][0]),
        (&5153.into(), &"2000-01-01".into())
    );
    let sum = std::process::Command::new("sha256sum").arg(room.path("sales.safetensors")).output();
    if let Ok(sum) = sum {
        let sum = String::from_utf8(sum.stdout).unwrap();
        assert!(sum.starts_with(json["sha256"].as_str().unwrap()), "{sum}");
    }
    let checkpoint = room.run("inspect sales.checkpoint.safetensors");
    assert!(checkpoint.out.contains("optimizer steps    5 of 5"), "{}", checkpoint.out);
    assert!(checkpoint.out.contains("tensors (5,153 parameters)"), "{}", checkpoint.out);
    room.run(
        "forecast sales.csv --horizon 3 --max-steps 5 --hidden-size 3 --save many.safetensors",
    );
    let many = room.run("inspect many.safetensors");
    assert!(many.out.contains("forecaster with model selection"), "{}", many.out);
    assert!(
        many.out.contains("errors (validation)") && many.out.contains("% network"),
        "{}",
        many.out
    );
}

#[test]
fn a_language_model_is_described() {
    let room = Room::new();
    room.write("rhyme.txt", &"one two, buckle my shoe; three four, shut the door. ".repeat(40));
    room.run("text train rhyme.txt --max-steps 2 --hidden-size 8 --num-layers 1 --quiet");
    let ran = room.run("inspect rhyme.safetensors");
    assert_eq!(ran.code, 0, "{}", ran.err);
    for part in ["language model", "LSTM, ", "hidden size 8", "source             rhyme.txt"] {
        assert!(ran.out.contains(part), "{part}: {}", ran.out);
    }
}
