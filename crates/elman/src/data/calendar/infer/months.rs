//! Calendars of months: one day of each month, two, or the ends of periods of 4, 4 and 5 weeks.

use super::super::{Frequency, InferredFrequency, MonthAnchor, Periods445, Semimonthly, Timestamp};
use super::most_frequent;

/// The calendar of rising dates, if it is one of months.
pub(super) fn months(stamps: &[Timestamp]) -> Option<InferredFrequency> {
    let same_time = stamps.iter().all(|s| s.millis_of_day() == stamps[0].millis_of_day());
    if !same_time {
        return None;
    }
    if stamps.windows(2).any(|w| w[0].months() == w[1].months()) {
        let anchor = MonthAnchor::Day(stamps[stamps.len() - 1].day_of_month());
        let frequency = (semimonthly(stamps).map(Frequency::Semimonthly))
            .or_else(|| periods_445(stamps).map(Frequency::Periods445))?;
        return Some(InferredFrequency { frequency, anchor });
    }
    let step = most_frequent(stamps.windows(2).map(|w| w[1].months() - w[0].months()));
    let monthly = |anchor| InferredFrequency { frequency: Frequency::Months(step as u32), anchor };
    if let Some(anchor) = anchor(stamps) {
        return Some(monthly(anchor));
    }
    if let Some(periods) = periods_445(stamps) {
        let anchor = MonthAnchor::Day(stamps[stamps.len() - 1].day_of_month());
        return Some(InferredFrequency { frequency: Frequency::Periods445(periods), anchor });
    }
    anchor_of_most(stamps).map(monthly)
}

/// The rule that all dates follow.
fn anchor(stamps: &[Timestamp]) -> Option<MonthAnchor> {
    let day = stamps.iter().map(|s| s.day_of_month()).max()?;
    let on = |anchor: MonthAnchor| stamps.iter().all(|s| anchor.has(*s));
    // The order matters for two dates such as 30 April, 31 May.
    if on(MonthAnchor::LastDay) {
        return Some(MonthAnchor::LastDay);
    }
    if on(MonthAnchor::Day(day)) {
        return Some(MonthAnchor::Day(day));
    }
    if stamps.len() < 3 {
        return None;
    }
    let weekdays = [MonthAnchor::LastWeekday, MonthAnchor::FirstWeekday];
    weekdays.into_iter().find(|anchor| on(*anchor)).or_else(|| nth_weekday(stamps))
}

/// The third Friday of each month and the like; 5 is the last one. Dates that are all four weeks apart are on such days
/// for a while, too.
fn nth_weekday(stamps: &[Timestamp]) -> Option<MonthAnchor> {
    let apart = |w: &[Timestamp]| w[1].days() - w[0].days();
    let even = stamps.windows(2).all(|w| apart(w) == stamps[1].days() - stamps[0].days());
    if stamps.len() < 4 || even {
        return None;
    }
    let weekday = stamps[0].weekday();
    let mut anchors = (1..=5).map(|nth| MonthAnchor::NthWeekday { nth, weekday });
    anchors.find(|anchor| stamps.iter().all(|s| anchor.has(*s)))
}

/// The rule that most dates of about a month follow: first and last trading days are moved by holidays.
fn anchor_of_most(stamps: &[Timestamp]) -> Option<MonthAnchor> {
    let step = most_frequent(stamps.windows(2).map(|w| w[1].days() - w[0].days()));
    let monthly = stamps.windows(2).filter(|w| w[1].months() - w[0].months() == 1).count();
    let varies = stamps.windows(2).any(|w| w[1].days() - w[0].days() != step);
    let mostly = monthly * 10 >= (stamps.len() - 1) * 8;
    if !(varies && mostly && (28..=33).contains(&step) && stamps.len() >= 4) {
        return None;
    }
    let on = |anchor: &MonthAnchor| stamps.iter().filter(|s| anchor.has(**s)).count();
    let most = [MonthAnchor::FirstWeekday, MonthAnchor::LastWeekday].into_iter().max_by_key(on)?;
    Some(match on(&most) * 4 >= stamps.len() * 3 {
        true => most,
        false => MonthAnchor::Day(stamps[stamps.len() - 1].day_of_month()),
    })
}

/// Two days of each month.
fn semimonthly(stamps: &[Timestamp]) -> Option<Semimonthly> {
    if stamps.len() < 4 {
        return None;
    }
    let day = |s: &Timestamp| s.day_of_month();
    let first = stamps.iter().map(day).min()?;
    let ends = || stamps.iter().filter(|s| day(s) > first);
    let second = match ends().all(|s| day(s) == s.days_in_month()) {
        true => 31,
        false => ends().map(day).max()?,
    };
    let days = Semimonthly::new(first, second)?;
    let steps = || stamps.windows(2).map(|w| days.ordinal(w[1]).0 - days.ordinal(w[0]).0);
    let whole = (12..=18).contains(&(second.min(30) - first));
    let all = stamps.iter().all(|s| days.ordinal(*s).1);
    let usual = steps().filter(|step| *step == 1).count() * 2 >= stamps.len() - 1;
    (whole && all && usual).then_some(days)
}

/// Ends of periods of 4, 4 and 5 weeks: the shortest run that shows the cycle twice.
pub(super) fn periods_445(stamps: &[Timestamp]) -> Option<Periods445> {
    let steps = || stamps.windows(2).map(|w| w[1].days() - w[0].days());
    if stamps.len() < 6 || steps().any(|days| days % 7 != 0 || days < 28) {
        return None;
    }
    let steps: Vec<i64> = steps().collect();
    let count = |length| steps.iter().filter(|days| **days == length).count();
    let (four, five) = (count(28), count(35));
    let usual = (four + five) * 5 >= steps.len() * 4;
    let three = || steps.windows(3).filter(|w| w.iter().all(|days| matches!(days, 28 | 35)));
    let quarters = three().filter(|w| w.iter().sum::<i64>() == 91).count();
    let cycles = quarters > 0 && quarters * 5 >= three().count() * 4;
    (usual && five > 0 && four > five && cycles).then(|| Periods445::ending(stamps)).flatten()
}
