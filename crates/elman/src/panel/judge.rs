//! How good forecasts of a panel's last known values are.

use super::Forecasts;
use super::past::Known;
use crate::baselines::Baseline;
use crate::error::Result;
use crate::metrics::scale::{lag, other_scale, scale};

/// Mean errors over series, origins and steps ahead; absent where no series has one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Errors {
    /// 0 to 200.
    pub smape: Option<f64>,
    /// Absolute error over that of the seasonal naive forecast in the history, one season ahead.
    pub mase: Option<f64>,
}

/// Compares forecasts with what came.
pub(super) struct Judge<'a> {
    panel: &'a [Known<'a>],
    origins: &'a [Vec<usize>],
    horizon: usize,
    season: usize,
    /// What a MASE of 1 is, for each series; 0 where it has none.
    scales: Vec<f64>,
    /// The same, for what is selected by: where no series has a scale, another one decides.
    units: Vec<f64>,
    yardstick: Errors,
}

impl<'a> Judge<'a> {
    /// `origins` are, for each series, the numbers of values known before its forecasts.
    pub(super) fn new(
        panel: &'a [Known<'a>],
        origins: &'a [Vec<usize>],
        horizon: usize,
        season: usize,
        yardstick: &Baseline,
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
        let mut judge = Self { panel, origins, horizon, season, scales, units, yardstick: unit };
        judge.yardstick = judge.errors_in(&judge.units, &judge.baseline(yardstick)?);
        Ok(judge)
    }

    /// What a baseline says at all origins.
    pub(super) fn baseline(&self, baseline: &Baseline) -> Result<Forecasts> {
        let series = self.panel.iter().zip(self.origins);
        series
            .map(|(y, origins)| {
                let at = |origin: &usize| {
                    // Before the first season is over, there is none.
                    let season = if *origin >= self.season { self.season } else { 1 };
                    baseline.forecast(&y.filled()[..*origin], self.horizon, season)
                };
                origins.iter().map(at).collect()
            })
            .collect()
    }

    /// Half the sMAPE and half the MASE, each over the yardstick's: OWA, with that yardstick. Infinite where a forecast is
    /// not finite.
    pub(super) fn score(&self, forecasts: &Forecasts) -> f64 {
        let Errors { smape, mase } = self.errors_in(&self.units, forecasts);
        let ratio = |ours: Option<f64>, theirs: Option<f64>| match (ours, theirs) {
            (Some(ours), Some(theirs)) if theirs > 0.0 => ours / theirs,
            // Beside a yardstick without error, every error counts.
            (Some(ours), _) => 1.0 + ours,
            _ => 1.0,
        };
        let score = 0.5 * (ratio(smape, self.yardstick.smape) + ratio(mase, self.yardstick.mase));
        if score.is_nan() { f64::INFINITY } else { score }
    }

    /// The numbers of the series that have no scale, of those that are forecast.
    pub(super) fn without_scale(&self) -> impl Iterator<Item = usize> {
        let judged = self.origins.iter().zip(&self.scales).enumerate();
        judged.filter(|(_, (origins, scale))| !origins.is_empty() && **scale == 0.0).map(|(s, _)| s)
    }

    /// The errors of what is reported.
    pub(super) fn errors(&self, forecasts: &Forecasts) -> Errors {
        self.errors_in(&self.scales, forecasts)
    }

    fn errors_in(&self, scales: &[f64], forecasts: &Forecasts) -> Errors {
        let (mut smape, mut smapes, mut mase, mut mases) = (0.0, 0.0, 0.0, 0.0);
        for (s, series) in forecasts.iter().enumerate() {
            for (origin, forecast) in self.origins[s].iter().zip(series) {
                let came = &self.panel[s].past.values[*origin..self.panel[s].len];
                for (y, f) in came.iter().zip(forecast).filter(|(y, _)| !y.is_nan()) {
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
