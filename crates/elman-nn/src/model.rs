//! A model: recurrent layers, dropout between them, and a linear head at every time step.

use std::fmt;
use std::sync::Arc;

use elman_math::{Isa, Real, Stream};
use serde::{Deserialize, Serialize};

use crate::cells::CellEntry;
use crate::error::{Error, Shape};
use crate::init::Init;
use crate::layers::{
    AdaptiveSoftmax, Back, Clusters, Dilated, Dropout, Embedding, Layer, Linear, MOST_IN_TABLE,
    Pass, RecurrentSize, Residual, Skip, Tokens, Window,
};
use crate::params::{Layout, Params};
use crate::registry::Entry;
use crate::state::State;
use crate::tape::{Packing, Tape};

/// The most values in one piece of memory, 2³² (16 GiB of `f32`): beyond is a slip of the hand, and
/// shall be an error and not a crash.
const MOST_VALUES: f64 = 4_294_967_296.0;

/// The most places where classes are cut.
const MOST_CUTOFFS: usize = 8;

/// The furthest back that a layer goes on from.
const MOST_DILATION: usize = 1 << 16;

/// Everything that decides a model's variables.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelConfig {
    /// The cell, by its name in the registry.
    pub cell: String,
    /// I, features a time step; 1 where these are the numbers of tokens.
    pub input_size: usize,
    /// V, the tokens that there are; 0 where the input is no tokens.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub vocab_size: usize,
    /// Values of the vector that each token is shown as; 0 for V of them, all zeros but a one.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub embedding_size: usize,
    /// Whether the head's weights are those of the embedding, which is then as wide as a layer (Press and
    /// Wolf, EACL 2017).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub tied: bool,
    /// H, hidden units a layer.
    pub hidden_size: usize,
    /// L, recurrent layers.
    pub num_layers: usize,
    /// K, outputs a time step.
    pub output_size: usize,
    /// Where the K classes, the most frequent first, are cut into clusters by a head that spends less on the rare ones
    /// (Grave et al., ICML 2017); empty for a linear head.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cutoffs: Vec<usize>,
    /// Probability of dropping a value between two recurrent layers in training.
    pub dropout: f64,
    /// For each recurrent layer, how many steps back it goes on from; empty for 1 in all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dilations: Vec<usize>,
    /// Whether the input of each recurrent layer but the first is added to its output.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub residual: bool,
    /// Whether a linear map of the input is added to the output.
    #[serde(default)]
    pub skip: bool,
}

fn is_zero(size: &usize) -> bool {
    *size == 0
}

impl Default for ModelConfig {
    /// The lesson: one input, 32 hidden units, one layer of the Elman cell, one output.
    fn default() -> Self {
        Self {
            cell: "rnn".to_owned(),
            input_size: 1,
            vocab_size: 0,
            embedding_size: 0,
            tied: false,
            hidden_size: 32,
            num_layers: 1,
            output_size: 1,
            cutoffs: Vec::new(),
            dropout: 0.0,
            dilations: Vec::new(),
            residual: false,
            skip: false,
        }
    }
}

impl ModelConfig {
    /// For each recurrent layer, how many steps back it goes on from: the rows of its memory.
    pub fn depths(&self) -> impl Iterator<Item = usize> {
        (0..self.num_layers).map(|layer| self.dilations.get(layer).copied().unwrap_or(1))
    }

    /// I of the first recurrent layer.
    fn shown(&self) -> usize {
        match (self.vocab_size, self.embedding_size) {
            (0, _) => self.input_size,
            (vocab_size, 0) => vocab_size,
            (_, embedding_size) => embedding_size,
        }
    }

    /// Whether tokens, if there are some, can be shown.
    fn check_tokens(&self) -> Result<(), Error> {
        let Self { input_size, vocab_size, embedding_size, hidden_size, tied, skip, .. } = *self;
        let refused = |name, got: String, must_be| Err(Error::Setting { name, got, must_be });
        if vocab_size == 0 {
            return match (embedding_size, tied) {
                (0, false) => Ok(()),
                _ => refused("vocab_size", "0".to_owned(), "above 0 where tokens are embedded"),
            };
        }
        for (name, size) in [("vocab_size", vocab_size), ("embedding_size", embedding_size)] {
            if size > 1 << 20 {
                return refused(name, size.to_string(), "at most 1048576");
            }
        }
        if input_size != 1 {
            return refused("input_size", input_size.to_string(), "1 where tokens are shown");
        }
        if skip {
            return refused("skip", "true".to_owned(), "false where tokens are shown");
        }
        if tied && (embedding_size != hidden_size || self.output_size != vocab_size) {
            let got = format!("true with an embedding_size of {embedding_size}");
            return refused("tied", got, "with an embedding as wide as a layer, and V outputs");
        }
        Ok(())
    }

    /// Whether the classes can be cut so.
    fn check_cutoffs(&self) -> Result<(), Error> {
        let Self { cutoffs, output_size, tied, skip, .. } = self;
        let inside = cutoffs.iter().all(|cut| (1..*output_size).contains(cut));
        let must_be = match cutoffs.len() {
            0 => return Ok(()),
            _ if !inside || !cutoffs.is_sorted_by(|a, b| a < b) => {
                "strictly ascending, above 0 and below the number of classes"
            }
            1..=MOST_CUTOFFS if !tied && !skip => return Ok(()),
            1..=MOST_CUTOFFS => "empty where the head is tied, or something is added to its output",
            _ => "eight at most",
        };
        Err(Error::Setting { name: "cutoffs", got: format!("{cutoffs:?}"), must_be })
    }

    /// Whether there is one dilation a layer, within reason, and a layer that can be residual.
    fn check_stack(&self) -> Result<(), Error> {
        if self.residual && self.num_layers < 2 {
            let (got, must_be) = ("true for one layer".to_owned(), "for two layers or more");
            return Err(Error::Setting { name: "residual", got, must_be });
        }
        let name = "dilations";
        let got = || format!("{:?}", self.dilations);
        if self.dilations.iter().any(|d| !(1..=MOST_DILATION).contains(d)) {
            return Err(Error::Setting { name, got: got(), must_be: "from 1 to 65536 each" });
        }
        if ![0, self.num_layers].contains(&self.dilations.len()) {
            let got = format!("{} for {} layers", got(), self.num_layers);
            return Err(Error::Setting { name, got, must_be: "one for each layer" });
        }
        Ok(())
    }
}

/// A network without its weights: layers and the layout of their variables.
///
/// Weights are [`Params`], the memory is a [`State`], activations a [`Tape`]: all passed in, so
/// that one model serves training, evaluation and any number of memories at once.
pub struct Model<T: Real> {
    config: ModelConfig,
    cell: &'static CellEntry<T>,
    layout: Arc<Layout>,
    layers: Vec<Box<dyn Layer<T>>>,
    /// What stands in the place of the last layer where its loss is wanted and not its output, if that is cheaper.
    judge: Option<Box<dyn Layer<T>>>,
    skip: Option<Skip>,
    isa: Isa,
}

impl<T: Real> Model<T> {
    /// Builds the model that `config` describes.
    pub fn new(config: ModelConfig) -> Result<Self, Error> {
        for (name, size) in [
            ("input_size", config.input_size),
            ("hidden_size", config.hidden_size),
            ("num_layers", config.num_layers),
            ("output_size", config.output_size),
        ] {
            if !(1..=1 << 20).contains(&size) {
                let got = size.to_string();
                return Err(Error::Setting { name, got, must_be: "from 1 to 1048576" });
            }
        }
        if !(0.0..1.0).contains(&config.dropout) {
            let got = config.dropout.to_string();
            return Err(Error::Setting { name: "dropout", got, must_be: "at least 0 and below 1" });
        }
        config.check_tokens()?;
        config.check_cutoffs()?;
        config.check_stack()?;
        let cell = CellEntry::<T>::find(&config.cell)?;
        let hidden = config.hidden_size;
        let [i, h, l, k] =
            [config.shown(), hidden, config.num_layers, config.output_size].map(|n| n as f64);
        let [v, e] = [config.vocab_size, config.embedding_size].map(|n| n as f64);
        let weights = cell.gates as f64 * h * (i + h + (l - 1.0) * 2.0 * h) + h * k + i * k + v * e;
        if weights > MOST_VALUES {
            let (got, must_be) = (format!("{hidden}, that is {weights:.1e} weights"), "smaller");
            return Err(Error::Setting { name: "hidden_size", got, must_be });
        }
        let mut layout = Layout::default();
        let mut layers: Vec<Box<dyn Layer<T>>> = Vec::new();
        let ModelConfig { vocab_size, embedding_size, tied, .. } = config;
        let mut tokens = (vocab_size > 0).then_some(Tokens { vocab_size, embedding: None });
        let mut shared = None;
        if embedding_size > 0 {
            // What is the head's, too, begins as a head does.
            let init = if tied { Init::one_over_sqrt(hidden) } else { Init::Normal };
            let embedding = Embedding::declare(&mut layout, vocab_size, embedding_size, init);
            let weight = embedding.weight();
            shared = Some(weight).filter(|_| tied);
            if vocab_size <= MOST_IN_TABLE {
                tokens = Some(Tokens { vocab_size, embedding: Some(weight) });
            } else {
                tokens = None;
                layers.push(Box::new(embedding));
            }
        }
        for layer in 0..config.num_layers {
            let inputs = if layer == 0 { config.shown() } else { hidden };
            if layer > 0 && config.dropout > 0.0 {
                layers.push(Box::new(Dropout::new(hidden, config.dropout)));
            }
            let tokens = tokens.filter(|_| layer == 0);
            let size = RecurrentSize { layer, inputs, tokens, hidden };
            let mut recurrent = (cell.layer)(&mut layout, size);
            if let Some(&dilation @ 2..) = config.dilations.get(layer) {
                recurrent = Box::new(Dilated::new(recurrent, layer, dilation));
            }
            if config.residual && layer > 0 {
                recurrent = Box::new(Residual(recurrent));
            }
            layers.push(recurrent);
        }
        let mut judge: Option<Box<dyn Layer<T>>> = None;
        let (classes, cutoffs) = (config.output_size, &config.cutoffs);
        layers.push(match shared {
            Some(weight) => Box::new(Linear::tied(&mut layout, "fc", weight, hidden, classes)),
            None if cutoffs.is_empty() => {
                Box::new(Linear::declare(&mut layout, "fc", hidden, classes))
            }
            None => {
                let clusters = Clusters::declare(&mut layout, "fc", hidden, classes, cutoffs);
                judge = Some(Box::new(AdaptiveSoftmax::new(clusters.clone(), true)));
                Box::new(AdaptiveSoftmax::new(clusters, false))
            }
        });
        let ModelConfig { input_size, output_size, .. } = config;
        let skip = config.skip.then(|| Skip::declare(&mut layout, input_size, output_size));
        Ok(Self { config, cell, layout: Arc::new(layout), layers, judge, skip, isa: Isa::detect() })
    }

    /// The same model on another instruction set of this machine.
    pub fn with_isa(mut self, isa: Isa) -> Self {
        self.isa = isa;
        self
    }

    /// What the model was built from.
    pub fn config(&self) -> &ModelConfig {
        &self.config
    }

    /// The instruction set it runs on.
    pub fn isa(&self) -> Isa {
        self.isa
    }

    /// Its variables.
    pub fn layout(&self) -> &Arc<Layout> {
        &self.layout
    }

    /// Initial weights: PyTorch's distributions, drawn from the stream `init` of `seed`.
    pub fn initial_params(&self, seed: u64) -> Params<T> {
        Params::initial(&self.layout, &mut Stream::new(seed, "init"))
    }

    /// An empty memory for `batch_size` streams.
    pub fn zero_state(&self, batch_size: usize) -> State<T> {
        let depths: Vec<usize> = self.config.depths().collect();
        State::zeros(self.cell.states, &depths, batch_size, self.config.hidden_size)
    }

    /// Whether windows of `steps` time steps in `batch` streams make sense.
    ///
    /// # Errors
    /// [`Error::Setting`] if one of them is 0, or if no memory could hold them.
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
        // A dilated layer needs room for one of its cycles at least.
        let steps_at_least = self.config.depths().fold(steps, usize::max);
        if a_row * steps_at_least as f64 * batch as f64 > MOST_VALUES {
            let got = format!("{steps} with a batch_size of {batch}");
            return Err(Error::Setting { name: "seq_length", got, must_be: "smaller" });
        }
        Ok(())
    }

    /// Working memory for windows of `steps` time steps in `batch` streams.
    pub fn tape(&self, steps: usize, batch: usize) -> Tape<T> {
        let mut tape = self.tape_without_weights(Window { steps, batch });
        tape.packing = Some(self.packing());
        tape
    }

    /// The same for passes whose output is `[T, B, 1]`, the cross-entropy of the classes that stand in
    /// [`Tape::targets_mut`]: a forward pass panics if one is none. `None` for a model that has to know all its outputs to
    /// know that.
    pub fn judging_tape(&self, steps: usize, batch: usize) -> Option<Tape<T>> {
        let mut tape = self.judging_tape_without_weights(Window { steps, batch })?;
        tape.packing = Some(self.packing());
        Some(tape)
    }

    /// A tape for passes on packed weights that stand elsewhere.
    pub(crate) fn tape_without_weights(&self, window: Window) -> Tape<T> {
        self.tape_over(window, false)
    }

    /// The same, whose output is the loss of the classes that came, where that is cheaper.
    pub(crate) fn judging_tape_without_weights(&self, window: Window) -> Option<Tape<T>> {
        self.judge.is_some().then(|| self.tape_over(window, true).judging())
    }

    /// Values of a row of the output in training: K, or one where the model judges itself.
    pub(crate) fn outputs_in_training(&self) -> usize {
        if self.judge.is_some() { 1 } else { self.config.output_size }
    }

    fn tape_over(&self, window: Window, judges: bool) -> Tape<T> {
        let layers: Vec<_> =
            (0..self.layers.len()).map(|index| self.layer(index, judges)).collect();
        Tape::new(self.isa, &layers, self.skip.as_ref(), window)
    }

    /// One layer, or what stands in its place on a tape that judges.
    fn layer(&self, index: usize, judges: bool) -> &dyn Layer<T> {
        match &self.judge {
            Some(judge) if judges && index + 1 == self.layers.len() => &**judge,
            _ => &*self.layers[index],
        }
    }

    /// Room for the packed weights.
    pub(crate) fn packing(&self) -> Packing<T> {
        Packing::new(self.isa, &self.layers, self.skip.as_ref())
    }

    /// Packs `params` for a forward pass.
    pub(crate) fn pack_forward(&self, params: &Params<T>, packing: &mut Packing<T>) {
        packing.forward.renew(params.stamp(), false, |layer, packed| {
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
        packing.backward.renew(params.stamp(), wants_dx, |layer, packed| {
            match (self.layers.get(layer), &self.skip) {
                (Some(entry), _) => {
                    entry.pack_backward(self.isa, params, packed, layer > 0 || wants_dx);
                }
                (None, Some(skip)) if wants_dx => skip.pack_backward(self.isa, params, packed),
                _ => {}
            }
        });
    }

    /// Runs a window `x` `[T, B, I]` through the model, from the memory in `state`, which it
    /// leaves at the end of the window. The output `[T, B, K]` is [`Tape::output`].
    ///
    /// `noise` is the stream of dropout in training, `None` otherwise.
    ///
    /// # Errors
    /// [`Error::Shape`] if `x` does not fit the tape, or `state` the model and the tape.
    pub fn forward(
        &self,
        params: &Params<T>,
        x: &[T],
        state: &mut State<T>,
        tape: &mut Tape<T>,
        noise: Option<&mut Stream>,
    ) -> Result<(), Error> {
        let mut packing = tape.packing.take().unwrap_or_else(|| self.packing());
        self.pack_forward(params, &mut packing);
        let outcome = self.forward_on(params, &packing, x, state, tape, noise);
        tape.packing = Some(packing);
        outcome
    }

    /// [`forward`](Model::forward) on weights that are packed already.
    pub(crate) fn forward_on(
        &self,
        params: &Params<T>,
        packing: &Packing<T>,
        x: &[T],
        state: &mut State<T>,
        tape: &mut Tape<T>,
        mut noise: Option<&mut Stream>,
    ) -> Result<(), Error> {
        self.check(tape.window, "x", x, self.config.input_size)?;
        self.check_state(tape.window, state)?;
        let mut input = x;
        let judges = tape.judges();
        let mut arena = &mut tape.arena[..];
        for (index, region) in tape.regions.iter().enumerate() {
            let layer = self.layer(index, judges);
            let region = arena.split_off_mut(..*region).expect("a region a layer");
            let (packed, targets) = (packing.forward.layer(index), &tape.targets);
            let pass = Pass { isa: self.isa, window: tape.window, params, packed, targets };
            let region = &mut region[..layer.tape_len(tape.window)];
            layer.forward(&pass, input, state, region, noise.as_deref_mut());
            input = &region[layer.output(tape.window)];
        }
        if let Some(skip) = &self.skip {
            let packed = packing.forward.layer(self.layers.len());
            let pass = Pass { isa: self.isa, window: tape.window, params, packed, targets: &[] };
            skip.forward(&pass, x, &mut tape.arena[tape.output.clone()]);
        }
        Ok(())
    }

    /// Goes back through the window of the last [`forward`](Model::forward) on `tape`.
    ///
    /// `dy` `[T, B, K]` is the gradient of the output. Adds the gradient of the weights to
    /// `grads`; writes that of the input to `dx` `[T, B, I]`, if asked for. `dstate` holds the
    /// gradient of the memory after the window on entry (zeros when the memory is carried
    /// detached) and of the memory before it on exit.
    ///
    /// The pass uses the tape up: a second one needs another forward pass first.
    ///
    /// # Errors
    /// [`Error::Shape`] if a slice does not fit the tape.
    #[expect(clippy::too_many_arguments, reason = "each is a tensor of the pass, by its own name")]
    pub fn backward(
        &self,
        params: &Params<T>,
        x: &[T],
        dy: &[T],
        dstate: &mut State<T>,
        dx: Option<&mut [T]>,
        tape: &mut Tape<T>,
        grads: &mut Params<T>,
    ) -> Result<(), Error> {
        let mut packing = tape.packing.take().unwrap_or_else(|| self.packing());
        self.pack_backward(params, &mut packing, dx.is_some());
        let outcome = self.backward_on(params, &packing, x, dy, dstate, dx, tape, grads);
        tape.packing = Some(packing);
        outcome
    }

    /// [`backward`](Model::backward) on weights that are packed already.
    #[expect(clippy::too_many_arguments, reason = "each is a tensor of the pass, by its own name")]
    pub(crate) fn backward_on(
        &self,
        params: &Params<T>,
        packing: &Packing<T>,
        x: &[T],
        dy: &[T],
        dstate: &mut State<T>,
        mut dx: Option<&mut [T]>,
        tape: &mut Tape<T>,
        grads: &mut Params<T>,
    ) -> Result<(), Error> {
        let window = tape.window;
        self.check(window, "x", x, self.config.input_size)?;
        let judges = tape.judges();
        self.check(window, "dy", dy, if judges { 1 } else { self.config.output_size })?;
        if let Some(dx) = &dx {
            self.check(window, "dx", dx, self.config.input_size)?;
        }
        self.check_state(window, dstate)?;
        let [mut from, mut to] = tape.between.each_mut().map(|buffer| &mut buffer[..]);
        from[..dy.len()].copy_from_slice(dy);
        let mut arena = &mut tape.arena[..];
        for index in (0..self.layers.len()).rev() {
            let layer = self.layer(index, judges);
            let start = arena.len() - tape.regions[index];
            let region = arena.split_off_mut(start..).expect("a region a layer");
            let (packed, targets) = (packing.backward.layer(index), &tape.targets);
            let pass = Pass { isa: self.isa, window, params, packed, targets };
            let mut back = Back { grads, dstate, scratch: &mut tape.scratch };
            let region = &mut region[..layer.tape_len(window)];
            let dy = &from[..layer.output(window).len()];
            if index == 0 {
                layer.backward(&pass, x, region, dy, dx.as_deref_mut(), &mut back);
            } else {
                let below = &self.layers[index - 1];
                let start = arena.len() - tape.regions[index - 1];
                let input = &arena[start..][below.output(window)];
                let dx = Some(&mut to[..input.len()]);
                layer.backward(&pass, input, region, dy, dx, &mut back);
                std::mem::swap(&mut from, &mut to);
            }
        }
        if let Some(skip) = &self.skip {
            let packed = packing.backward.layer(self.layers.len());
            let pass = Pass { isa: self.isa, window, params, packed, targets: &[] };
            let mut back = Back { grads, dstate, scratch: &mut tape.scratch };
            skip.backward(&pass, x, dy, dx, &mut back);
        }
        Ok(())
    }

    fn check(
        &self,
        window: Window,
        tensor: &'static str,
        values: &[T],
        size: usize,
    ) -> Result<(), Error> {
        let axis = match tensor {
            "x" | "dx" => 'I',
            _ => 'K',
        };
        Shape([('T', window.steps), ('B', window.batch), (axis, size)]).check(tensor, values)
    }

    pub(crate) fn check_state(&self, window: Window, state: &State<T>) -> Result<(), Error> {
        let rows = self.config.depths().sum();
        let expected = [rows, window.batch, self.config.hidden_size];
        if state.names() == self.cell.states && state.shape() == expected {
            return Ok(());
        }
        let [l, b, h] = expected;
        let expected = Shape([('L', l), ('B', b), ('H', h)]);
        Err(Error::Shape { tensor: "state", expected, got: state.shape().iter().product() })
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
