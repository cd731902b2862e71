//! Series cursor: one series encoded value by value, for a network that runs on with its hidden state.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::row::{Origin, Row};
use crate::data::HistoryView;
use crate::data::ranges::{self, Checked};
use crate::transforms::Preprocessing;
use crate::transforms::normalizer::{Normal, Normalizer, NormalizerState};
use crate::transforms::series_transform::{SavedTransform, SavedUnit, SeriesTransform};

/// Cursor after the last value of a series. Unit and season come from the history that it started with; level and typical
/// difference move with the values.
#[derive(Debug, Clone)]
pub(crate) struct SeriesCursor {
    preprocessing: Arc<Preprocessing>,
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
            preprocessing: Arc::new(preprocessing.clone()),
        }
    }

    /// Shares the preprocessing with the cursors of other series; `preprocessing` is equal to its own.
    pub(crate) fn share(&mut self, preprocessing: &Arc<Preprocessing>) {
        self.preprocessing = Arc::clone(preprocessing);
    }

    /// Keeps one cycle of each season: the next values and forecasts need no earlier one.
    pub(crate) fn forget_past_seasons(&mut self) {
        self.shape.profile.forget_before(self.count.saturating_sub(1));
    }

    /// Heap memory, in bytes.
    pub(crate) fn heap_bytes(&self) -> usize {
        4 * self.recent.capacity() + self.shape.profile.bytes() + self.normalizer.state().bytes()
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
        let CursorState { shape, recent: known, first, last, normal, normalizer, count } =
            saved.clone();
        let mut recent = Vec::with_capacity(2 * preprocessing.lags);
        recent.extend(known);
        Ok(Self {
            horizon,
            counts,
            shape: SeriesTransform::resume(preprocessing, shape),
            normalizer: Normalizer::resume(preprocessing, normalizer),
            recent,
            first,
            last,
            normal,
            count,
            preprocessing: Arc::new(preprocessing.clone()),
        })
    }

    /// State after the last value.
    pub(crate) fn save(&self) -> CursorState {
        let Self { recent, first, last, normal, normalizer, count, .. } = self;
        CursorState {
            shape: self.shape.save(),
            recent: recent.clone(),
            first: *first,
            last: *last,
            normal: *normal,
            normalizer: normalizer.state().clone(),
            count: *count,
        }
    }

    /// Moves before the first value of another history, which begins `skipped` time steps after the last value. The unit
    /// stays, and the season continues.
    pub(crate) fn reset(&mut self, skipped: usize) {
        self.shape.profile.start_at(self.count + skipped);
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

    /// The last time step, whose value is `y`, as later time steps of training need it.
    pub(crate) fn encoded(&self, y: f64) -> Encoded {
        let Normal { level, step } = self.normal;
        let value = match self.counts {
            _ if y.is_nan() => f32::NAN,
            true => y as f32,
            false => self.last as f32,
        };
        let (level, per_step) = if self.counts { (0.0, 1.0) } else { (level, 1.0 / step) };
        Encoded { value, level, per_step }
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

/// A time step as training needs it: as a target of earlier time steps, and as the origin of its own targets.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Encoded {
    /// Transformed value; NaN if it is missing.
    value: f32,
    level: f32,
    per_step: f32,
}

impl Encoded {
    /// The value of a `later` time step in the units of the network's output after this one; NaN where it is masked.
    pub(crate) fn target(&self, later: Option<&Self>) -> f32 {
        later.map_or(f32::NAN, |later| (later.value - self.level) * self.per_step)
    }
}

/// State of a cursor, as a model file keeps it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct CursorState {
    #[serde(flatten)]
    shape: SavedTransform,
    recent: Vec<f32>,
    first: f32,
    last: f64,
    normal: Normal,
    normalizer: NormalizerState,
    count: usize,
}

impl CursorState {
    /// Unit of the series.
    pub(crate) fn unit(&self) -> SavedUnit {
        self.shape.unit()
    }

    /// The last transformed values, oldest first: as many as the lags at least, unless there are fewer.
    pub(crate) fn recent(&self) -> &[f32] {
        &self.recent
    }

    /// The first transformed value.
    pub(crate) fn first(&self) -> f32 {
        self.first
    }

    /// Sum of the absolute differences of the transformed values.
    pub(crate) fn variation(&self) -> f64 {
        self.normalizer.variation()
    }

    /// Number of values.
    pub(crate) fn count(&self) -> usize {
        self.count
    }

    /// Checks that the numbers are in the range of a series with this `preprocessing`.
    fn check(&self, preprocessing: &Preprocessing) -> Checked {
        let Self { shape, recent, first, last, normal, normalizer, count } = self;
        shape.check(preprocessing)?;
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
