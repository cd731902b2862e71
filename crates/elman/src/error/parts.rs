//! The parts of an error, for a front end with words of its own.

use super::{Error, Place};

/// What an error asks of the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Other settings: an option has a value, or a name, that is not possible.
    Settings,
    /// Other data: a table, a text, a series or a model file is damaged, or does not fit.
    Data,
    /// A file that can be read or written.
    Io,
    /// Another training: the loss, or a forecast, is not finite.
    Diverged,
    /// Nothing: the caller cancelled the run.
    Cancelled,
}

impl Error {
    /// What the error asks of the caller.
    pub fn kind(&self) -> ErrorKind {
        use elman_nn::Error as Nn;
        match self {
            Self::Network(Nn::Diverged { .. }) | Self::NoFiniteResult { .. } => ErrorKind::Diverged,
            Self::Network(Nn::Io { .. } | Nn::Unreadable { .. }) | Self::Io { .. } => ErrorKind::Io,
            Self::Network(Nn::UnknownName(_) | Nn::Setting { .. })
            | Self::Forecast { .. }
            | Self::UnknownName { .. } => ErrorKind::Settings,
            Self::Cancelled => ErrorKind::Cancelled,
            _ => ErrorKind::Data,
        }
    }

    /// The failure in one sentence, without place and next step.
    pub fn message(&self) -> String {
        let text = self.to_string();
        let end = [AT, HELP].iter().filter_map(|mark| text.find(mark)).min();
        text[..end.unwrap_or(text.len())].to_owned()
    }

    /// The line, row or cell of a file.
    pub fn place(&self) -> Option<&Place> {
        match self {
            Self::BadLine { place, .. }
            | Self::Ragged { place, .. }
            | Self::OpenQuote { place }
            | Self::BadCell { place, .. }
            | Self::BadDate { place, .. }
            | Self::AmbiguousDates { place, .. }
            | Self::Unsorted { place, .. }
            | Self::DuplicateDate { place, .. } => Some(place),
            _ => None,
        }
    }

    /// The next step. Options stand as `` `--name value` ``; [`word_options`] words them for another front end.
    pub fn help(&self) -> Option<String> {
        let text = self.to_string();
        text.split_once(HELP).map(|(_, help)| help.to_owned())
    }
}

/// The mark of a place, and of a next step. Names from files are written on one line, so that neither mark comes from data.
const AT: &str = "\n  --> ";
const HELP: &str = "\n  help: ";

/// Words each option of a message. `word` gets the option's name with underscores, and its value if the message has one.
///
/// ```
/// let help = "fill missing values with `--missing interpolate`, or name the column with `--time-col`";
/// let python = elman::error::word_options(help, |name, value| match value {
///     Some(value) => format!("`{name}={value:?}`"),
///     None => format!("`{name}`"),
/// });
/// assert_eq!(python, "fill missing values with `missing=\"interpolate\"`, or name the column with `time_col`");
/// ```
pub fn word_options(message: &str, word: impl Fn(&str, Option<&str>) -> String) -> String {
    let mut worded = String::with_capacity(message.len());
    let mut rest = message;
    while let Some((before, option)) = rest.split_once("`--") {
        let Some((option, after)) = option.split_once('`') else { break };
        let (name, value) = option.split_once(' ').map_or((option, None), |(n, v)| (n, Some(v)));
        worded.push_str(before);
        worded.push_str(&word(&name.replace('-', "_"), value));
        rest = after;
    }
    worded + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bad_cell() -> Error {
        let place =
            Place { path: "sales.csv".into(), line: 418, column: Some(3), ..Place::default() };
        Error::BadCell {
            place: Box::new(place),
            found: "n/a".into(),
            expected: "is not a number",
            help: "leave the row out with `--missing drop`".into(),
        }
    }

    #[test]
    fn an_error_has_a_message_a_place_and_a_next_step() {
        let error = bad_cell();
        assert_eq!(error.kind(), ErrorKind::Data);
        assert_eq!(error.message(), "column 3 is not a number");
        assert_eq!(error.place().map(|place| place.line), Some(418));
        assert_eq!(error.help().as_deref(), Some("leave the row out with `--missing drop`"));
        assert_eq!(Error::Cancelled.message(), "the run was cancelled");
        assert_eq!((Error::Cancelled.help(), Error::Cancelled.place()), (None, None));
    }

    #[test]
    fn a_message_without_a_whole_option_stays() {
        for text in ["", "no option", "`column`, and `--open", "`a` `--"] {
            assert_eq!(word_options(text, |_, _| "?".to_owned()), text);
        }
        assert_eq!(
            word_options("`--a-b`, `--c 1`", |n, v| format!("<{n} {v:?}>")),
            "<a_b None>, <c Some(\"1\")>"
        );
    }
}
