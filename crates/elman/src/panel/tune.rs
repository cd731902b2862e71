//! Which sizes and rates suit a panel: random search with successive halving (Jamieson and Talwalkar, 2016).
//!
//! Every setting is trained for a quarter of its updates and judged on the last known values, the better half
//! of them anew for half, the better half of those for all. So most of the time goes where it may pay.

use elman_nn::Stream;
use serde::{Deserialize, Serialize};

use super::contest::LeftOut;
use super::forecaster::{PanelSettings, Scope};
use super::jobs::each;
use super::net::{Net, NetSettings};
use super::plan::Plan;
use super::ready::Ready;
use super::stage::Stage;
use super::trainings::unless_diverged;
use super::view::View;
use crate::error::{Error, Result};
use crate::forecaster::fingerprint_of;
use crate::series::Series;

/// The share of its updates that a setting gets in each round.
const ROUNDS: [f64; 3] = [0.25, 0.5, 1.0];
/// What is drawn from.
const CELLS: [&str; 3] = ["lstm", "gru", "rnn"];
const UNITS: [usize; 6] = [16, 24, 32, 40, 64, 96];
const WINDOWS: [usize; 4] = [32, 64, 128, 256];
const EFFORTS: [f64; 4] = [0.5, 1.0, 2.0, 4.0];
/// Learning rates, evenly in their logarithms.
const RATES: (f64, f64) = (1e-3, 1e-2);

/// What is tuned.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Setting {
    /// The cell, by name.
    pub cell: String,
    /// H, units.
    pub hidden_size: usize,
    /// The most time steps between two updates.
    pub seq_length: usize,
    /// The learning rate at full height.
    pub learning_rate: f64,
    /// Updates of a network that is trained on everything.
    pub steps: u64,
}

/// A setting that was tried in a round.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TunedTrial {
    /// Its number; 0 is the default setting.
    pub trial: usize,
    /// The round, from 0.
    pub round: usize,
    /// The setting.
    pub setting: Setting,
    /// Its error on the last known values over that of [`Contest::YARDSTICK`](super::Contest::YARDSTICK); infinite if
    /// training diverged or a forecast was not finite.
    #[serde(with = "finite")]
    pub score: f64,
}

/// JSON has no infinity: it is `null` there.
mod finite {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub fn serialize<S: Serializer>(score: &f64, to: S) -> Result<S::Ok, S::Error> {
        score.is_finite().then_some(*score).serialize(to)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<f64, D::Error> {
        Ok(Option::deserialize(from)?.unwrap_or(f64::INFINITY))
    }
}

/// What came out.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Tuned {
    /// The seasons found or given.
    pub seasons: Vec<usize>,
    /// The view that all were tried on: the best one with the default settings.
    pub view: View,
    /// Forecasts that each was judged by.
    pub forecasts: usize,
    /// Every setting in the last round that it came to, the best first.
    pub ranking: Vec<TunedTrial>,
    /// The settings with which training diverged, in the round in which it did: they have no rank.
    pub diverged: Vec<TunedTrial>,
}

impl Tuned {
    /// Tries `trials` settings. Those of `known`, from an earlier call that was broken off, are not tried again;
    /// `observe` is told of each new one as soon as it is done.
    ///
    /// # Errors
    /// Networks that are not shared by all series or are stopped early; series too short to be judged on; no setting with a
    /// finite error; those of a forecast.
    pub fn of(
        panel: &[Series],
        settings: &PanelSettings,
        trials: usize,
        known: &[TunedTrial],
        observe: &(dyn Fn(&TunedTrial) + Sync),
    ) -> Result<Self> {
        if settings.scope == Scope::Local {
            return Err(Error::Forecast {
                reason: "a search is for networks that all series share".to_owned(),
                help: "leave out `--scope local`, or take one series".to_owned(),
            });
        }
        if settings.patience.is_some() {
            return Err(Error::Forecast {
                reason: "a search tries how long to train, and stops nothing early".to_owned(),
                help: "leave out `--patience`".to_owned(),
            });
        }
        let ready = Ready::of(panel, settings, 0)?;
        let series = ready.known();
        let plan = Plan::new(&series, &ready, settings);
        let forecasts: usize = plan.origins.iter().map(Vec::len).sum();
        if forecasts == 0 {
            return Err(Error::Forecast {
                reason: "no series is long enough to hold back a horizon and learn from the rest"
                    .to_owned(),
                help: "a shorter `--horizon`".to_owned(),
            });
        }
        let stage = Stage::new(&plan)?;
        let view = stage.best_view()?;
        let mut left: Vec<(usize, Setting)> = draw(&plan.usual(&view), trials, settings.seed);
        let untrained = stage.untrained()?;
        let (mut ranking, mut diverged): (Vec<TunedTrial>, Vec<TunedTrial>) = Default::default();
        for (round, share) in ROUNDS.into_iter().enumerate() {
            let tried = each(&left, settings.threads, |(trial, setting)| {
                let same = |t: &&TunedTrial| {
                    t.trial == *trial && t.round == round && t.setting == *setting
                };
                if let Some(known) = known.iter().find(same) {
                    return Ok(known.clone());
                }
                let score = stage.trained(plan.net_with(&view, setting, share))?;
                let ran_away = LeftOut::by(score, untrained, true).is_some();
                let score = if ran_away { f64::INFINITY } else { score };
                let tried = TunedTrial { trial: *trial, round, setting: setting.clone(), score };
                observe(&tried);
                Ok(tried)
            })?;
            let (mut tried, lost): (Vec<TunedTrial>, Vec<TunedTrial>) =
                tried.into_iter().partition(|tried| tried.score.is_finite());
            tried.sort_by(|a, b| a.score.total_cmp(&b.score).then(a.trial.cmp(&b.trial)));
            ranking.retain(|old| tried.iter().chain(&lost).all(|new| new.trial != old.trial));
            diverged.extend(lost);
            let better = tried.len().div_ceil(2);
            // The default setting stays to the end, to be compared with.
            let stays = |(place, t): (usize, &TunedTrial)| place < better || t.trial == 0;
            let next = tried.iter().enumerate().filter(|(place, t)| stays((*place, t)));
            left = next.map(|(_, t)| (t.trial, t.setting.clone())).collect();
            tried.extend(ranking);
            ranking = tried;
        }
        if ranking.is_empty() {
            return Err(Error::NoFiniteResult {
                what: "the error of every setting that was tried".to_owned(),
                help: "try a smaller `--learning-rate`, another `--scaler`, or `--head point`"
                    .to_owned(),
            });
        }
        Ok(Self { seasons: plan.seasons.clone(), view, forecasts, ranking, diverged })
    }
}

/// A hash of a panel's values, by which a log of a search is known to be one of them.
pub fn fingerprint(panel: &[Series]) -> u64 {
    let values: Vec<f64> = panel.iter().flat_map(|series| &series.values).copied().collect();
    fingerprint_of(&values)
}

/// `trials` settings, the first of which is `usual`.
fn draw(usual: &Setting, trials: usize, seed: u64) -> Vec<(usize, Setting)> {
    let one = |trial: usize| {
        if trial == 0 {
            return (0, usual.clone());
        }
        // A stream each, so that more trials begin with the same ones.
        let mut stream = Stream::new(seed.wrapping_add(trial as u64), "tune");
        let mut pick = |n: usize| ((stream.unit() * n as f64) as usize).min(n - 1);
        let (cell, units) = (CELLS[pick(3)], UNITS[pick(6)]);
        let (window, effort) = (WINDOWS[pick(4)], EFFORTS[pick(4)]);
        let rate = stream.uniform(RATES.0.ln(), RATES.1.ln()).exp();
        let setting = Setting {
            cell: cell.to_owned(),
            hidden_size: units,
            seq_length: window,
            // Two digits are enough to type.
            learning_rate: format!("{rate:.1e}").parse().unwrap_or(rate),
            steps: ((usual.steps as f64 * effort) as u64).max(1),
        };
        (trial, setting)
    };
    (0..trials.max(1)).map(one).collect()
}

impl Stage<'_> {
    /// The view that is best with the usual settings.
    fn best_view(&self) -> Result<View> {
        let usual = self.plan.candidates.iter().filter(|(_, effort)| *effort == 1);
        let views: Vec<&View> = usual.map(|(view, _)| view).collect();
        let scores = each(&views, self.plan.settings.threads, |view| {
            self.trained(self.plan.net_with(view, &self.plan.usual(view), 1.0))
        })?;
        let best = views.iter().zip(scores).min_by(|a, b| a.1.total_cmp(&b.1));
        Ok(best.map_or_else(|| views[0].clone(), |(view, _)| (*view).clone()))
    }

    /// The error of the forecast without training.
    fn untrained(&self) -> Result<f64> {
        let last = self.plan.nets_on_trial(&self.cut).pop();
        last.map_or(Ok(1.0), |untrained| self.trained(untrained))
    }

    /// The error of a network of these settings, once it is trained; infinite if that diverges.
    fn trained(&self, net: NetSettings) -> Result<f64> {
        let net = unless_diverged(Net::train(&self.cut, net, None, None, &|| ()))?;
        net.map_or(Ok(f64::INFINITY), |net| self.score(net.as_ref()))
    }
}
