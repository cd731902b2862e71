//! Series cursor: one series encoded value by value, for a network that runs on with its hidden state.

use super::row::{Origin, Row};
use crate::data::HistoryView;
use crate::transforms::Preprocessing;
use crate::transforms::normalizer::{Normal, Normalizer};
use crate::transforms::series_transform::SeriesTransform;

/// Cursor after the last value of a series. Unit and season come from the history that it started with; level and typical
/// difference move with the values.
#[derive(Debug, Clone)]
pub(crate) struct SeriesCursor {
    preprocessing: Preprocessing,
    horizon: usize,
    counts: bool,
    shape: SeriesTransform,
    normalizer: Normalizer,
    /// The last transformed values: as many as the lags at least, and twice as many at most.
    recent: Vec<f32>,
    first: f32,
    last: f64,
    normal: Normal,
    /// Number of values so far.
    count: usize,
}

impl SeriesCursor {
    /// Cursor before the first value of `history`.
    pub(crate) fn new(
        preprocessing: &Preprocessing,
        history: HistoryView<'_>,
        seasons: &[usize],
        horizon: usize,
        counts: bool,
    ) -> Self {
        let (shape, _) = SeriesTransform::of(preprocessing, history, seasons, None);
        Self {
            horizon,
            counts,
            shape,
            normalizer: Normalizer::new(preprocessing),
            recent: Vec::with_capacity(2 * preprocessing.lags),
            first: 0.0,
            last: 0.0,
            normal: Normal::default(),
            count: 0,
            preprocessing: preprocessing.clone(),
        }
    }

    /// Whether the next value `y` has a transformed value whose square fits in an `f32`.
    pub(crate) fn accepts(&self, y: f64) -> bool {
        self.shape.deseasonalized(self.count, y).abs() < f64::from(f32::MAX).sqrt()
    }

    /// Moves on by one value. A missing value, NaN, repeats the transformed value before it.
    pub(crate) fn push(&mut self, y: f64) {
        if !y.is_nan() {
            self.last = self.shape.deseasonalized(self.count, y);
        }
        let x = self.last as f32;
        if self.count == 0 {
            self.first = x;
        }
        if self.recent.len() == 2 * self.preprocessing.lags {
            self.recent.drain(..self.preprocessing.lags);
        }
        self.recent.push(x);
        self.normal = self.normalizer.push(self.last);
        self.count += 1;
    }

    fn origin(&self) -> Origin<'_> {
        let t = self.count.saturating_sub(1);
        Origin { shape: &self.shape, t, normal: self.normal, counts: self.counts }
    }

    /// Writes the inputs after the last value.
    pub(crate) fn write_inputs(&self, to: &mut [f32]) {
        let Self { preprocessing, recent, first, .. } = self;
        let row = Row { origin: self.origin(), preprocessing, recent, first: *first };
        row.write(self.horizon, None, to);
    }

    /// Inverse transform of `output`, `k` steps after the last value (k from 1).
    pub(crate) fn inverse(&self, k: usize, output: f64) -> f64 {
        self.origin().inverse(k, output)
    }
}
