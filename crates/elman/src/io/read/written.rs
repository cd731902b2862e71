//! What people write around the digits of a number: currencies, per cent, minus signs, groups.

use std::ops::{BitOr, BitOrAssign};

/// What stood around the digits of some numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Marks(u8);

impl Marks {
    const CURRENCY: Marks = Marks(1);
    const PERCENT: Marks = Marks(2);
    const PARENTHESES: Marks = Marks(4);
    pub(super) const GROUPS: Marks = Marks(8);
    pub(super) const INDIAN: Marks = Marks(16);
    const MINUS: Marks = Marks(32);
    const FULL_WIDTH: Marks = Marks(64);

    /// What each of them is taken for.
    const WORDS: [(Marks, &str); 7] = [
        (Marks::CURRENCY, "the currency of a number is ignored"),
        (Marks::PERCENT, "100 % is 100"),
        (Marks::PARENTHESES, "(100) is -100"),
        (Marks::GROUPS, "spaces and apostrophes group the digits: 10 040 is 10040"),
        (Marks::INDIAN, "1,23,456 is 123456"),
        (Marks::MINUS, "another minus sign, or one after the number, is read as a minus"),
        (Marks::FULL_WIDTH, "digits of full width are digits"),
    ];

    /// A note on what was understood; none where there was nothing to understand.
    pub(super) fn note(self) -> Option<String> {
        let words = Marks::WORDS.iter().filter(|(mark, _)| self.0 & mark.0 != 0);
        let words: Vec<&str> = words.map(|(_, words)| *words).collect();
        (!words.is_empty()).then(|| format!("how numbers were read: {}", words.join("; ")))
    }

    /// Whether all of `other` is in it.
    pub(super) fn has(self, other: Marks) -> bool {
        self.0 & other.0 == other.0
    }
}

impl BitOr for Marks {
    type Output = Marks;

    fn bitor(self, other: Marks) -> Marks {
        Marks(self.0 | other.0)
    }
}

impl BitOrAssign for Marks {
    fn bitor_assign(&mut self, other: Marks) {
        *self = *self | other;
    }
}

/// Signs of money; full-width ones have become the usual ones before they are looked for.
const SIGNS: &str = "$€£¥₹₩₽₺₪₫₱₦₴฿¢円元원";
/// Names of money, which a space or a point tells from the digits: `TL1` is a name of something else.
const NAMES: [&str; 32] = [
    "kr", "CHF", "Fr", "SFr", "EUR", "Euro", "USD", "GBP", "JPY", "INR", "Rs", "SEK", "NOK", "DKK",
    "CAD", "AUD", "NZD", "BRL", "PLN", "zł", "Kč", "CZK", "HUF", "Ft", "RUB", "CNY", "RMB", "KRW",
    "SGD", "HKD", "MXN", "ZAR",
];
/// Dollars of a country, and Brazil's real.
const DOLLARS: [&str; 8] = ["US", "A", "C", "CA", "AU", "NZ", "HK", "R"];

/// Digits, their marks and a leading minus, without what stands around them; `None` where something else stands there.
pub(super) fn plain(cell: &str) -> Option<(String, Marks)> {
    let mut marks = Marks::default();
    let text: String = cell.chars().map(|c| usual(c, &mut marks)).collect();
    let mut text = text.trim();
    let mut negative = false;
    if let Some(inner) = text.strip_prefix('(') {
        text = inner.strip_suffix(')')?.trim();
        (negative, marks) = (true, marks | Marks::PARENTHESES);
    }
    // Each of them once, in any order: `-$5`, `$-5`, `5 % -`.
    let (mut percent, mut money, mut sign) = (false, false, negative);
    loop {
        if let Some(rest) = text.strip_suffix('%').filter(|_| !percent) {
            (text, percent, marks) = (rest.trim_end(), true, marks | Marks::PERCENT);
        } else if let Some(rest) = without_money(text).filter(|_| !money) {
            (text, money, marks) = (rest, true, marks | Marks::CURRENCY);
        } else if let Some(rest) = text.strip_prefix(['-', '+']).filter(|_| !sign) {
            (negative, sign) = (text.starts_with('-'), true);
            text = rest.trim_start();
        } else if let Some(rest) = text.strip_suffix('-').filter(|_| !sign) {
            (text, sign, negative) = (rest.trim_end(), true, true);
            marks |= Marks::MINUS;
        } else {
            break;
        }
    }
    let first = text.trim_start_matches([',', '.']);
    let of_digits = first.starts_with(|c: char| c.is_ascii_digit())
        && text.chars().all(|c| c.is_ascii_digit() || ",.' eE+-".contains(c));
    of_digits.then(|| (if negative { format!("-{text}") } else { text.to_string() }, marks))
}

/// The usual character for one that looks like it.
fn usual(c: char, marks: &mut Marks) -> char {
    match c {
        // The usual characters and those of full width stand in the same order.
        '\u{ff01}'..='\u{ff5e}' => {
            *marks |= Marks::FULL_WIDTH;
            char::from_u32(c as u32 - 0xff01 + 0x21).unwrap_or(c)
        }
        '\u{ffe5}' => '¥',
        '\u{2212}' | '\u{2013}' => {
            *marks |= Marks::MINUS;
            '-'
        }
        '\u{2019}' | '\u{2bc}' => '\'',
        c if c.is_whitespace() => ' ',
        c => c,
    }
}

/// The text without the money before or behind it.
fn without_money(text: &str) -> Option<&str> {
    if let Some(rest) = text.strip_suffix(|c| SIGNS.contains(c)) {
        return Some(rest.trim_end());
    }
    let country = DOLLARS.iter().find_map(|c| text.strip_prefix(c)).filter(|t| t.starts_with('$'));
    if let Some(rest) = country.unwrap_or(text).strip_prefix(|c| SIGNS.contains(c)) {
        return Some(rest.trim_start());
    }
    NAMES.iter().find_map(|name| {
        let behind = |t: &str| t.strip_prefix(['.', ' ']).map(str::len);
        if let Some(rest) = text.strip_prefix(name) {
            let len = behind(rest)?;
            return Some(rest[rest.len() - len..].trim_start());
        }
        let rest = text.strip_suffix('.').unwrap_or(text).strip_suffix(name)?;
        rest.ends_with(' ').then(|| rest.trim_end())
    })
}
