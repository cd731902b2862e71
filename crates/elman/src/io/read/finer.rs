//! Dates with parts of a millisecond: the calendar has milliseconds.

use super::times::{TimeCells, Times};
use crate::error::{Error, Result};

/// Nanoseconds of a millisecond.
const MILLI: f64 = 1e6;

/// A note if dates have parts of a millisecond; none if they have not.
///
/// # Errors
/// Steps that the calendar does not have: half a time step or more would be missing at the end of the series.
pub(super) fn note(cells: &TimeCells, times: &Times) -> Result<Option<String>> {
    let Times::Dates(dates) = times else { return Ok(None) };
    if !dates.style.may_have_parts_of_millis() {
        return Ok(None);
    }
    let parts: Vec<u32> = (0..dates.stamps.len()).map(|i| parts_of_milli(&cells.text(i))).collect();
    let Some(at) = parts.iter().position(|nanos| *nanos > 0) else { return Ok(None) };
    let first = dates.stamps[0].millis();
    let moments = dates.stamps.iter().zip(&parts);
    let moments =
        moments.map(|(stamp, nanos)| (stamp.millis() - first) as f64 * MILLI + f64::from(*nanos));
    if !follows(moments.collect()) {
        return Err(Error::BadDate {
            place: cells.place(at),
            found: cells.text(at),
            expected: "is no whole number of milliseconds, and neither is the time step",
            help: "give times in whole milliseconds, or count the rows with `--time-col none`"
                .to_owned(),
        });
    }
    let column = cells.source.columns().first().copied().unwrap_or(0);
    let name = &cells.columns.all[column].name;
    Ok(Some(format!(
        "`{name}` has parts of a millisecond, as in {:?}: they are cut off, and absent in the forecast",
        cells.text(at)
    )))
}

/// Whether steps of whole milliseconds follow the `moments`, in nanoseconds, to within half a step.
fn follows(mut moments: Vec<f64>) -> bool {
    moments.sort_by(f64::total_cmp);
    moments.dedup();
    let mut steps: Vec<f64> = moments.windows(2).map(|w| w[1] - w[0]).collect();
    steps.sort_by(f64::total_cmp);
    let Some(median) = steps.get(steps.len() / 2) else { return true };
    // The mean of single steps: the noise of a clock cancels out.
    let count: f64 = steps.iter().map(|step| (step / median).round()).sum();
    let mean = steps.iter().sum::<f64>() / count.max(1.0);
    let off = (mean - (mean / MILLI).round() * MILLI).abs();
    mean >= MILLI && off * count < 0.5 * mean
}

/// Nanoseconds past the whole millisecond of a moment, as a file writes it.
fn parts_of_milli(text: &str) -> u32 {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    // The zone behind the fraction has a colon, too.
    let time = text.find(':').map_or("", |colon| &text[colon..]);
    let Some(dot) = time.find(['.', ',']) else { return 0 };
    let fraction = &time[dot + 1..];
    let nanos: String =
        fraction[..digits(fraction)].chars().chain("000000000".chars()).take(9).collect();
    nanos[3..].parse().unwrap_or(0)
}
