//! How many steps lead up to a date.

use super::pattern::Span;
use super::{DateFormat, DateOrder, Dates, FutureIndex, Timestamp, dates, numeric_dates};
use crate::data::thousands;
use crate::error::{Error, Result};

/// The most steps up to a date: further on it is a slip of the pen.
pub const MAX_STEPS: usize = 100_000;

/// A date up to which is to be forecast, itself included: the whole of the year, month or day that it names.
#[derive(Clone, Debug, PartialEq)]
pub struct Until {
    /// The option that names the date.
    option: &'static str,
    text: String,
    /// The first moment of the time that the date names.
    from: Timestamp,
    /// The first moment behind it.
    end: Timestamp,
}

impl Until {
    /// Reads a date as the data of `clock` write theirs, or as ISO 8601 has it.
    ///
    /// # Errors
    /// [`Error::Forecast`] for a text that is no date, and for data without dates.
    pub fn new(text: &str, clock: &FutureIndex) -> Result<Until> {
        Self::of_option("--until", text, clock)
    }

    /// The same, of another option.
    fn of_option(option: &'static str, text: &str, clock: &FutureIndex) -> Result<Until> {
        let refuse =
            |reason: String, help: &str| Err(Error::Forecast { reason, help: help.to_owned() });
        let FutureIndex::Dates { style, .. } = clock else {
            let reason = format!("`{option} {text}` needs dates, and the data have none");
            return refuse(
                reason,
                "say how many steps with `--horizon`, or name the dates with `--time-col`",
            );
        };
        let order = style.date_order();
        let read = |order| dates(&[text], order).ok();
        let read =
            numeric_dates(&[text]).or_else(|| read(order)).or_else(|| read(Some(DateOrder::Ymd)));
        // Another zone than that of the data would be another moment.
        let foreign = |read: &Dates| read.style.zone().is_some_and(|z| Some(z) != style.zone());
        if read.as_ref().is_some_and(foreign) {
            let reason = format!("`{option} {text}` names a zone, and the data are in another");
            let clock = clock.label(1);
            return refuse(
                reason,
                &format!("leave the zone out: it is that of the data, as in {clock}"),
            );
        }
        let from = read.and_then(|read| Some((*read.stamps.first()?, read.style)));
        match from.map(|(from, style)| (from, end_of(from, &style))) {
            Some((from, Some(end))) => Ok(Until { option, text: text.to_owned(), from, end }),
            Some((_, None)) => {
                let reason = format!("`{option} {text}` is beyond the last date of the calendar");
                refuse(reason, "give an earlier date")
            }
            None => {
                let example = clock.label(1);
                let reason = format!("`{option} {text}` is no date");
                refuse(
                    reason,
                    &format!("write it as the data do, such as {example}, or as 2031-12-31"),
                )
            }
        }
    }

    /// The steps of `clock` up to that date; 0 where it lies before the first of them.
    ///
    /// # Errors
    /// [`Error::Forecast`] for more than [`MAX_STEPS`].
    pub fn steps(&self, clock: &FutureIndex) -> Result<usize> {
        self.steps_before(self.end, clock)
    }

    /// The steps of `clock` before the moment `end`.
    fn steps_before(&self, end: Timestamp, clock: &FutureIndex) -> Result<usize> {
        let reaches = |k: usize| clock.on_wall(k).is_some_and(|stamp| stamp < end);
        if reaches(MAX_STEPS + 1) {
            let frequency = clock.frequency().map_or(String::new(), |f| format!(" ({f})"));
            return Err(Error::Forecast {
                reason: format!(
                    "`{} {}` is more than {} steps{frequency} away",
                    self.option,
                    self.text,
                    thousands(MAX_STEPS)
                ),
                help: "is the date right? Then forecast fewer, longer steps".to_owned(),
            });
        }
        // Halving: steps only go forward.
        let (mut reached, mut behind) = (0, MAX_STEPS + 1);
        while behind - reached > 1 {
            let middle = reached + (behind - reached) / 2;
            if reaches(middle) { reached = middle } else { behind = middle }
        }
        Ok(reached)
    }

    /// The most steps that any of these needs.
    ///
    /// # Errors
    /// As [`Until::steps`]; and for a date that lies behind no last value.
    pub fn most_steps(&self, clocks: impl Iterator<Item = FutureIndex>) -> Result<usize> {
        let (mut most, mut last) = (0, String::new());
        for clock in clocks {
            most = most.max(self.steps(&clock)?);
            last = clock.label(0);
        }
        if most == 0 {
            return Err(Error::Forecast {
                reason: format!("`--until {}` is not after the last value, of {last}", self.text),
                help: "give a later date".to_owned(),
            });
        }
        Ok(most)
    }
}

/// The number of the step of `clock` that `label` names: a date whose year, month or day has this one time step, or a number
/// of an axis without dates. `option` gave the label.
///
/// # Errors
/// [`Error::Forecast`] for a label that is no date or number, is not after the last value, or names no time step or several.
pub fn step_of(option: &'static str, label: &str, clock: &FutureIndex) -> Result<usize> {
    let refuse = |reason: &str, next: usize| {
        let reason = format!("`{option} {label}` {reason}");
        Err(Error::Forecast {
            reason,
            help: format!("the next time step is {}", clock.label(next)),
        })
    };
    let past = format!("is not after the last value, of {}", clock.label(0));
    if !matches!(clock, FutureIndex::Dates { .. }) {
        let Ok(number) = label.parse::<f64>() else { return refuse("is no number", 1) };
        let (last, unit) = (clock.position(0), clock.position(1) - clock.position(0));
        let steps = (number - last) / unit;
        return match steps.round() {
            near if near < 1.0 => refuse(&past, 1),
            near if near > MAX_STEPS as f64 => refuse("is too far away", 1),
            near if (steps - near).abs() < NEAR => Ok(near as usize),
            near => refuse("is not a time step", near as usize),
        };
    }
    let named = Until::of_option(option, label, clock)?;
    let (until, before) = (named.steps(clock)?, named.steps_before(named.from, clock)?);
    // The rest of a day or month that has begun is not what its name means.
    let has_begun = clock.on_wall(0).is_some_and(|last| named.from <= last);
    match until - before {
        _ if has_begun => refuse(&past, 1),
        1 => Ok(until),
        0 => refuse("is not a time step", before + 1),
        n => refuse(&format!("names {} time steps", thousands(n)), before + 1),
    }
}

/// Distance from a number to a time step, in steps, at which both are the same.
const NEAR: f64 = 1e-6;

/// The first moment behind the time that a date written in this style names.
fn end_of(from: Timestamp, style: &DateFormat) -> Option<Timestamp> {
    let span = match style {
        DateFormat::Year => Span::Months(12),
        DateFormat::Quarter { .. } => Span::Months(3),
        DateFormat::Month { .. } | DateFormat::DecimalYear { .. } => Span::Months(1),
        DateFormat::Day(_) => Span::Days(1),
        DateFormat::Pattern(pattern) => pattern.span(),
        _ => Span::Moment,
    };
    match span {
        Span::Months(n) => {
            let to = from.months() + n;
            Timestamp::day(to.div_euclid(12), to.rem_euclid(12) as u32 + 1, 1)
        }
        Span::Days(n) => from.plus_days(n),
        Span::Moment => from.plus_millis(1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::calendar::{MonthAnchor, NamedFrequency};

    fn steps(last: &str, frequency: &str, until: &str) -> Result<usize> {
        let read = dates(&[last], Some(DateOrder::Dmy)).unwrap();
        let NamedFrequency { frequency, .. } = frequency.parse().unwrap();
        let anchor = MonthAnchor::Day(read.stamps[0].day_of_month());
        let clock =
            FutureIndex::Dates { last: read.stamps[0], frequency, anchor, style: read.style };
        Until::new(until, &clock)?.most_steps([clock].into_iter())
    }

    #[test]
    fn a_date_is_reached_and_included() {
        for (last, frequency, until, want) in [
            ("2024-01-31", "D", "2024-02-29", 29),
            ("2024-01-31", "D", "2024-02", 29),
            ("2024-01-31", "D", "2024", 335),
            ("31.01.2024", "D", "03.02.2024", 3),
            ("31.01.2024", "D", "2024-02-03", 3),
            ("2024-01", "M", "2024-12", 11),
            ("2024Q1", "Q", "2025Q1", 4),
            ("2024-01-05", "B", "2024-01-14", 5),
            ("2024-01-01 22:00", "h", "2024-01-02", 25),
            ("2024-01-01 22:00", "h", "2024-01-02 00:00", 2),
            ("2024-01-01 22:00+01:00", "h", "2024-01-02 00:00+01:00", 2),
            ("2024-01-01 22:00+01:00", "h", "2024-01-02 00:00", 2),
            ("2024-01-05", "W-FRI", "2024-W04", 3),
            ("2024-01-05", "D", "Jan 2024", 26),
            ("2024-01-01 22:00", "30min@9:00-16:30,Mon-Fri", "2024-01-02", 16),
        ] {
            assert_eq!(steps(last, frequency, until).unwrap(), want, "{last} {frequency} {until}");
        }
    }

    #[test]
    fn a_label_names_one_time_step() {
        let of = |last: &str, frequency: &str, label: &str| {
            let read = dates(&[last], None).unwrap();
            let NamedFrequency { frequency, .. } = frequency.parse().unwrap();
            let anchor = MonthAnchor::Day(read.stamps[0].day_of_month());
            let (last, style) = (read.stamps[0], read.style);
            step_of("--assume", label, &FutureIndex::Dates { last, frequency, anchor, style })
                .map_err(|e| e.to_string())
        };
        assert_eq!(of("2024-01", "M", "2024-03"), Ok(2));
        assert_eq!(of("2024-01-31", "M", "2024-02"), Ok(1), "a month has one time step");
        assert_eq!(of("2024-01-01 22:00", "h", "2024-01-02 00:00"), Ok(2));
        assert_eq!(of("2024-01-05", "B", "2024-01-08"), Ok(1));
        for (last, frequency, label, said) in [
            ("2024-01-01 22:00", "h", "2024-01-03", "names 24 time steps"),
            (
                "2024-01-05",
                "B",
                "2024-01-07",
                "is not a time step\n  help: the next time step is 2024-01-08",
            ),
            ("2024-03", "M", "2024-03", "is not after the last value, of 2024-03"),
            ("2024-03", "M", "2023-03", "is not after the last value"),
            ("2024-03", "M", "spring", "`--assume spring` is no date"),
        ] {
            let error = of(last, frequency, label).unwrap_err();
            assert!(error.contains(said), "{label}: {error}");
        }
    }

    #[test]
    fn what_cannot_be_reached_is_refused() {
        for (until, said) in [
            ("2024-01-31", "is not after the last value, of 2024-01-31"),
            ("2023", "is not after the last value"),
            ("soon", "`--until soon` is no date"),
            ("2024-02-30", "is no date"),
            ("2024-02-20T00:00Z", "names a zone"),
            ("9024-01-01", "more than 100,000 steps (daily) away"),
        ] {
            let error = steps("2024-01-31", "D", until).unwrap_err().to_string();
            assert!(error.contains(said) && error.contains("help: "), "{until}: {error}");
        }
        let counted = Until::new("2024", &FutureIndex::Steps { last: 5 }).unwrap_err().to_string();
        assert!(counted.contains("the data have none"), "{counted}");
    }
}
