//! Comparison of forecasts with the baselines, over all series and for each.

use serde::{Deserialize, Serialize};

use crate::data::Forecasts;
use crate::data::parallel::each;
use crate::error::Result;
use crate::metrics::{ErrorSums, Evaluation, MeanErrors, best_by_halves};
use crate::models::baselines::Baseline;

/// Validation errors of the ensemble or of a baseline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BenchmarkScore {
    /// `elman`, or the baseline by name.
    pub name: String,
    /// sMAPE, 0 to 200; `None` if no actual value was known.
    pub smape: Option<f64>,
    /// MASE; `None` where no series has a scale.
    pub mase: Option<f64>,
}

impl BenchmarkScore {
    fn of(name: &str, MeanErrors { smape, mase }: MeanErrors) -> Self {
        Self { name: name.to_owned(), smape, mase }
    }
}

/// Validation errors of one series.
#[derive(Debug, Clone, PartialEq)]
pub struct SeriesScores {
    /// Name of the series.
    pub series: String,
    /// Errors of the forecast, then of each baseline.
    pub scores: Vec<BenchmarkScore>,
}

/// Errors of forecasts and of the baselines.
pub(crate) struct Comparison {
    /// Errors of the forecasts, then of each of [`Baseline::COMPARED`].
    pub(crate) scores: Vec<BenchmarkScore>,
    /// The best baseline, which is chosen for each half of the forecasts by the other half.
    pub(crate) best_baseline: Option<BenchmarkScore>,
    /// The same for each series with a forecast.
    pub(crate) by_series: Vec<SeriesScores>,
}

impl Comparison {
    /// Compares the forecasts `ours` with the baselines; `scales` are the scales of the MASE by series.
    pub(crate) fn of(
        evaluation: &Evaluation<'_>,
        scales: &[f64],
        ours: &Forecasts,
        threads: usize,
    ) -> Result<Self> {
        let errors = |name: &'static str, forecasts: &Forecasts| {
            let by_series = evaluation.sums_by_series(scales, forecasts);
            let all = by_series.iter().copied().fold(ErrorSums::default(), ErrorSums::plus);
            (name, all.mean(), by_series)
        };
        let rivals = each(Baseline::COMPARED, threads, |baseline| {
            let forecasts = baseline.forecasts(evaluation)?;
            Ok((errors(baseline.name, &forecasts), evaluation.by_halves(scales, &forecasts)))
        })?;
        let (rivals, halves): (Vec<_>, Vec<_>) = rivals.into_iter().unzip();
        let models: Vec<_> = [errors("elman", ours)].into_iter().chain(rivals).collect();
        let of_series = |s: usize| SeriesScores {
            series: evaluation.panel[s].history.name.to_owned(),
            scores: models
                .iter()
                .map(|(name, _, sums)| BenchmarkScore::of(name, sums[s].mean()))
                .collect(),
        };
        let forecast = (0..evaluation.panel.len()).filter(|s| !evaluation.origins[*s].is_empty());
        let best = best_by_halves(&halves).filter(|_| evaluation.evidence(false).is_enough());
        Ok(Self {
            scores: models.iter().map(|(name, all, _)| BenchmarkScore::of(name, *all)).collect(),
            best_baseline: best
                .map(|(best, errors)| BenchmarkScore::of(Baseline::COMPARED[best].name, errors)),
            by_series: forecast.map(of_series).collect(),
        })
    }
}
