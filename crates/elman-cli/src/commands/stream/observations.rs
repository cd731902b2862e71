//! Observations from lines: CSV or JSON Lines, recognized by the first line.

use elman::io::read::{Decimal, ValueFormat};

use super::columns::{Columns, Wanted, is_header, is_of_row};
use super::csv_line::CsvLine;
use super::csv_rows::{CsvRows, ragged};
use super::json_rows::JsonRows;
use crate::failure::{BAD_DATA, Failure};

/// One observation of one series.
#[derive(Debug, Clone, Copy)]
pub struct Observation<'a> {
    /// Empty where the input has no ids.
    pub unique_id: &'a str,
    /// `None` where the input has no dates.
    pub ds: Option<&'a str>,
    /// NaN for a missing value.
    pub y: f64,
}

/// Content of a line.
#[derive(Debug)]
pub enum Read<'a> {
    Observation(Observation<'a>),
    /// The header, or a line without any character.
    Nothing,
    /// Not an observation, and why.
    Bad(String),
}

/// A reader of the lines of an input.
pub struct Observations {
    wanted: Wanted,
    values: ValueFormat,
    format: Format,
}

enum Format {
    /// There was no line yet.
    Unknown,
    /// CSV, of which there was only the header yet.
    Header(CsvLine, Vec<String>),
    Csv(CsvRows),
    Json(Box<JsonRows>),
}

/// A column of the input, and the column of the output whose cells it has.
pub type Named = (&'static str, String);

impl Observations {
    pub fn new(wanted: Wanted) -> Self {
        let Wanted { given, of_model, .. } = &wanted;
        let missing_values = match given.missing_values.is_empty() {
            true => of_model.missing_values.clone(),
            false => given.missing_values.clone(),
        };
        let values = ValueFormat { decimal: given.decimal.or(of_model.decimal), missing_values };
        Self { wanted, values, format: Format::Unknown }
    }

    /// Whether the columns are known: there was a line with an observation.
    pub fn is_known(&self) -> bool {
        matches!(self.format, Format::Csv(_) | Format::Json(_))
    }

    /// Whether the input is JSON Lines.
    pub fn is_json(&self) -> bool {
        matches!(self.format, Format::Json(_))
    }

    /// The columns that are read.
    pub fn columns(&self) -> Vec<Named> {
        match &self.format {
            Format::Csv(rows) => rows.named(),
            Format::Json(rows) => rows.named(),
            Format::Unknown | Format::Header(..) => Vec::new(),
        }
    }

    /// Reads a line, once the columns [are known](Observations::is_known).
    pub fn read<'a>(&'a mut self, line: &'a [u8]) -> Read<'a> {
        let Ok(text) = std::str::from_utf8(line) else {
            return Read::Bad("is not UTF-8".to_owned());
        };
        if text.trim_ascii().is_empty() {
            return Read::Nothing;
        }
        let read = match &mut self.format {
            Format::Csv(rows) => rows.read(text.trim_start_matches('\u{feff}'), &self.values),
            Format::Json(rows) => rows.read(text.trim_start_matches('\u{feff}'), &self.values),
            Format::Unknown | Format::Header(..) => Ok(None),
        };
        match read {
            Ok(Some(observation)) => Read::Observation(observation),
            Ok(None) => Read::Nothing,
            Err(reason) => Read::Bad(reason),
        }
    }

    /// Finds the columns by a line while they are not known. Returns the content of a line that is not an observation.
    ///
    /// # Errors
    /// A first line by which the columns cannot be known.
    pub fn begin(&mut self, line: &[u8]) -> Result<Option<Read<'static>>, Failure> {
        let Some(text) = first_text(line)? else { return Ok(Some(Read::Nothing)) };
        match std::mem::replace(&mut self.format, Format::Unknown) {
            Format::Unknown if text.starts_with('{') => self.begin_json(text),
            Format::Unknown if text.starts_with('[') => {
                let help = "send one object on each line, such as by jq -c '.[]'";
                Err(bad("stdin has a JSON array, which is not JSON Lines", help))
            }
            Format::Unknown => self.begin_csv(text),
            Format::Header(line, names) => self.begin_rows(line, names, text),
            known => {
                self.format = known;
                Ok(None)
            }
        }
    }

    fn begin_json(&mut self, text: &str) -> Result<Option<Read<'static>>, Failure> {
        Ok(match JsonRows::begin(text, &self.wanted, &self.values)? {
            Ok(rows) => {
                self.format = Format::Json(Box::new(rows));
                None
            }
            Err(reason) => Some(Read::Bad(reason)),
        })
    }

    /// Reads the first line of CSV.
    fn begin_csv(&mut self, text: &str) -> Result<Option<Read<'static>>, Failure> {
        let mut line = CsvLine::of_header(text);
        // A comma between cells does not stand before decimals.
        if line.delimiter() == b',' {
            _ = self.values.decimal.get_or_insert(Decimal::Point);
        }
        let cells = line.cells(text).map_err(|reason| {
            bad(&format!("the first line of stdin: {reason}"), "send a header, such as ds,y")
        })?;
        let names: Vec<String> = cells.iter().map(str::to_owned).collect();
        if is_header(cells.iter(), &self.values) {
            self.format = Format::Header(line, names);
            return Ok(Some(Read::Nothing));
        }
        let columns = Columns::without_header(names.len()).ok_or_else(|| {
            let message =
                format!("the first line of stdin is not a header, and has {} columns", names.len());
            bad(
                &message,
                "send a header first: (echo ds,y,more; tail -f FILE) | elman stream MODEL",
            )
        })?;
        let usual = ["unique_id", "ds", "y"].map(str::to_owned);
        let names = usual[usual.len() - names.len()..].to_vec();
        self.format = Format::Csv(CsvRows::new(line, columns, names));
        Ok(None)
    }

    /// Finds the columns by the first row below the header.
    fn begin_rows(
        &mut self,
        mut line: CsvLine,
        names: Vec<String>,
        text: &str,
    ) -> Result<Option<Read<'static>>, Failure> {
        let row = line.cells(text).map(|cells| cells.iter().collect::<Vec<_>>());
        let reason = match row {
            Ok(row) if row.len() == names.len() => {
                match Columns::find(&names, &row, &self.wanted, &self.values) {
                    Ok(columns) => {
                        self.format = Format::Csv(CsvRows::new(line, columns, names));
                        return Ok(None);
                    }
                    Err(error) if is_of_row(&error) => error.message(),
                    Err(error) => return Err(error.into()),
                }
            }
            Ok(row) => ragged(row.len(), names.len()),
            Err(reason) => reason.to_owned(),
        };
        self.format = Format::Header(line, names);
        Ok(Some(Read::Bad(reason)))
    }
}

/// The text of a line before the columns are known; `None` if it is blank.
fn first_text(line: &[u8]) -> Result<Option<&str>, Failure> {
    if line.starts_with(&[0x1f, 0x8b]) {
        return Err(bad(
            "stdin is compressed by gzip",
            "unpack it: zcat FILE | elman stream MODEL",
        ));
    }
    let Ok(text) = std::str::from_utf8(line) else {
        let help = "send CSV with a header, or JSON Lines, in UTF-8";
        return Err(bad("the first line of stdin is not UTF-8", help));
    };
    let text = text.trim_start_matches('\u{feff}').trim_ascii();
    Ok(Some(text).filter(|text| !text.is_empty()))
}

fn bad(message: &str, help: &str) -> Failure {
    Failure::new(BAD_DATA, format!("{message}\n  help: {help}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What each line is: an observation as `id|ds|y`, nothing, or the reason.
    fn read(text: &str, wanted: Wanted) -> Result<Vec<String>, String> {
        let mut observations = Observations::new(wanted);
        text.lines().map(|line| of_line(&mut observations, line.as_bytes())).collect()
    }

    fn of_line(observations: &mut Observations, line: &[u8]) -> Result<String, String> {
        let begun = match observations.is_known() {
            true => None,
            false => observations.begin(line).map_err(|failure| failure.message().to_owned())?,
        };
        Ok(match begun.unwrap_or_else(|| observations.read(line)) {
            Read::Observation(Observation { unique_id, ds, y }) => {
                format!("{unique_id}|{}|{y}", ds.unwrap_or("none"))
            }
            Read::Nothing => "nothing".to_owned(),
            Read::Bad(reason) => reason,
        })
    }

    fn plain(text: &str) -> Vec<String> {
        read(text, Wanted::default()).unwrap()
    }

    #[test]
    fn csv_with_a_header_with_and_without_ids() {
        assert_eq!(
            plain(
                "unique_id,ds,y\na,2024-01-01,1.5\n\nb,2024-01-01,\nunique_id,ds,y\na,2024-01-02,x"
            ),
            [
                "nothing",
                "a|2024-01-01|1.5",
                "nothing",
                "b|2024-01-01|NaN",
                "nothing",
                "y: `x` is not a number"
            ]
        );
        assert_eq!(plain("\u{feff}when;mw\n01.02.2024;1,5"), ["nothing", "|01.02.2024|1.5"]);
        assert_eq!(plain("\"y\"\t\"ds\"\n\"1\"\t\"2024-01-01\""), ["nothing", "|2024-01-01|1"]);
    }

    #[test]
    fn csv_without_a_header() {
        assert_eq!(plain("5\n6"), ["|none|5", "|none|6"]);
        assert_eq!(plain("2024-01-01,5"), ["|2024-01-01|5"]);
        assert_eq!(plain("7,2024-01-01,5"), ["7|2024-01-01|5"]);
        let said = read("a,b,2024-01-01,5", Wanted::default()).unwrap_err();
        assert!(said.contains("4 columns") && said.contains("help: send a header"), "{said}");
    }

    #[test]
    fn a_row_with_another_number_of_cells_is_bad_even_as_the_first() {
        assert_eq!(
            plain("ds,y\n2024-01-01,1,5\n2024-01-01,1\n2024-01-02"),
            [
                "nothing",
                "has 3 cells, and the header has 2",
                "|2024-01-01|1",
                "has 1 cell, and the header has 2"
            ]
        );
        assert_eq!(
            plain("ds,y\n\"2024-01-01,1\n2024-01-01,1"),
            ["nothing", "a quotation mark is not closed", "|2024-01-01|1"]
        );
    }

    #[test]
    fn json_lines() {
        let lines = concat!(
            r#"{"unique_id":"a","ds":"2024-01-01","y":1.5}"#,
            "\n",
            r#"{"unique_id":7,"ds":"2024-01-01","y":null}"#,
            "\n",
            r#"{"unique_id":"a","ds":"2024-01-02","y":NaN}"#,
            "\n",
            r#"{"unique_id":"a","ds":"2024-01-02","y":"2"}"#,
            "\n",
            r#"{"unique_id":"a","ds":"2024-01-02"}"#,
            "\n",
            r#"{"unique_id":"a","ds":"2024-01-02","y":true}"#,
            "\n",
            r#"{"unique_id":"a","ds":"2024-01-02","y":"#,
        );
        assert_eq!(
            plain(lines),
            [
                "a|2024-01-01|1.5",
                "7|2024-01-01|NaN",
                "a|2024-01-02|NaN",
                "a|2024-01-02|2",
                "there is no `y`",
                "`y` is true or false",
                "EOF while parsing a value at character 39",
            ]
        );
        assert_eq!(plain(r#"{"when":"2024-01-01","mw":3}"#), ["|2024-01-01|3"]);
        assert_eq!(
            plain("{\"y\":1\n{\"y\":2}"),
            ["EOF while parsing an object at character 6", "|none|2"]
        );
    }

    #[test]
    fn an_id_of_several_columns() {
        let given = elman::io::read::ReadOptions {
            id_col: Some("region,shop".to_owned()),
            ..Default::default()
        };
        let wanted = Wanted { given, ..Wanted::default() };
        let csv = read("region,shop,ds,y\nnorth,1,2024-01-01,5", wanted.clone()).unwrap();
        assert_eq!(csv, ["nothing", "north/1|2024-01-01|5"]);
        let json = read(r#"{"region":"north","shop":1,"ds":"2024-01-01","y":5}"#, wanted).unwrap();
        assert_eq!(json, ["north/1|2024-01-01|5"]);
    }

    #[test]
    fn what_cannot_be_a_stream_is_refused_with_the_next_step() {
        let first = |line: &[u8]| of_line(&mut Observations::new(Wanted::default()), line);
        for (line, said) in [
            (&[0x1f, 0x8b, 0][..], "help: unpack it: zcat FILE"),
            (b"ds,y\xff", "not UTF-8"),
            (b"[{\"y\":1}]", "jq -c"),
            (b"\"ds,y", "a quotation mark is not closed"),
        ] {
            let message = first(line).unwrap_err();
            assert!(message.contains(said) && message.contains("help: "), "{message}");
        }
        let message = read("ds,a,b\n1,2,3", Wanted::default()).unwrap_err();
        assert!(message.contains("help: say which with `--target a`"), "{message}");
    }

    #[test]
    fn bytes_that_are_not_utf_8_are_a_bad_line() {
        let mut observations = Observations::new(Wanted::default());
        of_line(&mut observations, b"ds,y").unwrap();
        of_line(&mut observations, b"2024-01-01,1").unwrap();
        assert_eq!(of_line(&mut observations, b"2024-\xff,1").unwrap(), "is not UTF-8");
    }
}
