//! Numbers and times in few characters.

use std::time::Duration;

/// `value` in so many significant digits: `0.0231`, `−1.50`, `2.31×10⁻⁶`.
pub(super) fn number(value: f64, digits: i32) -> String {
    if !value.is_finite() {
        return if value.is_nan() { "not a number" } else { "infinite" }.to_owned();
    }
    if value == 0.0 {
        return "0".to_owned();
    }
    // Rounded first: 9.996 is 10.0, not 10.00.
    let rounded: f64 =
        format!("{value:.*e}", (digits - 1).max(0) as usize).parse().unwrap_or(value);
    let exponent = rounded.abs().log10().floor() as i32;
    if (-4..digits.max(6)).contains(&exponent) {
        let decimals = (digits - 1 - exponent).max(0) as usize;
        return fixed(rounded, decimals);
    }
    let mantissa = fixed(rounded / 10_f64.powi(exponent), (digits - 1).max(0) as usize);
    format!("{mantissa}×10{}", raised(exponent))
}

/// `value` with so many digits after the point.
pub(super) fn fixed(value: f64, decimals: usize) -> String {
    let digits = format!("{:.decimals$}", value.abs());
    // A value that rounds to zero has no sign.
    let nothing = !digits.contains(|c| ('1'..='9').contains(&c));
    if value < 0.0 && !nothing { format!("\u{2212}{digits}") } else { digits }
}

/// Without zeros at the end of the fraction: `0.0100` is `0.01`.
pub(super) fn shortened(value: f64, digits: i32) -> String {
    let text = number(value, digits);
    let (number, power) = text.split_at(text.find('×').unwrap_or(text.len()));
    if !number.contains('.') {
        return text;
    }
    format!("{}{power}", number.trim_end_matches('0').trim_end_matches('.'))
}

/// A whole number with its thousands apart: `12,345`; four digits stand together.
pub(super) fn count(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && digits.len() > 4 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A rough size: two digits, then zeros: `8.3`, `46,000`.
pub(super) fn roughly(value: f64) -> String {
    if value < 10.0 {
        return format!("{value:.1}");
    }
    let unit = 10_f64.powi(value.log10().floor() as i32 - 1);
    count(((value / unit).round() * unit) as u64)
}

/// `0:07`, `12:30`, `3:05:00`.
pub(super) fn time(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match hours {
        0 => format!("{minutes}:{seconds:02}"),
        _ => format!("{hours}:{minutes:02}:{seconds:02}"),
    }
}

fn raised(exponent: i32) -> String {
    const DIGITS: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    let digit = |c: char| c.to_digit(10).map_or('⁻', |digit| DIGITS[digit as usize]);
    exponent.to_string().chars().map(digit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_the_same_number_of_digits() {
        assert_eq!(number(0.023_14, 3), "0.0231");
        assert_eq!(number(0.5, 3), "0.500");
        assert_eq!(number(9.996, 3), "10.0");
        assert_eq!(number(-1.5, 3), "\u{2212}1.50");
        assert_eq!(number(1234.6, 3), "1230");
        assert_eq!(number(2.314e-6, 3), "2.31×10⁻⁶");
        assert_eq!(number(-4.0e12, 2), "\u{2212}4.0×10¹²");
        assert_eq!(number(0.0, 3), "0");
        assert_eq!(number(f64::NAN, 3), "not a number");
        assert_eq!(number(f64::INFINITY, 3), "infinite");
    }

    #[test]
    fn zeros_at_the_end_can_go() {
        assert_eq!(shortened(0.01, 3), "0.01");
        assert_eq!(shortened(1e-5, 3), "1×10⁻⁵");
        assert_eq!(shortened(100.0, 3), "100");
    }

    #[test]
    fn counts_keep_thousands_apart() {
        assert_eq!(count(75), "75");
        assert_eq!(count(2024), "2024");
        assert_eq!(count(1_234_567), "1,234,567");
        assert_eq!(roughly(8.34), "8.3");
        assert_eq!(roughly(45_678.0), "46,000");
    }

    #[test]
    fn times_have_minutes() {
        assert_eq!(time(Duration::from_millis(7_900)), "0:07");
        assert_eq!(time(Duration::from_secs(750)), "12:30");
        assert_eq!(time(Duration::from_secs(11_100)), "3:05:00");
    }
}
