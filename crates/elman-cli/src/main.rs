//! The `elman` program.

#![forbid(unsafe_code)]

#[macro_use]
mod print;

mod advice;
mod args;
mod commands;
mod config;
mod failure;
mod files;
mod foreign;
mod interrupt;
mod live;
mod numbers;
mod page;

use std::process::ExitCode;

use args::{Cli, Command};
use failure::{FAILED, Failure};

fn main() -> ExitCode {
    keep_quiet_about_damage();
    interrupt::survive_file_limit();
    let args = match config::merged(std::env::args_os().collect()) {
        Ok(args) => args,
        Err(failure) => return failure.report(),
    };
    let command = match Cli::parse_given(args) {
        Ok(cli) => cli.command,
        Err(said) => return exit(print::said_by_clap(&said)),
    };
    let outcome = match command {
        Command::Train(args) => commands::train::run(*args),
        Command::Forecast(args) => commands::forecast::run(*args),
        Command::Backtest(args) => commands::backtest::run(*args),
        Command::Explain(args) => commands::explain::run(&args),
        Command::Export(args) => commands::export::run(&args),
        Command::Inspect(args) => commands::inspect::run(*args),
        Command::Tune(args) => commands::tune::run(*args),
        Command::Serve(args) => commands::serve::run(*args),
        Command::Stream(args) => commands::stream::run(*args),
        Command::Text { command } => commands::text::run(command),
        Command::Bench(args) => commands::bench::run(*args),
        Command::Play(args) => commands::play::run(args),
        Command::Completions { shell } => commands::completions::run(shell),
    };
    match outcome {
        Ok(code) => exit(code),
        Err(failure) => failure.report(),
    }
}

/// The end of a command that has done its work: a failure if its results could not be printed.
fn exit(code: ExitCode) -> ExitCode {
    match print::lost() {
        Some(error) if code == ExitCode::SUCCESS => Failure::new(
            FAILED,
            format!("cannot write the results to stdout: {error}\n  help: files that were named are complete"),
        )
        .report(),
        _ => code,
    }
}

/// A damaged Parquet file or workbook may end its reader's thread by a panic, which becomes an error: nothing else of it
/// is to be seen.
fn keep_quiet_about_damage() {
    #[cfg(any(feature = "columnar", feature = "excel"))]
    {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if std::thread::current().name() != Some(elman::io::read::READER_THREAD) {
                usual(panic);
            }
        }));
    }
}
