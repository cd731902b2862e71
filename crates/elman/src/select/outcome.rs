//! Model selection: candidates are trained on the values before the validation window, and evaluated there.

use super::comparison::{BenchmarkScore, Comparison, SeriesScores};
use super::config::AutoForecaster;
use super::decision::{Choice, Decision};
use super::greedy::greedy_ensemble_selection;
use super::model::Model;
use super::run::{Progress, RunContext};
use super::selection::{CandidateScore, FineTuningScores};
use super::setup::SelectionSetup;
use super::survivors::Survivors;
use super::validation::ValidationSplit;
use super::weights::share_of_pretrained;
use crate::data::Forecasts;
use crate::data::parallel::each;
use crate::error::Result;
use crate::intervals::Conformal;
use crate::metrics::Evidence;
use crate::models::rnn::early_stopping::StoppingRule;
use crate::models::rnn::trainings::Report;
use crate::models::rnn::{Predictions, RnnConfig, RnnModel, RnnRef, all_ends, trainings};

/// Share of the optimizer steps of model selection in the first rung, where training takes long: half of the candidates
/// are pruned after it (successive halving: Jamieson and Talwalkar, 2016).
const RUNG_SHARE: f64 = 0.2;
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
    pub(crate) best_baseline: Option<BenchmarkScore>,
    pub(crate) by_series: Vec<SeriesScores>,
    pub(crate) evidence: Evidence,
    pub(crate) conformal: Option<Conformal>,
    pub(crate) coverage: Vec<f64>,
    /// Names of the series whose errors have no scale.
    pub(crate) without_scale: Vec<String>,
    /// Weight of the networks in the forecast, and share of the pretrained network in the rest.
    pub(crate) network_weight: f64,
    pub(crate) pretrained_share: f64,
    /// Whether the pretrained network is to be fine-tuned, and the errors that decided it.
    pub(crate) fine_tuned: bool,
    pub(crate) fine_tuning: Option<FineTuningScores>,
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
            best_baseline: None,
            by_series: Vec::new(),
            conformal: None,
            coverage: Vec::new(),
            without_scale: Vec::new(),
            network_weight: 1.0,
            pretrained_share: share_of_pretrained(setup.settings.model),
            fine_tuned: setup.settings.model == Model::FineTuned,
            fine_tuning: None,
            evidence: Evidence::default(),
        };
        // Drift where the series fall, otherwise persistence.
        let drift = setup.candidates.iter().position(|(preprocessing, _)| preprocessing.drift);
        outcome.select(vec![drift.unwrap_or(setup.candidates.len() - 1)]);
        // Drift is a candidate where the series clearly fall below their minimum: the statistical models damp this trend.
        let has_drift = drift.is_some() && setup.settings.model.trains();
        if setup.can_blend && !has_drift {
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

    /// Trains a network for each candidate, and compares their forecasts on the validation window.
    pub(crate) fn of(setup: &SelectionSetup<'_>, run: &RunContext<'_>) -> Result<Self> {
        let validation = ValidationSplit::new(setup)?;
        let mut outcome = Self::untried(setup);
        let report = |done, of| run.report(Progress::Selecting(done, of));
        let survivors = train_candidates(&validation, &mut outcome.candidate_scores, &report)?;
        let choice = Choice::new(&validation, &survivors, run)?;
        let decision = choice.decide(&validation.score);
        let ours = choice.forecasts(&decision);
        let cross_fitted = choice.cross_fitted();
        outcome.evidence = evidence(&validation, cross_fitted.is_some());
        outcome.take(decision, survivors);
        let (evaluation, scales) = (&validation.evaluation, validation.score.scales());
        let compared = cross_fitted.as_ref().unwrap_or(&ours);
        let comparison = Comparison::of(evaluation, scales, compared, setup.settings.threads)?;
        (outcome.scores, outcome.best_baseline) = (comparison.scores, comparison.best_baseline);
        outcome.by_series = comparison.by_series;
        outcome.without_scale = evaluation.without_scale(scales);
        outcome.calibrate(&validation, &ours)?;
        Ok(outcome)
    }

    /// Takes over a decision, with the networks of the selected candidates.
    fn take(&mut self, decision: Decision, survivors: Survivors) {
        let places = decision.places;
        self.select(places.iter().map(|place| survivors.candidates[*place]).collect());
        self.nets = survivors.into_nets(&places);
        self.network_weight = decision.network_weight;
        self.pretrained_share = decision.pretrained_share;
        (self.fine_tuned, self.fine_tuning) = (decision.fine_tuned, decision.fine_tuning);
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

/// Evidence of the validation forecasts. They selected the compared model where its forecasts are not cross-fitted, and where
/// they ended trainings: of candidates that were pruned, or by early stopping.
fn evidence(validation: &ValidationSplit<'_>, is_cross_fitted: bool) -> Evidence {
    let setup = validation.setup;
    let ends_trainings = setup.early_pruning || setup.settings.patience.is_some();
    let is_trained = setup.candidates.iter().any(|(_, budget)| *budget > 0);
    validation.evaluation.evidence(is_trained && (!is_cross_fitted || ends_trainings))
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
    let error = |net: RnnRef<'_>| validation.score_of(net);
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
