//! Reading a data file for its description: where a forecast refuses it, other options are tried, and the errors are kept.

use super::source::Source;
use crate::data::calendar::DateOrder;
use crate::error::{Error, Result};
use crate::io::read::{
    Decimal, Duplicates, LoadedPanel, Missing, MissingDates, ReadOptions, panel_as_written,
};

/// Most errors that are collected; each costs another reading of the file.
const MAX_PROBLEMS: usize = 8;

/// A panel as its file has it, without rows for absent dates.
pub(super) struct Reading {
    pub(super) panel: LoadedPanel,
    /// The options that could read the file.
    pub(super) options: ReadOptions,
    /// The errors of a forecast with the given options, in the order in which they were met.
    pub(super) problems: Vec<Error>,
}

impl Reading {
    /// Reads `source` with `options`, or with others where these are refused.
    ///
    /// # Errors
    /// The first error, if no options can read the file.
    pub(super) fn of(source: &Source, options: &ReadOptions) -> Result<Self> {
        let mut options = options.clone();
        let mut problems: Vec<Error> = Vec::new();
        loop {
            let error = match panel_as_written(source.open()?, source.name(), &options) {
                Ok(panel) => return Ok(Self { panel, options, problems }),
                Err(error) => error,
            };
            let is_known = |known: &Error| known.to_string() == error.to_string();
            let other =
                if problems.len() < MAX_PROBLEMS { relaxed(&options, &error) } else { None };
            if !problems.iter().any(is_known) {
                problems.push(error);
            }
            match other {
                Some(other) => options = other,
                None => return Err(problems.swap_remove(0)),
            }
        }
    }
}

/// Options with which the `error` does not come again; `None` if there are none.
fn relaxed(options: &ReadOptions, error: &Error) -> Option<ReadOptions> {
    let mut other = options.clone();
    match error {
        Error::BadCell { found, .. } => return without_cell(other, found),
        Error::DuplicateDate { .. } => other.duplicates = Duplicates::First,
        Error::SeveralSeries { id_col, .. } => other.id_col = Some(id_col.clone()),
        Error::Unsorted { .. } => other.sort = true,
        Error::AmbiguousDates { .. } => other.date_order = Some(DateOrder::Dmy),
        Error::WhichColumn { role: "target", .. } => other.wide = true,
        Error::WhichColumn { candidates, .. } => other.time_col = candidates.first().cloned(),
        Error::WhichSheet { sheets, .. } => other.sheet = sheets.first().cloned(),
        Error::TooFewValues { .. } => other.one_row = true,
        // A date that is far away from the others; every other one cannot be read.
        Error::BadDate { help, .. } if help.contains("`--missing-dates skip`") => {
            other.missing_dates = MissingDates::Skip;
        }
        Error::BadDate { .. } => other.time_col = Some("none".to_owned()),
        // Dates across the header.
        Error::Forecast { help, .. } if help.contains("`--wide`") => other.wide = true,
        _ => return None,
    }
    (other != *options).then_some(other)
}

/// Options with which a cell of this text is a missing value; with which all such rows are left out, if its text is one
/// already.
fn without_cell(mut other: ReadOptions, found: &str) -> Option<ReadOptions> {
    if other.missing == Missing::Error {
        other.missing = Missing::Mask;
    } else if !found.is_empty() && !other.missing_values.iter().any(|text| text == found) {
        other.missing_values.push(found.to_owned());
    } else if other.decimal.is_none() {
        other.decimal = Some(Decimal::Point);
    } else if other.missing != Missing::Drop {
        other.missing = Missing::Drop;
    } else {
        return None;
    }
    Some(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Reading {
        let source = Source::bytes("x.csv", text.as_bytes().to_vec());
        let options = ReadOptions { missing: Missing::Mask, ..ReadOptions::default() };
        Reading::of(&source, &options).unwrap()
    }

    #[test]
    fn each_refused_file_is_read_with_other_options() {
        let days = |values: [&str; 9]| {
            let row = |(day, value): (usize, &&str)| format!("2024-01-{:02},{value}\n", day + 1);
            format!("ds,y\n{}", values.iter().enumerate().map(row).collect::<String>())
        };
        let usual = ["1", "2", "3", "4", "5", "6", "7", "8", "9"];
        assert!(read(&days(usual)).problems.is_empty());
        let words = read(&days(["1", "oops", "3", "4", "broken", "6", "7", "8", "9"]));
        let lines = |reading: &Reading| -> Vec<u64> {
            reading.problems.iter().map(|error| error.place().unwrap().line).collect()
        };
        assert_eq!(lines(&words), [3, 6]);
        assert_eq!(words.panel.series[0].values.iter().filter(|y| y.is_nan()).count(), 2);
        let twice = read(&days(usual).replace("2024-01-05", "2024-01-04"));
        assert_eq!((lines(&twice), &twice.panel.duplicates[..]), (vec![6], &[1][..]));
        let unsorted = read("ds,y\n2024-01-01,1\n2024-01-03,3\n2024-01-02,2\n2024-01-04,4\n");
        assert_eq!(lines(&unsorted), [4]);
        assert_eq!(unsorted.panel.series[0].values, [1.0, 2.0, 3.0, 4.0]);
        let far = read(&days(usual).replace("2024-01-09", "2054-01-09"));
        assert_eq!((lines(&far), far.options.missing_dates), (vec![10], MissingDates::Skip));
        let never = read(&days(usual).replace("2024-01-05", "never"));
        assert_eq!((lines(&never), never.options.time_col.as_deref()), (vec![6], Some("none")));
        let several = read("ds,a,b\n2024-01-01,1,5\n2024-01-02,2,6\n2024-01-03,4,7\n");
        assert_eq!((several.problems.len(), several.panel.series.len()), (1, 2));
    }

    #[test]
    fn a_file_that_no_options_can_read_has_its_first_error() {
        let source = Source::bytes("x.csv", b"name,city\nAda,Rome\nBob,Oslo\n".to_vec());
        let error = Reading::of(&source, &ReadOptions::default()).err().unwrap();
        assert!(matches!(error, Error::NoTarget { .. }), "{error}");
    }
}
