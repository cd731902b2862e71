//! Observations from the objects of JSON Lines.

use std::borrow::Cow;
use std::fmt::Write;

use elman::io::read::ValueFormat;
use serde_json::{Map, Value};

use super::columns::{Columns, Wanted, is_of_row};
use super::csv_rows::BETWEEN;
use super::json_line::{Field, FieldNames, Fields, in_line, without_nan};
use super::observations::{Named, Observation};
use crate::failure::Failure;

/// The usual name of an id.
const ID: &str = "unique_id";

/// A reader of objects.
pub struct JsonRows {
    names: FieldNames,
    /// Whether an object may have no id: the first one had none.
    may_lack_id: bool,
    id: String,
    ds: String,
}

impl JsonRows {
    /// Finds the fields by the first object.
    ///
    /// # Errors
    /// An option that names no field, several fields that could be meant; within, why the line is not an observation.
    pub fn begin(
        line: &str,
        wanted: &Wanted,
        values: &ValueFormat,
    ) -> Result<Result<Self, String>, Failure> {
        let line = without_nan(line).map_or(Cow::Borrowed(line), Cow::Owned);
        let object: Map<String, Value> = match serde_json::from_str(&line) {
            Ok(object) => object,
            Err(error) => return Ok(Err(in_line(&error))),
        };
        let names: Vec<String> = object.keys().cloned().collect();
        let cells: Vec<String> = object.values().map(cell).collect();
        let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
        let Columns { id, ds, y } = match Columns::find(&names, &cells, wanted, values) {
            Ok(columns) => columns,
            Err(error) if is_of_row(&error) => return Ok(Err(error.message())),
            Err(error) => return Err(error.into()),
        };
        let name = |column: usize| names[column].clone();
        let mut id: Vec<String> = id.into_iter().map(name).collect();
        let may_lack_id = id.is_empty() && wanted.given.id_col.is_none();
        if may_lack_id {
            id.push(ID.to_owned());
        }
        let names = FieldNames { id, ds: ds.map(name), y: name(y) };
        Ok(Ok(Self { names, may_lack_id, id: String::new(), ds: String::new() }))
    }

    /// The fields that are read.
    pub fn named(&self) -> Vec<Named> {
        let FieldNames { id, ds, y } = &self.names;
        let has_id = !id.is_empty() && !self.may_lack_id;
        let id = has_id.then(|| (ID, id.join(",")));
        let ds = ds.iter().map(|ds| ("ds", ds.clone()));
        id.into_iter().chain(ds).chain([("y", y.clone())]).collect()
    }

    /// The observation of an object.
    ///
    /// # Errors
    /// Why the line is not an observation.
    pub fn read<'a>(
        &'a mut self,
        line: &str,
        values: &ValueFormat,
    ) -> Result<Option<Observation<'a>>, String> {
        match self.names.read(line) {
            Ok(fields) => self.observation(fields, values).map(Some),
            Err(reason) => match without_nan(line) {
                Some(line) => self.observation(self.names.read(&line)?, values).map(Some),
                None => Err(reason),
            },
        }
    }

    fn observation(
        &mut self,
        fields: Fields<'_>,
        values: &ValueFormat,
    ) -> Result<Observation<'_>, String> {
        let Self { names, may_lack_id, id, ds } = self;
        let y = match required(&names.y, fields.y)? {
            Field::Null => f64::NAN,
            Field::Number(y) => y,
            Field::Integer(y) => y as f64,
            Field::Text(text) => values.read(&text).map_err(|why| format!("{}: {why}", names.y))?,
            Field::Other(kind) => return Err(format!("`{}` is {kind}", names.y)),
        };
        id.clear();
        for (n, (name, field)) in names.id.iter().zip(fields.id).enumerate() {
            if field.is_none() && *may_lack_id {
                continue;
            }
            id.push_str(if n == 0 { "" } else { BETWEEN });
            add_text(id, name, required(name, field)?)?;
        }
        ds.clear();
        if let Some(name) = &names.ds {
            add_text(ds, name, required(name, fields.ds)?)?;
        }
        Ok(Observation { unique_id: id, ds: names.ds.is_some().then_some(&**ds), y })
    }
}

/// Numbers below this one have all their digits as a double.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// A field as a cell of a table.
fn cell(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        value => value.to_string(),
    }
}

fn required<'a>(name: &str, field: Option<Field<'a>>) -> Result<Field<'a>, String> {
    field.ok_or_else(|| format!("there is no `{name}`"))
}

/// Adds the text of an id or a date.
fn add_text(to: &mut String, name: &str, field: Field<'_>) -> Result<(), String> {
    match field {
        Field::Text(text) => to.push_str(text.trim_ascii()),
        Field::Integer(number) => _ = write!(to, "{number}"),
        // Two ids must not become one.
        Field::Number(number) if number.abs() >= EXACT => {
            return Err(format!("`{name}` is a number without all its digits: write a text"));
        }
        Field::Number(number) => _ = write!(to, "{number}"),
        Field::Null => return Err(format!("`{name}` is null")),
        Field::Other(kind) => return Err(format!("`{name}` is {kind}")),
    }
    Ok(())
}
