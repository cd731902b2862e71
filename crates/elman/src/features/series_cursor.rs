//! Series cursor: one series encoded value by value, for a network that runs on with its hidden state.

use serde::{Deserialize, Serialize};

use super::row::{Origin, Row};
use crate::data::HistoryView;
use crate::data::ranges::{self, Checked};
use crate::transforms::Preprocessing;
use crate::transforms::normalizer::{Normal, Normalizer, NormalizerState};
use crate::transforms::series_transform::{SeriesTransform, Unit};

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

    /// Continues from a saved state.
    ///
    /// # Errors
    /// Numbers out of range.
    pub(crate) fn resume(
        preprocessing: &Preprocessing,
        horizon: usize,
        counts: bool,
        saved: &CursorState,
    ) -> Result<Self, elman_nn::Error> {
        saved.check(preprocessing)?;
        let CursorState { unit, recent, first, last, normal, normalizer, count } = saved.clone();
        Ok(Self {
            horizon,
            counts,
            shape: SeriesTransform::of_unit(preprocessing, unit),
            normalizer: Normalizer::resume(preprocessing, normalizer),
            recent,
            first,
            last,
            normal,
            count,
            preprocessing: preprocessing.clone(),
        })
    }

    /// State after the last value; `None` if a season is removed, which a model file does not keep.
    pub(crate) fn save(&self) -> Option<CursorState> {
        let Self { recent, first, last, normal, normalizer, count, .. } = self;
        Some(CursorState {
            unit: self.shape.unit_alone()?,
            recent: recent.clone(),
            first: *first,
            last: *last,
            normal: *normal,
            normalizer: normalizer.state().clone(),
            count: *count,
        })
    }

    /// Moves before the first value of another history. Unit and season stay.
    pub(crate) fn reset(&mut self) {
        self.normalizer = Normalizer::new(&self.preprocessing);
        self.recent.clear();
        (self.first, self.last, self.count) = (0.0, 0.0, 0);
        self.normal = Normal::default();
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

/// State of a cursor, as a model file keeps it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct CursorState {
    unit: Unit,
    recent: Vec<f32>,
    first: f32,
    last: f64,
    normal: Normal,
    normalizer: NormalizerState,
    count: usize,
}

impl CursorState {
    /// Checks that the numbers are in the range of a series with this `preprocessing`.
    fn check(&self, preprocessing: &Preprocessing) -> Checked {
        let Self { unit, recent, first, last, normal, normalizer, count } = self;
        unit.check(preprocessing)?;
        if recent.len() > 2 * preprocessing.lags || recent.len() > *count {
            return ranges::refuse("recent", recent.len(), "at most twice the lags");
        }
        let recent: Vec<f64> = recent.iter().copied().map(f64::from).collect();
        ranges::finite("recent", &recent)?;
        ranges::finite("last", &[f64::from(*first), *last, f64::from(normal.level)])?;
        if *count > 0 {
            ranges::positive("step", &[f64::from(normal.step)])?;
        }
        ranges::count("count", *count as u64)?;
        normalizer.check(preprocessing.local_level.max(1))
    }
}
