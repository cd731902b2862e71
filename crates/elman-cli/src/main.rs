//! The `elman` program.

#![forbid(unsafe_code)]

mod args;
mod commands;
mod config;
mod failure;
mod files;
mod interrupt;
mod live;

use std::process::ExitCode;

use args::{Cli, Command};

fn main() -> ExitCode {
    keep_quiet_about_damage();
    let args = match config::merged(std::env::args_os().collect()) {
        Ok(args) => args,
        Err(failure) => return failure.report(),
    };
    let outcome = match Cli::parse_given(args).command {
        Command::Train(args) => commands::train::run(*args),
        Command::Forecast(args) => commands::forecast::run(*args),
        Command::Backtest(args) => commands::backtest::run(*args),
        Command::Tune(args) => commands::tune::run(*args),
        Command::Text { command } => commands::text::run(command),
        Command::Bench(args) => commands::bench::run(*args),
        Command::Completions { shell } => commands::completions::run(shell),
    };
    match outcome {
        Ok(code) => code,
        Err(failure) => failure.report(),
    }
}

/// A damaged Parquet file may end its reader's thread by a panic, which becomes an error: nothing else of it
/// is to be seen.
fn keep_quiet_about_damage() {
    #[cfg(feature = "columnar")]
    {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if std::thread::current().name() != Some(elman::read::COLUMNAR_THREAD) {
                usual(panic);
            }
        }));
    }
}
