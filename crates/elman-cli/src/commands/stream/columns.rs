//! Columns of the input with the id, the date and the value: by the options, the model, the usual names, and the cells of the
//! first row, in this order.

use elman::data::calendar::{looks_like_date, numeric_dates};
use elman::error::nearest_names;
use elman::io::read::{ReadOptions, ValueFormat, is_time_name};
use elman::{Error, Result};

/// The input, as errors name it.
const STDIN: &str = "stdin";

/// The word for no column (`--id-col none`).
const NONE: &str = "none";

/// The names that columns have by the options and by the model.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Of the options.
    pub given: ReadOptions,
    /// Of the data of the training; a column of this name need not be there.
    pub of_model: ReadOptions,
    /// How the data of the training write dates.
    pub dates: DatesOfModel,
}

/// How the data of the training write dates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DatesOfModel {
    /// There are none, or it is not known.
    #[default]
    None,
    Text,
    /// As numbers, such as the seconds since 1970.
    Numbers,
}

/// Whether another row may tell the columns after this error of one row.
pub fn is_of_row(error: &Error) -> bool {
    matches!(error, Error::NoTarget { .. } | Error::Data { .. })
}

/// The columns of an input, by their number from 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Columns {
    /// Their cells together name the series; none: there is one series.
    pub id: Vec<usize>,
    pub ds: Option<usize>,
    pub y: usize,
}

/// Whether the cells of a first line are names of columns: none of them is a number or a date.
pub fn is_header<'a>(mut cells: impl Iterator<Item = &'a str>, values: &ValueFormat) -> bool {
    !cells.any(|cell| is_value(cell, values) || looks_like_date(cell))
}

/// Whether a cell has a number, which is not missing.
fn is_value(cell: &str, values: &ValueFormat) -> bool {
    values.read(cell).is_ok_and(|value| !value.is_nan())
}

impl Columns {
    /// Columns of an input without a header: `y`, `ds,y` or `unique_id,ds,y`.
    pub fn without_header(len: usize) -> Option<Self> {
        match len {
            1 => Some(Self { id: Vec::new(), ds: None, y: 0 }),
            2 => Some(Self { id: Vec::new(), ds: Some(0), y: 1 }),
            3 => Some(Self { id: vec![0], ds: Some(1), y: 2 }),
            _ => None,
        }
    }

    /// Finds the columns by the names and the cells of the first row.
    ///
    /// # Errors
    /// A column that an option names and that is not there; several columns that could be the date or the value, or none.
    pub fn find(
        names: &[String],
        row: &[&str],
        wanted: &Wanted,
        values: &ValueFormat,
    ) -> Result<Self> {
        let found = Names { names, row, values };
        let id = found.id(wanted)?;
        let y = found.named(wanted.given.target.as_deref(), wanted.of_model.target.as_deref(), "y");
        let y = y?;
        let mut taken = id.clone();
        taken.extend(y);
        let ds = found.date(wanted, &taken)?;
        taken.extend(ds);
        let y = y.map_or_else(|| found.value(&taken), Ok)?;
        Ok(Self { id, ds, y })
    }
}

/// The names of the columns with the cells of the first row.
struct Names<'a> {
    names: &'a [String],
    row: &'a [&'a str],
    values: &'a ValueFormat,
}

impl Names<'_> {
    fn position(&self, name: &str) -> Option<usize> {
        let exact = self.names.iter().position(|n| n == name);
        exact.or_else(|| self.names.iter().position(|n| n.eq_ignore_ascii_case(name)))
    }

    fn resolve(&self, name: &str) -> Result<usize> {
        self.position(name).ok_or_else(|| Error::UnknownColumn {
            path: STDIN.to_owned(),
            name: name.to_owned(),
            nearest_names: nearest_names(name, self.names.iter().map(String::as_str)),
            known: self.names.iter().map(|name| format!("`{name}`")).collect(),
        })
    }

    /// The column that an option names, else that of the model, else that of the usual name.
    fn named(
        &self,
        given: Option<&str>,
        of_model: Option<&str>,
        usual: &str,
    ) -> Result<Option<usize>> {
        match given {
            Some(name) => self.resolve(name).map(Some),
            None => Ok(of_model.and_then(|n| self.position(n)).or_else(|| self.position(usual))),
        }
    }

    /// The columns of the id: one, or several with commas between their names.
    fn id(&self, wanted: &Wanted) -> Result<Vec<usize>> {
        let several =
            |names: &str| names.split(',').map(str::trim).map(|n| self.resolve(n)).collect();
        match wanted.given.id_col.as_deref() {
            Some(NONE) if self.position(NONE).is_none() => Ok(Vec::new()),
            Some(names) if self.position(names).is_none() && names.contains(',') => several(names),
            given => {
                let of_model = wanted.of_model.id_col.as_deref();
                let of_several = of_model.filter(|names| given.is_none() && names.contains(','));
                match of_several.and_then(|names| several(names).ok()) {
                    Some(id) => Ok(id),
                    None => Ok(self.named(given, of_model, "unique_id")?.into_iter().collect()),
                }
            }
        }
    }

    fn date(&self, wanted: &Wanted, taken: &[usize]) -> Result<Option<usize>> {
        let given = wanted.given.time_col.as_deref();
        if given == Some(NONE) && self.position(NONE).is_none() {
            return Ok(None);
        }
        if let Some(ds) = self.named(given, wanted.of_model.time_col.as_deref(), "ds")? {
            return Ok(Some(ds));
        }
        let free = (0..self.names.len()).filter(|column| !taken.contains(column));
        let named: Vec<usize> = free.filter(|column| is_time_name(&self.names[*column])).collect();
        let is_date = |cell: &str| {
            looks_like_date(cell)
                || (wanted.dates == DatesOfModel::Numbers && numeric_dates(&[cell]).is_some())
        };
        let found = if named.is_empty() { self.others(taken, is_date) } else { named };
        match found[..] {
            [] if wanted.dates == DatesOfModel::None => Ok(None),
            [] => Err(Error::Data {
                reason: format!("the model has dates, and {STDIN} has no column of dates"),
                help: "name the column: `--time-col NAME`; or count the observations of new series: `--time-col none`"
                    .to_owned(),
            }),
            [ds] => Ok(Some(ds)),
            ref several => Err(self.which("time", several, "--time-col")),
        }
    }

    fn value(&self, taken: &[usize]) -> Result<usize> {
        match self.others(taken, |cell| self.values.read(cell).is_ok())[..] {
            [] => Err(Error::NoTarget {
                path: STDIN.to_owned(),
                columns: self.names.iter().map(|name| format!("`{name}`")).collect(),
            }),
            [y] => Ok(y),
            ref several => Err(self.which("target", several, "--target")),
        }
    }

    /// Columns that are not taken and whose cell in the first row `is` of the wanted kind.
    fn others(&self, taken: &[usize], is: impl Fn(&str) -> bool) -> Vec<usize> {
        let free = (0..self.names.len()).filter(|column| !taken.contains(column));
        free.filter(|column| self.row.get(*column).is_some_and(|cell| is(cell))).collect()
    }

    fn which(&self, role: &'static str, columns: &[usize], option: &str) -> Error {
        let candidates: Vec<String> = columns.iter().map(|c| self.names[*c].clone()).collect();
        let help = format!("say which with `{option} {}`", candidates[0]);
        Error::WhichColumn { path: STDIN.to_owned(), role, candidates, help }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(
        header: &str,
        row: &str,
        wanted: &Wanted,
    ) -> Result<(Vec<usize>, Option<usize>, usize)> {
        let names: Vec<String> = header.split(',').map(str::to_owned).collect();
        let row: Vec<&str> = row.split(',').collect();
        let found = Columns::find(&names, &row, wanted, &ValueFormat::default())?;
        Ok((found.id, found.ds, found.y))
    }

    fn options(id: Option<&str>, time: Option<&str>, target: Option<&str>) -> ReadOptions {
        let [id_col, time_col, target] = [id, time, target].map(|name| name.map(str::to_owned));
        ReadOptions { id_col, time_col, target, ..ReadOptions::default() }
    }

    #[test]
    fn the_usual_names_are_found_without_the_cells() {
        let none = Wanted::default();
        assert_eq!(find("unique_id,ds,y", "a,x,", &none).unwrap(), (vec![0], Some(1), 2));
        assert_eq!(find("y,more", ",1", &none).unwrap(), (vec![], None, 0));
        assert_eq!(find("DS,Y", "?,1", &none).unwrap(), (vec![], Some(0), 1));
    }

    #[test]
    fn one_date_and_one_number_are_found_by_the_cells() {
        let none = Wanted::default();
        assert_eq!(find("when,mw", "2024-01-01 01:00,12", &none).unwrap(), (vec![], Some(0), 1));
        assert_eq!(find("mw,when,site", "NA,2024-01-01,x", &none).unwrap(), (vec![], Some(1), 0));
        let said = find("when,a,b", "2024-01-01,1,2", &none).unwrap_err().to_string();
        assert!(said.contains("--target a"), "{said}");
        let said = find("from,to,a", "2024-01-01,2024-01-02,2", &none).unwrap_err().to_string();
        assert!(said.contains("--time-col from"), "{said}");
        let said = find("site,when", "x,2024-01-01", &none).unwrap_err().to_string();
        assert!(said.contains("no column of numbers"), "{said}");
    }

    #[test]
    fn options_take_precedence_over_the_model_and_the_model_over_the_usual_names() {
        let given = options(Some("region,shop"), None, Some("units"));
        let of_model = options(Some("store"), Some("day"), Some("y"));
        let wanted = Wanted { given, of_model: of_model.clone(), ..Wanted::default() };
        let found = find("day,ds,region,shop,units,y", "2024-01-01,1,a,b,3,4", &wanted).unwrap();
        assert_eq!(found, (vec![2, 3], Some(0), 4));
        // A column of the model that is not there is no error.
        let wanted = Wanted { of_model, ..Wanted::default() };
        assert_eq!(find("ds,y", "1,2", &wanted).unwrap(), (vec![], Some(0), 1));
        let wanted = Wanted { given: options(None, None, Some("unts")), ..Wanted::default() };
        let said = find("ds,units", "1,2", &wanted).unwrap_err().to_string();
        assert!(said.contains("unts") && said.contains("units"), "{said}");
        let none = options(Some("none"), Some("none"), None);
        let wanted = Wanted { given: none, ..Wanted::default() };
        assert_eq!(find("unique_id,ds,y", "a,b,1", &wanted).unwrap(), (vec![], None, 2));
    }

    #[test]
    fn dates_of_the_model_are_looked_for_by_name_and_by_kind() {
        let numbers = Wanted { dates: DatesOfModel::Numbers, ..Wanted::default() };
        assert_eq!(find("ts,y", "1701727200,5", &numbers).unwrap(), (vec![], Some(0), 1));
        let text = Wanted { dates: DatesOfModel::Text, ..Wanted::default() };
        assert_eq!(find("date,v", "x,5", &text).unwrap(), (vec![], Some(0), 1));
        assert!(is_of_row(&find("code,y", "1,5", &text).unwrap_err()));
        assert_eq!(find("code,y", "1,5", &Wanted::default()).unwrap(), (vec![], None, 1));
    }

    #[test]
    fn a_first_line_with_a_number_or_a_date_is_not_a_header() {
        let values = ValueFormat::default();
        for (line, right) in
            [("ds,y", true), ("a,2024-01-01,", false), ("5", false), ("y", true), ("a,b,1", false)]
        {
            assert_eq!(is_header(line.split(','), &values), right, "{line}");
        }
    }
}
