//! Features of dates: where in the day, the week, the month and the year a step lies.

use std::f64::consts::TAU;

use crate::calendar::{Frequency, Stamp};
use crate::series::Series;

const DAY: f64 = 86_400.0;

/// One feature of a date, which may be NaN for none.
type Feature = fn(Stamp) -> f64;

/// The share of a day, a week, a month, a year that is over at a date.
fn of_day(stamp: Stamp) -> f64 {
    stamp.seconds().rem_euclid(DAY) / DAY
}

fn of_week(stamp: Stamp) -> f64 {
    (f64::from(stamp.weekday()) + of_day(stamp)) / 7.0
}

fn of_month(stamp: Stamp) -> f64 {
    (f64::from(stamp.day_of_month() - 1) + of_day(stamp)) / f64::from(stamp.days_in_month())
}

fn of_year(stamp: Stamp) -> f64 {
    ((stamp.months().rem_euclid(12)) as f64 + of_month(stamp)) / 12.0
}

/// The features that say something about steps of this length: a cycle as its sine and cosine, and
/// whether a day is of the weekend, or the share of such days in a month.
fn all(frequency: Frequency) -> Vec<Feature> {
    let step = frequency.typical_seconds() / DAY;
    let mut features: Vec<Feature> = Vec::new();
    let mut cycle = |wanted: bool, pair: [Feature; 2]| {
        if wanted {
            features.extend(pair);
        }
    };
    cycle(step < 1.0, [|s| (TAU * of_day(s)).sin(), |s| (TAU * of_day(s)).cos()]);
    cycle(step < 7.0, [|s| (TAU * of_week(s)).sin(), |s| (TAU * of_week(s)).cos()]);
    cycle(step <= 1.0, [|s| (TAU * of_month(s)).sin(), |s| (TAU * of_month(s)).cos()]);
    cycle(step < 360.0, [|s| (TAU * of_year(s)).sin(), |s| (TAU * of_year(s)).cos()]);
    match frequency {
        Frequency::Months(1) => features.push(weekend_days),
        _ if step < 7.0 => features.push(|s| f64::from(u8::from(s.weekday() >= 5))),
        _ => {}
    }
    features
}

/// Saturdays and Sundays of the month that a date is in.
fn weekend_days(stamp: Stamp) -> f64 {
    let first = i64::from(stamp.weekday()) - i64::from(stamp.day_of_month() - 1);
    let days = 0..i64::from(stamp.days_in_month());
    days.filter(|day| (first + day).rem_euclid(7) >= 5).count() as f64
}

/// How many features dates of this step have.
pub(super) fn width(frequency: Frequency) -> usize {
    all(frequency).len()
}

/// Each feature of `series` from step `from` up to `until`, which may lie in the future.
pub(super) fn features(series: &Series, from: usize, until: usize) -> Vec<Vec<f64>> {
    let Some(frequency) = series.frequency() else { return Vec::new() };
    let stamps: Vec<Option<Stamp>> = (from..until).map(|t| series.stamp(t)).collect();
    let column = |feature: &Feature| stamps.iter().map(|s| s.map_or(0.0, feature)).collect();
    all(frequency).iter().map(column).collect()
}
