//! Which options were given, and which stand at their defaults.

use clap::parser::ValueSource;
use clap::{ArgMatches, Args, Command};

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

    /// The given options that `A` declares, except some, as they are typed: `--seq-length`.
    pub fn of_group<A: Args>(&self, except: &[&str]) -> Vec<String> {
        let group = A::augment_args(Command::new(""));
        let is_in = |name: &str| group.get_arguments().any(|option| option.get_id() == name);
        self.all(|name| is_in(name) && !except.contains(&name))
    }

    /// The first given option that is none of these, as it is typed.
    pub fn first_beside(&self, names: &[&str]) -> Option<String> {
        self.all(|name| !names.contains(&name)).into_iter().next()
    }

    fn all(&self, is_meant: impl Fn(&str) -> bool) -> Vec<String> {
        let names = self.0.iter().filter(|name| is_meant(name));
        names.map(|name| format!("--{}", name.replace('_', "-"))).collect()
    }
}
