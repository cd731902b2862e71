//! What columns of times are called.

/// Names of times and of periods, whose numbers may be anything that rises.
const TIMES: [&str; 14] = [
    "t",
    "time",
    "timestamp",
    "datetime",
    "year",
    "jahr",
    "month",
    "week",
    "day",
    "period",
    "step",
    "epoch",
    "unixtime",
    "zeit",
];

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

/// Whether a column of this name holds times.
pub(super) fn is_time_name(name: &str) -> bool {
    let name = name.to_lowercase();
    TIMES.contains(&name.as_str()) || is_date_name(&name)
}

/// Whether a column of this name holds dates.
pub(super) fn is_date_name(name: &str) -> bool {
    DATES.contains(&name.to_lowercase().as_str())
}
