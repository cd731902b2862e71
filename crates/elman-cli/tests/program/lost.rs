//! Work is not lost: not by a reader who goes away or a full disk, not by a second program, not by a file of another
//! kind, and not by a limit.
#![cfg(unix)]

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use crate::run::{Ran, Room, monthly};

/// Commands that make files, and the files; each makes the same bits again.
const MAKING: [(&str, &[&str]); 5] = [
    (
        "train --max-steps 40 --print-every 1 --save a.safetensors --plot a.svg",
        &["a.safetensors", "a.svg"],
    ),
    ("train sales.csv --max-steps 20 --print-every 1 --save b.safetensors", &["b.safetensors"]),
    (
        "text train words.txt --max-steps 20 --hidden 8 --val-every 2 --sample-length 5 --save c.safetensors",
        &["c.safetensors"],
    ),
    (
        "forecast sales.csv --horizon 3 --max-steps 4 --save d.safetensors --out d.csv",
        &["d.safetensors", "d.csv"],
    ),
    ("backtest sales.csv --horizon 3 --n-windows 2 --max-steps 4 --out e.csv", &["e.csv"]),
];

fn room() -> Room {
    let room = Room::new();
    room.write("sales.csv", &monthly(60));
    room.write("words.txt", &"to be or not to be, that is the question\n".repeat(40));
    room
}

/// stdout whose reader has gone away.
fn closed() -> Stdio {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    writer.into()
}

/// A disk without any room.
fn full() -> Stdio {
    File::options().write(true).open("/dev/full").unwrap().into()
}

fn ended(command: &mut Command) -> Ran {
    let output = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let (out, err) = (text(output.stdout), text(output.stderr));
    Ran { code: output.status.code().unwrap_or(-1), out, err }
}

#[test]
fn a_reader_who_goes_away_costs_no_file() {
    let (room, other) = (room(), room());
    for (line, files) in MAKING {
        assert_eq!(room.run(line).code, 0, "{line}");
        let ran = ended(other.command(line).stdout(closed()));
        assert_eq!(ran.code, 0, "{line}: {}", ran.err);
        for file in files {
            let read = |room: &Room| std::fs::read(room.path(file)).unwrap();
            assert!(read(&room) == read(&other), "{line}: {file}");
        }
    }
}

#[test]
fn training_goes_on_when_head_has_seen_enough() {
    let room = room();
    let line = "train --max-steps 300 --print-every 10";
    let mut child = room.command(line).stdout(Stdio::piped()).spawn().unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    for _ in 0..3 {
        out.read_line(&mut String::new()).unwrap();
    }
    drop(out);
    assert!(child.wait().unwrap().success());
    assert_eq!(room.files(), ["lesson.safetensors", "sales.csv", "words.txt"]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_behind_the_notes_costs_nothing() {
    let (room, other) = (room(), room());
    for (line, files) in MAKING {
        let undisturbed = room.run(line);
        let ran = ended(other.command(line).stderr(full()));
        assert_eq!(ran.code, 0, "{line}");
        let tells_time = line.contains("train");
        assert!(tells_time || ran.out == undisturbed.out, "{line}: {}", ran.out);
        for file in files {
            let read = |room: &Room| std::fs::read(room.path(file)).unwrap();
            assert!(read(&room) == read(&other), "{line}: {file}");
        }
    }
    room.write("none.csv", "");
    let ran = ended(room.command("forecast none.csv --horizon 3").stderr(full()));
    assert_eq!(ran.code, 3, "an error that nobody can read keeps its code");
    let ran = ended(room.command("forecast --horizont 3").stderr(full()));
    assert_eq!(ran.code, 2);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_behind_the_results_is_an_error_after_the_files_are_made() {
    let room = room();
    for (line, files) in MAKING {
        for (err, both) in [(Stdio::piped(), false), (full(), true)] {
            let ran = ended(room.command(line).stdout(full()).stderr(err));
            let prints = !line.contains("forecast");
            assert_eq!(ran.code, i32::from(prints), "{line}: {}", ran.err);
            assert!(!prints || both || ran.err.contains("cannot write the results"), "{}", ran.err);
            for file in files {
                std::fs::remove_file(room.path(file)).unwrap();
            }
        }
    }
}

#[test]
fn a_command_that_only_prints_ends_with_its_reader_and_tells_of_a_full_disk() {
    let room = room();
    room.run("text train words.txt --max-steps 5 --hidden 8 --quiet");
    for line in [
        "--help",
        "--version",
        "train --help",
        "completions bash",
        "text sample words.safetensors --length 9000",
        "text eval words.safetensors words.txt",
        "forecast sales.csv --horizon 3 --max-steps 4",
        "forecast sales.csv --horizon 3 --max-steps 4 --json",
        "bench --workload W1 --runs 1 --seconds 0.01",
    ] {
        let ran = ended(room.command(line).stdout(closed()));
        assert_eq!(ran.code, 0, "{line}: {}", ran.err);
        assert!(!ran.err.contains("error"), "{line}: {}", ran.err);
        if cfg!(target_os = "linux") {
            let ran = ended(room.command(line).stdout(full()));
            assert_eq!(ran.code, 1, "{line}: {}", ran.err);
            assert!(ran.err.contains("cannot write the results"), "{line}: {}", ran.err);
        }
    }
    let endless = "text sample words.safetensors --endless";
    assert_eq!(ended(room.command(endless).stdout(closed())).code, 0);
}

#[test]
fn of_two_trainings_into_one_file_the_second_is_refused() {
    let room = room();
    let line = "train --max-steps 900000000 --checkpoint c.safetensors --checkpoint-every 100";
    let mut first =
        room.command(line).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut out = BufReader::new(first.stdout.take().unwrap());
    out.read_line(&mut String::new()).unwrap();
    for (line, file) in [
        (line, "lesson.safetensors"),
        ("train --save other.safetensors --checkpoint c.safetensors", "c.safetensors"),
        ("text train words.txt --save ./lesson.safetensors", "lesson.safetensors"),
        ("forecast sales.csv --horizon 3 --save lesson.safetensors", "lesson.safetensors"),
    ] {
        let ran = room.run(line);
        assert_eq!(ran.code, 1, "{line}: {}", ran.err);
        assert!(ran.err.contains("another training is writing"), "{line}: {}", ran.err);
        assert!(ran.err.contains(file) && ran.err.contains("help: "), "{line}: {}", ran.err);
    }
    first.kill().unwrap();
    first.wait().unwrap();
    // What a killed training leaves holds up nobody, and is gone after the next.
    let ran = room.run("train --max-steps 20 --checkpoint c.safetensors --quiet");
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(!room.files().iter().any(|file| file.ends_with(".lock")), "{:?}", room.files());
}

#[test]
fn files_of_similar_names_are_the_persons_own() {
    let room = room();
    room.write("w.csv.trial", &monthly(60));
    for name in ["w.csv.tmp", "m.safetensors.tmp", "m.safetensors.trial"] {
        room.write(name, "mine");
    }
    let line = "forecast w.csv.trial --horizon 3 --max-steps 4 --out w.csv --save m.safetensors";
    let ran = room.run(line);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let read = |name| std::fs::read_to_string(room.path(name)).unwrap();
    assert_eq!(read("w.csv.trial"), monthly(60));
    for name in ["w.csv.tmp", "m.safetensors.tmp", "m.safetensors.trial"] {
        assert_eq!(read(name), "mine");
    }
    assert_eq!(room.files().len(), 8, "{:?}", room.files());
}

#[test]
fn only_a_file_of_the_same_kind_is_replaced() {
    let room = room();
    let letter = "Dear John,\nhow are you?\n";
    for (option, name) in [
        ("--out", "letter.csv"),
        ("--out", "letter.txt"),
        ("--out", "letter"),
        ("--out", "letter.jsonl"),
        ("--plot", "letter.png"),
        ("--plot", "letter.svg"),
        ("--plot", "letter.html"),
        ("--save", "letter.safetensors"),
    ] {
        room.write(name, letter);
        let ran =
            room.run(&format!("forecast sales.csv --horizon 3 --max-steps 4 {option} {name}"));
        assert_eq!(ran.code, 1, "{name}: {}", ran.err);
        assert!(ran.err.contains("exists and is not"), "{name}: {}", ran.err);
        assert!(ran.err.contains("help: ") && ran.out.is_empty(), "{name}: {}", ran.err);
        assert_eq!(std::fs::read_to_string(room.path(name)).unwrap(), letter, "{name}");
    }
    let ran =
        room.run("backtest sales.csv --horizon 3 --n-windows 2 --max-steps 4 --out letter.csv");
    assert!(ran.code == 1 && ran.err.contains("exists and is not"), "{}", ran.err);
    let ran = room.run("train --max-steps 20 --plot letter.png");
    assert!(ran.code == 1 && ran.err.contains("exists and is not a PNG"), "{}", ran.err);
    // Its own are, and empty files, as `mktemp` makes them.
    room.write("a.png", "");
    let line = "forecast sales.csv --horizon 3 --max-steps 4 --out a.csv --plot a.png --plot a.svg --plot a.html";
    for _ in 0..2 {
        let ran = room.run(line);
        assert_eq!(ran.code, 0, "{}", ran.err);
    }
}

#[test]
fn one_file_is_one_however_it_is_written() {
    let room = room();
    let ran =
        room.run("forecast sales.csv --horizon 3 --max-steps 4 --out new.csv --save ./new.csv");
    assert!(ran.code == 2 && ran.err.contains("named for two outputs"), "{}", ran.err);
    assert!(!room.path("new.csv").exists());
}

#[test]
fn a_model_of_other_options_is_not_replaced_without_a_word() {
    let room = room();
    assert_eq!(room.run("train --max-steps 20").err, "");
    assert_eq!(room.run("train --max-steps 20").err, "", "the same options");
    let ran = room.run("train --max-steps 30 --cell gru");
    assert!(ran.err.contains("lesson.safetensors"), "{}", ran.err);
    assert!(
        ran.err.contains("another configuration (cell, max_steps), will be replaced"),
        "{}",
        ran.err
    );
    assert_eq!(
        room.run("train --max-steps 20 --save lesson.safetensors").err,
        "",
        "as it was told"
    );
    std::fs::create_dir(room.path("b")).unwrap();
    room.write("b/sales.csv", &monthly(70));
    assert!(!room.run("train sales.csv --max-steps 20").err.contains("replaced"));
    room.write("sales.csv", &monthly(61));
    assert!(!room.run("train sales.csv --max-steps 20").err.contains("replaced"), "newer values");
    let ran = room.run("train b/sales.csv --max-steps 20");
    assert!(
        ran.err.contains("another configuration (seq_length, source), will be replaced"),
        "{}",
        ran.err
    );
    let line = "text train words.txt --max-steps 4 --hidden";
    assert!(!room.run(&format!("{line} 8")).err.contains("replaced"));
    let ran = room.run(&format!("{line} 9"));
    assert!(
        ran.err.contains("another configuration (hidden_size), will be replaced"),
        "{}",
        ran.err
    );
}

#[test]
fn a_training_that_could_go_on_is_not_replaced_without_a_word() {
    let room = room();
    room.run("train --max-steps 20 --checkpoint c.safetensors --checkpoint-every 10 --quiet");
    let ran = room.run("train --max-steps 20 --checkpoint c.safetensors");
    assert!(ran.err.contains("stopped after step 20"), "{}", ran.err);
    assert!(ran.err.contains("`elman train --resume c.safetensors` continues it"), "{}", ran.err);
    let ran = room.run("train --resume c.safetensors --max-steps 30");
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
}

#[test]
fn a_limit_on_the_size_of_files_is_an_error_and_the_old_file_stays() {
    let room = room();
    assert_eq!(room.run("train --max-steps 20 --quiet").code, 0);
    let before = std::fs::read(room.path("lesson.safetensors")).unwrap();
    let program = env!("CARGO_BIN_EXE_elman");
    for line in [
        "train --max-steps 30 --quiet",
        "forecast sales.csv --horizon 900 --max-steps 4 --out f.csv",
    ] {
        let mut limited = Command::new("sh");
        limited.args(["-c", &format!("ulimit -f 1 && exec {program} {line}")]);
        let folder = room.path("sales.csv").parent().unwrap().to_owned();
        let ran = ended(limited.current_dir(folder).stdin(Stdio::null()));
        assert_eq!(ran.code, 1, "{line}: {}", ran.err);
        assert!(ran.err.contains("File too large"), "{line}: {}", ran.err);
    }
    assert!(std::fs::read(room.path("lesson.safetensors")).unwrap() == before);
    assert_eq!(room.files(), ["lesson.safetensors", "sales.csv", "words.txt"]);
}

#[test]
fn a_training_that_has_run_away_has_diverged() {
    let room = room();
    for (line, model) in [
        ("train --lr 1000", "lesson.safetensors"),
        ("train sales.csv --lr 1000 --max-steps 50", "sales.safetensors"),
        ("text train words.txt --lr 1000 --max-steps 20 --hidden 8", "words.safetensors"),
    ] {
        let ran = room.run(line);
        assert_eq!(ran.code, 4, "{line}: {}", ran.err);
        assert!(ran.err.contains("training diverged: the loss was "), "{line}: {}", ran.err);
        assert!(ran.err.contains(&format!("the best weights are in {model}")), "{}", ran.err);
        assert!(ran.err.contains("help: try a smaller `--learning-rate`"), "{}", ran.err);
        assert!(room.path(model).exists());
    }
    let text = room.run("train --lr 1000 --json");
    assert!(
        text.code == 4 && text.out.contains("\"diverged\":\"training diverged"),
        "{}",
        text.out
    );
}

#[cfg(target_os = "linux")]
#[test]
fn one_file_that_cannot_be_written_costs_no_other_and_no_result() {
    let room = room();
    let line = "forecast sales.csv --horizon 3 --max-steps 4";
    let table = room.run(line).out;
    let ran = room.run(&format!("{line} --save /dev/full --out /dev/full --plot ok.svg"));
    assert_eq!(ran.code, 2, "one name for two things");
    let ran = room.run(&format!("{line} --save m.safetensors --out /dev/full --plot ok.svg"));
    assert_eq!((ran.code, &ran.out), (1, &table), "what has no file goes to stdout: {}", ran.err);
    assert!(ran.err.contains("error: cannot write /dev/full: No space left"), "{}", ran.err);
    assert!(ran.err.contains("saved m.safetensors\nsaved ok.svg\n"), "{}", ran.err);
    let ran = room.run(&format!("{line} --save /dev/full --out ok.csv"));
    assert_eq!(ran.code, 1, "{}", ran.err);
    assert_eq!(std::fs::read_to_string(room.path("ok.csv")).unwrap(), table);
    let ran =
        room.run("backtest sales.csv --horizon 3 --n-windows 2 --max-steps 4 --out /dev/full");
    assert!(ran.code == 1 && ran.out.contains("mase"), "{}", ran.out);
    // A checkpoint that cannot be written does not end a training.
    for train in ["train --max-steps 20", "text train words.txt --max-steps 20 --hidden 8"] {
        let line =
            format!("{train} --checkpoint /dev/full --checkpoint-every 10 --save t.safetensors");
        let ran = room.run(&line);
        assert_eq!(ran.code, 0, "{line}: {}", ran.err);
        assert!(ran.err.contains("note: the checkpoint cannot be written"), "{line}: {}", ran.err);
        std::fs::remove_file(room.path("t.safetensors")).unwrap();
    }
    let ran = room.run("train --max-steps 20 --save /dev/full");
    assert!(ran.code == 1 && ran.out.contains("trained   20 steps"), "{}\n{}", ran.out, ran.err);
}
