//! Composition of a forecast: the weight of each model in it.

use elman_nn::registry::Entry;
use serde::Serialize;

use super::model::Model;
use super::selection::SelectionReport;
use super::weights::{MIN_VALUES, naive_share, statistical_share};
use crate::models::baselines::NAIVE;

/// Weight of a model in a forecast.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ModelWeight {
    /// Name of a [`Model`]; `persistence` and `drift` for the forecasts of a network without training.
    pub model: &'static str,
    /// Weight; those of all models sum to 1.
    pub weight: f64,
}

impl SelectionReport {
    /// Models of the forecast, each with its weight after a history of typical length: networks, the pretrained network,
    /// statistical models. With local models the mean over all series.
    pub fn composition(&self) -> Vec<ModelWeight> {
        let without_networks = 1.0 - self.network_weight;
        let is_short = self.typical_length < MIN_VALUES && !self.candidate_scores.is_empty();
        if is_short && without_networks == 1.0 && !matches!(self.model, Model::Statistical(_)) {
            return vec![ModelWeight { model: NAIVE.name, weight: 1.0 }];
        }
        let Self { model, frequency_class, ref seasons, typical_length, .. } = *self;
        let naive = without_networks * naive_share(model, frequency_class, seasons, typical_length);
        let rest = without_networks - naive;
        let statistical = self.model.statistical();
        let share = match statistical.is_empty() {
            true => 0.0,
            false => statistical_share(self.pretrained_share, self.typical_length),
        };
        let each = rest * share / statistical.len().max(1) as f64;
        let of_networks = [(self.selected_forecast(), self.network_weight)];
        let pretrained = if self.fine_tuned { Model::FineTuned } else { Model::Pretrained };
        let of_rest = [(pretrained.name(), rest * (1.0 - share))];
        let all = of_networks.into_iter().chain(of_rest);
        all.chain(statistical.iter().map(|model| (model.name, each)))
            .chain([(NAIVE.name, naive)])
            .filter(|(_, weight)| *weight > 0.0)
            .map(|(model, weight)| ModelWeight { model, weight })
            .collect()
    }

    /// Name of the selected forecast: of networks, or of one without training.
    fn selected_forecast(&self) -> &'static str {
        let selected = || self.candidate_scores.iter().filter(|candidate| candidate.selected);
        match () {
            () if self.candidate_scores.is_empty() => "network",
            () if selected().any(|candidate| candidate.budget > 0) => "network",
            () if selected().any(|candidate| candidate.preprocessing.drift) => "drift",
            () => "persistence",
        }
    }
}
