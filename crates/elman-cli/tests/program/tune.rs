//! `elman tune`.

use crate::run::{Room, monthly};

const LINE: &str = "tune sales.csv --horizon 3 --trials 6 --max-steps 30 --log t.jsonl";

fn read(room: &Room) -> String {
    std::fs::read_to_string(room.path("t.jsonl")).unwrap()
}

#[test]
fn a_search_that_was_killed_goes_on_from_its_log() {
    let room = Room::new();
    room.write("sales.csv", &monthly(72));
    let whole = room.run(LINE);
    assert_eq!(whole.code, 0, "{}", whole.err);
    assert!(whole.out.starts_with("trial  cell  hidden"), "{}", whole.out);
    assert_eq!(whole.out.lines().count(), 7);
    assert!(whole.err.contains("the defaults"), "{}", whole.err);
    let log = read(&room);
    // As a kill leaves it: in the middle of a line.
    let cut = log.len() * 2 / 3;
    room.write("t.jsonl", &log[..cut]);
    let again = room.run(LINE);
    assert_eq!(again.out, whole.out);
    assert!(again.err.contains("trials read from the log"), "{}", again.err);
    let known = log[..cut].matches("\"score\":").count();
    assert!(known > 2);
    assert_eq!(read(&room).lines().count(), log.lines().count(), "the unfinished line is cut off");
    let done = room.run(LINE);
    assert_eq!(done.out, whole.out, "and once more, from a whole log");
}

#[test]
fn a_log_of_another_search_is_left_alone() {
    let room = Room::new();
    room.write("sales.csv", &monthly(72));
    room.run(LINE);
    let log = read(&room);
    for other in ["--seed 2", "--horizon 4", "--likelihood gaussian"] {
        let ran = room.run(&format!("{LINE} {other}"));
        assert!(ran.code == 2 && ran.err.contains("log of another search"), "{other}: {}", ran.err);
    }
    room.write("sales.csv", &monthly(73));
    let ran = room.run(LINE);
    assert!(ran.code == 2 && ran.err.contains("log of another search"), "{}", ran.err);
    assert_eq!(read(&room), log);
    let json = room.run("tune sales.csv --horizon 3 --trials 2 --max-steps 10 --json");
    assert!(json.out.contains("\"command\":\"tune\"") && json.out.contains("\"ranking\":["));
    assert_eq!(json.err, "");
}

#[test]
fn a_search_that_was_killed_in_its_first_line_goes_on() {
    let room = Room::new();
    room.write("sales.csv", &monthly(72));
    let line = "tune sales.csv --horizon 3 --trials 2 --max-steps 10 --log t.jsonl";
    let whole = room.run(line);
    let log = read(&room);
    for length in [0, 1, 40, log.find('\n').unwrap()] {
        room.write("t.jsonl", &log[..length]);
        let again = room.run(line);
        assert_eq!((again.code, &again.out), (0, &whole.out), "{length}: {}", again.err);
        assert_eq!(read(&room).lines().next(), log.lines().next(), "{length}");
        assert_eq!(read(&room).lines().count(), log.lines().count(), "{length}");
    }
}

#[test]
fn an_unfinished_line_is_cut_off_and_a_file_that_is_no_log_left_alone() {
    let room = Room::new();
    room.write("sales.csv", &monthly(72));
    let line = "tune sales.csv --horizon 3 --trials 2 --max-steps 10 --log t.jsonl";
    room.run(line);
    let log = read(&room);
    room.write("t.jsonl", &log[..log.len() - 5]);
    room.run(line);
    for line in read(&room).lines() {
        assert!(serde_json::from_str::<serde_json::Value>(line).is_ok(), "{line}");
    }
    for other in [&b"\x89PNG\r\n\x1a\n\0\xff"[..], b"{\"search", b"\n", b"\xff\xfe\n{}\n"] {
        // The beginning of a log that was not this one's.
        let other = if other == b"{\"search" { b"{\"Search" } else { other };
        std::fs::write(room.path("t.jsonl"), other).unwrap();
        let ran = room.run(line);
        assert!(ran.code == 2 && ran.err.contains("log of another search, or none"), "{}", ran.err);
        assert_eq!(std::fs::read(room.path("t.jsonl")).unwrap(), other);
    }
}

#[test]
fn of_two_searches_in_one_log_the_second_is_refused() {
    let room = Room::new();
    room.write("sales.csv", &monthly(72));
    let log = std::fs::File::create(room.path("t.jsonl")).unwrap();
    log.lock().unwrap();
    let ran = room.run(LINE);
    assert_eq!(ran.code, 1, "{}", ran.err);
    assert!(ran.err.contains("another search is writing t.jsonl"), "{}", ran.err);
    assert_eq!(read(&room), "");
}

#[test]
fn what_diverges_is_named_and_not_ranked() {
    let room = Room::new();
    room.write("sales.csv", &monthly(72));
    let hot = "sales.csv --horizon 3 --max-steps 40 --lr 1000";
    let tune = room.run(&format!("tune --trials 3 {hot}"));
    assert_eq!(tune.code, 0, "{}", tune.err);
    let last = tune.out.lines().last().unwrap();
    assert!(last.starts_with("    0  lstm") && last.ends_with("diverged"), "{}", tune.out);
    assert!(tune.err.contains("note: the training of 1 of 3 trials diverged"), "{}", tune.err);
    assert!(tune.err.contains("training with the defaults diverged"), "{}", tune.err);
    let json = room.json(&format!("tune --trials 3 {hot}"));
    assert_eq!(json["ranking"].as_array().unwrap().len(), 2);
    assert_eq!(
        (&json["diverged"][0]["trial"], &json["diverged"][0]["score"]),
        (&0.into(), &serde_json::Value::Null)
    );

    for line in ["forecast", "backtest"] {
        let ran = room.run(&format!("{line} {hot}"));
        assert_eq!(ran.code, 0, "{}", ran.err);
        let note = "candidates left out of the model selection, as their training diverged: (";
        assert!(ran.err.contains(note), "{line}: {}", ran.err);
    }
    let json = room.json(&format!("forecast {hot}"));
    assert!(json["notes"].to_string().contains("their training diverged"), "{}", json["notes"]);
    assert_eq!(json["candidates"][0]["left_out"], "diverged");
}
