//! Recurrent network for a panel.

use elman_nn::layers::Window;
use elman_nn::schedules::ScheduleConfig;
use elman_nn::train::Event;
use elman_nn::{Isa, Model, ModelConfig, Params, TrainConfig, Trainer};
use serde::{Deserialize, Serialize};

use super::Forecasts;
use super::batches::PanelBatches;
use super::borrowed_season::BorrowedSeason;
use super::covariates::CovariateDims;
use super::early_stopping::{EarlyStopping, StoppingRule};
use super::encoded_series::EncodedSeries;
use super::history::HistoryView;
use super::likelihood::OutputSpec;
use super::persistence;
use super::preprocessing::Preprocessing;
use crate::error::Result;
use crate::ranges::{self, Checked};

/// Most series in a batch.
pub(super) const MAX_SERIES: usize = 64;

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

impl RnnConfig {
    /// Checks that all numbers are in their range.
    pub(super) fn check(&self) -> Checked {
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
    pub(super) fn config(&self) -> Result<ModelConfig> {
        Ok(ModelConfig {
            cell: self.cell.clone(),
            input_size: self.inputs(),
            hidden_size: self.hidden_size,
            num_layers: self.stack.num_layers,
            dilations: self.stack.dilations.clone(),
            residual: self.stack.residual,
            output_size: self.horizon * self.output.loss()?.outputs_per_target(),
            skip: self.preprocessing.linear_skip || self.output.is_of_counts(),
            ..ModelConfig::default()
        })
    }

    /// Inputs at a time step.
    fn inputs(&self) -> usize {
        let covariates = if self.preprocessing.use_covariates {
            self.covariate_dims.inputs(self.horizon)
        } else {
            0
        };
        let offsets = if self.output.is_of_counts() { self.horizon } else { 0 };
        self.preprocessing.inputs(self.horizon) + covariates + offsets
    }

    /// Relative duration of the training: optimizer steps times inputs and hidden size.
    pub(super) fn work(&self) -> u64 {
        self.max_steps.saturating_mul((self.inputs() + 2 * self.hidden_size) as u64)
    }

    fn encoded(&self, panel: &[HistoryView<'_>]) -> Vec<EncodedSeries> {
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

    /// Sets `params` so that the network forecasts a constant level; the recurrent layers stay as they are.
    fn begin(&self, params: &mut Params<f32>) {
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

/// Trained network for a panel.
pub struct RnnModel {
    /// Configuration of the training.
    pub settings: RnnConfig,
    model: Model<f32>,
    params: Params<f32>,
}

impl RnnModel {
    /// Trains on the history of `panel`, from the weights `from` of the same layout, or from random ones. Training ends
    /// after the last optimizer step, after the step `stop` of the settings, or by `early` stopping. `after_step` is
    /// called after every optimizer step.
    ///
    /// # Errors
    /// Settings out of range, or training that diverges.
    pub(super) fn train(
        panel: &[HistoryView<'_>],
        mut settings: RnnConfig,
        from: Option<&Params<f32>>,
        early: Option<&StoppingRule<'_>>,
        after_step: &dyn Fn(),
    ) -> Result<Self> {
        let series = settings.encoded(panel);
        let longest = series.iter().map(EncodedSeries::known).max().unwrap_or(1);
        let window = Window {
            steps: settings.seq_length.min(longest.saturating_sub(1)).max(1),
            batch: settings.batch_size,
        };
        let model = settings.model()?;
        let mut params = model.initial_params(settings.seed);
        match from {
            Some(from) => params.copy_from(from),
            None => settings.begin(&mut params),
        }
        // Series without a target cannot be trained on.
        settings.max_steps = if longest > 1 { settings.max_steps } else { 0 };
        let steps = settings.max_steps;
        let train = TrainConfig {
            max_steps: steps,
            learning_rate: settings.learning_rate,
            loss: settings.output.loss.clone(),
            quantiles: settings.output.quantiles.clone(),
            schedule: ScheduleConfig {
                name: "cosine".to_owned(),
                warmup: settings.max_steps / 50,
                ..ScheduleConfig::default()
            },
            clip: Some(1.0),
            carry: settings.carry,
            val_every: settings.max_steps.max(1),
            seed: settings.seed,
            ..TrainConfig::default()
        };
        let walks = PanelBatches {
            preprocessing: settings.preprocessing.clone(),
            inputs: settings.inputs(),
            horizon: settings.horizon,
            series,
            window,
            seed: settings.seed,
            epoch: Default::default(),
        };
        let mut trainer = Trainer::new(train, model, params, Box::new(walks))?;
        let mut watch = early.map(|early| EarlyStopping::new(early, steps));
        loop {
            let step = match trainer.advance()? {
                Event::Step { step, .. } => step,
                Event::RolledBack { .. } => continue,
                Event::Finished { .. } => break,
            };
            after_step();
            let (settings, model, params) = (&settings, trainer.model(), trainer.params());
            let net = RnnRef { settings, model, params };
            let goes_on = watch.as_mut().map_or(Ok(true), |watch| watch.goes_on(step, net))?;
            if !goes_on || settings.stop == Some(step) {
                break;
            }
        }
        let (model, mut params) = trainer.into_parts();
        if let Some(best) = watch.and_then(EarlyStopping::best) {
            settings.stop = (best.step < steps).then_some(best.step);
            params = best.params;
        }
        Ok(Self { settings, model, params })
    }

    /// Network with these weights.
    pub(super) fn with(settings: RnnConfig, model: Model<f32>, params: Params<f32>) -> Self {
        Self { settings, model, params }
    }

    /// Optimizer steps that the network was trained for, with those of model selection.
    pub(super) fn updates(&self) -> u64 {
        self.settings.start + self.settings.stop.unwrap_or(self.settings.max_steps)
    }

    /// Share of the planned optimizer steps that were trained.
    pub(super) fn share(&self) -> f64 {
        let planned = self.settings.start + self.settings.max_steps;
        self.updates() as f64 / planned.max(1) as f64
    }

    /// Weights.
    pub fn params(&self) -> &Params<f32> {
        &self.params
    }

    /// As [`RnnRef::forecasts`].
    pub(super) fn forecasts(
        &self,
        panel: &[HistoryView<'_>],
        origins: &[Vec<usize>],
        quantiles: &[f64],
    ) -> Result<Forecasts> {
        self.as_ref().forecasts(panel, origins, quantiles)
    }

    pub(super) fn as_ref(&self) -> RnnRef<'_> {
        let Self { settings, model, params } = self;
        RnnRef { settings, model, params }
    }
}

/// Borrowed network, which can also be in training.
#[derive(Clone, Copy)]
pub(super) struct RnnRef<'a> {
    settings: &'a RnnConfig,
    model: &'a Model<f32>,
    pub(super) params: &'a Params<f32>,
}

impl RnnRef<'_> {
    /// Forecasts the `horizon` values after the first `origin` values, for each series of `panel` and each of its
    /// `origins`, followed by as many values for each of `quantiles`, between 0 and 1. One forward pass over each
    /// series serves all its origins. Units and season come from the history alone; later values are only inputs. An
    /// untrained network returns the persistence or drift forecast, without quantiles.
    ///
    /// # Errors
    /// The errors of a forward pass.
    pub(super) fn forecasts(
        self,
        panel: &[HistoryView<'_>],
        origins: &[Vec<usize>],
        quantiles: &[f64],
    ) -> Result<Forecasts> {
        if self.settings.max_steps == 0 && self.settings.start == 0 {
            return Ok(persistence::forecasts(self.settings, panel, origins));
        }
        let loss = self.settings.output.loss()?;
        let encoded = self.settings.encoded(panel);
        let RnnConfig { preprocessing, horizon, batch_size, seq_length, carry, .. } = self.settings;
        let inputs = self.settings.inputs();
        let end = |s: usize| origins[s].iter().copied().max().unwrap_or(0);
        let mut order: Vec<usize> = (0..encoded.len()).collect();
        order.sort_by_key(|s| end(*s));
        let mut forecasts: Forecasts =
            origins.iter().map(|origins| vec![Vec::new(); origins.len()]).collect();
        // A window longer than the longest history would waste memory.
        let longest = order.last().map_or(1, |s| end(*s).max(1));
        let mut tape = self.model.tape((*seq_length).min(longest), *batch_size);
        let mut x = Vec::new();
        for group in order.chunks(*batch_size) {
            let steps = group.iter().map(|s| end(*s)).max().unwrap_or(0);
            let mut state = self.model.zero_state(*batch_size);
            for start in (0..steps).step_by(*seq_length) {
                let chunk = (steps - start).min(*seq_length);
                tape.set_steps(chunk);
                if !carry {
                    state.reset();
                }
                x.clear();
                x.resize(chunk * batch_size * inputs, 0.0);
                for (row, x) in x.chunks_exact_mut(inputs).enumerate() {
                    let t = start + row / batch_size;
                    if let Some(s) = group.get(row % batch_size).filter(|s| t < end(**s)) {
                        encoded[*s].write_inputs(preprocessing, *horizon, t, x);
                    }
                }
                self.model.forward(self.params, &x, &mut state, &mut tape, None)?;
                for (stream, s) in group.iter().enumerate() {
                    for (origin, to) in origins[*s].iter().zip(&mut forecasts[*s]) {
                        let Some(t) = origin.checked_sub(1).filter(|t| *t >= start) else {
                            continue;
                        };
                        if t < start + chunk {
                            let row = (t - start) * batch_size + stream;
                            let each = loss.outputs_per_target();
                            let predicted =
                                &tape.output()[row * horizon * each..][..horizon * each];
                            let predicted = || predicted.chunks_exact(each).zip(1..);
                            let value = |k: usize, o: f64| encoded[*s].inverse(t, k, o);
                            *to = predicted().map(|(o, k)| value(k, loss.point(o))).collect();
                            for p in quantiles {
                                let bound = |o: &[f32]| loss.quantile(o, *p).unwrap_or(f64::NAN);
                                to.extend(predicted().map(|(o, k)| value(k, bound(o))));
                            }
                        }
                    }
                }
            }
        }
        Ok(forecasts)
    }
}
