//! The pretrained network: forecasts of series that it has never seen, without training.

use std::cmp::Reverse;
use std::fmt;
use std::path::Path;
use std::sync::OnceLock;

use elman_nn::file::{Document, ModelFile, write_models};
use elman_nn::losses::Loss;
use elman_nn::{Isa, Model, ModelConfig, Params, Runner};
use serde_json::json;

use super::FrequencyClass;
use super::encoding::{Encoding, INPUTS, KNOTS, LEVELS, Quantiles, Source, Space};
use super::quantile_forecast::QuantileForecast;
use crate::data::hash::fingerprint_of_bytes;
use crate::data::parallel::each;
use crate::error::{Error, Result};

/// File of the network of this crate.
#[cfg(feature = "weights")]
pub const SHIPPED: &[u8] = include_bytes!("pretrained.safetensors");
/// Name of that file in errors.
const FILE_NAME: &str = "pretrained.safetensors";
/// The network of this crate, or the one that was provided, with the hash of its file.
static NETWORK: OnceLock<(Pretrained, String)> = OnceLock::new();
/// Most time steps that the network reads: the newest ones.
pub(super) const MAX_STEPS: usize = 96;
/// Encoded series in one forward pass.
const LANES: usize = 64;
/// Outputs of one time step.
pub(super) const OUTPUTS: usize = KNOTS.len() * LEVELS.len();

/// A pretrained network: the mean of some recurrent networks with different random initial weights.
pub struct Pretrained {
    model: Model<f32>,
    nets: Vec<Params<f32>>,
    loss: Loss<f32>,
}

/// A history to forecast.
#[derive(Debug, Clone, Copy)]
pub struct PastValues<'a> {
    /// Values, none of them missing.
    pub values: &'a [f64],
    /// Seasonal periods in time steps, shortest first.
    pub periods: &'a [usize],
    /// Frequency class, if known.
    pub class: Option<FrequencyClass>,
}

impl fmt::Debug for Pretrained {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pretrained")
            .field("networks", &self.nets.len())
            .field("model", self.model.config())
            .finish_non_exhaustive()
    }
}

impl Pretrained {
    /// Networks of this model with the weights `nets`.
    pub(super) fn with(model: Model<f32>, nets: Vec<Params<f32>>) -> Result<Self> {
        Ok(Self { model, nets, loss: Loss::new("pinball", &LEVELS)? })
    }

    /// The network that is part of this crate; how it was trained: `docs/pretrained.md`.
    ///
    /// # Errors
    /// A build without the feature `weights`, to which no file was [provided](Pretrained::provide).
    pub fn shipped() -> Result<&'static Self> {
        Ok(&Self::shipped_file()?.0)
    }

    /// Hash of the file of the network of this crate.
    pub(crate) fn shipped_fingerprint() -> Result<String> {
        Ok(Self::shipped_file()?.1.clone())
    }

    fn shipped_file() -> Result<&'static (Self, String)> {
        #[cfg(feature = "weights")]
        Self::provide(SHIPPED)?;
        NETWORK.get().ok_or_else(|| Error::Model {
            path: FILE_NAME.to_owned(),
            reason: "the pretrained network is not part of this build".to_owned(),
            help: "build with the feature `weights`, or give the file to `Pretrained::provide`"
                .to_owned(),
        })
    }

    /// Takes the file of the network in a build without the feature `weights`, such as one for a browser, which loads the file by
    /// itself. A second file is ignored.
    ///
    /// # Errors
    /// A file that is damaged, or has no pretrained network of this version.
    pub fn provide(file: &[u8]) -> Result<()> {
        if NETWORK.get().is_none() {
            let read = ModelFile::from_reader(file, Path::new(FILE_NAME))?;
            let fingerprint = format!("{:016x}", fingerprint_of_bytes(file.iter().copied()));
            // Of two threads that read it at once, one is first.
            let _ = NETWORK.set((Self::from_file(&read)?, fingerprint));
        }
        Ok(())
    }

    /// Reads a file that [`save`](Pretrained::save) wrote.
    ///
    /// # Errors
    /// A file that cannot be read, is damaged, or has no pretrained network of this version.
    pub fn load(path: &Path) -> Result<Self> {
        Self::from_file(&ModelFile::read(path)?)
    }

    fn from_file(file: &ModelFile<f32>) -> Result<Self> {
        let networks = file.document.about.get("networks").and_then(serde_json::Value::as_u64);
        match networks {
            Some(networks @ 1..=64) => Self::read(file, &file.document.model, networks, "net."),
            _ => Err(of_another_version(file.path())),
        }
    }

    /// Writes the file.
    ///
    /// # Errors
    /// A file that cannot be written; an existing file is then unchanged.
    pub fn save(&self, path: &Path) -> Result<()> {
        let about = json!({ "kind": "pretrained", "networks": self.nets.len() });
        let document = Document::new(self.model.config().clone(), about);
        let nets = self.nets.iter().enumerate();
        Ok(write_models(path, nets.map(|(n, net)| (format!("net.{n}."), net)), &document)?)
    }

    /// Loss of the networks, which has the levels of their quantiles.
    pub(crate) fn loss(&self) -> &Loss<f32> {
        &self.loss
    }

    /// Weights of each network.
    pub(crate) fn nets(&self) -> &[Params<f32>] {
        &self.nets
    }

    /// Reads the weights of `networks` networks of this configuration from `file`; those of number n have the prefix
    /// `{prefix}{n}.`.
    ///
    /// # Errors
    /// Another size of input or output than that of this version; weights that are missing, or have another shape.
    pub(crate) fn read(
        file: &ModelFile<f32>,
        config: &ModelConfig,
        networks: u64,
        prefix: &str,
    ) -> Result<Self> {
        if config.input_size != INPUTS || config.output_size != OUTPUTS {
            return Err(of_another_version(file.path()));
        }
        let model = Model::new(config.clone())?;
        let params = (0..networks).map(|net| file.params(&model, &format!("{prefix}{net}.")));
        let params = params.collect::<std::result::Result<_, _>>()?;
        Self::with(model, params)
    }

    /// Configuration of each network.
    pub fn config(&self) -> &ModelConfig {
        self.model.config()
    }

    /// Forecast of the `horizon` values after each history: the mean of the quantiles of all networks in both spaces, logs and
    /// values. Runs on up to `threads` threads, which change no bit of the results; `isa` is the instruction set, `None` for the
    /// default of this machine.
    ///
    /// # Errors
    /// A history without a value; the errors of a forward pass.
    pub fn forecast(
        &self,
        histories: &[PastValues<'_>],
        horizon: usize,
        threads: usize,
        isa: Option<Isa>,
    ) -> Result<Vec<QuantileForecast>> {
        if histories.iter().any(|history| history.values.is_empty()) {
            return Err(Error::ShortHistory { what: "the pretrained network", needed: 1, got: 0 });
        }
        let model = self.model_on(isa)?;
        // Series of similar length share a forward pass.
        let mut order: Vec<usize> = (0..histories.len()).collect();
        order.sort_by_key(|h| Reverse(histories[*h].values.len().min(MAX_STEPS)));
        let blocks: Vec<&[usize]> = order.chunks(LANES / 2).collect();
        let forecasts = each(&blocks, threads, |block| {
            let histories: Vec<PastValues<'_>> = block.iter().map(|h| histories[*h]).collect();
            self.forecast_block(&model, &histories, horizon)
        })?;
        let mut all: Vec<(usize, QuantileForecast)> =
            order.into_iter().zip(forecasts.into_iter().flatten()).collect();
        all.sort_by_key(|(history, _)| *history);
        Ok(all.into_iter().map(|(_, forecast)| forecast).collect())
    }

    fn forecast_block(
        &self,
        model: &Model<f32>,
        histories: &[PastValues<'_>],
        horizon: usize,
    ) -> Result<Vec<QuantileForecast>> {
        let spaces = histories.iter().map(|history| spaces(history.values));
        let spaces: Vec<&[Space]> = spaces.collect();
        let pairs = histories.iter().zip(&spaces);
        let encoded: Vec<Encoding> = pairs
            .flat_map(|(history, spaces)| {
                let source = Source::of(history.values, history.periods, history.class);
                spaces.iter().map(move |space| Encoding::new(source, *space))
            })
            .collect();
        let knots = self.knots(model, &encoded)?;
        let mut lanes = encoded.iter().zip(&knots);
        let forecast = |(history, spaces): (&PastValues<'_>, &&[Space])| {
            let decoded =
                lanes.by_ref().take(spaces.len()).map(|(e, knots)| e.decode(knots, horizon));
            let steps = mean(&decoded.collect::<Vec<_>>());
            QuantileForecast { steps: within(steps, history.values) }
        };
        Ok(histories.iter().zip(&spaces).map(forecast).collect())
    }

    /// Mean quantiles of the networks at each knot, in typical steps, after each of the encoded series.
    fn knots(&self, model: &Model<f32>, encoded: &[Encoding]) -> Result<Vec<Vec<Quantiles>>> {
        let lanes = encoded.len();
        let read = |e: &Encoding| e.len().min(MAX_STEPS);
        let steps = encoded.iter().map(read).max().unwrap_or(1);
        let mut x = vec![0.0; steps * lanes * INPUTS];
        for (lane, e) in encoded.iter().enumerate() {
            let first = e.len() - read(e);
            for t in 0..read(e) {
                let row = (t * lanes + lane) * INPUTS;
                e.write_inputs(first + t, &mut x[row..row + INPUTS]);
            }
        }
        let mut runner = Runner::new(model, steps, lanes, 1)?;
        let mut knots = vec![vec![[0.0; LEVELS.len()]; KNOTS.len()]; lanes];
        for net in &self.nets {
            runner.reset();
            let outputs = runner.run(model, net, &x)?;
            for (lane, (e, knots)) in encoded.iter().zip(&mut knots).enumerate() {
                self.add_quantiles(&outputs[((read(e) - 1) * lanes + lane) * OUTPUTS..], knots);
            }
        }
        Ok(knots)
    }

    /// Adds the share of one network in the mean quantiles, from its outputs of one time step.
    fn add_quantiles(&self, outputs: &[f32], knots: &mut [Quantiles]) {
        for (outputs, knot) in outputs.chunks_exact(LEVELS.len()).zip(knots) {
            for (sum, level) in knot.iter_mut().zip(LEVELS) {
                let quantile = self.loss.quantile(outputs, level).unwrap_or(f64::NAN);
                *sum += quantile / self.nets.len() as f64;
            }
        }
    }

    /// Forecasts one step ahead of the newest values of a history, each from the hidden state after the values before it. The
    /// season is estimated from all values. Returns the index of the first value that has a forecast.
    ///
    /// # Errors
    /// As [`forecast`](Pretrained::forecast); fewer than two values.
    pub fn in_sample(
        &self,
        past: PastValues<'_>,
        isa: Option<Isa>,
    ) -> Result<(usize, QuantileForecast)> {
        let source = Source::of(past.values, past.periods, past.class);
        let steps = source.values.len().saturating_sub(1);
        if steps == 0 {
            let (what, got) = ("the pretrained network", past.values.len());
            return Err(Error::ShortHistory { what, needed: 2, got });
        }
        let model = self.model_on(isa)?;
        let mut forecasts = Vec::new();
        for space in spaces(past.values) {
            let encoding = Encoding::new(source, *space);
            let mut x = vec![0.0; steps * INPUTS];
            let rows = x.chunks_exact_mut(INPUTS).enumerate();
            rows.for_each(|(t, row)| encoding.write_inputs(t, row));
            let mut knots = vec![vec![[0.0; LEVELS.len()]; KNOTS.len()]; steps];
            for net in &self.nets {
                let mut runner = Runner::new(&model, MAX_STEPS, 1, 1)?;
                let windows = x.chunks(MAX_STEPS * INPUTS).zip(knots.chunks_mut(MAX_STEPS));
                for (x, knots) in windows {
                    let outputs = runner.run(&model, net, x)?.chunks_exact(OUTPUTS);
                    outputs
                        .zip(knots)
                        .for_each(|(at_step, knots)| self.add_quantiles(at_step, knots));
                }
            }
            let decoded =
                knots.iter().enumerate().map(|(t, knots)| encoding.decode_at(t, knots, 1));
            forecasts.push(decoded.collect::<Vec<_>>());
        }
        let steps = within(mean(&forecasts), past.values);
        Ok((past.values.len() - steps.len(), QuantileForecast { steps }))
    }

    /// The model on this instruction set.
    fn model_on(&self, isa: Option<Isa>) -> Result<Model<f32>> {
        let model = Model::new(self.config().clone())?;
        Ok(match isa {
            Some(isa) => model.with_isa(isa),
            None => model,
        })
    }
}

fn of_another_version(path: &Path) -> Error {
    Error::Model {
        path: path.display().to_string(),
        reason: "not a pretrained network of this version".to_owned(),
        help: "write the file anew: `cargo xtask pretrain`".to_owned(),
    }
}

/// Spaces in which a history is encoded.
fn spaces(values: &[f64]) -> &'static [Space] {
    match values.iter().all(|y| *y > 0.0) {
        true => &[Space::Logs, Space::Values],
        false => &[Space::Values],
    }
}

/// Mean of the quantiles of several forecasts.
fn mean(forecasts: &[Vec<Quantiles>]) -> Vec<Quantiles> {
    let count = forecasts.len() as f64;
    let steps = forecasts[0].len();
    let at = |h: usize| {
        std::array::from_fn(|q| {
            forecasts.iter().map(|forecast| forecast[h][q]).sum::<f64>() / count
        })
    };
    (0..steps).map(at).collect()
}

/// Raises quantiles below 0 to 0, if no value is below 0.
fn within(mut steps: Vec<Quantiles>, values: &[f64]) -> Vec<Quantiles> {
    if values.iter().all(|y| *y >= 0.0) {
        steps.iter_mut().flatten().for_each(|quantile| *quantile = quantile.max(0.0));
    }
    steps
}
