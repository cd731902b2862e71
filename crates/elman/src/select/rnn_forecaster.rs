//! Configuration of a forecaster of one network.

use elman_nn::optim::OptimizerConfig;
use elman_nn::schedules::ScheduleConfig;
use elman_nn::{ModelConfig, TrainConfig};
use serde::{Deserialize, Serialize};

use super::config::AutoForecaster;
use crate::data::ranges::{self, Checked};
use crate::features::CovariateDims;
use crate::models::rnn::{Likelihood, MAX_SERIES, OutputSpec, RnnConfig, StackConfig};
use crate::season::Decomposition;
use crate::transforms::{Domain, Preprocessing, TargetTransform};

/// Forecaster of one recurrent network, without model selection: its hidden state is carried over each series. The
/// options are fields; the most usual ones have setters of the same names, which can be chained.
///
/// ```
/// use elman::{RnnForecaster, Series};
///
/// let sales: Vec<f64> = (0..120).map(|t| 50.0 + 10.0 * (f64::from(t) / 6.0).sin()).collect();
/// let panel = [Series::counted("sales", sales)];
/// let fitted = RnnForecaster::new(12).cell("gru").hidden_size(16).max_steps(50).fit(&panel)?;
/// // From the hidden state after the last value, without the history.
/// let forecast = fitted.continued()?.forecast()?.clone();
/// assert_eq!(forecast.values.len(), 12);
/// # Ok::<(), elman::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RnnForecaster {
    /// Horizon, in time steps: values that the network predicts at each time step. A longer forecast is recursive.
    pub horizon: usize,
    /// Lags: values, or differences, in the input of a time step.
    pub lags: usize,
    /// Order of differencing: 1 for the differences from value to value, 0 for the values.
    pub differences: usize,
    /// Transform of the target; `log_offset` for a distribution of counts.
    pub transform: TargetTransform,
    /// Scaler of the values, by name, in place of their mean in the transform `mean_scale`; other transforms have no scaler.
    pub scaler: Option<String>,
    /// Seasonal periods in time steps, for the seasonal naive forecast and MASE; `None` to detect them.
    pub seasons: Option<Vec<usize>>,
    /// Levels of the prediction intervals, in per cent: 80 for 80 %.
    pub levels: Vec<f64>,
    /// Output distribution of the network.
    pub likelihood: Likelihood,
    /// Whether calendar features of the dates are inputs.
    pub calendar: bool,
    /// Whether forecasts and bounds below 0 are set to 0.
    pub non_negative: bool,
    /// Whether isolated outliers near the end are kept; otherwise they are masked.
    pub keep_outliers: bool,
    /// Network. The sizes of input and output follow from the other fields.
    pub model: ModelConfig,
    /// Training. The loss is that of the likelihood `point`.
    pub train: TrainConfig,
    /// Window of truncated backpropagation, in time steps; `None` to derive it from season and length.
    pub seq_length: Option<usize>,
    /// Batch size: lanes, each with its own hidden state; `None` to derive it from the lengths of the series.
    pub batch_size: Option<usize>,
    /// Size of the test set, the last values of each series; `None` for a fifth of the series, 0 for none.
    pub holdout: Option<usize>,
}

impl RnnForecaster {
    /// The defaults for this horizon: an LSTM of hidden size 32, trained on differences for 500 optimizer steps with Adam,
    /// a learning rate of 0.003 and a cosine schedule.
    pub fn new(horizon: usize) -> Self {
        Self {
            horizon,
            lags: 4,
            differences: 1,
            transform: TargetTransform::MEAN_SCALE,
            scaler: Some("standard".to_owned()),
            seasons: None,
            levels: vec![80.0, 95.0],
            likelihood: Likelihood::Point,
            calendar: false,
            non_negative: false,
            keep_outliers: false,
            model: ModelConfig { cell: "lstm".to_owned(), ..ModelConfig::default() },
            train: TrainConfig {
                max_steps: 500,
                learning_rate: 3e-3,
                optimizer: OptimizerConfig::default(),
                schedule: ScheduleConfig {
                    name: "cosine".to_owned(),
                    warmup: 20,
                    ..ScheduleConfig::default()
                },
                clip: Some(1.0),
                val_every: 50,
                ..TrainConfig::default()
            },
            seq_length: None,
            batch_size: None,
            holdout: None,
        }
    }

    /// The lesson: an Elman network of hidden size 32 on the values of a sine wave, in windows of 20 time steps, for 75
    /// optimizer steps.
    pub fn lesson() -> Self {
        Self {
            lags: 1,
            differences: 0,
            scaler: Some("none".to_owned()),
            seasons: Some(Vec::new()),
            model: ModelConfig::default(),
            train: TrainConfig::default(),
            seq_length: Some(20),
            batch_size: Some(1),
            holdout: Some(0),
            ..Self::new(1)
        }
    }
}

/// Setters of the options, which can be chained.
impl RnnForecaster {
    /// Cell of the network, by name: `rnn`, `gru`, `lstm`.
    pub fn cell(mut self, cell: impl Into<String>) -> Self {
        self.model.cell = cell.into();
        self
    }

    /// Hidden size H of a layer.
    pub fn hidden_size(mut self, hidden_size: usize) -> Self {
        self.model.hidden_size = hidden_size;
        self
    }

    /// Optimizer steps.
    pub fn max_steps(mut self, max_steps: u64) -> Self {
        self.train.max_steps = max_steps;
        self
    }

    /// Peak learning rate, after the warm-up.
    pub fn learning_rate(mut self, learning_rate: f64) -> Self {
        self.train.learning_rate = learning_rate;
        self
    }

    /// Window of truncated backpropagation, in time steps.
    pub fn seq_length(mut self, seq_length: usize) -> Self {
        self.seq_length = Some(seq_length);
        self
    }

    /// Levels of the prediction intervals, in per cent: 80 for 80 %.
    pub fn levels(mut self, levels: impl IntoIterator<Item = f64>) -> Self {
        self.levels = levels.into_iter().collect();
        self
    }

    /// Output distribution of the network. Counts have the transform `log_offset` and no scaler.
    pub fn likelihood(mut self, likelihood: Likelihood) -> Self {
        self.likelihood = likelihood;
        match likelihood {
            Likelihood::NegativeBinomial => self.transform(TargetTransform::LOG_OFFSET),
            _ => self,
        }
    }

    /// Transform of the target. A transform that is not linear has no scaler.
    pub fn transform(mut self, transform: TargetTransform) -> Self {
        self.scaler = self.scaler.filter(|_| transform.is_linear);
        self.transform = transform;
        self
    }

    /// Seed of all random numbers.
    pub fn seed(mut self, seed: u64) -> Self {
        self.train.seed = seed;
        self
    }
}

impl RnnForecaster {
    /// Checks the ranges of the numbers that no other function checks.
    pub(crate) fn check(&self) -> Checked {
        ranges::steps("horizon", self.horizon)?;
        ranges::steps("lags", self.lags)?;
        ranges::levels(&self.levels)?;
        for (name, size) in [("seq_length", self.seq_length), ("batch_size", self.batch_size)] {
            size.map_or(Ok(()), |size| ranges::steps(name, size))?;
        }
        self.seasons.iter().flatten().try_for_each(|m| ranges::steps("seasons", *m))?;
        let is_of_counts = self.likelihood == Likelihood::NegativeBinomial;
        if is_of_counts && self.transform != TargetTransform::LOG_OFFSET {
            return ranges::refuse("transform", self.transform.name, "`log_offset` for counts");
        }
        if is_of_counts && self.differences == 0 {
            return ranges::refuse("differences", 0, "1 for a distribution of counts");
        }
        if let Some(scaler) = self.scaler.as_ref().filter(|_| !self.transform.is_linear) {
            return ranges::refuse(
                "scaler",
                scaler,
                "left out, except for the transform `mean_scale`",
            );
        }
        self.preprocessing(false).check()
    }

    /// Preprocessing of the series. With differences, inputs and targets are divided by the mean absolute difference.
    pub(crate) fn preprocessing(&self, use_covariates: bool) -> Preprocessing {
        let transform = self.transform;
        Preprocessing {
            transform,
            deseasonalize: false,
            decomposition: Decomposition::default(),
            differences: self.differences,
            local_level: 1,
            diff_normalized: self.differences > 0,
            // The last of d + 1 values is the level.
            lags: self.lags + self.differences,
            seasonal_features: false,
            linear_skip: use_covariates,
            use_covariates,
            scaler: self.scaler.clone(),
            no_floor: transform.domain == Domain::All,
            drift: false,
        }
    }

    /// Output of the network.
    pub(crate) fn output(&self) -> OutputSpec {
        OutputSpec::by(self.likelihood, &self.train.loss, &self.levels)
    }

    /// Network of this configuration, for a panel of so many series with these seasonal periods and covariates, in windows
    /// of `seq_length` time steps. A forecast runs over each series in a lane of its own.
    pub(crate) fn network(
        &self,
        series: usize,
        seasons: &[usize],
        covariate_dims: CovariateDims,
        seq_length: usize,
    ) -> RnnConfig {
        let ModelConfig { cell, hidden_size, num_layers, dilations, residual, dropout, .. } =
            self.model.clone();
        RnnConfig {
            preprocessing: self.preprocessing(covariate_dims != CovariateDims::default()),
            seasons: seasons.to_vec(),
            horizon: self.horizon,
            output: self.output(),
            covariate_dims,
            cell,
            hidden_size,
            stack: StackConfig { num_layers, dilations, residual },
            dropout,
            batch_size: self.batch_size.unwrap_or(1).min(series).clamp(1, MAX_SERIES),
            seq_length,
            carry: self.train.carry,
            start: 0,
            max_steps: self.train.max_steps,
            stop: None,
            learning_rate: self.train.learning_rate,
            seed: self.train.seed,
            isa: None,
        }
    }

    /// Configuration of the forecasts of the fitted network. A constant beginning and outliers depend on the calendar and the
    /// values alone, so that the training, its test set and each forecast leave out the same values.
    pub(crate) fn forecasts(&self, threads: usize) -> AutoForecaster {
        AutoForecaster {
            seasons: None,
            levels: self.levels.clone(),
            calendar: self.calendar,
            likelihood: self.likelihood,
            loss: self.train.loss.clone(),
            scaler: self.scaler.clone(),
            non_negative: self.non_negative,
            keep_outliers: self.keep_outliers,
            seed: self.train.seed,
            threads,
            ..AutoForecaster::new(self.horizon)
        }
    }
}
