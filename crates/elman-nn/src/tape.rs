//! The tape: the values that a forward pass stores for the backward pass, in one reused array.

use std::ops::Range;

use elman_math::{Aligned, Isa, Real, zeros};

use crate::layers::{Layer, Skip, Window};

/// The working memory of one model for one window size: activations, packed weights, gradients
/// between layers. Allocated once; the passes allocate nothing.
#[derive(Debug)]
pub struct Tape<T> {
    pub(crate) window: Window,
    most_steps: usize,
    /// The regions of all layers, one after the other.
    pub(crate) arena: Aligned<T>,
    /// Lengths of the regions.
    pub(crate) regions: Vec<usize>,
    /// The range of the last layer's output in the array.
    pub(crate) output: Range<usize>,
    /// The packed weights; `None` if several tapes share them.
    pub(crate) packing: Option<Packing<T>>,
    /// The actual classes `[T, B]`, if the output is only the loss of these classes; else empty.
    pub(crate) targets: Aligned<T>,
    /// Gradients between layers: one buffer is read, the other written, in alternation.
    pub(crate) between: [Aligned<T>; 2],
    pub(crate) scratch: Aligned<T>,
}

impl<T: Real> Tape<T> {
    pub(crate) fn new(
        isa: Isa,
        layers: &[&dyn Layer<T>],
        skip: Option<&Skip>,
        window: Window,
    ) -> Self {
        // Each region starts on a cache line.
        let aligned = |len: usize| len.next_multiple_of(16);
        let regions: Vec<usize> = layers.iter().map(|l| aligned(l.tape_len(window))).collect();
        let last = layers.last().expect("a model has layers");
        let before_last: usize = regions[..regions.len() - 1].iter().sum();
        let output = last.output(window);
        let widest = layers.iter().map(|l| l.output(window).len()).max().unwrap_or(0);
        let scratches = layers.iter().map(|l| l.scratch_len(isa, window));
        let scratch = scratches.chain(skip.map(|s| s.scratch_len(isa, window))).max().unwrap_or(0);
        Self {
            window,
            most_steps: window.steps,
            arena: zeros(regions.iter().sum()),
            output: before_last + output.start..before_last + output.end,
            packing: None,
            targets: zeros(0),
            between: [zeros(widest), zeros(widest)],
            scratch: zeros(scratch),
            regions,
        }
    }

    /// T and B.
    pub fn window(&self) -> Window {
        self.window
    }

    /// Resizes the tape for windows of `steps` time steps, at most as many as it was made for.
    ///
    /// # Panics
    /// If `steps` is 0, or more than the tape was made for.
    pub fn set_steps(&mut self, steps: usize) {
        assert!((1..=self.most_steps).contains(&steps), "a tape for {} steps", self.most_steps);
        let width = self.output.len() / self.window.rows();
        self.window.steps = steps;
        self.output.end = self.output.start + self.window.rows() * width;
        if self.judges() {
            self.targets.resize(self.window.rows(), T::from_f64(f64::NAN));
        }
    }

    /// Converts the tape to one whose output is only the loss of the actual classes.
    pub(crate) fn computing_loss(mut self) -> Self {
        self.targets.resize(self.window.rows(), T::from_f64(f64::NAN));
        self
    }

    /// Whether the output is `[T, B, 1]`, the loss of the actual classes: see [`Model::loss_tape`].
    ///
    /// [`Model::loss_tape`]: crate::Model::loss_tape
    pub fn judges(&self) -> bool {
        !self.targets.is_empty()
    }

    /// The actual classes `[T, B]`, to be written before a forward pass; NaN where a class is masked. Empty unless the
    /// tape computes the loss: see [`judges`](Tape::judges).
    pub fn targets_mut(&mut self) -> &mut [T] {
        &mut self.targets
    }

    /// The model's output `[T, B, K]` of the last forward pass, or the loss `[T, B, 1]` if [`judges`](Tape::judges).
    pub fn output(&self) -> &[T] {
        &self.arena[self.output.clone()]
    }

    /// The size of all buffers in bytes.
    pub fn bytes(&self) -> usize {
        let between = self.between[0].len() + self.between[1].len();
        let packed = self.packing.as_ref().map_or(0, Packing::len);
        let values = self.arena.len() + packed + between + self.scratch.len() + self.targets.len();
        values * T::BYTES
    }
}

/// The weights of all layers, packed for the forward and for the backward pass.
#[derive(Debug)]
pub(crate) struct Packing<T> {
    pub(crate) forward: Packed<T>,
    pub(crate) backward: Packed<T>,
}

impl<T: Real> Packing<T> {
    /// The skip connection, if there is one, comes after the layers.
    pub(crate) fn new(isa: Isa, layers: &[Box<dyn Layer<T>>], skip: Option<&Skip>) -> Self {
        let [forward, backward] = [0, 1].map(|pass| {
            let mut end = 0;
            let lens = layers.iter().map(|layer| layer.packed_lens(isa));
            let ranges = lens.chain(skip.map(|s| s.packed_lens::<T>(isa))).map(|lens| {
                let start = end;
                end += lens[pass].next_multiple_of(16);
                start..end
            });
            Packed { layers: ranges.collect(), values: zeros(end), content: None }
        });
        Self { forward, backward }
    }

    fn len(&self) -> usize {
        self.forward.values.len() + self.backward.values.len()
    }
}

/// The weights of all layers, packed for one of the passes.
#[derive(Debug)]
pub(crate) struct Packed<T> {
    values: Aligned<T>,
    /// The range of each layer in `values`.
    layers: Vec<Range<usize>>,
    /// The version of the packed weights, and whether those for the gradient of the model's input are
    /// included.
    content: Option<(u64, bool)>,
}

impl<T: Real> Packed<T> {
    /// Packs each layer by `pack`, unless the weights of that `version` are packed already.
    pub(crate) fn renew(
        &mut self,
        version: u64,
        wants_dx: bool,
        mut pack: impl FnMut(usize, &mut [T]),
    ) {
        if self.content.is_some_and(|(old, has_dx)| old == version && (has_dx || !wants_dx)) {
            return;
        }
        for (layer, range) in self.layers.iter().enumerate() {
            pack(layer, &mut self.values[range.clone()]);
        }
        self.content = Some((version, wants_dx));
    }

    /// The packed weights of one layer.
    pub(crate) fn layer(&self, layer: usize) -> &[T] {
        &self.values[self.layers[layer].clone()]
    }
}
