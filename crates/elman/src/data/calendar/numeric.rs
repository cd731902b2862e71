//! Times written as plain numbers: 1850, 202001, 20200131, 2020013107, 1749.083, 1672531200, 44197.

use super::format::SPREADSHEET_EPOCH;
use super::pattern::Pattern;
use super::{DateFormat, DateOrder, DateStyle, Dates, EpochUnit, Timestamp, pattern};

/// Years that a number may speak of: one of ten digits may be `YYYYMMDDHH` and seconds since 1970.
const PLAUSIBLE: std::ops::Range<i64> = 1900..2100;

/// Reads a column of numbers as years, `YYYYMM`, `YYYYWW`, `YYYYMMDD` and on to seconds, decimal years of whole months, or the
/// time since 1970; `None` when it is none of these. Only for a column that is known to hold the time: sales of 1,850 pieces
/// are no year.
pub fn numeric_dates(cells: &[&str]) -> Option<Dates> {
    let first = cells.first()?;
    if cells.iter().any(|c| c.contains('.')) {
        return decimal_years(cells);
    }
    let same_length = cells.iter().all(|c| c.len() == first.len() && is_digits(c));
    if same_length && let Some(dates) = in_digits(cells, first.len()) {
        return Some(dates);
    }
    since_1970(cells)
}

fn is_digits(cell: &str) -> bool {
    cell.bytes().all(|b| b.is_ascii_digit())
}

/// Dates whose parts stand side by side without a mark.
fn in_digits(cells: &[&str], len: usize) -> Option<Dates> {
    let number = |text: &str| text.parse::<u32>().ok();
    let (style, read): (DateFormat, fn(u32) -> Option<Timestamp>) = match len {
        4 => (DateFormat::Year, |n| {
            Timestamp::day(i64::from(n), 1, 1).filter(|_| (1000..3000).contains(&n))
        }),
        6 => (
            DateFormat::Month {
                separator: String::new(),
                year_digits: 4,
                month_first: false,
                padded: true,
            },
            |n| Timestamp::day(i64::from(n / 100), n % 100, 1),
        ),
        8 => (
            DateFormat::Day(DateStyle {
                order: DateOrder::Ymd,
                separator: String::new(),
                padded: true,
                short_year: false,
            }),
            |n| Timestamp::day(i64::from(n / 10_000), n / 100 % 100, n % 100),
        ),
        10 | 12 | 14 => return by_pattern(cells, Pattern::of_digits(len)),
        _ => return None,
    };
    let stamps = cells.iter().map(|c| read(number(c)?)).collect::<Option<Vec<_>>>();
    match stamps {
        Some(stamps) => Some(Dates { stamps, style }),
        // With a number past 12, they are weeks.
        None if len == 6 => by_pattern(cells, Pattern::of_weeks()),
        None => None,
    }
}

fn by_pattern(cells: &[&str], pattern: Pattern) -> Option<Dates> {
    let dates = pattern::by(&pattern, cells)?;
    let plausible = |stamp: &Timestamp| PLAUSIBLE.contains(&stamp.months().div_euclid(12));
    dates.stamps.iter().all(plausible).then_some(dates)
}

/// Seconds, milliseconds and so on since 1970, by how many digits the latest has: today's seconds have ten.
fn since_1970(cells: &[&str]) -> Option<Dates> {
    let whole = |cell: &&str| is_digits(cell.strip_prefix('-').unwrap_or(cell));
    if !cells.iter().all(whole) {
        return None;
    }
    let values: Vec<i64> = cells.iter().map(|c| c.parse().ok()).collect::<Option<_>>()?;
    let digits = values.iter().max()?.max(&0).to_string().len();
    let (unit, per_milli) = match digits {
        10 => (EpochUnit::Seconds, 1),
        12 | 13 => (EpochUnit::Millis, 1),
        15 | 16 => (EpochUnit::Micros, 1000),
        18 | 19 => (EpochUnit::Nanos, 1_000_000),
        _ => return None,
    };
    let epoch = Timestamp::day(1970, 1, 1)?;
    let stamp = |value: &i64| {
        let millis = match unit {
            EpochUnit::Seconds => value.checked_mul(1000)?,
            // Parts of a millisecond would be lost.
            _ => (value % per_milli == 0).then(|| value / per_milli)?,
        };
        let stamp = epoch.plus_millis(millis)?;
        PLAUSIBLE.contains(&stamp.months().div_euclid(12)).then_some(stamp)
    };
    let stamps = values.iter().map(stamp).collect::<Option<Vec<_>>>()?;
    Some(Dates { stamps, style: DateFormat::Epoch(unit) })
}

/// Whether numbers, under whatever name, are the time since 1970: in equal steps, or a month at a time.
pub fn is_epoch(cells: &[&str]) -> bool {
    let Some(dates) = since_1970(cells).filter(|dates| dates.stamps.len() > 2) else {
        return false;
    };
    let steps = |of: fn(&Timestamp) -> i64| -> Option<i64> {
        let mut steps = dates.stamps.windows(2).map(|w| of(&w[1]) - of(&w[0]));
        let first = steps.next()?;
        steps.all(|step| step == first).then_some(first)
    };
    let same_day = dates.stamps.iter().all(|s| s.day_of_month() == 1 && s.millis_of_day() == 0);
    steps(|s| s.millis()).is_some_and(|step| step > 0)
        || same_day && steps(|s| s.months()).is_some_and(|step| step > 0)
}

/// Reads numbers as days of a spreadsheet: 44197 is 2021-01-01, 44197.5 its noon. `None` where they are none of the years 1955
/// to 2118, or no whole minutes. Only for a column that is called a date: 44,197 is a usual number.
pub fn spreadsheet_days(values: &[f64], decimals: usize, comma: bool) -> Option<Dates> {
    const DAY: f64 = 86_400.0;
    let epoch = Timestamp::day(1970, 1, 1)?;
    // Half of the last decimal, and what a double of this size leaves.
    let slack = 0.5 * DAY * 0.1f64.powi(decimals.min(12) as i32) + 0.005;
    let unit = if slack > 0.5 { 60.0 } else { 1.0 };
    let stamp = |value: &f64| {
        let seconds = (value * DAY / unit).round() * unit;
        let off = (value * DAY - seconds).abs();
        let is_date = (20_000.0..80_000.0).contains(value) && (decimals == 0 || off <= slack);
        let since = || (seconds as i64 - SPREADSHEET_EPOCH * 86_400) * 1000;
        is_date.then(|| epoch.plus_millis(since())).flatten()
    };
    let stamps = values.iter().map(stamp).collect::<Option<Vec<_>>>()?;
    let decimals = decimals.min(11);
    Some(Dates { stamps, style: DateFormat::SpreadsheetDays { decimals, comma } })
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
        stamps.push(Timestamp::day(months.div_euclid(12), months.rem_euclid(12) as u32 + 1, 1)?);
        decimals = decimals.max(cell.split_once('.').map_or(0, |(_, d)| d.len()));
    }
    // Digits past a double's own would be noise.
    Some(Dates { stamps, style: DateFormat::DecimalYear { decimals: decimals.min(11) } })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(read: &Dates) -> Vec<String> {
        read.stamps.iter().map(|s| read.style.write(*s)).collect()
    }

    #[test]
    fn numbers_that_are_dates_are_written_as_read() {
        for cells in [
            ["1850", "1851"],
            ["202012", "202101"],
            ["20201231", "20210101"],
            ["1749", "1749.08333333333"],
            ["1749.083", "1749.167"],
            ["2022010923", "2022011000"],
            ["202201092359", "202201100000"],
            ["20220109235959", "20220110000000"],
            ["202252", "202301"],
            ["1672531200", "1675209600"],
            ["1672531200000", "1675209600000"],
            ["-662688000000", "946684800000"],
            ["1672531200000000", "1675209600000000"],
            ["1672531200000000000", "1675209600000000000"],
        ] {
            assert_eq!(written(&numeric_dates(&cells).unwrap()), cells);
        }
    }

    #[test]
    fn what_the_numbers_mean() {
        let day = |y, m, d| Timestamp::day(y, m, d).unwrap();
        for (cells, stamp) in [
            (["1672531200", "1675209600"], day(2023, 1, 1)),
            (["1672531200000", "1675209600000"], day(2023, 1, 1)),
            // The first week of 2022 begins on the third of January.
            (["202201", "202252"], day(2022, 1, 3)),
            (["202201", "202212"], day(2022, 1, 1)),
            (["2022010900", "2022010901"], day(2022, 1, 9)),
        ] {
            assert_eq!(numeric_dates(&cells).unwrap().stamps[0], stamp, "{cells:?}");
        }
    }

    #[test]
    fn days_of_spreadsheets() {
        let whole = spreadsheet_days(&[44197.0, 44198.0], 0, false).unwrap();
        assert_eq!(whole.stamps[0], Timestamp::day(2021, 1, 1).unwrap());
        assert_eq!(written(&whole), ["44197", "44198"]);
        let hours = spreadsheet_days(&[44197.0, 44197.0416666667, 44197.5], 10, true).unwrap();
        assert_eq!(hours.stamps[1], Timestamp::day(2021, 1, 1).unwrap().at(1, 0, 0, 0).unwrap());
        assert_eq!(written(&hours), ["44197", "44197,0416666667", "44197,5"]);
        for value in [100.0, -1e300, 1e300, f64::NAN] {
            assert_eq!(spreadsheet_days(&[value], 0, false), None, "{value}");
        }
    }

    #[test]
    fn other_numbers_are_not() {
        for cells in [
            ["1", "2"],
            ["0.0", "0.5"],
            ["1749.01", "1749.02"],
            ["202213", "202254"],
            ["9000", "9001"],
            ["16725312001", "16725312002"],
            ["5000000000", "5000000001"],
        ] {
            assert_eq!(numeric_dates(&cells), None, "{cells:?}");
        }
    }

    #[test]
    fn epochs_under_any_name_have_equal_steps() {
        assert!(is_epoch(&["1672531200", "1672534800", "1672538400"]));
        assert!(is_epoch(&["1672531200000", "1675209600000", "1677628800000"]));
        assert!(!is_epoch(&["1672531200", "1672534800", "1672534801"]));
        assert!(!is_epoch(&["1672531200", "1672531200", "1672531200"]));
        assert!(!is_epoch(&["3", "4", "5"]));
    }
}
