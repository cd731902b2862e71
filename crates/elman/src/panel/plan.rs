//! Which views of a panel are good: they are tried on its last known values, and the best go into the
//! forecast together.

use std::sync::atomic::{AtomicU64, Ordering};

use super::beside::{Encoding, Widths};
use super::calibration::Calibration;
use super::contest::{Contest, Contestant, Trial};
use super::early::Early;
use super::expert::{Expert, mean, split};
use super::forecaster::{PanelSettings, Progress};
use super::head::{Head, Said, all_ends};
use super::jobs::each;
use super::judge::{Errors, Judge};
use super::net::{Net, NetRef, NetSettings};
use super::past::Known;
use super::ready::Ready;
use super::tune::Setting;
use super::view::{Scale, View};
use super::views::views;
use super::{Forecasts, seasons};
use crate::baselines;
use crate::error::Result;

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
/// What networks must take away from the error of one that is not trained, to be believed: ten stocks
/// were forecast up to 6 % worse than by their last value after gains of 1 % in the trial.
const BELIEVED: f64 = 0.02;
/// Networks trained for each chosen view, which differ in their random start.
const NETS_A_VIEW: u64 = 2;

/// Updates for a panel with so many values in all: few values are soon learnt by heart.
fn updates(values: usize) -> u64 {
    ((6.0 * (values as f64).sqrt()) as u64).clamp(LEAST_UPDATES, MOST_UPDATES)
}

/// Everything that is decided before a network is trained, from what is known of a panel.
pub(super) struct Plan<'a> {
    pub(super) panel: &'a [Known<'a>],
    pub(super) settings: &'a PanelSettings,
    encoding: Encoding,
    widths: Widths,
    pub(super) seasons: Vec<usize>,
    scale: Scale,
    held_out: usize,
    /// For each series, how many values are known where views are tried.
    pub(super) origins: Vec<Vec<usize>>,
    /// Views and efforts.
    pub(super) candidates: Vec<(View, u64)>,
}

impl<'a> Plan<'a> {
    /// Of the `panel`, which is a part of what is `ready` or all of it.
    pub(super) fn new(
        panel: &'a [Known<'a>],
        ready: &Ready<'_>,
        settings: &'a PanelSettings,
    ) -> Self {
        let (encoding, widths) = ready.covariates.clone();
        let seasons = match &settings.seasons {
            Some(seasons) => seasons.clone(),
            None => {
                let known: Vec<&[f64]> = panel.iter().map(|series| series.filled()).collect();
                seasons::seasons(&known, ready.natural.as_deref())
            }
        };
        let horizon = settings.horizon;
        let mut lengths: Vec<usize> = panel.iter().map(|series| series.len).collect();
        lengths.sort_unstable();
        let typical = lengths[lengths.len() / 2];
        let lowest = panel.iter().flat_map(|y| y.filled()).copied().fold(f64::INFINITY, f64::min);
        let scale = match lowest {
            _ if settings.head == Head::NegativeBinomial => Scale::SoftLog,
            _ if settings.scaler.is_some() => Scale::Plain,
            y if y > 0.0 => Scale::Log,
            0.0 => Scale::SoftLog,
            _ => Scale::Plain,
        };
        // Few series are judged at several origins, over a quarter of their length at most.
        let wanted = TRIALS.div_ceil(panel.len());
        let held_out = horizon.max((typical / 4).min(horizon.saturating_mul(wanted)));
        let stride = ((held_out - horizon) / wanted.saturating_sub(1).max(1)).max(1);
        let origins = panel.iter().map(|y| {
            let first = y.len.saturating_sub(held_out);
            match first {
                ..3 => Vec::new(),
                _ => (first..=y.len - horizon).step_by(stride).collect(),
            }
        });
        let mut views = views(scale, &seasons, horizon, typical.saturating_sub(held_out) / 2);
        for view in &mut views {
            view.scaler.clone_from(&settings.scaler);
            view.decomposition = settings.decomposition;
        }
        if settings.head == Head::NegativeBinomial {
            views.retain(|view| view.scale == Scale::SoftLog);
        }
        if widths != Widths::default() {
            // Whether covariates help is tried like everything else.
            let with = |view: &View| View { beside: true, skip: true, ..view.clone() };
            views.extend(views.iter().map(with).collect::<Vec<_>>());
        }
        let little_work = Trial::LONGER * updates(lengths.iter().sum()) <= MOST_UPDATES;
        let longer = (settings.steps.is_none() && little_work).then_some(Trial::LONGER);
        let efforts: Vec<u64> = [1].into_iter().chain(longer).collect();
        let candidates =
            efforts.iter().flat_map(|effort| views.iter().map(|view| (view.clone(), *effort)));
        let untrained = (views[0].clone(), 0);
        Self {
            panel,
            settings,
            encoding,
            widths,
            scale,
            held_out,
            origins: origins.collect(),
            candidates: candidates.chain([untrained]).collect(),
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
            said: Said::by(self.settings.head, &self.settings.loss, &self.settings.levels),
            widths: self.widths,
            cell: self.settings.cell.clone(),
            hidden_size: self.settings.hidden_size,
            stack: self.settings.stack.clone(),
            batch_size: alike.clamp(1.0, 64.0) as usize,
            seq_length: self
                .settings
                .seq_length
                .unwrap_or_else(|| self.seasons.last().copied().unwrap_or(1).clamp(128, 256)),
            carry: self.settings.carry,
            steps: self.settings.steps.unwrap_or_else(|| updates(values)) * effort,
            stop: None,
            learning_rate: self.settings.learning_rate,
            seed,
        }
    }

    /// The settings of a network that sees `view`, if nothing is tuned.
    pub(super) fn usual(&self, view: &View) -> Setting {
        let values = self.panel.iter().map(|series| series.len).sum();
        let net = self.net(&(view.clone(), 1), values, self.settings.seed);
        let NetSettings { cell, hidden_size, seq_length, learning_rate, steps, .. } = net;
        Setting { cell, hidden_size, seq_length, learning_rate, steps }
    }

    /// The network of a `setting` for a trial with `share` of its updates.
    pub(super) fn net_with(&self, view: &View, setting: &Setting, share: f64) -> NetSettings {
        let Setting { cell, hidden_size, seq_length, learning_rate, steps } = setting.clone();
        let steps = ((steps as f64 * TRIAL_SHARE * share) as u64).max(1);
        let usual = self.net(&(view.clone(), 1), 0, self.settings.seed);
        NetSettings { cell, hidden_size, seq_length, learning_rate, steps, ..usual }
    }

    /// What is known before the last values.
    pub(super) fn cut(&self) -> Vec<Known<'a>> {
        let cut = |y: &Known<'a>| y.past.until(y.len.saturating_sub(self.held_out));
        self.panel.iter().map(cut).collect()
    }

    /// Tries, and trains what was chosen on all that is known.
    pub(super) fn run(&self, observe: &(dyn Fn(Progress) + Sync)) -> Result<Expert> {
        let forecasts: usize = self.origins.iter().map(Vec::len).sum();
        let tried = match forecasts {
            0 => Tried::untried(self.candidates.len()),
            _ => self.try_views(&|done, of| observe(Progress::Trying(done, of)))?,
        };
        let report = |done, of| observe(Progress::Training(done, of));
        let nets = self.train(&tried, &report)?;
        let score = |c: usize| tried.candidate_scores.get(c).copied();
        let contest = Contest {
            seasons: self.seasons.clone(),
            scale: self.scale,
            covariates: self.encoding.names(),
            sampled: self.panel.len(),
            held_out: self.held_out,
            forecasts,
            trials: self
                .candidates
                .iter()
                .enumerate()
                .map(|(c, (view, effort))| Trial {
                    view: view.clone(),
                    effort: *effort,
                    score: score(c),
                    chosen: tried.chosen.contains(&c),
                })
                .collect(),
            scores: tried.scores,
            levels: self.settings.levels.clone(),
            coverage: tried.coverage,
            updates: nets[0].updates(),
            series_by_seasons: Vec::new(),
        };
        Ok(Expert { nets, calibration: tried.calibration, contest })
    }

    /// Trains each view on what is known before the last values, and compares what they say of those.
    fn try_views(&self, report: &(dyn Fn(u64, u64) + Sync)) -> Result<Tried> {
        let cut = self.cut();
        let known = cut.iter().map(|cut| cut.len).sum();
        let PanelSettings { horizon, seed, threads, ref levels, .. } = *self.settings;
        let nets = self.candidates.iter().map(|candidate| {
            let net = self.net(candidate, known, seed);
            NetSettings { steps: (net.steps as f64 * TRIAL_SHARE) as u64, ..net }
        });
        let season = self.seasons.first().copied().unwrap_or(1);
        let yardstick = Contest::YARDSTICK;
        let judge = Judge::new(self.panel, &self.origins, horizon, season, yardstick)?;
        let error = |net: NetRef<'_>| Ok(judge.score(&net.forecasts(&cut, &self.origins, &[])?));
        let patience = self.settings.patience;
        let early = patience.map(|patience| Early { patience, error: &error });
        let nets = trained(nets.collect(), &cut, threads, early.as_ref(), report)?;
        let share = |net: &Net| net.updates() as f64 / net.settings.steps.max(1) as f64;
        let shares = nets.iter().map(share).collect();
        let tried = each(&nets, threads, |net| net.forecasts(&cut, &self.origins, &[]))?;
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
        let optimism = good(&candidate_scores) / judge.score(&ours);
        let optimism = if optimism.is_finite() { optimism } else { 1.0 };
        let (panel, origins) = (self.panel, &self.origins);
        let calibration =
            Calibration::new(self.scale, season, panel, origins, &ours, optimism, levels);
        let (calibration, coverage) = calibration.unzip();
        let nets: Vec<&Net> = chosen.iter().map(|c| &nets[*c]).collect();
        let own = |net: &&Net| net.settings.steps > 0 && net.settings.said.is_distribution();
        let coverage = match nets.iter().all(own) {
            true => self.held(&nets, &cut)?,
            false => coverage.unwrap_or_default(),
        };
        Ok(Tried { chosen, shares, candidate_scores, scores, calibration, coverage })
    }

    /// The share of what came within the bands that networks trained on `cut` say themselves.
    fn held(&self, nets: &[&Net], cut: &[Known<'_>]) -> Result<Vec<f64>> {
        let PanelSettings { horizon, threads, ref levels, .. } = *self.settings;
        let quantiles = all_ends(levels);
        let said = each(nets, threads, |net| net.forecasts(cut, &self.origins, &quantiles))?;
        let (_, bands) = split(mean(said.iter(), self.scale), horizon, levels);
        let mut inside = vec![0.0; levels.len()];
        let mut values = 0.0;
        for ((series, origins), bands) in self.panel.iter().zip(&self.origins).zip(&bands) {
            for (origin, bands) in origins.iter().zip(bands) {
                let came = &series.past.values[*origin..*origin + horizon];
                values += came.iter().filter(|y| !y.is_nan()).count() as f64;
                for (inside, band) in inside.iter_mut().zip(bands) {
                    *inside += band.holds(came).filter(|held| *held).count() as f64;
                }
            }
        }
        Ok(inside.into_iter().map(|inside| inside / f64::max(values, 1.0)).collect())
    }

    /// Trains the chosen views on all that is known, each for as much of its updates as in the trial.
    fn train(&self, tried: &Tried, report: &(dyn Fn(u64, u64) + Sync)) -> Result<Vec<Net>> {
        let PanelSettings { seed, threads, .. } = *self.settings;
        let values = self.panel.iter().map(|series| series.len).sum();
        let nets: Vec<NetSettings> = tried
            .chosen
            .iter()
            .flat_map(|c| (0..NETS_A_VIEW).map(move |n| (*c, n)))
            .map(|(c, n)| {
                let net = self.net(&self.candidates[c], values, seed.wrapping_add(n));
                let stop = ((net.steps as f64 * tried.shares[c]).round() as u64).max(1);
                NetSettings { stop: (stop < net.steps).then_some(stop), ..net }
            })
            .collect();
        trained(nets, self.panel, threads, None, report)
    }

    /// The best view, and those that make their mean better; the untrained one, if that is not clearly
    /// worse.
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
        let untrained = scores.len() - 1;
        if believed(score, scores[untrained]) { chosen } else { vec![untrained] }
    }
}

/// The score that a quarter of the candidates are below; all are trained but the last.
fn good(scores: &[f64]) -> f64 {
    let mut scores = scores[..scores.len() - 1].to_vec();
    scores.sort_by(f64::total_cmp);
    scores.get(scores.len() / 4).copied().unwrap_or(1.0)
}

/// Whether networks of error `score` are clearly better than one that is not trained.
pub(super) fn believed(score: f64, untrained: f64) -> bool {
    score < (1.0 - BELIEVED) * untrained
}

/// What came out of the trial.
struct Tried {
    chosen: Vec<usize>,
    /// The part of its updates that each candidate was trained for.
    shares: Vec<f64>,
    /// Of each candidate.
    candidate_scores: Vec<f64>,
    scores: Vec<Contestant>,
    calibration: Option<Calibration>,
    coverage: Vec<f64>,
}

impl Tried {
    /// Nothing could be tried, so no network is believed: the last of so many candidates, which is not
    /// trained, it is.
    fn untried(candidates: usize) -> Self {
        Self {
            chosen: vec![candidates - 1],
            shares: vec![1.0; candidates],
            candidate_scores: Vec::new(),
            scores: Vec::new(),
            calibration: None,
            coverage: Vec::new(),
        }
    }
}

/// Trains networks on `panel`, several at a time.
fn trained(
    nets: Vec<NetSettings>,
    panel: &[Known<'_>],
    threads: usize,
    early: Option<&Early<'_>>,
    report: &(dyn Fn(u64, u64) + Sync),
) -> Result<Vec<Net>> {
    let of = nets.iter().map(|net| net.steps).sum();
    let done = AtomicU64::new(0);
    let step = || report(1 + done.fetch_add(1, Ordering::Relaxed), of);
    each(&nets, threads, |net| Net::train(panel, net.clone(), early, &step))
}
