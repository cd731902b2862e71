//! Numbers as the program prints them.

use std::time::Duration;

pub use elman::metrics::{fixed, per_cent};

/// `value` with so many significant digits: `0.0231`, `−1.50`, `2.31×10⁻⁶`. No digit before the point is rounded away:
/// 1234.6 with three digits is `1235`.
pub fn significant(value: f64, digits: usize) -> String {
    if !value.is_finite() {
        return if value.is_nan() { "not a number" } else { "infinite" }.to_owned();
    }
    if value == 0.0 {
        return "0".to_owned();
    }
    let decimals = digits.saturating_sub(1);
    // Rounded first: 9.996 with three digits is 10.0, not 10.00.
    let rounded = format!("{value:.decimals$e}");
    let (mantissa, exponent) = rounded.split_once('e').unwrap_or((&rounded, "0"));
    match exponent.parse().unwrap_or(0) {
        exponent @ -4..10_i64 => fixed(value, (decimals as i64 - exponent).max(0) as usize),
        _ => format!("{}×10{}", mantissa.replace('-', MINUS), superscript(exponent)),
    }
}

/// The same without zeros at the end of the fraction: `0.0100` is `0.01`.
pub fn trimmed(value: f64, digits: usize) -> String {
    let text = significant(value, digits);
    let (number, power) = text.split_at(text.find('×').unwrap_or(text.len()));
    match number.contains('.') {
        true => format!("{}{power}", number.trim_end_matches('0').trim_end_matches('.')),
        false => text,
    }
}

/// A score with three decimals: `0.845`; a dash where there is none.
pub fn score(value: Option<f64>) -> String {
    value.map_or("-".to_owned(), |value| fixed(value, 3))
}

/// A count with its thousands apart: `75`, `12,345`.
pub fn count(value: u64) -> String {
    elman::data::thousands(value as usize)
}

/// A size with two digits, then zeros: `8.3`, `46,000`.
pub fn roughly(value: f64) -> String {
    if value < 10.0 {
        return fixed(value, 1);
    }
    let unit = 10_f64.powi(value.log10().floor() as i32 - 1);
    count(((value / unit).round() * unit) as u64)
}

/// The time of a finished work: `12.5 ms`, `3.1 s`.
pub fn seconds(seconds: f64) -> String {
    match seconds < 1.0 {
        true => format!("{} ms", fixed(1e3 * seconds, 1)),
        false => format!("{} s", fixed(seconds, 1)),
    }
}

/// The time on a running clock: `0:07`, `12:30`, `3:05:00`.
pub fn clock(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match hours {
        0 => format!("{minutes}:{seconds:02}"),
        _ => format!("{hours}:{minutes:02}:{seconds:02}"),
    }
}

const MINUS: &str = "\u{2212}";

fn superscript(exponent: &str) -> String {
    const DIGITS: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    let digit = |c: char| c.to_digit(10).map_or('⁻', |digit| DIGITS[digit as usize]);
    exponent.chars().map(digit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_the_same_number_of_digits() {
        assert_eq!(significant(0.023_14, 3), "0.0231");
        assert_eq!(significant(0.5, 3), "0.500");
        assert_eq!(significant(9.996, 3), "10.0");
        assert_eq!(significant(-1.5, 3), "\u{2212}1.50");
        assert_eq!(significant(0.0, 3), "0");
    }

    #[test]
    fn digits_before_the_point_stay() {
        assert_eq!(significant(1234.6, 3), "1235");
        assert_eq!(significant(1_234_567_890.4, 5), "1234567890");
    }

    #[test]
    fn very_small_and_large_numbers_have_a_power_of_ten() {
        assert_eq!(significant(1e-4, 2), "0.00010");
        assert_eq!(significant(2.314e-6, 3), "2.31×10⁻⁶");
        assert_eq!(significant(-4.0e12, 2), "\u{2212}4.0×10¹²");
    }

    #[test]
    fn what_is_not_finite_is_a_word() {
        assert_eq!(significant(f64::NAN, 3), "not a number");
        assert_eq!(significant(f64::INFINITY, 3), "infinite");
    }

    #[test]
    fn zeros_at_the_end_can_go() {
        assert_eq!(trimmed(0.01, 3), "0.01");
        assert_eq!(trimmed(1e-5, 3), "1×10⁻⁵");
        assert_eq!(trimmed(100.0, 3), "100");
    }

    #[test]
    fn a_missing_score_is_a_dash() {
        assert_eq!(score(Some(0.8451)), "0.845");
        assert_eq!(score(None), "-");
    }

    #[test]
    fn counts_keep_thousands_apart() {
        assert_eq!(count(75), "75");
        assert_eq!(count(1_234_567), "1,234,567");
        assert_eq!(roughly(8.34), "8.3");
        assert_eq!(roughly(45_678.0), "46,000");
    }

    #[test]
    fn times_have_a_unit_or_minutes() {
        assert_eq!(seconds(0.0125), "12.5 ms");
        assert_eq!(seconds(93.14), "93.1 s");
        assert_eq!(clock(Duration::from_millis(7_900)), "0:07");
        assert_eq!(clock(Duration::from_secs(750)), "12:30");
        assert_eq!(clock(Duration::from_secs(11_100)), "3:05:00");
    }
}
