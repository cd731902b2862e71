//! Decision of model selection: the networks of the forecast, and the weights of the blend.
//!
//! All validation forecasts decide for the model. Its validation error is cross-fitted, so that no forecast is compared that
//! took part in a choice: each half of the forecasts decides for a model that forecasts the other half.

use super::blend::Bases;
use super::fine_tuning::fine_tune;
use super::greedy::select;
use super::model::Model;
use super::run::RunContext;
use super::score::ValidationScore;
use super::selection::FineTuningScores;
use super::setup::SelectionSetup;
use super::survivors::Survivors;
use super::validation::ValidationSplit;
use super::weights::{Prior, keeps_untrained, pretrained_share, share_of_pretrained};
use crate::data::Forecasts;
use crate::error::Result;
use crate::metrics::Part;
use crate::models::pretrained::Pretrained;

/// Decision of some validation forecasts.
pub(crate) struct Decision {
    /// Places of the selected candidates among the survivors.
    pub(crate) places: Vec<usize>,
    /// Weight of the networks in the forecast, and share of the pretrained network in the rest.
    pub(crate) network_weight: f64,
    pub(crate) pretrained_share: f64,
    /// Whether the pretrained network is fine-tuned, and the errors that decided it.
    pub(crate) fine_tuned: bool,
    pub(crate) fine_tuning: Option<FineTuningScores>,
}

/// Validation forecasts of all models.
pub(crate) struct Choice<'a> {
    validation: &'a ValidationSplit<'a>,
    survivors: &'a Survivors,
    /// Models without training on the panel; `None` where the networks forecast alone.
    bases: Option<Bases>,
    /// The same with the fine-tuned network.
    fine_tuned: Option<Bases>,
}

impl<'a> Choice<'a> {
    /// Forecasts by the other models than the networks, if they are in the blend.
    pub(crate) fn new(
        validation: &'a ValidationSplit<'a>,
        survivors: &'a Survivors,
        run: &RunContext<'_>,
    ) -> Result<Self> {
        let setup = validation.setup;
        let mut choice = Self { validation, survivors, bases: None, fine_tuned: None };
        if choice.is_alone(&choice.places(&validation.score), validation.score.independent()) {
            return Ok(choice);
        }
        let with = |fine_tuned: Option<&Pretrained>| {
            let threads = setup.settings.threads;
            Bases::of(&setup.blend(fine_tuned), &validation.evaluation, threads)
        };
        choice.bases = Some(with(None)?);
        if setup.fine_tunes() {
            let network = fine_tune(setup, &validation.training, run)?;
            choice.fine_tuned = network.as_ref().map(|network| with(Some(network))).transpose()?;
        }
        Ok(choice)
    }

    fn setup(&self) -> &SelectionSetup<'a> {
        self.validation.setup
    }

    fn places(&self, score: &ValidationScore<'_>) -> Vec<usize> {
        select(score, &self.survivors.predicted, self.setup().transform)
    }

    /// Whether the candidates at these `places` forecast without other models: networks with an output distribution, and those
    /// that read covariates, have what these models lack.
    fn is_alone(&self, places: &[usize], independent: usize) -> bool {
        let setup = self.setup();
        let selected = || places.iter().map(|p| &setup.candidates[self.survivors.candidates[*p]]);
        let has_trained = setup.candidates.iter().any(|(_, budget)| *budget > 0);
        let beaten = has_trained && !selected().any(|(_, budget)| *budget > 0);
        !setup.can_blend
            || selected().any(|(preprocessing, _)| preprocessing.use_covariates)
            || beaten && keeps_untrained(independent)
    }

    /// Decision by these errors.
    pub(crate) fn decide(&self, score: &ValidationScore<'_>) -> Decision {
        let setup = self.setup();
        let (model, independent) = (setup.settings.model, score.independent());
        let places = self.places(score);
        let mut decision = Decision {
            network_weight: 1.0,
            pretrained_share: share_of_pretrained(model),
            fine_tuned: model == Model::FineTuned,
            fine_tuning: None,
            places,
        };
        let Some(pretrained) = &self.bases else { return decision };
        if self.is_alone(&decision.places, independent) {
            return decision;
        }
        if let Some(fine_tuned) = &self.fine_tuned {
            let [pretrained, fine_tuned] =
                [pretrained, fine_tuned].map(|bases| score.of(&bases.forecasts(1.0)));
            decision.fine_tuned |= fine_tuned < pretrained;
            decision.fine_tuning = Some(FineTuningScores { pretrained, fine_tuned });
        }
        let bases = self.bases(&decision);
        if model == Model::Auto {
            let [pretrained, statistical] =
                [1.0, 0.0].map(|share| score.of(&bases.forecasts(share)));
            decision.pretrained_share = pretrained_share(independent, pretrained, statistical);
        }
        decision.network_weight = match model.trains() {
            true => self.network_weight(&decision, bases, score),
            false => 0.0,
        };
        decision
    }

    fn network_weight(
        &self,
        decision: &Decision,
        bases: &Bases,
        score: &ValidationScore<'_>,
    ) -> f64 {
        let setup = self.setup();
        let mut networks = self.survivors.mean(&decision.places, setup.transform);
        let alone = score.of(&networks);
        let blend = setup.blend(None);
        bases.limit(&blend, &self.validation.evaluation, &mut networks);
        let base = bases.forecasts(decision.pretrained_share);
        let is_trained = |place: &usize| setup.candidates[self.survivors.candidates[*place]].1 > 0;
        let prior = match decision.places.iter().any(is_trained) {
            true => setup.prior,
            false => Prior::UNTRAINED,
        };
        prior.network_weight(score.independent(), alone, |weight| {
            score.of(&bases.blended(weight, &networks, &base))
        })
    }

    fn bases(&self, decision: &Decision) -> &Bases {
        let fine_tuned = self.fine_tuned.as_ref().filter(|_| decision.fine_tuned);
        fine_tuned
            .or(self.bases.as_ref())
            .expect("there are bases where the networks are not alone")
    }

    /// Validation forecasts by a decision.
    pub(crate) fn forecasts(&self, decision: &Decision) -> Forecasts {
        let setup = self.setup();
        let mut networks = self.survivors.mean(&decision.places, setup.transform);
        if decision.network_weight == 1.0 {
            return networks;
        }
        let bases = self.bases(decision);
        let blend = setup.blend(None);
        bases.limit(&blend, &self.validation.evaluation, &mut networks);
        let base = bases.forecasts(decision.pretrained_share);
        bases.blended(decision.network_weight, &networks, &base)
    }

    /// Validation forecasts of which none took part in the decision for its model: each half is forecast by the decision of the
    /// other half. `None` where a half has no forecast.
    pub(crate) fn cross_fitted(&self) -> Option<Forecasts> {
        let [first, second] = Part::HALVES.map(|half| self.validation.score_on(half));
        if first.independent() == 0 || second.independent() == 0 {
            return None;
        }
        let mut forecasts = self.forecasts(&self.decide(&second));
        let by_first = self.forecasts(&self.decide(&first));
        let second = second.evaluation();
        for (s, (forecasts, by_first)) in forecasts.iter_mut().zip(by_first).enumerate() {
            for (o, (forecast, by_first)) in forecasts.iter_mut().zip(by_first).enumerate() {
                if second.counts(s, o) {
                    *forecast = by_first;
                }
            }
        }
        Some(forecasts)
    }
}
