//! Model selection: candidates are trained on the values before the validation window, and evaluated there.

use super::Forecasts;
use super::auto::AutoConfig;
use super::conformal::Conformal;
use super::early_stopping::StoppingRule;
use super::ensemble::{mean, split};
use super::evaluator::{Errors, Evaluator};
use super::likelihood::all_ends;
use super::parallel::each;
use super::preprocessing::TargetTransform;
use super::rnn::{RnnConfig, RnnModel, RnnRef};
use super::selection::{BenchmarkScore, CandidateScore};
use super::setup::SelectionSetup;
use super::survivors::Survivors;
use super::trainings;
use super::validation::ValidationSplit;
use crate::baselines;
use crate::error::Result;

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
pub(super) struct SelectionOutcome {
    /// Scores of all candidates.
    pub(super) candidate_scores: Vec<CandidateScore>,
    /// Indexes of the selected candidates.
    pub(super) selected: Vec<usize>,
    /// Networks of the selected candidates, trained on the values before the validation window. Empty without
    /// validation.
    pub(super) nets: Vec<RnnModel>,
    pub(super) scores: Vec<BenchmarkScore>,
    pub(super) conformal: Option<Conformal>,
    pub(super) coverage: Vec<f64>,
    /// Names of the series whose errors have no scale.
    pub(super) without_scale: Vec<String>,
}

impl SelectionOutcome {
    /// Outcome without validation, if the series are too short: no network is selected, but an untrained forecast.
    pub(super) fn untried(setup: &SelectionSetup<'_>) -> Self {
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
        };
        // Drift where the series fall, otherwise persistence.
        let drift = setup.candidates.iter().position(|(preprocessing, _)| preprocessing.drift);
        outcome.select(vec![drift.unwrap_or(setup.candidates.len() - 1)]);
        outcome
    }

    fn select(&mut self, selected: Vec<usize>) {
        for (c, candidate) in self.candidate_scores.iter_mut().enumerate() {
            candidate.selected = selected.contains(&c);
        }
        self.selected = selected;
    }

    /// Trains a network for each candidate, and compares their forecasts on the validation window.
    pub(super) fn of(
        setup: &SelectionSetup<'_>,
        report: &(dyn Fn(u64, u64) + Sync),
    ) -> Result<Self> {
        let validation = ValidationSplit::new(setup)?;
        let (evaluator, transform, threads) =
            (&validation.evaluator, setup.transform, setup.settings.threads);
        let mut outcome = Self::untried(setup);
        let settings = setup.validation_configs(&validation.training);
        let of = |settings: &[RnnConfig]| settings.iter().map(|net| net.max_steps).sum::<u64>();

        let (mut remaining, mut spent) = ((0..settings.len()).collect(), 0);
        if setup.early_pruning {
            let short = |net: &RnnConfig| RnnConfig {
                max_steps: (net.max_steps as f64 * RUNG_SHARE) as u64,
                ..net.clone()
            };
            let rung: Vec<RnnConfig> = settings.iter().map(short).collect();
            spent = of(&rung);
            let rest = of(&settings);
            let report = |done, _| report(done, spent + rest / 2);
            remaining = first_rung(&validation, rung, &mut outcome.candidate_scores, &report)?;
            outcome.candidate_scores.iter_mut().for_each(|candidate| candidate.pruned = true);
        }
        let settings: Vec<RnnConfig> = remaining.iter().map(|c| settings[*c].clone()).collect();
        let report = |done, of| report(spent + done, spent + of);
        let error = |net: RnnRef<'_>| validation.score(net);
        let patience = setup.settings.patience;
        let early = patience.map(|patience| StoppingRule { patience, error: &error });
        let settings: Vec<_> = settings.into_iter().map(From::from).collect();
        let nets = trainings::fit_candidates(
            &settings,
            &validation.training,
            threads,
            early.as_ref(),
            &report,
        )?;
        remaining.iter().for_each(|c| outcome.candidate_scores[*c].pruned = false);
        let survivors =
            Survivors::of(&validation, &remaining, nets, &mut outcome.candidate_scores)?;
        let Survivors { candidates: remaining, nets, predicted, scores } = survivors;

        let places = select(evaluator, &predicted, &scores, transform);
        outcome.select(places.iter().map(|place| remaining[*place]).collect());
        let ours = match places[..] {
            [one] if nets[one].settings.max_steps == 0 => predicted[one].clone(),
            _ => mean(places.iter().map(|place| &predicted[*place]), transform),
        };
        outcome.scores = benchmark_scores(&validation, &ours)?;
        let without_scale =
            evaluator.without_scale().map(|s| setup.panel[s].history.name.to_owned());
        outcome.without_scale = without_scale.collect();
        let optimism = good_score(&outcome.candidate_scores) / evaluator.score(&ours);
        let optimism = if optimism.is_finite() { optimism } else { 1.0 };
        let (panel, origins, levels) = (setup.panel, &setup.origins, &setup.settings.levels);
        let conformal =
            Conformal::new(transform, validation.season, panel, origins, &ours, optimism, levels);
        let (conformal, coverage) = conformal.unzip();
        outcome.conformal = conformal;
        let mut nets: Vec<Option<RnnModel>> = nets.into_iter().map(Some).collect();
        outcome.nets = places.iter().filter_map(|place| nets[*place].take()).collect();
        let own =
            |net: &RnnModel| net.settings.max_steps > 0 && net.settings.output.is_distribution();
        outcome.coverage = match outcome.nets.iter().all(own) {
            true => interval_coverage(&validation, &outcome.nets)?,
            false => coverage.unwrap_or_default(),
        };
        Ok(outcome)
    }
}

/// First rung of successive halving: trains for a part of the budget, and returns the candidates that remain. These are
/// the half that greedy ensemble selection takes first, and the untrained candidate, which is the last. Sets `score`
/// and `left_out` of each candidate in `candidate_scores`.
fn first_rung(
    validation: &ValidationSplit<'_>,
    settings: Vec<RnnConfig>,
    candidate_scores: &mut [CandidateScore],
    report: &(dyn Fn(u64, u64) + Sync),
) -> Result<Vec<usize>> {
    let SelectionSetup { transform, settings: &AutoConfig { threads, .. }, .. } = *validation.setup;
    let (all, half) = ((0..settings.len()).collect::<Vec<_>>(), (settings.len() - 1).div_ceil(2));
    let settings: Vec<_> = settings.into_iter().map(From::from).collect();
    let nets = trainings::fit_candidates(&settings, &validation.training, threads, None, report)?;
    let Survivors { candidates, predicted, scores, .. } =
        Survivors::of(validation, &all, nets, candidate_scores)?;
    let untrained = scores.len() - 1;
    let better = greedy_ensemble_selection(
        &validation.evaluator,
        &predicted[..untrained],
        &scores,
        transform,
    );
    let mut kept: Vec<usize> = better.map(|(place, _)| candidates[place]).take(half).collect();
    kept.push(candidates[untrained]);
    kept.sort_unstable();
    Ok(kept)
}

/// Greedy ensemble selection (Caruana et al., 2004): starts with the best of the forecasts in `predicted`, and adds the
/// one with which the mean has the least error, again and again. Each index comes with the error of the mean so far.
pub(super) fn greedy_ensemble_selection<'a>(
    evaluator: &'a Evaluator<'_>,
    predicted: &'a [Forecasts],
    scores: &'a [f64],
    transform: TargetTransform,
) -> impl Iterator<Item = (usize, f64)> + 'a {
    let mut taken: Vec<usize> = Vec::new();
    std::iter::from_fn(move || {
        let with = (0..predicted.len()).filter(|c| !taken.contains(c)).map(|next| {
            let members = taken.iter().chain([&next]).map(|c| &predicted[*c]);
            let alone = taken.is_empty();
            (next, if alone { scores[next] } else { evaluator.score(&mean(members, transform)) })
        });
        let next = with.min_by(|a, b| a.1.total_cmp(&b.1))?;
        taken.push(next.0);
        Some(next)
    })
}

/// Indexes of the ensemble: the best candidate, and those that improve the mean. If they are not clearly better than
/// the untrained candidate, which is the last, that one alone.
fn select(
    evaluator: &Evaluator<'_>,
    predicted: &[Forecasts],
    scores: &[f64],
    transform: TargetTransform,
) -> Vec<usize> {
    let (mut selected, mut score) = (Vec::new(), f64::INFINITY);
    for (next, better) in
        greedy_ensemble_selection(evaluator, predicted, scores, transform).take(MAX_MEMBERS)
    {
        if !selected.is_empty() && better >= (1.0 - MIN_GAIN) * score {
            break;
        }
        score = better;
        selected.push(next);
    }
    let untrained = scores.len() - 1;
    if beats_persistence(score, scores[untrained]) { selected } else { vec![untrained] }
}

/// Whether networks with the error `score` are clearly better than the persistence forecast.
pub(super) fn beats_persistence(score: f64, untrained: f64) -> bool {
    score < (1.0 - MIN_GAIN_OVER_PERSISTENCE) * untrained
}

/// Lower quartile of the scores of the trained candidates: all but the last.
fn good_score(candidate_scores: &[CandidateScore]) -> f64 {
    let trained = candidate_scores[..candidate_scores.len() - 1].iter();
    let mut scores: Vec<f64> = trained.filter_map(|candidate| candidate.score).collect();
    scores.sort_by(f64::total_cmp);
    scores.get(scores.len() / 4).copied().unwrap_or(1.0)
}

/// Errors of the forecasts `ours` and of each baseline.
fn benchmark_scores(
    validation: &ValidationSplit<'_>,
    ours: &Forecasts,
) -> Result<Vec<BenchmarkScore>> {
    let ValidationSplit { setup, evaluator, .. } = validation;
    let named =
        |name: &str, Errors { smape, mase }| BenchmarkScore { name: name.to_owned(), smape, mase };
    let all = each(baselines::ALL, setup.settings.threads, |baseline| {
        Ok(named(baseline.name, evaluator.errors(&evaluator.baseline(baseline)?)))
    })?;
    Ok([named("elman", evaluator.errors(ours))].into_iter().chain(all).collect())
}

/// Coverage, by level, of the mean intervals that the networks output.
fn interval_coverage(validation: &ValidationSplit<'_>, nets: &[RnnModel]) -> Result<Vec<f64>> {
    let SelectionSetup { settings, panel, ref origins, transform, .. } = *validation.setup;
    let AutoConfig { horizon, threads, ref levels, .. } = *settings;
    let quantiles = all_ends(levels);
    let predicted =
        each(nets, threads, |net| net.forecasts(&validation.training, origins, &quantiles))?;
    let (_, intervals) = split(mean(predicted.iter(), transform), horizon, levels);
    let mut inside = vec![0.0; levels.len()];
    let mut values = 0.0;
    for ((series, origins), intervals) in panel.iter().zip(origins).zip(&intervals) {
        for (origin, intervals) in origins.iter().zip(intervals) {
            let actual = &series.history.values[*origin..*origin + horizon];
            values += actual.iter().filter(|y| !y.is_nan()).count() as f64;
            for (inside, interval) in inside.iter_mut().zip(intervals) {
                *inside += interval.contains(actual).filter(|held| *held).count() as f64;
            }
        }
    }
    let share = |inside: f64| (values > 0.0).then_some(inside / values);
    Ok(inside.into_iter().filter_map(share).collect())
}
