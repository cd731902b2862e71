//! `elman stream MODEL`: observations on stdin, a forecast after each of them on stdout.

mod columns;
mod csv_line;
mod csv_rows;
mod feed;
mod forecasts;
mod json_line;
mod json_rows;
mod lines;
mod messages;
mod observations;
mod output;
mod progress;
mod rows;
mod session;
mod state;

use std::path::PathBuf;
use std::process::ExitCode;

use elman::FittedForecaster;
use elman::io::read::ReadOptions;
use elman::stream::StreamConfig;

use self::columns::DatesOfModel;
use self::feed::{Feed, Next};
use self::lines::Lines;
use self::session::Session;
use crate::args::StreamArgs;
use crate::commands::panel;
use crate::failure::{BAD_DATA, Failure, INTERRUPTED, Outcome, USAGE};
use crate::{files, interrupt};

/// Why the stream ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Input,
    Signal,
    /// Nobody reads the forecasts any more.
    Reader,
}

/// Reads until an end, saves the state and prints the summary.
pub fn run(args: StreamArgs) -> Outcome {
    check_files(&args)?;
    let (fitted, of_model) = model(&args)?;
    let of_model = (with_names(of_model, &fitted), dates(&fitted));
    let config = config(&args)?;
    // One model for the whole run of the program.
    let fitted: &'static FittedForecaster = Box::leak(Box::new(fitted));
    let (stream, saver) = state::start(&args, fitted, config)?;
    let mut session = Session::new(&args, stream, saver, of_model);
    interrupt::watch();
    let end = match read(&mut session) {
        Ok(end) => end,
        Err(failure) => {
            // The observations before a failure are not lost.
            session.keep();
            return Err(failure);
        }
    };
    session.finish(end)?;
    Ok(match end {
        End::Signal if !interrupt::is_termination() => ExitCode::from(INTERRUPTED),
        _ if session.is_all_bad() => ExitCode::from(BAD_DATA),
        _ => ExitCode::SUCCESS,
    })
}

/// Passes the lines of stdin to the session. Forecasts are held back only as long as the next line is there already.
fn read(session: &mut Session) -> Result<End, Failure> {
    let feed = Feed::start(std::io::stdin());
    let mut lines = Lines::default();
    loop {
        while let Some(line) = lines.next() {
            session.line(line)?;
            // A block of short lines can have many long forecasts.
            if !session.flush_full()? {
                return Ok(End::Reader);
            }
            if interrupt::asked() {
                return Ok(End::Signal);
            }
        }
        let next = match feed.ready().map_err(unreadable)? {
            Some(next) => next,
            None => {
                if !session.flush()? {
                    return Ok(End::Reader);
                }
                feed.wait(interrupt::asked).map_err(unreadable)?
            }
        };
        match next {
            Next::Block(block) => lines.push(&block),
            Next::Stopped => return Ok(End::Signal),
            Next::End if lines.end() => {}
            Next::End => return Ok(End::Input),
        }
    }
}

fn unreadable(error: std::io::Error) -> Failure {
    Failure::new(crate::failure::FAILED, format!("cannot read stdin: {error}"))
}

/// Refuses early to lose a file.
fn check_files(args: &StreamArgs) -> Result<(), Failure> {
    if files::is_stdin(&args.model) {
        let message = "the observations come from stdin, so that the model cannot\n  help: name the file of the model";
        return Err(Failure::new(USAGE, message));
    }
    let outputs = || args.state.save_state.iter().chain(&args.summary);
    files::can_write(&outputs().map(PathBuf::as_path).collect::<Vec<_>>(), &[])?;
    files::are_apart(&[Some(&args.model)], outputs())?;
    match &args.summary {
        Some(summary) => files::may_replace(summary, files::Kind::Json),
        None => Ok(()),
    }
}

/// The model with the levels that are asked for, and how its data were read.
fn model(args: &StreamArgs) -> Result<(FittedForecaster, ReadOptions), Failure> {
    let (fitted, read) = FittedForecaster::from_file(&files::model(&args.model)?)?;
    match panel::asked_levels(&args.online.level)? {
        Some(levels) => Ok((fitted.with_levels(levels)?, read)),
        None => Ok((fitted, read)),
    }
}

/// The columns of the training, with the name of its only series as that of the column of its values.
fn with_names(read: ReadOptions, fitted: &FittedForecaster) -> ReadOptions {
    let name = fitted.memory().map(|memory| memory.recent.name.clone());
    ReadOptions { target: read.target.clone().or(name), ..read }
}

/// How the data of the training write dates.
fn dates(fitted: &FittedForecaster) -> DatesOfModel {
    let is_number = |label: &str| label.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    match fitted.memory().map(|memory| memory.recent.clock().label(1)) {
        _ if fitted.frequency().is_none() => DatesOfModel::None,
        Some(label) if is_number(&label) => DatesOfModel::Numbers,
        _ => DatesOfModel::Text,
    }
}

fn config(args: &StreamArgs) -> Result<StreamConfig, Failure> {
    let freq = files::frequency(args.columns.freq.as_deref())?;
    let resident = args.state.resident.map(|series| series as usize);
    Ok(StreamConfig { resident, ..args.online.config(args.horizon as usize, freq) })
}
