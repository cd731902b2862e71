//! How each command ends, and that the codes are those that the help and the documents name.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Stdio;

use crate::bad_input::fixture;
use crate::run::Room;

/// The ends of a command, by the words of the help.
const DONE: &str = "done";
const FAILED: &str = "failed";
const USAGE: &str = "usage";
const BAD_DATA: &str = "bad data";
const DIVERGED: &str = "training diverged";
#[cfg(unix)]
const STOPPED: &str = "stopped by Ctrl-C";

/// A forecast that takes no time.
const SMALL: &str = "--hidden-size 2 --max-steps 2";

#[rustfmt::skip]
const ENDS: &[(&str, &str)] = &[
    ("train good.csv --max-steps 2", DONE),
    ("train nowhere.csv", FAILED),
    ("train good.csv --save nowhere/model.safetensors", FAILED),
    ("train good.csv --config none.toml", FAILED),
    ("train good.csv --cell lstn", USAGE),
    ("train good.csv --lr -1", USAGE),
    ("train good.csv --tz Europe/Berln", USAGE),
    ("train binary.csv", BAD_DATA),
    ("train --resume cut.safetensors", BAD_DATA),
    ("train --lr 1000", DIVERGED),
    ("train good.csv --lr 1000 --max-steps 50", DIVERGED),
    ("forecast good.csv --horizon 1 SMALL", DONE),
    ("forecast one.safetensors --horizon 1", DONE),
    ("forecast many.safetensors good.csv --horizon 1", DONE),
    ("forecast nowhere.csv --horizon 1", FAILED),
    ("forecast nowhere.safetensors --horizon 1", FAILED),
    ("forecast good.csv --horizon 1 --out letter.csv", FAILED),
    ("forecast good.csv --horizon 1 --level 0.95", USAGE),
    ("forecast good.csv short.csv --horizon 1", USAGE),
    ("forecast binary.csv --horizon 1", BAD_DATA),
    ("forecast flipped.safetensors --horizon 1", BAD_DATA),
    ("backtest good.csv --horizon 1 --n-windows 2 SMALL", DONE),
    ("backtest nowhere.csv --horizon 1", FAILED),
    ("backtest good.csv --horizon 1 --out nowhere/a.csv", FAILED),
    ("backtest good.csv --horizon 12 --n-windows 60", USAGE),
    ("backtest binary.csv --horizon 1", BAD_DATA),
    ("tune good.csv --horizon 1 --trials 2 SMALL", DONE),
    ("tune nowhere.csv --horizon 1", FAILED),
    ("tune good.csv --horizon 1 --log folder.csv", FAILED),
    ("tune good.csv --horizon 1 --trials 1", USAGE),
    ("tune binary.csv --horizon 1", BAD_DATA),
    ("stream one.safetensors", DONE),
    ("stream nowhere.safetensors", FAILED),
    ("stream one.safetensors --summary letter.csv", FAILED),
    ("stream one.safetensors --horizon 0", USAGE),
    ("stream flipped.safetensors", BAD_DATA),
    ("text train words.txt --max-steps 2 --hidden-size 4", DONE),
    ("text train nowhere.txt", FAILED),
    ("text train words.txt --plot nowhere/loss.svg", FAILED),
    ("text train words.txt --held-out 0.9", USAGE),
    ("text train latin.txt", BAD_DATA),
    ("text train words.txt --lr 1000 --max-steps 20 --hidden-size 8", DIVERGED),
    ("text sample text.safetensors --length 5", DONE),
    ("text sample nowhere.safetensors", FAILED),
    ("text sample text.safetensors --top-p 2", USAGE),
    ("text sample one.safetensors", BAD_DATA),
    ("text eval text.safetensors words.txt", DONE),
    ("text eval text.safetensors nowhere.txt", FAILED),
    ("text eval text.safetensors", USAGE),
    ("text eval text.safetensors latin.txt", BAD_DATA),
    ("bench --workload W1 --runs 1 --seconds 0.01", DONE),
    ("bench --config none.toml", FAILED),
    ("bench --workload W99", USAGE),
    ("completions bash", DONE),
    ("completions basch", USAGE),
    ("help", DONE),
    ("--version", DONE),
    ("forecast --help", DONE),
    ("", USAGE),
    ("trane", USAGE),
];

/// The codes that `elman --help` names, by their words.
fn documented(room: &Room) -> BTreeMap<String, i32> {
    let help = room.run("--help").out;
    let line = help.lines().find_map(|line| line.strip_prefix("Exit codes: ")).unwrap();
    let entries = line.trim_end_matches('.').split(", ");
    let pairs = entries.map(|entry| entry.split_once(' ').unwrap());
    pairs.map(|(code, words)| (words.to_owned(), code.parse().unwrap())).collect()
}

#[test]
fn every_command_ends_with_the_code_that_the_help_names() {
    let room = fixture::room();
    let codes = documented(&room);
    let mut wrong = Vec::new();
    for (line, words) in ENDS {
        let line = line.replace("SMALL", SMALL);
        let ran = room.run(&line);
        if ran.code != codes[*words] {
            wrong.push(format!("$ elman {line}\n{}[{}, and not {words}]", ran.err, ran.code));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    let mut met: BTreeSet<&str> = ENDS.iter().map(|(_, words)| *words).collect();
    #[cfg(unix)]
    {
        let (code, err) =
            room.interrupted("train --max-steps 900000000 --print-every 10", "step 10");
        assert_eq!(code, codes[STOPPED], "{err}");
        met.insert(STOPPED);
    }
    assert_eq!(met, codes.keys().map(String::as_str).collect(), "each code that is named is met");
}

/// A reader who goes away wants no more: that is no failure.
#[test]
fn a_reader_who_goes_away_changes_no_code() {
    let room = fixture::room();
    for (line, _) in ENDS.iter().filter(|(_, words)| *words == DONE) {
        let line = line.replace("SMALL", SMALL);
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let ended = room.command(&line).stdout(writer).stderr(Stdio::piped()).output().unwrap();
        let err = String::from_utf8_lossy(&ended.stderr);
        assert_eq!(ended.status.code(), Some(0), "{line}: {err}");
        assert!(!err.contains("error: ") && !err.contains("panicked"), "{line}: {err}");
    }
}

#[test]
fn the_documents_name_the_code_of_a_refused_model() {
    let room = fixture::room();
    let code = room.run("forecast flipped.safetensors --horizon 1").code;
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/file-format.md");
    let page = std::fs::read_to_string(page).unwrap();
    let said =
        page.split("A file that is refused ends the program with exit code ").nth(1).unwrap();
    assert!(said.starts_with(&format!("{code}.")), "{code}: {}", &said[..10]);
}
