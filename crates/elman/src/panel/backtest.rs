//! Rolling-origin evaluation (time-series cross-validation).
//!
//! Model selection and training use only the values before the first cutoff. A network then runs over each series
//! **once**, and forecasts from its hidden state at every cutoff: O(T + windows · horizon) for each network. With
//! `refit`, selection and training are repeated at every cutoff.

use serde::Serialize;

use super::auto::{AutoConfig, Progress, bounds};
use super::fitted::FittedAuto;
use super::history::{History, HistoryView};
use super::notes::{ended_early, left_out, named};
use super::parallel::each;
use super::prepared::PreparedPanel;
use super::selection::SelectionReport;
use super::{Forecasts, Intervals};
use crate::baselines;
use crate::error::{Error, Result};
use crate::metrics::{self, Case, Claim, Errors, Evidence};
use crate::series::Series;
use crate::write::{self, Row, When};

/// Configuration of a backtest.
#[derive(Debug, Clone, PartialEq)]
pub struct BacktestSettings {
    /// Configuration of each forecast.
    pub panel: AutoConfig,
    /// Windows of the rolling-origin evaluation: cutoffs of each series.
    pub n_windows: usize,
    /// Time steps between two cutoffs.
    pub step_size: usize,
    /// Whether model selection and training are repeated at each cutoff.
    pub refit: bool,
}

/// Scores of one model.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ModelScores {
    /// `elman`, or a baseline by name.
    pub name: String,
    /// Mean of each metric of [`metrics::ALL`] over all series and cutoffs, in that order; `None` where the metric is
    /// undefined for all of them.
    pub metrics: Vec<Option<f64>>,
    /// OWA: the mean of sMAPE and MASE, each divided by that of Naive2.
    pub owa: Option<f64>,
}

impl ModelScores {
    fn errors(&self, measure: &str) -> Errors<'_> {
        Errors { name: &self.name, error: self.metric(measure), smape: self.metric("smape") }
    }

    /// Score in the metric of this name.
    pub fn metric(&self, name: &str) -> Option<f64> {
        let index = metrics::ALL.iter().position(|metric| metric.name == name)?;
        self.metrics[index]
    }
}

/// Result of a backtest: forecasts and scores.
#[derive(Debug, Clone)]
pub struct Backtest {
    /// For each series, the number of values in its history at each cutoff, counted from its first value; empty for a
    /// series that is too short.
    pub cutoffs: Vec<Vec<usize>>,
    /// Forecasts by series, cutoff and step ahead.
    pub forecasts: Forecasts,
    /// Prediction intervals by series and cutoff.
    pub intervals: Intervals,
    /// Report of model selection at the first cutoff.
    pub selection: SelectionReport,
    /// Scores of elman, then of each of [`baselines::ALL`].
    pub scores: Vec<ModelScores>,
    /// Evidence: the number of forecasts that the comparison rests on.
    pub evidence: Evidence,
    /// Scores by series, for each series that was forecast.
    pub by_series: Vec<(String, Vec<ModelScores>)>,
    /// Coverage by level: the share of actual values inside the intervals.
    pub coverage: Vec<f64>,
    /// Mean scaled interval score (MSIS) of the widest interval, over series and cutoffs.
    pub msis: Option<f64>,
    /// CRPS: the score of the whole distribution.
    pub crps: Option<Crps>,
    /// Notes for the reader, in sentences: data that were left out, results that are missing, and the reasons.
    pub notes: Vec<String>,
}

/// Continuous ranked probability score (CRPS) over all values: twice the mean pinball loss at the quantiles 0.05, 0.15,
/// … 0.95, which is the integral of the CRPS by the midpoint rule (Gneiting and Raftery, 2007).
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Crps {
    /// CRPS in the units of the values; for a point forecast it is the mean absolute error.
    pub mean: f64,
    /// CRPS divided by the mean |y|.
    pub scaled: f64,
}

/// Levels of the intervals whose bounds are the quantiles of [`Crps`], in per cent.
const CRPS_LEVELS: [f64; 5] = [10.0, 30.0, 50.0, 70.0, 90.0];

impl Backtest {
    /// Runs the backtest on `panel`.
    ///
    /// # Errors
    /// No series is long enough; the errors of a forecast.
    pub fn run(
        panel: &[Series],
        settings: &BacktestSettings,
        observe: &(dyn Fn(Progress) + Sync),
    ) -> Result<Self> {
        let BacktestSettings { panel: ref asked_for, n_windows: windows, step_size: step, refit } =
            *settings;
        let forecast = &with_levels_of_crps(asked_for);
        let (windows, step) = (windows.max(1), step.max(1));
        let back = (windows - 1).saturating_mul(step).saturating_add(forecast.horizon);
        let ready = PreparedPanel::of(panel, forecast, back)?;
        let full = &ready.histories;
        let first = |y: &History<'_>| y.values.len().checked_sub(back).filter(|known| *known >= 3);
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
                help: "fewer `--n-windows`, or a shorter `--horizon`".to_owned(),
            });
        }
        let names: Vec<&str> = panel.iter().map(|series| &series.name[..]).collect();
        let run = |window: Option<usize>| -> Result<(Forecasts, Intervals, SelectionReport)> {
            // Without refitting, all cutoffs use the model that was trained before the first one.
            let known = cutoffs.iter().zip(full).map(|(cutoffs, y)| {
                let end = cutoffs.get(window.unwrap_or(0)).copied();
                y.up_to(end.unwrap_or_else(|| y.values.len().saturating_sub(back).max(1)))
            });
            let known: Vec<HistoryView<'_>> = known.collect();
            let asked: Vec<Vec<usize>> = match window {
                None => cutoffs.clone(),
                Some(window) => {
                    cutoffs.iter().map(|c| c.get(window).copied().into_iter().collect()).collect()
                }
            };
            let own = names.iter().map(|name| (*name).to_owned()).collect();
            let fitted = FittedAuto::of_known(&known, own, &ready, forecast, observe)?;
            let (predicted, intervals) = fitted.predicted(&names, &known, &asked)?;
            Ok((predicted, intervals, fitted.selection))
        };
        let (mut predicted, mut intervals, mut selection) = run(refit.then_some(0))?;
        for window in 1..if refit { windows } else { 1 } {
            let next = run(Some(window))?;
            predicted.iter_mut().zip(next.0).for_each(|(predicted, next)| predicted.extend(next));
            intervals.iter_mut().zip(next.1).for_each(|(intervals, next)| intervals.extend(next));
        }
        let ground = Ground {
            full,
            cutoffs: &cutoffs,
            horizon: forecast.horizon,
            season: selection.seasons.first().copied().unwrap_or(1),
        };
        let mut benchmark_scores = vec![ground.cases("elman", &predicted)?];
        benchmark_scores.extend(each(baselines::ALL, forecast.threads, |baseline| {
            let theirs = ground.baseline(baseline)?;
            ground.cases(baseline.name, &theirs)
        })?);
        let crps = ground.crps(&intervals);
        let mut notes = ready.notes.clone();
        notes.extend(ended_early(panel, forecast.horizon));
        notes.extend(ground.missing(&benchmark_scores[0], &names));
        notes.extend(left_out(&selection));
        let asked = |level: f64| asked_for.levels.contains(&level);
        intervals
            .iter_mut()
            .flatten()
            .for_each(|intervals| intervals.retain(|interval| asked(interval.level)));
        selection.keep_levels(asked);
        let (coverage, msis) = ground.intervals(&intervals, &asked_for.levels);
        // The model was selected before the first cutoff.
        let evidence = Evidence::of(&cutoffs, forecast.horizon, false);
        let by_series = (0..panel.len()).filter(|s| !cutoffs[*s].is_empty());
        let by_series =
            by_series.map(|s| (names[s].to_owned(), scores(&benchmark_scores, Some(s))));
        let by_series = by_series.collect();
        // Cutoffs are counted from the first value of the series, and not from the first of its recent values.
        let unseen = panel.iter().zip(full).map(|(series, y)| series.len() - y.values.len());
        let cutoffs = cutoffs.iter().zip(unseen);
        let cutoffs = cutoffs.map(|(c, unseen)| c.iter().map(|c| c + unseen).collect());
        Ok(Self {
            cutoffs: cutoffs.collect(),
            forecasts: predicted,
            intervals,
            selection,
            scores: scores(&benchmark_scores, None),
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
    /// Comparison of the forecast with the best baseline, by MASE, or by the mean absolute error where no series has a
    /// scale.
    pub fn claim(&self) -> Option<Claim> {
        let (ours, rivals) = self.scores.split_first()?;
        let by = |measure| {
            let rivals = rivals.iter().map(|rival| rival.errors(measure));
            Claim::of(measure, ours.errors(measure), rivals, self.evidence)
        };
        by("mase").or_else(|| by("mae"))
    }

    /// Rows of a table with Nixtla's columns; `panel` is the forecast panel.
    pub fn rows<'a>(&'a self, panel: &'a [Series]) -> impl Iterator<Item = Row<'a>> + Clone {
        panel.iter().enumerate().flat_map(move |(s, series)| {
            let zone = write::zone(&series.clock());
            let windows = self.cutoffs[s].iter().zip(&self.forecasts[s]).zip(&self.intervals[s]);
            windows.flat_map(move |((cutoff, predicted), intervals)| {
                predicted.iter().enumerate().map(move |(k, &elman)| Row {
                    unique_id: &series.name,
                    ds: When::of(series, cutoff + k, zone),
                    tested: Some((When::of(series, cutoff - 1, zone), series.values[cutoff + k])),
                    elman,
                    bounds: bounds(&self.selection.levels, intervals, k),
                })
            })
        })
    }
}

/// The same configuration with the levels that [`Crps`] needs added.
fn with_levels_of_crps(settings: &AutoConfig) -> AutoConfig {
    let mut levels = [&settings.levels[..], &CRPS_LEVELS].concat();
    levels.sort_by(f64::total_cmp);
    levels.dedup();
    AutoConfig { levels, ..settings.clone() }
}

/// Actual values and cutoffs of all series.
struct Ground<'a> {
    full: &'a [History<'a>],
    cutoffs: &'a [Vec<usize>],
    horizon: usize,
    season: usize,
}

/// Errors of one model: for each series and cutoff, one for each metric.
struct Cases {
    name: &'static str,
    errors: Vec<Vec<Vec<Option<f64>>>>,
}

impl Ground<'_> {
    fn case<'c>(&'c self, series: usize, cutoff: usize, forecast: &'c [f64]) -> Case<'c> {
        let History { values, filled, .. } = &self.full[series];
        let actual = &values[cutoff..cutoff + self.horizon];
        Case { actual, forecast, history: &filled[..cutoff], all: filled, season: self.season }
    }

    fn cases(&self, name: &'static str, forecasts: &Forecasts) -> Result<Cases> {
        let of = |s: usize| -> Result<Vec<Vec<Option<f64>>>> {
            let windows = self.cutoffs[s].iter().zip(&forecasts[s]);
            windows
                .map(|(cutoff, predicted)| {
                    let case = self.case(s, *cutoff, predicted);
                    let known = case.actual.iter().zip(predicted).filter(|(y, _)| !y.is_nan());
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

    /// Notes about metrics that are undefined for some series, with the reason.
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

    /// CRPS from the intervals at [`CRPS_LEVELS`]; other levels are ignored.
    fn crps(&self, intervals: &Intervals) -> Option<Crps> {
        let (mut losses, mut sizes, mut values) = (0.0, 0.0, 0.0);
        for (s, cutoffs) in self.cutoffs.iter().enumerate() {
            for (cutoff, intervals) in
                cutoffs.iter().zip(&intervals[s]).filter(|(_, b)| !b.is_empty())
            {
                let actual = self.case(s, *cutoff, &[]).actual;
                let known = || actual.iter().filter(|y| !y.is_nan());
                sizes += known().map(|y| y.abs()).sum::<f64>();
                values += known().count() as f64;
                let used =
                    intervals.iter().filter(|interval| CRPS_LEVELS.contains(&interval.level));
                losses += used.map(|interval| interval.pinball(actual)).sum::<f64>();
            }
        }
        // Each interval has two quantiles.
        let mean = losses / CRPS_LEVELS.len() as f64 / values;
        (values > 0.0).then(|| Crps { mean, scaled: mean * values / sizes })
    }

    /// Coverage by level, and the MSIS of the last interval.
    fn intervals(&self, intervals: &Intervals, levels: &[f64]) -> (Vec<f64>, Option<f64>) {
        let mut inside = vec![0; levels.len()];
        let (mut values, mut msis, mut scored) = (0, 0.0, 0);
        for (s, cutoffs) in self.cutoffs.iter().enumerate() {
            for (cutoff, intervals) in cutoffs.iter().zip(&intervals[s]) {
                let case = self.case(s, *cutoff, &[]);
                if intervals.is_empty() {
                    continue;
                }
                values += case.actual.iter().filter(|y| !y.is_nan()).count();
                for (interval, inside) in intervals.iter().zip(&mut inside) {
                    *inside += interval.contains(case.actual).filter(|held| *held).count();
                }
                if let Some(score) = intervals.last().and_then(|interval| interval.msis(&case)) {
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

/// Mean scores of each model, over all series or over one.
fn scores(benchmark_scores: &[Cases], series: Option<usize>) -> Vec<ModelScores> {
    let mut scores: Vec<ModelScores> = benchmark_scores
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
            ModelScores { name: cases.name.to_owned(), metrics, owa: None }
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
