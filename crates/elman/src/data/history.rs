//! History of a series, as input of the networks: values, some of them masked, and covariates.

use std::borrow::Cow;
use std::ops::Range;

/// Covariates of one series, one column for each covariate, not yet scaled.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CovariateValues {
    /// Future covariates: one value a time step, also for the steps after the last value.
    pub future: Vec<Vec<f64>>,
    /// Past covariates: one value a time step, up to the last value.
    pub past: Vec<Vec<f64>>,
    /// Static covariates: one value for the whole series.
    pub fixed: Vec<f64>,
}

/// Series with covariates.
#[derive(Debug, Clone)]
pub struct History<'a> {
    /// Values; NaN where masked.
    pub values: Cow<'a, [f64]>,
    /// Values, with the last known value in place of each masked one.
    pub filled: Cow<'a, [f64]>,
    /// Covariates of the series.
    pub covariates: CovariateValues,
    /// Name of the series.
    pub name: &'a str,
    /// Index of its first value in the longest series of the panel, by date; `None` if unknown.
    pub place: Option<i64>,
}

impl<'a> History<'a> {
    /// Series of `values` without covariates.
    pub fn new(values: &'a [f64]) -> Self {
        let filled = filled(values);
        let covariates = CovariateValues::default();
        Self { values: Cow::Borrowed(values), filled, covariates, name: "", place: None }
    }

    /// Masks the values in `ranges`.
    pub(crate) fn without(mut self, ranges: impl Iterator<Item = Range<usize>>) -> Self {
        for range in ranges {
            self.values.to_mut()[range].fill(f64::NAN);
        }
        if let Cow::Owned(values) = &self.values {
            self.filled = Cow::Owned(filled(values).into_owned());
        }
        self
    }

    /// Appends values.
    pub(crate) fn then(&self, more: &[f64]) -> History<'_> {
        let (covariates, name, place) = (self.covariates.clone(), self.name, self.place);
        if more.is_empty() {
            let (values, filled) = ((&*self.values).into(), (&*self.filled).into());
            return History { values, filled, covariates, name, place };
        }
        let [values, filled] =
            [&self.values, &self.filled].map(|y| Cow::Owned([&y[..], more].concat()));
        History { values, filled, covariates, name, place }
    }

    /// View of the whole series.
    pub fn full(&self) -> HistoryView<'_> {
        self.up_to(self.values.len())
    }

    /// View of its first `len` values.
    pub fn up_to(&self, len: usize) -> HistoryView<'_> {
        HistoryView { history: self, cutoff: len }
    }
}

/// History up to a cutoff; the values after the cutoff have no influence.
#[derive(Debug, Clone, Copy)]
pub struct HistoryView<'a> {
    /// The whole series.
    pub history: &'a History<'a>,
    /// Number of values up to the cutoff.
    pub cutoff: usize,
}

impl<'a> HistoryView<'a> {
    /// Values up to the cutoff, with masked values filled.
    pub fn filled(self) -> &'a [f64] {
        &self.history.filled[..self.cutoff]
    }
}

fn filled(values: &[f64]) -> Cow<'_, [f64]> {
    if !values.iter().any(|y| y.is_nan()) {
        return Cow::Borrowed(values);
    }
    let mut last = values.iter().copied().find(|y| !y.is_nan()).unwrap_or(0.0);
    let fill = |y: &f64| {
        if !y.is_nan() {
            last = *y;
        }
        last
    };
    Cow::Owned(values.iter().map(fill).collect())
}
