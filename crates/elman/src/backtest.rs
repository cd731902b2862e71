//! Rolling-origin evaluation (time-series cross-validation).
//!
//! Model selection and training use only the values before the first cutoff. A network then runs over each series
//! **once**, and forecasts from its hidden state at every cutoff: O(T + windows · horizon) for each network. With
//! `refit`, selection and training are repeated at every cutoff.

mod scores;

use self::scores::{ModelErrors, mean_scores};
use crate::data::parallel::each;
use crate::data::{Forecasts, History, HistoryView, Intervals, Series, bounds};
use crate::error::{Error, Result};
use crate::io::write::{self, Columns, Row, When};
use crate::metrics::{Claim, Crps, Evaluation, Evidence, Part};
use crate::models::baselines::Baseline;
use crate::select::{
    AutoForecaster, FittedForecaster, PreparedPanel, RunContext, SelectionReport, ended_early,
    left_out,
};

pub use self::scores::ModelScores;

/// Least number of values before the first cutoff.
const MIN_KNOWN: usize = 3;

/// Configuration of a backtest.
#[derive(Debug, Clone, PartialEq)]
pub struct BacktestSettings {
    /// Configuration of each forecast.
    pub forecaster: AutoForecaster,
    /// Windows of the rolling-origin evaluation: cutoffs of each series.
    pub n_windows: usize,
    /// Time steps between two cutoffs.
    pub step_size: usize,
    /// Whether model selection and training are repeated at each cutoff.
    pub refit: bool,
}

/// Forecasts of one baseline in a backtest.
#[derive(Debug, Clone)]
pub struct BaselineForecasts {
    /// Name of the baseline.
    pub name: &'static str,
    /// Forecasts by series, cutoff and step ahead.
    pub forecasts: Forecasts,
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
    /// Scores of elman, then of each of [`Baseline::COMPARED`].
    pub scores: Vec<ModelScores>,
    /// Evidence: the number of forecasts that the comparison rests on.
    pub evidence: Evidence,
    /// Forecasts of each of [`Baseline::COMPARED`], as those of elman.
    pub baselines: Vec<BaselineForecasts>,
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

impl Backtest {
    /// Runs the backtest on `panel`.
    ///
    /// # Errors
    /// No series is long enough; the errors of a forecast.
    pub fn run(
        panel: &[Series],
        settings: &BacktestSettings,
        run: &RunContext<'_>,
    ) -> Result<Self> {
        Self::on(panel, settings, Models::Trained, run)
    }

    /// Evaluates the forecasts of a model that was fitted before, without training, at `n_windows` cutoffs of each series,
    /// `step_size` time steps apart. The scores are those of new data only if the model was not trained on these values.
    ///
    /// # Errors
    /// As [`run`](Backtest::run); values that the transform of the networks does not allow.
    pub fn of_fitted(
        fitted: &FittedForecaster,
        panel: &[Series],
        n_windows: usize,
        step_size: usize,
    ) -> Result<Self> {
        let settings = settings_of(fitted, n_windows, step_size);
        Self::on(panel, &settings, Models::Fitted(fitted), &RunContext::default())
    }

    /// As [`of_fitted`](Backtest::of_fitted), with a model for each cutoff, oldest first: the backtest of models that were
    /// refitted.
    ///
    /// # Errors
    /// No model; as [`of_fitted`](Backtest::of_fitted).
    pub fn of_refitted(
        fitted: &[&FittedForecaster],
        panel: &[Series],
        step_size: usize,
    ) -> Result<Self> {
        let Some(first) = fitted.first() else {
            return Err(Error::Forecast {
                reason: "a backtest of refitted models has no model".to_owned(),
                help: "give a model for each cutoff".to_owned(),
            });
        };
        let settings = settings_of(first, fitted.len(), step_size);
        Self::on(panel, &settings, Models::Refitted(fitted), &RunContext::default())
    }

    fn on(
        panel: &[Series],
        settings: &BacktestSettings,
        models: Models<'_>,
        run: &RunContext<'_>,
    ) -> Result<Self> {
        let asked = &settings.forecaster;
        let has_crps = models.have_levels(&Crps::LEVELS);
        let forecaster = if has_crps { with_levels_of_crps(asked) } else { asked.clone() };
        let settings = &BacktestSettings { forecaster, ..settings.clone() };
        let ready = settings.prepared(panel, models.of(0))?;
        let cutoffs = settings.cutoffs(&ready.histories)?;
        let names: Vec<&str> = panel.iter().map(|series| &series.name[..]).collect();
        let (ready, cutoffs) = (&ready, &cutoffs);
        let rolling = Rolling { settings, models, panel, ready, cutoffs, names: &names, run };
        let Predicted { forecasts, mut intervals, mut selection } = rolling.forecasts()?;
        let full: Vec<HistoryView<'_>> = ready.histories.iter().map(History::full).collect();
        let evaluation = Evaluation {
            panel: &full,
            origins: cutoffs,
            horizon: settings.forecaster.horizon,
            season: selection.seasons.first().copied().unwrap_or(1),
            part: Part::All,
        };
        let name = selection.model.column(true);
        let (errors, baselines) =
            model_errors(name, &evaluation, &forecasts, settings.forecaster.threads)?;
        let crps = if has_crps { evaluation.crps(&intervals) } else { None };
        let from_first = from_first_value(panel, ready, cutoffs);
        let notes = rolling.notes(&from_first, &errors[0], &selection);
        let is_asked = |level: f64| asked.levels.contains(&level);
        let of_origins = intervals.iter_mut().flatten();
        of_origins.for_each(|intervals| intervals.retain(|interval| is_asked(interval.level)));
        selection.keep_levels(is_asked);
        let forecast = (0..panel.len()).filter(|s| !cutoffs[*s].is_empty());
        let by_series = forecast.map(|s| (names[s].to_owned(), mean_scores(&errors, Some(s))));
        Ok(Self {
            cutoffs: from_first,
            coverage: evaluation.coverage(&intervals, asked.levels.len()),
            msis: evaluation.msis(&intervals),
            crps,
            scores: mean_scores(&errors, None),
            baselines,
            by_series: by_series.collect(),
            // The model was selected before the first cutoff.
            evidence: evaluation.evidence(false),
            forecasts,
            intervals,
            selection,
            notes,
        })
    }

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

    /// Columns of [`rows`](Backtest::rows): the forecast with its intervals, then each baseline.
    pub fn columns(&self) -> Columns {
        let more = self.baselines.iter().map(|baseline| baseline.name.to_owned()).collect();
        let (name, levels) = (self.selection.model.column(true), self.selection.levels.clone());
        Columns { name: name.to_owned(), levels, more }
    }

    /// Rows of a table with Nixtla's columns; `panel` is the forecast panel.
    pub fn rows<'a>(&'a self, panel: &'a [Series]) -> impl Iterator<Item = Row<'a>> + Clone {
        panel.iter().enumerate().flat_map(move |(s, series)| {
            let zone = write::zone(&series.clock());
            let windows = self.cutoffs[s].iter().zip(&self.forecasts[s]).zip(&self.intervals[s]);
            windows.enumerate().flat_map(move |(w, ((cutoff, predicted), intervals))| {
                predicted.iter().enumerate().map(move |(k, &elman)| Row {
                    unique_id: &series.name,
                    ds: When::of(series, cutoff + k, zone),
                    tested: Some((When::of(series, cutoff - 1, zone), series.values[cutoff + k])),
                    elman,
                    bounds: bounds(&self.selection.levels, intervals, k),
                    more: self.baselines.iter().map(|of| of.forecasts[s][w][k]).collect(),
                })
            })
        })
    }
}

impl BacktestSettings {
    /// Values at the end of each series that the first forecast does not use.
    fn held_back(&self) -> usize {
        (self.n_windows.max(1) - 1)
            .saturating_mul(self.step_size.max(1))
            .saturating_add(self.forecaster.horizon)
    }

    /// Panel prepared for the model that was fitted before, or for a new one.
    fn prepared<'a>(
        &self,
        panel: &'a [Series],
        fitted: Option<&FittedForecaster>,
    ) -> Result<PreparedPanel<'a>> {
        let (forecaster, back) = (&self.forecaster, self.held_back());
        match fitted {
            Some(fitted) => fitted.prepared(panel, forecaster, back),
            None => PreparedPanel::of(panel, forecaster, back),
        }
    }

    /// Cutoffs of each series; none of a series that is too short.
    fn cutoffs(&self, histories: &[History<'_>]) -> Result<Vec<Vec<usize>>> {
        let (windows, step, back) =
            (self.n_windows.max(1), self.step_size.max(1), self.held_back());
        let of = |y: &History<'_>| match y.values.len().checked_sub(back) {
            Some(first) if first >= MIN_KNOWN => (0..windows).map(|w| first + w * step).collect(),
            _ => Vec::new(),
        };
        let cutoffs: Vec<Vec<usize>> = histories.iter().map(of).collect();
        if !cutoffs.iter().all(Vec::is_empty) {
            return Ok(cutoffs);
        }
        let longest = histories.iter().map(|y| y.values.len()).max().unwrap_or(0);
        Err(Error::Forecast {
            reason: format!(
                "{windows} windows with a horizon of {} need {} values, and the longest series has \
                 {longest}",
                self.forecaster.horizon,
                back.saturating_add(MIN_KNOWN)
            ),
            help: "fewer `--n-windows`, a shorter `--horizon`, or more values".to_owned(),
        })
    }
}

/// Forecasts at all cutoffs, and the report of model selection at the first one.
struct Predicted {
    forecasts: Forecasts,
    intervals: Intervals,
    selection: SelectionReport,
}

/// Models of a backtest.
#[derive(Clone, Copy)]
enum Models<'a> {
    /// Selected and trained by the backtest.
    Trained,
    /// One for all cutoffs, fitted before.
    Fitted(&'a FittedForecaster),
    /// One for each cutoff, fitted before.
    Refitted(&'a [&'a FittedForecaster]),
}

impl<'a> Models<'a> {
    /// Model of cutoff number `window`; `None` if the backtest trains it.
    fn of(self, window: usize) -> Option<&'a FittedForecaster> {
        match self {
            Self::Trained => None,
            Self::Fitted(fitted) => Some(fitted),
            Self::Refitted(fitted) => fitted.get(window).copied(),
        }
    }

    /// Whether all models give prediction intervals of these levels.
    fn have_levels(self, levels: &[f64]) -> bool {
        let has = |fitted: &FittedForecaster| levels.iter().all(|level| fitted.has_level(*level));
        match self {
            Self::Trained => true,
            Self::Fitted(fitted) => has(fitted),
            Self::Refitted(fitted) => fitted.iter().all(|fitted| has(fitted)),
        }
    }
}

/// Settings of a backtest of a fitted model.
fn settings_of(fitted: &FittedForecaster, n_windows: usize, step_size: usize) -> BacktestSettings {
    let forecaster = fitted.settings.clone();
    BacktestSettings { forecaster, n_windows, step_size, refit: false }
}

/// Inputs of the forecasts at all cutoffs.
struct Rolling<'a> {
    settings: &'a BacktestSettings,
    models: Models<'a>,
    panel: &'a [Series],
    ready: &'a PreparedPanel<'a>,
    cutoffs: &'a [Vec<usize>],
    names: &'a [&'a str],
    run: &'a RunContext<'a>,
}

impl Rolling<'_> {
    /// Forecasts at all cutoffs: with one model, or with a model for each cutoff.
    fn forecasts(&self) -> Result<Predicted> {
        if !self.settings.refit && !matches!(self.models, Models::Refitted(_)) {
            return self.fit_predict(0, self.cutoffs, self.ready);
        }
        let mut all = self.refit_predict(0)?;
        for window in 1..self.settings.n_windows.max(1) {
            let Predicted { forecasts, intervals, .. } = self.refit_predict(window)?;
            all.forecasts.iter_mut().zip(forecasts).for_each(|(all, next)| all.extend(next));
            all.intervals.iter_mut().zip(intervals).for_each(|(all, next)| all.extend(next));
        }
        Ok(all)
    }

    /// Notes for the reader. The cutoffs `from_first` are counted from the first value of each series.
    fn notes(
        &self,
        from_first: &[Vec<usize>],
        ours: &ModelErrors,
        selection: &SelectionReport,
    ) -> Vec<String> {
        let (panel, mut notes) = (self.panel, self.ready.notes.clone());
        notes.extend(ended_early(panel, self.settings.forecaster.horizon));
        notes.extend(ours.undefined(self.names));
        notes.extend(left_out(selection));
        if let Some(fitted) = self.models.of(0) {
            let first = panel.iter().zip(from_first);
            let first =
                first.filter_map(|(series, cutoffs)| Some(series.position(*cutoffs.first()?)));
            notes.extend(fitted.trained_on.seen(first.fold(f64::INFINITY, f64::min)));
            notes.extend(fitted.notes_on(panel));
        }
        notes
    }

    /// Forecasts at cutoff number `window` with a model of its own.
    fn refit_predict(&self, window: usize) -> Result<Predicted> {
        let one = |cutoffs: &Vec<usize>| cutoffs.get(window).copied().into_iter().collect();
        let origins: Vec<Vec<usize>> = self.cutoffs.iter().map(one).collect();
        match self.models.of(window) {
            // Each model has its own encoding of the covariates.
            Some(fitted) => {
                let ready = self.settings.prepared(self.panel, Some(fitted))?;
                self.fit_predict(window, &origins, &ready)
            }
            None => self.fit_predict(window, &origins, self.ready),
        }
    }

    /// Forecasts at `origins` with a model that was selected and trained before cutoff number `window`.
    fn fit_predict(
        &self,
        window: usize,
        origins: &[Vec<usize>],
        ready: &PreparedPanel<'_>,
    ) -> Result<Predicted> {
        let back = self.settings.held_back();
        let known = self.cutoffs.iter().zip(&ready.histories).map(|(cutoffs, y)| {
            let end = cutoffs.get(window).copied();
            y.up_to(end.unwrap_or_else(|| y.values.len().saturating_sub(back).max(1)))
        });
        let known: Vec<HistoryView<'_>> = known.collect();
        let names = self.names.iter().map(|name| (*name).to_owned()).collect();
        let settings = &self.settings.forecaster;
        let predicted = |fitted: &FittedForecaster| {
            let (forecasts, intervals) = fitted.predicted(settings, self.names, &known, origins)?;
            Ok(Predicted { forecasts, intervals, selection: fitted.selection.clone() })
        };
        match self.models.of(window) {
            Some(fitted) => {
                let mut all = predicted(fitted)?;
                // The coverage of the training is that of other levels.
                all.selection.levels.clone_from(&settings.levels);
                all.selection.coverage.clear();
                Ok(all)
            }
            None => {
                predicted(&FittedForecaster::of_known(&known, names, ready, settings, self.run)?)
            }
        }
    }
}

/// Errors of the `forecasts` of the model called `name`, then of each other baseline; and the forecasts of the baselines.
fn model_errors(
    name: &'static str,
    evaluation: &Evaluation<'_>,
    forecasts: &Forecasts,
    threads: usize,
) -> Result<(Vec<ModelErrors>, Vec<BaselineForecasts>)> {
    let ours = ModelErrors { name, errors: evaluation.errors(forecasts)? };
    let others = Baseline::COMPARED.iter().filter(|baseline| baseline.name != name);
    let of_baselines = each(&others.collect::<Vec<_>>(), threads, |baseline| {
        let forecasts = baseline.forecasts(evaluation)?;
        let errors = ModelErrors { name: baseline.name, errors: evaluation.errors(&forecasts)? };
        Ok((errors, BaselineForecasts { name: baseline.name, forecasts }))
    })?;
    let (errors, baselines): (Vec<_>, Vec<_>) = of_baselines.into_iter().unzip();
    Ok(([ours].into_iter().chain(errors).collect(), baselines))
}

/// Cutoffs counted from the first value of each series, and not from the first of its recent values.
fn from_first_value(
    panel: &[Series],
    ready: &PreparedPanel<'_>,
    cutoffs: &[Vec<usize>],
) -> Vec<Vec<usize>> {
    let from_first =
        panel.iter().zip(&ready.histories).zip(cutoffs).map(|((series, y), cutoffs)| {
            let unseen = series.len() - y.values.len();
            cutoffs.iter().map(|cutoff| cutoff + unseen).collect()
        });
    from_first.collect()
}

/// The same configuration with the levels that [`Crps`] needs added.
fn with_levels_of_crps(settings: &AutoForecaster) -> AutoForecaster {
    let mut levels = [&settings.levels[..], &Crps::LEVELS].concat();
    levels.sort_by(f64::total_cmp);
    levels.dedup();
    AutoForecaster { levels, ..settings.clone() }
}
