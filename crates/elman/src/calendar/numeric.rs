//! Times written as plain numbers: 1850, 202001, 20200131, 1749.083.

use super::{DateOrder, DateStyle, Dates, Stamp, Style};

/// Reads a column of numbers as years, `YYYYMM`, `YYYYMMDD` or decimal years of whole months; `None` when it is none of
/// these. Only for a column that is known to hold the time: sales of 1,850 pieces are no year.
pub fn numeric_dates(cells: &[&str]) -> Option<Dates> {
    let first = cells.first()?;
    if cells.iter().any(|c| c.contains('.')) {
        return decimal_years(cells);
    }
    if !cells.iter().all(|c| c.len() == first.len() && c.bytes().all(|b| b.is_ascii_digit())) {
        return None;
    }
    let number = |text: &str| text.parse::<u32>().ok();
    let (style, read): (Style, fn(u32) -> Option<Stamp>) = match first.len() {
        4 => {
            (Style::Year, |n| Stamp::day(i64::from(n), 1, 1).filter(|_| (1000..3000).contains(&n)))
        }
        6 => (
            Style::Month {
                separator: String::new(),
                year_digits: 4,
                month_first: false,
                padded: true,
            },
            |n| Stamp::day(i64::from(n / 100), n % 100, 1),
        ),
        8 => (
            Style::Day(DateStyle {
                order: DateOrder::Ymd,
                separator: String::new(),
                padded: true,
                short_year: false,
            }),
            |n| Stamp::day(i64::from(n / 10_000), n / 100 % 100, n % 100),
        ),
        _ => return None,
    };
    let stamps = cells.iter().map(|c| read(number(c)?)).collect::<Option<Vec<_>>>()?;
    Some(Dates { stamps, style })
}

/// Whether a number is a year and a whole number of twelfths.
pub fn is_decimal_month(value: f64) -> bool {
    // Three decimals, the fewest such files have, leave at most 0.006 of a month.
    let months = value * 12.0;
    (1000.0..3000.0).contains(&value) && (months - months.round()).abs() < 0.02
}

fn decimal_years(cells: &[&str]) -> Option<Dates> {
    let mut decimals = 0;
    let mut stamps = Vec::with_capacity(cells.len());
    for cell in cells {
        let value: f64 = cell.parse().ok()?;
        if !is_decimal_month(value) {
            return None;
        }
        let months = (value * 12.0).round() as i64;
        stamps.push(Stamp::day(months.div_euclid(12), months.rem_euclid(12) as u32 + 1, 1)?);
        decimals = decimals.max(cell.split_once('.').map_or(0, |(_, d)| d.len()));
    }
    // Digits past a double's own would be noise.
    Some(Dates { stamps, style: Style::DecimalYear { decimals: decimals.min(11) } })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_are_dates_are_written_as_read() {
        for cells in [
            ["1850", "1851"],
            ["202012", "202101"],
            ["20201231", "20210101"],
            ["1749", "1749.08333333333"],
            ["1749.083", "1749.167"],
        ] {
            let read = numeric_dates(&cells).unwrap();
            let written: Vec<String> = read.stamps.iter().map(|s| read.style.write(*s)).collect();
            assert_eq!(written, cells);
        }
    }

    #[test]
    fn other_numbers_are_not() {
        for cells in [
            ["1", "2"],
            ["0.0", "0.5"],
            ["1749.01", "1749.02"],
            ["202013", "202014"],
            ["9000", "9001"],
        ] {
            assert_eq!(numeric_dates(&cells), None, "{cells:?}");
        }
    }
}
