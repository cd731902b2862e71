//! Report of model selection: candidates, validation scores and coverage.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::comparison::BenchmarkScore;
use super::model::Model;
use crate::data::ranges::{self, Checked};
use crate::metrics::diverged::error_has_diverged;
use crate::metrics::{Claim, Errors, Evidence};
use crate::models::baselines::{self, Baseline};
use crate::models::pretrained::FrequencyClass;
use crate::transforms::{Preprocessing, TargetTransform};

/// Candidate of model selection with its validation score.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CandidateScore {
    /// Preprocessing of the candidate.
    pub preprocessing: Preprocessing,
    /// Training budget: 1, or [`LONGER`](CandidateScore::LONGER) times as many optimizer steps; 0 for an untrained
    /// forecast, persistence or drift.
    pub budget: u64,
    /// Validation error relative to [`SelectionReport::BENCHMARK`]: below 1 is better. `None` without validation, or if
    /// the training diverged.
    pub score: Option<f64>,
    /// Whether the candidate was pruned after the first rung, where training takes long; its score is from that rung.
    #[serde(default)]
    pub pruned: bool,
    /// Reason why the candidate was left out of the model selection, if it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_out: Option<LeftOut>,
    /// Whether the candidate is a member of the ensemble.
    pub selected: bool,
}

/// Reason why a candidate is left out of the model selection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeftOut {
    /// The training diverged.
    Diverged,
    /// The validation forecasts, or their errors, are not finite.
    NotFinite,
}

impl LeftOut {
    /// Reason by the validation error. A `trained` candidate is also compared with the error of the `untrained` one.
    pub(crate) fn by(error: f64, untrained: f64, trained: bool) -> Option<Self> {
        match error.is_finite() {
            false => Some(Self::NotFinite),
            true => (trained && error_has_diverged(error, untrained)).then_some(Self::Diverged),
        }
    }
}

impl CandidateScore {
    /// Factor of a long training. The best duration differs: a clean season needs a long training, noise a short one.
    /// Both are candidates where training takes little time.
    pub const LONGER: u64 = 4;
}

impl fmt::Display for CandidateScore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.preprocessing.fmt(f)?;
        if self.budget > 1 { write!(f, ", trained {} times as long", self.budget) } else { Ok(()) }
    }
}

/// Validation errors of the pretrained network, relative to [`SelectionReport::BENCHMARK`]: below 1 is better.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct FineTuningScores {
    /// Of the network as it is.
    pub pretrained: f64,
    /// After fine-tuning on the values before the validation window.
    pub fine_tuned: f64,
}

/// Report of model selection on the validation window.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SelectionReport {
    /// Seasonal periods in time steps, detected or given.
    pub seasons: Vec<usize>,
    /// Transform of the target.
    pub transform: TargetTransform,
    /// Names of the covariates that candidates used.
    #[serde(default)]
    pub covariates: Vec<String>,
    /// Number of series for selection and training; a sample of a large panel.
    #[serde(default)]
    pub sampled: usize,
    /// Median number of values of a series.
    #[serde(default = "long")]
    pub typical_length: usize,
    /// Length of the validation window at the end of each series, in time steps.
    pub held_out: usize,
    /// Number of validation forecasts.
    pub forecasts: usize,
    /// Evidence: the number of forecasts that the comparison rests on.
    #[serde(default)]
    pub evidence: Evidence,
    /// All candidates with their scores.
    pub candidate_scores: Vec<CandidateScore>,
    /// Validation errors: first of the ensemble, then of each baseline. Empty without validation. Those of the ensemble are
    /// cross-fitted: one half of the forecasts selects networks and weights, and the errors are those of the other half.
    pub scores: Vec<BenchmarkScore>,
    /// Best baseline. In each half of the forecasts its errors are those of the best baseline of the other half, so that no
    /// forecast is compared with a baseline that it chose. `None` with fewer than ten independent forecasts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub best_baseline: Option<BenchmarkScore>,
    /// Names of the series without a scale of their errors: they repeat themselves exactly.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub without_scale: Vec<String>,
    /// Levels of the prediction intervals, in per cent.
    pub levels: Vec<f64>,
    /// Cross-fitted coverage by level: intervals from one half of the errors, values counted in the other. Empty if it
    /// was not validated, with fewer than eight forecasts.
    pub coverage: Vec<f64>,
    /// Optimizer steps of the first network of the ensemble.
    pub updates: u64,
    /// Model that was asked for.
    #[serde(default)]
    pub model: Model,
    /// Weight of the networks in the forecast, from 0 to 1; the rest is that of models without training on the panel: the
    /// pretrained network, and the mean of theta, damped and ETS.
    #[serde(default = "alone")]
    pub network_weight: f64,
    /// Share of the pretrained network in that rest, from 0 to 1, after 40 values and more; after fewer the share is larger.
    #[serde(default)]
    pub pretrained_share: f64,
    /// Whether this network was fine-tuned on the panel.
    #[serde(default)]
    pub fine_tuned: bool,
    /// Validation error of the pretrained network, relative to [`SelectionReport::BENCHMARK`], and the same after fine-tuning;
    /// `None` if they were not compared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fine_tuning: Option<FineTuningScores>,
    /// Frequency class of the panel, for the pretrained network.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frequency_class: Option<FrequencyClass>,
    /// Local models: the number of series with each list of seasonal periods, the most frequent first. Empty with
    /// [`Scope::Global`](super::Scope::Global).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub series_by_seasons: Vec<(Vec<usize>, usize)>,
}

/// Length of the series of a report that states none.
fn long() -> usize {
    1000
}

fn alone() -> f64 {
    1.0
}

impl SelectionReport {
    /// Checks that the numbers are in the range of a selection report.
    pub(crate) fn check(&self) -> Checked {
        let Self { seasons, candidate_scores, scores, levels, coverage, series_by_seasons, .. } =
            self;
        seasons.iter().try_for_each(|season| ranges::steps("seasons", *season))?;
        let Evidence { forecasts, independent, .. } = self.evidence;
        let Self { sampled, typical_length, held_out, .. } = *self;
        let counts = [sampled, typical_length, held_out, self.forecasts, forecasts, independent];
        for count in counts {
            ranges::count("forecasts", count as u64)?;
        }
        ranges::count("updates", self.updates)?;
        for (name, weight) in
            [("network_weight", self.network_weight), ("pretrained_share", self.pretrained_share)]
        {
            if !(0.0..=1.0).contains(&weight) {
                return ranges::refuse(name, weight, "from 0 to 1");
            }
        }
        series_by_seasons
            .iter()
            .try_for_each(|(_, series)| ranges::count("series_by_seasons", *series as u64))?;
        for candidate in candidate_scores {
            candidate.preprocessing.check()?;
            ranges::count("budget", candidate.budget)?;
            ranges::finite("score", candidate.score.as_slice())?;
        }
        if let Some(FineTuningScores { pretrained, fine_tuned }) = self.fine_tuning {
            ranges::finite("fine_tuning", &[pretrained, fine_tuned])?;
        }
        for score in scores.iter().chain(&self.best_baseline) {
            ranges::finite("smape", score.smape.as_slice())?;
            ranges::finite("mase", score.mase.as_slice())?;
        }
        ranges::levels(levels)?;
        ranges::finite("coverage", coverage)?;
        match coverage.len() {
            0 => Ok(()),
            n if n == levels.len() => Ok(()),
            n => ranges::refuse("coverage", n, "one for each level"),
        }
    }

    /// Summary of the reports of local models: sums, means over all forecasts, and the most frequent seasonal periods.
    ///
    /// # Panics
    /// If there is no report.
    pub(crate) fn of_all(reports: &[&SelectionReport]) -> Self {
        let mut series_by_seasons: Vec<(Vec<usize>, usize)> = Vec::new();
        for selection in reports {
            match series_by_seasons.iter_mut().find(|(seasons, _)| *seasons == selection.seasons) {
                Some((_, series)) => *series += 1,
                None => series_by_seasons.push((selection.seasons.clone(), 1)),
            }
        }
        series_by_seasons.sort_by_key(|(_, series)| std::cmp::Reverse(*series));
        let validated = || reports.iter().filter(|selection| selection.forecasts > 0);
        let mean = |of: &dyn Fn(&SelectionReport) -> Option<f64>| {
            let known = validated()
                .filter_map(|selection| Some((selection.forecasts as f64, of(selection)?)));
            let (n, sum) = known.fold((0.0, 0.0), |(n, sum), (m, x)| (n + m, sum + m * x));
            (n > 0.0).then(|| sum / n)
        };
        let names = validated().next().map_or(&[][..], |selection| &selection.scores);
        let scores = names.iter().enumerate().map(|(c, score)| BenchmarkScore {
            name: score.name.clone(),
            smape: mean(&|selection| selection.scores[c].smape),
            mase: mean(&|selection| selection.scores[c].mase),
        });
        let scores: Vec<BenchmarkScore> = scores.collect();
        let by_mase = |a: &&BenchmarkScore, b: &&BenchmarkScore| {
            let error = |of: &BenchmarkScore| of.mase.or(of.smape).unwrap_or(f64::INFINITY);
            error(a).total_cmp(&error(b))
        };
        let best = scores.iter().skip(1).min_by(by_mase);
        let of_best = |of: fn(&BenchmarkScore) -> Option<f64>| {
            mean(&|selection| of(selection.best_baseline.as_ref()?))
        };
        let best_baseline = best.map(|best| BenchmarkScore {
            name: best.name.clone(),
            smape: of_best(|best| best.smape),
            mase: of_best(|best| best.mase),
        });
        let best_baseline =
            best_baseline.filter(|_| validated().all(|s| s.best_baseline.is_some()));
        let mean_of = |of: fn(&SelectionReport) -> f64| {
            reports.iter().map(|selection| of(selection)).sum::<f64>() / reports.len() as f64
        };
        let levels = validated().any(|selection| !selection.coverage.is_empty());
        let levels = if levels { reports[0].levels.len() } else { 0 };
        let coverage =
            (0..levels).filter_map(|l| mean(&|selection| selection.coverage.get(l).copied()));
        Self {
            seasons: series_by_seasons[0].0.clone(),
            scores,
            best_baseline,
            coverage: coverage.collect(),
            sampled: reports.len(),
            held_out: reports.iter().map(|selection| selection.held_out).max().unwrap_or(0),
            forecasts: reports.iter().map(|selection| selection.forecasts).sum(),
            evidence: reports.iter().fold(Evidence::default(), |all, one| all.and(one.evidence)),
            without_scale: reports
                .iter()
                .flat_map(|selection| selection.without_scale.clone())
                .collect(),
            candidate_scores: reports
                .iter()
                .flat_map(|selection| selection.candidate_scores.clone())
                .collect(),
            series_by_seasons,
            network_weight: mean_of(|selection| selection.network_weight),
            pretrained_share: mean_of(|selection| selection.pretrained_share),
            ..reports[0].clone()
        }
    }

    /// Comparison of the forecast with the best baseline, by MASE, or by sMAPE where no series has a scale; with theta, if
    /// there are too few forecasts to choose the baseline. `None` without validation.
    pub fn claim(&self) -> Option<Claim> {
        let ours = self.scores.first()?;
        let theta = || self.scores.iter().find(|score| score.name == baselines::THETA.name);
        let rival = self.best_baseline.as_ref().or_else(theta)?;
        let by = |measure, errors: fn(&BenchmarkScore) -> Errors<'_>| {
            let claim =
                Claim::of(measure, errors(ours), [errors(rival)].into_iter(), self.evidence)?;
            Some(Claim {
                is_unbiased: !self.evidence.selected && self.best_baseline.is_some(),
                ..claim
            })
        };
        by("mase", |of| Errors { name: &of.name, error: of.mase, smape: of.smape })
            .or_else(|| by("smape", |of| Errors { name: &of.name, error: of.smape, smape: None }))
    }

    /// Removes the levels that are not `asked` for.
    pub(crate) fn keep_levels(&mut self, asked: impl Fn(f64) -> bool) {
        if self.coverage.len() == self.levels.len() {
            let mut levels = self.levels.iter();
            self.coverage.retain(|_| levels.next().is_some_and(|level| asked(*level)));
        }
        self.levels.retain(|level| asked(*level));
    }

    /// Benchmark: the baseline that scores are relative to.
    pub const BENCHMARK: &'static Baseline = &baselines::NAIVE2;
}
