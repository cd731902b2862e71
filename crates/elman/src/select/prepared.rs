//! Prepared panel: the input of model selection and training.

use super::config::AutoForecaster;
use super::recent_values::{RecentValues, candidate_periods, recent_values};
use super::sample::sample;
use crate::data::{History, HistoryView, Series, ranges};
use crate::error::{Error, Result};
use crate::features::{CovariateDims, CovariateSchema};
use crate::models::pretrained::FrequencyClass;

/// Recent values of every series with their covariates, and a sample of the series for the training.
pub(crate) struct PreparedPanel<'a> {
    pub(crate) histories: Vec<History<'a>>,
    /// Schema and number of the covariates.
    pub(crate) covariates: (CovariateSchema, CovariateDims),
    /// Seasonal periods that the calendar suggests; `None` without dates.
    pub(crate) candidate_periods: Option<Vec<usize>>,
    /// Frequency class of the dates, if they have one.
    pub(crate) class: Option<FrequencyClass>,
    /// Indexes of the series in the training sample.
    pub(crate) sample: Vec<usize>,
    /// Notes about values that were left out, in sentences.
    pub(crate) notes: Vec<String>,
}

impl<'a> PreparedPanel<'a> {
    /// Validates and prepares the panel. The last `held_back` values are never outliers: forecasts are compared with
    /// them.
    pub(crate) fn of(
        panel: &'a [Series],
        settings: &AutoForecaster,
        held_back: usize,
    ) -> Result<Self> {
        check(panel, settings.horizon)?;
        settings.check_choices(panel)?;
        let encoding = CovariateSchema::of(panel, settings.calendar, settings.horizon)?;
        Self::encoded(panel, encoding, settings, held_back)
    }

    /// As [`of`](PreparedPanel::of), for a panel that was validated, with the covariates of this schema.
    pub(crate) fn encoded(
        panel: &'a [Series],
        encoding: CovariateSchema,
        settings: &AutoForecaster,
        held_back: usize,
    ) -> Result<Self> {
        let covariate_dims = encoding.covariate_dims(panel);
        let RecentValues { histories, notes } =
            recent_values(panel, &encoding, settings, 0, held_back)?;
        let lengths: Vec<usize> = histories.iter().map(|history| history.values.len()).collect();
        let sample = sample(&lengths, settings.seed);
        Ok(Self {
            histories,
            covariates: (encoding, covariate_dims),
            candidate_periods: candidate_periods(panel),
            class: panel[0].frequency().and_then(FrequencyClass::of),
            sample,
            notes,
        })
    }

    /// Full history of the series in the sample.
    pub(crate) fn known(&self) -> Vec<HistoryView<'_>> {
        self.sample.iter().map(|s| self.histories[*s].full()).collect()
    }
}

/// Validates the panel.
///
/// # Errors
/// No series; a horizon of 0; a series without a value; a value that is not finite, or too large to square.
pub(crate) fn check(panel: &[Series], horizon: usize) -> Result<()> {
    let refuse = |reason: String| Err(Error::Data { reason, help: String::new() });
    if panel.is_empty() {
        return refuse("there is no series to forecast".to_owned());
    }
    ranges::steps("horizon", horizon)?;
    if let Some(empty) = panel.iter().find(|s| s.values.iter().all(|y| y.is_nan())) {
        return refuse(format!("series `{}` has no value", empty.name));
    }
    if let Some(series) = panel.iter().find(|s| s.values.iter().any(|y| y.is_infinite())) {
        return refuse(format!("series `{}` has a value that is not finite", series.name));
    }
    panel.iter().try_for_each(Series::check_size)
}
