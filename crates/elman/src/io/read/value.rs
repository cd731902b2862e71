//! The value of one cell by itself, for a stream of observations, which has no column to look at.

use super::cells::{Bad, Notation, is_missing, is_one_of, number};
use super::notation::Decimal;

/// How values are written that come one by one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ValueFormat {
    /// What stands before the decimals; `None` refuses a number that can be read two ways, such as `1,234`.
    pub decimal: Option<Decimal>,
    /// Further texts and numbers that mean a missing value, such as `-999`.
    pub missing_values: Vec<String>,
}

impl ValueFormat {
    /// The value of a cell; NaN where the cell is empty, or says that there is no value: `NA`, `null`, `-`.
    ///
    /// # Errors
    /// A sentence about a cell that is not a finite number.
    pub fn read(&self, cell: &str) -> Result<f64, String> {
        if is_one_of(cell, &self.missing_values) {
            return Ok(f64::NAN);
        }
        match number(cell, self.decimal.map_or(Notation::Undecided, Notation::from)) {
            Ok(value) => Ok(value),
            Err(_) if is_missing(cell) => Ok(f64::NAN),
            Err(Bad::TwoWays(point, comma)) => Err(format!(
                "`{}` can be read as {point} or as {comma}: choose with `--decimal point` or `--decimal comma`",
                shortened(cell)
            )),
            Err(Bad::NotFinite) => Err(format!("`{}` is not finite", shortened(cell))),
            Err(_) => Err(format!("`{}` is not a number", shortened(cell))),
        }
    }
}

/// Characters of a cell in a message.
const SHOWN: usize = 40;

/// The beginning of a cell, for a message.
fn shortened(cell: &str) -> String {
    match cell.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &cell[..end]),
        None => cell.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_missing_values_and_the_rest() {
        let undecided = ValueFormat::default();
        for (cell, value) in [("1.5", 1.5), ("1,5", 1.5), ("-3", -3.0), ("1e3", 1e3)] {
            assert_eq!(undecided.read(cell).unwrap(), value, "{cell}");
        }
        for cell in ["", " ", "NA", "nan", "NaN", "null", "-", "#N/A"] {
            assert!(undecided.read(cell).unwrap().is_nan(), "{cell}");
        }
        let said = |cell| undecided.read(cell).unwrap_err();
        assert!(said("1,234").contains("1234 or as 1.234"), "{}", said("1,234"));
        assert_eq!(said("inf"), "`inf` is not finite");
        assert_eq!(said("2024-01-01"), "`2024-01-01` is not a number");
        assert!(said(&"x".repeat(1 << 20)).len() < 80);
    }

    #[test]
    fn the_decimal_mark_and_further_missing_values_are_those_asked_for() {
        let format =
            ValueFormat { decimal: Some(Decimal::Comma), missing_values: vec!["-999".into()] };
        assert_eq!(format.read("1,234").unwrap(), 1.234);
        assert_eq!(format.read("1.234").unwrap(), 1234.0);
        assert!(format.read("-999").unwrap().is_nan());
        assert!(format.read("-999,0").is_ok_and(|value| value == -999.0));
        let point = ValueFormat { decimal: Some(Decimal::Point), ..ValueFormat::default() };
        assert_eq!(point.read("1,234").unwrap(), 1234.0);
    }
}
