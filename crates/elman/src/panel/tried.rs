//! Which views of a panel are good: networks that see them are trained on what is known before its last
//! values, and judged there.

use super::Forecasts;
use super::calibration::Calibration;
use super::contest::{Contestant, Trial};
use super::early::Early;
use super::expert::{mean, split};
use super::forecaster::PanelSettings;
use super::head::all_ends;
use super::jobs::each;
use super::judge::{Errors, Judge};
use super::net::{Net, NetRef, NetSettings};
use super::plan::Plan;
use super::stage::Stage;
use super::survivors::Survivors;
use super::trainings;
use super::view::Scale;
use crate::baselines;
use crate::error::Result;

/// The share of a trial's updates after which half of the views fall out, where training takes long.
const HEAT_SHARE: f64 = 0.2;
/// The most views in a forecast.
const MOST_CHOSEN: usize = 3;
/// What a further view must take away from the error to be worth its time.
const WORTH_IT: f64 = 0.002;
/// What networks must take away from the error of one that is not trained, to be believed: ten stocks
/// were forecast up to 6 % worse than by their last value after gains of 1 % in the trial.
const BELIEVED: f64 = 0.02;

/// What came out of the trial.
pub(super) struct Tried {
    /// All candidates.
    pub(super) trials: Vec<Trial>,
    /// The numbers of the chosen ones.
    pub(super) chosen: Vec<usize>,
    /// Their networks, trained on what is known before the last values. None where nothing could be tried.
    pub(super) nets: Vec<Net>,
    pub(super) scores: Vec<Contestant>,
    pub(super) calibration: Option<Calibration>,
    pub(super) coverage: Vec<f64>,
    /// The names of the series whose errors have no scale.
    pub(super) without_scale: Vec<String>,
}

impl Tried {
    /// Nothing could be tried, so no network is believed, and the forecast is one that is not trained.
    pub(super) fn untried(plan: &Plan<'_>) -> Self {
        let trials = plan.candidates.iter().map(|(view, effort)| Trial {
            view: view.clone(),
            effort: *effort,
            score: None,
            fell_out: false,
            left_out: None,
            chosen: false,
        });
        let mut tried = Self {
            trials: trials.collect(),
            chosen: Vec::new(),
            nets: Vec::new(),
            scores: Vec::new(),
            calibration: None,
            coverage: Vec::new(),
            without_scale: Vec::new(),
        };
        // Where a line falls on, it does; else the last value stays.
        let drift = plan.candidates.iter().position(|(view, _)| view.drift);
        tried.choose(vec![drift.unwrap_or(plan.candidates.len() - 1)]);
        tried
    }

    fn choose(&mut self, chosen: Vec<usize>) {
        for (c, trial) in self.trials.iter_mut().enumerate() {
            trial.chosen = chosen.contains(&c);
        }
        self.chosen = chosen;
    }

    /// Trains a network for each candidate, and compares what they say of the last values.
    pub(super) fn of(plan: &Plan<'_>, report: &(dyn Fn(u64, u64) + Sync)) -> Result<Self> {
        let stage = Stage::new(plan)?;
        let (judge, scale, threads) = (&stage.judge, plan.scale, plan.settings.threads);
        let mut tried = Self::untried(plan);
        let settings = plan.nets_on_trial(&stage.cut);
        let of = |settings: &[NetSettings]| settings.iter().map(|net| net.steps).sum::<u64>();

        let (mut field, mut spent) = ((0..settings.len()).collect(), 0);
        if plan.thrifty {
            let short = |net: &NetSettings| NetSettings {
                steps: (net.steps as f64 * HEAT_SHARE) as u64,
                ..net.clone()
            };
            let heat: Vec<NetSettings> = settings.iter().map(short).collect();
            spent = of(&heat);
            let rest = of(&settings);
            let report = |done, _| report(done, spent + rest / 2);
            field = heat_of(&stage, heat, &mut tried.trials, &report)?;
            tried.trials.iter_mut().for_each(|trial| trial.fell_out = true);
        }
        let settings: Vec<NetSettings> = field.iter().map(|c| settings[*c].clone()).collect();
        let report = |done, of| report(spent + done, spent + of);
        let error = |net: NetRef<'_>| stage.score(net);
        let patience = plan.settings.patience;
        let early = patience.map(|patience| Early { patience, error: &error });
        let settings: Vec<_> = settings.into_iter().map(From::from).collect();
        let nets = trainings::tried(&settings, &stage.cut, threads, early.as_ref(), &report)?;
        field.iter().for_each(|c| tried.trials[*c].fell_out = false);
        let survivors = Survivors::of(&stage, &field, nets, &mut tried.trials)?;
        let Survivors { candidates: field, nets, said, scores } = survivors;

        let places = choose(judge, &said, &scores, scale);
        tried.choose(places.iter().map(|place| field[*place]).collect());
        let ours = match places[..] {
            [one] if nets[one].settings.steps == 0 => said[one].clone(),
            _ => mean(places.iter().map(|place| &said[*place]), scale),
        };
        tried.scores = contestants(&stage, &ours)?;
        let without_scale = judge.without_scale().map(|s| plan.panel[s].past.name.to_owned());
        tried.without_scale = without_scale.collect();
        let optimism = good(&tried.trials) / judge.score(&ours);
        let optimism = if optimism.is_finite() { optimism } else { 1.0 };
        let (panel, origins, levels) = (plan.panel, &plan.origins, &plan.settings.levels);
        let calibration =
            Calibration::new(scale, stage.season, panel, origins, &ours, optimism, levels);
        let (calibration, coverage) = calibration.unzip();
        tried.calibration = calibration;
        let mut nets: Vec<Option<Net>> = nets.into_iter().map(Some).collect();
        tried.nets = places.iter().filter_map(|place| nets[*place].take()).collect();
        let own = |net: &Net| net.settings.steps > 0 && net.settings.said.is_distribution();
        tried.coverage = match tried.nets.iter().all(own) {
            true => held(&stage, &tried.nets)?,
            false => coverage.unwrap_or_default(),
        };
        Ok(tried)
    }
}

/// Trains for a part of the trial, and says which candidates go on: the half whose mean is best, and the one
/// that is not trained, which is the last. Sets `score` and `left_out` of each in `trials`.
fn heat_of(
    stage: &Stage<'_>,
    settings: Vec<NetSettings>,
    trials: &mut [Trial],
    report: &(dyn Fn(u64, u64) + Sync),
) -> Result<Vec<usize>> {
    let Plan { scale, settings: &PanelSettings { threads, .. }, .. } = *stage.plan;
    let (all, half) = ((0..settings.len()).collect::<Vec<_>>(), (settings.len() - 1).div_ceil(2));
    let settings: Vec<_> = settings.into_iter().map(From::from).collect();
    let nets = trainings::tried(&settings, &stage.cut, threads, None, report)?;
    let Survivors { candidates, said, scores, .. } = Survivors::of(stage, &all, nets, trials)?;
    let untrained = scores.len() - 1;
    let better = better_and_better(&stage.judge, &said[..untrained], &scores, scale);
    let mut kept: Vec<usize> = better.map(|(place, _)| candidates[place]).take(half).collect();
    kept.push(candidates[untrained]);
    kept.sort_unstable();
    Ok(kept)
}

/// The best of what was `said`, then again and again what makes the mean of those before best; each with the
/// error of the mean so far.
pub(super) fn better_and_better<'a>(
    judge: &'a Judge<'_>,
    said: &'a [Forecasts],
    scores: &'a [f64],
    scale: Scale,
) -> impl Iterator<Item = (usize, f64)> + 'a {
    let mut taken: Vec<usize> = Vec::new();
    std::iter::from_fn(move || {
        let with = (0..said.len()).filter(|c| !taken.contains(c)).map(|next| {
            let members = taken.iter().chain([&next]).map(|c| &said[*c]);
            let alone = taken.is_empty();
            (next, if alone { scores[next] } else { judge.score(&mean(members, scale)) })
        });
        let next = with.min_by(|a, b| a.1.total_cmp(&b.1))?;
        taken.push(next.0);
        Some(next)
    })
}

/// The best view, and those that make their mean better; the untrained one, which is the last, if that is
/// not clearly worse.
fn choose(judge: &Judge<'_>, said: &[Forecasts], scores: &[f64], scale: Scale) -> Vec<usize> {
    let (mut chosen, mut score) = (Vec::new(), f64::INFINITY);
    for (next, better) in better_and_better(judge, said, scores, scale).take(MOST_CHOSEN) {
        if !chosen.is_empty() && better >= (1.0 - WORTH_IT) * score {
            break;
        }
        score = better;
        chosen.push(next);
    }
    let untrained = scores.len() - 1;
    if believed(score, scores[untrained]) { chosen } else { vec![untrained] }
}

/// Whether networks of error `score` are clearly better than one that is not trained.
pub(super) fn believed(score: f64, untrained: f64) -> bool {
    score < (1.0 - BELIEVED) * untrained
}

/// The score that a quarter of the candidates are below; all are trained but the last.
fn good(trials: &[Trial]) -> f64 {
    let trained = trials[..trials.len() - 1].iter();
    let mut scores: Vec<f64> = trained.filter_map(|trial| trial.score).collect();
    scores.sort_by(f64::total_cmp);
    scores.get(scores.len() / 4).copied().unwrap_or(1.0)
}

/// The errors of `ours` and of each baseline.
fn contestants(stage: &Stage<'_>, ours: &Forecasts) -> Result<Vec<Contestant>> {
    let Stage { plan, judge, .. } = stage;
    let named =
        |name: &str, Errors { smape, mase }| Contestant { name: name.to_owned(), smape, mase };
    let all = each(baselines::ALL, plan.settings.threads, |baseline| {
        Ok(named(baseline.name, judge.errors(&judge.baseline(baseline)?)))
    })?;
    Ok([named("elman", judge.errors(ours))].into_iter().chain(all).collect())
}

/// The share of what came within the bands that the networks say themselves, in the mean.
fn held(stage: &Stage<'_>, nets: &[Net]) -> Result<Vec<f64>> {
    let Plan { settings, panel, ref origins, scale, .. } = *stage.plan;
    let PanelSettings { horizon, threads, ref levels, .. } = *settings;
    let quantiles = all_ends(levels);
    let said = each(nets, threads, |net| net.forecasts(&stage.cut, origins, &quantiles))?;
    let (_, bands) = split(mean(said.iter(), scale), horizon, levels);
    let mut inside = vec![0.0; levels.len()];
    let mut values = 0.0;
    for ((series, origins), bands) in panel.iter().zip(origins).zip(&bands) {
        for (origin, bands) in origins.iter().zip(bands) {
            let came = &series.past.values[*origin..*origin + horizon];
            values += came.iter().filter(|y| !y.is_nan()).count() as f64;
            for (inside, band) in inside.iter_mut().zip(bands) {
                *inside += band.holds(came).filter(|held| *held).count() as f64;
            }
        }
    }
    let share = |inside: f64| (values > 0.0).then_some(inside / values);
    Ok(inside.into_iter().filter_map(share).collect())
}
