//! The next step after an error of a library, which knows neither the options of the program nor the folder.

use std::io::{self, ErrorKind};
use std::path::Path;

use clap::{Command, CommandFactory};
use elman::error::nearest_names;
use elman::{Error, nn};

use crate::args::Cli;

/// The next step where the order of differencing does not go with the transform.
const DIFFERENCES: &str = "`--differences 1` trains on the changes from value to value; `--differences 0` goes with \
                           `--transform mean_scale` only";

/// The error, with the option for a setting and with a next step where the library has none.
pub fn with(error: &Error) -> String {
    match error {
        Error::Network(nn::Error::Setting { name, got, must_be }) => {
            let message = match option(name) {
                Some(option) => format!("`{option}` = {got}: must be {must_be}"),
                None => error.to_string(),
            };
            match *name {
                "differences" => format!("{message}\n  help: {DIFFERENCES}"),
                _ => message,
            }
        }
        Error::Network(nn::Error::Unreadable { path, source }) => {
            format!("{error}\n  help: {}", unread(path, source))
        }
        Error::Io { path, source } => {
            format!("{error}\n  help: {}", unread(Path::new(path), source))
        }
        // A reason that names an option says by itself what to do.
        Error::Network(nn::Error::File { reason, .. }) if !reason.contains("`--") => format!(
            "{error}\n  help: give an undamaged model file, of a network of the same kind and size"
        ),
        Error::TooFewValues { help: "", .. } => {
            format!("{error}\n  help: give a date and a value for each time step")
        }
        Error::NoTarget { .. } => {
            format!("{error}\n  help: add a column of numbers, or name one with `--target`")
        }
        _ => error.to_string(),
    }
}

/// The next step after a file could not be read: if the file is missing, the most similar names in its folder.
pub fn unread(path: &Path, why: &io::Error) -> String {
    if why.kind() != ErrorKind::NotFound {
        return "check the permissions of the file".to_owned();
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let Ok(entries) = folder.read_dir() else {
        return format!("there is no folder {}", folder.display());
    };
    let names: Vec<String> =
        entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    let wanted = path.file_name().unwrap_or_default().to_string_lossy();
    let near = nearest_names(&wanted, names.iter().map(String::as_str));
    match &near[..] {
        [] => format!("there is no file of a similar name in {}", folder.display()),
        near => format!("did you mean `{}`?", near.join("`, `")),
    }
}

/// The option that gives this setting.
fn option(setting: &str) -> Option<String> {
    fn has(command: &Command, flag: &str) -> bool {
        command.get_arguments().any(|option| option.get_long() == Some(flag))
            || command.get_subcommands().any(|command| has(command, flag))
    }
    let flag = setting.replace('_', "-");
    has(&Cli::command(), &flag).then(|| format!("--{flag}"))
}
