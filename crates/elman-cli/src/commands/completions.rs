//! `elman completions SHELL`.

use std::process::ExitCode;

use clap::CommandFactory;

use crate::args::Cli;
use crate::failure::Outcome;

/// Prints the script that completes commands and options.
pub fn run(shell: clap_complete::Shell) -> Outcome {
    clap_complete::generate(shell, &mut Cli::command(), "elman", &mut std::io::stdout());
    Ok(ExitCode::SUCCESS)
}
