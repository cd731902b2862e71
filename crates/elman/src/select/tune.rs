//! Hyperparameter search: random sampling with successive halving (Jamieson and Talwalkar, 2016).
//!
//! In the first rung, every trial is trained for a quarter of its optimizer steps, and evaluated on the validation
//! window. The better half is trained anew for half of its steps, and the better half of those for all. So most of the
//! time goes to promising trials.

use std::sync::atomic::{AtomicU64, Ordering};

use elman_nn::Stream;
use serde::{Deserialize, Serialize};

use super::config::{AutoForecaster, Scope};
use super::model::Model;
use super::prepared::PreparedPanel;
use super::run::{Cancellable, Progress, RunContext};
use super::selection::LeftOut;
use super::setup::SelectionSetup;
use super::validation::ValidationSplit;
use crate::data::hash::fingerprint_of;
use crate::data::parallel::each;
use crate::data::{Covariates, Series};
use crate::error::{Error, Result};
use crate::models::rnn::trainings::unless_diverged;
use crate::models::rnn::{RnnConfig, RnnModel};
use crate::transforms::Preprocessing;

/// Share of the optimizer steps of a trial in each rung.
const ROUNDS: [f64; 3] = [0.25, 0.5, 1.0];
/// Search space.
const CELLS: [&str; 3] = ["lstm", "gru", "rnn"];
const UNITS: [usize; 6] = [16, 24, 32, 40, 64, 96];
const WINDOWS: [usize; 4] = [32, 64, 128, 256];
const BUDGETS: [f64; 4] = [0.5, 1.0, 2.0, 4.0];
/// Learning rates, log-uniform.
const RATES: (f64, f64) = (1e-3, 1e-2);

/// Hyperparameters of a network.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Hyperparameters {
    /// Cell, by name.
    pub cell: String,
    /// Hidden size H.
    pub hidden_size: usize,
    /// Window of truncated backpropagation, in time steps.
    pub seq_length: usize,
    /// Peak learning rate, after the warm-up.
    pub learning_rate: f64,
    /// Optimizer steps of a network that is trained on all data.
    pub max_steps: u64,
}

/// Trial with its score in one rung.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TunedTrial {
    /// Number of the trial; 0 has the default hyperparameters.
    pub trial: usize,
    /// Rung, from 0.
    pub round: usize,
    /// Hyperparameters of the trial.
    pub hyperparameters: Hyperparameters,
    /// Validation error relative to [`SelectionReport::BENCHMARK`](super::SelectionReport::BENCHMARK); infinite if the
    /// training diverged or a forecast was not finite.
    #[serde(with = "finite")]
    pub score: f64,
}

/// JSON has no infinity: an infinite score is `null`.
mod finite {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<S: Serializer>(score: &f64, to: S) -> Result<S::Ok, S::Error> {
        score.is_finite().then_some(*score).serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<f64, D::Error> {
        Ok(Option::deserialize(from)?.unwrap_or(f64::INFINITY))
    }
}

/// Result of a hyperparameter search.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Tuning {
    /// Seasonal periods in time steps, detected or given.
    pub seasons: Vec<usize>,
    /// Preprocessing of all trials: the best one with the default hyperparameters.
    pub preprocessing: Preprocessing,
    /// Number of validation forecasts of each trial.
    pub forecasts: usize,
    /// Trials with their scores in the last rung that they reached, the best first.
    pub ranking: Vec<TunedTrial>,
    /// Trials whose training diverged, in the rung in which it did; they have no rank.
    pub diverged: Vec<TunedTrial>,
}

impl Tuning {
    /// Searches the hyperparameters of networks, whatever the model of the settings, with `trials` trials. Those in `known`, from an earlier search that was interrupted, are not repeated;
    /// `observe` is called with each new one as soon as it is evaluated.
    ///
    /// # Errors
    /// Networks that are not shared by all series, or early stopping; series that are too short for a validation
    /// window; no trial with a finite error; the errors of a forecast; [`Error::Cancelled`].
    pub fn run(
        panel: &[Series],
        settings: &AutoForecaster,
        trials: usize,
        known: &[TunedTrial],
        observe: &(dyn Fn(&TunedTrial) + Sync),
        run: &RunContext<'_>,
    ) -> Result<Self> {
        check(settings)?;
        let settings = &AutoForecaster { model: Model::Network, ..settings.clone() };
        let ready = PreparedPanel::of(panel, settings, 0)?;
        let series = ready.known();
        let setup = SelectionSetup::new(&series, &ready, settings);
        let forecasts: usize = setup.origins.iter().map(Vec::len).sum();
        if forecasts == 0 {
            return Err(Error::Forecast {
                reason: "no series is long enough for a validation set of one horizon".to_owned(),
                help: "a shorter `--horizon`".to_owned(),
            });
        }
        let validation = ValidationSplit::new(&setup)?;
        let search = Search { validation, run: Cancellable::new(run), trained: AtomicU64::new(0) };
        let preprocessing = search.best_preprocessing()?;
        let trials = draw(&setup.default_hyperparameters(&preprocessing), trials, settings.seed);
        let Ranking { ranked, diverged } =
            search.successive_halving(&preprocessing, trials, known, observe)?;
        if ranked.is_empty() {
            return Err(Error::NoFiniteResult {
                what: "the validation error of every trial".to_owned(),
                help:
                    "try a smaller `--learning-rate`, another `--scaler`, or `--likelihood point`"
                        .to_owned(),
            });
        }
        let seasons = setup.seasons.clone();
        Ok(Self { seasons, preprocessing, forecasts, ranking: ranked, diverged })
    }
}

/// Refuses settings that a search does not have.
fn check(settings: &AutoForecaster) -> Result<()> {
    if settings.scope == Scope::Local {
        return Err(Error::Forecast {
            reason: "the search of hyperparameters does not support `--scope local`".to_owned(),
            help: "leave out `--scope local`, or take one series".to_owned(),
        });
    }
    if settings.patience.is_some() {
        return Err(Error::Forecast {
            reason:
                "the search varies the number of optimizer steps, and does not support `--patience`"
                    .to_owned(),
            help: "leave out `--patience`".to_owned(),
        });
    }
    Ok(())
}

/// Hash of the values of a panel, which shows that the log of a search belongs to it.
pub fn fingerprint(panel: &[Series]) -> u64 {
    let covariates = |series: &Series| {
        let Covariates { future, past, .. } = &series.covariates;
        future.iter().chain(past).flat_map(|c| c.values.clone()).collect::<Vec<f64>>()
    };
    let values: Vec<f64> = panel
        .iter()
        .flat_map(|series| [series.values.clone(), covariates(series)])
        .flatten()
        .collect();
    fingerprint_of(&values)
}

/// Samples the hyperparameters of `trials` trials, the first of which are `defaults`.
fn draw(defaults: &Hyperparameters, trials: usize, seed: u64) -> Vec<(usize, Hyperparameters)> {
    let one = |trial: usize| {
        if trial == 0 {
            return (0, defaults.clone());
        }
        // Each trial has a random stream of its own, so that a search with more trials begins with the same ones.
        let mut stream = Stream::new(seed.wrapping_add(trial as u64), "tune");
        let mut pick = |n: usize| ((stream.unit() * n as f64) as usize).min(n - 1);
        let (cell, units) = (CELLS[pick(CELLS.len())], UNITS[pick(UNITS.len())]);
        let (window, budget) = (WINDOWS[pick(WINDOWS.len())], BUDGETS[pick(BUDGETS.len())]);
        let rate = stream.uniform(RATES.0.ln(), RATES.1.ln()).exp();
        let hyperparameters = Hyperparameters {
            cell: cell.to_owned(),
            hidden_size: units,
            seq_length: window,
            // Two digits are enough to type.
            learning_rate: format!("{rate:.1e}").parse().unwrap_or(rate),
            max_steps: ((defaults.max_steps as f64 * budget) as u64).max(1),
        };
        (trial, hyperparameters)
    };
    (0..trials.max(1)).map(one).collect()
}

/// Trials that were evaluated so far.
#[derive(Default)]
struct Ranking {
    /// The best first.
    ranked: Vec<TunedTrial>,
    diverged: Vec<TunedTrial>,
}

impl Ranking {
    /// Adds the trials of a rung before those of the rungs below it. Returns the trials of the next rung: the better half.
    fn add(&mut self, scored: Vec<TunedTrial>) -> Vec<(usize, Hyperparameters)> {
        let (mut scored, lost): (Vec<TunedTrial>, Vec<TunedTrial>) =
            scored.into_iter().partition(|scored| scored.score.is_finite());
        scored.sort_by(|a, b| a.score.total_cmp(&b.score).then(a.trial.cmp(&b.trial)));
        self.ranked.retain(|old| scored.iter().chain(&lost).all(|new| new.trial != old.trial));
        self.diverged.extend(lost);
        let better = scored.len().div_ceil(2);
        // The default hyperparameters stay to the last rung, for comparison.
        let stays = |(place, t): (usize, &TunedTrial)| place < better || t.trial == 0;
        let next = scored.iter().enumerate().filter(|(place, t)| stays((*place, t)));
        let next = next.map(|(_, t)| (t.trial, t.hyperparameters.clone())).collect();
        self.ranked.splice(0..0, scored);
        next
    }
}

/// Search on a validation split.
struct Search<'a> {
    validation: ValidationSplit<'a>,
    run: Cancellable<'a>,
    /// Trainings done.
    trained: AtomicU64,
}

impl Search<'_> {
    /// Best preprocessing with the default hyperparameters.
    fn best_preprocessing(&self) -> Result<Preprocessing> {
        let setup = self.validation.setup;
        let defaults = setup.candidates.iter().filter(|(_, budget)| *budget == 1);
        let space: Vec<&Preprocessing> = defaults.map(|(preprocessing, _)| preprocessing).collect();
        let scores = each(&space, setup.settings.threads, |preprocessing| {
            self.error(setup.rnn_config_with(
                preprocessing,
                &setup.default_hyperparameters(preprocessing),
                1.0,
            ))
        })?;
        let best = space.iter().zip(scores).min_by(|a, b| a.1.total_cmp(&b.1));
        Ok(best.map_or_else(|| space[0].clone(), |(preprocessing, _)| (*preprocessing).clone()))
    }

    /// Evaluates the `trials` in rungs; those in `known` are not repeated.
    fn successive_halving(
        &self,
        preprocessing: &Preprocessing,
        mut trials: Vec<(usize, Hyperparameters)>,
        known: &[TunedTrial],
        observe: &(dyn Fn(&TunedTrial) + Sync),
    ) -> Result<Ranking> {
        let setup = self.validation.setup;
        let untrained = self.untrained()?;
        let mut ranking = Ranking::default();
        for (round, share) in ROUNDS.into_iter().enumerate() {
            let scored = each(&trials, setup.settings.threads, |(trial, hyperparameters)| {
                let same = |t: &&TunedTrial| {
                    t.trial == *trial && t.round == round && t.hyperparameters == *hyperparameters
                };
                if let Some(known) = known.iter().find(same) {
                    return Ok(known.clone());
                }
                let score =
                    self.error(setup.rnn_config_with(preprocessing, hyperparameters, share))?;
                let ran_away = LeftOut::by(score, untrained, true).is_some();
                let score = if ran_away { f64::INFINITY } else { score };
                let hyperparameters = hyperparameters.clone();
                let scored = TunedTrial { trial: *trial, round, hyperparameters, score };
                observe(&scored);
                Ok(scored)
            })?;
            trials = ranking.add(scored);
        }
        Ok(ranking)
    }

    /// Validation error of the untrained forecast.
    fn untrained(&self) -> Result<f64> {
        let last = self.validation.setup.validation_configs(&self.validation.training).pop();
        last.map_or(Ok(1.0), |untrained| self.error(untrained))
    }

    /// Validation error of a network after training; infinite if the training diverges.
    fn error(&self, net: RnnConfig) -> Result<f64> {
        // Each optimizer step reports, so that it can be cancelled.
        let step = || self.run.report(Progress::Tuning(self.trained.load(Ordering::Relaxed)));
        let net = RnnModel::train(&self.validation.training, net, None, None, &step);
        let net = unless_diverged(net)?;
        self.trained.fetch_add(1, Ordering::Relaxed);
        net.map_or(Ok(f64::INFINITY), |net| Ok(self.validation.score_of(net.as_ref())?))
    }
}
