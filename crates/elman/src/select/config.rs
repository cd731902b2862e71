//! Configuration of an automatic forecast of a panel.

use elman_nn::Isa;
use elman_nn::registry::Entry;
use serde::{Deserialize, Serialize};

use super::model::Model;
use crate::data::Series;
use crate::data::ranges::{self, Checked};
use crate::error::{Error, Result};
use crate::intervals::levels;
use crate::models::rnn::{Likelihood, OutputSpec, StackConfig, no_count};
use crate::season::Decomposition;
use crate::transforms::scalers::Scaler;

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

impl Entry for Scope {
    const FAMILY: &'static str = "scope";
    const ALL: &'static [Self] = &[Self::Global, Self::Local];

    fn name_and_summary(&self) -> (&'static str, &'static str) {
        match self {
            Self::Global => ("global", "networks trained on all series together"),
            Self::Local => ("local", "networks trained for each series"),
        }
    }
}

/// Point forecast: the median or the mean of the predicted distribution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Point {
    /// As many values are expected below as above; the least absolute error.
    #[default]
    Median,
    /// The mean; the least squared error. Forecasts of several values can be summed, as a plan of intermittent demand needs.
    Mean,
}

impl Entry for Point {
    const FAMILY: &'static str = "point forecast";
    const ALL: &'static [Self] = &[Self::Median, Self::Mean];

    fn name_and_summary(&self) -> (&'static str, &'static str) {
        match self {
            Self::Median => ("median", "the median: the least absolute error"),
            Self::Mean => ("mean", "the mean: the least squared error; forecasts can be summed"),
        }
    }
}

/// Automatic forecaster of a panel: everything besides the values that changes a forecast. The options are fields; the
/// most usual ones have setters of the same names, which can be chained.
///
/// ```
/// use elman::{AutoForecaster, data::Series};
///
/// let sales: Vec<f64> = (0..120).map(|t| 50.0 + 10.0 * (f64::from(t) / 6.0).sin()).collect();
/// let panel = [Series::counted("sales", sales)];
/// let forecaster = AutoForecaster::new(12).levels([90.0]).max_steps(20);
/// let forecast = forecaster.fit(&panel)?.predict(&panel)?;
/// assert_eq!((forecast.values[0].len(), forecast.intervals[0][0].level), (12, 90.0));
/// # Ok::<(), elman::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AutoForecaster {
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
    /// Model of the forecast.
    #[serde(default)]
    pub model: Model,
    /// Point forecast: the median or the mean of the predicted distribution.
    #[serde(default)]
    pub point: Point,
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

impl AutoForecaster {
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
            model: Model::Auto,
            point: Point::Median,
            keep_outliers: false,
            seed: 1,
            threads: 1,
            isa: None,
        }
    }
}

impl AutoForecaster {
    /// Checks that all numbers are in their range.
    pub(crate) fn check(&self) -> Checked {
        ranges::steps("horizon", self.horizon)?;
        let seasons = self.seasons.iter().flatten();
        seasons.copied().try_for_each(|season| ranges::steps("seasons", season))?;
        ranges::levels(&self.levels)?;
        self.seq_length.map_or(Ok(()), |steps| ranges::steps("seq_length", steps))?;
        ranges::positive("learning_rate", &[self.learning_rate])
    }

    /// Checks the choices against `panel`. Refuses levels that are not from 1 to below 100 per cent, a likelihood that
    /// does not fit the values, a loss that is not for points, and a scaler that is unknown or has no use.
    pub(crate) fn check_choices(&self, panel: &[Series]) -> Result<()> {
        let refuse =
            |reason: String, help: &str| Err(Error::Forecast { reason, help: help.to_owned() });
        levels::check(&self.levels)?;
        self.check()?;
        let predicted = OutputSpec::by(self.likelihood, &self.loss, &self.levels);
        predicted.loss()?;
        if !self.model.trains() && self.likelihood != Likelihood::Point {
            let reason = format!("the model `{}` has no likelihood to choose", self.model.name());
            return refuse(reason, "leave out `--likelihood`, or choose `--model network`");
        }
        self.check_point()?;
        if self.likelihood == Likelihood::Point && predicted.is_distribution() {
            let reason = format!("the loss `{}` is the loss of a distribution", self.loss);
            return refuse(reason, "choose the distribution with `--likelihood`");
        }
        if let Some(scaler) = &self.scaler {
            Scaler::find(scaler)?;
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

impl AutoForecaster {
    /// Refuses the mean of networks with an output distribution.
    pub(crate) fn check_point(&self) -> Result<()> {
        if self.point == Point::Median || self.likelihood == Likelihood::Point {
            return Ok(());
        }
        let name = self.likelihood.name();
        Err(Error::Forecast {
            reason: format!("networks with the likelihood `{name}` forecast the median"),
            help: "leave out `--likelihood`, or choose `--point median`".to_owned(),
        })
    }
}

/// Setters of the options, which can be chained.
impl AutoForecaster {
    /// Seasonal periods in time steps, shortest first; an empty list for none. The default is to detect them.
    pub fn seasons(mut self, seasons: impl IntoIterator<Item = usize>) -> Self {
        self.seasons = Some(seasons.into_iter().collect());
        self
    }

    /// Levels of the prediction intervals, in per cent: 80 for 80 %.
    pub fn levels(mut self, levels: impl IntoIterator<Item = f64>) -> Self {
        self.levels = levels.into_iter().collect();
        self
    }

    /// Model of the forecast: [`Model::Auto`] by default.
    pub fn model(mut self, model: Model) -> Self {
        self.model = model;
        self
    }

    /// Point forecast: the median of the predicted distribution, or its mean. The default is [`Point::Median`].
    pub fn point(mut self, point: Point) -> Self {
        self.point = point;
        self
    }

    /// Whether all series share the networks, or each has its own.
    pub fn scope(mut self, scope: Scope) -> Self {
        self.scope = scope;
        self
    }

    /// Cell of the networks, by name: `rnn`, `gru`, `lstm`.
    pub fn cell(mut self, cell: impl Into<String>) -> Self {
        self.cell = cell.into();
        self
    }

    /// Hidden size H of a layer.
    pub fn hidden_size(mut self, hidden_size: usize) -> Self {
        self.hidden_size = hidden_size;
        self
    }

    /// Optimizer steps of a network.
    pub fn max_steps(mut self, max_steps: u64) -> Self {
        self.max_steps = Some(max_steps);
        self
    }

    /// Output distribution of the networks.
    pub fn likelihood(mut self, likelihood: Likelihood) -> Self {
        self.likelihood = likelihood;
        self
    }

    /// Whether calendar features of the dates are covariates.
    pub fn calendar(mut self, calendar: bool) -> Self {
        self.calendar = calendar;
        self
    }

    /// Seed of all random numbers.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Networks trained at the same time, one thread each. The number changes no result.
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = threads;
        self
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
