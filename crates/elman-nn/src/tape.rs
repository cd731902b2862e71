//! What a forward pass leaves for the backward pass, in one arena that is used again and again.

use std::ops::Range;

use elman_math::{Aligned, Real, zeros};

use crate::layers::{Layer, Window};

/// The working memory of one model for one window size: activations, packed weights, gradients
/// between layers. Made once; no pass over it allocates.
pub struct Tape<T> {
    pub(crate) window: Window,
    /// Every layer's region, one after the other.
    pub(crate) arena: Aligned<T>,
    /// Lengths of the regions.
    pub(crate) regions: Vec<usize>,
    /// The last layer's output within the arena.
    pub(crate) output: Range<usize>,
    /// Every layer's packed weights.
    pub(crate) packed: Aligned<T>,
    /// Lengths of the packed weights.
    pub(crate) packed_lens: Vec<usize>,
    /// The stamp of the weights in `packed`.
    pub(crate) packed_stamp: Option<u64>,
    /// Gradients on their way from layer to layer: one read, one written, in turns.
    pub(crate) between: [Aligned<T>; 2],
    pub(crate) scratch: Aligned<T>,
}

impl<T: Real> Tape<T> {
    pub(crate) fn new(layers: &[Box<dyn Layer<T>>], window: Window) -> Self {
        // Regions start on cache lines.
        let aligned = |len: usize| len.next_multiple_of(16);
        let regions: Vec<usize> = layers.iter().map(|l| aligned(l.tape_len(window))).collect();
        let packed_lens: Vec<usize> = layers.iter().map(|l| aligned(l.packed_len())).collect();
        let last = layers.last().expect("a model has layers");
        let before_last: usize = regions[..regions.len() - 1].iter().sum();
        let output = last.output(window);
        let widest = layers.iter().map(|l| l.output(window).len()).max().unwrap_or(0);
        let scratch = layers.iter().map(|l| l.scratch_len(window)).max().unwrap_or(0);
        Self {
            window,
            arena: zeros(regions.iter().sum()),
            output: before_last + output.start..before_last + output.end,
            packed: zeros(packed_lens.iter().sum()),
            between: [zeros(widest), zeros(widest)],
            scratch: zeros(scratch),
            regions,
            packed_lens,
            packed_stamp: None,
        }
    }

    /// T and B.
    pub fn window(&self) -> Window {
        self.window
    }

    /// The model's output `[T, B, K]` of the last forward pass.
    pub fn output(&self) -> &[T] {
        &self.arena[self.output.clone()]
    }

    /// Bytes of everything in here.
    pub fn bytes(&self) -> usize {
        let between = self.between[0].len() + self.between[1].len();
        let values = self.arena.len() + self.packed.len() + between + self.scratch.len();
        values * T::BYTES
    }
}
