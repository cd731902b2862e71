//! The header: what the attributes before the values are, and the step.

use super::bad_line;
use super::lines::Lines;
use crate::data::calendar::Frequency;
use crate::error::Result;
use crate::io::read::{ColumnFound, Kind, Role};

/// What the `@` lines say.
#[derive(Default)]
pub(super) struct Header {
    pub(super) attributes: Vec<ColumnFound>,
    pub(super) frequency: Option<Frequency>,
    horizon: Option<String>,
}

const WORDS: [&str; 7] =
    ["relation", "attribute", "frequency", "horizon", "missing", "equallength", "data"];

/// The word behind the `@` of a line, in small letters, and what follows.
fn word(line: &str) -> Option<(String, &str)> {
    let line = line.strip_prefix('@')?;
    let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    Some((word.to_lowercase(), rest.trim()))
}

/// Whether a text begins with such a header.
pub(crate) fn is_tsf(text: &str) -> bool {
    let first = Lines::of(text).next().and_then(|(_, line)| word(&text[line]));
    first.is_some_and(|(word, _)| WORDS.contains(&&word[..]))
}

impl Header {
    /// Reads the lines to `@data`.
    pub(super) fn parse(lines: &mut Lines, path: &str) -> Result<Header> {
        let mut header = Header::default();
        let text = lines.text;
        for (line, range) in lines.by_ref() {
            let said = &text[range];
            let bad = |reason: String, help: &str| Err(bad_line(path, line, reason, help));
            let Some((word, rest)) = word(said) else {
                let help = "the header's lines begin with @, the last of them is `@data`";
                return bad(format!("{said:?} stands above `@data`"), help);
            };
            match &word[..] {
                "data" => return Ok(header),
                "attribute" => {
                    let (name, kind) = rest.rsplit_once(char::is_whitespace).unwrap_or((rest, ""));
                    let kind = match &kind.to_lowercase()[..] {
                        "string" => Kind::Text,
                        "numeric" => Kind::Number,
                        "date" => Kind::Date,
                        _ => {
                            let help = "it is `@attribute NAME string`, or numeric, or date";
                            return bad(format!("no type is known in {said:?}"), help);
                        }
                    };
                    let name = name.trim().to_string();
                    header.attributes.push(ColumnFound::new(name, kind));
                }
                "frequency" => match frequency(rest) {
                    Some(frequency) => header.frequency = Some(frequency),
                    None => {
                        let help = "it is yearly, quarterly, monthly, weekly, daily, hourly, half_hourly, \
                                    minutely, 10_minutes or the like";
                        return bad(format!("no frequency is called {rest:?}"), help);
                    }
                },
                "horizon" => header.horizon = Some(rest.to_string()),
                _ => {}
            }
        }
        let help = "the line `@data` stands between the header and the series";
        Err(bad_line(path, lines.line.max(1), "the file ends without `@data`".to_string(), help))
    }

    /// Where the text attributes are.
    pub(super) fn texts(&self) -> impl Iterator<Item = usize> {
        (0..self.attributes.len()).filter(|i| self.attributes[*i].kind == Kind::Text)
    }

    /// The attribute that names the series.
    pub(super) fn id(&self) -> Option<String> {
        Some(self.attributes[self.texts().next()?].name.clone())
    }

    /// The attribute that is the first value's time: where it is, and its name.
    pub(super) fn start(&self) -> Option<(usize, &str)> {
        let at = self.attributes.iter().position(|a| a.kind == Kind::Date)?;
        Some((at, &self.attributes[at].name))
    }

    /// The attributes and the values as columns, with what each is read as.
    pub(super) fn columns(&self) -> Vec<ColumnFound> {
        let first = self.texts().next();
        let start = self.start().map(|(at, _)| at);
        let read_as = |(at, column): (usize, &ColumnFound)| {
            let (role, reason) = match Some(at) {
                at if at == first => (Role::Id, "the first attribute of text"),
                at if at == start => (Role::Time, "the date of the first value"),
                _ => (Role::Unused, ""),
            };
            ColumnFound { role, reason, ..column.clone() }
        };
        let values = ColumnFound {
            role: Role::Target,
            reason: "each line is a series",
            ..ColumnFound::new("values".to_owned(), Kind::Number)
        };
        self.attributes.iter().enumerate().map(read_as).chain([values]).collect()
    }

    /// What a person should know.
    pub(super) fn notes(&self) -> Vec<String> {
        let horizon = self.horizon.iter();
        horizon.map(|h| format!("the file's own horizon is {h}")).collect()
    }
}

/// The archive's words for a step: `half_hourly`, `10_minutes`, `4_seconds`.
fn frequency(word: &str) -> Option<Frequency> {
    let word = word.to_lowercase().replace('_', "-");
    let (count, unit) = word.split_once('-').unwrap_or(("1", &word));
    let unit = match unit.strip_suffix('s').unwrap_or(unit) {
        "secondly" | "second" => "s",
        "minutely" | "minute" => "min",
        "hour" => "h",
        "day" => "D",
        "week" => "W",
        "month" => "M",
        "quarter" => "Q",
        "year" => "Y",
        _ => return word.parse().ok(),
    };
    format!("{count}{unit}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_archives_frequencies() {
        for (word, step) in [
            ("yearly", Frequency::YEARLY),
            ("quarterly", Frequency::QUARTERLY),
            ("monthly", Frequency::MONTHLY),
            ("weekly", Frequency::WEEKLY),
            ("daily", Frequency::DAILY),
            ("hourly", Frequency::HOURLY),
            ("half_hourly", Frequency::HALF_HOURLY),
            ("10_minutes", Frequency::seconds(600)),
            ("minutely", Frequency::seconds(60)),
            ("4_seconds", Frequency::seconds(4)),
        ] {
            assert_eq!(frequency(word), Some(step), "{word}");
        }
        assert_eq!(frequency("sometimes"), None);
        assert_eq!(frequency("0_minutes"), None);
    }
}
