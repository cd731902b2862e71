//! The times of a series that has a start and a step.

use crate::data::DateAxis;
use crate::data::calendar::{
    DateFormat, DateOrder, DateStyle, Dates, Frequency, FutureIndex, MonthAnchor, Timestamp,
    dates as read,
};

/// The times of the steps in `kept`, counted from the start. `None` past the year 9999; an error says what the text is not.
pub(super) fn dates(
    start: &str,
    frequency: Frequency,
    kept: &[usize],
) -> Result<Option<DateAxis>, &'static str> {
    // The archive's times have no colons, as those end attributes: 1979-01-01 00-00-00.
    let (day, time) = start.split_once([' ', 'T']).unwrap_or((start, ""));
    let written = match time.trim() {
        "" => day.to_string(),
        time => format!("{day} {}", time.replace('-', ":")),
    };
    let dates = read(&[&written], Some(DateOrder::Ymd)).map_err(|_| "is not a date")?;
    let [first] = dates.stamps[..] else { return Err("is not a date") };
    let last_of_month = first.day_of_month() == first.days_in_month();
    let anchor =
        if last_of_month { MonthAnchor::LastDay } else { MonthAnchor::Day(first.day_of_month()) };
    let style = style(first, frequency);
    let clock = FutureIndex::Dates { last: first, frequency, anchor, style: style.clone() };
    let stamp = |k: &usize| if *k == 0 { Some(first) } else { clock.stamp(*k) };
    let stamps: Option<Vec<Timestamp>> = kept.iter().map(stamp).collect();
    Ok(stamps.and_then(|stamps| DateAxis::new(Dates { stamps, style }, Some(frequency))))
}

/// Days where all values stand at midnight, else times: ISO's way, as the archive's own has no readers.
fn style(first: Timestamp, frequency: Frequency) -> DateFormat {
    let (separator, order) = ("-".to_string(), DateOrder::Ymd);
    let date = DateStyle { order, separator, padded: true, short_year: false };
    if first.millis_of_day() == 0 && !matches!(frequency, Frequency::Millis(_)) {
        return DateFormat::Day(date);
    }
    let (between, zone) = (" ".to_string(), String::new());
    DateFormat::Time { date, between, seconds: true, decimals: 0, zone }
}
