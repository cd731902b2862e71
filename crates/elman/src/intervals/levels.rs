//! Levels of prediction intervals, in per cent: parsing and validation.

use crate::error::{Error, Result};

/// Parses levels in the usual notations: `80,95`, `80 95`, `80%`, `80 %; 95 %`. Returns them sorted, without
/// duplicates.
///
/// # Errors
/// [`Error::Forecast`] for a word that is not a number, and for a level that [`check`] refuses.
pub fn parse(text: &str) -> Result<Vec<f64>> {
    let apart = |c: char| c.is_whitespace() || matches!(c, ',' | ';' | '%');
    let words = text.split(apart).filter(|word| !word.is_empty());
    let number = |word: &str| match word.parse::<f64>() {
        Ok(level) if level.is_finite() => Ok(level),
        _ => Err(refuse(format!("`{word}` is no level of a prediction interval"), USUAL)),
    };
    let mut levels = words.map(number).collect::<Result<Vec<f64>>>()?;
    if levels.is_empty() {
        return Err(refuse("there is no level of a prediction interval".to_owned(), USUAL));
    }
    check(&levels)?;
    levels.sort_by(f64::total_cmp);
    levels.dedup();
    Ok(levels)
}

/// Validates levels. Refuses 0 and below, 100 and above, and fractions such as 0.95, which would be intervals that
/// contain almost nothing.
///
/// # Errors
/// [`Error::Forecast`], with the fraction converted to per cent.
pub fn check(levels: &[f64]) -> Result<()> {
    let Some(level) = levels.iter().find(|level| !(1.0..100.0).contains(*level)) else {
        return Ok(());
    };
    let reason = format!("a level of {level} % for a prediction interval");
    if *level >= 0.01 && *level < 1.0 {
        // The product is rounded, as 0.29 * 100 is 28.999999999999996.
        let meant = (level * 1e10).round() / 1e8;
        return Err(refuse(reason, &format!("levels are in per cent: did you mean {meant}?")));
    }
    Err(refuse(reason, "a level is 1 or more and below 100, in per cent: 80, 95, 99.9"))
}

const USUAL: &str = "levels are numbers in per cent, such as `80,95`";

fn refuse(reason: String, help: &str) -> Error {
    Error::Forecast { reason, help: help.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_read_as_people_write_them() {
        for text in ["80,95", "95 80", "80%,95%", "80 %; 95 %", " 80, 95,", "80 95 80"] {
            assert_eq!(parse(text).unwrap(), [80.0, 95.0], "{text}");
        }
        assert_eq!(parse("99.9%").unwrap(), [99.9]);
    }

    #[test]
    fn what_is_no_level_is_refused_with_what_was_meant() {
        for (text, predicted) in [
            ("0.95", "did you mean 95?"),
            ("80,.9", "did you mean 90?"),
            ("0.29", "did you mean 29?"),
            ("0.999", "did you mean 99.9?"),
            ("0.95%", "did you mean 95?"),
            ("0", "1 or more and below 100"),
            ("1e-7", "1 or more and below 100"),
            ("-5", "1 or more and below 100"),
            ("100", "1 or more and below 100"),
            ("1e308", "1 or more and below 100"),
            ("inf", "`inf` is no level"),
            ("nan", "`nan` is no level"),
            ("eighty", "`eighty` is no level"),
            (" , ", "there is no level"),
        ] {
            let error = parse(text).unwrap_err().to_string();
            assert!(error.contains(predicted), "{text}: {error}");
        }
    }
}
