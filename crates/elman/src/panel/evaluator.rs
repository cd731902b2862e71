//! Evaluation of forecasts on the validation window.

use super::Forecasts;
use super::history::HistoryView;
use crate::baselines::Baseline;
use crate::error::Result;
use crate::metrics::scale::{lag, other_scale, scale};

/// Mean errors over series, origins and steps ahead; `None` where no series has such an error.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Errors {
    /// sMAPE, 0 to 200.
    pub smape: Option<f64>,
    /// MASE: absolute error divided by that of the seasonal naive forecast in the history, one seasonal period ahead.
    pub mase: Option<f64>,
}

/// Evaluator: compares forecasts with actual values.
pub(super) struct Evaluator<'a> {
    panel: &'a [HistoryView<'a>],
    origins: &'a [Vec<usize>],
    horizon: usize,
    season: usize,
    /// Scale of the MASE for each series; 0 where it has none.
    scales: Vec<f64>,
    /// Scale of the selection score for each series: a substitute where no series has a scale.
    units: Vec<f64>,
    benchmark: Errors,
}

impl<'a> Evaluator<'a> {
    /// Prepares the evaluation at `origins`: for each series, the number of values in the history of each forecast.
    pub(super) fn new(
        panel: &'a [HistoryView<'a>],
        origins: &'a [Vec<usize>],
        horizon: usize,
        season: usize,
        benchmark: &Baseline,
    ) -> Result<Self> {
        let judged = || {
            panel.iter().zip(origins).map(|(y, origins)| {
                let history = &y.filled()[..origins.first().copied().unwrap_or(0)];
                (history, y.filled(), lag(history, season))
            })
        };
        let own =
            |(history, all, lag)| scale(history, all, lag, f64::abs, panel.len()).unwrap_or(0.0);
        let scales: Vec<f64> = judged().map(own).collect();
        let units = match scales.iter().all(|scale| *scale == 0.0) {
            true => judged().map(|(_, all, lag)| other_scale(all, lag).unwrap_or(0.0)).collect(),
            false => scales.clone(),
        };
        let unit = Errors { smape: None, mase: None };
        let mut evaluator =
            Self { panel, origins, horizon, season, scales, units, benchmark: unit };
        evaluator.benchmark =
            evaluator.errors_in(&evaluator.units, &evaluator.baseline(benchmark)?);
        Ok(evaluator)
    }

    /// Forecasts of a baseline at all origins.
    pub(super) fn baseline(&self, baseline: &Baseline) -> Result<Forecasts> {
        let series = self.panel.iter().zip(self.origins);
        series
            .map(|(y, origins)| {
                let at = |origin: &usize| {
                    // Before the end of the first season, there is no seasonal period.
                    let season = if *origin >= self.season { self.season } else { 1 };
                    baseline.forecast(&y.filled()[..*origin], self.horizon, season)
                };
                origins.iter().map(at).collect()
            })
            .collect()
    }

    /// Selection score: the mean of sMAPE and MASE, each divided by that of the benchmark. This is the OWA relative to
    /// that benchmark. Infinite if a forecast is not finite.
    pub(super) fn score(&self, forecasts: &Forecasts) -> f64 {
        let Errors { smape, mase } = self.errors_in(&self.units, forecasts);
        let ratio = |ours: Option<f64>, theirs: Option<f64>| match (ours, theirs) {
            (Some(ours), Some(theirs)) if theirs > 0.0 => ours / theirs,
            // If the benchmark has no error, every error counts.
            (Some(ours), _) => 1.0 + ours,
            _ => 1.0,
        };
        let score = 0.5 * (ratio(smape, self.benchmark.smape) + ratio(mase, self.benchmark.mase));
        if score.is_nan() { f64::INFINITY } else { score }
    }

    /// Indexes of the forecast series that have no scale.
    pub(super) fn without_scale(&self) -> impl Iterator<Item = usize> {
        let judged = self.origins.iter().zip(&self.scales).enumerate();
        judged.filter(|(_, (origins, scale))| !origins.is_empty() && **scale == 0.0).map(|(s, _)| s)
    }

    /// Errors for the report.
    pub(super) fn errors(&self, forecasts: &Forecasts) -> Errors {
        self.errors_in(&self.scales, forecasts)
    }

    fn errors_in(&self, scales: &[f64], forecasts: &Forecasts) -> Errors {
        let (mut smape, mut smapes, mut mase, mut mases) = (0.0, 0.0, 0.0, 0.0);
        for (s, series) in forecasts.iter().enumerate() {
            for (origin, forecast) in self.origins[s].iter().zip(series) {
                let actual = &self.panel[s].history.values[*origin..self.panel[s].cutoff];
                for (y, f) in actual.iter().zip(forecast).filter(|(y, _)| !y.is_nan()) {
                    let error = (y - f).abs();
                    if error > 0.0 {
                        smape += 200.0 * error / (y.abs() + f.abs());
                    }
                    smapes += 1.0;
                    if scales[s] > 0.0 {
                        mase += error / scales[s];
                        mases += 1.0;
                    }
                }
            }
        }
        let mean = |sum: f64, n: f64| (n > 0.0).then(|| sum / n);
        Errors { smape: mean(smape, smapes), mase: mean(mase, mases) }
    }
}
