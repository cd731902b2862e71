//! Reading dates by a pattern: one, and a column of them.

use super::super::century::{Centuries, LATEST_BEGINNING};
use super::super::parse::{DateError, Dates, looks_like_date};
use super::super::{DateFormat, DateOrder, Timestamp};
use super::guess::{Guess, patterns};
use super::{Part, Pattern};
use jiff::civil::{ISOWeekDate, Weekday};

/// Parts of one date.
#[derive(Clone, Copy, Debug, Default)]
struct Parts {
    year: u32,
    is_short: bool,
    month: Option<u32>,
    day: Option<u32>,
    quarter: Option<u32>,
    week: Option<u32>,
    /// 0 for Monday.
    weekday: Option<u8>,
    hour: u32,
    hour12: bool,
    is_afternoon: bool,
    minute: u32,
    second: u32,
    millis: u32,
}

/// Whether a text alone is a date that follows a pattern.
pub(in super::super) fn is_date(text: &str) -> bool {
    let text = text.trim();
    // A pattern has words or a time in it, and most texts have no digits.
    let may_be = text.len() <= 48
        && text.bytes().any(|b| b.is_ascii_digit())
        && (text.chars().any(|c| c.is_alphabetic() || c == ':')
            || text.as_bytes().get(8) == Some(&b' '));
    let is = |(_, pattern): &Guess| {
        let parts = pattern.read(text);
        parts.is_some_and(|parts| {
            parts.stamp(Centuries::of([parts.year].into_iter(), LATEST_BEGINNING)).is_some()
        })
    };
    may_be && patterns(text).iter().any(is)
}

/// Reads a column of dates that all follow one pattern; `None` where the first follows none. `latest` is the last year in
/// which years of two digits may begin.
pub(in super::super) fn column(
    cells: &[&str],
    order: Option<DateOrder>,
    latest: i64,
) -> Option<Result<Dates, DateError>> {
    let mut guesses = patterns(cells.first()?.trim());
    // Years first are so whatever is asked about days and months.
    guesses.retain(|(own, _)| {
        own.is_none() || order.is_none() || *own == order || *own == Some(DateOrder::Ymd)
    });
    if guesses.is_empty() {
        return None;
    }
    Some(best(cells, guesses, latest))
}

/// Reads a column by a pattern that has whole years.
pub(in super::super) fn by(pattern: &Pattern, cells: &[&str]) -> Option<Dates> {
    pattern.dates(cells, LATEST_BEGINNING).ok()
}

fn best(cells: &[&str], guesses: Vec<Guess>, latest: i64) -> Result<Dates, DateError> {
    let mut trouble: Option<DateError> = None;
    let mut found: Option<(Option<DateOrder>, Dates)> = None;
    for (order, pattern) in guesses {
        match pattern.dates(cells, latest) {
            Ok(dates) => match &found {
                None => found = Some((order, dates)),
                Some((other, _)) if *other == order => {}
                // Days before months, as all do that write points.
                Some((_, other)) if other.stamps == dates.stamps || pattern.has_points() => {}
                Some(_) => return Err(DateError::Ambiguous(0)),
            },
            Err(other) if trouble.is_none_or(|trouble| rank(other) > rank(trouble)) => {
                trouble = Some(other);
            }
            Err(_) => {}
        }
    }
    match (found, trouble) {
        (Some((_, dates)), _) => Ok(dates),
        (None, trouble) => Err(trouble.unwrap_or(DateError::NotADate(0))),
    }
}

/// A pattern that all cells follow is the right one, and else the one that most of them do.
fn rank(trouble: DateError) -> (bool, usize) {
    (matches!(trouble, DateError::NoSuchDay(_)), trouble.row())
}

impl Pattern {
    fn dates(&self, cells: &[&str], latest: i64) -> Result<Dates, DateError> {
        let mut parts = Vec::with_capacity(cells.len());
        for (row, cell) in cells.iter().enumerate() {
            let trouble = || match looks_like_date(cell) {
                true => DateError::Mixed(row),
                false => DateError::NotADate(row),
            };
            parts.push(self.read(cell.trim()).ok_or_else(trouble)?);
        }
        if self.may_be_days(&parts) {
            return Err(DateError::NotADate(0));
        }
        let centuries = Centuries::of(parts.iter().map(|s| s.year), latest);
        let stamp =
            |(row, parts): (usize, &Parts)| parts.stamp(centuries).ok_or(DateError::NoSuchDay(row));
        let stamps = parts.iter().enumerate().map(stamp).collect::<Result<_, _>>()?;
        Ok(Dates { stamps, style: DateFormat::Pattern(self.clone()) })
    }

    /// Whether `Jan 01`, `Jan 02` are more likely days than years.
    fn may_be_days(&self, parts: &[Parts]) -> bool {
        let short_month = self.0.contains(&Part::ShortYear)
            && self.0.iter().any(|p| matches!(p, Part::MonthName(..)))
            && !self.0.iter().any(|p| matches!(p, Part::Day { .. }));
        let follows = |w: &&[Parts]| w[0].month == w[1].month && w[0].year.abs_diff(w[1].year) == 1;
        short_month && parts.windows(2).filter(follows).count() * 2 > parts.len() - 1
    }

    fn has_points(&self) -> bool {
        self.0.contains(&Part::Text(".".to_string()))
    }

    /// What a text says; `None` where it does not follow the pattern.
    fn read(&self, text: &str) -> Option<Parts> {
        let mut parts = Parts::default();
        let mut rest = text;
        for part in &self.0 {
            rest = parts.read(part, rest)?;
        }
        rest.is_empty().then_some(parts)
    }
}

/// The number of so many digits at the front, and what follows.
fn digits(text: &str, least: usize, most: usize) -> Option<(u32, &str)> {
    let len = text.bytes().take(most).take_while(u8::is_ascii_digit).count();
    if len < least {
        return None;
    }
    Some((text[..len].parse().ok()?, &text[len..]))
}

impl Parts {
    /// Reads one part from the front of a text, and gives what follows.
    fn read<'a>(&mut self, part: &Part, text: &'a str) -> Option<&'a str> {
        let two = |padded: bool| digits(text, if padded { 2 } else { 1 }, 2);
        let (value, rest) = match part {
            Part::Text(own) => return text.strip_prefix(own.as_str()),
            Part::MonthName(names, _) => {
                let (month, len) = names.read(text)?;
                (self.month, _) = (Some(month), len);
                return Some(&text[len..]);
            }
            Part::DayName(names, _) => {
                let (day, len) = names.read(text)?;
                self.weekday = Some(day);
                return Some(&text[len..]);
            }
            Part::Half(_) => {
                let half = text.get(..2)?.to_lowercase();
                self.is_afternoon = half == "pm";
                return matches!(half.as_str(), "am" | "pm").then(|| &text[2..]);
            }
            Part::Fraction(_) => {
                let len = text.bytes().take_while(u8::is_ascii_digit).count();
                self.millis = format!("{:0<3}", text.get(..len.min(3))?).parse().ok()?;
                return (len > 0).then(|| &text[len..]);
            }
            Part::Year | Part::WeekYear => digits(text, 4, 4)?,
            Part::ShortYear | Part::Minute | Part::Second => digits(text, 2, 2)?,
            Part::Quarter | Part::WeekDay => digits(text, 1, 1)?,
            Part::Month { padded }
            | Part::Day { padded }
            | Part::Week { padded }
            | Part::Hour { padded }
            | Part::Hour12 { padded } => two(*padded)?,
        };
        match part {
            Part::ShortYear => (self.year, self.is_short) = (value, true),
            Part::Year | Part::WeekYear => self.year = value,
            Part::Month { .. } => self.month = Some(value),
            Part::Day { .. } => self.day = Some(value),
            Part::Quarter => self.quarter = Some(value),
            Part::Week { .. } => self.week = Some(value),
            Part::WeekDay => self.weekday = Some(u8::try_from(value).ok()?.checked_sub(1)?),
            Part::Hour { .. } => self.hour = value,
            Part::Hour12 { .. } => (self.hour, self.hour12) = (value, true),
            Part::Minute => self.minute = value,
            Part::Second => self.second = value,
            _ => {}
        }
        Some(rest)
    }

    /// The moment of these parts; `None` where the calendar has no such day.
    fn stamp(&self, centuries: Centuries) -> Option<Timestamp> {
        let year = match self.is_short {
            true => centuries.year(self.year),
            false => i64::from(self.year),
        };
        let day = match (self.week, self.quarter) {
            (Some(week), _) => {
                let day = Weekday::from_monday_zero_offset(self.weekday.unwrap_or(0) as i8).ok()?;
                let week = i8::try_from(week).ok()?;
                let date = ISOWeekDate::new(i16::try_from(year).ok()?, week, day).ok()?.date();
                Timestamp::day(date.year().into(), date.month() as u32, date.day() as u32)?
            }
            (None, Some(quarter @ 1..=4)) => Timestamp::day(year, quarter * 3 - 2, 1)?,
            (None, Some(_)) => return None,
            (None, None) => Timestamp::day(year, self.month?, self.day.unwrap_or(1))?,
        };
        if self.weekday.is_some_and(|weekday| weekday != day.weekday()) {
            return None;
        }
        let hour = match (self.hour12, self.hour) {
            (false, hour) => hour,
            (true, hour @ 1..=12) => hour % 12 + if self.is_afternoon { 12 } else { 0 },
            (true, _) => return None,
        };
        day.at(hour, self.minute, self.second, self.millis)
    }
}
