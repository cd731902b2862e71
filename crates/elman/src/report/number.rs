//! Numbers as a textbook prints them: a real minus sign, thousands kept apart, powers of ten with raised exponents.

/// `value` with `decimals` digits after the point: `−0.5`, `1,250,000`, `9999.9`.
///
/// Four digits stand together (`2024` may be a year); from five on, thousands are kept apart.
pub(super) fn fixed(value: f64, decimals: usize) -> String {
    let digits = format!("{:.decimals$}", value.abs());
    // A value that rounds to zero has no sign.
    let sign = if value < 0.0 && digits.bytes().any(|b| (b'1'..=b'9').contains(&b)) {
        "\u{2212}"
    } else {
        ""
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((&digits, ""));
    let mut text = String::from(sign);
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && whole.len() > 4 && (whole.len() - i) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    if !fraction.is_empty() {
        text.push('.');
        text.push_str(fraction);
    }
    text
}

/// `mantissa·10^exponent`: `2.5×10⁻⁶`, or `10⁻⁶` alone for a mantissa of one.
pub(super) fn scientific(value: f64, exponent: i32, decimals: usize) -> String {
    if value == 0.0 {
        return "0".into();
    }
    let power: String = exponent.to_string().chars().map(raised).collect();
    match fixed(value / 10f64.powi(exponent), decimals).as_str() {
        "1" => format!("10{power}"),
        "\u{2212}1" => format!("\u{2212}10{power}"),
        mantissa => format!("{mantissa}×10{power}"),
    }
}

/// `value` in so many significant digits, for places without room or need for more.
pub(super) fn short(value: f64, digits: i32) -> String {
    let size = value.abs();
    if size != 0.0 && !(1e-3..1e9).contains(&size) {
        let exponent = size.log10().floor() as i32;
        return trimmed(&scientific(value, exponent, digits.max(1) as usize - 1));
    }
    let decimals =
        if size == 0.0 { 0 } else { (digits - 1 - size.log10().floor() as i32).clamp(0, 6) };
    trimmed(&fixed(value, decimals as usize))
}

/// `value` as exactly as values a third of a percent of `span` apart need to be told apart.
pub(super) fn within(value: f64, span: f64) -> String {
    let decimals = 2 - span.log10().floor() as i32;
    // A value that is only rounding away from zero is zero.
    let value = if value.abs() < span * 1e-9 { 0.0 } else { value };
    if (0..6).contains(&decimals) && value.abs() < 1e9 {
        fixed(value, decimals as usize)
    } else {
        short(value, 4)
    }
}

/// Without zeros at the end of the fraction: `0.500` is `0.5`, `1.20×10⁹` is `1.2×10⁹`.
fn trimmed(text: &str) -> String {
    let (number, power) = text.split_at(text.find('×').unwrap_or(text.len()));
    let number = if number.contains('.') {
        number.trim_end_matches('0').trim_end_matches('.')
    } else {
        number
    };
    format!("{number}{power}")
}

fn raised(c: char) -> char {
    match c {
        '-' => '⁻',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        // The other raised digits stand in one row of Unicode, from U+2070.
        digit => char::from_u32(0x2070 + digit.to_digit(10).unwrap_or(0)).unwrap_or(digit),
    }
}
