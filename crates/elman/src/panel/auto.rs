//! Configuration, training and forecast of a panel.

use elman_nn::Isa;
use serde::{Deserialize, Serialize};

use super::fitted::FittedAuto;
use super::interval::PredictionInterval;
use super::levels;
use super::likelihood::{Likelihood, OutputSpec, no_count};
use super::rnn::StackConfig;
use super::selection::SelectionReport;
use crate::calendar::Until;
use crate::error::{Error, Result};
use crate::ranges::{self, Checked};
use crate::report::{self, Axis, Color, Mark, Picture, Shape};
use crate::scalers;
use crate::season::{self, Decomposition};
use crate::series::Series;
use crate::write::{self, When};

/// Scope of the networks: which series share them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// All series share the networks, so that each learns from the others.
    #[default]
    Global,
    /// Each series has its own networks, selected and trained for this series alone.
    Local,
}

/// Configuration of a panel forecast: everything besides the values that changes the result.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AutoConfig {
    /// Horizon, in time steps.
    pub horizon: usize,
    /// Seasonal periods in time steps, shortest first; `None` to detect them.
    pub seasons: Option<Vec<usize>>,
    /// Seasonal decomposition, used to deseasonalize.
    #[serde(default)]
    pub decomposition: Decomposition,
    /// Levels of the prediction intervals, in per cent: 80 for 80 %.
    pub levels: Vec<f64>,
    /// Scope of the networks: which series share them.
    #[serde(default)]
    pub scope: Scope,
    /// Cell of the networks, by name.
    #[serde(default = "lstm")]
    pub cell: String,
    /// Hidden size H of a layer.
    #[serde(default = "units")]
    pub hidden_size: usize,
    /// Stack of the recurrent layers.
    #[serde(flatten)]
    pub stack: StackConfig,
    /// Peak learning rate, after the warm-up.
    #[serde(default = "rate")]
    pub learning_rate: f64,
    /// Optimizer steps of a network; `None` to derive them from the number of values.
    pub max_steps: Option<u64>,
    /// Patience of early stopping: training ends after so many evaluations without improvement, of 20 on the validation
    /// window; `None` for no early stopping.
    #[serde(default)]
    pub patience: Option<u64>,
    /// Window of truncated backpropagation, in time steps; `None` to derive it from the seasonal periods.
    pub seq_length: Option<usize>,
    /// Whether the hidden state is carried from window to window; otherwise each window starts with an empty state.
    pub carry: bool,
    /// Whether calendar features of the dates are covariates.
    #[serde(default)]
    pub calendar: bool,
    /// Output distribution of the networks.
    #[serde(default)]
    pub likelihood: Likelihood,
    /// Loss of the likelihood `point`, by name.
    #[serde(default = "mae")]
    pub loss: String,
    /// Scaler of the values, by name; `None` to compare a log transform, where one exists, with division by the mean.
    #[serde(default)]
    pub scaler: Option<String>,
    /// Whether forecasts and bounds below 0 are set to 0.
    #[serde(default)]
    pub non_negative: bool,
    /// Whether isolated outliers near the end are kept; otherwise they are masked.
    #[serde(default)]
    pub keep_outliers: bool,
    /// Seed of all random numbers.
    pub seed: u64,
    /// Networks trained at the same time. The number changes no result and is not stored in a model file.
    #[serde(skip, default = "one")]
    pub threads: usize,
    /// Instruction set of the networks; `None` for the default of this machine. Two instruction sets differ in the last
    /// bits. It is not stored in a model file.
    #[serde(skip)]
    pub isa: Option<Isa>,
}

impl AutoConfig {
    /// The defaults for this horizon: automatic selection, intervals of 80 and 95 %, one thread.
    pub fn new(horizon: usize) -> Self {
        Self {
            horizon,
            seasons: None,
            decomposition: Decomposition::Classical,
            levels: vec![80.0, 95.0],
            scope: Scope::Global,
            cell: lstm(),
            hidden_size: units(),
            stack: StackConfig::default(),
            learning_rate: rate(),
            max_steps: None,
            patience: None,
            seq_length: None,
            carry: true,
            calendar: false,
            likelihood: Likelihood::Point,
            loss: mae(),
            scaler: None,
            non_negative: false,
            keep_outliers: false,
            seed: 1,
            threads: 1,
            isa: None,
        }
    }
}

impl AutoConfig {
    /// Checks that all numbers are in their range.
    pub(super) fn check(&self) -> Checked {
        ranges::steps("horizon", self.horizon)?;
        let seasons = self.seasons.iter().flatten();
        seasons.copied().try_for_each(|season| ranges::steps("seasons", season))?;
        ranges::levels(&self.levels)?;
        self.seq_length.map_or(Ok(()), |steps| ranges::steps("seq_length", steps))?;
        ranges::positive("learning_rate", &[self.learning_rate])
    }

    /// Checks the choices against `panel`. Refuses levels that are not from 1 to below 100 per cent, a likelihood that
    /// does not fit the values, a loss that is not for points, and a scaler that is unknown or has no use.
    pub(super) fn check_choices(&self, panel: &[Series]) -> Result<()> {
        let refuse =
            |reason: String, help: &str| Err(Error::Forecast { reason, help: help.to_owned() });
        levels::check(&self.levels)?;
        self.check()?;
        let predicted = OutputSpec::by(self.likelihood, &self.loss, &self.levels);
        predicted.loss()?;
        if self.likelihood == Likelihood::Point && predicted.is_distribution() {
            let reason = format!("the loss `{}` is the loss of a distribution", self.loss);
            return refuse(reason, "choose the distribution with `--likelihood`");
        }
        if let Some(scaler) = &self.scaler {
            scalers::named(scaler)?;
            if predicted.is_of_counts() {
                let reason = format!("counts are not scaled, and `--scaler {scaler}` was given");
                return refuse(reason, "leave out `--scaler`");
            }
        }
        match no_count(panel).filter(|_| predicted.is_of_counts()) {
            None => Ok(()),
            Some((series, y)) => Err(Error::Data {
                reason: format!(
                    "a negative binomial distribution needs counts 0, 1, 2, …, and series `{}` has \
                     the value {y}",
                    series.name
                ),
                help: "use `--likelihood student-t` or `--likelihood quantiles`".to_owned(),
            }),
        }
    }
}

fn lstm() -> String {
    "lstm".to_owned()
}

fn units() -> usize {
    40
}

fn one() -> usize {
    1
}

fn rate() -> f64 {
    3e-3
}

fn mae() -> String {
    "mae".to_owned()
}

/// Progress of the training.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Progress {
    /// Model selection: optimizer steps done, of so many.
    Selecting(u64, u64),
    /// Training of the selected candidates on all data: optimizer steps done, of so many.
    Training(u64, u64),
    /// Local models: series done, of so many.
    Series(u64, u64),
}

/// Forecast of a panel, with prediction intervals and the report of model selection.
#[derive(Debug, Clone)]
pub struct Forecast {
    /// For each series, the forecast of the values after its last one.
    pub values: Vec<Vec<f64>>,
    /// Levels of the intervals, in per cent.
    pub levels: Vec<f64>,
    /// For each series, its prediction intervals, one for each level; empty where too few errors are known.
    pub intervals: Vec<Vec<PredictionInterval>>,
    /// Report of model selection, with the validation errors.
    pub selection: SelectionReport,
    /// Notes for the reader, in sentences: data that were left out, results that are missing, and the reasons.
    pub notes: Vec<String>,
}

impl Forecast {
    /// Selects and trains networks, and forecasts every series of `panel`.
    ///
    /// # Errors
    /// No series; a series without a value; a horizon of 0; the errors of training.
    pub fn fit_predict(
        panel: &[Series],
        settings: &AutoConfig,
        observe: &(dyn Fn(Progress) + Sync),
    ) -> Result<Self> {
        FittedAuto::fit(panel, settings, observe)?.forecast(panel, settings.horizon)
    }

    /// Truncates the forecasts after a date. Series that end later need fewer steps to reach it. Returns the number of
    /// series that end after the date and have no forecast at all.
    ///
    /// # Errors
    /// As [`Until::steps`].
    pub fn cut(&mut self, panel: &[Series], until: &Until) -> Result<usize> {
        let mut ended = 0;
        for (series, (values, intervals)) in
            panel.iter().zip(self.values.iter_mut().zip(&mut self.intervals))
        {
            let steps = until.steps(&series.clock())?;
            ended += usize::from(steps == 0);
            values.truncate(steps);
            for interval in intervals {
                interval.lower.truncate(steps);
                interval.upper.truncate(steps);
            }
        }
        Ok(ended)
    }

    /// Rows of a table with Nixtla's columns; `panel` is the forecast panel.
    pub fn rows<'a>(&'a self, panel: &'a [Series]) -> impl Iterator<Item = write::Row<'a>> + Clone {
        panel.iter().zip(&self.values).zip(&self.intervals).flat_map(
            move |((series, values), intervals)| {
                let clock = series.clock();
                let real = clock.clone();
                let real = values.iter().enumerate().filter(move |(k, _)| real.exists(k + 1));
                real.map(move |(k, &elman)| write::Row {
                    unique_id: &series.name,
                    ds: When::after(&clock, k + 1),
                    elman,
                    tested: None,
                    bounds: bounds(&self.levels, intervals, k),
                })
            },
        )
    }

    /// Chart of the last values of `series`, which is series number `number`, followed by its forecast.
    pub fn picture(&self, series: &Series, number: usize) -> Picture {
        let (values, n) = (&self.values[number], series.len());
        // Three times as much history as forecast, so that both can be read.
        let shown = n.saturating_sub((3 * values.len()).max(60))..n;
        // A missing value breaks the line.
        let history: Vec<_> = shown.map(|i| (series.position(i), series.values[i])).collect();
        let clock = series.clock();
        let at = |k: usize| clock.position(k + 1);
        let last = history.iter().rfind(|(_, y)| !y.is_nan()).copied();
        let future = values.iter().enumerate().map(|(k, y)| (at(k), *y));
        let intervals = self.intervals[number].iter().rev().map(|interval| {
            let bounds = interval.lower.iter().zip(&interval.upper).enumerate();
            let points = last.map(|(x, y)| (x, y, y)).into_iter();
            let points = points.chain(bounds.map(|(k, (low, high))| (at(k), *low, *high)));
            report::Band::new(format!("{} %", interval.level), Color::Blue, points.collect())
        });
        Picture {
            x_axis: Axis::of(&clock),
            vertical_rules: last.map(|(x, _)| (x, "forecast".to_owned())).into_iter().collect(),
            bands: intervals.collect(),
            ..Picture::new(format!("{}: {} steps ahead", series.name, values.len()))
        }
        .with(Mark::new("actual", Color::Red, Shape::Line, history.clone()))
        .with(Mark::new(
            "forecast",
            Color::Blue,
            Shape::Line,
            last.into_iter().chain(future).collect(),
        ))
    }
}

/// Bounds of each level at step `k`; NaN where there are no intervals.
pub(super) fn bounds(
    levels: &[f64],
    intervals: &[PredictionInterval],
    k: usize,
) -> Vec<(f64, f64)> {
    match intervals {
        [] => vec![(f64::NAN, f64::NAN); levels.len()],
        _ => intervals.iter().map(|interval| (interval.lower[k], interval.upper[k])).collect(),
    }
}

/// Seasonal periods that the calendar suggests; `None` without dates.
pub(super) fn candidate_periods(panel: &[Series]) -> Option<Vec<usize>> {
    panel[0].frequency().map(season::natural)
}

/// Validates the panel.
///
/// # Errors
/// No series; a horizon of 0; a series without a value; a value that is not finite, or too large to square.
pub(super) fn check(panel: &[Series], horizon: usize) -> Result<()> {
    let refuse = |reason: String| Err(Error::Data { reason, help: String::new() });
    if panel.is_empty() {
        return refuse("there is no series to forecast".to_owned());
    }
    ranges::steps("horizon", horizon)?;
    if let Some(empty) = panel.iter().find(|s| s.values.iter().all(|y| y.is_nan())) {
        return refuse(format!("series `{}` has no value", empty.name));
    }
    if let Some(series) = panel.iter().find(|s| s.values.iter().any(|y| y.is_infinite())) {
        return refuse(format!("series `{}` has a value that is not finite", series.name));
    }
    panel.iter().try_for_each(Series::check_size)
}
