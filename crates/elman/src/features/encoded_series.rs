//! Encoded series: the inputs and targets of a network for one series, after preprocessing.

use std::ops::Range;

use super::row::{Origin, Row};
use super::scaled_covariates::ScaledCovariates;
use crate::data::{History, HistoryView};
use crate::transforms::Preprocessing;
use crate::transforms::borrowed_season::BorrowedSeason;
use crate::transforms::normalizer::{Normal, Normalizer};
use crate::transforms::series_transform::SeriesTransform;

/// Encoded series: one series after preprocessing.
#[derive(Debug, Clone)]
pub(crate) struct EncodedSeries {
    shape: SeriesTransform,
    x: Vec<f32>,
    missing: Vec<bool>,
    normals: Vec<Normal>,
    targets: Range<usize>,
    scaled_covariates: Option<ScaledCovariates>,
    /// Raw counts, for a likelihood of counts; their targets are not transformed.
    counts: Option<Vec<f32>>,
}

impl EncodedSeries {
    /// Encodes a series. Only values up to the cutoff determine the units and the season, and only these values are
    /// targets. A series that is too short for a season of its own uses the season in `borrowed`.
    pub(crate) fn new(
        preprocessing: &Preprocessing,
        series: HistoryView<'_>,
        seasons: &[usize],
        counts: bool,
        borrowed: Option<&BorrowedSeason>,
    ) -> Self {
        let HistoryView { history: History { values, covariates, .. }, cutoff: known } = series;
        let borrowed = borrowed.and_then(|borrowed| borrowed.to(series.history));
        let (shape, x) = SeriesTransform::of(preprocessing, series, seasons, borrowed);
        let mut normalizer = Normalizer::new(preprocessing);
        let scaled_covariates =
            preprocessing.use_covariates.then(|| ScaledCovariates::new(covariates, known));
        Self {
            shape,
            normals: x.iter().map(|x| normalizer.push(*x)).collect(),
            x: x.into_iter().map(|x| x as f32).collect(),
            missing: values.iter().map(|y| y.is_nan()).collect(),
            targets: 0..known,
            scaled_covariates,
            counts: counts.then(|| values.iter().map(|y| *y as f32).collect()),
        }
    }

    /// Values up to which a value can be a target: those up to the cutoff.
    pub(crate) fn known(&self) -> usize {
        self.targets.end
    }

    /// With the values in `targets` as targets, such as those of a validation set after the cutoff.
    pub(crate) fn with_targets(self, targets: Range<usize>) -> Self {
        Self { targets, ..self }
    }

    /// The value after so many others, if it is a target that is known.
    fn target<T: Copy>(&self, values: &[T], t: usize) -> Option<T> {
        (self.targets.contains(&t) && !self.missing[t]).then(|| values[t])
    }

    fn origin(&self, t: usize) -> Origin<'_> {
        Origin { shape: &self.shape, t, normal: self.normals[t], counts: self.counts.is_some() }
    }

    /// Writes the inputs at time step `t`.
    pub(crate) fn write_inputs(
        &self,
        preprocessing: &Preprocessing,
        horizon: usize,
        t: usize,
        to: &mut [f32],
    ) {
        let (recent, first) = (&self.x[..=t], self.x[0]);
        let row = Row { origin: self.origin(t), preprocessing, recent, first };
        row.write(horizon, self.scaled_covariates.as_ref(), to);
    }

    /// Writes the targets after time step `t`, in the units of the network's output; NaN where the value is no target.
    pub(crate) fn write_targets(&self, t: usize, to: &mut [f32]) {
        let Normal { level, step } = self.normals[t];
        let per_step = 1.0 / step;
        for (to, t) in to.iter_mut().zip(t + 1..) {
            let target = match &self.counts {
                Some(counts) => self.target(counts, t),
                None => self.target(&self.x, t).map(|x| (x - level) * per_step),
            };
            *to = target.unwrap_or(f32::NAN);
        }
    }

    /// Inverse transform of `output`, `k` steps after time step `t` (k from 1).
    pub(crate) fn inverse(&self, t: usize, k: usize, output: f64) -> f64 {
        self.origin(t).inverse(k, output)
    }
}
