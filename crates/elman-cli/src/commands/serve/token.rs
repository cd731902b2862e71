//! The token of the clients: from a file, or from the environment.

use std::path::Path;

use elman_web::Token;

use crate::advice;
use crate::failure::{FAILED, Failure, USAGE};

/// The environment variable with the token.
const VARIABLE: &str = "ELMAN_TOKEN";

/// The token in the file, without the white space around it; without a file, that of the environment, if there is one.
///
/// # Errors
/// A file that cannot be read; a text that is no token.
pub fn of(file: Option<&Path>) -> Result<Option<Token>, Failure> {
    let (text, place) = match file {
        Some(path) => (read(path)?, path.display().to_string()),
        None => match std::env::var(VARIABLE) {
            Ok(text) => (text, VARIABLE.to_owned()),
            Err(std::env::VarError::NotPresent) => return Ok(None),
            Err(_) => (String::new(), VARIABLE.to_owned()),
        },
    };
    match Token::new(text.trim()) {
        Some(token) => Ok(Some(token)),
        None => {
            let message = format!(
                "{place} has no token\n  help: write letters, digits and signs without spaces, such as 32 random \
                 characters"
            );
            Err(Failure::new(USAGE, message))
        }
    }
}

fn read(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|error| {
        let help = advice::unread(path, &error);
        Failure::new(FAILED, format!("cannot read {}: {error}\n  help: {help}", path.display()))
    })
}
