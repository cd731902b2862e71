//! Configuration of a recurrent network for a panel.

use elman_nn::layers::Window;
use elman_nn::{Isa, Model, ModelConfig, Params};
use serde::{Deserialize, Serialize};

use super::batches::{Panel, PanelBatches};
use super::likelihood::OutputSpec;
use crate::data::HistoryView;
use crate::data::ranges::{self, Checked};
use crate::error::Result;
use crate::features::{CovariateDims, EncodedSeries};
use crate::transforms::Preprocessing;
use crate::transforms::borrowed_season::BorrowedSeason;

/// Most series in a batch.
pub(crate) const MAX_SERIES: usize = 64;

/// Stack of recurrent layers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct StackConfig {
    /// Number L of recurrent layers.
    pub num_layers: usize,
    /// Dilation of each layer: the state comes from so many time steps before; empty for 1 in all layers.
    pub dilations: Vec<usize>,
    /// Whether residual connections add the input of each layer but the first to its output.
    pub residual: bool,
}

impl Default for StackConfig {
    fn default() -> Self {
        Self { num_layers: 1, dilations: Vec::new(), residual: false }
    }
}

/// Configuration of a recurrent network for a panel: architecture, preprocessing and training.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RnnConfig {
    /// Preprocessing of the series.
    pub preprocessing: Preprocessing,
    /// Seasonal periods in time steps, shortest first.
    pub seasons: Vec<usize>,
    /// Horizon, in time steps.
    pub horizon: usize,
    /// Output for each step of the horizon.
    pub output: OutputSpec,
    /// Number of covariates.
    #[serde(default)]
    pub covariate_dims: CovariateDims,
    /// Cell, by name.
    pub cell: String,
    /// Hidden size H.
    pub hidden_size: usize,
    /// Stack of the recurrent layers.
    #[serde(flatten)]
    pub stack: StackConfig,
    /// Probability of dropping a value between two recurrent layers, in training.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub dropout: f64,
    /// Batch size: series that are trained in parallel lanes.
    pub batch_size: usize,
    /// Window of truncated backpropagation, in time steps.
    pub seq_length: usize,
    /// Whether the hidden state is carried from window to window; otherwise each window starts with an empty state.
    pub carry: bool,
    /// Optimizer steps before this training, in model selection.
    #[serde(default)]
    pub start: u64,
    /// Optimizer steps of the learning rate schedule.
    pub max_steps: u64,
    /// Optimizer step after which training was stopped, if before the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stop: Option<u64>,
    /// Peak learning rate, after the warm-up.
    pub learning_rate: f64,
    /// Seed of the random numbers.
    pub seed: u64,
    /// Instruction set; `None` for the default of this machine.
    #[serde(skip)]
    pub isa: Option<Isa>,
}

fn is_zero(dropout: &f64) -> bool {
    *dropout == 0.0
}

impl RnnConfig {
    /// Whether the network is not trained: its forecast is the persistence or drift forecast.
    pub(crate) fn is_untrained(&self) -> bool {
        self.max_steps == 0 && self.start == 0
    }

    /// Checks that all numbers are in their range.
    pub(crate) fn check(&self) -> Checked {
        let Self {
            preprocessing, seasons, covariate_dims, horizon, batch_size, seq_length, ..
        } = self;
        preprocessing.check()?;
        covariate_dims.check()?;
        seasons.iter().try_for_each(|season| ranges::steps("seasons", *season))?;
        ranges::steps("horizon", *horizon)?;
        ranges::steps("seq_length", *seq_length)?;
        if !(1..=MAX_SERIES).contains(batch_size) {
            return ranges::refuse("batch_size", batch_size, "from 1 to 64");
        }
        for updates in [Some(self.start), Some(self.max_steps), self.stop].into_iter().flatten() {
            ranges::count("steps", updates)?;
        }
        if preprocessing.drift && (self.start, self.max_steps) != (0, 0) {
            return ranges::refuse(
                "drift",
                preprocessing.drift,
                "false for a network that is trained",
            );
        }
        ranges::positive("learning_rate", &[self.learning_rate])
    }

    /// Builds the network of this configuration, without weights.
    ///
    /// # Errors
    /// Sizes out of range.
    pub fn model(&self) -> Result<Model<f32>> {
        let model = Model::new(self.config()?)?;
        Ok(match self.isa {
            Some(isa) => model.with_isa(isa),
            None => model,
        })
    }

    /// Configuration of the network itself.
    pub(crate) fn config(&self) -> Result<ModelConfig> {
        Ok(ModelConfig {
            cell: self.cell.clone(),
            input_size: self.inputs(),
            hidden_size: self.hidden_size,
            num_layers: self.stack.num_layers,
            dilations: self.stack.dilations.clone(),
            residual: self.stack.residual,
            dropout: self.dropout,
            output_size: self.horizon * self.output.loss()?.outputs_per_target(),
            skip: self.preprocessing.linear_skip || self.output.is_of_counts(),
            ..ModelConfig::default()
        })
    }

    /// Inputs at a time step.
    pub(crate) fn inputs(&self) -> usize {
        let covariates = if self.preprocessing.use_covariates {
            self.covariate_dims.inputs(self.horizon)
        } else {
            0
        };
        let offsets = if self.output.is_of_counts() { self.horizon } else { 0 };
        self.preprocessing.inputs(self.horizon) + covariates + offsets
    }

    /// Relative duration of the training: optimizer steps times inputs and hidden size.
    pub(crate) fn work(&self) -> u64 {
        self.max_steps.saturating_mul((self.inputs() + 2 * self.hidden_size) as u64)
    }

    /// Encodes the series of `panel`.
    pub(crate) fn encoded(&self, panel: &[HistoryView<'_>]) -> Vec<EncodedSeries> {
        let counts = self.output.is_of_counts();
        let borrowed = BorrowedSeason::of(&self.preprocessing, panel, &self.seasons);
        let encoded = |series: &HistoryView<'_>| {
            EncodedSeries::new(
                &self.preprocessing,
                *series,
                &self.seasons,
                counts,
                borrowed.as_ref(),
            )
        };
        panel.iter().map(encoded).collect()
    }

    /// Training batches of encoded series, in windows of `window` at most; each series is cut into so many lanes.
    pub(crate) fn batches(
        &self,
        series: Vec<EncodedSeries>,
        window: Window,
        lanes: usize,
    ) -> PanelBatches {
        let longest = series.iter().map(EncodedSeries::known).max().unwrap_or(1);
        PanelBatches::new(Panel {
            preprocessing: self.preprocessing.clone(),
            inputs: self.inputs(),
            horizon: self.horizon,
            series,
            lanes,
            window: Window { steps: window.steps.min(longest.saturating_sub(1)).max(1), ..window },
            seed: self.seed,
            epoch: Default::default(),
        })
    }

    /// Sets `params` so that the network forecasts a constant level; the recurrent layers stay as they are.
    pub(crate) fn begin(&self, params: &mut Params<f32>) {
        for name in ["fc.weight", "fc.bias", "skip.weight"] {
            if let Some(variable) = params.find(name) {
                params.get_mut(variable).fill(0.0);
            }
        }
        // The last inputs of a network of counts are the logarithms of the seasonal level, one for each step of the
        // horizon. The skip connection starts as the identity: each of them is the first output of its step.
        if let Some(skip) = params.find("skip.weight").filter(|_| self.output.is_of_counts()) {
            let (inputs, horizon) = (self.inputs(), self.horizon);
            let weight = params.get_mut(skip);
            let outputs = weight.len() / inputs / horizon;
            for k in 0..horizon {
                weight[k * outputs * inputs + inputs - horizon + k] = 1.0;
            }
        }
    }
}
