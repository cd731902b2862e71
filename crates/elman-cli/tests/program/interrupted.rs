//! Ctrl-C in the middle of a training.
#![cfg(unix)]

use std::io::BufRead;
use std::process::{Command, Stdio};

use crate::run::{Room, monthly};

fn interrupt(room: &Room, line: &str) -> (i32, String) {
    let mut child =
        room.command(line).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // Until the first report stands there; the training itself would take minutes.
    let mut out = std::io::BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    while !line.contains("step 15 ·") {
        line.clear();
        assert!(out.read_line(&mut line).unwrap() > 0, "ended before its first report");
    }
    std::thread::spawn(move || std::io::copy(&mut out, &mut std::io::sink()));
    let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    let mut err = String::new();
    std::io::Read::read_to_string(child.stderr.as_mut().unwrap(), &mut err).unwrap();
    (child.wait().unwrap().code().unwrap(), err)
}

#[test]
fn saves_and_says_how_to_go_on() {
    let room = Room::new();
    room.write("sales.csv", &monthly(240));
    for (data, model) in [("", "lesson"), ("sales.csv", "sales")] {
        let (code, err) =
            interrupt(&room, &format!("train {data} --steps 9000000 --print-every 15"));
        assert_eq!(code, 130, "{err}");
        let go_on = err.lines().last().unwrap().split("elman ").nth(1).unwrap().to_owned();
        assert_eq!(go_on, format!("train --resume {model}.checkpoint.safetensors"), "{err}");
        // Going on with the printed command, to an end within reach.
        let stopped_at: u64 = err
            .split("stopped at step ")
            .nth(1)
            .and_then(|rest| rest.split(':').next())
            .unwrap()
            .parse()
            .unwrap();
        assert!(stopped_at > 0);
        let steps = stopped_at + 10;
        let resumed = room.json(&format!("{go_on} --steps {steps}"));
        assert_eq!(resumed["steps"], steps);
        assert_eq!(resumed["history"].as_array().unwrap().len() as u64, steps);
    }
}

#[test]
fn resuming_on_changed_data_is_refused() {
    let room = Room::new();
    room.write("sales.csv", &monthly(240));
    let line =
        "train sales.csv --steps 40 --checkpoint c.safetensors --checkpoint-every 20 --quiet";
    room.run(line);
    room.write("sales.csv", &monthly(239));
    let ran = room.run("train --resume c.safetensors");
    assert_eq!(ran.code, 1, "{}", ran.err);
    assert!(ran.err.contains("not those that training began with"), "{}", ran.err);
}
