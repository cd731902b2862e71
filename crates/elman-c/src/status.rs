//! Status codes, and the message of the last error of each thread.

use std::any::Any;
use std::cell::RefCell;
use std::ffi::{CStr, CString, c_char};
use std::panic::{AssertUnwindSafe, catch_unwind};

use elman::error::ErrorKind;

/// Result of a function. The numbers 1 to 4 are the exit codes of the program `elman`.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Success.
    Ok = 0,
    /// A file cannot be read.
    Io = 1,
    /// An argument is not possible: NULL, a horizon of 0, a path that is not UTF-8, a forecast that this model cannot
    /// make.
    Argument = 2,
    /// Values, a model file or a saved state that cannot be used; a forecast that is not finite.
    Data = 3,
    /// A training whose loss is not finite. No function of this version trains.
    Diverged = 4,
    /// The buffer is too small; its necessary size was written.
    Buffer = 5,
    /// An error inside the library. Free the handle: its state is not known.
    Panic = 6,
}

/// A status other than [`Status::Ok`], and its message.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) status: Status,
    pub(crate) message: String,
}

impl Failure {
    /// An argument that is not possible.
    pub(crate) fn argument(message: impl Into<String>) -> Self {
        Self { status: Status::Argument, message: message.into() }
    }
}

impl From<elman::Error> for Failure {
    fn from(error: elman::Error) -> Self {
        let status = match error.kind() {
            ErrorKind::Settings => Status::Argument,
            ErrorKind::Io => Status::Io,
            ErrorKind::Diverged => Status::Diverged,
            _ => Status::Data,
        };
        Self { status, message: error.to_string() }
    }
}

#[derive(Default)]
struct Messages {
    error: CString,
    notes: CString,
}

thread_local! {
    static MESSAGES: RefCell<Messages> = RefCell::default();
}

/// Runs the body of an exported function. Keeps the message of its failure; a panic is a failure.
pub(crate) fn guard(body: impl FnOnce() -> Result<(), Failure>) -> Status {
    // A panic may leave a handle with a wrong state; the header says that such a handle is only to be freed.
    let outcome = catch_unwind(AssertUnwindSafe(body));
    let failure = match outcome {
        Ok(Ok(())) => return Status::Ok,
        Ok(Err(failure)) => failure,
        Err(panic) => Failure { status: Status::Panic, message: panic_message(&*panic) },
    };
    keep(|messages| messages.error = c_string(&failure.message));
    failure.status
}

fn panic_message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    let text = text.unwrap_or("no message");
    format!(
        "a bug in elman: {text}\n  help: free the handle, and report the message and the model file"
    )
}

/// Keeps the notes on a forecast, one a line.
pub(crate) fn keep_notes(notes: &[String]) {
    keep(|messages| messages.notes = c_string(&notes.join("\n")));
}

/// Nothing is kept by a thread that ends and has destroyed its messages.
fn keep(change: impl FnOnce(&mut Messages)) {
    let _ = MESSAGES.try_with(|messages| change(&mut messages.borrow_mut()));
}

/// Names from files may have zero bytes, which would end the text.
fn c_string(text: &str) -> CString {
    CString::new(text.replace('\0', "\u{fffd}")).unwrap_or_default()
}

fn kept(message: impl FnOnce(&Messages) -> &CStr) -> *const c_char {
    let pointer = MESSAGES.try_with(|messages| message(&messages.borrow()).as_ptr());
    pointer.unwrap_or(c"".as_ptr())
}

/// Message of the last failure of this thread, in UTF-8: the reason, and often a line `help:` with the next step. Empty
/// before the first failure. Valid until the next failure of this thread.
#[unsafe(no_mangle)]
pub extern "C" fn elman_last_error() -> *const c_char {
    kept(|messages| &messages.error)
}

/// Notes on the last forecast by `elman_forecast`, or on the history of the last `elman_online_new`, of this thread: one
/// sentence a line, in UTF-8, such as values that were left out, or data unlike those of the training. Empty without notes.
/// Valid until the next of these calls.
#[unsafe(no_mangle)]
pub extern "C" fn elman_last_notes() -> *const c_char {
    kept(|messages| &messages.notes)
}

/// Version of the library, such as "0.1.0". Always valid.
#[unsafe(no_mangle)]
pub extern "C" fn elman_version() -> *const c_char {
    const VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), "\0");
    VERSION.as_ptr().cast()
}
