//! `--config FILE.toml`: the file's entries are put before the typed options, which then win.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use clap::{Command, CommandFactory};
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
    let place = path.display();
    let text = std::fs::read_to_string(path).map_err(|e| {
        let help = advice::unread(path, &e);
        Failure::new(FAILED, format!("cannot read {place}: {e}\n  help: {help}"))
    })?;
    let table: toml::Table = text.parse().map_err(|e: toml::de::Error| {
        let help = "write each option as `name = value`, and texts in quotes";
        Failure::new(USAGE, format!("{place}: {e}  help: {help}"))
    })?;
    let mut options = Vec::new();
    for (key, value) in &table {
        let flag = key.replace('_', "-");
        let option = command.get_arguments().find(|arg| {
            arg.get_long() == Some(&flag)
                || arg.get_visible_aliases().is_some_and(|names| names.contains(&flag.as_str()))
        });
        let Some(option) = option else {
            let known: Vec<&str> =
                command.get_arguments().filter_map(clap::Arg::get_long).collect();
            let near = nearest_names(&flag, known).join("`, `").replace('-', "_");
            let help = if near.is_empty() {
                format!("`{name} --help` lists what there is")
            } else {
                format!("did you mean `{near}`?")
            };
            let message = format!("{place}: there is no option `{key}`\n  help: {help}");
            return Err(Failure::new(USAGE, message));
        };
        // An option that may be given more than once is replaced, not added to.
        let long = format!("--{flag}");
        let is_typed = typed.iter().any(|arg| {
            arg.to_str().is_some_and(|arg| arg == long || arg.starts_with(&format!("{long}=")))
        });
        if is_typed {
            continue;
        }
        let takes_value = option.get_action().takes_values();
        let mut push = |value: &toml::Value| -> Result<(), Failure> {
            match value {
                toml::Value::Boolean(true) if !takes_value => options.push(long.clone().into()),
                toml::Value::Boolean(false) if !takes_value => {}
                toml::Value::String(text) if takes_value => {
                    options.push(format!("{long}={text}").into());
                }
                toml::Value::Integer(_) | toml::Value::Float(_) if takes_value => {
                    options.push(format!("{long}={value}").into());
                }
                _ => {
                    let wants = if takes_value { "a number or a text" } else { "true or false" };
                    let message = format!("{place}: `{key}` must be {wants}, not {value}");
                    return Err(Failure::new(USAGE, message));
                }
            }
            Ok(())
        };
        match value {
            toml::Value::Array(values) => values.iter().try_for_each(&mut push)?,
            value => push(value)?,
        }
    }
    Ok(options)
}
