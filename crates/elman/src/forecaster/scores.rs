//! Errors of the predictions, compared with those of the baselines.

use serde::{Deserialize, Serialize};

use crate::data::ranges::{self, Checked};
use crate::error::Result;
use crate::metrics::{Claim, Errors, Evidence, MAE, RMSE, Verdict};
use crate::models::baselines;

/// Errors of predictions one step ahead, in the data's units.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Scores {
    /// Errors on the training set.
    pub train: Vec<Comparison>,
    /// Errors on the test set.
    pub held_out: Vec<Comparison>,
    /// The forecasts that a comparison on the test set rests on.
    pub evidence: Evidence,
}

/// The errors of one method.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// `elman`, or the name of a baseline.
    pub name: String,
    /// Mean absolute error.
    pub mae: f64,
    /// Root of the mean squared error.
    pub rmse: f64,
}

impl Scores {
    /// Checks that there are errors to compare, in their range.
    pub(super) fn check(&self) -> Checked {
        // At least those of the network and of the naive forecast.
        if self.train.len() < 2 || self.held_out.len() < 2 {
            let got = self.held_out.len();
            return ranges::refuse("scores", got, "of the network and of a baseline at least");
        }
        let errors: Vec<f64> =
            self.train.iter().chain(&self.held_out).flat_map(|s| [s.mae, s.rmse]).collect();
        ranges::finite("scores", &errors)?;
        let Evidence { forecasts, independent, .. } = self.evidence;
        ranges::count("forecasts", forecasts as u64)?;
        ranges::count("independent", independent as u64)
    }

    /// Computes the errors of `predictions`, which are for the last of `values`, before `cut` and from `cut`
    /// on. The baselines predict the same values.
    pub(super) fn measure(
        values: &[f64],
        predictions: &[f64],
        cut: usize,
        season: Option<usize>,
    ) -> Result<Self> {
        // The first value that all methods can predict.
        let predicted_from = values.len() - predictions.len();
        let first = season.unwrap_or(1).min(cut.saturating_sub(1)).max(predicted_from);
        let part = |range: std::ops::Range<usize>| -> Result<Vec<Comparison>> {
            let actual = &values[range.clone()];
            let score = |name: &str, predicted: &[f64]| -> Result<Comparison> {
                let (mae, rmse) = (MAE.score(actual, predicted)?, RMSE.score(actual, predicted)?);
                Ok(Comparison { name: name.to_owned(), mae, rmse })
            };
            let mut scores = vec![score(
                "elman",
                &predictions[range.start - predicted_from..range.end - predicted_from],
            )?];
            for baseline in baselines::ALL {
                // A seasonal baseline needs a season, and one whole season before the first value.
                let length = if baseline.name == baselines::SEASONAL_NAIVE.name {
                    season.filter(|&season| season <= range.start)
                } else {
                    Some(1)
                };
                if let Some(length) = length
                    && let Some(predicted) = baseline.one_step(values, range.clone(), length)?
                {
                    scores.push(score(baseline.name, &predicted)?);
                }
            }
            Ok(scores)
        };
        let held_out = values.len() - cut;
        // Forecasts one step ahead do not overlap, and early stopping uses values before the test set.
        let evidence = Evidence { forecasts: held_out, independent: held_out, selected: false };
        Ok(Self { train: part(first..cut)?, held_out: part(cut..values.len())?, evidence })
    }

    /// The network's errors on the test set.
    pub fn network(&self) -> &Comparison {
        &self.held_out[0]
    }

    /// The best baseline on the test set, by mean absolute error.
    pub fn best_baseline(&self) -> &Comparison {
        let rivals = self.held_out[1..].iter();
        rivals.min_by(|a, b| a.mae.total_cmp(&b.mae)).expect("the last value is always there")
    }

    /// Compares the network with the best baseline on the test set, by mean absolute error. `None` if one of the errors
    /// is not a number.
    pub fn claim(&self) -> Option<Claim> {
        let (ours, rivals) = self.held_out.split_first()?;
        Claim::of("mae", ours.errors(), rivals.iter().map(Comparison::errors), self.evidence)
    }

    /// Whether the network beats every baseline on the test set by more than chance would.
    pub fn beats_baselines(&self) -> bool {
        self.claim().is_some_and(|claim| claim.verdict == Verdict::Better)
    }
}

impl Comparison {
    fn errors(&self) -> Errors<'_> {
        Errors { name: &self.name, error: Some(self.mae), smape: None }
    }
}
