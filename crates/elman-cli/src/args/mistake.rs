//! Error messages for invalid values of options. Those of clap are the Rust standard library's, such as "invalid digit
//! found in string".

use std::error::Error as _;
use std::num::{IntErrorKind, ParseFloatError, ParseIntError};

use clap::error::{ContextKind, ErrorKind};

/// Digits of an upper limit that is still named: nobody reaches the largest numbers of 32 and 64 bits.
const LONGEST_END: usize = 7;

/// The message for a value that cannot be parsed or is out of range, with the next step; `None` for other errors.
pub fn in_words(said: &clap::Error) -> Option<String> {
    if said.kind() != ErrorKind::ValueValidation {
        return None;
    }
    let [option, value] = [ContextKind::InvalidArg, ContextKind::InvalidValue]
        .map(|kind| said.get(kind).map(ToString::to_string));
    let why = said.source()?;
    let reason = why.to_string();
    let help = if let Some(error) = why.downcast_ref::<ParseIntError>() {
        match error.kind() {
            IntErrorKind::PosOverflow | IntErrorKind::NegOverflow => {
                "give a whole number that is smaller".into()
            }
            _ => "give a whole number, such as 12".into(),
        }
    } else if why.is::<ParseFloatError>() {
        "give a number, such as 0.5".into()
    } else if let Some((_, range)) = reason.rsplit_once(" is not in ") {
        format!("give a whole number {}", within(range))
    } else {
        reason
    };
    Some(format!("error: {} cannot be {:?}\n  help: {help}", option?, value?))
}

/// The text of a Rust range in words: `from 1 to 12`.
fn within(range: &str) -> String {
    match range.split_once("..") {
        Some((from, to)) => match to.trim_start_matches('=') {
            to if to.len() > LONGEST_END => format!("from {from} on"),
            to => format!("from {from} to {to}"),
        },
        None => format!("in {range}"),
    }
}
