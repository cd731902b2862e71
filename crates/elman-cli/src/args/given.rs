//! Which options were given, and which stand at their defaults.

use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Args, Command};

/// The options that were given, on the command line or in the `--config` file, with their values.
#[derive(Debug, Default)]
pub struct Given(Vec<(String, Option<String>)>);

impl Given {
    /// Of the innermost command.
    pub fn of(mut command: &Command, mut matches: &ArgMatches) -> Self {
        while let Some((name, inner)) = matches.subcommand() {
            let Some(found) = command.find_subcommand(name) else { break };
            (command, matches) = (found, inner);
        }
        let is_given = |option: &&Arg| {
            matches.value_source(option.get_id().as_str()) == Some(ValueSource::CommandLine)
        };
        let given = command.get_arguments().filter(is_given);
        Self(given.map(|option| (option.get_id().to_string(), value(option, matches))).collect())
    }

    /// The given options that `A` declares, except some, as they are typed: `--seq-length`.
    pub fn of_group<A: Args>(&self, except: &[&str]) -> Vec<String> {
        let group = A::augment_args(Command::new(""));
        let is_in = |name: &str| group.get_arguments().any(|option| option.get_id() == name);
        self.all(|name| is_in(name) && !except.contains(&name)).map(|(option, _)| option).collect()
    }

    /// The first given option that is none of these, as it is typed.
    pub fn first_beside(&self, names: &[&str]) -> Option<String> {
        self.beside(names).next().map(|(option, _)| option)
    }

    /// The given options that are none of these, as they are typed, each with its value unless it is a switch.
    pub fn beside(&self, names: &[&str]) -> impl Iterator<Item = (String, Option<&str>)> {
        self.all(|name| !names.contains(&name))
    }

    fn all(&self, is_meant: impl Fn(&str) -> bool) -> impl Iterator<Item = (String, Option<&str>)> {
        let options = self.0.iter().filter(move |(name, _)| is_meant(name));
        options.map(|(name, value)| (format!("--{}", name.replace('_', "-")), value.as_deref()))
    }
}

/// The value of an option, several with commas between; `None` for a switch.
fn value(option: &Arg, matches: &ArgMatches) -> Option<String> {
    let values = matches.get_raw(option.get_id().as_str());
    let values = values.filter(|_| option.get_action().takes_values())?;
    Some(values.map(|value| value.to_string_lossy()).collect::<Vec<_>>().join(","))
}
