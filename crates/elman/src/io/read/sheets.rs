//! Excel workbooks and OpenDocument spreadsheets as rows of cells.
//!
//! Both are zip files of XML, so that a small file can hold a large table: everything is unpacked once, and counted,
//! before a table is made of it.

mod cells;
mod unpacked;

use std::io::Cursor;

use calamine::{Data, Ods, Reader, SheetType, SheetVisible, Xlsx};

use super::apart;
use super::memory::Memory;
use super::table::Table;
use crate::error::{Error, Result, Unit, nearest_names};
use cells::Rows;

/// How such a file begins; other zip files do, too.
pub(super) const MAGIC: &[u8] = b"PK\x03\x04";

/// The error is the message of a library that reads sheets.
type LibraryResult<T> = std::result::Result<T, String>;

/// Which of the two it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Excel,
    OpenDocument,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Kind::Excel => "Excel",
            Kind::OpenDocument => "OpenDocument",
        }
    }
}

/// The rows of a sheet: of the one that is called `sheet` or has this number, from 1; of the only one with cells
/// where none is asked for.
pub(super) fn table(
    raw: Vec<u8>,
    path: &str,
    sheet: Option<&str>,
    memory: &Memory,
) -> Result<Table> {
    let limit = memory.left();
    let kind = unpacked::kind(&raw, limit).map_err(|refused| refused.error(path, memory))?;
    let sheet_asked = sheet.map(str::to_owned);
    let found: LibraryResult<Found> = apart::guarded(move || match kind {
        Kind::Excel => Xlsx::new(Cursor::new(raw))
            .map_err(|e| e.to_string())
            .and_then(|book| excel(book, sheet_asked.as_deref(), limit)),
        Kind::OpenDocument => Ods::new(Cursor::new(raw))
            .map_err(|e| e.to_string())
            .and_then(|book| open_document(book, sheet_asked.as_deref(), limit)),
    });
    let found = found.map_err(|reason| Error::Unreadable {
        path: path.to_owned(),
        kind: kind.name(),
        reason,
        help: "is it whole? Save it again, or save the sheet as CSV".to_owned(),
    })?;
    match found {
        Found::Rows(rows) => rows.table(Table::new(path, Unit::Row, memory)),
        Found::TooLarge => Err(memory.exceeded()),
        Found::Several(sheets) => Err(Error::WhichSheet {
            path: path.to_owned(),
            help: format!("say which with `--sheet {}`", super::typed(&sheets[0])),
            sheets,
        }),
        Found::NoSuch(sheets) => {
            let name = sheet.unwrap_or_default();
            Err(Error::UnknownSheet {
                path: path.to_owned(),
                name: name.to_owned(),
                nearest_names: nearest_names(name, sheets.iter().map(String::as_str)),
                known: sheets,
            })
        }
    }
}

/// What a workbook gives.
enum Found {
    Rows(Rows),
    TooLarge,
    /// Sheets that have cells, where one must be chosen.
    Several(Vec<String>),
    /// All sheets, where the one asked for is none of them.
    NoSuch(Vec<String>),
}

/// The sheets that a person sees, in their order.
fn visible<R: Reader<Cursor<Vec<u8>>>>(book: &R) -> Vec<String> {
    let sheets = book.sheets_metadata().iter();
    let seen = sheets.filter(|sheet| {
        sheet.typ == SheetType::WorkSheet && sheet.visible == SheetVisible::Visible
    });
    seen.map(|sheet| sheet.name.clone()).collect()
}

/// The sheet of this name, or else of this number.
fn named<'s>(sheets: &'s [String], asked: &str) -> Option<&'s String> {
    let number = || asked.parse::<usize>().ok().and_then(|n| sheets.get(n.checked_sub(1)?));
    let like = || sheets.iter().find(|name| name.eq_ignore_ascii_case(asked));
    sheets.iter().find(|name| *name == asked).or_else(like).or_else(number)
}

/// Reads the sheet asked for, or the only one in which `read` finds rows.
fn choose(
    sheets: &[String],
    asked: Option<&str>,
    mut read: impl FnMut(&str) -> LibraryResult<Option<Rows>>,
) -> LibraryResult<Found> {
    if let Some(asked) = asked {
        let Some(name) = named(sheets, asked) else { return Ok(Found::NoSuch(sheets.to_vec())) };
        return Ok(read(name)?.map_or(Found::TooLarge, Found::Rows));
    }
    let (mut with_cells, mut kept) = (Vec::new(), Rows::default());
    for name in sheets {
        let Some(rows) = read(name)? else { return Ok(Found::TooLarge) };
        if !rows.is_empty() {
            with_cells.push(name.clone());
            kept = rows;
        }
    }
    Ok(if with_cells.len() > 1 { Found::Several(with_cells) } else { Found::Rows(kept) })
}

fn excel(mut book: Xlsx<Cursor<Vec<u8>>>, asked: Option<&str>, limit: u64) -> LibraryResult<Found> {
    let sheets = visible(&book);
    choose(&sheets, asked, |name| {
        let mut cells = book.worksheet_cells_reader(name).map_err(|e| e.to_string())?;
        let mut rows = Rows::default();
        while let Some(cell) = cells.next_cell().map_err(|e| e.to_string())? {
            if !rows.push(
                cell.get_position(),
                cells::text(&Data::from(cell.get_value().clone())),
                limit,
            ) {
                return Ok(None);
            }
        }
        Ok(Some(rows))
    })
}

fn open_document(
    mut book: Ods<Cursor<Vec<u8>>>,
    asked: Option<&str>,
    limit: u64,
) -> LibraryResult<Found> {
    let sheets = visible(&book);
    choose(&sheets, asked, |name| {
        let range = book.worksheet_range(name).map_err(|e| e.to_string())?;
        let (top, left) = range.start().unwrap_or_default();
        let mut rows = Rows::default();
        for (row, column, value) in range.used_cells() {
            let at = (top + row as u32, left + column as u32);
            if !rows.push(at, cells::text(value), limit) {
                return Ok(None);
            }
        }
        Ok(Some(rows))
    })
}
