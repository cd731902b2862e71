//! The Monash archive's `.tsf`: a header of `@` lines, then a series a line: `name:start:1.5,2,?`. Each has a start of its own.

mod header;
mod lines;
mod start;

use super::cells::{Notation, is_one_of};
use super::gaps::{self, Cells};
use super::memory::Held;
use super::{BYTES_A_VALUE, Loaded, LoadedPanel, ReadOptions, typed};
use crate::data::calendar::Frequency;
use crate::data::{Covariates, DateAxis, Series, TimeAxis, counted};
use crate::error::{Error, Place, Result, nearest_names};
use header::Header;
use lines::Lines;
use std::collections::HashSet;
use std::ops::Range;

pub(super) use header::is_tsf;

/// Such a file: its header, and where in the text each series is.
pub(super) struct Tsf {
    path: String,
    text: String,
    header: Header,
    series: Vec<Row>,
    held: Held,
}

/// A series.
struct Row {
    line: u64,
    name: String,
    /// The attributes' part of the text.
    attributes: Range<usize>,
    /// The values' part of the text.
    values: Range<usize>,
}

impl Tsf {
    /// Takes text apart.
    pub(super) fn parse(text: String, mut held: Held, path: &str) -> Result<Tsf> {
        let mut lines = Lines::of(&text);
        let header = Header::parse(&mut lines, path)?;
        let mut series = Vec::new();
        for (line, range) in lines {
            let colons = text[range.clone()].match_indices(':').map(|(at, _)| range.start + at);
            // Without attributes a line is values alone.
            let cut = match header.attributes.len() {
                0 => Some(range.start),
                n => colons.clone().nth(n - 1),
            };
            let Some(cut) = cut else {
                let got = counted(colons.count(), "attribute");
                let expected = header.attributes.len();
                let reason = format!("{got} before the values, not {expected}");
                let help = "each `@attribute` has its value and a colon before the values";
                return Err(bad_line(path, line, reason, help));
            };
            let values = cut + usize::from(!header.attributes.is_empty())..range.end;
            held.room_for(&mut series, 1)?;
            // Its name is taken from the attributes.
            held.more((cut - range.start) as u64)?;
            series.push(Row { line, name: String::new(), attributes: range.start..cut, values });
        }
        let mut tsf = Tsf { path: path.to_string(), text, header, series, held };
        if tsf.series.is_empty() {
            return Err(tsf.too_few("has no series after `@data`"));
        }
        tsf.name_all();
        Ok(tsf)
    }

    /// By the first text among the attributes; where that comes twice, by all; without any, `T1`, `T2` and so on.
    fn name_all(&mut self) {
        let texts: Vec<usize> = self.header.texts().collect();
        let name = |row: &Row, texts: &[usize]| -> String {
            let all: Vec<&str> =
                self.text[row.attributes.clone()].split(':').map(str::trim).collect();
            texts.iter().map(|i| all[*i]).collect::<Vec<_>>().join("/")
        };
        let first = &texts[..texts.len().min(1)];
        let mut seen = HashSet::new();
        let each_once = self.series.iter().all(|row| seen.insert(name(row, first)));
        let used = if each_once { first } else { &texts[..] };
        let names: Vec<String> = match used {
            [] => (1..=self.series.len()).map(|n| format!("T{n}")).collect(),
            _ => self.series.iter().map(|row| name(row, used)).collect(),
        };
        self.series.iter_mut().zip(names).for_each(|(row, name)| row.name = name);
    }

    /// Reads the chosen series.
    pub(super) fn read(&self, options: &ReadOptions) -> Result<Loaded> {
        let names = || self.series.iter().map(|row| &row.name[..]);
        let row = match (&options.series, &self.series[..]) {
            (None, [row]) => row,
            (None, [first, ..]) => {
                return Err(Error::WhichSeries {
                    path: self.path.clone(),
                    id_col: self.header.id().unwrap_or_default(),
                    ids: names().map(str::to_string).collect(),
                    help: format!(
                        "each line is a series; say which with `--series {}`",
                        typed(&first.name)
                    ),
                });
            }
            (Some(name), all) => {
                all.iter().find(|row| row.name == *name).ok_or_else(|| Error::UnknownSeries {
                    path: self.path.clone(),
                    name: name.clone(),
                    nearest_names: nearest_names(name, names()),
                    known: names().map(str::to_string).collect(),
                })?
            }
            (None, []) => return Err(self.too_few("has no series after `@data`")),
        };
        self.read_row(row, options)
    }

    /// Reads every series, or the chosen one.
    pub(super) fn panel(&self, options: &ReadOptions) -> Result<LoadedPanel> {
        if options.series.is_some() || self.series.len() == 1 {
            return Ok(self.read(options)?.into());
        }
        // A series of one value among many is no reason to refuse the many.
        let alone = ReadOptions { one_row: true, ..options.clone() };
        let mut held = self.held.memory().hold();
        let mut panel: LoadedPanel = self.read_row(&self.series[0], &alone)?.into();
        for row in &self.series[1..] {
            let loaded = self.read_row(row, &alone)?;
            held.more(BYTES_A_VALUE * loaded.series.len() as u64)?;
            panel.push(loaded);
        }
        Ok(panel)
    }

    fn read_row(&self, row: &Row, options: &ReadOptions) -> Result<Loaded> {
        let count = self.text[row.values.clone()].bytes().filter(|b| *b == b',').count() + 1;
        self.held.memory().check(BYTES_A_VALUE * count as u64)?;
        let cells = InRow {
            path: &self.path,
            line: row.line,
            cells: self.text[row.values.clone()].split(',').map(str::trim).collect(),
            missing_values: &options.missing_values,
        };
        let read = gaps::read(&cells, Notation::Point, options.missing)?;
        if read.values.len() < if options.one_row { 1 } else { 2 } {
            let found = format!("has {} value on line {}", read.values.len(), row.line);
            return Err(self.too_few(&found));
        }
        let mut notes = self.header.notes();
        notes.extend(read.notes);
        notes.extend(read.marks.note());
        let start = self.header.start();
        let frequency = options.freq.or(self.header.frequency);
        let mut time = TimeAxis::Steps { first: 1 };
        if let (Some(start), Some(frequency)) = (start, frequency) {
            let kept = read.kept.unwrap_or_else(|| (0..cells.len()).collect());
            let dates = self.dates(row, start, frequency, &kept)?;
            time = dates.map_or(time, TimeAxis::Dates);
        } else if let Some((_, name)) = start {
            notes.push(format!(
                "`{name}` is without effect: there is no `@frequency`; give it with `--freq`"
            ));
        }
        let (name, values, covariates) = (row.name.clone(), read.values, Covariates::default());
        Ok(Loaded {
            series: Series { name, values, time, covariates },
            path: self.path.clone(),
            time_cols: start.map(|(_, name)| name.to_string()).into_iter().collect(),
            target: "values".to_string(),
            id_col: self.header.id(),
            columns: self.header.columns(),
            zone: None,
            duplicates: 0,
            notes,
        })
    }

    /// The dates of the values in `kept`, from the attribute that is the start.
    fn dates(
        &self,
        row: &Row,
        (at, name): (usize, &str),
        frequency: Frequency,
        kept: &[usize],
    ) -> Result<Option<DateAxis>> {
        let mut attributes = self.text[row.attributes.clone()].split(':').map(str::trim);
        let start = attributes.nth(at).unwrap_or_default();
        start::dates(start, frequency, kept).map_err(|expected| Error::BadDate {
            place: Box::new(Place {
                path: self.path.clone(),
                line: row.line,
                column: Some(at + 1),
                name: Some(name.to_string()),
                ..Place::default()
            }),
            found: start.to_string(),
            expected,
            help: "a start is written like 1979-01-01 00-00-00".to_string(),
        })
    }

    fn too_few(&self, found: &str) -> Error {
        Error::TooFewValues {
            path: self.path.clone(),
            found: found.to_string(),
            needed: 2,
            help: "",
        }
    }
}

fn bad_line(path: &str, line: u64, reason: String, help: &str) -> Error {
    let place = Box::new(Place { path: path.to_string(), line, ..Place::default() });
    Error::BadLine { place, reason, help: help.to_string() }
}

/// The values of a line.
struct InRow<'a> {
    path: &'a str,
    line: u64,
    cells: Vec<&'a str>,
    missing_values: &'a [String],
}

impl Cells for InRow<'_> {
    fn len(&self) -> usize {
        self.cells.len()
    }

    fn cell(&self, i: usize) -> &str {
        self.cells[i]
    }

    fn is_missing_value(&self, i: usize) -> bool {
        is_one_of(self.cells[i], self.missing_values)
    }

    fn place(&self, i: usize) -> Box<Place> {
        let path = self.path.to_string();
        Box::new(Place { path, line: self.line, column: Some(i + 1), ..Place::default() })
    }
}
