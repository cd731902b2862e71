//! JSON objects as rows: one a line, or all in one array. A key is a column, in the order in which the keys first come.

mod object;

use super::memory::Memory;
use super::table::Table;
use crate::error::{Error, Place, Result, Unit};
use object::{Cell, Object};
use serde::Deserializer;
use serde::de::{Error as _, SeqAccess, Visitor};
use std::collections::HashMap;
use std::fmt;

/// Reads an object from each line that is not blank.
pub(super) fn lines(text: &str, path: &str, memory: &Memory) -> Result<Table> {
    let mut rows = Rows::new(path, Unit::Line, memory);
    for (line, text) in (1..).zip(text.lines()).filter(|(_, text)| !text.trim().is_empty()) {
        match serde_json::from_str(text) {
            Ok(object) => rows.push(object, line)?,
            Err(error) => return Err(bad_json(&error, text, rows.table.at(line))),
        }
    }
    rows.finish()
}

/// Reads the objects of an array, however it is broken into lines.
pub(super) fn array(text: &str, path: &str, memory: &Memory) -> Result<Table> {
    let mut rows = Rows::new(path, Unit::Row, memory);
    let mut json = serde_json::Deserializer::from_str(text);
    let mut refused = None;
    // Row by row: all objects at once take forty times the memory of their text.
    let read = json.deserialize_seq(Objects { rows: &mut rows, refused: &mut refused });
    let read = read.and_then(|()| json.end());
    if let Some(refused) = refused {
        return Err(refused);
    }
    match read {
        Ok(()) => rows.finish(),
        Err(error) => {
            let line = error.line().max(1);
            let place = Place { path: path.to_string(), line: line as u64, ..Place::default() };
            Err(bad_json(&error, text.lines().nth(line - 1).unwrap_or(""), Box::new(place)))
        }
    }
}

/// Takes the objects of an array as rows.
struct Objects<'a> {
    rows: &'a mut Rows,
    /// Why a row was not taken.
    refused: &'a mut Option<Error>,
}

impl<'de> Visitor<'de> for Objects<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of objects")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> std::result::Result<(), A::Error> {
        for row in 1.. {
            let Some(object) = seq.next_element()? else { break };
            if let Err(error) = self.rows.push(object, row) {
                *self.refused = Some(error);
                return Err(A::Error::custom("refused"));
            }
        }
        Ok(())
    }
}

fn bad_json(error: &serde_json::Error, line: &str, place: Box<Place>) -> Error {
    let message = error.to_string();
    // What follows is the place within the line alone.
    let said = message.split(" at line ").next().unwrap_or_default();
    let help = match line {
        _ if line.contains("NaN") => "JSON has no NaN: write null",
        _ if error.is_eof() => "is the end of the file missing?",
        _ => "a line is an object such as {\"ds\":\"2020-01-01\",\"y\":1.5}",
    };
    let reason = format!("this is not a JSON object ({said} in column {})", error.column());
    Error::BadLine { place, reason, help: help.to_string() }
}

/// Rows under columns that are found on the way.
struct Rows {
    table: Table,
    names: Vec<String>,
    columns: HashMap<String, usize>,
    /// The cells of one row.
    cells: Vec<String>,
    /// For each column, the last row that has it.
    seen: Vec<u32>,
}

impl Rows {
    fn new(path: &str, unit: Unit, memory: &Memory) -> Rows {
        let (names, columns, cells, seen) = Default::default();
        Rows { table: Table::new(path, unit, memory), names, columns, cells, seen }
    }

    fn push(&mut self, Object(pairs): Object, line: u32) -> Result<()> {
        self.cells.iter_mut().for_each(String::clear);
        for (key, cell) in pairs {
            let column = *self.columns.entry(key).or_insert_with_key(|key| {
                self.names.push(key.clone());
                self.cells.push(String::new());
                self.seen.push(0);
                self.names.len() - 1
            });
            // Lines and rows are counted from 1.
            if std::mem::replace(&mut self.seen[column], line) == line {
                let place = self.table.at(line);
                let reason = format!("duplicate key `{}` in one object", self.names[column]);
                let help = "give each value a key of its own, or take one of them out".to_string();
                return Err(Error::BadLine { place, reason, help });
            }
            match cell {
                Cell::Plain(text) => self.cells[column] = text,
                Cell::Nested(what) => {
                    let place = self.table.at(line);
                    let reason = format!("key `{}` holds {what}", self.names[column]);
                    let help = "each key holds one number, text or null: take it out, or give \
                                each of its values a key";
                    return Err(Error::BadLine { place, reason, help: help.to_string() });
                }
            }
        }
        self.table.push(&self.cells, line)
    }

    fn finish(self) -> Result<Table> {
        self.table.named(self.names)
    }
}
