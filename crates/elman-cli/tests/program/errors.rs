//! Wrong input: what is said, and the exit code.

use crate::run::{Room, monthly};

/// What is said of each wrong command, in one snapshot each.
#[track_caller]
fn refuses(room: &Room, line: &str, code: i32) -> String {
    let before = room.files();
    let ran = room.run(line);
    assert_eq!(ran.code, code, "{line}: {}{}", ran.out, ran.err);
    assert_eq!(ran.out, "", "{line}: an error prints no result");
    assert!(!ran.err.contains("panicked"), "{line}: {}", ran.err);
    assert_eq!(room.files(), before, "{line}: an error writes nothing");
    format!("$ elman {line}\n{}", ran.err)
}

#[test]
fn usage() {
    let room = Room::new();
    let said: Vec<String> = [
        "train --cell lstn",
        "train --hiden 3",
        "trane",
        "train --hidden-size 0",
        "train --lr -1",
        "train --lr nan",
        "train --dropout 1",
        "train --plot picture.jpg",
        "train --steps many",
        "train --seq-length 0",
        "train --batch-size 0",
        "train --print-every 0",
        "train --clip -2",
        "train --seq-length 100000000000",
        "train --batch-size 18446744073709551615",
        "train --hidden 1000000 --layers 100000",
        "train --target y",
        "train --learn changes",
        "forecast",
        "forecast x.safetensors --horizon 0",
    ]
    .iter()
    .map(|line| refuses(&room, line, 2))
    .collect();
    insta::assert_snapshot!(said.join("\n"));
}

#[test]
fn bad_data() {
    let room = Room::new();
    room.write("empty.csv", "");
    room.write("header.csv", "ds,y\n");
    room.write("short.csv", &monthly(5));
    room.write("text.csv", "ds,y\n2020-01-01,1\n2020-01-02,n/a\n2020-01-03,3\n");
    room.write("nan.csv", "ds,y\n2020-01-01,1\n2020-01-02,NaN\n2020-01-03,3\n");
    room.write("twice.csv", "ds,y\n2020-01-01,1\n2020-01-01,2\n2020-01-03,3\n");
    room.write("two.csv", "ds,open,close\n2020-01-01,1,2\n2020-01-02,1,3\n2020-01-03,2,4\n");
    std::fs::write(room.path("binary.csv"), [0, 159, 146, 150, 0, 255, 254]).unwrap();
    std::fs::create_dir(room.path("folder.csv")).unwrap();
    let said: Vec<String> = [
        "train missing.csv",
        "train empty.csv",
        "train header.csv",
        "train short.csv",
        "train text.csv",
        "train nan.csv",
        "train twice.csv",
        "train two.csv",
        "train two.csv --target clse",
        "train binary.csv",
        "train folder.csv",
    ]
    .iter()
    .map(|line| refuses(&room, line, 3))
    .collect();
    insta::assert_snapshot!(said.join("\n"));
}

#[test]
fn files_that_are_not_what_they_should_be() {
    let room = Room::new();
    room.write("sales.csv", &monthly(60));
    room.write("notes.safetensors", "my own notes, not to be lost\n");
    room.run("train --save model.safetensors --quiet");
    let said: Vec<String> = [
        ("forecast sales.csv new.csv --horizon 3", 2),
        ("forecast sales.csv --horizon 3 --level 100", 2),
        ("forecast sales.csv --horizon 3 --level 80,0.95", 2),
        ("backtest sales.csv --horizon 3 --level eighty", 2),
        ("forecast model.safetensors --horizon 3 --season 12", 2),
        ("forecast nowhere.csv --horizon 3", 3),
        ("forecast sales.csv --horizon 3 --out future.xlsx", 2),
        ("backtest sales.csv --horizon 12 --windows 60", 2),
        ("forecast notes.safetensors --horizon 3", 3),
        ("forecast nowhere.safetensors --horizon 3", 3),
        ("train --save notes.safetensors", 1),
        ("train --save nowhere/model.safetensors", 1),
        ("train --resume model.safetensors", 3),
        ("train --resume model.safetensors --cell gru", 2),
        ("train --init notes.safetensors", 3),
        ("train sales.csv --holdout 60", 2),
        ("train sales.csv --batch-size 40", 2),
        ("train sales.csv --input-size 2", 2),
        ("train sales.csv --seq-length 0", 2),
    ]
    .iter()
    .map(|(line, code)| refuses(&room, line, *code))
    .collect();
    insta::assert_snapshot!(said.join("\n"));
    let notes = std::fs::read_to_string(room.path("notes.safetensors")).unwrap();
    assert_eq!(notes, "my own notes, not to be lost\n");
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let room = Room::new();
    let mut child = room
        .command("train --steps 3000 --print-every 1")
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
}
