//! Hours of the day and days of the week on which a series has values, such as half-hours of trading from 9:00 to
//! 16:30 on working days.

use super::{Frequency, Timestamp, Weekdays};
use serde::{Deserialize, Serialize};
use std::fmt;

const DAY: i64 = 86_400_000;

/// Steps of equal length within a part of the day, which may pass midnight and may have one break, on some days of the
/// week. The last step of a session is followed by the first one of the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Parts", into = "Parts")]
pub struct Sessions {
    /// Milliseconds of a step.
    step: i64,
    /// The time of the first value of a session, in milliseconds of the day.
    first: i64,
    /// Steps before the break, in the break, and behind it.
    open: [i64; 3],
    /// The days on which sessions begin.
    days: Weekdays,
}

/// How [`Sessions`] stand in a file.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Parts {
    step: i64,
    first: i64,
    open: [i64; 3],
    days: Weekdays,
}

impl From<Sessions> for Parts {
    fn from(Sessions { step, first, open, days }: Sessions) -> Self {
        Self { step, first, open, days }
    }
}

impl TryFrom<Parts> for Sessions {
    type Error = &'static str;

    fn try_from(Parts { step, first, open, days }: Parts) -> Result<Self, Self::Error> {
        Sessions::new(step, first, open, days).ok_or("sessions that fit in no day")
    }
}

impl Sessions {
    /// Steps of `step` ms from `first` ms of the day on: so many before a break, in the break and behind it (0 and 0
    /// for no break). `None` for sessions without a step, without a day, or longer than a day.
    pub fn new(step: i64, first: i64, open: [i64; 3], days: Weekdays) -> Option<Self> {
        let [before, pause, behind] = open;
        let fits = (1..DAY).contains(&step)
            && (0..DAY).contains(&first)
            && before >= 1
            && (pause > 0) == (behind > 0)
            && open.iter().all(|n| (0..=DAY).contains(n))
            && step * open.iter().sum::<i64>() <= DAY;
        (fits && days.count() > 0).then_some(Self { step, first, open, days })
    }

    /// Milliseconds of a step.
    pub fn step(self) -> u64 {
        self.step as u64
    }

    /// The days on which sessions begin.
    pub fn days(self) -> Weekdays {
        self.days
    }

    /// Steps of a session.
    pub fn per_day(self) -> usize {
        (self.open[0] + self.open[2]) as usize
    }

    /// The number of the last step at or before a moment, and whether the moment is that step.
    pub(super) fn ordinal(self, stamp: Timestamp) -> (i64, bool) {
        let moment = stamp.millis() - self.first;
        let (day, of_day) = (moment.div_euclid(DAY), moment.rem_euclid(DAY));
        let per_day = self.per_day() as i64;
        let (week, weekday) = week_of(day);
        let before = (0..weekday).filter(|d| self.days.has(*d as u8)).count() as i64;
        let days = week * self.days.count() as i64 + before;
        if !self.days.has(weekday as u8) {
            return (days * per_day - 1, false);
        }
        let [before, pause, behind] = self.open;
        let slot = of_day / self.step;
        let (step, open) = match slot {
            _ if slot < before => (slot, true),
            _ if slot < before + pause => (before - 1, false),
            _ if slot < before + pause + behind => (slot - pause, true),
            _ => (per_day - 1, false),
        };
        (days * per_day + step, open && of_day % self.step == 0)
    }

    /// The moment of a step; `None` past the year 9999.
    pub(super) fn at(self, ordinal: i64) -> Option<Timestamp> {
        let per_day = self.per_day() as i64;
        let (days, step) = (ordinal.div_euclid(per_day), ordinal.rem_euclid(per_day));
        let slot = if step < self.open[0] { step } else { step + self.open[1] };
        let count = self.days.count() as i64;
        let (week, nth) = (days.div_euclid(count), days.rem_euclid(count));
        let weekday = (0..7).filter(|d| self.days.has(*d as u8)).nth(nth as usize)?;
        let day = week.checked_mul(7)?.checked_add(weekday - THURSDAY)?;
        let millis = day.checked_mul(DAY)?.checked_add(self.first + slot * self.step)?;
        Timestamp::day(1970, 1, 1)?.plus_millis(millis)
    }
}

/// The weekday of 1970-01-01.
const THURSDAY: i64 = 3;

/// The week of a day since 1970-01-01, and its weekday, 0 for Monday.
pub(super) fn week_of(day: i64) -> (i64, i64) {
    ((day + THURSDAY).div_euclid(7), (day + THURSDAY).rem_euclid(7))
}

impl fmt::Display for Sessions {
    /// `half-hourly 09:00–16:30, Mon–Fri`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", Frequency::Millis(self.step as u64))?;
        let time = |slot: i64| Time((self.first + slot * self.step) % DAY);
        let [before, pause, behind] = self.open;
        if self.step * (before + pause + behind) < DAY {
            write!(f, " {}–{}", time(0), time(before - 1))?;
        }
        if behind > 0 {
            let (from, to) = (before + pause, before + pause + behind - 1);
            write!(f, " and {}–{}", time(from), time(to))?;
        }
        if self.days.count() < 7 {
            write!(f, ", {}", self.days)?;
            if self.first > 0 && self.step * before == DAY {
                write!(f, " from {}", time(0))?;
            }
        }
        Ok(())
    }
}

/// A time of day in milliseconds, as `09:30`, with seconds if there are such.
struct Time(i64);

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0 / 1000;
        write!(f, "{:02}:{:02}", seconds / 3600, seconds / 60 % 60)?;
        match (seconds % 60, self.0 % 1000) {
            (0, 0) => Ok(()),
            (seconds, 0) => write!(f, ":{seconds:02}"),
            (seconds, millis) => write!(f, ":{seconds:02}.{millis:03}"),
        }
    }
}
