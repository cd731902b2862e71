//! Whether a column's decimals stand behind a point or a comma: by its own cells, else by those of the other columns,
//! else by the country that the delimiter and the dates speak of.

use super::cells::{Bad, Notation, number};
use super::table::Table;
use elman_nn::registry::Entry;
use serde::{Deserialize, Serialize};

/// What stands before the decimals of all numbers (`--decimal`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decimal {
    /// A point: `1,234.5`.
    Point,
    /// A comma: `1.234,5`.
    Comma,
}

impl Entry for Decimal {
    const FAMILY: &'static str = "decimal separator";
    const ALL: &'static [Self] = &[Self::Point, Self::Comma];

    fn name_and_summary(&self) -> (&'static str, &'static str) {
        match self {
            Self::Point => ("point", "1,234.5"),
            Self::Comma => ("comma", "1.234,5"),
        }
    }
}

impl From<Decimal> for Notation {
    fn from(decimal: Decimal) -> Notation {
        match decimal {
            Decimal::Point => Notation::Point,
            Decimal::Comma => Notation::Comma,
        }
    }
}

/// The notation of each column.
pub(super) fn of_columns(table: &Table, asked: Option<Decimal>) -> Vec<Notation> {
    if let Some(decimal) = asked {
        return vec![decimal.into(); table.width];
    }
    // Where a kind of file has names for its columns, it has numbers too: they are written with a point.
    if table.names().is_some() {
        return vec![Notation::Point; table.width];
    }
    let country = Country::of(table);
    let evidence: Vec<Evidence> = (0..table.width)
        .map(|column| {
            let sample = Evidence::of(table.sample(column));
            // Only there the cells that no sample shows can turn the decision.
            let open = sample.own().is_none() && country == Country::Comma;
            if open { Evidence::of(table.column(column)) } else { sample }
        })
        .collect();
    let mut all = Evidence::default();
    evidence.iter().for_each(|e| all.add(*e));
    // Sentences have commas in them: where the comma is the delimiter, a column speaks for itself alone.
    let others = if table.delimiter == b',' { None } else { all.decided() };
    evidence.iter().map(|e| e.own().or(others).unwrap_or_else(|| country.notation(*e))).collect()
}

/// What the cells of a column show.
#[derive(Clone, Copy, Debug, Default)]
struct Evidence {
    /// Cells that only a decimal point makes a number.
    point: usize,
    /// Cells that only a decimal comma makes a number.
    comma: usize,
    /// Cells like `1.214`.
    dots: usize,
    /// Cells like `1,214`.
    commas: usize,
    /// Cells like `1500`: who groups digits groups those.
    ungrouped: usize,
}

impl Evidence {
    fn of<'a>(cells: impl Iterator<Item = &'a str>) -> Evidence {
        let mut found = Evidence::default();
        for cell in cells {
            found.see(cell);
        }
        found
    }

    fn see(&mut self, cell: &str) {
        if !cell.contains([',', '.']) {
            let digits = cell.trim_start_matches('-');
            let plain = digits.len() > 3 && digits.bytes().all(|b| b.is_ascii_digit());
            self.ungrouped += usize::from(plain);
            return;
        }
        match number(cell, Notation::Undecided) {
            Err(Bad::TwoWays(..)) => {
                self.dots += usize::from(cell.contains('.'));
                self.commas += usize::from(cell.contains(','));
            }
            Ok(_) => {
                let point = number(cell, Notation::Point).is_ok();
                let comma = number(cell, Notation::Comma).is_ok();
                self.point += usize::from(point && !comma);
                self.comma += usize::from(comma && !point);
            }
            Err(_) => {}
        }
    }

    fn add(&mut self, other: Evidence) {
        self.point += other.point;
        self.comma += other.comma;
    }

    /// What the cells decide, most of them if not all; a cell of the other kind is then an error.
    fn own(self) -> Option<Notation> {
        let by_cells = self.majority();
        by_cells.or(match (self.ungrouped, self.dots, self.commas) {
            (0, _, _) | (_, 0, 0) => None,
            (_, _, 0) => Some(Notation::Point),
            (_, 0, _) => Some(Notation::Comma),
            _ => None,
        })
    }

    fn majority(self) -> Option<Notation> {
        match (self.point, self.comma) {
            (0, 0) => None,
            (point, comma) if point >= comma => Some(Notation::Point),
            _ => Some(Notation::Comma),
        }
    }

    /// What cells of other columns decide, if all agree.
    fn decided(self) -> Option<Notation> {
        self.majority().filter(|_| self.point == 0 || self.comma == 0)
    }
}

/// What delimiter and dates say about the place where a file was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Country {
    /// A comma delimits: it marks no decimals.
    Point,
    /// Semicolons, or dates such as 31.12.2023: a comma may mark the decimals, and a point too.
    Comma,
    /// Tabs and bars say nothing.
    Unknown,
}

impl Country {
    fn of(table: &Table) -> Country {
        let dotted = |column| {
            let mut cells = table.sample(column).skip(1).take(20).peekable();
            cells.peek().is_some() && cells.all(is_dotted_date)
        };
        match table.delimiter {
            b';' => Country::Comma,
            _ if (0..table.width).any(dotted) => Country::Comma,
            b',' => Country::Point,
            _ => Country::Unknown,
        }
    }

    /// The notation of a column whose cells show none.
    fn notation(self, evidence: Evidence) -> Notation {
        match self {
            Country::Point => Notation::Point,
            Country::Comma if evidence.commas > 0 && evidence.dots == 0 => Notation::Comma,
            Country::Unknown if evidence.commas == 0 && evidence.dots > 0 => Notation::Point,
            Country::Comma | Country::Unknown => Notation::Undecided,
        }
    }
}

/// Whether a cell is a date such as `31.12.2023`.
fn is_dotted_date(cell: &str) -> bool {
    let day = cell.split(' ').next().unwrap_or(cell);
    let parts: Vec<&str> = day.split('.').collect();
    let digits = |p: &&str| (1..=4).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_digit());
    parts.len() == 3 && parts.iter().all(digits) && parts[0].len() <= 2
}
