//! The step from one value of a series to the next.

use super::{Periods445, Semimonthly, Sessions, named};
use crate::error::{Error, nearest_names};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

use crate::data::ranges::{self, Checked};

/// The step from one value to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Frequency {
    /// So many months: 1 monthly, 3 quarterly, 12 yearly.
    Months(u32),
    /// So many days: 1 daily, 7 weekly.
    Days(u32),
    /// Every day that is one of these weekdays.
    Weekdays(Weekdays),
    /// So many days from Monday to Friday, at least two: every second business day.
    BusinessDays(u32),
    /// So many milliseconds: 3,600,000 hourly.
    Millis(u64),
    /// Steps within some hours of the day, on some days of the week.
    Sessions(Sessions),
    /// Two days of every month.
    Semimonthly(Semimonthly),
    /// Periods of 4, 4 and 5 weeks.
    Periods445(Periods445),
}

/// The weekdays on which a series has values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Weekdays(u8);

const DAY_NAMES: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

impl Weekdays {
    /// Monday to Friday.
    pub const BUSINESS: Weekdays = Weekdays(0b001_1111);

    /// The days named by their numbers, 0 for Monday to 6 for Sunday.
    pub fn of(days: impl IntoIterator<Item = u8>) -> Weekdays {
        Weekdays(days.into_iter().fold(0, |set, day| set | 1 << (day % 7)))
    }

    /// Whether a day, 0 for Monday to 6 for Sunday, is one of them.
    pub fn has(self, day: u8) -> bool {
        self.0 >> (day % 7) & 1 == 1
    }

    /// How many days of the week they are.
    pub fn count(self) -> usize {
        (self.0 & 0x7f).count_ones() as usize
    }
}

impl fmt::Display for Weekdays {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let days: Vec<usize> = (0..7).filter(|d| self.has(*d as u8)).collect();
        match (days.first(), days.last()) {
            (Some(a), Some(b)) if b - a + 1 == days.len() && days.len() > 2 => {
                write!(f, "{}–{}", DAY_NAMES[*a], DAY_NAMES[*b])
            }
            _ => f.write_str(&days.iter().map(|d| DAY_NAMES[*d]).collect::<Vec<_>>().join(" ")),
        }
    }
}

const SECOND: u64 = 1000;
const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;

impl Frequency {
    /// Whether time goes on by it.
    pub(crate) fn check(self) -> Checked {
        // A step of more than ten thousand years has no second date.
        let (name, count, most) = match self {
            Frequency::Months(n) => ("months", u64::from(n), 120_000),
            Frequency::Days(n) => ("days", u64::from(n), 3_652_500),
            Frequency::BusinessDays(n) => ("business_days", u64::from(n), 2_608_928),
            Frequency::Millis(n) => ("millis", n, 3_652_500 * 24 * HOUR),
            Frequency::Weekdays(days) => ("weekdays", days.count() as u64, 7),
            // These cannot be made so that time stands still.
            Frequency::Sessions(_) | Frequency::Semimonthly(_) | Frequency::Periods445(_) => {
                return Ok(());
            }
        };
        match count {
            _ if count > most => ranges::refuse(name, count, "at most 10,000 years"),
            0 => ranges::refuse(name, count, "above 0"),
            _ => Ok(()),
        }
    }

    /// How long a step is, months and years as such of 30 days.
    pub(crate) fn typical_seconds(self) -> f64 {
        const DAY: f64 = 86_400.0;
        match self {
            Frequency::Months(n) => 30.0 * DAY * f64::from(n),
            Frequency::Days(n) => DAY * f64::from(n),
            Frequency::Weekdays(_) => DAY,
            Frequency::BusinessDays(n) => 7.0 / 5.0 * DAY * f64::from(n),
            Frequency::Millis(n) => n as f64 / 1000.0,
            Frequency::Sessions(hours) => hours.step() as f64 / 1000.0,
            Frequency::Semimonthly(_) => 15.0 * DAY,
            Frequency::Periods445(_) => 91.0 / 3.0 * DAY,
        }
    }

    /// Whether single dates of such a calendar are left out as a matter of course: the holidays of working days.
    pub fn has_holidays(self) -> bool {
        match self {
            Frequency::Weekdays(_) => true,
            Frequency::Sessions(hours) => hours.days().count() < 7,
            _ => false,
        }
    }

    /// Whether a step is made of days, which are not the same in each time zone.
    pub(crate) fn has_days(self) -> bool {
        !matches!(self, Frequency::Millis(_) | Frequency::Sessions(_))
    }

    /// Every year.
    pub const YEARLY: Frequency = Frequency::Months(12);
    /// Every three months.
    pub const QUARTERLY: Frequency = Frequency::Months(3);
    /// Every month.
    pub const MONTHLY: Frequency = Frequency::Months(1);
    /// Every seven days.
    pub const WEEKLY: Frequency = Frequency::Days(7);
    /// Every day.
    pub const DAILY: Frequency = Frequency::Days(1);
    /// Monday to Friday.
    pub const BUSINESS: Frequency = Frequency::Weekdays(Weekdays::BUSINESS);
    /// Every hour.
    pub const HOURLY: Frequency = Frequency::Millis(HOUR);
    /// Every half hour.
    pub const HALF_HOURLY: Frequency = Frequency::Millis(HOUR / 2);

    /// A step of so many seconds.
    pub const fn seconds(seconds: u64) -> Frequency {
        Frequency::Millis(seconds * SECOND)
    }
}

impl fmt::Display for Frequency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Frequency::Months(12) => f.write_str("yearly"),
            Frequency::Months(3) => f.write_str("quarterly"),
            Frequency::Months(1) => f.write_str("monthly"),
            Frequency::Months(n) if n % 12 == 0 => write!(f, "every {} years", n / 12),
            Frequency::Months(n) => write!(f, "every {n} months"),
            Frequency::Days(7) => f.write_str("weekly"),
            Frequency::Days(1) => f.write_str("daily"),
            Frequency::Days(n) => write!(f, "every {n} days"),
            Frequency::Weekdays(days) => write!(f, "daily, {days}"),
            Frequency::BusinessDays(n) => write!(f, "every {n} business days"),
            Frequency::Sessions(hours) => hours.fmt(f),
            Frequency::Semimonthly(days) => days.fmt(f),
            Frequency::Periods445(periods) => periods.fmt(f),
            Frequency::Millis(n) if n == HOUR => f.write_str("hourly"),
            Frequency::Millis(n) if n == HOUR / 2 => f.write_str("half-hourly"),
            Frequency::Millis(n) if n == MINUTE => f.write_str("every minute"),
            Frequency::Millis(n) if n == SECOND => f.write_str("every second"),
            Frequency::Millis(n) if n % HOUR == 0 => write!(f, "every {} hours", n / HOUR),
            Frequency::Millis(n) if n % MINUTE == 0 => write!(f, "every {} minutes", n / MINUTE),
            Frequency::Millis(n) if n % SECOND == 0 => write!(f, "every {} seconds", n / SECOND),
            Frequency::Millis(n) => write!(f, "every {n} ms"),
        }
    }
}

/// The words, and the short names of pandas old and new.
const NAMES: &[(&str, Frequency)] = &[
    ("yearly", Frequency::YEARLY),
    ("quarterly", Frequency::QUARTERLY),
    ("monthly", Frequency::MONTHLY),
    ("weekly", Frequency::WEEKLY),
    ("daily", Frequency::DAILY),
    ("business", Frequency::BUSINESS),
    ("hourly", Frequency::HOURLY),
    ("half-hourly", Frequency::HALF_HOURLY),
];

impl FromStr for Frequency {
    type Err = Error;

    /// Reads `monthly`, `half-hourly`, `business`, pandas' `M`, `MS`, `ME`, `B`, `h`, `15min`, `1h30min`, `SMS`, and the like;
    /// hours and days of the week behind an `@`, as in `30min@9:00-16:30,Mon-Fri`; `4-4-5` for periods of weeks.
    fn from_str(text: &str) -> Result<Self, Error> {
        if let Some(frequency) = named::semimonthly(text).or_else(|| named::several_units(text)) {
            return Ok(frequency);
        }
        if matches!(text, "4-4-5" | "4-5-4" | "5-4-4") {
            return Ok(Frequency::Periods445(Periods445::default()));
        }
        if let Some((step, behind)) = text.split_once('@') {
            return named::with_hours(step, behind);
        }
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let unknown = || unknown(text, &text[digits..]);
        let count: u64 =
            if digits == 0 { 1 } else { text[..digits].parse().map_err(|_| unknown())? };
        let unit = &text[digits..];
        if let Some((_, frequency)) = NAMES.iter().find(|n| n.0 == unit && digits == 0) {
            return Ok(*frequency);
        }
        let few = |each: u64| {
            count.checked_mul(each).and_then(|n| u32::try_from(n).ok()).filter(|n| *n > 0)
        };
        let millis =
            |each: u64| count.checked_mul(each).filter(|n| (1..=1000 * 24 * HOUR).contains(n));
        let frequency = match unit {
            "Y" | "YE" | "YS" | "A" | "AS" | "y" => few(12).map(Frequency::Months),
            "Q" | "QE" | "QS" | "q" => few(3).map(Frequency::Months),
            "M" | "ME" | "MS" => few(1).map(Frequency::Months),
            "W" | "w" => few(7).map(Frequency::Days),
            "D" | "d" => few(1).map(Frequency::Days),
            "B" | "C" if count == 1 => Some(Frequency::BUSINESS),
            "B" | "C" if !count.is_multiple_of(5) => few(1).map(Frequency::BusinessDays),
            // Weeks without a weekend are weeks.
            "B" | "C" => few(1).map(|n| Frequency::Days(n / 5 * 7)),
            "bh" | "BH" | "cbh" | "CBH" if count == 1 => named::business_hours(),
            "H" | "h" => millis(HOUR).map(Frequency::Millis),
            "T" | "min" => millis(MINUTE).map(Frequency::Millis),
            "S" | "s" => millis(SECOND).map(Frequency::Millis),
            "ms" | "L" => millis(1).map(Frequency::Millis),
            _ => None,
        };
        frequency.ok_or_else(unknown)
    }
}

/// The error for a frequency that is not known, with the names nearest to its `unit`.
fn unknown(name: &str, unit: &str) -> Error {
    let known: Vec<&str> = NAMES.iter().map(|n| n.0).chain(named::ALIASES).collect();
    Error::UnknownName {
        family: "frequency",
        name: name.to_owned(),
        nearest_names: nearest_names(unit, known.iter().copied()),
        known: known.iter().map(|k| k.to_string()).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back() {
        for (name, frequency) in NAMES {
            assert_eq!(name.parse::<Frequency>().unwrap(), *frequency);
        }
        for (old, new) in [("M", "ME"), ("H", "h"), ("30T", "30min"), ("2W", "14D"), ("4Q", "Y")] {
            assert_eq!(old.parse::<Frequency>().unwrap(), new.parse::<Frequency>().unwrap());
        }
        for (name, words) in [
            ("1h30min", "every 90 minutes"),
            ("1D12h", "every 36 hours"),
            ("C", "daily, Mon–Fri"),
            ("2B", "every 2 business days"),
            ("5B", "weekly"),
            ("2SMS", "monthly"),
            ("SMS-16", "semimonthly, days 1 and 16"),
            ("SME-14", "semimonthly, day 14 and the last day"),
        ] {
            assert_eq!(name.parse::<Frequency>().unwrap().to_string(), words, "{name}");
        }
        assert_eq!("bh".parse::<Frequency>().unwrap(), "h@9:00-16:00,Mon-Fri".parse().unwrap());
        for (bad, near) in [("3SMS", "SMS"), ("2bh", "bh"), ("WOM-5FRI", "WOM-3FRI")] {
            let error = bad.parse::<Frequency>().unwrap_err().to_string();
            let help = error.split("help: did you mean").nth(1).unwrap();
            assert!(help.contains(near), "{error}");
        }
        assert_eq!("30min".parse::<Frequency>().unwrap(), Frequency::HALF_HOURLY);
        assert_eq!("60S".parse::<Frequency>().unwrap(), Frequency::seconds(60));
        for bad in
            ["", "0D", "montly", "99999999999999999999D", "99999999999D", "3", "1h30", "0h0min"]
        {
            assert!(bad.parse::<Frequency>().is_err(), "{bad}");
        }
        assert!("montly".parse::<Frequency>().unwrap_err().to_string().contains("`monthly`"));
    }
}
