//! A stream that is killed after random numbers of forecasts and started again with the whole feed: every observation counts once.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};

use elman::nn::Stream as RandomNumbers;
use serde_json::Value;

use crate::run::{Room, monthly};

/// Observations of each of the series.
const LEN: usize = 1500;
const SERIES: [&str; 3] = ["a", "b", "c"];

fn feed() -> String {
    let mut feed = "unique_id,ds,y\n".to_owned();
    for row in monthly(LEN).lines().skip(1) {
        SERIES.iter().for_each(|id| feed.push_str(&format!("{id},{row}\n")));
    }
    feed
}

fn room() -> Room {
    let room = Room::new();
    room.write("sales.csv", &monthly(120));
    let line = "train sales.csv --max-steps 30 --hidden-size 4 --save m.safetensors --quiet";
    assert_eq!(room.run(line).code, 0);
    room.write("feed.csv", &feed());
    room
}

/// The stream with a state that is saved after every few lines.
fn stream(room: &Room, more: &str) -> Command {
    let line =
        format!("stream m.safetensors --state s.redb --save-state s.redb --save-every 7 {more}");
    let mut command = room.command(&line);
    command.stdin(std::fs::File::open(room.path("feed.csv")).unwrap());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Kills a stream so many times; then lets it come to its end, and compares its counts and its last forecasts with those of a
/// stream that nobody disturbed. Returns the number of different lines after which a killed stream had its last save.
fn killed(times: usize) -> usize {
    let room = room();
    let undisturbed = stream(&room, "--json --summary right.json").output().unwrap();
    assert!(undisturbed.status.success());
    std::fs::remove_file(room.path("s.redb")).unwrap();
    let mut moments = RandomNumbers::new(1, "moments of the kills");
    let (mut kills, mut positions) = (0, BTreeSet::new());
    while kills < times {
        let mut child = stream(&room, "--json").spawn().unwrap();
        // Counted in forecasts, not in seconds: a busy machine kills at the same places.
        let forecasts = moments.uniform(1.0, 300.0) as usize;
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let read = out.by_ref().lines().take(forecasts).filter(Result::is_ok).count();
        assert!(read > 0, "no forecast before the kill");
        child.kill().unwrap();
        let ended = child.wait_with_output().unwrap();
        let err = String::from_utf8_lossy(&ended.stderr).into_owned();
        if ended.status.success() {
            // It came to its end between two kills: the next one begins anew.
            std::fs::remove_file(room.path("s.redb")).unwrap();
            continue;
        }
        kills += 1;
        assert!(!err.contains("error"), "{err}");
        let position = err.split(" after line ").nth(1).and_then(|rest| rest.split(' ').next());
        positions.extend(position.map(str::to_owned));
    }
    let last = stream(&room, "--json --summary now.json").output().unwrap();
    assert!(last.status.success(), "{}", String::from_utf8_lossy(&last.stderr));
    let summary = |name: &str| -> Value {
        let text = std::fs::read_to_string(room.path(name)).unwrap();
        serde_json::from_str::<Value>(&text).unwrap()["summary"].clone()
    };
    let (now, right) = (summary("now.json"), summary("right.json"));
    for count in ["series", "observations", "missing", "absent", "resets", "errors"] {
        assert_eq!(now[count], right[count], "{count}");
    }
    assert_eq!(now["observations"], LEN * SERIES.len());
    let out = |output: &[u8]| {
        String::from_utf8_lossy(output).lines().map(str::to_owned).collect::<Vec<_>>()
    };
    let (last, all) = (out(&last.stdout), out(&undisturbed.stdout));
    assert_eq!(last, all[all.len() - last.len()..], "the forecasts after the last kill");
    assert!(3 * positions.len() > times, "few kills between two saves: {positions:?}");
    positions.len()
}

#[test]
fn ten_times() {
    println!("saves after {} different lines", killed(10));
}

/// `cargo test --release --test program stream_killed -- --ignored --nocapture`
#[test]
#[ignore = "takes minutes"]
fn two_hundred_times() {
    println!("saves after {} different lines", killed(200));
}
