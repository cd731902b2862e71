//! A step as a person names it: `monthly`, pandas' `BMS` and `W-SUN`, `30min@9:00-16:30,Mon-Fri`.

use super::{Frequency, MonthAnchor, MonthRule, PeriodAnchor, Semimonthly, Sessions, Weekdays};
use crate::error::{Error, Result};
use std::str::FromStr;

/// A step, and the days that its name says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NamedFrequency {
    /// The step.
    pub frequency: Frequency,
    /// The day of the month or week on which dates stand; none where the dates of the data tell it.
    pub anchor: Option<MonthAnchor>,
    /// Where periods begin or end to which finer values are brought. None for a word, such as `monthly`: its periods are those of the
    /// calendar, weeks from Monday on, dated by their first day.
    pub periods: Option<PeriodAnchor>,
}

/// Names of pandas, of which an unknown name gets the nearest.
pub(super) const ALIASES: [&str; 25] = [
    "MS", "ME", "QS", "QE", "YS", "YE", "W", "W-SUN", "D", "B", "bh", "h", "min", "s", "ms", "SMS",
    "SME", "BMS", "BME", "BQS", "BQE", "BYS", "BYE", "WOM-3FRI", "LWOM-FRI",
];

const MONTHS: [&str; 12] =
    ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];

impl FromStr for NamedFrequency {
    type Err = Error;

    /// Reads what [`Frequency`] reads, and names that say the day: `BMS`, `BME`, `BQS`, `W-SUN`, `WOM-3FRI`,
    /// `LWOM-FRI`, `QS-OCT`, `YE-JUN`.
    fn from_str(text: &str) -> Result<Self> {
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let (count, rest) = text.split_at(digits);
        let (name, behind) = rest.split_once('-').unwrap_or((rest, ""));
        let of = |unit: &str| format!("{count}{unit}").parse::<Frequency>();
        let begin = |anchor: MonthAnchor| PeriodAnchor::Begin(MonthRule::new(1, 1, anchor));
        if let ("LWOM" | "WOM", Some(day)) = (name, nth_weekday(name, behind)) {
            return Ok(Self { frequency: of("M")?, anchor: Some(day), periods: Some(begin(day)) });
        }
        match (name, weekday(behind)) {
            ("W", Some(day)) => {
                let anchor = Some(MonthAnchor::Weekday(day));
                let periods = Some(PeriodAnchor::WeekEnd(day));
                return Ok(Self { frequency: of("W")?, anchor, periods });
            }
            ("W", None) if behind.is_empty() => {
                let periods = Some(PeriodAnchor::WeekEnd(SUNDAY));
                return Ok(Self { frequency: of("W")?, anchor: None, periods });
            }
            ("D" | "d", None) if behind.is_empty() => {
                let periods = Some(PeriodAnchor::FirstDay);
                return Ok(Self { frequency: of("D")?, anchor: None, periods });
            }
            _ => {}
        }
        match MonthAlias::of(name, behind) {
            Some(alias) => Ok(Self {
                frequency: of(alias.unit())?,
                anchor: alias.stands_on(),
                periods: Some(alias.periods()),
            }),
            None => Ok(Self { frequency: text.parse()?, anchor: None, periods: None }),
        }
    }
}

const SUNDAY: u8 = 6;

/// The day of `WOM-3FRI` or `LWOM-FRI`.
fn nth_weekday(name: &str, behind: &str) -> Option<MonthAnchor> {
    let (nth, day) = match name {
        "LWOM" => (5, behind),
        _ => (behind.get(..1)?.parse().ok().filter(|nth| (1..=4).contains(nth))?, &behind[1..]),
    };
    Some(MonthAnchor::NthWeekday { nth, weekday: weekday(day)? })
}

/// A name of pandas for months, quarters or years.
struct MonthAlias {
    months: u32,
    /// Whether the dates are the first days of periods, and not the last.
    is_begin: bool,
    day: MonthAnchor,
    /// A month of such a day, from 1 to 12.
    month: u32,
}

impl MonthAlias {
    /// `QE` and its month `JAN`, which may be left out.
    fn of(name: &str, month: &str) -> Option<Self> {
        use MonthAnchor::{Day, FirstWeekday, LastDay, LastWeekday};
        let (months, is_begin, day) = match name {
            "MS" => (1, true, Day(1)),
            "QS" => (3, true, Day(1)),
            "YS" | "AS" => (12, true, Day(1)),
            "BMS" | "CBMS" => (1, true, FirstWeekday),
            "BQS" => (3, true, FirstWeekday),
            "BYS" | "BAS" => (12, true, FirstWeekday),
            "ME" | "M" => (1, false, LastDay),
            "QE" | "Q" => (3, false, LastDay),
            "YE" | "Y" | "A" => (12, false, LastDay),
            "BME" | "BM" => (1, false, LastWeekday),
            "BQE" | "BQ" => (3, false, LastWeekday),
            "BYE" | "BY" | "BA" => (12, false, LastWeekday),
            _ => return None,
        };
        let named = MONTHS.iter().position(|name| *name == month).filter(|_| months > 1);
        let month = match (named, month) {
            (Some(place), _) => place as u32 + 1,
            (None, "") => {
                if is_begin {
                    1
                } else {
                    12
                }
            }
            _ => return None,
        };
        Some(Self { months, is_begin, day, month })
    }

    fn unit(&self) -> &'static str {
        match self.months {
            1 => "M",
            3 => "Q",
            _ => "Y",
        }
    }

    /// The business day of the month on which all dates must be; `None` for a calendar day, which is inferred from the dates.
    fn stands_on(&self) -> Option<MonthAnchor> {
        let is_weekday = matches!(self.day, MonthAnchor::FirstWeekday | MonthAnchor::LastWeekday);
        is_weekday.then_some(self.day)
    }

    fn periods(&self) -> PeriodAnchor {
        let rule = MonthRule::new(self.months, self.month, self.day);
        if self.is_begin { PeriodAnchor::Begin(rule) } else { PeriodAnchor::End(rule) }
    }
}

/// 0 for `Mon` to 6 for `Sun`, in small letters or large ones.
fn weekday(name: &str) -> Option<u8> {
    let names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let is = |day: &&str| name.eq_ignore_ascii_case(day);
    names.iter().position(is).map(|day| day as u8)
}

/// Hours and days behind an `@`: `30min@9:00-16:30,Mon-Fri`, `15min@6:00-21:45`, `h@Mon-Fri`, `D@Mon-Sat`, and two
/// windows of a day with a break between them.
pub(super) fn with_hours(step: &str, behind: &str) -> Result<Frequency> {
    let refuse = |reason: &str| {
        Error::Forecast {
        reason: format!("`{step}@{behind}` is no calendar: {reason}"),
        help:
            "the first and the last value of a day and the days of the week go behind `@`, as in \
               30min@9:00-16:30,Mon-Fri; h@Mon-Fri; D@Mon-Sat; and two days of a month as in SM@5,20"
                .to_owned(),
    }
    };
    let frequency: Frequency = step.parse()?;
    let (mut windows, mut days) = (Vec::new(), Vec::new());
    for part in behind.split(',').map(str::trim) {
        let (from, to) = part.split_once('-').unwrap_or((part, part));
        match (weekday(from), weekday(to), time(from), time(to)) {
            (Some(from), Some(to), ..) => {
                days.extend((0..7).map(|k| (from + k) % 7).take(((to + 7 - from) % 7 + 1).into()));
            }
            (_, _, Some(from), Some(to)) if part.contains('-') => windows.push((from, to)),
            _ => return Err(refuse(&format!("`{part}` is neither hours nor days"))),
        }
    }
    let days = if days.is_empty() { Weekdays::of(0..7) } else { Weekdays::of(days) };
    let step = match (frequency, &windows[..]) {
        (Frequency::Days(1), []) => return Ok(Frequency::Weekdays(days)),
        (Frequency::Millis(step), _) if (step as i64) < DAY => step as i64,
        _ => {
            return Err(refuse(
                "hours are for steps below a day, and days for steps of a day or below",
            ));
        }
    };
    let whole = "the hours are no whole number of steps";
    let slots = |from: i64, to: i64| {
        let between = (to - from).rem_euclid(DAY);
        (between % step == 0).then_some(between / step).ok_or_else(|| refuse(whole))
    };
    let (first, open) = match windows[..] {
        [] if DAY % step == 0 => (0, [DAY / step, 0, 0]),
        [(from, to)] => (from, [slots(from, to)? + 1, 0, 0]),
        [(from, pause), (behind, to)] => {
            let open = [slots(from, pause)? + 1, slots(pause, behind)? - 1, slots(behind, to)? + 1];
            (from, open)
        }
        _ => return Err(refuse("a day has one window of hours, or two")),
    };
    Sessions::new(step, first, open, days).map(Frequency::Sessions).ok_or_else(|| refuse(whole))
}

const DAY: i64 = 86_400_000;

/// `9:00`, `16:30`, `9`, as milliseconds of the day.
fn time(text: &str) -> Option<i64> {
    let mut parts = text.split(':').map(|part| part.parse::<u32>().ok());
    let hour = parts.next()??;
    let (minute, second) = (parts.next().unwrap_or(Some(0))?, parts.next().unwrap_or(Some(0))?);
    let fits = hour < 24 && minute < 60 && second < 60 && parts.next().is_none();
    fits.then(|| i64::from(hour * 3600 + minute * 60 + second) * 1000)
}

/// pandas' `SMS`, `SME-14`, and the days of `SM@5,20`. Every second of such days is a day of every month: `2SMS`.
pub(super) fn semimonthly(text: &str) -> Option<Frequency> {
    if let Some((first, second)) = text.strip_prefix("SM@").and_then(|days| days.split_once(',')) {
        let days = Semimonthly::new(first.trim().parse().ok()?, second.trim().parse().ok()?);
        return days.map(Frequency::Semimonthly);
    }
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (count, name) = text.split_at(digits);
    let (name, day) = name.split_once('-').unwrap_or((name, "15"));
    let day = day.parse().ok()?;
    let days = match name {
        "SMS" | "semimonthly" => Semimonthly::new(1, day),
        "SME" | "SM" => Semimonthly::new(day, 31),
        _ => None,
    }?;
    match if count.is_empty() { 1 } else { count.parse().ok()? } {
        1 => Some(Frequency::Semimonthly(days)),
        n if n > 0 && n % 2 == 0 => Some(Frequency::Months(n / 2)),
        _ => None,
    }
}

/// A step of several units, such as `1h30min`.
pub(super) fn several_units(text: &str) -> Option<Frequency> {
    let (mut rest, mut millis, mut units) = (text, 0u64, 0);
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (count, behind) = rest.split_at(digits);
        let letters = behind.bytes().take_while(u8::is_ascii_alphabetic).count();
        let (unit, behind) = behind.split_at(letters);
        let each = match unit {
            "D" | "d" => DAY as u64,
            "H" | "h" => 3_600_000,
            "T" | "min" => 60_000,
            "S" | "s" => 1000,
            "L" | "ms" => 1,
            _ => return None,
        };
        millis = millis.checked_add(count.parse::<u64>().ok()?.checked_mul(each)?)?;
        (rest, units) = (behind, units + 1);
    }
    let step = Frequency::Millis(millis);
    (units > 1 && step.check().is_ok()).then_some(step)
}

/// pandas' `bh`: each hour from 9:00 on that ends by 17:00, from Monday to Friday.
pub(super) fn business_hours() -> Option<Frequency> {
    const HOUR: i64 = 3_600_000;
    Sessions::new(HOUR, 9 * HOUR, [8, 0, 0], Weekdays::BUSINESS).map(Frequency::Sessions)
}
