//! The hidden state that a recurrent network carries from time step to time step.

use elman_math::{Aligned, Real, zeros};
use serde::{Deserialize, Serialize};

/// The most state tensors a cell may have.
pub const MAX_STATES: usize = 2;

/// The state tensors of all layers, named by the cell (`h`; `h` and `c`), each `[L, B, H]`: one row
/// `[B, H]` per layer, or as many rows as its dilation.
///
/// A forward pass starts from the state and replaces it by the state after the last time step. It contains
/// values and no history, so carrying it into the next window *is* a detached carry: the gradient stops at
/// the window, the hidden state does not. Clone it to try several continuations.
#[derive(Debug, Clone, PartialEq)]
pub struct State<T> {
    names: &'static [&'static str],
    tensors: Vec<Aligned<T>>,
    /// The number of rows of each layer.
    depths: Vec<usize>,
    batch_size: usize,
    hidden_size: usize,
}

/// A state in a model file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SavedState {
    /// L, B, H.
    pub shape: [usize; 3],
    /// One `[L, B, H]` tensor for each name of the cell's states.
    pub tensors: Vec<(String, Vec<f64>)>,
}

impl SavedState {
    /// Whether it has exactly the tensors `names`, each with its shape.
    pub(crate) fn holds(&self, names: &[&str]) -> bool {
        let size = self.shape.iter().try_fold(1_usize, |size, axis| size.checked_mul(*axis));
        self.tensors.len() == names.len()
            && names.iter().zip(&self.tensors).all(|(a, (b, v))| a == b && Some(v.len()) == size)
    }
}

impl<T: Real> State<T> {
    /// A state of zeros. `depths` has the number of rows of each layer.
    pub fn zeros(
        names: &'static [&'static str],
        depths: &[usize],
        batch_size: usize,
        hidden_size: usize,
    ) -> Self {
        assert!(names.len() <= MAX_STATES);
        let len = depths.iter().sum::<usize>() * batch_size * hidden_size;
        let tensors = names.iter().map(|_| zeros(len)).collect();
        Self { names, tensors, depths: depths.to_vec(), batch_size, hidden_size }
    }

    /// The names of the tensors.
    pub fn names(&self) -> &'static [&'static str] {
        self.names
    }

    /// L, B, H; L counts the rows of all layers.
    pub fn shape(&self) -> [usize; 3] {
        [self.depths.iter().sum(), self.batch_size, self.hidden_size]
    }

    /// The tensor called `name`, `[L, B, H]`.
    pub fn tensor(&self, name: &str) -> Option<&[T]> {
        let index = self.names.iter().position(|n| *n == name)?;
        Some(&self.tensors[index])
    }

    /// The state `[B, H]` of layer `layer` after the last time step, of the tensor called `name`: with a dilation, the last
    /// of the rows of the layer. `None` for a name or a layer that there is not.
    pub fn newest(&self, name: &str, layer: usize) -> Option<&[T]> {
        let size = self.batch_size * self.hidden_size;
        let rows = self.depths.get(..=layer)?.iter().sum::<usize>();
        self.tensor(name)?.get((rows - 1) * size..rows * size)
    }

    /// The tensor called `name`, mutable.
    pub fn tensor_mut(&mut self, name: &str) -> Option<&mut [T]> {
        let index = self.names.iter().position(|n| *n == name)?;
        Some(&mut self.tensors[index])
    }

    /// Sets all state tensors to zero.
    pub fn reset(&mut self) {
        for tensor in &mut self.tensors {
            tensor.fill(T::ZERO);
        }
    }

    /// Sets the state of lane `stream` to zero.
    pub fn reset_stream(&mut self, stream: usize) {
        let size = self.hidden_size;
        for tensor in &mut self.tensors {
            for layer in tensor.chunks_exact_mut(self.batch_size * size) {
                layer[stream * size..(stream + 1) * size].fill(T::ZERO);
            }
        }
    }

    /// The state of one lane alone, `[L, 1, H]`.
    pub fn stream(&self, stream: usize) -> Self {
        let mut one = Self::zeros(self.names, &self.depths, 1, self.hidden_size);
        let size = self.hidden_size;
        for (to, from) in one.tensors.iter_mut().zip(&self.tensors) {
            let layers = from.chunks_exact(self.batch_size * size);
            for (to, from) in to.chunks_exact_mut(size).zip(layers) {
                to.copy_from_slice(&from[stream * size..(stream + 1) * size]);
            }
        }
        one
    }

    /// Copies the values of a state of the same shape.
    ///
    /// # Panics
    /// If the shapes differ.
    pub fn copy_from(&mut self, other: &Self) {
        for (to, from) in self.tensors.iter_mut().zip(&other.tensors) {
            to.copy_from_slice(from);
        }
    }

    /// Copies the state of as many lanes of `other` as this state has, from lane `first` on.
    pub(crate) fn take_streams(&mut self, other: &Self, first: usize) {
        let (own, all) = (self.batch_size * self.hidden_size, other.batch_size * other.hidden_size);
        for (to, from) in self.tensors.iter_mut().zip(&other.tensors) {
            for (to, from) in to.chunks_exact_mut(own).zip(from.chunks_exact(all)) {
                to.copy_from_slice(&from[first * self.hidden_size..][..own]);
            }
        }
    }

    /// Copies this state over as many lanes of `other`, from lane `first` on.
    pub(crate) fn put_streams(&self, other: &mut Self, first: usize) {
        let (own, all) = (self.batch_size * self.hidden_size, other.batch_size * other.hidden_size);
        for (from, to) in self.tensors.iter().zip(&mut other.tensors) {
            for (from, to) in from.chunks_exact(own).zip(to.chunks_exact_mut(all)) {
                to[first * self.hidden_size..][..own].copy_from_slice(from);
            }
        }
    }

    /// The state tensors of layer `layer`, each `[B, H]` or as many of them as its dilation; empty where the cell has
    /// no such tensor.
    pub(crate) fn layer_mut(&mut self, layer: usize) -> [&mut [T]; MAX_STATES] {
        let size = self.batch_size * self.hidden_size;
        let first = self.depths[..layer].iter().sum::<usize>() * size;
        let len = self.depths[layer] * size;
        let mut tensors = self.tensors.iter_mut();
        std::array::from_fn(|_| match tensors.next() {
            Some(tensor) => &mut tensor[first..first + len],
            None => &mut [],
        })
    }

    /// Rotates layer `layer`: moves its first `rows` rows behind the others.
    pub(crate) fn rotate(&mut self, layer: usize, rows: usize) {
        let size = self.batch_size * self.hidden_size;
        for memory in self.layer_mut(layer).into_iter().filter(|memory| !memory.is_empty()) {
            memory.rotate_left(rows * size);
        }
    }

    /// Converts the state for a model file.
    pub fn save(&self) -> SavedState {
        let tensors = self.names.iter().zip(&self.tensors).map(|(name, values)| {
            ((*name).to_owned(), values.iter().map(|v| v.to_f64()).collect())
        });
        SavedState { shape: self.shape(), tensors: tensors.collect() }
    }

    /// Copies a saved state. Returns false, and changes nothing, if names or shape differ, or a value is not finite.
    #[must_use]
    pub fn restore(&mut self, saved: &SavedState) -> bool {
        let finite = |v: &f64| T::from_f64(*v).to_f64().is_finite();
        let fits = saved.shape == self.shape()
            && saved.holds(self.names)
            && saved.tensors.iter().all(|(_, values)| values.iter().all(finite));
        if fits {
            for (tensor, (_, values)) in self.tensors.iter_mut().zip(&saved.tensors) {
                for (to, &from) in tensor.iter_mut().zip(values) {
                    *to = T::from_f64(from);
                }
            }
        }
        fits
    }
}
