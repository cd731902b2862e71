//! A step as a person names it: `monthly`, pandas' `BMS` and `W-SUN`, `30min@9:00-16:30,Mon-Fri`.

use super::{Frequency, MonthAnchor, Semimonthly, Sessions, Weekdays};
use crate::error::{Error, Result};
use std::str::FromStr;

/// A step, and the day that its name says it stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NamedFrequency {
    /// The step.
    pub frequency: Frequency,
    /// The day of the month or week; none where the dates of the data tell it.
    pub anchor: Option<MonthAnchor>,
}

const MONTHS: [&str; 12] =
    ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];

impl FromStr for NamedFrequency {
    type Err = Error;

    /// Reads what [`Frequency`] reads, and names that say the day: `BMS`, `BME`, `BQS`, `W-SUN`, `WOM-3FRI`,
    /// `LWOM-FRI`, `QS-OCT`.
    fn from_str(text: &str) -> Result<Self> {
        let on = |frequency, anchor| Ok(Self { frequency, anchor: Some(anchor) });
        if let Some((name, day)) = text.split_once('-') {
            match (name, weekday(day)) {
                ("W", Some(day)) => return on(Frequency::WEEKLY, MonthAnchor::Weekday(day)),
                ("LWOM", Some(weekday)) => {
                    return on(Frequency::MONTHLY, MonthAnchor::NthWeekday { nth: 5, weekday });
                }
                _ => {}
            }
            let third =
                day.get(1..).and_then(weekday).zip(day.get(..1).and_then(|nth| nth.parse().ok()));
            if let ("WOM", Some((weekday, nth @ 1..=4u8))) = (name, third) {
                return on(Frequency::MONTHLY, MonthAnchor::NthWeekday { nth, weekday });
            }
        }
        // The month that a quarter or a year begins with is told by the dates.
        let unit = match text.split_once('-') {
            Some((unit, month)) if MONTHS.contains(&month) && unit.contains(['Q', 'Y', 'A']) => {
                unit
            }
            _ => text,
        };
        let digits = unit.bytes().take_while(u8::is_ascii_digit).count();
        let (count, name) = unit.split_at(digits);
        let business = match name {
            "BMS" => Some(("MS", MonthAnchor::FirstWeekday)),
            "BQS" => Some(("QS", MonthAnchor::FirstWeekday)),
            "BYS" | "BAS" => Some(("YS", MonthAnchor::FirstWeekday)),
            "BME" | "BM" => Some(("ME", MonthAnchor::LastWeekday)),
            "BQE" | "BQ" => Some(("QE", MonthAnchor::LastWeekday)),
            "BYE" | "BY" | "BA" => Some(("YE", MonthAnchor::LastWeekday)),
            _ => None,
        };
        match business {
            Some((months, anchor)) => on(format!("{count}{months}").parse()?, anchor),
            None => Ok(Self { frequency: unit.parse()?, anchor: None }),
        }
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

/// pandas' `SMS`, `SME`, and the days of `SM@5,20`.
pub(super) fn semimonthly(text: &str) -> Option<Frequency> {
    let (first, second) = match text {
        "SMS" | "semimonthly" => (1, 15),
        "SME" | "SM" => (15, 31),
        _ => {
            let (first, second) = text.strip_prefix("SM@")?.split_once(',')?;
            (first.trim().parse().ok()?, second.trim().parse().ok()?)
        }
    };
    Semimonthly::new(first, second).map(Frequency::Semimonthly)
}
