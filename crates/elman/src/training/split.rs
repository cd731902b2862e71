//! Split of a series into training set, validation set and test set, in this order of time.

use crate::data::History;
use crate::error::{Error, Result};
use crate::select::RnnForecaster;

/// Fewest values of a series for training.
pub(super) const MIN_VALUES: usize = 12;
/// Fewest values before the test set, and before the validation set.
const MIN_TRAINING: usize = 3;
/// The test set, and the validation set, is this part of the values before its end.
pub(super) const PART: usize = 5;

/// Ends of the parts of one series, in values from its first recent one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Split {
    /// End of the training set; the validation set for early stopping follows, if there is one.
    pub(super) fit_end: usize,
    /// End of the validation set; the test set follows.
    pub(super) cutoff: usize,
    /// Number of values.
    pub(super) len: usize,
}

impl Split {
    /// Splits each series. A short series of a panel is a training set as a whole.
    ///
    /// # Errors
    /// A test set that leaves no training set; no series that is long enough.
    pub(super) fn of(histories: &[History<'_>], settings: &RnnForecaster) -> Result<Vec<Self>> {
        let longest = histories.iter().map(|y| y.values.len()).max().unwrap_or(0);
        if longest < MIN_VALUES {
            return Err(Error::ShortHistory { what: "training", needed: MIN_VALUES, got: longest });
        }
        if let Some(holdout) = settings.holdout.filter(|held| held + MIN_TRAINING > longest) {
            return Err(Error::Forecast {
                reason: format!(
                    "a test set of {holdout} values leaves nothing to train on: the longest series has {longest}"
                ),
                help: format!("choose `--holdout` from 0 to {}", longest - MIN_TRAINING),
            });
        }
        if let Some(holdout) = settings.holdout.filter(|held| (1..settings.horizon).contains(held))
        {
            return Err(Error::Forecast {
                reason: format!(
                    "a test set of {holdout} values is shorter than the horizon of {}",
                    settings.horizon
                ),
                help: format!("choose `--holdout` {} or more, or 0", settings.horizon),
            });
        }
        let split = |history: &History<'_>| {
            let len = history.values.len();
            let holdout = settings.holdout.unwrap_or_else(|| (len / PART).max(settings.horizon));
            let is_long = len >= MIN_VALUES && len >= holdout + MIN_TRAINING;
            let cutoff = if is_long { len - holdout } else { len };
            let validation = match settings.train.patience {
                Some(_) if is_long => (cutoff / PART).max(1).min(cutoff - MIN_TRAINING),
                _ => 0,
            };
            Self { fit_end: cutoff - validation, cutoff, len }
        };
        Ok(histories.iter().map(split).collect())
    }

    /// Whether a part of the series is a validation set for early stopping.
    pub(super) fn has_validation(&self) -> bool {
        self.fit_end < self.cutoff
    }
}
