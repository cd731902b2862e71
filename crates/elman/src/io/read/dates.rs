//! The calendar of a series' dates, and whether the dates can be what they are said to be.

use super::times::TimeCells;
use super::{MissingDates, ReadOptions};
use crate::data::calendar::{
    Frequency, InferredFrequency, MonthAnchor, Periods445, Timestamp, absent, absent_about,
    day_name, gaps, infer, is_off, last_weekdays_or_445, on_grid,
};
use crate::data::{counted, thousands};
use crate::error::{Error, Result};

/// What was found out about dates.
pub(super) struct Checked {
    /// Their calendar; none for a single date of which no step is known.
    pub(super) found: Option<InferredFrequency>,
    /// The step that they have by themselves.
    pub(super) own: Option<Frequency>,
    pub(super) notes: Vec<String>,
}

/// Dates from which on a jump or another step shows beyond doubt.
const ENOUGH: usize = 8;

/// Steps in a row that make another step of the calendar.
const IN_A_ROW: usize = 5;

/// Finds the calendar of rising dates, which may repeat: that of `options`, else that of the panel they belong to, else
/// their own. Dates that miss a regular grid by seconds are put on it.
///
/// # Errors
/// Dates that contradict the step that was given; for a file of one series, dates far away from all others, and a step
/// that changes.
pub(super) fn calendar(
    stamps: &mut [Timestamp],
    of_panel: Option<Frequency>,
    options: &ReadOptions,
    cells: &TimeCells,
) -> Result<Checked> {
    // Most dates are those of a clock: nothing is to be looked for.
    let apart = |w: &[Timestamp]| w[1].millis() - w[0].millis();
    let even = stamps.windows(2).all(|w| apart(w) == apart(&stamps[..2]));
    let mut notes = Vec::new();
    if !even {
        notes.extend(put_on_grid(stamps));
    }
    let mut once = stamps.to_vec();
    once.dedup();
    let own = infer(&once);
    if let (None, None, Some(own)) = (options.freq, of_panel, own) {
        notes.extend(last_weekdays_note(&once, own));
    }
    let given = match options.freq {
        // The dates tell where the cycle of 13 weeks begins.
        Some(Frequency::Periods445(_)) => Periods445::ending(&once).map(Frequency::Periods445),
        given => given,
    };
    let anchor = || once.last().map(|last| MonthAnchor::Day(last.day_of_month()));
    let anchor = options.freq_anchor.or(own.map(|own| own.anchor)).or_else(anchor);
    let frequency = given.or(of_panel).or(own.map(|own| own.frequency)).or(options.step_before);
    if let (Some(own), Some(given)) = (own, given) {
        have_given_step(stamps, &once, own.frequency, given, options, cells)?;
    }
    if let Some(anchor) = options.freq_anchor {
        stand_on(stamps, anchor, options, cells)?;
    }
    let found =
        anchor.zip(frequency).map(|(anchor, frequency)| InferredFrequency { frequency, anchor });
    if let Some(InferredFrequency { frequency, .. }) = found
        && options.missing_dates == MissingDates::Auto
        && once.len() >= ENOUGH
        && !even
        && let Some(trouble) = trouble(&once, frequency)
    {
        let at = stamps.iter().position(|s| *s == once[trouble.at]).unwrap_or(0);
        notes.push(trouble.note(at, options, cells)?);
    }
    Ok(Checked { found, own: own.map(|own| own.frequency), notes })
}

/// The calendar of strictly rising dates in which [`calendar`] finds nothing to correct, to refuse or to name; `None` of other
/// dates.
#[cfg(feature = "columnar")]
pub(super) fn plain_calendar(
    stamps: &[Timestamp],
    of_panel: Option<Frequency>,
    options: &ReadOptions,
) -> Option<InferredFrequency> {
    let own = infer(stamps)?;
    let frequency = options.freq.or(of_panel).unwrap_or(own.frequency);
    let is_as_asked = options.freq_anchor.is_none() && frequency == own.frequency;
    if of_panel.is_none() && last_weekdays_or_445(stamps, own).is_some() {
        return None;
    }
    let apart = |w: &[Timestamp]| w[1].millis() - w[0].millis();
    let first = apart(stamps.get(..2)?);
    let is_even = || stamps.windows(2).all(|w| apart(w) == first);
    let is_complete = || {
        let found = gaps(stamps, frequency);
        found.steps + found.uneven == 0 && on_grid(stamps).is_none()
    };
    (is_as_asked && (is_even() || is_complete())).then_some(own)
}

/// Names the calendar that was chosen of two that have these dates.
fn last_weekdays_note(once: &[Timestamp], own: InferredFrequency) -> Option<String> {
    let day = day_name(last_weekdays_or_445(once, own)?);
    Some(format!(
        "the dates are the last {day} of each month, and ends of periods of 4, 4 and 5 weeks as well: taken as monthly; \
         `--freq 4-4-5` takes the periods"
    ))
}

/// Puts dates that miss a regular grid by seconds on it. Gives a note if there are such.
fn put_on_grid(stamps: &mut [Timestamp]) -> Option<String> {
    let grid = on_grid(stamps)?;
    stamps.copy_from_slice(&grid.stamps);
    let (moved, step) = (counted(grid.moved, "date"), Frequency::Millis(grid.step));
    Some(format!("{moved} a little off a regular grid ({step}): taken as on it"))
}

/// Refuses a step that was given and contradicts the dates: days do not become weeks by calling them so.
fn have_given_step(
    stamps: &[Timestamp],
    once: &[Timestamp],
    found: Frequency,
    given: Frequency,
    options: &ReadOptions,
    cells: &TimeCells,
) -> Result<()> {
    let steps = once.len() - 1;
    let off = |w: &[Timestamp]| w[0] != w[1] && is_off(w[0], w[1], given);
    let uneven = once.windows(2).filter(|w| off(w)).count();
    let absent = gaps(once, given).steps;
    let own = gaps(once, found);
    // A few rows of one series among many may be weeks apart by chance.
    let finer = options.missing_dates != MissingDates::Fill
        && (once.len() >= ENOUGH || !options.one_row)
        && absent * 2 > steps
        && (own.uneven + own.steps) * 10 <= steps;
    let (at, help) = if uneven * 10 > steps {
        let at = stamps.windows(2).position(off).map_or(0, |at| at + 1);
        (
            at,
            "leave out `--freq`, or bring the values to that step with `--agg sum` (or mean, last)",
        )
    } else if finer {
        let put = "leave out `--freq`, or get a missing value for each date between with \
                   `--missing-dates fill`";
        (1, put)
    } else {
        return Ok(());
    };
    Err(Error::BadDate {
        place: cells.place(at),
        found: cells.text(at),
        expected: "does not have the step that `--freq` gives",
        help: format!("the dates are {found}, and `--freq` says {given}: {help}"),
    })
}

/// Refuses a day of the month or week that was given and that the dates do not stand on; a holiday moves a date now
/// and then.
fn stand_on(
    stamps: &[Timestamp],
    anchor: MonthAnchor,
    options: &ReadOptions,
    cells: &TimeCells,
) -> Result<()> {
    let off = |s: &&Timestamp| !anchor.has(**s);
    let wrong = stamps.iter().filter(off).count();
    if wrong * 4 <= stamps.len() || options.one_row && stamps.len() < ENOUGH {
        return Ok(());
    }
    let at = stamps.iter().position(|s| off(&s)).unwrap_or(0);
    Err(Error::BadDate {
        place: cells.place(at),
        found: cells.text(at),
        expected: "does not stand on the day that `--freq` names",
        help: format!(
            "{} of {} do not; leave out `--freq`, and the day is found",
            thousands(wrong),
            counted(stamps.len(), "date")
        ),
    })
}

/// What cannot be right about dates, and where.
struct Trouble {
    /// The date with which it begins.
    at: usize,
    expected: &'static str,
    why: String,
    help: &'static str,
}

impl Trouble {
    /// A warning of the date at place `at`. In a file of one series it is an error.
    fn note(&self, at: usize, options: &ReadOptions, cells: &TimeCells) -> Result<String> {
        let Self { expected, why, help, .. } = self;
        if !options.one_row {
            return Err(Error::BadDate {
                place: cells.place(at),
                found: cells.text(at),
                expected,
                help: format!("{why}; {help}"),
            });
        }
        let line = cells.place(at).counted();
        Ok(format!("WARNING: {line}: {:?} {expected}: {why}; {help}", cells.text(at)))
    }
}

fn trouble(once: &[Timestamp], frequency: Frequency) -> Option<Trouble> {
    far_away(once, frequency).or_else(|| changes(once, frequency))
}

/// A date far away from all others, as a slip of the pen makes it: 2032 after 2023.
fn far_away(once: &[Timestamp], frequency: Frequency) -> Option<Trouble> {
    let steps: Vec<usize> =
        once.windows(2).map(|w| absent_about(w[0], w[1], frequency) + 1).collect();
    let (at, longest) = steps.iter().copied().enumerate().max_by_key(|(_, steps)| *steps)?;
    let rest = steps.iter().sum::<usize>() - longest;
    let behind = once.len() - 1 - at;
    let few = (at + 1).min(behind) <= 2;
    if longest <= rest || !(few || longest > 10 * rest) {
        return None;
    }
    Some(Trouble {
        // The side with few dates is the wrong one.
        at: if at < behind { at } else { at + 1 },
        expected: "is far away from all other dates",
        why: format!(
            "{} ({frequency}) lie between it and the next to it, and {} between all the others",
            counted(longest, "step"),
            thousands(rest)
        ),
        help: "correct the date, or keep it with `--missing-dates skip`",
    })
}

/// Another step at the beginning or at the end: months, and then days.
fn changes(once: &[Timestamp], frequency: Frequency) -> Option<Trouble> {
    let usual: Vec<bool> =
        once.windows(2).map(|w| absent(w[0], w[1], frequency) == Some(0)).collect();
    let before = usual.iter().take_while(|usual| !**usual).count();
    let behind = usual.iter().rev().take_while(|usual| !**usual).count();
    let all = usual.iter().filter(|usual| **usual).count();
    let at = match before >= behind {
        true => before,
        false => usual.len() - behind,
    };
    let inside = usual.len() - before.max(behind);
    // Where steps are uneven everywhere, nothing changes.
    if before.max(behind) < IN_A_ROW || inside < IN_A_ROW || all * 10 < inside * 9 {
        return None;
    }
    let words = |part: &[Timestamp]| infer(part).map(|found| found.frequency.to_string());
    let (first, then) = (words(&once[..=at])?, words(&once[at..])?);
    (first != then).then(|| Trouble {
        at,
        expected: "is where the step of the dates changes",
        why: format!("the dates are {first} before it and {then} after it"),
        help: "give the rows of one step only, or count the rows with `--time-col none`",
    })
}
