//! Ctrl-C in the middle of a training.
#![cfg(unix)]

use crate::run::{Room, monthly};

#[test]
fn saves_and_says_how_to_go_on() {
    let room = Room::new();
    room.write("sales.csv", &monthly(240));
    for (data, model) in [("", "lesson"), ("sales.csv", "sales")] {
        let (code, err) = room.interrupted(
            &format!("train {data} --max-steps 9000000 --print-every 15"),
            "step 15 ·",
        );
        assert_eq!(code, 130, "{err}");
        let go_on = err.lines().last().unwrap().split("elman ").nth(1).unwrap().to_owned();
        assert_eq!(go_on, format!("train --resume {model}.checkpoint.safetensors"), "{err}");
        // Going on with the printed command, to an end within reach.
        let stopped_at: u64 = err
            .split("stopped at step ")
            .nth(1)
            .and_then(|rest| rest.split(';').next())
            .unwrap()
            .parse()
            .unwrap();
        assert!(stopped_at > 0);
        let steps = stopped_at + 10;
        let resumed = room.json(&format!("{go_on} --max-steps {steps}"));
        assert_eq!(resumed["optimizer_steps"], steps);
        assert_eq!(resumed["history"].as_array().unwrap().len() as u64, steps);
    }
}

#[test]
fn resuming_on_changed_data_is_refused() {
    let room = Room::new();
    room.write("sales.csv", &monthly(240));
    let line =
        "train sales.csv --max-steps 40 --checkpoint c.safetensors --checkpoint-every 20 --quiet";
    room.run(line);
    room.write("sales.csv", &monthly(239));
    let ran = room.run("train --resume c.safetensors");
    assert_eq!(ran.code, 3, "{}", ran.err);
    assert!(ran.err.contains("have changed since the training began"), "{}", ran.err);
}
