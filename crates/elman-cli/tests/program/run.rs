//! Running the program in a folder of its own.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// A folder to run in.
pub struct Room(TempDir);

/// What a run left.
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Room {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn write(&self, name: &str, content: &str) {
        std::fs::write(self.path(name), content).unwrap();
    }

    /// The program with the words of `line` as arguments.
    pub fn command(&self, line: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_elman"));
        command.args(line.split_whitespace()).current_dir(&self.0).stdin(Stdio::null());
        command.env_remove("RUST_BACKTRACE");
        command
    }

    pub fn run(&self, line: &str) -> Ran {
        let output = self.command(line).output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Ran {
            code: output.status.code().unwrap(),
            out: text(output.stdout),
            err: text(output.stderr),
        }
    }

    /// Ctrl-C once a line with `until` in it has come; the exit code and what was said.
    #[cfg(unix)]
    pub fn interrupted(&self, line: &str, until: &str) -> (i32, String) {
        use std::io::{BufRead, Read};
        let piped = || Stdio::piped();
        let mut child = self.command(line).stdout(piped()).stderr(piped()).spawn().unwrap();
        let mut out = std::io::BufReader::new(child.stdout.take().unwrap());
        let mut said = String::new();
        while !said.contains(until) {
            said.clear();
            assert!(out.read_line(&mut said).unwrap() > 0, "ended before its first report");
        }
        std::thread::spawn(move || std::io::copy(&mut out, &mut std::io::sink()));
        let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
        assert!(killed.success());
        let mut err = String::new();
        child.stderr.as_mut().unwrap().read_to_string(&mut err).unwrap();
        (child.wait().unwrap().code().unwrap(), err)
    }

    /// Runs a command that must succeed, and reads its one JSON document.
    #[track_caller]
    pub fn json(&self, line: &str) -> Value {
        let ran = self.run(&format!("{line} --json"));
        assert_eq!(ran.code, 0, "{line}: {}", ran.err);
        serde_json::from_str(&ran.out).unwrap()
    }

    /// The files in the folder.
    pub fn files(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.0.path()).unwrap();
        let mut names: Vec<String> =
            entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

/// A file of the repository.
pub fn example(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/data");
    folder.join(name).display().to_string()
}

/// A monthly series of `len` values with a season of 12 and a slow rise.
pub fn monthly(len: usize) -> String {
    let mut csv = "ds,y\n".to_owned();
    for t in 0..len {
        let (year, month) = (2000 + t / 12, 1 + t % 12);
        let season = (t as f64 * std::f64::consts::TAU / 12.0).sin();
        // A little noise that any machine draws alike.
        let noise = ((t * 7919 % 101) as f64 / 101.0 - 0.5) * 2.0;
        let value = 100.0 + 0.2 * t as f64 + 10.0 * season + noise;
        csv.push_str(&format!("{year}-{month:02}-01,{value:.3}\n"));
    }
    csv
}
