//! Dates or numbered time steps that are absent from a file: added as missing values, or left out, and a note on them.
//!
//! A season is a matter of dates. Where a month is absent and its row is simply skipped, every later month stands one
//! place too early in its year. So absent dates get rows wherever every date of the calendar is to be expected. Days
//! of trading have holidays, and returns do not stop for those: there the rows stay as they are, unless the values
//! show a season of that calendar, which a holiday would shift in the same way.

use super::{Missing, MissingDates, ReadOptions, gaps};
use crate::data::{Series, TimeAxis, counted};
use crate::error::Result;
use crate::season;

/// Series that are looked at for a season of a calendar that has holidays.
const SAMPLE: usize = 32;

/// Of so many steps at least one may be uneven: with more, the dates have no calendar.
const EVEN: usize = 10;

/// What was done in how many series.
#[derive(Default)]
struct Done {
    series: usize,
    dates: usize,
}

impl Done {
    fn add(&mut self, dates: usize) {
        self.series += 1;
        self.dates += dates;
    }

    /// `3 dates`, `3 dates of 2 series`; time steps where the series have numbers.
    fn words(&self, series: &[Series]) -> String {
        let dates = counted(self.dates, noun(series));
        match series.len() {
            1 => dates,
            _ => format!("{dates} of {} series", self.series),
        }
    }
}

/// Does what `options` say about the dates that are absent from the `series` of one file. Who `masks` missing values
/// gets NaN for them; for others they are interpolated.
///
/// # Errors
/// Where rows for absent dates were asked for and cannot be: see [`Series::with_missing_dates`].
pub(super) fn put_in_place(
    series: &mut [Series],
    masks: bool,
    options: &ReadOptions,
    notes: &mut Vec<String>,
) -> Result<()> {
    let masks = masks && options.missing != Missing::Interpolate;
    let fill = Fill { masks };
    match options.missing_dates {
        MissingDates::Skip => Ok(()),
        MissingDates::Fill => {
            let mut filled = Done::default();
            // Whole numbers without a gap count the values, also beside a series with gaps.
            let has_axes = series.iter().any(has_axis);
            for one in series.iter_mut().filter(|one| !has_axes || has_axis(one)) {
                let whole = std::mem::replace(one, Series::counted("", Vec::new()));
                let (whole, dates) = whole.with_missing_dates()?;
                *one = whole;
                if dates > 0 {
                    fill.values(one);
                    filled.add(dates);
                }
            }
            notes.splice(0..0, fill.note(&filled, series, ""));
            Ok(())
        }
        // Whoever leaves out rows without a value does not want them back.
        MissingDates::Auto if options.missing == Missing::Drop => Ok(()),
        MissingDates::Auto => {
            notes.splice(0..0, fill.where_regular(series));
            Ok(())
        }
    }
}

/// What was done where the calendar is regular, and the series in which it is not.
#[derive(Default)]
struct Regular {
    filled: Done,
    /// Holidays, which stay without a row.
    skipped: Done,
    apart: Vec<Apart>,
    uneven: Vec<Uneven>,
}

/// A series that lacks more dates than it has.
struct Apart {
    name: String,
    absent: usize,
}

/// A series with irregular dates: so many of its steps are off.
struct Uneven {
    name: String,
    off: usize,
    steps: usize,
    usual: String,
    has_dates: bool,
}

impl Uneven {
    /// A warning; `more` counts the other such series.
    fn note(&self, more: &str) -> String {
        let Self { name, off, steps, usual, has_dates } = self;
        let of = format!("{off} of {}", counted(*steps, "step"));
        match has_dates {
            true => format!(
                "WARNING: the dates of series `{name}` are irregular: {of} are not {usual}{more}; the forecast \
                 has {usual} dates nevertheless. Set `--freq`, or count the rows with `--time-col none`"
            ),
            false => format!(
                "WARNING: the times of series `{name}` are irregular: {of} are not {usual}{more}; the forecast \
                 has steps of {usual} nevertheless. Count the rows with `--time-col none`"
            ),
        }
    }
}

struct Fill {
    masks: bool,
}

impl Fill {
    fn values(&self, series: &mut Series) {
        if !self.masks {
            gaps::interpolate(&mut series.values);
        }
    }

    /// Fills the series whose calendar allows it. Gives the notes.
    fn where_regular(&self, series: &mut [Series]) -> Vec<String> {
        let by_date = has_season(series);
        let Regular { filled, skipped, apart, uneven } = self.regular(series, by_date);
        let why = match by_date && series.iter().any(has_holidays) {
            true => ", because the season is aligned by date",
            false => "",
        };
        let mut notes: Vec<String> = self.note(&filled, series, why).into_iter().collect();
        if skipped.dates > 0 {
            notes.push(format!(
                "{} without a row (holidays?): the next row is the next step; `--missing-dates fill` puts \
                 these dates in place as missing values",
                skipped.words(series)
            ));
        }
        if let Some(Apart { name, absent }) = apart.first() {
            let (more, noun) = (others(apart.len()), noun(series));
            notes.push(format!(
                "series `{name}` lacks more {noun}s than it has ({} absent){more}: the next row is the next step, \
                 and a season is not aligned by {noun}; name the step with `--freq`",
                counted(*absent, noun)
            ));
        }
        notes.extend(uneven.first().map(|first| first.note(&others(uneven.len()))));
        notes
    }

    /// Fills the series whose calendar allows it: those with holidays only where the season is aligned `by_date`.
    fn regular(&self, series: &mut [Series], by_date: bool) -> Regular {
        let mut regular = Regular::default();
        for one in series.iter_mut() {
            let absent = one.absent_dates();
            let name = || one.name.clone();
            if absent.uneven * EVEN > one.len() {
                regular.uneven.push(Uneven {
                    name: name(),
                    off: absent.uneven,
                    steps: one.len() - 1,
                    usual: one.usual_step(),
                    has_dates: matches!(one.time, TimeAxis::Dates(_)),
                });
            } else if absent.steps == 0 && absent.uneven == 0 {
                // Nothing is absent.
            } else if has_holidays(one) && !by_date {
                regular.skipped.add(absent.steps);
            } else if absent.steps > one.len() {
                regular.apart.push(Apart { name: name(), absent: absent.steps });
            } else {
                let before = one.len();
                one.fill_missing_dates();
                self.values(one);
                if one.len() > before {
                    regular.filled.add(one.len() - before);
                }
            }
        }
        regular
    }

    fn note(&self, filled: &Done, series: &[Series], why: &str) -> Option<String> {
        if filled.dates == 0 {
            return None;
        }
        let how = match self.masks {
            true => "added as missing values",
            false => "put in place and interpolated",
        };
        let changing =
            |s: &Series| !(s.covariates.future.is_empty() && s.covariates.past.is_empty());
        let covariates = match series.iter().any(changing) {
            true => "; covariates keep their last known value there",
            false => "",
        };
        Some(format!(
            "{} absent from the file: {how}{why}{covariates} (`--missing-dates skip` takes the next row as the \
             next step)",
            filled.words(series)
        ))
    }
}

/// The words for the other ones of `n` series.
fn others(n: usize) -> String {
    match n {
        1 => String::new(),
        n => format!(", and {} more such series", n - 1),
    }
}

/// What the time steps of the series are called.
fn noun(series: &[Series]) -> &'static str {
    match series.iter().any(|s| matches!(s.time, TimeAxis::Dates(_))) {
        true => "date",
        false => "time step",
    }
}

/// Whether a series has dates or numbers, and not counted values.
fn has_axis(series: &Series) -> bool {
    !matches!(series.time, TimeAxis::Steps { .. })
}

fn has_holidays(series: &Series) -> bool {
    series.frequency().is_some_and(|frequency| frequency.has_holidays())
}

/// Whether most of the series that lack dates of a calendar with holidays show a season of that calendar.
fn has_season(series: &[Series]) -> bool {
    let lacks = |s: &&Series| {
        let absent = s.absent_dates();
        absent.steps > 0 && absent.steps <= s.len()
    };
    let of_calendar = series.iter().filter(|s| has_holidays(s));
    let seen: Vec<bool> = of_calendar
        .filter(lacks)
        .take(SAMPLE)
        .map(|s| {
            let mut by_date = s.clone();
            by_date.fill_missing_dates();
            gaps::interpolate(&mut by_date.values);
            season::find(&by_date.values, by_date.frequency()).is_some()
        })
        .collect();
    2 * seen.iter().filter(|seen| **seen).count() > seen.len()
}
