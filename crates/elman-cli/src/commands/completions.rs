//! `elman completions SHELL`.

use std::process::ExitCode;

use clap::CommandFactory;

use crate::args::Cli;
use crate::failure::Outcome;
use crate::print;

/// Prints the script that completes commands and options.
pub fn run(shell: clap_complete::Shell) -> Outcome {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "elman", &mut script);
    print::results(|stdout| stdout.write_all(&script));
    Ok(ExitCode::SUCCESS)
}
