//! `elman forecast --save`: the networks of a panel kept for newer data.

use crate::run::{Room, monthly};

#[test]
fn kept_networks_forecast_newer_data_without_training() {
    let room = Room::new();
    let all = monthly(120);
    let known: String = all.lines().take(100).map(|line| format!("{line}\n")).collect();
    room.write("known.csv", &known);
    room.write("all.csv", &all);
    let first = room.run("forecast known.csv --horizon 3 --steps 30 --save m.safetensors");
    assert_eq!(first.code, 0, "{}", first.err);
    assert!(first.err.contains("elman forecast m.safetensors known.csv --horizon 3"));
    let again = room.run("forecast m.safetensors known.csv --horizon 3");
    assert_eq!(again.out, first.out, "{}", again.err);
    let newer = room.run("forecast m.safetensors all.csv --horizon 5 --level 50");
    assert!(newer.out.starts_with("unique_id,ds,elman,elman-lo-50,elman-hi-50\n"), "{}", newer.out);
    assert!(newer.out.contains("2010-05-01") && newer.out.lines().count() == 6, "{}", newer.out);
    assert!(newer.err.contains("trained for 3 steps"), "{}", newer.err);
    // What was measured in training was measured at its levels.
    assert!(newer.err.contains("80 %: ") && !newer.err.contains("50 %: "), "{}", newer.err);
    for (line, said) in [
        ("forecast m.safetensors --horizon 3", "keeps no values"),
        ("forecast m.safetensors all.csv --horizon 3 --season 4", "leave out"),
        ("forecast m.safetensors all.csv --horizon 3 --save n.safetensors", "a model already"),
        ("forecast all.csv --horizon 3 --save known.csv", "no model of elman's"),
    ] {
        let ran = room.run(line);
        assert!(ran.code != 0 && ran.err.contains(said), "{line}: {}", ran.err);
        assert_eq!(ran.out, "");
    }
}
