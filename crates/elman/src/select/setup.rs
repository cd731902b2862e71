//! Setup of model selection: the decisions before the first training. Model selection (`outcome.rs`) and the final
//! training of the ensemble follow.

use super::blend::Blend;
use super::config::AutoForecaster;
use super::ensemble::Ensemble;
use super::fine_tuning::{fine_tune, is_worth_fine_tuning};
use super::model::Model;
use super::outcome::SelectionOutcome;
use super::prepared::PreparedPanel;
use super::run::{Progress, RunContext};
use super::search_space::search_space;
use super::selection::{CandidateScore, SelectionReport};
use super::tune::Hyperparameters;
use super::weights::Prior;
use crate::data::HistoryView;
use crate::error::Result;
use crate::features::{CovariateDims, CovariateSchema};
use crate::metrics::{Evaluation, Part};
use crate::models::pretrained::{FrequencyClass, Pretrained};
use crate::models::rnn::trainings::{Report, Training, fit_all};
use crate::models::rnn::{Likelihood, MAX_SERIES, OutputSpec, RnnConfig, RnnModel};
use crate::season;
use crate::transforms::falling::fall_on;
use crate::transforms::{Preprocessing, TargetTransform};

/// Least number of validation forecasts, if the series are long enough.
const TRIALS: usize = 1000;
/// The validation window is at most this part of the typical series, and lags reach over at most that part of the values
/// before the window. Chosen by hand, not measured.
const WINDOW_PART: usize = 4;
const LAGS_PART: usize = 2;
/// Least number of values before the first validation forecast. Chosen by hand, not measured.
pub(crate) const MIN_KNOWN: usize = 3;
/// Share of the optimizer steps that a candidate is trained for in model selection.
const TRIAL_SHARE: f64 = 0.5;
/// Least and most optimizer steps of a network.
const MIN_UPDATES: u64 = 200;
const MAX_UPDATES: u64 = 3500;
/// Optimizer steps of a network for the square root of the number of values. Chosen at earlier cutoffs of M4 Weekly, NN5
/// and CIF (`docs/experiments.md`).
const UPDATES_OF_ROOT: f64 = 6.0;
/// Sequence length, where the longest seasonal period is not between these. Chosen by hand, not measured.
const MIN_SEQ_LENGTH: usize = 128;
const MAX_SEQ_LENGTH: usize = 256;
/// Networks trained for each selected candidate, with different random initial weights.
const NETWORKS_PER_CANDIDATE: u64 = 2;

/// Optimizer steps for a panel of so many values: few values are soon overfitted.
fn updates(values: usize) -> u64 {
    ((UPDATES_OF_ROOT * (values as f64).sqrt()) as u64).clamp(MIN_UPDATES, MAX_UPDATES)
}

/// Setup of model selection, from the history of a panel.
pub(crate) struct SelectionSetup<'a> {
    pub(crate) panel: &'a [HistoryView<'a>],
    pub(crate) settings: &'a AutoForecaster,
    encoding: CovariateSchema,
    covariate_dims: CovariateDims,
    pub(crate) seasons: Vec<usize>,
    pub(crate) transform: TargetTransform,
    pub(crate) class: Option<FrequencyClass>,
    /// Whether the forecasts of networks without covariates can be blended.
    pub(crate) can_blend: bool,
    pub(crate) prior: Prior,
    typical_length: usize,
    held_out: usize,
    /// Origins of the validation forecasts: for each series, the number of values before each forecast.
    pub(crate) origins: Vec<Vec<usize>>,
    /// Candidates: preprocessing and budget. The last one is untrained, and so is the drift before it, if there is one.
    pub(crate) candidates: Vec<(Preprocessing, u64)>,
    /// Whether training takes so long that time is saved: half of the candidates are pruned early, and one network of
    /// each selected candidate continues the training of model selection.
    pub(crate) early_pruning: bool,
}

impl<'a> SelectionSetup<'a> {
    /// Setup for the `panel`, which is a part of the prepared panel `ready`, or all of it.
    pub(crate) fn new(
        panel: &'a [HistoryView<'a>],
        ready: &PreparedPanel<'_>,
        settings: &'a AutoForecaster,
    ) -> Self {
        let (encoding, covariate_dims) = ready.covariates.clone();
        let seasons = seasons(panel, ready, settings);
        let mut lengths: Vec<usize> = panel.iter().map(|series| series.cutoff).collect();
        lengths.sort_unstable();
        let typical = lengths[lengths.len() / 2];
        let window = ValidationWindow::of(panel, settings.horizon, typical);
        let target = Target::of(panel, settings, seasons.first().copied().unwrap_or(1));
        let shortest = typical.saturating_sub(window.held_out) / LAGS_PART;
        let mut space = target.search_space(settings, &seasons, shortest);
        let has_covariates = covariate_dims != CovariateDims::default();
        let can_blend =
            settings.model != Model::Network && settings.likelihood == Likelihood::Point;
        let prior = Prior::of(ready.class, typical, panel.len());
        let is_trained =
            settings.model.trains() && (!can_blend || has_covariates || prior.is_worth_training());
        if has_covariates {
            // Candidates with covariates compete with those without.
            let with = |preprocessing: &Preprocessing| Preprocessing {
                use_covariates: true,
                linear_skip: true,
                ..preprocessing.clone()
            };
            space.extend(space.iter().map(with).collect::<Vec<_>>());
        }
        let little_work = CandidateScore::LONGER * updates(lengths.iter().sum()) <= MAX_UPDATES;
        let longer =
            (settings.max_steps.is_none() && little_work).then_some(CandidateScore::LONGER);
        let budgets = [1].into_iter().chain(longer).filter(|_| is_trained);
        let budgets: Vec<u64> = budgets.collect();
        Self {
            panel,
            settings,
            encoding,
            covariate_dims,
            transform: if target.falls { TargetTransform::MEAN_SCALE } else { target.transform },
            class: ready.class,
            can_blend,
            prior,
            typical_length: typical,
            held_out: window.held_out,
            origins: window.origins,
            candidates: candidates(&space, &budgets, target.falls),
            seasons,
            early_pruning: !little_work,
        }
    }

    /// Network of a candidate for a panel of so many values.
    fn net(
        &self,
        (preprocessing, budget): &(Preprocessing, u64),
        values: usize,
        seed: u64,
    ) -> RnnConfig {
        let alike = (self.panel.len() as f64).sqrt().log2().round().exp2();
        RnnConfig {
            preprocessing: preprocessing.clone(),
            seasons: self.seasons.clone(),
            horizon: self.settings.horizon,
            output: OutputSpec::by(
                self.settings.likelihood,
                &self.settings.loss,
                &self.settings.levels,
            ),
            covariate_dims: self.covariate_dims,
            cell: self.settings.cell.clone(),
            hidden_size: self.settings.hidden_size,
            stack: self.settings.stack.clone(),
            dropout: 0.0,
            batch_size: alike.clamp(1.0, MAX_SERIES as f64) as usize,
            seq_length: self.settings.seq_length.unwrap_or_else(|| {
                let longest = self.seasons.last().copied().unwrap_or(1);
                longest.clamp(MIN_SEQ_LENGTH, MAX_SEQ_LENGTH)
            }),
            carry: self.settings.carry,
            max_steps: self.settings.max_steps.unwrap_or_else(|| updates(values)) * budget,
            start: 0,
            stop: None,
            learning_rate: self.settings.learning_rate,
            seed,
            isa: self.settings.isa,
        }
    }

    /// Default hyperparameters of a network with this `preprocessing`.
    pub(crate) fn default_hyperparameters(&self, preprocessing: &Preprocessing) -> Hyperparameters {
        let values = self.panel.iter().map(|series| series.cutoff).sum();
        let net = self.net(&(preprocessing.clone(), 1), values, self.settings.seed);
        let RnnConfig { cell, hidden_size, seq_length, learning_rate, max_steps: steps, .. } = net;
        Hyperparameters { cell, hidden_size, seq_length, learning_rate, max_steps: steps }
    }

    /// Network with these `hyperparameters` in model selection, for `share` of its optimizer steps.
    pub(crate) fn rnn_config_with(
        &self,
        preprocessing: &Preprocessing,
        hyperparameters: &Hyperparameters,
        share: f64,
    ) -> RnnConfig {
        let Hyperparameters { cell, hidden_size, seq_length, learning_rate, max_steps: steps } =
            hyperparameters.clone();
        let steps = ((steps as f64 * TRIAL_SHARE * share) as u64).max(1);
        let default_hyperparameters = self.net(&(preprocessing.clone(), 1), 0, self.settings.seed);
        RnnConfig {
            cell,
            hidden_size,
            seq_length,
            learning_rate,
            max_steps: steps,
            ..default_hyperparameters
        }
    }

    /// History before the validation window.
    pub(crate) fn training_panel(&self) -> Vec<HistoryView<'a>> {
        let training =
            |y: &HistoryView<'a>| y.history.up_to(y.cutoff.saturating_sub(self.held_out));
        self.panel.iter().map(training).collect()
    }

    /// Runs model selection, and trains the selected candidates on the whole history.
    pub(crate) fn run(&self, run: &RunContext<'_>) -> Result<Ensemble> {
        let forecasts: usize = self.origins.iter().map(Vec::len).sum();
        let outcome = match forecasts {
            0 => SelectionOutcome::untried(self),
            _ => SelectionOutcome::of(self, run)?,
        };
        let fine_tuned = match outcome.fine_tuned && outcome.network_weight < 1.0 {
            true => fine_tune(self, self.panel, run)?,
            false => None,
        };
        let nets = self.train(&outcome, &|done, of| run.report(Progress::Training(done, of)))?;
        let selection = SelectionReport {
            seasons: self.seasons.clone(),
            transform: self.transform,
            covariates: if self.settings.model.trains() {
                self.encoding.names()
            } else {
                Vec::new()
            },
            sampled: self.panel.len(),
            typical_length: self.typical_length,
            held_out: self.held_out,
            forecasts,
            evidence: outcome.evidence,
            candidate_scores: outcome.candidate_scores,
            scores: outcome.scores,
            best_baseline: outcome.best_baseline,
            without_scale: outcome.without_scale,
            levels: self.settings.levels.clone(),
            coverage: outcome.coverage,
            updates: nets[0].updates(),
            model: self.settings.model,
            network_weight: outcome.network_weight,
            pretrained_share: outcome.pretrained_share,
            fine_tuned: fine_tuned.is_some(),
            fine_tuning: outcome.fine_tuning,
            frequency_class: self.class,
            series_by_seasons: Vec::new(),
        };
        let (conformal, by_series) = (outcome.conformal, outcome.by_series);
        Ok(Ensemble { nets, fine_tuned, conformal, by_series, selection })
    }

    /// Whether networks are trained on the panel, or the pretrained network may be fine-tuned.
    pub(crate) fn trains(&self) -> bool {
        self.fine_tunes() || self.candidates.iter().any(|(_, budget)| *budget > 0)
    }

    /// Blend with the pretrained network, fine-tuned or not, before its weights are known.
    pub(crate) fn blend<'s>(&'s self, fine_tuned: Option<&'s Pretrained>) -> Blend<'s> {
        Blend {
            network_weight: 0.0,
            pretrained_share: 0.0,
            model: self.settings.model,
            fine_tuned,
            seasons: &self.seasons,
            class: self.class,
            transform: self.transform,
            isa: self.settings.isa,
        }
    }

    /// Whether the pretrained network may be fine-tuned.
    pub(crate) fn fine_tunes(&self) -> bool {
        match self.settings.model {
            Model::FineTuned => true,
            Model::Auto => self.can_blend && is_worth_fine_tuning(self.panel, self.prior),
            _ => false,
        }
    }

    /// Evaluation of forecasts on the validation window.
    pub(crate) fn evaluation(&self) -> Evaluation<'_> {
        Evaluation {
            panel: self.panel,
            origins: &self.origins,
            horizon: self.settings.horizon,
            season: self.seasons.first().copied().unwrap_or(1),
            part: Part::All,
        }
    }

    /// Networks of all candidates in model selection, which are trained on the `training` panel.
    pub(crate) fn validation_configs(&self, training: &[HistoryView<'_>]) -> Vec<RnnConfig> {
        let known = training.iter().map(|training| training.cutoff).sum();
        let nets = self.candidates.iter().map(|candidate| {
            let net = self.net(candidate, known, self.settings.seed);
            RnnConfig { max_steps: (net.max_steps as f64 * TRIAL_SHARE) as u64, ..net }
        });
        nets.collect()
    }

    /// Trains the selected candidates on the whole history, each for the same share of its optimizer steps as in
    /// selection.
    fn train(&self, outcome: &SelectionOutcome, report: &Report<'_>) -> Result<Vec<RnnModel>> {
        let values = self.panel.iter().map(|series| series.cutoff).sum();
        let mut trainings = Vec::new();
        for (place, c) in outcome.selected.iter().enumerate() {
            let begun = outcome.nets.get(place);
            let share = begun.map_or(1.0, RnnModel::share);
            for n in 0..NETWORKS_PER_CANDIDATE {
                let from = begun.filter(|_| self.early_pruning && n == 0);
                // A continued training has a seed of its own, and does not repeat the same windows.
                let n = if from.is_some() { NETWORKS_PER_CANDIDATE } else { n };
                let seed = self.settings.seed.wrapping_add(n);
                let net = self.net(&self.candidates[*c], values, seed);
                let steps =
                    net.max_steps.saturating_sub(from.map_or(0, |net| net.settings.max_steps));
                let stop = ((steps as f64 * share).round() as u64).max(1);
                let settings = RnnConfig {
                    start: from.map_or(0, RnnModel::updates),
                    max_steps: steps,
                    stop: (stop < steps).then_some(stop),
                    ..net
                };
                trainings.push(Training { settings, from: from.map(RnnModel::params) });
            }
        }
        fit_all(&trainings, self.panel, self.settings.threads, None, report)
    }
}

/// Seasonal periods: those of the settings, or those detected.
fn seasons(
    panel: &[HistoryView<'_>],
    ready: &PreparedPanel<'_>,
    settings: &AutoForecaster,
) -> Vec<usize> {
    let detected = || {
        let known: Vec<&[f64]> = panel.iter().map(|series| series.filled()).collect();
        season::common_periods(&known, ready.candidate_periods.as_deref())
    };
    settings.seasons.clone().unwrap_or_else(detected)
}

/// Validation window of a panel.
struct ValidationWindow {
    held_out: usize,
    origins: Vec<Vec<usize>>,
}

impl ValidationWindow {
    /// Window for series of `typical` length. A small panel is validated at several origins, in the last quarter of its
    /// series at most.
    fn of(panel: &[HistoryView<'_>], horizon: usize, typical: usize) -> Self {
        let wanted = TRIALS.div_ceil(panel.len());
        let held_out = horizon.max((typical / WINDOW_PART).min(horizon.saturating_mul(wanted)));
        let stride = ((held_out - horizon) / wanted.saturating_sub(1).max(1)).max(1);
        let origins = panel.iter().map(|y| {
            let first = y.cutoff.saturating_sub(held_out);
            match first {
                ..MIN_KNOWN => Vec::new(),
                _ => (first..=y.cutoff - horizon).step_by(stride).collect(),
            }
        });
        Self { held_out, origins: origins.collect() }
    }
}

/// Transform of the values of a panel.
struct Target {
    transform: TargetTransform,
    /// Whether series fall below their minimum: candidates without a floor, with a transform that allows 0 and less,
    /// then compete with the others.
    falls: bool,
}

impl Target {
    /// Transform for the values of `panel`, whose shortest seasonal period is `season`.
    fn of(panel: &[HistoryView<'_>], settings: &AutoForecaster, season: usize) -> Self {
        let lowest = panel.iter().flat_map(|y| y.filled()).copied().fold(f64::INFINITY, f64::min);
        let has_counts = settings.likelihood == Likelihood::NegativeBinomial;
        let transform = match lowest {
            _ if has_counts => TargetTransform::LOG_OFFSET,
            _ if settings.scaler.is_some() => TargetTransform::MEAN_SCALE,
            lowest => TargetTransform::for_values_from(lowest),
        };
        let has_floor = settings.scaler.is_none() && lowest >= 0.0 && !has_counts;
        let values = panel.iter().map(|series| series.filled());
        let falls =
            has_floor && !settings.non_negative && fall_on(values, settings.horizon, season);
        Self { transform, falls }
    }

    /// Preprocessing of the candidates without covariates.
    fn search_space(
        &self,
        settings: &AutoForecaster,
        seasons: &[usize],
        typical_len: usize,
    ) -> Vec<Preprocessing> {
        let of = |transform| search_space(transform, seasons, settings.horizon, typical_len);
        let mut space = of(self.transform);
        if self.falls {
            let no_floor = |preprocessing| Preprocessing { no_floor: true, ..preprocessing };
            space.extend(of(TargetTransform::MEAN_SCALE).into_iter().map(no_floor));
        }
        for preprocessing in &mut space {
            preprocessing.scaler.clone_from(&settings.scaler);
            preprocessing.decomposition = settings.decomposition;
        }
        if settings.likelihood == Likelihood::NegativeBinomial {
            space.retain(|preprocessing| preprocessing.transform == TargetTransform::LOG_OFFSET);
        }
        space
    }
}

/// Each preprocessing with each of the `budgets`, then the candidates without training.
fn candidates(space: &[Preprocessing], budgets: &[u64], falls: bool) -> Vec<(Preprocessing, u64)> {
    let trained = budgets.iter().flat_map(|budget| space.iter().map(|p| (p.clone(), *budget)));
    let drift = falls.then(|| Preprocessing {
        transform: TargetTransform::MEAN_SCALE,
        no_floor: true,
        drift: true,
        ..space[0].clone()
    });
    let untrained = drift.into_iter().chain([space[0].clone()]);
    trained.chain(untrained.map(|preprocessing| (preprocessing, 0))).collect()
}
