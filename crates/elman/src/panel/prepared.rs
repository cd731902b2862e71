//! Prepared panel: the input of model selection and training.

use super::auto::{AutoConfig, candidate_periods, check};
use super::covariates::{CovariateDims, CovariateSchema};
use super::history::{History, HistoryView};
use super::recent_values::{RecentValues, recent_values};
use super::sample::sample;
use crate::error::Result;
use crate::series::Series;

/// Recent values of every series with their covariates, and a sample of the series for the training.
pub(super) struct PreparedPanel<'a> {
    pub(super) histories: Vec<History<'a>>,
    /// Schema and number of the covariates.
    pub(super) covariates: (CovariateSchema, CovariateDims),
    /// Seasonal periods that the calendar suggests; `None` without dates.
    pub(super) candidate_periods: Option<Vec<usize>>,
    /// Indexes of the series in the training sample.
    pub(super) sample: Vec<usize>,
    /// Notes about values that were left out, in sentences.
    pub(super) notes: Vec<String>,
}

impl<'a> PreparedPanel<'a> {
    /// Validates and prepares the panel. The last `held_back` values are never outliers: forecasts are compared with
    /// them.
    pub(super) fn of(panel: &'a [Series], settings: &AutoConfig, held_back: usize) -> Result<Self> {
        check(panel, settings.horizon)?;
        settings.check_choices(panel)?;
        let encoding = CovariateSchema::of(panel, settings.calendar, settings.horizon)?;
        let covariate_dims = encoding.covariate_dims(panel);
        let RecentValues { histories, notes } =
            recent_values(panel, &encoding, settings, 0, held_back)?;
        let lengths: Vec<usize> = histories.iter().map(|history| history.values.len()).collect();
        let sample = sample(&lengths, settings.seed);
        Ok(Self {
            histories,
            covariates: (encoding, covariate_dims),
            candidate_periods: candidate_periods(panel),
            sample,
            notes,
        })
    }

    /// Full history of the series in the sample.
    pub(super) fn known(&self) -> Vec<HistoryView<'_>> {
        self.sample.iter().map(|s| self.histories[*s].full()).collect()
    }
}
