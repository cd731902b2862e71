//! Fitted panel forecaster: selected and trained networks, and all that a forecast needs besides the values.

use std::collections::HashMap;
use std::fmt;
use std::ops::{ControlFlow, Range};
use std::sync::atomic::{AtomicU64, Ordering};

use super::comparison::SeriesScores;
use super::config::{AutoForecaster, Point, Scope};
use super::ensemble::Ensemble;
use super::forecast::Forecast;
use super::memory::Memory;
use super::notes::{ended_early, floored, left_out, without_intervals, without_scale};
use super::prepared::{PreparedPanel, check};
use super::recent_values::{RecentValues, recent_values};
use super::run::{Cancellable, Progress, RunContext};
use super::selection::SelectionReport;
use super::setup::SelectionSetup;
use super::trained_on::TrainedOn;
use super::training_record::TrainingRecord;
use crate::data::calendar::Frequency;
use crate::data::parallel::each;
use crate::data::{Forecasts, HistoryView, Intervals, PredictionInterval, Series};
use crate::error::{Error, Result};
use crate::features::CovariateSchema;
use crate::intervals::levels;
use crate::models::rnn::RnnModel;

/// Most series on which a model without training is validated.
const MAX_VALIDATED: usize = 10_000;

/// Note on a model that was saved with another pretrained network.
const OTHER_PRETRAINED: &str = "the model was saved by a version of elman with another pretrained network: its forecasts now \
    differ, and its validation errors are those of the other version";

/// Fitted panel forecaster, with the report of model selection. It forecasts the panel of the training, the same series
/// with more values, and, with [`Scope::Global`], other series like them.
pub struct FittedForecaster {
    /// One ensemble for all series, or one for each.
    pub(crate) ensembles: Vec<Ensemble>,
    /// Names of the series, if each has its own networks.
    pub(crate) names: Vec<String>,
    /// Report of model selection; with [`Scope::Local`], the summary over all series.
    pub selection: SelectionReport,
    /// Configuration of the training.
    pub settings: AutoForecaster,
    pub(crate) encoding: CovariateSchema,
    /// Record of the training, of a forecaster of one network.
    pub(crate) training: Option<TrainingRecord>,
    pub(super) memory: Option<Memory>,
    pub(crate) trained_on: TrainedOn,
    /// Whether the model file was written with another pretrained network than that of this version.
    pub(super) has_other_pretrained: bool,
    /// Notes of the training for the reader, in sentences: values that the memory leaves out. A model file does not keep
    /// them.
    pub notes: Vec<String>,
}

impl fmt::Debug for FittedForecaster {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FittedForecaster")
            .field("settings", &self.settings)
            .field("selection", &self.selection)
            .finish_non_exhaustive()
    }
}

impl AutoForecaster {
    /// Selects networks for `panel`, and trains them.
    ///
    /// # Errors
    /// No series; a series without a value; a horizon of 0; the errors of training.
    pub fn fit(&self, panel: &[Series]) -> Result<FittedForecaster> {
        self.fit_with(panel, &RunContext::default())
    }

    /// As [`fit`](AutoForecaster::fit), with an observer that can cancel.
    ///
    /// # Errors
    /// As [`fit`](AutoForecaster::fit); [`Error::Cancelled`].
    pub fn fit_with(&self, panel: &[Series], run: &RunContext<'_>) -> Result<FittedForecaster> {
        let ready = PreparedPanel::of(panel, self, 0)?;
        let names = panel.iter().map(|series| series.name.clone()).collect();
        let known: Vec<HistoryView<'_>> =
            ready.histories.iter().map(|history| history.full()).collect();
        let mut fitted = FittedForecaster::of_known(&known, names, &ready, self, run)?;
        fitted.trained_on = TrainedOn::of(panel, panel.iter().map(Series::len));
        Ok(fitted)
    }

    /// Whether a fit on `panel` trains networks. If not, the forecast is that of the pretrained network and the statistical
    /// models, and takes little time.
    ///
    /// # Errors
    /// As [`fit`](AutoForecaster::fit), before the training.
    pub fn trains(&self, panel: &[Series]) -> Result<bool> {
        let ready = PreparedPanel::of(panel, self, 0)?;
        Ok(SelectionSetup::new(&ready.known(), &ready, self).trains())
    }

    /// Fits, and forecasts every series of `panel`.
    ///
    /// # Errors
    /// As [`fit`](AutoForecaster::fit).
    pub fn fit_predict(&self, panel: &[Series]) -> Result<Forecast> {
        self.fit(panel)?.predict(panel)
    }
}

impl FittedForecaster {
    /// As [`AutoForecaster::fit_with`], on the `known` history of each series of the prepared panel `ready`.
    pub(crate) fn of_known(
        known: &[HistoryView<'_>],
        names: Vec<String>,
        ready: &PreparedPanel<'_>,
        settings: &AutoForecaster,
        run: &RunContext<'_>,
    ) -> Result<Self> {
        let (ensembles, names) = match settings.scope {
            Scope::Global => {
                let every = match settings.model.trains() {
                    true => 1,
                    // Nothing is trained: some series are enough to measure the errors.
                    false => ready.sample.len().div_ceil(MAX_VALIDATED),
                };
                let sample = ready.sample.iter().step_by(every).map(|s| known[*s]);
                let sample: Vec<HistoryView<'_>> = sample.collect();
                (vec![SelectionSetup::new(&sample, ready, settings).run(run)?], Vec::new())
            }
            Scope::Local => (alone(known, ready, settings, run)?, names),
        };
        Ok(Self::with(ensembles, names, settings.clone(), ready.covariates.0.clone()))
    }

    pub(crate) fn with(
        ensembles: Vec<Ensemble>,
        names: Vec<String>,
        settings: AutoForecaster,
        encoding: CovariateSchema,
    ) -> Self {
        let selection = match &ensembles[..] {
            [one] => one.selection.clone(),
            all => SelectionReport::of_all(&all.iter().map(|e| &e.selection).collect::<Vec<_>>()),
        };
        let (training, memory, trained_on) = (None, None, TrainedOn::default());
        let notes = Vec::new();
        Self {
            ensembles,
            names,
            selection,
            settings,
            encoding,
            training,
            memory,
            trained_on,
            has_other_pretrained: false,
            notes,
        }
    }

    /// Frequency of the training data; `None` without dates.
    pub fn frequency(&self) -> Option<Frequency> {
        self.trained_on.frequency()
    }

    /// Record of the training; `None` of a forecaster with model selection.
    pub fn training(&self) -> Option<&TrainingRecord> {
        self.training.as_ref()
    }

    /// Validation errors of each series of the training that was validated, beside those of the baselines. A model that was read
    /// from a file has none.
    pub fn validation_scores(&self) -> impl Iterator<Item = &SeriesScores> {
        self.ensembles.iter().flat_map(|ensemble| &ensemble.by_series)
    }

    /// With prediction intervals at these `levels`, in per cent.
    ///
    /// # Errors
    /// Levels that are not from 1 to below 100; levels above those of the training, for a network that outputs quantiles.
    pub fn with_levels(mut self, levels: Vec<f64>) -> Result<Self> {
        levels::check(&levels)?;
        if let Some(level) = levels.iter().find(|level| !self.has_level(**level)) {
            return Err(Error::Forecast {
                reason: format!(
                    "the level {level} % is above the highest level of the training, and the network predicts only quantiles of that level and below"
                ),
                help: "choose lower levels, or train a model with this `--level`".to_owned(),
            });
        }
        self.settings.levels = levels;
        Ok(self)
    }

    /// With this point forecast.
    ///
    /// # Errors
    /// The mean, of networks with an output distribution.
    pub fn with_point(mut self, point: Point) -> Result<Self> {
        self.settings.point = point;
        self.settings.check_point()?;
        Ok(self)
    }

    /// Whether the bounds at this level lie within the quantiles that the networks output, if they output quantiles.
    pub(crate) fn has_level(&self, level: f64) -> bool {
        let highest = 0.5 + level / 200.0;
        // A quantile is the sum of decimals.
        let has = |net: &RnnModel| {
            net.settings.output.quantiles.last().is_none_or(|last| highest <= last + 1e-9)
        };
        self.nets().filter(|net| !net.settings.is_untrained()).all(has)
    }

    /// Networks whose mean is the forecast: those of all series, or those of each series in order.
    pub fn nets(&self) -> impl Iterator<Item = &RnnModel> {
        self.ensembles.iter().flat_map(|ensemble| &ensemble.nets)
    }

    /// Forecasts every series of `panel` up to the trained horizon. The networks run over each series from its first value
    /// to its last.
    ///
    /// # Errors
    /// As [`predict_ahead`](FittedForecaster::predict_ahead).
    pub fn predict(&self, panel: &[Series]) -> Result<Forecast> {
        self.predict_ahead(panel, self.settings.horizon)
    }

    /// Forecasts `horizon` values after every series of `panel`. The networks run over each series from its first value
    /// to its last. Beyond the trained horizon, the forecast is recursive, and the intervals widen with the square root
    /// of the steps ahead: there are no validation errors for these steps.
    ///
    /// # Errors
    /// No series; a series without a value; a horizon of 0; values that the transform of the networks does not allow; a
    /// series without a network; a forecast that is not finite; the errors of a forward pass.
    pub fn predict_ahead(&self, panel: &[Series], horizon: usize) -> Result<Forecast> {
        self.predict_ahead_in(panel, horizon, &RunContext::default())
    }

    /// As [`predict_ahead`](FittedForecaster::predict_ahead), in a run that can be cancelled.
    ///
    /// # Errors
    /// As [`predict_ahead`](FittedForecaster::predict_ahead); a run that was cancelled.
    pub fn predict_ahead_in(
        &self,
        panel: &[Series],
        horizon: usize,
        run: &RunContext<'_>,
    ) -> Result<Forecast> {
        check(panel, horizon)?;
        self.settings.check_choices(panel)?;
        self.check_covariates(panel)?;
        let RecentValues { histories: recent_values, mut notes } =
            recent_values(panel, &self.encoding, &self.settings, horizon, 0)?;
        let ensembles = self.ensembles_of(panel)?;
        let settings = &self.settings;
        let predicted =
            each_part(settings, &ensembles, panel.len(), |ensemble, series, settings| {
                let named = recent_values[series.clone()]
                    .iter()
                    .map(|history| (history.name, &history.values[..]));
                let help = "forecast without the model: `elman forecast DATA` trains new networks";
                ensemble.check_scale(named, help)?;
                ensemble.forecast(settings, &recent_values[series], horizon, run)
            })?;
        let (values, intervals): (Vec<_>, Vec<_>) = predicted.into_iter().unzip();
        let (values, intervals) = (values.concat(), intervals.concat());
        for ((series, values), intervals) in panel.iter().zip(&values).zip(&intervals) {
            check_finite(&series.name, values, intervals)?;
        }
        let levels = self.settings.levels.clone();
        let more = [
            ended_early(panel, horizon),
            without_scale(&self.selection),
            floored(panel, &values),
            without_intervals(panel, &intervals).filter(|_| !levels.is_empty()),
        ];
        notes.extend(more.into_iter().flatten());
        notes.extend(self.notes_on(panel));
        notes.extend(left_out(&self.selection));
        Ok(Forecast { levels, intervals, values, selection: self.selection.clone(), notes })
    }

    /// Notes on a forecast of `panel`: how its data and this version differ from those of the training.
    pub(crate) fn notes_on(&self, panel: &[Series]) -> Vec<String> {
        let mut notes = self.trained_on.notes(panel);
        if self.has_other_pretrained {
            notes.push(OTHER_PRETRAINED.to_owned());
        }
        notes
    }

    /// Values of `panel` in the encoding of the training. The last `held_back` values are never outliers.
    pub(crate) fn prepared<'a>(
        &self,
        panel: &'a [Series],
        settings: &AutoForecaster,
        held_back: usize,
    ) -> Result<PreparedPanel<'a>> {
        check(panel, settings.horizon)?;
        settings.check_choices(panel)?;
        self.check_covariates(panel)?;
        self.ensembles_of(panel)?;
        PreparedPanel::encoded(panel, self.encoding.clone(), settings, held_back)
    }

    /// Mean forecast of the networks for each series of `panel`, called `names`, at each of its `origins`, with prediction
    /// intervals by the levels of `settings`.
    pub(crate) fn predicted(
        &self,
        settings: &AutoForecaster,
        names: &[&str],
        panel: &[HistoryView<'_>],
        origins: &[Vec<usize>],
    ) -> Result<(Forecasts, Intervals)> {
        let ensembles = self.ensembles_named(names.iter().copied())?;
        let predicted = each_part(
            settings,
            &ensembles,
            panel.len(),
            |ensemble, series, settings| {
                let walked = |s: usize| {
                    let end = origins[s].iter().copied().max().unwrap_or(0);
                    (names[s], &panel[s].history.values[..end])
                };
                let help = "evaluate the data without the model, with networks for each cutoff: `elman backtest DATA --refit`";
                ensemble.check_scale(series.clone().map(walked), help)?;
                ensemble.predicted(settings, &panel[series.clone()], &origins[series])
            },
        )?;
        let (predicted, intervals): (Vec<Forecasts>, Vec<Intervals>) =
            predicted.into_iter().unzip();
        Ok((predicted.concat(), intervals.concat()))
    }

    /// Predictions one step ahead of the values of `series` in `range`, each from the values before it. The units come
    /// from the values before the range.
    ///
    /// # Errors
    /// As [`predict_ahead`](FittedForecaster::predict_ahead); a range that does not lie after the first value.
    pub fn predict_each(&self, series: &Series, range: Range<usize>) -> Result<Vec<f64>> {
        let settings = AutoForecaster { levels: Vec::new(), ..self.settings.clone() };
        let panel = std::slice::from_ref(series);
        let ready = self.prepared(panel, &settings, series.len().saturating_sub(range.start))?;
        let history = &ready.histories[0];
        let before = series.len() - history.values.len();
        let Some(first) = range.start.checked_sub(before).filter(|first| *first > 0) else {
            return Err(Error::Forecast {
                reason: "there is no value before the first one to predict".to_owned(),
                help: "begin later".to_owned(),
            });
        };
        let origins = vec![(first..first + range.len()).collect()];
        let names = [&series.name[..]];
        let (predicted, _) =
            self.predicted(&settings, &names, &[history.up_to(first)], &origins)?;
        Ok(predicted.into_iter().flatten().map(|ahead| ahead[0]).collect())
    }

    /// Refuses dates with other calendar features than those of the training.
    fn check_covariates(&self, panel: &[Series]) -> Result<()> {
        let covariate_dims = self.encoding.covariate_dims(panel);
        let unlike = self.nets().any(|net| {
            net.settings.preprocessing.use_covariates
                && net.settings.covariate_dims != covariate_dims
        });
        if !unlike {
            return Ok(());
        }
        Err(Error::Data {
            reason:
                "the calendar features of the model are for another frequency than these dates"
                    .to_owned(),
            help: "give data with the frequency of the training, or forecast without the model: `elman forecast DATA`"
                .to_owned(),
        })
    }

    /// Ensemble that all series share, or the ensembles of the series of `panel`, found by name.
    pub(crate) fn ensembles_of(&self, panel: &[Series]) -> Result<Vec<&Ensemble>> {
        self.ensembles_named(panel.iter().map(|series| &series.name[..]))
    }

    pub(super) fn ensembles_named<'n>(
        &self,
        names: impl Iterator<Item = &'n str>,
    ) -> Result<Vec<&Ensemble>> {
        if self.names.is_empty() {
            return Ok(self.ensembles.iter().collect());
        }
        let by_name: HashMap<&str, &Ensemble> =
            self.names.iter().map(String::as_str).zip(&self.ensembles).collect();
        let of = |name: &str| {
            by_name.get(name).copied().ok_or_else(|| {
                let some: Vec<String> =
                    self.names.iter().take(5).map(|name| format!("`{name}`")).collect();
                let more = if self.names.len() > some.len() { ", …" } else { "" };
                Error::Data {
                    reason: format!(
                        "series `{name}` has no network in the model: `--scope local` trained networks for {}{more} only",
                        some.join(", ")
                    ),
                    help:
                        "train with `--scope global`, or forecast without the model: `elman forecast DATA`"
                            .to_owned(),
                }
            })
        };
        names.map(of).collect()
    }
}

/// Runs `job` for each of `ensembles` and its part of the series: all of them, or one each. If there are more threads than
/// parts, the rest of them work inside the parts.
fn each_part<R: Send>(
    settings: &AutoForecaster,
    ensembles: &[&Ensemble],
    series: usize,
    job: impl Fn(&Ensemble, Range<usize>, &AutoForecaster) -> Result<R> + Sync,
) -> Result<Vec<R>> {
    let (at_once, within) = dealt_out(settings, ensembles.len());
    let size = series / ensembles.len();
    let parts: Vec<(usize, &Ensemble)> = ensembles.iter().copied().enumerate().collect();
    each(&parts, at_once, |(part, ensemble)| job(ensemble, part * size..(part + 1) * size, &within))
}

/// Refuses a forecast that is not finite: with very large weights or values, numbers overflow.
pub(super) fn check_finite(
    series: &str,
    values: &[f64],
    intervals: &[PredictionInterval],
) -> Result<()> {
    let finite = |values: &[f64]| values.iter().all(|y| y.is_finite());
    let bounds_finite =
        |interval: &PredictionInterval| finite(&interval.lower) && finite(&interval.upper);
    if finite(values) && intervals.iter().all(bounds_finite) {
        return Ok(());
    }
    Err(Error::Data {
        reason: format!("the forecast of series `{series}` is not finite"),
        help: "scale the values, such as millions in place of units, or train a new model on these data".to_owned(),
    })
}

/// Local models: selects and trains networks for each series alone, as many series at a time as there are threads.
fn alone(
    known: &[HistoryView<'_>],
    ready: &PreparedPanel<'_>,
    settings: &AutoForecaster,
    run: &RunContext<'_>,
) -> Result<Vec<Ensemble>> {
    let (at_once, within) = dealt_out(settings, known.len());
    let (done, of) = (AtomicU64::new(0), known.len() as u64);
    let run = Cancellable::new(run);
    let report = |done| run.report(Progress::Series(done, of));
    // Each step of a training reports, so that it can be cancelled.
    let step = |_| report(done.load(Ordering::Relaxed));
    each(known, at_once, |series| {
        let setup = SelectionSetup::new(std::slice::from_ref(series), ready, &within);
        let ensemble = setup.run(&RunContext::new(&step))?;
        match report(1 + done.fetch_add(1, Ordering::Relaxed)) {
            ControlFlow::Continue(()) => Ok(ensemble),
            ControlFlow::Break(()) => Err(Error::Cancelled),
        }
    })
}

/// Number of parts that run at once, and the configuration inside each.
fn dealt_out(settings: &AutoForecaster, parts: usize) -> (usize, AutoForecaster) {
    let threads = (settings.threads / parts).max(1);
    (settings.threads, AutoForecaster { threads, ..settings.clone() })
}
