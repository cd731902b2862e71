//! A model: recurrent layers, dropout between them, and a linear head at every time step.

mod config;
mod layers;
mod passes;

use std::fmt;
use std::sync::Arc;

use elman_math::{Isa, Real, Stream};

use crate::cells::CellEntry;
use crate::error::Error;
use crate::layers::{Layer, Skip, Window};
use crate::params::{Layout, Params};
use crate::registry::Entry;
use crate::state::{SavedState, State};
use crate::tape::{Packing, Tape};

use layers::{Head, Input, recurrent_layers};

pub use config::ModelConfig;

/// The most values of one allocation, 2³² (16 GiB of `f32`): a larger size is most likely a mistake, and
/// is reported as an error instead of a crash.
const MAX_VALUES: f64 = 4_294_967_296.0;

/// A network without its weights: layers and the layout of their variables.
///
/// Weights are [`Params`], the hidden state is a [`State`], activations are a [`Tape`]. All are arguments of
/// the passes, so that one model serves training, evaluation and any number of hidden states at once.
pub struct Model<T: Real> {
    config: ModelConfig,
    cell: &'static CellEntry<T>,
    layout: Arc<Layout>,
    layers: Vec<Box<dyn Layer<T>>>,
    /// Replaces the last layer where only the loss is needed and not the output, if that is cheaper.
    loss_head: Option<Box<dyn Layer<T>>>,
    skip: Option<Skip>,
    isa: Isa,
}

impl<T: Real> fmt::Debug for Model<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Model").field("config", &self.config).finish_non_exhaustive()
    }
}

impl<T: Real> Model<T> {
    /// Builds the model that `config` describes.
    pub fn new(config: ModelConfig) -> Result<Self, Error> {
        config.check_sizes()?;
        config.check_tokens()?;
        config.check_cutoffs()?;
        config.check_stack()?;
        let cell = CellEntry::<T>::find(&config.cell)?;
        config.check_weights(cell.gates)?;
        let mut layout = Layout::default();
        let Input { embedding, tokens, tied } = Input::declare(&mut layout, &config);
        let recurrent = recurrent_layers(&mut layout, &config, cell, tokens);
        let Head { layer, computing_loss } = Head::declare(&mut layout, &config, tied);
        let ModelConfig { input_size, output_size, .. } = config;
        let skip = config.skip.then(|| Skip::declare(&mut layout, input_size, output_size));
        Ok(Self {
            config,
            cell,
            layout: Arc::new(layout),
            layers: embedding.into_iter().chain(recurrent).chain([layer]).collect(),
            loss_head: computing_loss,
            skip,
            isa: Isa::detect(),
        })
    }

    /// Selects another instruction set of this machine.
    pub fn with_isa(mut self, isa: Isa) -> Self {
        self.isa = isa;
        self
    }

    /// The configuration of the model.
    pub fn config(&self) -> &ModelConfig {
        &self.config
    }

    /// The instruction set in use.
    pub fn isa(&self) -> Isa {
        self.isa
    }

    /// The layout of its variables.
    pub fn layout(&self) -> &Arc<Layout> {
        &self.layout
    }

    /// Initial weights with PyTorch's distributions, drawn from the RNG stream `init` of `seed`.
    pub fn initial_params(&self, seed: u64) -> Params<T> {
        Params::initial(&self.layout, &mut Stream::new(seed, "init"))
    }

    /// A hidden state of zeros for `batch_size` lanes.
    pub fn zero_state(&self, batch_size: usize) -> State<T> {
        let depths: Vec<usize> = self.config.depths().collect();
        State::zeros(self.cell.states, &depths, batch_size, self.config.hidden_size)
    }

    /// The saved hidden state of one lane; `None` if its names or shape are not those of this network. Allocates only
    /// for values that were saved.
    pub fn saved_state(&self, saved: &SavedState) -> Option<State<T>> {
        let rows = self.config.depths().try_fold(0_usize, usize::checked_add)?;
        if saved.shape != [rows, 1, self.config.hidden_size] || !saved.holds(self.cell.states) {
            return None;
        }
        let mut state = self.zero_state(1);
        state.restore(saved).then_some(state)
    }

    /// Checks that windows of `steps` time steps in `batch` lanes are possible.
    ///
    /// # Errors
    /// [`Error::Setting`] if one of them is 0, or if the window would not fit into memory.
    pub fn check_window(&self, steps: usize, batch: usize) -> Result<(), Error> {
        for (name, size) in [("seq_length", steps), ("batch_size", batch)] {
            if size == 0 {
                let got = size.to_string();
                return Err(Error::Setting { name, got, must_be: "at least 1" });
            }
        }
        let ModelConfig { input_size, hidden_size, num_layers, output_size, .. } = self.config;
        let layers = 2 * num_layers * (self.cell.gates + self.cell.states.len());
        let shown = self.config.shown();
        let a_row = (layers * hidden_size + input_size + shown + output_size) as f64;
        // A dilated layer needs room for at least one of its cycles.
        let steps_at_least = self.config.depths().fold(steps, usize::max);
        if a_row * steps_at_least as f64 * batch as f64 > MAX_VALUES {
            let got = format!("{steps} with a batch_size of {batch}");
            return Err(Error::Setting { name: "seq_length", got, must_be: "smaller" });
        }
        Ok(())
    }

    /// The working memory for windows of `steps` time steps in `batch` lanes.
    pub fn tape(&self, steps: usize, batch: usize) -> Tape<T> {
        let mut tape = self.tape_without_weights(Window { steps, batch });
        tape.packing = Some(self.packing());
        tape
    }

    /// As [`tape`](Model::tape), for passes whose output is `[T, B, 1]`, the cross-entropy of the classes in
    /// [`Tape::targets_mut`]; a forward pass panics if a target is not a class. `None` for a model that needs all
    /// outputs to compute its loss.
    pub fn loss_tape(&self, steps: usize, batch: usize) -> Option<Tape<T>> {
        let mut tape = self.loss_tape_without_weights(Window { steps, batch })?;
        tape.packing = Some(self.packing());
        Some(tape)
    }

    /// A tape for passes on packed weights that are stored elsewhere.
    pub(crate) fn tape_without_weights(&self, window: Window) -> Tape<T> {
        self.tape_over(window, false)
    }

    /// The same, with the loss of the actual classes as output; `None` where that is not cheaper.
    pub(crate) fn loss_tape_without_weights(&self, window: Window) -> Option<Tape<T>> {
        self.loss_head.is_some().then(|| self.tape_over(window, true).computing_loss())
    }

    /// Values per row of the output in training: K, or 1 if the model computes its own loss.
    pub(crate) fn outputs_in_training(&self) -> usize {
        if self.loss_head.is_some() { 1 } else { self.config.output_size }
    }

    fn tape_over(&self, window: Window, judges: bool) -> Tape<T> {
        let layers: Vec<_> =
            (0..self.layers.len()).map(|index| self.layer(index, judges)).collect();
        Tape::new(self.isa, &layers, self.skip.as_ref(), window)
    }

    /// The layer at `index`, or its replacement on a tape that computes the loss.
    fn layer(&self, index: usize, judges: bool) -> &dyn Layer<T> {
        match &self.loss_head {
            Some(loss_head) if judges && index + 1 == self.layers.len() => &**loss_head,
            _ => &*self.layers[index],
        }
    }

    /// Room for the packed weights.
    pub(crate) fn packing(&self) -> Packing<T> {
        Packing::new(self.isa, &self.layers, self.skip.as_ref())
    }

    /// Packs `params` for a forward pass.
    pub(crate) fn pack_forward(&self, params: &Params<T>, packing: &mut Packing<T>) {
        packing.forward.renew(params.version(), false, |layer, packed| {
            match (self.layers.get(layer), &self.skip) {
                (Some(layer), _) => layer.pack_forward(self.isa, params, packed),
                (None, skip) => skip.iter().for_each(|s| s.pack_forward(self.isa, params, packed)),
            }
        });
    }

    /// Packs `params` for a backward pass to the weights and, if `wants_dx`, to the input.
    pub(crate) fn pack_backward(
        &self,
        params: &Params<T>,
        packing: &mut Packing<T>,
        wants_dx: bool,
    ) {
        packing.backward.renew(params.version(), wants_dx, |layer, packed| {
            match (self.layers.get(layer), &self.skip) {
                (Some(entry), _) => {
                    entry.pack_backward(self.isa, params, packed, layer > 0 || wants_dx);
                }
                (None, Some(skip)) if wants_dx => skip.pack_backward(self.isa, params, packed),
                _ => {}
            }
        });
    }
}

/// The table of every variable: name, shape, number of values.
impl<T: Real> fmt::Display for Model<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ModelConfig { cell, input_size, hidden_size, num_layers, output_size, .. } =
            &self.config;
        let ModelConfig { dropout, dilations, residual, .. } = &self.config;
        let layers = if *num_layers == 1 { "layer" } else { "layers" };
        write!(f, "{cell}: {input_size} in, {hidden_size} hidden, {num_layers} {layers}")?;
        if !dilations.is_empty() {
            write!(f, ", dilations {dilations:?}")?;
        }
        if *residual {
            write!(f, ", residual")?;
        }
        if *dropout > 0.0 {
            write!(f, ", dropout {dropout}")?;
        }
        writeln!(f, ", {output_size} out")?;
        let variables = self.layout.variables();
        let shape = |shape: &[usize]| {
            let sizes: Vec<String> = shape.iter().map(usize::to_string).collect();
            format!("[{}]", sizes.join(", "))
        };
        let width = variables.iter().map(|v| v.name.len()).max().unwrap_or(0).max(8);
        writeln!(f, "  {:width$}  {:>12}  {:>9}", "variable", "shape", "values")?;
        for variable in variables {
            let (shape, count) = (shape(&variable.shape), variable.count());
            writeln!(f, "  {:width$}  {shape:>12}  {count:>9}", variable.name)?;
        }
        write!(f, "  {:width$}  {:>12}  {:>9}", "total", "", self.layout.count())
    }
}
