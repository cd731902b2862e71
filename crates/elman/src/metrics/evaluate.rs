//! Evaluation: the one place where forecasts of a panel meet actual values, for model selection, conformal intervals and
//! backtests.

use elman_nn::registry::Entry;

use super::error_sums::{ErrorSums, MeanErrors};
use super::scale::{lag, other_scale, scale};
use super::{Case, Evidence, Metric};
use crate::data::{Forecasts, HistoryView, Intervals};
use crate::error::Result;

/// Panel with the origins of its forecasts.
#[derive(Clone, Copy)]
pub(crate) struct Evaluation<'a> {
    pub(crate) panel: &'a [HistoryView<'a>],
    /// For each series, the number of values in the history of each forecast.
    pub(crate) origins: &'a [Vec<usize>],
    pub(crate) horizon: usize,
    /// Seasonal period in time steps; 1 for none.
    pub(crate) season: usize,
    /// The forecasts that count.
    pub(crate) part: Part,
}

/// Part of the forecasts of an evaluation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    All,
    /// Every second series; of a single series the earlier half of its forecasts, or the later one.
    Half {
        is_first: bool,
    },
}

impl Part {
    pub(crate) const HALVES: [Self; 2] =
        [Self::Half { is_first: true }, Self::Half { is_first: false }];
}

/// Errors by series, origin and metric of [`Metric::ALL`]; `None` where the metric is undefined.
pub(crate) type ErrorTable = Vec<Vec<Vec<Option<f64>>>>;

impl<'a> Evaluation<'a> {
    /// Actual values after `origin`, up to the horizon; NaN where a value is missing.
    pub(crate) fn actual(&self, series: usize, origin: usize) -> &'a [f64] {
        let HistoryView { history, cutoff } = self.panel[series];
        &history.values[origin..cutoff.min(origin + self.horizon)]
    }

    /// Whether forecast number `o` of a series counts.
    pub(crate) fn counts(&self, series: usize, o: usize) -> bool {
        let is_in_first_half = match self.panel.len() {
            1 => 2 * o < self.origins[series].len(),
            _ => series.is_multiple_of(2),
        };
        match self.part {
            Part::All => true,
            Part::Half { is_first } => is_first == is_in_first_half,
        }
    }

    /// The forecasts that a comparison rests on: those with an actual value.
    pub(crate) fn evidence(&self, selected: bool) -> Evidence {
        let known = |(s, origins): (usize, &Vec<usize>)| {
            let is_known = |(o, origin): &(usize, &usize)| {
                self.counts(s, *o) && self.actual(s, **origin).iter().any(|y| !y.is_nan())
            };
            origins.iter().enumerate().filter(is_known).map(|(_, origin)| *origin).collect()
        };
        let known: Vec<Vec<usize>> = self.origins.iter().enumerate().map(known).collect();
        Evidence::of(&known, self.horizon, selected)
    }

    /// Calls `with` with the number of the series, that of the origin, the origin, the actual values after it, and the
    /// element of `table` for it, for each forecast that counts.
    fn each<'t, T>(
        &self,
        table: &'t [Vec<T>],
        mut with: impl FnMut((usize, usize), usize, &'a [f64], &'t T),
    ) {
        for (s, (origins, of_series)) in self.origins.iter().zip(table).enumerate() {
            for (o, (origin, of_origin)) in origins.iter().zip(of_series).enumerate() {
                if self.counts(s, o) {
                    with((s, o), *origin, self.actual(s, *origin), of_origin);
                }
            }
        }
    }

    fn case<'c>(&'c self, series: usize, origin: usize, actual: &'c [f64]) -> Case<'c> {
        let all = self.panel[series].filled();
        Case { actual, forecast: &[], history: &all[..origin], all, season: self.season }
    }

    /// Errors of each forecast in each metric.
    pub(crate) fn errors(&self, forecasts: &Forecasts) -> Result<ErrorTable> {
        let of_origin = |s: usize, origin: usize, predicted: &Vec<f64>| {
            let pairs = self.actual(s, origin).iter().zip(predicted);
            let (actual, forecast): (Vec<f64>, Vec<f64>) =
                pairs.filter(|(y, _)| !y.is_nan()).unzip();
            if actual.is_empty() {
                return Ok(vec![None; Metric::ALL.len()]);
            }
            let case = Case { forecast: &forecast, ..self.case(s, origin, &actual) };
            Metric::ALL.iter().map(|metric| metric.of(&case)).collect()
        };
        let series = self.origins.iter().zip(forecasts).enumerate();
        series
            .map(|(s, (origins, predicted))| {
                let each = origins.iter().zip(predicted);
                each.map(|(origin, predicted)| of_origin(s, *origin, predicted)).collect()
            })
            .collect()
    }

    /// Share of the actual values that are 0.
    pub(crate) fn share_of_zeros(&self) -> f64 {
        let (mut zeros, mut values) = (0.0, 0.0);
        self.each(self.origins, |_, _, actual, _| {
            zeros += actual.iter().filter(|y| **y == 0.0).count() as f64;
            values += actual.iter().filter(|y| !y.is_nan()).count() as f64;
        });
        if values > 0.0 { zeros / values } else { 0.0 }
    }

    /// Mean errors; `scales` are the scales of the MASE by series, 0 where a series has none.
    pub(crate) fn mean_errors(&self, scales: &[f64], forecasts: &Forecasts) -> MeanErrors {
        self.error_sums(scales, forecasts).mean()
    }

    /// Sums of the errors of each half of the forecasts.
    pub(crate) fn by_halves(&self, scales: &[f64], forecasts: &Forecasts) -> [ErrorSums; 2] {
        Part::HALVES.map(|part| Self { part, ..*self }.error_sums(scales, forecasts))
    }

    fn error_sums(&self, scales: &[f64], forecasts: &Forecasts) -> ErrorSums {
        let all = self.sums_by_series(scales, forecasts);
        all.into_iter().fold(ErrorSums::default(), ErrorSums::plus)
    }

    /// Sums of the errors of each series.
    pub(crate) fn sums_by_series(&self, scales: &[f64], forecasts: &Forecasts) -> Vec<ErrorSums> {
        let mut all = vec![ErrorSums::default(); self.panel.len()];
        self.each(forecasts, |(s, _), _, actual, forecast| {
            let sums = &mut all[s];
            for (y, f) in actual.iter().zip(forecast).filter(|(y, _)| !y.is_nan()) {
                let error = (y - f).abs();
                if error > 0.0 {
                    sums.smape += 200.0 * error / (y.abs() + f.abs());
                }
                sums.smapes += 1.0;
                if scales[s] > 0.0 {
                    sums.mase += error / scales[s];
                    sums.mases += 1.0;
                }
            }
        });
        all
    }

    /// Scale of the MASE of each series before its first origin; 0 where it has none.
    pub(crate) fn scales(&self) -> Vec<f64> {
        let scale = |(history, all, lag)| scale(history, all, lag, f64::abs, self.panel.len());
        self.histories().map(|history| scale(history).unwrap_or(0.0)).collect()
    }

    /// Names of the forecast series whose scale is 0.
    pub(crate) fn without_scale(&self, scales: &[f64]) -> Vec<String> {
        let scored = self.panel.iter().zip(self.origins).zip(scales);
        let still = scored.filter(|((_, origins), scale)| !origins.is_empty() && **scale == 0.0);
        still.map(|((y, _), _)| y.history.name.to_owned()).collect()
    }

    /// Substitute for [`scales`](Evaluation::scales) where no series has one.
    pub(crate) fn other_scales(&self) -> Vec<f64> {
        self.histories().map(|(_, all, lag)| other_scale(all, lag).unwrap_or(0.0)).collect()
    }

    /// History before the first origin of each series, all its values, and the lag of its scale.
    fn histories(&self) -> impl Iterator<Item = (&'a [f64], &'a [f64], usize)> {
        self.panel.iter().zip(self.origins).map(|(y, origins)| {
            let history = &y.filled()[..origins.first().copied().unwrap_or(0)];
            (history, y.filled(), lag(history, self.season))
        })
    }

    /// Coverage by level: the share of actual values inside the intervals. Empty without intervals.
    pub(crate) fn coverage(&self, intervals: &Intervals, levels: usize) -> Vec<f64> {
        let (mut inside, mut values) = (vec![0_usize; levels], 0_usize);
        self.each(intervals, |_, _, actual, intervals| {
            if !intervals.is_empty() {
                values += actual.iter().filter(|y| !y.is_nan()).count();
            }
            for (inside, interval) in inside.iter_mut().zip(intervals) {
                *inside += interval.contains(actual).filter(|held| *held).count();
            }
        });
        let share = |inside: usize| (values > 0).then(|| inside as f64 / values as f64);
        inside.into_iter().filter_map(share).collect()
    }

    /// Mean scaled interval score (MSIS) of the last, widest, interval of each origin.
    pub(crate) fn msis(&self, intervals: &Intervals) -> Option<f64> {
        let (mut sum, mut scored) = (0.0, 0);
        self.each(intervals, |(s, _), origin, actual, intervals| {
            let case = self.case(s, origin, actual);
            if let Some(score) = intervals.last().and_then(|interval| interval.msis(&case)) {
                sum += score;
                scored += 1;
            }
        });
        (scored > 0).then(|| sum / f64::from(scored))
    }

    /// Continuous ranked probability score from the intervals at [`Crps::LEVELS`]; other levels are ignored.
    pub(crate) fn crps(&self, intervals: &Intervals) -> Option<Crps> {
        let (mut losses, mut sizes, mut values) = (0.0, 0.0, 0.0);
        self.each(intervals, |_, _, actual, intervals| {
            if intervals.is_empty() {
                return;
            }
            let known = || actual.iter().filter(|y| !y.is_nan());
            sizes += known().map(|y| y.abs()).sum::<f64>();
            values += known().count() as f64;
            let used = intervals.iter().filter(|interval| Crps::LEVELS.contains(&interval.level));
            losses += used.map(|interval| interval.pinball(actual)).sum::<f64>();
        });
        // Each interval has two quantiles.
        let mean = losses / Crps::LEVELS.len() as f64 / values;
        (values > 0.0).then(|| Crps { mean, scaled: mean * values / sizes })
    }
}

/// Continuous ranked probability score (CRPS) over all values: twice the mean pinball loss at the quantiles 0.05, 0.15,
/// … 0.95, which is the integral of the CRPS by the midpoint rule (Gneiting and Raftery, 2007).
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Crps {
    /// CRPS in the units of the values; for a point forecast it is the mean absolute error.
    pub mean: f64,
    /// CRPS divided by the mean |y|.
    pub scaled: f64,
}

impl Crps {
    /// Levels of the intervals whose bounds are the quantiles, in per cent.
    pub(crate) const LEVELS: [f64; 5] = [10.0, 30.0, 50.0, 70.0, 90.0];
}
