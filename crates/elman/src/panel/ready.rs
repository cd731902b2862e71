//! A panel made ready for its networks.

use super::beside::{Encoding, Widths};
use super::forecaster::{PanelSettings, check, natural};
use super::newest::{Newest, newest};
use super::past::{Known, Past};
use super::sample::sample;
use crate::error::Result;
use crate::series::Series;

/// The newest values of every series with their covariates, and a sample of them to train on.
pub(super) struct Ready<'a> {
    pub(super) pasts: Vec<Past<'a>>,
    /// The covariates there are.
    pub(super) covariates: (Encoding, Widths),
    /// The seasons that the dates suggest, if there are dates.
    pub(super) natural: Option<Vec<usize>>,
    /// The numbers of the series that networks are trained on.
    pub(super) sample: Vec<usize>,
    /// What was left out of the series, in sentences.
    pub(super) notes: Vec<String>,
}

impl<'a> Ready<'a> {
    /// Refuses what has no forecast. The last `held_back` values are there to be compared with, and no outliers.
    pub(super) fn of(
        panel: &'a [Series],
        settings: &PanelSettings,
        held_back: usize,
    ) -> Result<Self> {
        check(panel, settings.horizon)?;
        settings.check_choices(panel)?;
        let encoding = Encoding::of(panel, settings.calendar, settings.horizon)?;
        let widths = encoding.widths(panel);
        let Newest { pasts, notes } = newest(panel, &encoding, settings, 0, held_back)?;
        let lengths: Vec<usize> = pasts.iter().map(|past| past.values.len()).collect();
        let sample = sample(&lengths, settings.seed);
        Ok(Self { pasts, covariates: (encoding, widths), natural: natural(panel), sample, notes })
    }

    /// The sample, all of it known.
    pub(super) fn known(&self) -> Vec<Known<'_>> {
        self.sample.iter().map(|s| self.pasts[*s].whole()).collect()
    }
}
