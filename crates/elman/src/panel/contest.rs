//! How networks were chosen: what was tried on the last known values, and how it went.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::view::{Scale, View};
use crate::baselines::{self, Baseline};
use crate::diverged::error_has_diverged;
use crate::metrics::{Claim, Errors, Evidence};
use crate::ranges::{self, Checked};

/// One view on trial.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Trial {
    /// The view.
    pub view: View,
    /// How long it is trained: 1, or [`LONGER`](Trial::LONGER) times as long; or 0, not at all, when the
    /// forecast is that the level stays and the season comes again.
    pub effort: u64,
    /// Its error over that of [`Contest::YARDSTICK`]: below 1 is better. None where nothing could be
    /// tried.
    pub score: Option<f64>,
    /// Whether it fell out early, where training takes long; its score is from then.
    #[serde(default)]
    pub fell_out: bool,
    /// Why it was left out of the model selection, if it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_out: Option<LeftOut>,
    /// Whether it is part of the forecast.
    pub chosen: bool,
}

/// Why a candidate is left out of the model selection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeftOut {
    /// Its training diverged.
    Diverged,
    /// Its validation forecasts, or their errors, are not finite.
    NotFinite,
}

impl LeftOut {
    /// The reason by its validation error. A `trained` candidate is also compared with the error of the `untrained` one.
    pub(super) fn by(error: f64, untrained: f64, trained: bool) -> Option<Self> {
        match error.is_finite() {
            false => Some(Self::NotFinite),
            true => (trained && error_has_diverged(error, untrained)).then_some(Self::Diverged),
        }
    }
}

impl Trial {
    /// How much longer a long training is. How much is best differs: a clean season wants it, noise does
    /// not. Both are tried where that takes little time.
    pub const LONGER: u64 = 4;
}

impl fmt::Display for Trial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.view.fmt(f)?;
        if self.effort > 1 { write!(f, ", trained {} times as long", self.effort) } else { Ok(()) }
    }
}

/// The errors on the last known values, of the forecast and of a baseline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Contestant {
    /// `elman`, or the baseline by name.
    pub name: String,
    /// sMAPE, 0 to 200; absent where no value was known to compare with.
    pub smape: Option<f64>,
    /// MASE; absent where no series has a scale.
    pub mase: Option<f64>,
}

/// What was tried on the last known values, and how it went.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Contest {
    /// The seasons found or given.
    pub seasons: Vec<usize>,
    /// What the networks work on.
    pub scale: Scale,
    /// The covariates that were tried.
    #[serde(default)]
    pub covariates: Vec<String>,
    /// Series that were tried and trained on; of a large panel a sample.
    #[serde(default)]
    pub sampled: usize,
    /// Steps at the end of each series on which views were tried.
    pub held_out: usize,
    /// Forecasts made there.
    pub forecasts: usize,
    /// What a comparison of their errors is worth.
    #[serde(default)]
    pub evidence: Evidence,
    /// All views that were tried.
    pub trials: Vec<Trial>,
    /// The errors there: first of what was chosen, then of each baseline. Empty where nothing could be
    /// tried.
    pub scores: Vec<Contestant>,
    /// The names of the series that repeat themselves exactly, so that their errors have no scale.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub without_scale: Vec<String>,
    /// Levels of bands, in per cent.
    pub levels: Vec<f64>,
    /// The share of values within the band of each level: made from one half of the errors, counted on
    /// the other. Empty where that was not validated, with fewer than [`Contest::VALIDATED`] forecasts.
    pub coverage: Vec<f64>,
    /// Updates of the first network in the forecast.
    pub updates: u64,
    /// Where each series has networks of its own: how many have which seasons, the most frequent first.
    /// Empty where all share theirs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub series_by_seasons: Vec<(Vec<usize>, usize)>,
}

impl Contest {
    /// Whether the numbers are ones that a contest could have.
    pub(super) fn check(&self) -> Checked {
        let Self { seasons, trials, scores, levels, coverage, series_by_seasons, .. } = self;
        seasons.iter().try_for_each(|season| ranges::steps("seasons", *season))?;
        let Evidence { forecasts, independent, .. } = self.evidence;
        for count in [self.sampled, self.held_out, self.forecasts, forecasts, independent] {
            ranges::count("forecasts", count as u64)?;
        }
        ranges::count("updates", self.updates)?;
        series_by_seasons
            .iter()
            .try_for_each(|(_, series)| ranges::count("series_by_seasons", *series as u64))?;
        for trial in trials {
            trial.view.check()?;
            ranges::count("effort", trial.effort)?;
            ranges::finite("score", trial.score.as_slice())?;
        }
        for score in scores {
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

    /// What came out in all of the contests of single series: sums, means over all forecasts, and the seasons
    /// that are most frequent.
    ///
    /// # Panics
    /// If there is none.
    pub(super) fn of_all(contests: &[&Contest]) -> Self {
        let mut series_by_seasons: Vec<(Vec<usize>, usize)> = Vec::new();
        for contest in contests {
            match series_by_seasons.iter_mut().find(|(seasons, _)| *seasons == contest.seasons) {
                Some((_, series)) => *series += 1,
                None => series_by_seasons.push((contest.seasons.clone(), 1)),
            }
        }
        series_by_seasons.sort_by_key(|(_, series)| std::cmp::Reverse(*series));
        let tried = || contests.iter().filter(|contest| contest.forecasts > 0);
        let mean = |of: &dyn Fn(&Contest) -> Option<f64>| {
            let known =
                tried().filter_map(|contest| Some((contest.forecasts as f64, of(contest)?)));
            let (n, sum) = known.fold((0.0, 0.0), |(n, sum), (m, x)| (n + m, sum + m * x));
            (n > 0.0).then(|| sum / n)
        };
        let names = tried().next().map_or(&[][..], |contest| &contest.scores);
        let scores = names.iter().enumerate().map(|(c, contestant)| Contestant {
            name: contestant.name.clone(),
            smape: mean(&|contest| contest.scores[c].smape),
            mase: mean(&|contest| contest.scores[c].mase),
        });
        let levels = tried().any(|contest| !contest.coverage.is_empty());
        let levels = if levels { contests[0].levels.len() } else { 0 };
        let coverage =
            (0..levels).filter_map(|l| mean(&|contest| contest.coverage.get(l).copied()));
        Self {
            seasons: series_by_seasons[0].0.clone(),
            scores: scores.collect(),
            coverage: coverage.collect(),
            sampled: contests.len(),
            held_out: contests.iter().map(|contest| contest.held_out).max().unwrap_or(0),
            forecasts: contests.iter().map(|contest| contest.forecasts).sum(),
            evidence: contests.iter().fold(Evidence::default(), |all, one| all.and(one.evidence)),
            without_scale: contests
                .iter()
                .flat_map(|contest| contest.without_scale.clone())
                .collect(),
            trials: contests.iter().flat_map(|contest| contest.trials.clone()).collect(),
            series_by_seasons,
            ..contests[0].clone()
        }
    }

    /// The forecast beside the best baseline, by MASE, or by sMAPE where no series has a scale. `None` where nothing was
    /// tried.
    pub fn claim(&self) -> Option<Claim> {
        let (ours, rivals) = self.scores.split_first()?;
        let by = |measure, errors: fn(&Contestant) -> Errors<'_>| {
            Claim::of(measure, errors(ours), rivals.iter().map(errors), self.evidence)
        };
        by("mase", |of| Errors { name: &of.name, error: of.mase, smape: of.smape })
            .or_else(|| by("smape", |of| Errors { name: &of.name, error: of.smape, smape: None }))
    }

    /// Forgets the levels that are not `asked` for.
    pub(super) fn keep_levels(&mut self, asked: impl Fn(f64) -> bool) {
        if self.coverage.len() == self.levels.len() {
            let mut levels = self.levels.iter();
            self.coverage.retain(|_| levels.next().is_some_and(|level| asked(*level)));
        }
        self.levels.retain(|level| asked(*level));
    }

    /// Forecasts from which on bands are validated: of a handful, neither half holds the other's.
    pub const VALIDATED: usize = 8;

    /// The baseline that scores are relative to.
    pub const YARDSTICK: &'static Baseline = &baselines::NAIVE2;
}
