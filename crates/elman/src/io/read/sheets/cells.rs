//! The cells of a sheet as text.

use calamine::{Data, ExcelDateTime};
use jiff::Unit;
use jiff::civil::DateTime;

use crate::error::Result;
use crate::io::read::table::Table;

/// Rows of text, with their numbers in the sheet.
#[derive(Debug, Default)]
pub(super) struct Rows {
    rows: Vec<(u32, Vec<String>)>,
    /// The first column with a cell.
    left: Option<u32>,
    /// Bytes taken so far.
    taken: u64,
}

impl Rows {
    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Adds the cell in this row and column, both from 0; false where more than `limit` bytes would be taken.
    pub(super) fn push(&mut self, (row, column): (u32, u32), text: String, limit: u64) -> bool {
        if text.trim().is_empty() {
            return true;
        }
        if self.rows.last().is_none_or(|(last, _)| *last != row) {
            self.rows.push((row, Vec::new()));
            self.taken += size_of::<(u32, Vec<String>)>() as u64;
        }
        let cells = self.rows.last_mut().map(|(_, cells)| cells).expect("a row was added");
        let (column, filled) = (column as usize, cells.len());
        self.taken +=
            text.len() as u64 + ((column + 1).saturating_sub(filled) * size_of::<String>()) as u64;
        if self.taken > limit {
            return false;
        }
        if filled <= column {
            cells.resize(column + 1, String::new());
        }
        cells[column] = text;
        self.left = Some(self.left.map_or(column as u32, |left| left.min(column as u32)));
        true
    }

    /// All rows, from the first column with a cell on.
    pub(super) fn table(self, mut table: Table) -> Result<Table> {
        let left = self.left.unwrap_or(0) as usize;
        for (row, cells) in self.rows {
            table.push(cells.iter().skip(left), row + 1)?;
        }
        table.not_empty()
    }
}

/// A cell as a CSV file would have it: dates in ISO, and an error by its name.
pub(super) fn text(value: &Data) -> String {
    match value {
        Data::Empty => String::new(),
        Data::Int(value) => value.to_string(),
        Data::Float(value) => value.to_string(),
        Data::Bool(value) => value.to_string(),
        Data::String(value) => value.clone(),
        Data::DateTime(value) => date(value).unwrap_or_else(|| value.as_f64().to_string()),
        Data::DateTimeIso(value) => value.strip_suffix("T00:00:00").unwrap_or(value).to_owned(),
        Data::DurationIso(value) => value.clone(),
        Data::Error(error) => error.to_string(),
    }
}

/// A date, with the time of day where there is one, to the second: Excel's days are binary fractions. None for a
/// length of time, and for a time of day alone.
fn date(value: &ExcelDateTime) -> Option<String> {
    if value.is_duration() || value.as_f64() < 1.0 {
        return None;
    }
    let (year, month, day, hour, minute, second, milli) = value.to_ymd_hms_milli();
    let narrow = |part: u8| i8::try_from(part).ok();
    let at = DateTime::new(
        i16::try_from(year).ok()?,
        narrow(month)?,
        narrow(day)?,
        narrow(hour)?,
        narrow(minute)?,
        narrow(second)?,
        i32::from(milli) * 1_000_000,
    );
    let at = at.ok()?.round(Unit::Second).ok()?;
    let midnight = at.time() == jiff::civil::Time::midnight();
    Some(if midnight { at.date().to_string() } else { format!("{} {}", at.date(), at.time()) })
}
