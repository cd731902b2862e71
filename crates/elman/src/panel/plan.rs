//! What is decided about a panel before a network is trained, and the way from there to a forecast: the views
//! are tried (`tried.rs`), and the best go into it together.

use super::beside::{Encoding, Widths};
use super::contest::{Contest, Trial};
use super::expert::Expert;
use super::falling::fall_on;
use super::forecaster::{PanelSettings, Progress};
use super::head::{Head, Said};
use super::net::{MOST_SERIES, Net, NetSettings};
use super::past::Known;
use super::ready::Ready;
use super::seasons;
use super::trainings::{Training, trained};
use super::tried::Tried;
use super::tune::Setting;
use super::view::{Scale, View};
use super::views::views;
use crate::error::Result;
use crate::metrics::Evidence;

/// Forecasts that views are judged by, at least, where the series are long enough.
const TRIALS: usize = 1000;
/// The share of the training that a trial gets.
const TRIAL_SHARE: f64 = 0.5;
/// Updates of a network.
const LEAST_UPDATES: u64 = 200;
const MOST_UPDATES: u64 = 3500;
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
    pub(super) scale: Scale,
    held_out: usize,
    /// For each series, how many values are known where views are tried.
    pub(super) origins: Vec<Vec<usize>>,
    /// Views and efforts; the last is not trained, nor is the one before it where it is a drift.
    pub(super) candidates: Vec<(View, u64)>,
    /// Whether training takes so long that time is saved: half of the views fall out of the trial early, and
    /// one network of each chosen view goes on from where the trial left it.
    pub(super) thrifty: bool,
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
        // What falls on below all it ever was is tried without a floor, too, in units that 0 and less have.
        let season = seasons.first().copied().unwrap_or(1);
        let has_floor =
            settings.scaler.is_none() && lowest >= 0.0 && settings.head != Head::NegativeBinomial;
        let falls = has_floor
            && !settings.non_negative
            && fall_on(panel.iter().map(|series| series.filled()), horizon, season);
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
        let shortest = typical.saturating_sub(held_out) / 2;
        let mut views = views(scale, &seasons, horizon, shortest);
        if falls {
            let free = self::views(Scale::Plain, &seasons, horizon, shortest);
            views.extend(free.into_iter().map(|view| View { free: true, ..view }));
        }
        let scale = if falls { Scale::Plain } else { scale };
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
        let untrained = views[0].clone();
        let drift = View { scale: Scale::Plain, free: true, drift: true, ..untrained.clone() };
        let untrained = falls.then_some(drift).into_iter().chain([untrained]).map(|view| (view, 0));
        Self {
            panel,
            settings,
            encoding,
            widths,
            scale,
            held_out,
            origins: origins.collect(),
            candidates: candidates.chain(untrained).collect(),
            seasons,
            thrifty: !little_work,
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
            batch_size: alike.clamp(1.0, MOST_SERIES as f64) as usize,
            seq_length: self
                .settings
                .seq_length
                .unwrap_or_else(|| self.seasons.last().copied().unwrap_or(1).clamp(128, 256)),
            carry: self.settings.carry,
            steps: self.settings.steps.unwrap_or_else(|| updates(values)) * effort,
            start: 0,
            stop: None,
            learning_rate: self.settings.learning_rate,
            seed,
            isa: self.settings.isa,
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
            0 => Tried::untried(self),
            _ => Tried::of(self, &|done, of| observe(Progress::Trying(done, of)))?,
        };
        let nets = self.train(&tried, &|done, of| observe(Progress::Training(done, of)))?;
        let contest = Contest {
            seasons: self.seasons.clone(),
            scale: self.scale,
            covariates: self.encoding.names(),
            sampled: self.panel.len(),
            held_out: self.held_out,
            forecasts,
            evidence: Evidence::of(&self.origins, self.settings.horizon, true),
            trials: tried.trials,
            scores: tried.scores,
            without_scale: tried.without_scale,
            levels: self.settings.levels.clone(),
            coverage: tried.coverage,
            updates: nets[0].updates(),
            series_by_seasons: Vec::new(),
        };
        Ok(Expert { nets, calibration: tried.calibration, contest })
    }

    /// The networks of all candidates for the trial, in which they are trained on the `cut` panel.
    pub(super) fn nets_on_trial(&self, cut: &[Known<'_>]) -> Vec<NetSettings> {
        let known = cut.iter().map(|cut| cut.len).sum();
        let nets = self.candidates.iter().map(|candidate| {
            let net = self.net(candidate, known, self.settings.seed);
            NetSettings { steps: (net.steps as f64 * TRIAL_SHARE) as u64, ..net }
        });
        nets.collect()
    }

    /// Trains the chosen views on all that is known, each for as much of its updates as in the trial.
    fn train(&self, tried: &Tried, report: &(dyn Fn(u64, u64) + Sync)) -> Result<Vec<Net>> {
        let values = self.panel.iter().map(|series| series.len).sum();
        let mut trainings = Vec::new();
        for (place, c) in tried.chosen.iter().enumerate() {
            let begun = tried.nets.get(place);
            let share = begun.map_or(1.0, Net::share);
            for n in 0..NETS_A_VIEW {
                let from = begun.filter(|_| self.thrifty && n == 0);
                // What goes on has a seed of its own, and does not see the same windows again.
                let n = if from.is_some() { NETS_A_VIEW } else { n };
                let seed = self.settings.seed.wrapping_add(n);
                let net = self.net(&self.candidates[*c], values, seed);
                let steps = net.steps.saturating_sub(from.map_or(0, |net| net.settings.steps));
                let stop = ((steps as f64 * share).round() as u64).max(1);
                let settings = NetSettings {
                    start: from.map_or(0, Net::updates),
                    steps,
                    stop: (stop < steps).then_some(stop),
                    ..net
                };
                trainings.push(Training { settings, from: from.map(Net::params) });
            }
        }
        trained(&trainings, self.panel, self.settings.threads, None, report)
    }
}
