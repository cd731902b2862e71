//! What columns of times are called, and what stands in them by name.

/// Names of times and of periods, by themselves or in a longer name such as `year_month`.
const TIMES: [&str; 8] = ["time", "year", "jahr", "month", "week", "day", "period", "step"];

/// Names of times whose letters a longer name has by chance, or that one of [`TIMES`] is a part of.
const ALONE: [&str; 6] = ["t", "timestamp", "datetime", "epoch", "unixtime", "zeit"];

/// Parts of a time: a column of their numbers alone does not rise, and is no time.
const PARTS: [&str; 8] = ["quarter", "hour", "minute", "second", "date", "dow", "season", "monat"];

/// Names of dates.
const DATES: [&str; 13] = [
    "ds",
    "date",
    "datum",
    "fecha",
    "dato",
    "day",
    "jour",
    "timestamp",
    "datetime",
    "date_time",
    "日付",
    "年月日",
    "日時",
];

/// Names of months and weekdays, or how they begin.
const CALENDAR: [&str; 19] = [
    "mon", "tue", "wed", "thu", "fri", "sat", "sun", "jan", "feb", "mar", "apr", "may", "jun",
    "jul", "aug", "sep", "oct", "nov", "dec",
];

/// Whether a column of this name holds times.
pub fn is_time_name(name: &str) -> bool {
    let name = name.to_lowercase();
    TIMES.iter().chain(&ALONE).any(|word| *word == name) || is_date_name(&name)
}

/// Whether a column of this name holds dates.
pub(super) fn is_date_name(name: &str) -> bool {
    DATES.contains(&name.to_lowercase().as_str())
}

/// Whether a column of this name holds times or parts of times, such as `day_of_week`.
pub(super) fn is_named_like_time(name: &str) -> bool {
    let name = name.to_lowercase();
    TIMES.iter().chain(&PARTS).any(|word| name.contains(word))
}

/// Whether a cell is the name of a month or of a weekday.
pub(super) fn is_of_calendar(cell: &str) -> bool {
    let cell = cell.to_lowercase();
    CALENDAR.iter().any(|name| cell.starts_with(name))
}
