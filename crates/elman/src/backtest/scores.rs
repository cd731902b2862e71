//! Scores of the models of a backtest.

use elman_nn::registry::Entry;
use serde::Serialize;

use crate::metrics::{ErrorTable, Errors, Metric};
use crate::models::baselines;
use crate::select::named;

/// Scores of one model.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ModelScores {
    /// `elman`, the name of the one model that was asked for, or a baseline by name.
    pub name: String,
    /// Mean of each metric of [`Metric::ALL`] over all series and cutoffs, in that order; `None` where the metric is
    /// undefined for all of them.
    pub metrics: Vec<Option<f64>>,
    /// OWA: the mean of sMAPE and MASE, each divided by that of Naive2.
    pub owa: Option<f64>,
}

impl ModelScores {
    pub(super) fn errors(&self, measure: &str) -> Errors<'_> {
        Errors { name: &self.name, error: self.metric(measure), smape: self.metric("smape") }
    }

    /// Score in the metric of this name.
    pub fn metric(&self, name: &str) -> Option<f64> {
        let index = Metric::ALL.iter().position(|metric| metric.name == name)?;
        self.metrics[index]
    }
}

/// Errors of one model.
pub(super) struct ModelErrors {
    pub(super) name: &'static str,
    pub(super) errors: ErrorTable,
}

impl ModelErrors {
    /// Notes about metrics that are undefined for some series, with the reason.
    pub(super) fn undefined(&self, names: &[&str]) -> Vec<String> {
        let why = |metric: &str| match metric {
            "mape" => "a 0 came",
            _ => "their histories are no longer than a season, or repeat themselves exactly",
        };
        let of = |(m, metric): (usize, &Metric)| {
            let is_missing = |windows: &Vec<Vec<Option<f64>>>| {
                !windows.is_empty() && windows.iter().all(|errors| errors[m].is_none())
            };
            let missing = self.errors.iter().zip(names).filter(|(windows, _)| is_missing(windows));
            let names: Vec<&str> = missing.map(|(_, name)| *name).collect();
            let sentence =
                || format!("no {} of {}: {}", metric.name, named(&names), why(metric.name));
            (!names.is_empty()).then(sentence)
        };
        Metric::ALL.iter().enumerate().filter_map(of).collect()
    }
}

/// Mean scores of each model, over all series or over one.
pub(super) fn mean_scores(models: &[ModelErrors], series: Option<usize>) -> Vec<ModelScores> {
    let mut scores: Vec<ModelScores> = models
        .iter()
        .map(|model| {
            let of: Vec<&Vec<Option<f64>>> = match series {
                None => model.errors.iter().flatten().collect(),
                Some(series) => model.errors[series].iter().collect(),
            };
            let mean = |metric: usize| {
                let defined: Vec<f64> = of.iter().filter_map(|errors| errors[metric]).collect();
                let n = defined.len() as f64;
                (!defined.is_empty()).then(|| defined.iter().sum::<f64>() / n)
            };
            let metrics = (0..Metric::ALL.len()).map(mean).collect();
            ModelScores { name: model.name.to_owned(), metrics, owa: None }
        })
        .collect();
    let naive2 = scores.iter().find(|scored| scored.name == baselines::NAIVE2.name);
    let unit = naive2.and_then(|naive2| {
        let (smape, mase) = (naive2.metric("smape")?, naive2.metric("mase")?);
        (smape > 0.0 && mase > 0.0).then_some((smape, mase))
    });
    for scored in &mut scores {
        scored.owa = unit.and_then(|(smape, mase)| {
            Some(0.5 * (scored.metric("smape")? / smape + scored.metric("mase")? / mase))
        });
    }
    scores
}
