//! The state file of a stream: continued from, and saved to.

use std::path::{Path, PathBuf};

use elman::FittedForecaster;
use elman::stream::{StateStore, Stream, StreamConfig};

use crate::args::{SAVE_EVERY, StreamArgs};
use crate::failure::{FAILED, Failure};
use crate::numbers::count;
use crate::{advice, files};

/// Saves the state of a stream.
pub struct Saver {
    file: PathBuf,
}

/// Starts the stream: from nothing, or from the state that is named.
///
/// # Errors
/// A file that is no state of this model; one that would be lost.
pub fn start(
    args: &StreamArgs,
    fitted: &'static FittedForecaster,
    config: StreamConfig,
) -> Result<(Stream<'static>, Option<Saver>), Failure> {
    let (from, to) = (args.state.state.as_deref(), args.state.save_state.as_deref());
    let is_same = from.zip(to).is_some_and(|(from, to)| files::is_same(from, to));
    let is_there = |path: &Path| path.metadata().is_ok_and(|file| file.len() > 0);
    if let Some(to) = to.filter(|to| !is_same && is_there(to)) {
        return Err(exists(to));
    }
    let saver = to.map(|to| Saver { file: to.to_owned() });
    let Some(from) = from.filter(|from| !is_same || is_there(from)) else {
        let stream = match to {
            Some(to) => Stream::with_state(fitted, config, StateStore::open(to)?)?,
            None => Stream::new(fitted, config)?,
        };
        return Ok((stream, saver));
    };
    from.metadata().map_err(|error| unreadable(from, &error))?;
    if let Some(to) = to.filter(|_| !is_same) {
        // No other stream writes the file while it is copied.
        let _lock = StateStore::open(from)?;
        std::fs::copy(from, to).map_err(|error| unreadable(from, &error))?;
    }
    let store = StateStore::open(to.unwrap_or(from))?;
    let position = store.position()?;
    let stream = Stream::with_state(fitted, config, store)?;
    if !args.notes.quiet {
        note!("{}", continued(from, position, stream.len()));
    }
    Ok((stream, saver))
}

/// How far a state goes.
fn continued(file: &Path, position: u64, series: usize) -> String {
    format!(
        "{}: state of {} series after line {} of the last run; at most `--save-every` lines after it are not in the state: send \
         them once more, or all lines",
        file.display(),
        count(series as u64),
        count(position)
    )
}

fn exists(file: &Path) -> Failure {
    let file = files::shell_word(file);
    let message = format!(
        "{file} exists, and would be replaced\n  help: add `--state {file}` to continue from it, or choose another name"
    );
    Failure::new(FAILED, message)
}

fn unreadable(file: &Path, error: &std::io::Error) -> Failure {
    let help = advice::unread(file, error);
    Failure::new(FAILED, format!("cannot read {}: {error}\n  help: {help}", file.display()))
}

impl Saver {
    /// Saves the state after the line of this number, in one transaction.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn save(&self, stream: &mut Stream<'static>, line: u64) -> Result<(), Failure> {
        Ok(stream.save(line)?)
    }

    /// Names the state file, and the command that continues the stream.
    pub fn saved(&self, args: &StreamArgs) -> String {
        let (file, model) = (files::shell_word(&self.file), files::shell_word(&args.model));
        let options = options(args);
        format!(
            "saved {file}\nto continue: elman stream {model}{options} --state {file} --save-state {file}"
        )
    }
}

/// The options that another stream needs to continue from the state, and those of saving.
fn options(args: &StreamArgs) -> String {
    let learning = &args.online.learning;
    let usual = StreamConfig::new(1);
    let mut options = Vec::new();
    let mut add = |name: &str, value: Option<String>| {
        options.extend(value.map(|value| format!(" {name} {}", files::shell_word(value.as_ref()))));
    };
    add("--horizon", (args.horizon > 1).then(|| args.horizon.to_string()));
    add("--level", (!args.online.level.is_empty()).then(|| args.online.level.join(",")));
    let max_gap = args.online.max_gap;
    add("--max-gap", (max_gap != usual.max_gap).then(|| max_gap.to_string()));
    for (name, column) in [
        ("--target", &args.columns.target),
        ("--time-col", &args.columns.time_col),
        ("--id-col", &args.columns.id_col),
        ("--freq", &args.columns.freq),
    ] {
        add(name, column.clone());
    }
    add("--learning-rate", learning.learning_rate.map(|rate| rate.to_string()));
    add("--learn-every", (learning.learn_every > 1).then(|| learning.learn_every.to_string()));
    add("--resident", args.state.resident.map(|series| series.to_string()));
    add("--save-every", (args.save_every() != SAVE_EVERY).then(|| args.save_every().to_string()));
    if learning.learn {
        options.push(" --learn".to_owned());
    }
    options.concat()
}
