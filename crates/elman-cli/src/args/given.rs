//! Which options were given, and which stand at their defaults.

use clap::parser::ValueSource;
use clap::{ArgMatches, Command};

/// The options that were given, on the command line or in the `--config` file.
#[derive(Debug, Default)]
pub struct Given(Vec<String>);

impl Given {
    /// Of the innermost command.
    pub fn of(mut command: &Command, mut matches: &ArgMatches) -> Self {
        while let Some((name, inner)) = matches.subcommand() {
            let Some(found) = command.find_subcommand(name) else { break };
            (command, matches) = (found, inner);
        }
        let options = command.get_arguments().map(|option| option.get_id().as_str());
        let given = options.filter(|id| matches.value_source(id) == Some(ValueSource::CommandLine));
        Self(given.map(str::to_owned).collect())
    }

    /// The first of these that was given, as it is typed after `--`.
    pub fn first_of(&self, names: &[&str]) -> Option<String> {
        self.first(|name| names.contains(&name))
    }

    /// The first that was given beside these, as it is typed after `--`.
    pub fn first_beside(&self, names: &[&str]) -> Option<String> {
        self.first(|name| !names.contains(&name))
    }

    fn first(&self, is_meant: impl Fn(&str) -> bool) -> Option<String> {
        self.0.iter().find(|name| is_meant(name)).map(|name| name.replace('_', "-"))
    }
}
