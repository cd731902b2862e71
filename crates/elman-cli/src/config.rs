//! `--config FILE.toml`: the file's entries are put before the typed options, which then win.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use clap::{Arg, Command, CommandFactory};
use elman::error::nearest_names;

use crate::advice;
use crate::args::Cli;
use crate::failure::{FAILED, Failure, USAGE};

/// The arguments with the entries of the `--config` file, if one is named, put in behind the command.
pub fn merged(args: Vec<OsString>) -> Result<Vec<OsString>, Failure> {
    let Some(path) = named(&args) else {
        return Ok(args);
    };
    let cli = Cli::command();
    let (mut command, mut behind, mut name) = (&cli, 1, "elman".to_owned());
    while let Some(inner) = args.get(behind).and_then(|typed| meant(command, typed)) {
        command = inner;
        behind += 1;
        name += &format!(" {}", inner.get_name());
    }
    // Where there is no such option, clap says so.
    if !command.get_arguments().any(|option| option.get_long() == Some("config")) {
        return Ok(args);
    }
    let (before, typed) = args.split_at(behind);
    let entries = read(Path::new(&path), command, &name, typed)?;
    Ok([before, &entries, typed].concat())
}

/// The subcommand of `command` that is typed, in full or as the beginning of one name only.
fn meant<'a>(command: &'a Command, typed: &OsStr) -> Option<&'a Command> {
    let typed = typed.to_str()?;
    command.find_subcommand(typed).or_else(|| {
        let mut near = command.get_subcommands().filter(|c| c.get_name().starts_with(typed));
        near.next().filter(|_| near.next().is_none())
    })
}

/// The value of the last `--config` before any `--`.
fn named(args: &[OsString]) -> Option<OsString> {
    let mut found = None;
    let mut args = args.iter().take_while(|arg| *arg != "--");
    while let Some(arg) = args.next() {
        match arg.to_str() {
            Some("--config") => found = args.next().cloned(),
            Some(text) => {
                if let Some(path) = text.strip_prefix("--config=") {
                    found = Some(path.into());
                }
            }
            None => {}
        }
    }
    found
}

/// The entries of the file as options of the command of that name.
fn read(
    path: &Path,
    command: &Command,
    name: &str,
    typed: &[OsString],
) -> Result<Vec<OsString>, Failure> {
    let mut options = Vec::new();
    for (key, value) in &table(path)? {
        let flag = key.replace('_', "-");
        let option =
            named_option(command, &flag).ok_or_else(|| unknown(path, command, name, key))?;
        // An option that may be given more than once is replaced, not added to.
        if is_typed(typed, &flag) {
            continue;
        }
        let values = match value {
            toml::Value::Array(values) => values.as_slice(),
            value => std::slice::from_ref(value),
        };
        for value in values {
            options.extend(as_typed(option, &flag, value).map_err(|wants| {
                let message = format!("{}: `{key}` must be {wants}, not {value}", path.display());
                Failure::new(USAGE, message)
            })?);
        }
    }
    Ok(options)
}

/// The entries of the file.
fn table(path: &Path) -> Result<toml::Table, Failure> {
    let place = path.display();
    let text = std::fs::read_to_string(path).map_err(|e| {
        let help = advice::unread(path, &e);
        Failure::new(FAILED, format!("cannot read {place}: {e}\n  help: {help}"))
    })?;
    text.parse().map_err(|e: toml::de::Error| {
        let help = "write each option as `name = value`, and texts in quotes";
        Failure::new(USAGE, format!("{place}: {e}  help: {help}"))
    })
}

/// The option of `command` with this name or alias.
fn named_option<'a>(command: &'a Command, flag: &str) -> Option<&'a Arg> {
    command.get_arguments().find(|option| {
        option.get_long() == Some(flag)
            || option.get_visible_aliases().is_some_and(|names| names.contains(&flag))
    })
}

/// The error for an entry that is no option of the command of that name.
fn unknown(path: &Path, command: &Command, name: &str, key: &str) -> Failure {
    let known: Vec<&str> = command.get_arguments().filter_map(Arg::get_long).collect();
    let near = nearest_names(&key.replace('_', "-"), known).join("`, `").replace('-', "_");
    let help = match near.is_empty() {
        true => format!("`{name} --help` lists the options"),
        false => format!("did you mean `{near}`?"),
    };
    let message = format!("{}: there is no option `{key}`\n  help: {help}", path.display());
    Failure::new(USAGE, message)
}

/// Whether the option is on the command line.
fn is_typed(typed: &[OsString], flag: &str) -> bool {
    let (long, with_value) = (format!("--{flag}"), format!("--{flag}="));
    typed
        .iter()
        .filter_map(|arg| arg.to_str())
        .any(|arg| arg == long || arg.starts_with(&with_value))
}

/// The option with this value as it is typed, `None` for a switch that is off; or which values the option takes.
fn as_typed(
    option: &Arg,
    flag: &str,
    value: &toml::Value,
) -> Result<Option<OsString>, &'static str> {
    let typed = match (option.get_action().takes_values(), value) {
        (false, toml::Value::Boolean(is_on)) => is_on.then(|| format!("--{flag}")),
        (true, toml::Value::String(text)) => Some(format!("--{flag}={text}")),
        (true, toml::Value::Integer(_) | toml::Value::Float(_)) => {
            Some(format!("--{flag}={value}"))
        }
        (true, _) => return Err("a number or a text"),
        (false, _) => return Err("true or false"),
    };
    Ok(typed.map(OsString::from))
}
