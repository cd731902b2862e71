//! Bad input of every kind: the error, its place, the next step, and the exit code. One row per case.

mod csv;
pub mod fixture;
mod kinds;
mod models;
mod options;
mod outputs;

use std::io::Write as _;
use std::process::Stdio;

use crate::run::Room;

/// A wrong command, and the answer that a person wants.
pub struct Case {
    name: &'static str,
    /// The content of the file `in.…` in the command line, or of stdin for `-`.
    input: &'static str,
    line: &'static str,
    code: i32,
    /// The place: the file and its line, the column, the series, or the option.
    at: &'static str,
    /// A part of the line that begins with `error: `.
    what: &'static str,
    /// A part of the text after `what`: the next step, the known names, or the range of the value.
    help: &'static str,
}

const fn case(
    name: &'static str,
    input: &'static str,
    line: &'static str,
    code: i32,
    [at, what, help]: [&'static str; 3],
) -> Case {
    Case { name, input, line, code, at, what, help }
}

const TABLES: [&[Case]; 5] =
    [csv::CASES, kinds::CASES, models::CASES, options::CASES, outputs::CASES];

#[test]
fn bad_input_is_named_with_its_place_and_the_next_step() {
    let room = fixture::room();
    let cases = || TABLES.iter().copied().flatten();
    assert!(cases().count() >= 120, "{} cases", cases().count());
    let wrong: Vec<String> = cases().filter_map(|case| case.differs(&room)).collect();
    assert!(wrong.is_empty(), "{} cases differ:\n\n{}", wrong.len(), wrong.join("\n"));
}

impl Case {
    /// A description of all differences from the expected answer; `None` if there are none.
    fn differs(&self, room: &Room) -> Option<String> {
        let file = self.line.split_whitespace().find(|word| word.starts_with("in."));
        if let Some(file) = file {
            room.write(file, self.input);
        }
        let before = fixture::contents(room);
        let mut command = room.command(self.line);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // A command that is refused does not read stdin, so that writing may fail.
        let _ = child.stdin.take().unwrap().write_all(self.input.as_bytes());
        let ended = child.wait_with_output().unwrap();
        let (out, err) = [ended.stdout, ended.stderr]
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
            .into();
        let changed = fixture::contents(room) != before;
        if let Some(file) = file {
            std::fs::remove_file(room.path(file)).unwrap();
        }
        let message = err.find("error: ").map_or("", |start| &err[start..]);
        let first = message.lines().next().unwrap_or_default();
        let behind = first.find(self.what).map_or("", |start| &message[start + self.what.len()..]);
        let foreign = |c: char| c.is_control() && c != '\n' && c != '\t';
        let found: Vec<&str> = [
            ("the exit code", ended.status.code() != Some(self.code)),
            ("`at`", self.at.is_empty() || !message.contains(self.at)),
            ("`what`", self.what.is_empty() || !first.contains(self.what)),
            ("`help`", self.help.is_empty() || !behind.contains(self.help)),
            ("a result on stdout", !out.is_empty()),
            ("a panic", err.contains("panicked")),
            ("a character that commands the terminal", err.contains(foreign)),
            ("a file made, lost or changed", changed),
        ]
        .into_iter()
        .filter_map(|(what, is_wrong)| is_wrong.then_some(what))
        .collect();
        let Self { name, line, code, at, what, help, .. } = self;
        (!found.is_empty()).then(|| {
            format!(
                "# {name}: {}\n$ elman {line}\n{err}[exit {:?}]\n  wanted: {code} | {at} | {what} | {help}\n",
                found.join(", "),
                ended.status.code()
            )
        })
    }
}
