//! One run of a stream: reads each line, forecasts, and saves the state.

use elman::io::read::ReadOptions;
use elman::stream::Stream;

use super::End;
use super::columns::{DatesOfModel, Wanted};
use super::forecasts::Forecasts;
use super::lines::{Line, MAX_LINE};
use super::messages::bad_line;
use super::observations::{Observations, Read};
use super::progress::Progress;
use super::state::Saver;
use crate::args::StreamArgs;
use crate::failure::{BAD_DATA, Failure};
use crate::numbers;

/// A stream with its input and its output.
pub struct Session<'a> {
    args: &'a StreamArgs,
    observations: Observations,
    forecasts: Forecasts,
    saver: Option<Saver>,
    progress: Progress,
    /// Lines read.
    lines: u64,
}

impl<'a> Session<'a> {
    pub fn new(
        args: &'a StreamArgs,
        stream: Stream<'static>,
        saver: Option<Saver>,
        (of_model, dates): (ReadOptions, DatesOfModel),
    ) -> Self {
        let wanted = Wanted { given: args.columns.given(), of_model, dates };
        Self {
            args,
            observations: Observations::new(wanted),
            forecasts: Forecasts::new(args, stream),
            saver,
            progress: Progress::start(),
            lines: 0,
        }
    }

    /// Whether there were lines and none of them was an observation.
    pub fn is_all_bad(&self) -> bool {
        self.forecasts.messages.bad > 0 && self.forecasts.observed == 0
    }

    /// Takes a line.
    ///
    /// # Errors
    /// A first line by which the columns cannot be known; with `--strict` any bad line; a state that cannot be saved.
    pub fn line(&mut self, line: Line<'_>) -> Result<(), Failure> {
        self.lines += 1;
        let reason = match line {
            Line::Bytes(line) => self.bytes(line)?,
            Line::TooLong => {
                Some(format!("is longer than {} bytes", numbers::count(MAX_LINE as u64)))
            }
        };
        if let Some(reason) = reason {
            self.bad(&reason)?;
        }
        if self.lines.is_multiple_of(self.args.save_every()) {
            self.save()?;
        }
        if self.lines.is_multiple_of(self.args.print_every) {
            self.say_progress();
        }
        Ok(())
    }

    /// Forecasts after the observation of a line. Returns why the line is bad, if it is.
    fn bytes(&mut self, line: &[u8]) -> Result<Option<String>, Failure> {
        if !self.observations.is_known() {
            match self.observations.begin(line)? {
                Some(Read::Bad(reason)) => return Ok(Some(reason)),
                Some(_) => return Ok(None),
                None => self.forecasts.begin(&self.observations),
            }
        }
        Ok(match self.observations.read(line) {
            Read::Observation(observation) => self.forecasts.observe(observation, self.lines).err(),
            Read::Nothing => None,
            Read::Bad(reason) => Some(reason),
        })
    }

    /// Reports a bad line and counts it.
    fn bad(&mut self, reason: &str) -> Result<(), Failure> {
        if self.args.strict {
            // The forecasts of the lines before.
            self.flush()?;
            self.save()?;
            let help = "leave out `--strict` to skip bad lines";
            let message = format!("{}\n  help: {help}", bad_line(self.lines, reason));
            return Err(Failure::new(BAD_DATA, message));
        }
        let note = self.forecasts.messages.bad(self.lines, reason);
        if let Some(note) = note.filter(|_| !self.args.notes.quiet) {
            note!("{note}");
        }
        Ok(())
    }

    /// Writes the forecasts. Returns whether somebody still reads them.
    ///
    /// # Errors
    /// Stdout that cannot be written to.
    pub fn flush(&mut self) -> Result<bool, Failure> {
        self.forecasts.output.flush()
    }

    /// Writes the forecasts if they are many.
    ///
    /// # Errors
    /// As [`flush`](Session::flush).
    pub fn flush_full(&mut self) -> Result<bool, Failure> {
        if self.forecasts.output.is_full() { self.flush() } else { Ok(true) }
    }

    /// Saves the state, after the forecasts of all observations in it are written.
    fn save(&mut self) -> Result<(), Failure> {
        let Some(saver) = &self.saver else { return Ok(()) };
        self.forecasts.output.flush()?;
        saver.save(&mut self.forecasts.stream, self.lines)
    }

    fn say_progress(&mut self) {
        if !self.args.notes.quiet {
            note!("{}", self.progress.line(self.lines, &self.forecasts.stream.summary()));
        }
    }

    /// Writes the forecasts and saves the state after a failure; another failure is not reported.
    pub fn keep(&mut self) {
        if self.flush().is_ok() {
            _ = self.save();
        }
    }

    /// Ends the stream: writes the forecasts, saves the state, prints and writes the summary.
    ///
    /// # Errors
    /// Stdout or a file that cannot be written.
    pub fn finish(&mut self, end: End) -> Result<(), Failure> {
        self.flush()?;
        self.save()?;
        let summary = self.forecasts.stream.summary();
        let report = self.progress.report(self.lines, self.forecasts.messages.bad, &summary);
        if !self.args.notes.quiet {
            match end {
                End::Input => {}
                End::Signal => {
                    note!("stopped by a signal after line {}", numbers::count(self.lines))
                }
                End::Reader => note!(
                    "the reader of stdout has ended, after line {}",
                    numbers::count(self.lines)
                ),
            }
            report.sentences().iter().for_each(|line| note!("{line}"));
            if let Some(saver) = &self.saver {
                note!("{}", saver.saved(self.args));
            }
        }
        match &self.args.summary {
            Some(file) => report.write(file),
            None => Ok(()),
        }
    }
}
