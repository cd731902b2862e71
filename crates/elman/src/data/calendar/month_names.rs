//! Names of months and weekdays, in the languages whose files are read.

use serde::{Deserialize, Serialize};

/// A language's names of the twelve months, in full or cut short.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
#[allow(missing_docs)]
pub enum MonthNames {
    English,
    EnglishShort,
    EnglishSept,
    German,
    GermanShort,
    GermanMrz,
    GermanDotted,
    French,
    FrenchShort,
    FrenchDotted,
    Spanish,
    SpanishShort,
    Italian,
    ItalianShort,
    Portuguese,
    PortugueseShort,
    Dutch,
}

/// A language's names of the seven weekdays, from Monday on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
#[allow(missing_docs)]
pub enum DayNames {
    English,
    EnglishShort,
    German,
    GermanShort,
    French,
    FrenchShort,
    Japanese,
}

/// Capitals or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Case {
    /// `jan`
    Lower,
    /// `Jan`
    Title,
    /// `JAN`
    Upper,
}

impl Case {
    /// The case a word is written in.
    pub(super) fn of(word: &str) -> Case {
        let mut letters = word.chars().filter(|c| c.is_alphabetic());
        match (letters.next().is_some_and(char::is_uppercase), letters.next()) {
            (false, _) => Case::Lower,
            (true, Some(second)) if second.is_uppercase() => Case::Upper,
            (true, _) => Case::Title,
        }
    }

    /// A word of lower case in this one.
    pub(super) fn write(self, word: &str) -> String {
        match self {
            Case::Lower => word.to_string(),
            Case::Upper => word.to_uppercase(),
            Case::Title => {
                let mut letters = word.chars();
                let first = letters.next().map(|c| c.to_uppercase().to_string());
                first.unwrap_or_default() + letters.as_str()
            }
        }
    }
}

/// The name that a text begins with, as its place among the others; the longest, of which there may be several.
fn beginning(text: &str, names: &[&str]) -> Option<usize> {
    let matches = |name: &&str| {
        let head: String = text.chars().take(name.chars().count()).collect();
        head.to_lowercase() == **name
    };
    let of = |name: &&str| names.iter().position(|n| n == name);
    names.iter().filter(|name| matches(name)).max_by_key(|name| name.len()).and_then(of)
}

impl MonthNames {
    /// All of them, those first that are more common.
    pub(super) const ALL: [MonthNames; 17] = [
        MonthNames::EnglishShort,
        MonthNames::English,
        MonthNames::EnglishSept,
        MonthNames::GermanShort,
        MonthNames::GermanMrz,
        MonthNames::German,
        MonthNames::GermanDotted,
        MonthNames::FrenchShort,
        MonthNames::French,
        MonthNames::FrenchDotted,
        MonthNames::Spanish,
        MonthNames::SpanishShort,
        MonthNames::Italian,
        MonthNames::ItalianShort,
        MonthNames::Portuguese,
        MonthNames::PortugueseShort,
        MonthNames::Dutch,
    ];

    /// The names from January on, in lower case.
    pub(super) fn names(self) -> [&'static str; 12] {
        match self {
            MonthNames::English => [
                "january",
                "february",
                "march",
                "april",
                "may",
                "june",
                "july",
                "august",
                "september",
                "october",
                "november",
                "december",
            ],
            MonthNames::EnglishShort => {
                ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
            }
            MonthNames::EnglishSept => [
                "jan", "feb", "mar", "apr", "may", "june", "july", "aug", "sept", "oct", "nov",
                "dec",
            ],
            MonthNames::German => [
                "januar",
                "februar",
                "märz",
                "april",
                "mai",
                "juni",
                "juli",
                "august",
                "september",
                "oktober",
                "november",
                "dezember",
            ],
            MonthNames::GermanShort => {
                ["jan", "feb", "mär", "apr", "mai", "jun", "jul", "aug", "sep", "okt", "nov", "dez"]
            }
            MonthNames::GermanMrz => {
                ["jan", "feb", "mrz", "apr", "mai", "jun", "jul", "aug", "sep", "okt", "nov", "dez"]
            }
            MonthNames::GermanDotted => [
                "jan.", "feb.", "märz", "apr.", "mai", "juni", "juli", "aug.", "sept.", "okt.",
                "nov.", "dez.",
            ],
            MonthNames::French => [
                "janvier",
                "février",
                "mars",
                "avril",
                "mai",
                "juin",
                "juillet",
                "août",
                "septembre",
                "octobre",
                "novembre",
                "décembre",
            ],
            MonthNames::FrenchShort => [
                "janv", "févr", "mars", "avr", "mai", "juin", "juil", "août", "sept", "oct", "nov",
                "déc",
            ],
            MonthNames::FrenchDotted => [
                "janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.",
                "nov.", "déc.",
            ],
            MonthNames::Spanish => [
                "enero",
                "febrero",
                "marzo",
                "abril",
                "mayo",
                "junio",
                "julio",
                "agosto",
                "septiembre",
                "octubre",
                "noviembre",
                "diciembre",
            ],
            MonthNames::SpanishShort => {
                ["ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"]
            }
            MonthNames::Italian => [
                "gennaio",
                "febbraio",
                "marzo",
                "aprile",
                "maggio",
                "giugno",
                "luglio",
                "agosto",
                "settembre",
                "ottobre",
                "novembre",
                "dicembre",
            ],
            MonthNames::ItalianShort => {
                ["gen", "feb", "mar", "apr", "mag", "giu", "lug", "ago", "set", "ott", "nov", "dic"]
            }
            MonthNames::Portuguese => [
                "janeiro",
                "fevereiro",
                "março",
                "abril",
                "maio",
                "junho",
                "julho",
                "agosto",
                "setembro",
                "outubro",
                "novembro",
                "dezembro",
            ],
            MonthNames::PortugueseShort => {
                ["jan", "fev", "mar", "abr", "mai", "jun", "jul", "ago", "set", "out", "nov", "dez"]
            }
            MonthNames::Dutch => [
                "januari",
                "februari",
                "maart",
                "april",
                "mei",
                "juni",
                "juli",
                "augustus",
                "september",
                "oktober",
                "november",
                "december",
            ],
        }
    }

    /// The month from 1 that a text begins with, and the length of its name in bytes.
    pub(super) fn read(self, text: &str) -> Option<(u32, usize)> {
        let names = self.names();
        let at = beginning(text, &names)?;
        Some((at as u32 + 1, length(text, names[at])))
    }
}

impl DayNames {
    /// All of them, those first that are more common.
    pub(super) const ALL: [DayNames; 7] = [
        DayNames::EnglishShort,
        DayNames::English,
        DayNames::GermanShort,
        DayNames::German,
        DayNames::FrenchShort,
        DayNames::French,
        DayNames::Japanese,
    ];

    /// The names from Monday on, in lower case.
    pub(super) fn names(self) -> [&'static str; 7] {
        match self {
            DayNames::English => {
                ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
            }
            DayNames::EnglishShort => ["mon", "tue", "wed", "thu", "fri", "sat", "sun"],
            DayNames::German => {
                ["montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonntag"]
            }
            DayNames::GermanShort => ["mo", "di", "mi", "do", "fr", "sa", "so"],
            DayNames::French => {
                ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"]
            }
            DayNames::FrenchShort => ["lun", "mar", "mer", "jeu", "ven", "sam", "dim"],
            DayNames::Japanese => ["月", "火", "水", "木", "金", "土", "日"],
        }
    }

    /// The weekday from 0 for Monday that a text begins with, and the length of its name in bytes.
    pub(super) fn read(self, text: &str) -> Option<(u8, usize)> {
        let names = self.names();
        let at = beginning(text, &names)?;
        Some((at as u8, length(text, names[at])))
    }
}

/// Bytes of a text that as many letters take as a name has.
fn length(text: &str, name: &str) -> usize {
    text.chars().take(name.chars().count()).map(char::len_utf8).sum()
}
