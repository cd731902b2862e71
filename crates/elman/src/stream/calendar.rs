//! Dates of observations: their format, and what the training tells of the dates of a new series.

use crate::data::calendar::{
    DateFormat, DateOrder, Dates, Frequency, FutureIndex, MonthAnchor, Timestamp, dates,
    numeric_dates, offset,
};

/// What a stream knows of the dates before the first observation of a series.
#[derive(Debug, Clone, Default)]
pub(super) struct Calendar {
    /// Frequency of the training data, or the one that the caller gave.
    pub(super) frequency: Option<Frequency>,
    /// Time axis of the series of the training.
    pub(super) of_model: Option<FutureIndex>,
}

impl Calendar {
    /// Day of the month, or of the week, of a series that begins at `first`.
    pub(super) fn anchor(&self, first: Timestamp) -> MonthAnchor {
        match &self.of_model {
            Some(FutureIndex::Dates { anchor, .. }) if anchor.has(first) => *anchor,
            _ => MonthAnchor::Day(first.day_of_month()),
        }
    }

    /// Axis of a series of numbers that begins at `first`, where the training has such an axis.
    pub(super) fn numbers(&self, first: &str) -> Option<FutureIndex> {
        let Some(FutureIndex::Numbers { step, decimals, .. }) = self.of_model else { return None };
        Some(FutureIndex::Numbers { last: first.parse().ok()?, step, decimals })
    }

    /// The date of the first observation of a series, with its format; `None` for a text that is no date.
    pub(super) fn read(&self, first: &str) -> Option<Dates> {
        read(&[first], self.of_model.as_ref().and_then(order_of))
    }
}

/// The instant in UTC of a date that has its offset; `None` without an offset.
pub(super) fn in_utc(stamp: Timestamp, style: &DateFormat) -> Option<Timestamp> {
    let minutes = offset(style.zone()?)??;
    stamp.plus_millis(-60_000 * minutes)
}

/// Order of day, month and year of a time axis.
fn order_of(axis: &FutureIndex) -> Option<DateOrder> {
    match axis {
        FutureIndex::Dates { style, .. } => style.date_order(),
        _ => None,
    }
}

/// Dates of these cells, in words or numbers, of one format.
pub(super) fn read(cells: &[&str], order: Option<DateOrder>) -> Option<Dates> {
    let is_number = cells.iter().all(|cell| cell.bytes().all(|b| b.is_ascii_digit()));
    // Another order than that of the series, where a date has one.
    match dates(cells, order).or_else(|_| dates(cells, None)) {
        Ok(dates) => Some(dates),
        // A short whole number counts time steps.
        Err(_) if is_number && cells.iter().any(|cell| cell.len() < 6) => None,
        Err(_) => numeric_dates(cells),
    }
}
