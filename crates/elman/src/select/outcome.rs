//! Model selection: candidates are trained on the values before the validation window, and evaluated there.

use super::blend::Members;
use super::config::AutoForecaster;
use super::model::Model;
use super::score::ValidationScore;
use super::selection::{BenchmarkScore, CandidateScore};
use super::setup::SelectionSetup;
use super::survivors::Survivors;
use super::validation::ValidationSplit;
use super::weights::{Prior, keeps_untrained, pretrained_share, share_of_pretrained};
use crate::data::Forecasts;
use crate::data::parallel::each;
use crate::error::Result;
use crate::intervals::Conformal;
use crate::models::rnn::early_stopping::StoppingRule;
use crate::models::rnn::trainings::Report;
use crate::models::rnn::{Predictions, RnnConfig, RnnModel, RnnRef, all_ends, mean, trainings};
use crate::transforms::{Preprocessing, TargetTransform};

/// Share of the optimizer steps of model selection in the first rung, where training takes long: half of the candidates
/// are pruned after it (successive halving: Jamieson and Talwalkar, 2016).
const RUNG_SHARE: f64 = 0.2;
/// Most candidates in the ensemble.
const MAX_MEMBERS: usize = 3;
/// Least relative gain of a further member of the ensemble; a smaller one is not worth its time.
const MIN_GAIN: f64 = 0.002;
/// Least relative gain over the persistence forecast for which networks are selected. After gains of 1 % in validation,
/// the forecasts of ten stocks were up to 6 % worse than their last value.
const MIN_GAIN_OVER_PERSISTENCE: f64 = 0.02;

/// Outcome of model selection.
pub(crate) struct SelectionOutcome {
    /// Scores of all candidates.
    pub(crate) candidate_scores: Vec<CandidateScore>,
    /// Indexes of the selected candidates.
    pub(crate) selected: Vec<usize>,
    /// Networks of the selected candidates, trained on the values before the validation window. Empty without
    /// validation.
    pub(crate) nets: Vec<RnnModel>,
    pub(crate) scores: Vec<BenchmarkScore>,
    pub(crate) conformal: Option<Conformal>,
    pub(crate) coverage: Vec<f64>,
    /// Names of the series whose errors have no scale.
    pub(crate) without_scale: Vec<String>,
    /// Weight of the networks in the forecast, and share of the pretrained network in the rest.
    pub(crate) network_weight: f64,
    pub(crate) pretrained_share: f64,
}

impl SelectionOutcome {
    /// Outcome without validation, if the series are too short: no network is selected, but an untrained forecast.
    pub(crate) fn untried(setup: &SelectionSetup<'_>) -> Self {
        let candidate_scores =
            setup.candidates.iter().map(|(preprocessing, budget)| CandidateScore {
                preprocessing: preprocessing.clone(),
                budget: *budget,
                score: None,
                pruned: false,
                left_out: None,
                selected: false,
            });
        let mut outcome = Self {
            candidate_scores: candidate_scores.collect(),
            selected: Vec::new(),
            nets: Vec::new(),
            scores: Vec::new(),
            conformal: None,
            coverage: Vec::new(),
            without_scale: Vec::new(),
            network_weight: 1.0,
            pretrained_share: share_of_pretrained(setup.settings.model),
        };
        // Drift where the series fall, otherwise persistence.
        let drift = setup.candidates.iter().position(|(preprocessing, _)| preprocessing.drift);
        outcome.select(vec![drift.unwrap_or(setup.candidates.len() - 1)]);
        // Drift is a candidate where the series clearly fall below their minimum: the statistical models damp this trend.
        let has_drift = drift.is_some() && setup.settings.model.trains();
        if !has_drift && !outcome.is_alone(setup) {
            outcome.network_weight = 0.0;
        }
        outcome
    }

    fn select(&mut self, selected: Vec<usize>) {
        for (c, candidate) in self.candidate_scores.iter_mut().enumerate() {
            candidate.selected = selected.contains(&c);
        }
        self.selected = selected;
    }

    /// Trains a network for each candidate, and compares their forecasts on the validation window. `report` is called
    /// with the optimizer steps done, and their total.
    pub(crate) fn of(setup: &SelectionSetup<'_>, report: &Report<'_>) -> Result<Self> {
        let validation = ValidationSplit::new(setup)?;
        let mut outcome = Self::untried(setup);
        let survivors = train_candidates(&validation, &mut outcome.candidate_scores, report)?;
        let places = select(&validation.score, &survivors, setup.transform);
        outcome.select(places.iter().map(|place| survivors.candidates[*place]).collect());
        let mut ours = survivors.mean(&places, setup.transform);
        outcome.nets = survivors.into_nets(&places);
        outcome.network_weight = 1.0;
        if !outcome.is_alone(setup) {
            ours = outcome.blend(&validation, ours)?;
        }
        let (evaluation, scales) = (&validation.evaluation, validation.score.scales());
        outcome.scores = BenchmarkScore::all(evaluation, scales, &ours, setup.settings.threads)?;
        outcome.without_scale = evaluation.without_scale(scales);
        outcome.calibrate(&validation, &ours)?;
        Ok(outcome)
    }

    /// Sets the weights of the blend by the errors of the validation forecasts of the `networks`, and returns the blend.
    fn blend(
        &mut self,
        validation: &ValidationSplit<'_>,
        networks: Forecasts,
    ) -> Result<Forecasts> {
        let ValidationSplit { setup, evaluation, score, .. } = validation;
        let independent = setup.evidence().independent;
        let alone = score.of(&networks);
        let blend = setup.blend(0.0, 0.0);
        let members = Members::of(&blend, evaluation, networks.clone(), setup.settings.threads)?;
        if setup.settings.model == Model::Auto {
            let [pretrained, statistical] = [1.0, 0.0].map(|share| score.of(&members.base(share)));
            self.pretrained_share = pretrained_share(independent, pretrained, statistical);
        }
        let base = members.base(self.pretrained_share);
        let is_trained = self.selected.iter().any(|c| setup.candidates[*c].1 > 0);
        let prior = if is_trained { setup.prior } else { Prior::UNTRAINED };
        let error = |weight| score.of(&members.blended(weight, &base));
        self.network_weight = match setup.settings.model.trains() {
            true => prior.network_weight(independent, alone, error),
            false => 0.0,
        };
        Ok(match self.network_weight {
            1.0 => networks,
            weight => members.blended(weight, &base),
        })
    }

    /// Whether the selected candidates forecast without other models: networks with an output distribution, and those that
    /// read covariates, have what these models lack.
    fn is_alone(&self, setup: &SelectionSetup<'_>) -> bool {
        let selected = || self.selected.iter().map(|c| &setup.candidates[*c]);
        let is_trained = |(_, budget): &(Preprocessing, u64)| *budget > 0;
        let beaten = setup.candidates.iter().any(is_trained) && !selected().any(is_trained);
        !setup.can_blend
            || selected().any(|(preprocessing, _)| preprocessing.use_covariates)
            || beaten && keeps_untrained(setup.evidence().independent)
    }

    /// Calibrates the prediction intervals on the errors of the validation forecasts `ours`, and counts their coverage.
    fn calibrate(&mut self, validation: &ValidationSplit<'_>, ours: &Forecasts) -> Result<()> {
        let SelectionSetup { transform, settings, .. } = *validation.setup;
        let optimism = good_score(&self.candidate_scores) / validation.score.of(ours);
        let optimism = if optimism.is_finite() { optimism } else { 1.0 };
        let (evaluation, levels) = (&validation.evaluation, &settings.levels);
        let calibrated = Conformal::new(transform, evaluation, ours, optimism, levels);
        let (conformal, coverage) = calibrated.unzip();
        self.conformal = conformal;
        self.coverage = match self.nets.iter().all(RnnModel::has_own_intervals) {
            true => interval_coverage(validation, &self.nets)?,
            false => coverage.unwrap_or_default(),
        };
        Ok(())
    }
}

/// Trains the candidates in one rung, or in two where training takes long: half of the candidates are pruned after the
/// first one.
fn train_candidates(
    validation: &ValidationSplit<'_>,
    candidate_scores: &mut [CandidateScore],
    report: &Report<'_>,
) -> Result<Survivors> {
    let setup = validation.setup;
    let settings = setup.validation_configs(&validation.training);
    let steps = |settings: &[RnnConfig]| settings.iter().map(|net| net.max_steps).sum::<u64>();
    let (mut remaining, mut spent) = ((0..settings.len()).collect::<Vec<_>>(), 0);
    if setup.early_pruning {
        let short = |net: &RnnConfig| RnnConfig {
            max_steps: (net.max_steps as f64 * RUNG_SHARE) as u64,
            ..net.clone()
        };
        let rung: Vec<RnnConfig> = settings.iter().map(short).collect();
        spent = steps(&rung);
        let of = spent + steps(&settings) / 2;
        remaining = first_rung(validation, rung, candidate_scores, &|done, _| report(done, of))?;
        candidate_scores.iter_mut().for_each(|candidate| candidate.pruned = true);
    }
    let trainings: Vec<_> = remaining.iter().map(|c| settings[*c].clone().into()).collect();
    let report = |done, of| report(spent + done, spent + of);
    let error = |net: RnnRef<'_>| validation.score(net);
    let early = setup.settings.patience.map(|patience| StoppingRule { patience, error: &error });
    let (training, threads) = (&validation.training, setup.settings.threads);
    let nets = trainings::fit_candidates(&trainings, training, threads, early.as_ref(), &report)?;
    remaining.iter().for_each(|c| candidate_scores[*c].pruned = false);
    Survivors::of(validation, &remaining, nets, candidate_scores)
}

/// First rung of successive halving: trains for a part of the budget, and returns the candidates that remain. These are
/// the half that greedy ensemble selection takes first, and the untrained candidate, which is the last. Sets `score`
/// and `left_out` of each candidate in `candidate_scores`.
fn first_rung(
    validation: &ValidationSplit<'_>,
    settings: Vec<RnnConfig>,
    candidate_scores: &mut [CandidateScore],
    report: &Report<'_>,
) -> Result<Vec<usize>> {
    let SelectionSetup { transform, settings: &AutoForecaster { threads, .. }, .. } =
        *validation.setup;
    let (all, half) = ((0..settings.len()).collect::<Vec<_>>(), (settings.len() - 1).div_ceil(2));
    let settings: Vec<_> = settings.into_iter().map(From::from).collect();
    let nets = trainings::fit_candidates(&settings, &validation.training, threads, None, report)?;
    let Survivors { candidates, predicted, scores, .. } =
        Survivors::of(validation, &all, nets, candidate_scores)?;
    let untrained = scores.len() - 1;
    let (score, trained) = (&validation.score, &predicted[..untrained]);
    let better = greedy_ensemble_selection(score, trained, &scores, transform);
    let mut kept: Vec<usize> = better.map(|(place, _)| candidates[place]).take(half).collect();
    kept.push(candidates[untrained]);
    kept.sort_unstable();
    Ok(kept)
}

/// Greedy ensemble selection (Caruana et al., 2004): starts with the best of the forecasts in `predicted`, and adds the
/// one with which the mean has the least error, again and again. Each index comes with the error of the mean so far.
pub(crate) fn greedy_ensemble_selection<'a>(
    score: &'a ValidationScore<'_>,
    predicted: &'a [Forecasts],
    scores: &'a [f64],
    transform: TargetTransform,
) -> impl Iterator<Item = (usize, f64)> + 'a {
    let mut taken: Vec<usize> = Vec::new();
    std::iter::from_fn(move || {
        let with = (0..predicted.len()).filter(|c| !taken.contains(c)).map(|next| {
            let members = taken.iter().chain([&next]).map(|c| &predicted[*c]);
            let alone = taken.is_empty();
            (next, if alone { scores[next] } else { score.of(&mean(members, transform)) })
        });
        let next = with.min_by(|a, b| a.1.total_cmp(&b.1))?;
        taken.push(next.0);
        Some(next)
    })
}

/// Indexes of the ensemble: the best candidate, and those that improve the mean. If they are not clearly better than
/// the untrained candidate, which is the last, that one alone.
fn select(
    score: &ValidationScore<'_>,
    survivors: &Survivors,
    transform: TargetTransform,
) -> Vec<usize> {
    let Survivors { predicted, scores, .. } = survivors;
    let (mut selected, mut least) = (Vec::new(), f64::INFINITY);
    for (next, better) in
        greedy_ensemble_selection(score, predicted, scores, transform).take(MAX_MEMBERS)
    {
        if !selected.is_empty() && better >= (1.0 - MIN_GAIN) * least {
            break;
        }
        least = better;
        selected.push(next);
    }
    let untrained = scores.len() - 1;
    if beats_persistence(least, scores[untrained]) { selected } else { vec![untrained] }
}

/// Whether networks with the error `score` are clearly better than the persistence forecast.
pub(crate) fn beats_persistence(score: f64, untrained: f64) -> bool {
    score < (1.0 - MIN_GAIN_OVER_PERSISTENCE) * untrained
}

/// Lower quartile of the scores of the trained candidates: all but the last.
fn good_score(candidate_scores: &[CandidateScore]) -> f64 {
    let trained = candidate_scores[..candidate_scores.len() - 1].iter();
    let mut scores: Vec<f64> = trained.filter_map(|candidate| candidate.score).collect();
    scores.sort_by(f64::total_cmp);
    scores.get(scores.len() / 4).copied().unwrap_or(1.0)
}

/// Coverage, by level, of the mean intervals that the networks output.
fn interval_coverage(validation: &ValidationSplit<'_>, nets: &[RnnModel]) -> Result<Vec<f64>> {
    let SelectionSetup { settings, ref origins, transform, .. } = *validation.setup;
    let AutoForecaster { threads, ref levels, .. } = *settings;
    let quantiles = all_ends(levels);
    let predicted =
        each(nets, threads, |net| net.predictions(&validation.training, origins, &quantiles))?;
    let (_, intervals) = Predictions::mean(&predicted, transform).split(levels);
    Ok(validation.evaluation.coverage(&intervals, levels.len()))
}
