//! Whether the dates of a series can be what they are said to be.

use super::times::TimeCells;
use super::{MissingDates, ReadOptions};
use crate::calendar::{Frequency, Stamp, gaps, infer, is_off};
use crate::error::{Error, Result};

/// Refuses a step that was given and contradicts the dates: days do not become weeks by calling them so. `stamps`
/// rise and may repeat; `row` tells the row of each in `cells`.
pub(super) fn have_given_step(
    stamps: &[Stamp],
    given: Frequency,
    options: &ReadOptions,
    cells: &TimeCells,
) -> Result<()> {
    let mut once = stamps.to_vec();
    once.dedup();
    let Some(found) = infer(&once).map(|found| found.frequency) else { return Ok(()) };
    let steps = once.len() - 1;
    let off = |a: &Stamp, b: &Stamp| a != b && is_off(*a, *b, given);
    let uneven = once.windows(2).filter(|w| off(&w[0], &w[1])).count();
    let absent = gaps(&once, given).steps;
    let own = gaps(&once, found);
    let finer = options.missing_dates != MissingDates::Fill
        && absent * 2 > steps
        && (own.uneven + own.steps) * 10 <= steps;
    let (at, help) = if uneven * 10 > steps {
        let at = stamps.windows(2).position(|w| off(&w[0], &w[1])).map_or(0, |at| at + 1);
        (
            at,
            "leave out `--freq`, or bring the values to that step with `--agg sum` (or mean, last)",
        )
    } else if finer {
        (
            1,
            "leave out `--freq`, or get a missing value for each date between with `--missing-dates fill`",
        )
    } else {
        return Ok(());
    };
    let help = format!("the dates are {found}, and `--freq` says {given}: {help}");
    Err(Error::BadDate {
        place: cells.place(at),
        found: cells.text(at),
        expected: "does not have the step that `--freq` gives",
        help,
    })
}
