//! Calendar features: the position of a time step in the day, the week, the month and the year.

use std::f64::consts::TAU;

use crate::data::Series;
use crate::data::calendar::{Frequency, Timestamp};

const DAY: f64 = 86_400.0;

/// Calendar feature of a date; NaN where it is undefined.
type Feature = fn(Timestamp) -> f64;

/// Share of the day, week, month or year that has passed at a date.
fn of_day(stamp: Timestamp) -> f64 {
    stamp.seconds().rem_euclid(DAY) / DAY
}

fn of_week(stamp: Timestamp) -> f64 {
    (f64::from(stamp.weekday()) + of_day(stamp)) / 7.0
}

fn of_month(stamp: Timestamp) -> f64 {
    (f64::from(stamp.day_of_month() - 1) + of_day(stamp)) / f64::from(stamp.days_in_month())
}

fn of_year(stamp: Timestamp) -> f64 {
    ((stamp.months().rem_euclid(12)) as f64 + of_month(stamp)) / 12.0
}

/// Calendar features for this frequency: each cycle as its sine and cosine, and whether a day is on a weekend, or the
/// number of weekend days in a month.
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

/// Number of Saturdays and Sundays in the month of a date.
fn weekend_days(stamp: Timestamp) -> f64 {
    let first = i64::from(stamp.weekday()) - i64::from(stamp.day_of_month() - 1);
    let days = 0..i64::from(stamp.days_in_month());
    days.filter(|day| (first + day).rem_euclid(7) >= 5).count() as f64
}

/// Number of calendar features for this frequency.
pub(crate) fn width(frequency: Frequency) -> usize {
    all(frequency).len()
}

/// Calendar features of `series` from time step `from` up to `until`, which may lie in the future: one column a
/// feature.
pub(crate) fn features(series: &Series, from: usize, until: usize) -> Vec<Vec<f64>> {
    let Some(frequency) = series.frequency() else { return Vec::new() };
    let stamps: Vec<Option<Timestamp>> = (from..until).map(|t| series.stamp(t)).collect();
    let column = |feature: &Feature| stamps.iter().map(|s| s.map_or(0.0, feature)).collect();
    all(frequency).iter().map(column).collect()
}
