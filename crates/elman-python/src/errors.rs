//! Errors of the engine as exceptions of `elman.errors`: message, place and next step, in the words of Python.

use elman::Error;
use elman::error::{ErrorKind, word_options};
use pyo3::prelude::*;
use std::any::Any;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

/// The exception for an error of the engine.
pub fn raised(error: &Error) -> PyErr {
    let class = match error.kind() {
        ErrorKind::Data => "DataError",
        ErrorKind::Io => "FileError",
        ErrorKind::Diverged => "DivergedError",
        ErrorKind::Cancelled => "CancelledError",
        _ => "OptionError",
    };
    // `Display` writes the text of the cell after the place; `Error::place` has no text.
    let text = error.to_string();
    let place = text.split_once("\n  --> ").map(|(_, rest)| rest);
    let place = place.and_then(|rest| rest.split("\n  help: ").next());
    of_class(class, &worded(&error.message()), error.help().as_deref().map(worded), place)
}

/// An exception about an argument.
pub fn option(message: &str, help: &str) -> PyErr {
    of_class("OptionError", message, Some(help.to_owned()), None)
}

/// An exception about a training whose loss is not finite or has risen.
pub fn diverged(message: &str, help: &str) -> PyErr {
    of_class("DivergedError", message, Some(help.to_owned()), None)
}

/// An exception about data.
pub fn data(message: &str, help: &str) -> PyErr {
    of_class("DataError", message, Some(help.to_owned()), None)
}

/// An exception about a file that cannot be written.
pub fn file(path: &Path, error: &io::Error) -> PyErr {
    of_class("FileError", &format!("{}: {error}", path.display()), None, None)
}

fn of_class(class: &str, message: &str, help: Option<String>, place: Option<&str>) -> PyErr {
    Python::attach(|py| {
        let exception = || {
            let class = py.import("elman.errors")?.getattr(class)?;
            class.call1((message, help, place))
        };
        exception().map_or_else(|error| error, PyErr::from_value)
    })
}

/// A message or a note with the options as keyword arguments: `` `--missing drop` `` is `` `missing="drop"` ``.
pub fn worded(message: &str) -> String {
    word_options(message, |name, value| match (argument(name), value) {
        (name, None) => format!("`{name}`"),
        (name, Some(value)) if value.parse::<f64>().is_ok() => format!("`{name}={value}`"),
        (name, Some(value)) => format!("`{name}={value:?}`"),
    })
}

/// The argument of an option of the command line.
fn argument(option: &str) -> &str {
    match option {
        "horizon" => "h",
        "target" => "target_col",
        other => other,
    }
}

/// Runs `work`; a panic of the engine is an exception.
pub fn guarded<T>(work: impl FnOnce() -> Result<T, Error>) -> PyResult<T> {
    defended(work)?.map_err(|error| raised(&error))
}

/// Runs `work`, whose errors are not of the engine; a panic is an exception.
pub fn defended<T>(work: impl FnOnce() -> T) -> PyResult<T> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|panic| defect(panic.as_ref()))
}

/// The exception for a panic: a defect of the engine.
pub fn defect(panic: &(dyn Any + Send)) -> PyErr {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no message");
    let help = "please report the data and the call".to_owned();
    of_class("DefectError", &format!("a defect of elman: {text}"), Some(help), None)
}
