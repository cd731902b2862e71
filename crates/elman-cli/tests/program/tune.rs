//! `elman tune`.

use crate::run::{Room, monthly};

const LINE: &str = "tune sales.csv --horizon 3 --trials 6 --steps 30 --log t.jsonl";

fn read(room: &Room) -> String {
    std::fs::read_to_string(room.path("t.jsonl")).unwrap()
}

#[test]
fn a_search_that_was_killed_goes_on_from_its_log() {
    let room = Room::new();
    room.write("sales.csv", &monthly(72));
    let whole = room.run(LINE);
    assert_eq!(whole.code, 0, "{}", whole.err);
    assert!(whole.out.starts_with("trial  cell  units"), "{}", whole.out);
    assert_eq!(whole.out.lines().count(), 7);
    assert!(whole.err.contains("what a forecast takes by itself"), "{}", whole.err);
    let log = read(&room);
    // As a kill leaves it: in the middle of a line.
    let cut = log.len() * 2 / 3;
    room.write("t.jsonl", &log[..cut]);
    let again = room.run(LINE);
    assert_eq!(again.out, whole.out);
    assert!(again.err.contains("results taken from the log"), "{}", again.err);
    let known = log[..cut].matches("\"score\":").count();
    assert!(known > 2 && read(&room).lines().count() > log.lines().count());
    let done = room.run(LINE);
    assert_eq!(done.out, whole.out, "and once more, from a whole log");
}

#[test]
fn a_log_of_another_search_is_left_alone() {
    let room = Room::new();
    room.write("sales.csv", &monthly(72));
    room.run(LINE);
    let log = read(&room);
    for other in ["--seed 2", "--horizon 4", "--head gaussian"] {
        let ran = room.run(&format!("{LINE} {other}"));
        assert!(ran.code == 2 && ran.err.contains("log of another search"), "{other}: {}", ran.err);
    }
    room.write("sales.csv", &monthly(73));
    let ran = room.run(LINE);
    assert!(ran.code == 2 && ran.err.contains("log of another search"), "{}", ran.err);
    assert_eq!(read(&room), log);
    let json = room.run("tune sales.csv --horizon 3 --trials 2 --steps 10 --json");
    assert!(json.out.contains("\"command\":\"tune\"") && json.out.contains("\"ranking\":["));
    assert_eq!(json.err, "");
}
