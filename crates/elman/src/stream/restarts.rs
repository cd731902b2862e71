//! Series that the training did not contain: the pretrained network forecasts the first values, and the networks of the model
//! start when their unit and seasons can be estimated.

use super::StreamConfig;
use crate::data::{PredictionInterval, Series};
use crate::error::Result;
use crate::models::pretrained::{MAX_VALUES, PastValues, Pretrained};
use crate::models::rnn::RnnModel;
use crate::select::{FittedForecaster, OnlineForecast, SelectionReport};

/// Number of values from which the unit of a series is estimated first, and for the last time. Chosen by hand, not measured.
const FIRST: usize = 12;
const LAST: usize = 120;

/// Numbers of values at which the networks start from the values of a new series, in ascending order: unit and seasons are
/// estimated again at each, because the first estimates are of few values.
pub(super) fn restarts(fitted: &FittedForecaster) -> Vec<usize> {
    // A season is estimated from two cycles, and a centered mean needs two values more.
    let cycles = fitted.selection.seasons.iter().map(|season| 2 * season + 2);
    let cycles: Vec<usize> = cycles.filter(|values| *values <= MAX_VALUES).collect();
    if fitted.nets().all(|net: &RnnModel| net.settings.is_untrained()) {
        // The last value is a forecast from the first value on; a season is added when it is known.
        let has_season = |net: &RnnModel| net.settings.preprocessing.deseasonalize;
        let seasons = if fitted.nets().any(has_season) { cycles } else { Vec::new() };
        return std::iter::once(1).chain(seasons).collect();
    }
    let first = cycles.iter().copied().min().unwrap_or(FIRST).max(FIRST);
    let later = cycles.into_iter().chain([LAST]).filter(|values| *values > first);
    let mut restarts: Vec<usize> = later.chain([first]).collect();
    restarts.sort_unstable();
    restarts.dedup();
    restarts
}

/// Writes the forecast of the pretrained network after `values`, of which at least one is known.
pub(super) fn forecast(
    fitted: &FittedForecaster,
    config: &StreamConfig,
    values: &[f64],
    to: &mut OnlineForecast,
) -> Result<()> {
    let mut filled = values.to_vec();
    let first = filled.iter().copied().find(|y| !y.is_nan()).unwrap_or(0.0);
    filled.iter_mut().fold(first, |last, y| {
        *y = if y.is_nan() { last } else { *y };
        *y
    });
    let SelectionReport { seasons, frequency_class, .. } = &fitted.selection;
    let shortest = seasons.first().copied().unwrap_or(1);
    let periods = if filled.len() > shortest { &seasons[..] } else { &[] };
    let past = PastValues { values: &filled, periods, class: *frequency_class };
    let isa = fitted.settings.isa;
    let ahead = Pretrained::shipped()?.forecast(&[past], config.horizon, 1, isa)?.swap_remove(0);
    to.values = ahead.median();
    to.intervals = fitted.settings.levels.iter().map(|level| ahead.interval(*level)).collect();
    if fitted.settings.non_negative {
        to.values.iter_mut().for_each(|y| *y = y.max(0.0));
        to.intervals.iter_mut().for_each(PredictionInterval::clamp_to_zero);
    }
    Ok(())
}

/// The values as a series without dates.
pub(super) fn series(name: &str, values: &[f64]) -> Series {
    Series::counted(name, values.to_vec())
}
