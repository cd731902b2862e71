//! One network over a panel.

use elman_nn::layers::Window;
use elman_nn::schedules::ScheduleConfig;
use elman_nn::train::Event;
use elman_nn::{Isa, Model, ModelConfig, Params, TrainConfig, Trainer};
use serde::{Deserialize, Serialize};

use super::Forecasts;
use super::beside::Widths;
use super::early::{Early, Watch};
use super::head::Said;
use super::lent::Lent;
use super::past::Known;
use super::persistence;
use super::seen::Seen;
use super::view::View;
use super::walks::Walks;
use crate::error::Result;
use crate::ranges::{self, Checked};

/// The most series that walk side by side.
pub(super) const MOST_SERIES: usize = 64;

/// How recurrent layers are stacked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Stack {
    /// L, recurrent layers.
    pub num_layers: usize,
    /// For each layer, how many steps back it goes on from; empty for 1 in all.
    pub dilations: Vec<usize>,
    /// Whether the input of each layer but the first is added to its output.
    pub residual: bool,
}

impl Default for Stack {
    fn default() -> Self {
        Self { num_layers: 1, dilations: Vec::new(), residual: false }
    }
}

/// Everything that decides a network over a panel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NetSettings {
    /// How it sees the series.
    pub view: View,
    /// The lengths of their seasons, shortest first.
    pub seasons: Vec<usize>,
    /// Steps ahead.
    pub horizon: usize,
    /// What it says of each.
    pub said: Said,
    /// The covariates there are.
    #[serde(default)]
    pub widths: Widths,
    /// The cell.
    pub cell: String,
    /// H, its units.
    pub hidden_size: usize,
    /// How its layers are stacked.
    #[serde(flatten)]
    pub stack: Stack,
    /// Series that walk side by side.
    pub batch_size: usize,
    /// The most steps between two updates.
    pub seq_length: usize,
    /// Whether the memory is carried over them; if not, it is emptied.
    pub carry: bool,
    /// Updates that it had before, when it was tried on a part of what is known.
    #[serde(default)]
    pub start: u64,
    /// Updates that its learning rate is planned for.
    pub steps: u64,
    /// The update after which it was stopped, if before the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stop: Option<u64>,
    /// The learning rate at full height.
    pub learning_rate: f64,
    /// The seed.
    pub seed: u64,
    /// The instruction set, `None` for the usual one of this machine.
    #[serde(skip)]
    pub isa: Option<Isa>,
}

impl NetSettings {
    /// Whether all numbers are in their range.
    pub(super) fn check(&self) -> Checked {
        let Self { view, seasons, widths, horizon, batch_size, seq_length, .. } = self;
        view.check()?;
        widths.check()?;
        seasons.iter().try_for_each(|season| ranges::steps("seasons", *season))?;
        ranges::steps("horizon", *horizon)?;
        ranges::steps("seq_length", *seq_length)?;
        if !(1..=MOST_SERIES).contains(batch_size) {
            return ranges::refuse("batch_size", batch_size, "from 1 to 64");
        }
        for updates in [Some(self.start), Some(self.steps), self.stop].into_iter().flatten() {
            ranges::count("steps", updates)?;
        }
        if view.drift && (self.start, self.steps) != (0, 0) {
            return ranges::refuse("drift", view.drift, "false for a network that is trained");
        }
        ranges::positive("learning_rate", &[self.learning_rate])
    }

    /// The network that they ask for, without weights.
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

    /// What describes that network.
    pub(super) fn config(&self) -> Result<ModelConfig> {
        Ok(ModelConfig {
            cell: self.cell.clone(),
            input_size: self.inputs(),
            hidden_size: self.hidden_size,
            num_layers: self.stack.num_layers,
            dilations: self.stack.dilations.clone(),
            residual: self.stack.residual,
            output_size: self.horizon * self.said.loss()?.outputs_per_target(),
            skip: self.view.skip || self.said.is_of_counts(),
            ..ModelConfig::default()
        })
    }

    /// Numbers that it is shown at a step.
    fn inputs(&self) -> usize {
        let beside = if self.view.beside { self.widths.inputs(self.horizon) } else { 0 };
        let offsets = if self.said.is_of_counts() { self.horizon } else { 0 };
        self.view.inputs(self.horizon) + beside + offsets
    }

    /// How long training takes, in no unit: every update goes over what is shown and what is remembered.
    pub(super) fn work(&self) -> u64 {
        self.steps.saturating_mul((self.inputs() + 2 * self.hidden_size) as u64)
    }

    fn seen(&self, panel: &[Known<'_>]) -> Vec<Seen> {
        let counts = self.said.is_of_counts();
        let lent = Lent::of(&self.view, panel, &self.seasons);
        let seen = |series: &Known<'_>| {
            Seen::new(&self.view, *series, &self.seasons, counts, lent.as_ref())
        };
        panel.iter().map(seen).collect()
    }

    /// Makes `params` those of a network that says that the level stays, but for its recurrent layer.
    fn begin(&self, params: &mut Params<f32>) {
        for name in ["fc.weight", "fc.bias", "skip.weight"] {
            if let Some(variable) = params.find(name) {
                params.get_mut(variable).fill(0.0);
            }
        }
        // The last inputs of a network of counts are the logarithms of the level in its season, step by
        // step: what the first output of each step begins with.
        if let Some(skip) = params.find("skip.weight").filter(|_| self.said.is_of_counts()) {
            let (inputs, horizon) = (self.inputs(), self.horizon);
            let weight = params.get_mut(skip);
            let outputs = weight.len() / inputs / horizon;
            for k in 0..horizon {
                weight[k * outputs * inputs + inputs - horizon + k] = 1.0;
            }
        }
    }
}

/// A trained network over a panel.
pub struct Net {
    /// What it was made from.
    pub settings: NetSettings,
    model: Model<f32>,
    params: Params<f32>,
}

impl Net {
    /// Trains on what is known of `panel`, from weights of the same layout or from random ones, to the end, to
    /// where the settings say, or until it is stopped `early`. `after_step` is called after every update.
    ///
    /// # Errors
    /// Settings out of range, or training that diverges.
    pub(super) fn train(
        panel: &[Known<'_>],
        mut settings: NetSettings,
        from: Option<&Params<f32>>,
        early: Option<&Early<'_>>,
        after_step: &dyn Fn(),
    ) -> Result<Self> {
        let series = settings.seen(panel);
        let longest = series.iter().map(Seen::known).max().unwrap_or(1);
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
        // Where nothing can be asked for, there is nothing to learn.
        settings.steps = if longest > 1 { settings.steps } else { 0 };
        let steps = settings.steps;
        let train = TrainConfig {
            steps,
            learning_rate: settings.learning_rate,
            loss: settings.said.loss.clone(),
            quantiles: settings.said.quantiles.clone(),
            schedule: ScheduleConfig {
                name: "cosine".to_owned(),
                warmup: settings.steps / 50,
                ..ScheduleConfig::default()
            },
            clip: Some(1.0),
            carry: settings.carry,
            val_every: settings.steps.max(1),
            seed: settings.seed,
            ..TrainConfig::default()
        };
        let walks = Walks {
            view: settings.view.clone(),
            inputs: settings.inputs(),
            horizon: settings.horizon,
            series,
            window,
            seed: settings.seed,
            plan: Default::default(),
        };
        let mut trainer = Trainer::new(train, model, params, Box::new(walks))?;
        let mut watch = early.map(|early| Watch::new(early, steps));
        loop {
            let step = match trainer.advance()? {
                Event::Step { step, .. } => step,
                Event::WentBack { .. } => continue,
                Event::Finished { .. } => break,
            };
            after_step();
            let (settings, model, params) = (&settings, trainer.model(), trainer.params());
            let net = NetRef { settings, model, params };
            let goes_on = watch.as_mut().map_or(Ok(true), |watch| watch.goes_on(step, net))?;
            if !goes_on || settings.stop == Some(step) {
                break;
            }
        }
        let (model, mut params) = trainer.into_parts();
        if let Some(best) = watch.and_then(Watch::best) {
            settings.stop = (best.step < steps).then_some(best.step);
            params = best.params;
        }
        Ok(Self { settings, model, params })
    }

    /// The network with these weights.
    pub(super) fn with(settings: NetSettings, model: Model<f32>, params: Params<f32>) -> Self {
        Self { settings, model, params }
    }

    /// Updates that it was trained for.
    pub(super) fn updates(&self) -> u64 {
        self.settings.start + self.settings.stop.unwrap_or(self.settings.steps)
    }

    /// The part of its planned updates that it was trained for.
    pub(super) fn share(&self) -> f64 {
        let planned = self.settings.start + self.settings.steps;
        self.updates() as f64 / planned.max(1) as f64
    }

    /// Its weights.
    pub fn params(&self) -> &Params<f32> {
        &self.params
    }

    /// As [`NetRef::forecasts`].
    pub(super) fn forecasts(
        &self,
        panel: &[Known<'_>],
        origins: &[Vec<usize>],
        quantiles: &[f64],
    ) -> Result<Forecasts> {
        self.as_ref().forecasts(panel, origins, quantiles)
    }

    pub(super) fn as_ref(&self) -> NetRef<'_> {
        let Self { settings, model, params } = self;
        NetRef { settings, model, params }
    }
}

/// A network by its parts: so one in training is one, too.
#[derive(Clone, Copy)]
pub(super) struct NetRef<'a> {
    settings: &'a NetSettings,
    model: &'a Model<f32>,
    pub(super) params: &'a Params<f32>,
}

impl NetRef<'_> {
    /// For each series of `panel` and each of its `origins`, the `horizon` values after the first
    /// `origin` values, and behind them as many for each of `quantiles`, between 0 and 1. One walk over
    /// each series serves all its origins. Units and season come from the values that are known; the
    /// others are only walked over. One that is not trained says the last value again, in its season, and no quantiles.
    ///
    /// # Errors
    /// Those of a forward pass.
    pub(super) fn forecasts(
        self,
        panel: &[Known<'_>],
        origins: &[Vec<usize>],
        quantiles: &[f64],
    ) -> Result<Forecasts> {
        if self.settings.steps == 0 && self.settings.start == 0 {
            return Ok(persistence::forecasts(self.settings, panel, origins));
        }
        let loss = self.settings.said.loss()?;
        let seen = self.settings.seen(panel);
        let NetSettings { view, horizon, batch_size, seq_length, carry, .. } = self.settings;
        let inputs = self.settings.inputs();
        let end = |s: usize| origins[s].iter().copied().max().unwrap_or(0);
        let mut order: Vec<usize> = (0..seen.len()).collect();
        order.sort_by_key(|s| end(*s));
        let mut forecasts: Forecasts =
            origins.iter().map(|origins| vec![Vec::new(); origins.len()]).collect();
        // Longer windows than the longest walk would be room for nothing.
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
                        seen[*s].show(view, *horizon, t, x);
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
                            let said = &tape.output()[row * horizon * each..][..horizon * each];
                            let said = || said.chunks_exact(each).zip(1..);
                            let value = |k: usize, o: f64| seen[*s].value(t, k, o);
                            *to = said().map(|(o, k)| value(k, loss.point(o))).collect();
                            for p in quantiles {
                                let bound = |o: &[f32]| loss.quantile(o, *p).unwrap_or(f64::NAN);
                                to.extend(said().map(|(o, k)| value(k, bound(o))));
                            }
                        }
                    }
                }
            }
        }
        Ok(forecasts)
    }
}
