//! Encoded series: the inputs and targets of a network for one series, after preprocessing.

use std::ops::Range;

use super::row::{self, Origin, Row};
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

    /// Adds to `to`, one number for each value, the gradient of the transformed values from that of the inputs at time step
    /// `t`. Typical difference, season and covariates count as constants.
    pub(crate) fn add_gradient(
        &self,
        preprocessing: &Preprocessing,
        horizon: usize,
        t: usize,
        dinputs: &[f32],
        to: &mut [f64],
    ) {
        let offsets = if self.counts.is_some() { horizon } else { 0 };
        row::add_gradient(preprocessing, offsets, (t, self.normals[t]), dinputs, to);
    }

    /// Transformed values, without their season.
    pub(crate) fn transformed(&self) -> &[f32] {
        &self.x
    }

    /// Unit of the outputs at time step `t`, in transformed values: the typical difference, or 1 for counts, whose outputs
    /// are not scaled.
    pub(crate) fn unit(&self, t: usize) -> f64 {
        if self.counts.is_some() { 1.0 } else { f64::from(self.normals[t].step) }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::History;
    use crate::transforms::TargetTransform;

    const HORIZON: usize = 3;
    const T: usize = 9;

    fn preprocessing(differences: usize, local_level: usize) -> Preprocessing {
        Preprocessing {
            transform: TargetTransform::MEAN_SCALE,
            deseasonalize: false,
            decomposition: Default::default(),
            differences,
            local_level,
            diff_normalized: false,
            lags: 4,
            seasonal_features: true,
            linear_skip: false,
            use_covariates: false,
            scaler: None,
            no_floor: true,
            drift: false,
        }
    }

    /// The series with the transformed values `x`; its unit stays.
    fn with(series: &EncodedSeries, preprocessing: &Preprocessing, x: &[f32]) -> EncodedSeries {
        let mut normalizer = Normalizer::new(preprocessing);
        let normals = x.iter().map(|x| normalizer.push(f64::from(*x))).collect();
        EncodedSeries { x: x.to_vec(), normals, ..series.clone() }
    }

    #[test]
    fn the_gradient_of_each_value_is_the_slope_of_the_inputs() {
        let x: Vec<f32> = (0..T).map(|i| 2.0 + (i * i % 7) as f32).collect();
        for (differences, level, counts) in
            [(0, 1, false), (1, 1, false), (1, 3, false), (1, 3, true)]
        {
            let preprocessing = preprocessing(differences, level);
            let inputs = preprocessing.inputs(HORIZON) + if counts { HORIZON } else { 0 };
            let weights: Vec<f32> = (0..inputs).map(|i| 1.0 + i as f32).collect();
            let values: Vec<f64> = x.iter().copied().map(f64::from).collect();
            let history = History::new(&values);
            let series = EncodedSeries::new(&preprocessing, history.full(), &[], counts, None);
            for t in [0, 2, T - 1] {
                let weighted = |x: &[f32]| {
                    let mut row = vec![0.0; inputs];
                    let series = with(&series, &preprocessing, x);
                    series.write_inputs(&preprocessing, HORIZON, t, &mut row);
                    row.iter().zip(&weights).map(|(x, w)| f64::from(x * w)).sum::<f64>()
                };
                let (mut got, series) = (vec![0.0; T], with(&series, &preprocessing, &x));
                series.add_gradient(&preprocessing, HORIZON, t, &weights, &mut got);
                for (at, got) in got.iter().enumerate() {
                    let moved = |by: f32| {
                        let mut x = x.clone();
                        x[at] += by;
                        weighted(&x)
                    };
                    let want = moved(0.5) - moved(-0.5);
                    // The inputs are linear in the values; sums of ten numbers below 100 in single precision.
                    assert!(
                        (got - want).abs() < 1e-3,
                        "{differences} {level} {t} {at}: {got} {want}"
                    );
                }
            }
        }
    }
}
