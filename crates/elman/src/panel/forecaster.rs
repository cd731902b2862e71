//! From a panel to its forecast: views are tried on the last known values, and the best go into the
//! forecast together.

use std::sync::atomic::{AtomicU64, Ordering};

use serde::{Deserialize, Serialize};

use super::bands::{Band, Calibration};
use super::jobs::each;
use super::judge::{Errors, Judge};
use super::net::{Net, NetSettings};
use super::view::{Scale, View};
use super::views::views;
use super::{Forecasts, seasons};
use crate::baselines::{self, Baseline};
use crate::error::{Error, Result};
use crate::report::{self, Axis, Color, Mark, Picture, Shape};
use crate::season;
use crate::series::Series;
use crate::write;

/// Values that are looked at in all; of each series the newest, [`LEAST_KEPT`] at least.
const MOST_VALUES: usize = 2_000_000;
const LEAST_KEPT: usize = 1024;
/// Forecasts that views are judged by, at least, where the series are long enough.
const TRIALS: usize = 1000;
/// The share of the training that a trial gets.
const TRIAL_SHARE: f64 = 0.5;
/// Updates of a network.
const LEAST_UPDATES: u64 = 200;
const MOST_UPDATES: u64 = 3500;
/// The most views in a forecast.
const MOST_CHOSEN: usize = 3;
/// What a further view must take away from the error to be worth its time.
const WORTH_IT: f64 = 0.002;
/// Networks trained for each chosen view, which differ in their random start.
const NETS_A_VIEW: u64 = 2;

/// What a forecast of a panel depends on, besides its values.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PanelSettings {
    /// Steps ahead.
    pub horizon: usize,
    /// The lengths of the seasons in steps, shortest first; `None` to find them.
    pub seasons: Option<Vec<usize>>,
    /// Levels of the bands, in per cent.
    pub levels: Vec<f64>,
    /// Updates of a network; `None` to choose by the number of values.
    pub steps: Option<u64>,
    /// The seed of everything random.
    pub seed: u64,
    /// Networks trained at the same time; changes no result.
    pub threads: usize,
}

/// How far the work is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Progress {
    /// Views are tried: updates done, of so many.
    Trying(u64, u64),
    /// The chosen ones are trained on everything: updates done, of so many.
    Training(u64, u64),
}

/// One view on trial.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Trial {
    /// The view.
    pub view: View,
    /// How long it is trained: 1, or [`LONGER`](Trial::LONGER) times as long.
    pub effort: u64,
    /// Its error over that of [`yardstick`](PanelForecast::yardstick): below 1 is better.
    pub score: f64,
    /// Whether it is part of the forecast.
    pub chosen: bool,
}

impl Trial {
    /// How much longer a long training is. How much is best differs: a clean season wants it, noise does
    /// not. Both are tried where that takes little time.
    pub const LONGER: u64 = 4;
}

/// The errors on the last known values, of the forecast and of a baseline.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Contestant {
    /// `elman`, or the baseline by name.
    pub name: String,
    /// sMAPE, 0 to 200.
    pub smape: f64,
    /// MASE.
    pub mase: f64,
}

/// The future of a panel, and how far it can be trusted.
#[derive(Debug, Clone)]
pub struct PanelForecast {
    /// For each series, the values after its last.
    pub values: Vec<Vec<f64>>,
    /// For each series, its bands; none where there was too little to make them from.
    pub bands: Vec<Vec<Band>>,
    /// The seasons found or given.
    pub seasons: Vec<usize>,
    /// What the networks worked on.
    pub scale: Scale,
    /// Steps at the end of each series on which views were tried, and origins in them.
    pub held_out: usize,
    /// Forecasts made there.
    pub trials_made: usize,
    /// All views that were tried.
    pub trials: Vec<Trial>,
    /// The errors there: first the forecast's, then each baseline's. Empty where nothing could be tried.
    pub scores: Vec<Contestant>,
    /// The share of values within each band, by levels: made from one half of the errors, counted on
    /// the other.
    pub coverage: Vec<f64>,
    /// Updates of each network in the forecast.
    pub updates: u64,
}

impl PanelForecast {
    /// The baseline that scores are relative to.
    pub const YARDSTICK: &'static Baseline = &baselines::NAIVE2;

    /// Forecasts every series of `panel`.
    ///
    /// # Errors
    /// No series, a series without a value, a horizon of 0; those of training.
    pub fn of(
        panel: &[Series],
        settings: &PanelSettings,
        observe: &(dyn Fn(Progress) + Sync),
    ) -> Result<Self> {
        check(panel, settings)?;
        let keep = LEAST_KEPT.max(MOST_VALUES / panel.len());
        let values: Vec<&[f64]> =
            panel.iter().map(|s| &s.values[s.len().saturating_sub(keep)..]).collect();
        let natural = panel[0].frequency().map(season::natural);
        let seasons = match &settings.seasons {
            Some(seasons) => seasons.clone(),
            None => seasons::seasons(&values, natural.as_deref()),
        };
        Plan::new(&values, seasons, settings).run(observe)
    }

    /// The rows of a table with Nixtla's columns; `panel` is what was forecast.
    pub fn rows<'a>(&'a self, panel: &'a [Series]) -> impl Iterator<Item = write::Row<'a>> {
        panel.iter().zip(&self.values).zip(&self.bands).flat_map(|((series, values), bands)| {
            let clock = series.clock();
            values.iter().enumerate().map(move |(k, &elman)| write::Row {
                unique_id: &series.name,
                ds: clock.label(k + 1),
                elman,
                bounds: bands.iter().map(|band| (band.lower[k], band.upper[k])).collect(),
            })
        })
    }

    /// The last known values of series number `number`, `series`, and its forecast behind them.
    pub fn picture(&self, series: &Series, number: usize) -> Picture {
        let (values, n) = (&self.values[number], series.len());
        // Three times as much past as future, so that both can be read.
        let shown = n.saturating_sub((3 * values.len()).max(60))..n;
        let past: Vec<_> = shown.map(|i| (series.position(i), series.values[i])).collect();
        let clock = series.clock();
        let at = |k: usize| clock.position(k + 1);
        let last = past.last().copied();
        let future = values.iter().enumerate().map(|(k, y)| (at(k), *y));
        let bands = self.bands[number].iter().rev().map(|band| {
            let bounds = band.lower.iter().zip(&band.upper).enumerate();
            let points = last.map(|(x, y)| (x, y, y)).into_iter();
            let points = points.chain(bounds.map(|(k, (low, high))| (at(k), *low, *high)));
            report::Band::new(format!("{} %", band.level), Color::Blue, points.collect())
        });
        Picture {
            x_axis: Axis::of(&clock),
            vertical_rules: last.map(|(x, _)| (x, "forecast".to_owned())).into_iter().collect(),
            bands: bands.collect(),
            ..Picture::new(format!("{}: {} steps ahead", series.name, values.len()))
        }
        .with(Mark::new("known", Color::Red, Shape::Line, past.clone()))
        .with(Mark::new(
            "forecast",
            Color::Blue,
            Shape::Line,
            last.into_iter().chain(future).collect(),
        ))
    }
}

fn check(panel: &[Series], settings: &PanelSettings) -> Result<()> {
    let refuse = |reason: String| Err(Error::Forecast { reason, help: String::new() });
    if panel.is_empty() {
        return refuse("there is no series to forecast".to_owned());
    }
    if settings.horizon == 0 {
        return refuse("a forecast needs a horizon of 1 step or more".to_owned());
    }
    if let Some(empty) = panel.iter().find(|s| s.is_empty()) {
        return refuse(format!("series `{}` has no value", empty.name));
    }
    match panel.iter().find(|s| s.values.iter().any(|y| !y.is_finite())) {
        Some(series) => refuse(format!("series `{}` has a value that is not finite", series.name)),
        None => Ok(()),
    }
}

/// Updates for a panel with so many values in all: few values are soon learnt by heart.
fn updates(values: usize) -> u64 {
    ((6.0 * (values as f64).sqrt()) as u64).clamp(LEAST_UPDATES, MOST_UPDATES)
}

/// Everything that is decided before a network is trained.
struct Plan<'a> {
    panel: &'a [&'a [f64]],
    settings: &'a PanelSettings,
    seasons: Vec<usize>,
    scale: Scale,
    held_out: usize,
    /// For each series, how many values are known where views are tried.
    origins: Vec<Vec<usize>>,
    /// Views and efforts.
    candidates: Vec<(View, u64)>,
}

impl<'a> Plan<'a> {
    fn new(panel: &'a [&'a [f64]], seasons: Vec<usize>, settings: &'a PanelSettings) -> Self {
        let horizon = settings.horizon;
        let mut lengths: Vec<usize> = panel.iter().map(|y| y.len()).collect();
        lengths.sort_unstable();
        let typical = lengths[lengths.len() / 2];
        let lowest = panel.iter().flat_map(|y| y.iter()).copied().fold(f64::INFINITY, f64::min);
        let scale = match lowest {
            y if y > 0.0 => Scale::Log,
            0.0 => Scale::SoftLog,
            _ => Scale::Plain,
        };
        // Few series are judged at several origins, over a quarter of their length at most.
        let wanted = TRIALS.div_ceil(panel.len());
        let held_out = horizon.max((typical / 4).min(horizon.saturating_mul(wanted)));
        let stride = ((held_out - horizon) / wanted.saturating_sub(1).max(1)).max(1);
        let origins = panel.iter().map(|y| {
            let first = y.len().saturating_sub(held_out);
            match first {
                ..3 => Vec::new(),
                _ => (first..=y.len() - horizon).step_by(stride).collect(),
            }
        });
        let views = views(scale, &seasons, horizon, typical.saturating_sub(held_out) / 2);
        let little_work = Trial::LONGER * updates(lengths.iter().sum()) <= MOST_UPDATES;
        let longer = (settings.steps.is_none() && little_work).then_some(Trial::LONGER);
        let efforts: Vec<u64> = [1].into_iter().chain(longer).collect();
        let candidates =
            efforts.iter().flat_map(|effort| views.iter().map(|view| (view.clone(), *effort)));
        Self {
            panel,
            settings,
            scale,
            held_out,
            origins: origins.collect(),
            candidates: candidates.collect(),
            seasons,
        }
    }

    /// The network for a candidate on a panel with so many values in all.
    fn net(&self, (view, effort): &(View, u64), values: usize, seed: u64) -> NetSettings {
        let alike = (self.panel.len() as f64).sqrt().log2().round().exp2();
        NetSettings {
            view: view.clone(),
            seasons: self.seasons.clone(),
            horizon: self.settings.horizon,
            cell: "lstm".to_owned(),
            hidden_size: 40,
            batch_size: alike.clamp(1.0, 64.0) as usize,
            seq_length: self.seasons.last().copied().unwrap_or(1).clamp(128, 256),
            steps: self.settings.steps.unwrap_or_else(|| updates(values)) * effort,
            learning_rate: 3e-3,
            seed,
        }
    }

    fn run(self, observe: &(dyn Fn(Progress) + Sync)) -> Result<PanelForecast> {
        let trials_made: usize = self.origins.iter().map(Vec::len).sum();
        let tried = match trials_made {
            0 => Tried::untried(),
            _ => self.try_views(&|done, of| observe(Progress::Trying(done, of)))?,
        };
        let (values, updates) =
            self.train(&tried.chosen, &|done, of| observe(Progress::Training(done, of)))?;
        let levels = &self.settings.levels;
        let bands = self.panel.iter().zip(&values).map(|(y, forecast)| match &tried.calibration {
            Some(made) => levels.iter().map(|level| made.band(*level, y, forecast)).collect(),
            None => Vec::new(),
        });
        let trials = self.candidates.iter().enumerate().zip(&tried.candidate_scores);
        Ok(PanelForecast {
            bands: bands.collect(),
            values,
            seasons: self.seasons.clone(),
            scale: self.scale,
            held_out: self.held_out,
            trials_made,
            trials: trials
                .map(|((c, (view, effort)), &score)| Trial {
                    view: view.clone(),
                    effort: *effort,
                    score,
                    chosen: tried.chosen.contains(&c),
                })
                .collect(),
            scores: tried.scores,
            coverage: tried.coverage,
            updates,
        })
    }

    /// Trains each view on what is known before the last values, and compares what they say of those.
    fn try_views(&self, report: &(dyn Fn(u64, u64) + Sync)) -> Result<Tried> {
        let cut: Vec<(&[f64], usize)> =
            self.panel.iter().map(|y| (*y, y.len().saturating_sub(self.held_out))).collect();
        let known = cut.iter().map(|(_, known)| known).sum();
        let PanelSettings { horizon, seed, threads, ref levels, .. } = *self.settings;
        let nets = self.candidates.iter().map(|candidate| {
            let net = self.net(candidate, known, seed);
            NetSettings { steps: (net.steps as f64 * TRIAL_SHARE) as u64, ..net }
        });
        let tried = forecasts_of(nets.collect(), &cut, &self.origins, threads, report)?;
        let season = self.seasons.first().copied().unwrap_or(1);
        let yardstick = PanelForecast::YARDSTICK;
        let judge = Judge::new(self.panel, &self.origins, horizon, season, yardstick)?;
        let candidate_scores: Vec<f64> = tried.iter().map(|said| judge.score(said)).collect();
        let chosen = self.choose(&judge, &tried, &candidate_scores);
        let ours = mean(chosen.iter().map(|v| &tried[*v]), self.scale);
        let named = |name: &str, Errors { smape, mase }| {
            let name = name.to_owned();
            Contestant { name, smape, mase }
        };
        let mut scores = vec![named("elman", judge.errors(&ours))];
        for (baseline, said) in
            baselines::ALL.iter().zip(each(baselines::ALL, threads, |b| judge.baseline(b))?)
        {
            scores.push(named(baseline.name, judge.errors(&said)));
        }
        let (calibration, coverage) =
            Calibration::new(self.scale, season, self.panel, &self.origins, &ours, levels).unzip();
        let coverage = coverage.unwrap_or_default();
        Ok(Tried { chosen, candidate_scores, scores, calibration, coverage })
    }

    /// Trains the chosen views on everything. Returns the forecasts, and the updates of a network.
    fn train(
        &self,
        chosen: &[usize],
        report: &(dyn Fn(u64, u64) + Sync),
    ) -> Result<(Vec<Vec<f64>>, u64)> {
        let PanelSettings { seed, threads, .. } = *self.settings;
        let everything: Vec<(&[f64], usize)> = self.panel.iter().map(|y| (*y, y.len())).collect();
        let all = everything.iter().map(|(_, len)| len).sum();
        let nets: Vec<NetSettings> = chosen
            .iter()
            .flat_map(|c| (0..NETS_A_VIEW).map(move |n| (*c, n)))
            .map(|(c, n)| self.net(&self.candidates[c], all, seed.wrapping_add(n)))
            .collect();
        let updates = nets[0].steps;
        let ends: Vec<Vec<usize>> = self.panel.iter().map(|y| vec![y.len()]).collect();
        let said = forecasts_of(nets, &everything, &ends, threads, report)?;
        let values = mean(said.iter(), self.scale).into_iter();
        Ok((values.map(|mut at_end| at_end.swap_remove(0)).collect(), updates))
    }

    /// The best view, and those that make their mean better.
    fn choose(&self, judge: &Judge<'_>, tried: &[Forecasts], scores: &[f64]) -> Vec<usize> {
        let best = |scores: &mut dyn Iterator<Item = (usize, f64)>| {
            scores.min_by(|a, b| a.1.total_cmp(&b.1))
        };
        let Some((first, mut score)) = best(&mut scores.iter().copied().enumerate()) else {
            return vec![0];
        };
        let mut chosen = vec![first];
        while chosen.len() < MOST_CHOSEN {
            let rest = (0..tried.len()).filter(|v| !chosen.contains(v));
            let mut with = rest.map(|next| {
                let members = chosen.iter().chain([&next]).map(|v| &tried[*v]);
                (next, judge.score(&mean(members, self.scale)))
            });
            match best(&mut with) {
                Some((next, better)) if better < (1.0 - WORTH_IT) * score => {
                    score = better;
                    chosen.push(next);
                }
                _ => break,
            }
        }
        chosen
    }
}

/// What came out of the trial.
struct Tried {
    chosen: Vec<usize>,
    /// Of each candidate.
    candidate_scores: Vec<f64>,
    scores: Vec<Contestant>,
    calibration: Option<Calibration>,
    coverage: Vec<f64>,
}

impl Tried {
    /// Nothing could be tried: the first view it is.
    fn untried() -> Self {
        Self {
            chosen: vec![0],
            candidate_scores: vec![f64::NAN],
            scores: Vec::new(),
            calibration: None,
            coverage: Vec::new(),
        }
    }
}

/// Trains networks on `panel`, several at a time, and asks each at `origins`.
fn forecasts_of(
    nets: Vec<NetSettings>,
    panel: &[(&[f64], usize)],
    origins: &[Vec<usize>],
    threads: usize,
    report: &(dyn Fn(u64, u64) + Sync),
) -> Result<Vec<Forecasts>> {
    let of = nets.iter().map(|net| net.steps).sum();
    let done = AtomicU64::new(0);
    let step = || report(1 + done.fetch_add(1, Ordering::Relaxed), of);
    each(&nets, threads, |net| Net::train(panel, net.clone(), &step)?.forecasts(origins))
}

/// A function of one number.
type Bend = fn(f64) -> f64;

/// The mean of several forecasts: of their logarithms, where the values are all above 0.
fn mean<'a>(members: impl Iterator<Item = &'a Forecasts>, scale: Scale) -> Forecasts {
    let (into, back): (Bend, Bend) = match scale {
        Scale::Log => (f64::ln, f64::exp),
        Scale::SoftLog | Scale::Plain => (|y| y, |z| z),
    };
    let members: Vec<_> = members.collect();
    let n = members.len() as f64;
    let mut mean = members[0].clone();
    for (s, series) in mean.iter_mut().enumerate() {
        for (o, origin) in series.iter_mut().enumerate() {
            for (k, value) in origin.iter_mut().enumerate() {
                *value = back(members.iter().map(|m| into(m[s][o][k])).sum::<f64>() / n);
            }
        }
    }
    mean
}
