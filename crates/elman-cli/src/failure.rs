//! Errors on their way to a person: what, where, what next, and the exit code.

use std::process::ExitCode;

use elman::error::ErrorKind;
use elman::nn;

use crate::advice;

/// A failed command.
#[derive(Debug)]
pub struct Failure {
    code: u8,
    message: String,
}

pub const FAILED: u8 = 1;
pub const USAGE: u8 = 2;
pub const BAD_DATA: u8 = 3;
pub const DIVERGED: u8 = 4;
pub const INTERRUPTED: u8 = 130;

/// A command's end: its exit code, or why it failed.
pub type Outcome = Result<ExitCode, Failure>;

impl Failure {
    pub fn new(code: u8, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }

    /// The message, of one line or more.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Prints the error to stderr.
    pub fn report(self) -> ExitCode {
        note!("error: {}", self.message);
        ExitCode::from(self.code)
    }
}

impl From<elman::Error> for Failure {
    fn from(error: elman::Error) -> Self {
        let code = match error.kind() {
            ErrorKind::Settings => USAGE,
            ErrorKind::Io => FAILED,
            ErrorKind::Diverged => DIVERGED,
            ErrorKind::Cancelled => INTERRUPTED,
            _ => BAD_DATA,
        };
        Self::new(code, advice::with(&error))
    }
}

impl From<nn::Error> for Failure {
    fn from(error: nn::Error) -> Self {
        elman::Error::from(error).into()
    }
}

impl From<elman::report::Error> for Failure {
    fn from(error: elman::report::Error) -> Self {
        Self::new(FAILED, error.to_string())
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::new(FAILED, format!("cannot write the output: {error}"))
    }
}
