//! The axis of a series, made of the times of its rows.

use super::times::Times;
use crate::data::calendar::InferredFrequency;
use crate::data::{DateAxis, NumberAxis, TimeAxis};

/// Whether any time stands twice, in any order.
pub(super) fn stands_twice(keys: &[f64]) -> bool {
    if keys.windows(2).all(|w| w[0] < w[1]) {
        return false;
    }
    let mut sorted = keys.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.windows(2).any(|w| w[0] == w[1])
}

/// The time axis of a series; `found` is the calendar of dates.
pub(super) fn axis(times: Times, found: Option<InferredFrequency>) -> TimeAxis {
    match times {
        Times::Steps(first) => TimeAxis::Steps { first },
        Times::Numbers { values, decimals } => {
            let counts = decimals == 0 && values.windows(2).all(|w| w[1] - w[0] == 1.0);
            if counts {
                return TimeAxis::Steps { first: values[0] as i64 };
            }
            // The median step is the usual one, and no rounding of the cells can move it.
            let mut steps: Vec<f64> = values.windows(2).map(|w| w[1] - w[0]).collect();
            steps.sort_by(f64::total_cmp);
            let step = round_to(steps.get(steps.len() / 2).copied().unwrap_or(1.0), decimals);
            TimeAxis::Numbers(NumberAxis { values, step, decimals })
        }
        Times::Dates(dates) => {
            // Two dates were there, or one and a step, so that there is an axis.
            match found.and_then(|found| DateAxis::on(dates, found)) {
                Some(axis) => TimeAxis::Dates(axis),
                None => TimeAxis::Steps { first: 1 },
            }
        }
    }
}

fn round_to(value: f64, decimals: usize) -> f64 {
    format!("{value:.decimals$}").parse().unwrap_or(value)
}
