//! A value that an option does not take, in plain words: clap's are those of the Rust standard library.

use std::error::Error as _;
use std::num::{IntErrorKind, ParseFloatError, ParseIntError};

use clap::error::{ContextKind, ErrorKind};

/// The longest end of a range that is said: the largest numbers of 32 and 64 bits are no limits that a person meets.
const LONGEST_END: usize = 7;

/// The mistake and the next step, if it is a value that was not understood or is out of its range.
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

/// A range as Rust writes it, in words: `from 1 to 12`.
fn within(range: &str) -> String {
    match range.split_once("..") {
        Some((from, to)) => match to.trim_start_matches('=') {
            to if to.len() > LONGEST_END => format!("from {from} on"),
            to => format!("from {from} to {to}"),
        },
        None => format!("in {range}"),
    }
}
