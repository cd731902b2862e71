//! What would have been said at earlier times, and how far it was from what came.
//!
//! The views are chosen and the networks trained on what was known before the first cutoff; each
//! series is then walked **once**, and the forecast read from the memory at every cutoff: O(T + windows
//! · horizon) a network. With `refit` everything is done anew at every cutoff.

use serde::Serialize;

use super::contest::Contest;
use super::fitted::Fitted;
use super::forecaster::{PanelSettings, Progress, bounds};
use super::jobs::each;
use super::notes::{ended_early, left_out, named};
use super::past::{Known, Past};
use super::ready::Ready;
use super::{Bands, Forecasts};
use crate::baselines;
use crate::error::{Error, Result};
use crate::metrics::{self, Case, Claim, Errors, Evidence};
use crate::series::Series;
use crate::write::{self, Row, When};

/// What a backtest depends on, besides the values.
#[derive(Debug, Clone, PartialEq)]
pub struct BacktestSettings {
    /// Those of each forecast.
    pub panel: PanelSettings,
    /// Cutoffs of each series.
    pub windows: usize,
    /// Steps between two cutoffs.
    pub step: usize,
    /// Whether views are chosen and networks trained anew at each cutoff.
    pub refit: bool,
}

/// The errors of one way to forecast.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Scored {
    /// `elman`, or a baseline by name.
    pub name: String,
    /// The mean over all series and cutoffs of each of [`metrics::ALL`], in that order; none where it
    /// is defined nowhere.
    pub metrics: Vec<Option<f64>>,
    /// sMAPE and MASE over those of Naive2, half and half.
    pub owa: Option<f64>,
}

impl Scored {
    fn errors(&self, measure: &str) -> Errors<'_> {
        Errors { name: &self.name, error: self.metric(measure), smape: self.metric("smape") }
    }

    /// The error in the metric of this name.
    pub fn metric(&self, name: &str) -> Option<f64> {
        let index = metrics::ALL.iter().position(|metric| metric.name == name)?;
        self.metrics[index]
    }
}

/// What was said, and the errors.
#[derive(Debug, Clone)]
pub struct Backtest {
    /// For each series, how many of its values were known at each cutoff, counted from its first; none
    /// for a series that is too short.
    pub cutoffs: Vec<Vec<usize>>,
    /// By series, cutoff and step ahead.
    pub forecasts: Forecasts,
    /// By series and cutoff.
    pub bands: Bands,
    /// Of the first cutoff.
    pub contest: Contest,
    /// First elman, then each of [`baselines::ALL`].
    pub scores: Vec<Scored>,
    /// What a comparison of them is worth.
    pub evidence: Evidence,
    /// The same for each series that was forecast.
    pub by_series: Vec<(String, Vec<Scored>)>,
    /// The share of what came within each band, by level.
    pub coverage: Vec<f64>,
    /// The mean scaled interval score of the widest band, over series and cutoffs.
    pub msis: Option<f64>,
    /// How good the whole distribution is.
    pub crps: Option<Crps>,
    /// What a reader should know, in sentences: what was left out, what is missing and why.
    pub notes: Vec<String>,
}

/// The continuous ranked probability score, over all values: twice the mean pinball loss at the levels
/// 0.05, 0.15, … 0.95, which is its integral by the midpoint rule. Gneiting and Raftery (2007).
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Crps {
    /// In the values' units; of a point alone it would be the mean absolute error.
    pub mean: f64,
    /// The same over the mean |y|.
    pub scaled: f64,
}

/// The bands that the levels of [`Crps`] are the ends of, in per cent.
const CRPS_LEVELS: [f64; 5] = [10.0, 30.0, 50.0, 70.0, 90.0];

impl Backtest {
    /// Goes back in `panel`.
    ///
    /// # Errors
    /// No series long enough; those of a forecast.
    pub fn of(
        panel: &[Series],
        settings: &BacktestSettings,
        observe: &(dyn Fn(Progress) + Sync),
    ) -> Result<Self> {
        let BacktestSettings { panel: ref asked_for, windows, step, refit } = *settings;
        let forecast = &with_levels_of_crps(asked_for);
        let (windows, step) = (windows.max(1), step.max(1));
        let back = (windows - 1).saturating_mul(step).saturating_add(forecast.horizon);
        let ready = Ready::of(panel, forecast, back)?;
        let full = &ready.pasts;
        let first = |y: &Past<'_>| y.values.len().checked_sub(back).filter(|known| *known >= 3);
        let cutoffs: Vec<Vec<usize>> = full
            .iter()
            .map(|y| match first(y) {
                Some(first) => (0..windows).map(|w| first + w * step).collect(),
                None => Vec::new(),
            })
            .collect();
        if cutoffs.iter().all(Vec::is_empty) {
            let longest = full.iter().map(|y| y.values.len()).max().unwrap_or(0);
            return Err(Error::Forecast {
                reason: format!(
                    "{windows} windows with a horizon of {} need {} values, and the longest series has \
                     {longest}",
                    forecast.horizon,
                    back.saturating_add(3)
                ),
                help: "fewer `--windows`, or a shorter `--horizon`".to_owned(),
            });
        }
        let names: Vec<&str> = panel.iter().map(|series| &series.name[..]).collect();
        let run = |window: Option<usize>| -> Result<(Forecasts, Bands, Contest)> {
            // Without refitting, the first cutoff is the end of all knowledge.
            let known = cutoffs.iter().zip(full).map(|(cutoffs, y)| {
                let end = cutoffs.get(window.unwrap_or(0)).copied();
                y.until(end.unwrap_or_else(|| y.values.len().saturating_sub(back).max(1)))
            });
            let known: Vec<Known<'_>> = known.collect();
            let asked: Vec<Vec<usize>> = match window {
                None => cutoffs.clone(),
                Some(window) => {
                    cutoffs.iter().map(|c| c.get(window).copied().into_iter().collect()).collect()
                }
            };
            let own = names.iter().map(|name| (*name).to_owned()).collect();
            let fitted = Fitted::of_known(&known, own, &ready, forecast, observe)?;
            let (said, bands) = fitted.said(&names, &known, &asked)?;
            Ok((said, bands, fitted.contest))
        };
        let (mut said, mut bands, mut contest) = run(refit.then_some(0))?;
        for window in 1..if refit { windows } else { 1 } {
            let next = run(Some(window))?;
            said.iter_mut().zip(next.0).for_each(|(said, next)| said.extend(next));
            bands.iter_mut().zip(next.1).for_each(|(bands, next)| bands.extend(next));
        }
        let ground = Ground {
            full,
            cutoffs: &cutoffs,
            horizon: forecast.horizon,
            season: contest.seasons.first().copied().unwrap_or(1),
        };
        let mut contestants = vec![ground.cases("elman", &said)?];
        contestants.extend(each(baselines::ALL, forecast.threads, |baseline| {
            let theirs = ground.baseline(baseline)?;
            ground.cases(baseline.name, &theirs)
        })?);
        let crps = ground.crps(&bands);
        let mut notes = ready.notes.clone();
        notes.extend(ended_early(panel, forecast.horizon));
        notes.extend(ground.missing(&contestants[0], &names));
        notes.extend(left_out(&contest));
        let asked = |level: f64| asked_for.levels.contains(&level);
        bands.iter_mut().flatten().for_each(|bands| bands.retain(|band| asked(band.level)));
        contest.keep_levels(asked);
        let (coverage, msis) = ground.bands(&bands, &asked_for.levels);
        // The model was selected before the first cutoff.
        let evidence = Evidence::of(&cutoffs, forecast.horizon, false);
        let by_series = (0..panel.len()).filter(|s| !cutoffs[*s].is_empty());
        let by_series = by_series.map(|s| (names[s].to_owned(), scores(&contestants, Some(s))));
        let by_series = by_series.collect();
        // Cutoffs are counted from the first value of the series, not from the newest that are looked at.
        let unseen = panel.iter().zip(full).map(|(series, y)| series.len() - y.values.len());
        let cutoffs = cutoffs.iter().zip(unseen);
        let cutoffs = cutoffs.map(|(c, unseen)| c.iter().map(|c| c + unseen).collect());
        Ok(Self {
            cutoffs: cutoffs.collect(),
            forecasts: said,
            bands,
            contest,
            scores: scores(&contestants, None),
            evidence,
            by_series,
            coverage,
            msis,
            crps,
            notes,
        })
    }
}

impl Backtest {
    /// The forecast beside the best baseline, by MASE, or by the mean absolute error where no series has a scale.
    pub fn claim(&self) -> Option<Claim> {
        let (ours, rivals) = self.scores.split_first()?;
        let by = |measure| {
            let rivals = rivals.iter().map(|rival| rival.errors(measure));
            Claim::of(measure, ours.errors(measure), rivals, self.evidence)
        };
        by("mase").or_else(|| by("mae"))
    }

    /// The rows of a table with Nixtla's columns; `panel` is what was forecast.
    pub fn rows<'a>(&'a self, panel: &'a [Series]) -> impl Iterator<Item = Row<'a>> + Clone {
        panel.iter().enumerate().flat_map(move |(s, series)| {
            let zone = write::zone(&series.clock());
            let windows = self.cutoffs[s].iter().zip(&self.forecasts[s]).zip(&self.bands[s]);
            windows.flat_map(move |((cutoff, said), bands)| {
                said.iter().enumerate().map(move |(k, &elman)| Row {
                    unique_id: &series.name,
                    ds: When::of(series, cutoff + k, zone),
                    tested: Some((When::of(series, cutoff - 1, zone), series.values[cutoff + k])),
                    elman,
                    bounds: bounds(&self.contest.levels, bands, k),
                })
            })
        })
    }
}

/// The same settings with the bands that [`Crps`] needs, too.
fn with_levels_of_crps(settings: &PanelSettings) -> PanelSettings {
    let mut levels = [&settings.levels[..], &CRPS_LEVELS].concat();
    levels.sort_by(f64::total_cmp);
    levels.dedup();
    PanelSettings { levels, ..settings.clone() }
}

/// What came.
struct Ground<'a> {
    full: &'a [Past<'a>],
    cutoffs: &'a [Vec<usize>],
    horizon: usize,
    season: usize,
}

/// The errors of one way to forecast: for each series and cutoff, one a metric.
struct Cases {
    name: &'static str,
    errors: Vec<Vec<Vec<Option<f64>>>>,
}

impl Ground<'_> {
    fn case<'c>(&'c self, series: usize, cutoff: usize, forecast: &'c [f64]) -> Case<'c> {
        let Past { values, filled, .. } = &self.full[series];
        let actual = &values[cutoff..cutoff + self.horizon];
        Case { actual, forecast, history: &filled[..cutoff], all: filled, season: self.season }
    }

    fn cases(&self, name: &'static str, forecasts: &Forecasts) -> Result<Cases> {
        let of = |s: usize| -> Result<Vec<Vec<Option<f64>>>> {
            let windows = self.cutoffs[s].iter().zip(&forecasts[s]);
            windows
                .map(|(cutoff, said)| {
                    let case = self.case(s, *cutoff, said);
                    let known = case.actual.iter().zip(said).filter(|(y, _)| !y.is_nan());
                    let (actual, forecast): (Vec<f64>, Vec<f64>) = known.unzip();
                    if actual.is_empty() {
                        return Ok(vec![None; metrics::ALL.len()]);
                    }
                    let case = Case { actual: &actual, forecast: &forecast, ..case };
                    metrics::ALL.iter().map(|metric| metric.of(&case)).collect()
                })
                .collect()
        };
        Ok(Cases { name, errors: (0..self.full.len()).map(of).collect::<Result<_>>()? })
    }

    /// Which metrics are missing for some series, and why.
    fn missing(&self, ours: &Cases, names: &[&str]) -> Vec<String> {
        let why = |metric: &str| match metric {
            "mape" => "a 0 came",
            _ => "their histories are no longer than a season, or repeat themselves exactly",
        };
        let of = |(m, metric): (usize, &&metrics::Metric)| {
            let is_missing = |windows: &Vec<Vec<Option<f64>>>| {
                !windows.is_empty() && windows.iter().all(|errors| errors[m].is_none())
            };
            let missing = ours.errors.iter().zip(names).filter(|(windows, _)| is_missing(windows));
            let names: Vec<&str> = missing.map(|(_, name)| *name).collect();
            let sentence =
                || format!("no {} of {}: {}", metric.name, named(&names), why(metric.name));
            (!names.is_empty()).then(sentence)
        };
        metrics::ALL.iter().enumerate().filter_map(of).collect()
    }

    fn baseline(&self, baseline: &baselines::Baseline) -> Result<Forecasts> {
        let series = self.full.iter().zip(self.cutoffs);
        series
            .map(|(y, cutoffs)| {
                let at = |cutoff: &usize| {
                    let season = if *cutoff >= self.season { self.season } else { 1 };
                    baseline.forecast(&y.filled[..*cutoff], self.horizon, season)
                };
                cutoffs.iter().map(at).collect()
            })
            .collect()
    }

    /// From bands of [`CRPS_LEVELS`], among others.
    fn crps(&self, bands: &Bands) -> Option<Crps> {
        let (mut losses, mut sizes, mut values) = (0.0, 0.0, 0.0);
        for (s, cutoffs) in self.cutoffs.iter().enumerate() {
            for (cutoff, bands) in cutoffs.iter().zip(&bands[s]).filter(|(_, b)| !b.is_empty()) {
                let actual = self.case(s, *cutoff, &[]).actual;
                let known = || actual.iter().filter(|y| !y.is_nan());
                sizes += known().map(|y| y.abs()).sum::<f64>();
                values += known().count() as f64;
                let used = bands.iter().filter(|band| CRPS_LEVELS.contains(&band.level));
                losses += used.map(|band| band.pinball(actual)).sum::<f64>();
            }
        }
        // Two levels a band.
        let mean = losses / CRPS_LEVELS.len() as f64 / values;
        (values > 0.0).then(|| Crps { mean, scaled: mean * values / sizes })
    }

    /// The share of values within each band, and the MSIS of the last.
    fn bands(&self, bands: &Bands, levels: &[f64]) -> (Vec<f64>, Option<f64>) {
        let mut inside = vec![0; levels.len()];
        let (mut values, mut msis, mut scored) = (0, 0.0, 0);
        for (s, cutoffs) in self.cutoffs.iter().enumerate() {
            for (cutoff, bands) in cutoffs.iter().zip(&bands[s]) {
                let case = self.case(s, *cutoff, &[]);
                if bands.is_empty() {
                    continue;
                }
                values += case.actual.iter().filter(|y| !y.is_nan()).count();
                for (band, inside) in bands.iter().zip(&mut inside) {
                    *inside += band.holds(case.actual).filter(|held| *held).count();
                }
                if let Some(score) = bands.last().and_then(|band| band.msis(&case)) {
                    msis += score;
                    scored += 1;
                }
            }
        }
        if values == 0 {
            return (Vec::new(), None);
        }
        let coverage = inside.iter().map(|n| *n as f64 / values as f64).collect();
        (coverage, (scored > 0).then(|| msis / f64::from(scored)))
    }
}

/// The mean errors of each contestant, over all series or over one.
fn scores(contestants: &[Cases], series: Option<usize>) -> Vec<Scored> {
    let mut scores: Vec<Scored> = contestants
        .iter()
        .map(|cases| {
            let of: Vec<&Vec<Option<f64>>> = match series {
                None => cases.errors.iter().flatten().collect(),
                Some(series) => cases.errors[series].iter().collect(),
            };
            let mean = |metric: usize| {
                let defined: Vec<f64> = of.iter().filter_map(|errors| errors[metric]).collect();
                let n = defined.len() as f64;
                (!defined.is_empty()).then(|| defined.iter().sum::<f64>() / n)
            };
            let metrics = (0..metrics::ALL.len()).map(mean).collect();
            Scored { name: cases.name.to_owned(), metrics, owa: None }
        })
        .collect();
    let naive2 = scores.iter().find(|scored| scored.name == baselines::NAIVE2.name);
    let unit = naive2.and_then(|naive2| {
        let (smape, mase) = (naive2.metric("smape")?, naive2.metric("mase")?);
        (smape > 0.0 && mase > 0.0).then_some((smape, mase))
    });
    for scored in &mut scores {
        scored.owa = unit.and_then(|(smape, mase)| {
            Some(0.5 * (scored.metric("smape")? / smape + scored.metric("mase")? / mase))
        });
    }
    scores
}
