//! All variables of a network in one flat, aligned arena.
//!
//! Each variable is declared once, under PyTorch's name. Gradients, the optimiser's moments and
//! kept weights are more [`Params`] of the same [`Layout`], so that clipping, updating, copying and
//! saving are each one loop over one slice.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use elman_math::dispatch::Tier;
use elman_math::{Aligned, Isa, Kernel, Real, Stream, zeros};

use crate::init::Init;

/// Every variable starts on a cache line.
const ALIGN: usize = 16;

/// One named tensor of the arena.
#[derive(Debug, Clone, PartialEq)]
pub struct Variable {
    /// PyTorch's name, such as `rnn.weight_ih_l0`.
    pub name: String,
    /// Row-major shape.
    pub shape: Vec<usize>,
    /// How it starts.
    pub init: Init,
    range: Range<usize>,
}

impl Variable {
    /// The number of values.
    pub fn count(&self) -> usize {
        self.range.len()
    }
}

/// Which variable of a [`Layout`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VariableId(usize);

/// Where each variable stands in the arena.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Layout {
    variables: Vec<Variable>,
    len: usize,
}

impl Layout {
    /// Adds a variable at the end.
    pub fn declare(&mut self, name: String, shape: &[usize], init: Init) -> VariableId {
        let start = self.len;
        let count = shape.iter().product::<usize>();
        self.len = start + count.next_multiple_of(ALIGN);
        let range = start..start + count;
        self.variables.push(Variable { name, shape: shape.to_vec(), init, range });
        VariableId(self.variables.len() - 1)
    }

    /// The variables in the order of their declaration.
    pub fn variables(&self) -> &[Variable] {
        &self.variables
    }

    /// The number of values in all variables, without the gaps of alignment.
    pub fn count(&self) -> usize {
        self.variables.iter().map(Variable::count).sum()
    }
}

/// One value for every element of a [`Layout`]: weights, gradients, moments.
///
/// The gaps of alignment hold zeros and stay zeros under every update.
#[derive(Debug, Clone)]
pub struct Params<T> {
    layout: Arc<Layout>,
    values: Aligned<T>,
    stamp: u64,
}

/// A number that no other content has had.
fn new_stamp() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

impl<T: Real> Params<T> {
    /// All zeros.
    pub fn zeros(layout: &Arc<Layout>) -> Self {
        Self { layout: Arc::clone(layout), values: zeros(layout.len), stamp: new_stamp() }
    }

    /// Every variable as its [`Init`] says, drawn in the order of declaration.
    pub fn initial(layout: &Arc<Layout>, stream: &mut Stream) -> Self {
        let mut params = Self::zeros(layout);
        for variable in &layout.variables {
            variable.init.fill(&mut params.values[variable.range.clone()], stream);
        }
        params
    }

    /// The layout shared by everything of this network.
    pub fn layout(&self) -> &Arc<Layout> {
        &self.layout
    }

    /// Changes whenever the content may have changed; equal stamps mean equal content. Packed
    /// copies of the weights are made anew when it differs.
    pub fn stamp(&self) -> u64 {
        self.stamp
    }

    /// The whole arena.
    pub fn values(&self) -> &[T] {
        &self.values
    }

    /// The whole arena, to be changed.
    pub fn values_mut(&mut self) -> &mut [T] {
        self.stamp = new_stamp();
        &mut self.values
    }

    /// One variable.
    pub fn get(&self, id: VariableId) -> &[T] {
        &self.values[self.layout.variables[id.0].range.clone()]
    }

    /// One variable, to be changed.
    pub fn get_mut(&mut self, id: VariableId) -> &mut [T] {
        let range = self.layout.variables[id.0].range.clone();
        &mut self.values_mut()[range]
    }

    /// Several variables at once, to be changed.
    ///
    /// # Panics
    /// If one is asked for twice.
    pub fn get_each_mut<const N: usize>(&mut self, ids: [VariableId; N]) -> [&mut [T]; N] {
        self.stamp = new_stamp();
        let ranges = ids.map(|id| self.layout.variables[id.0].range.clone());
        self.values.get_disjoint_mut(ranges).expect("different variables")
    }

    /// The variable with PyTorch's name `name`.
    pub fn find(&self, name: &str) -> Option<VariableId> {
        self.layout.variables.iter().position(|variable| variable.name == name).map(VariableId)
    }

    /// Each variable with its values.
    pub fn iter(&self) -> impl Iterator<Item = (&Variable, &[T])> {
        self.layout.variables.iter().map(|v| (v, &self.values[v.range.clone()]))
    }

    /// Takes over the content of `other`.
    ///
    /// # Panics
    /// If the layouts differ in length.
    pub fn copy_from(&mut self, other: &Self) {
        self.values.copy_from_slice(&other.values);
        self.stamp = other.stamp;
    }

    /// Adds `other`, value by value.
    pub(crate) fn add(&mut self, isa: Isa, other: &Self) {
        isa.run(Sum { to: self.values_mut(), from: other.values() });
    }

    /// Sets everything to zero.
    pub fn clear(&mut self) {
        self.values_mut().fill(T::ZERO);
    }
}

struct Sum<'a, T> {
    to: &'a mut [T],
    from: &'a [T],
}

impl<T: Real> Kernel for Sum<'_, T> {
    #[inline(always)]
    fn run<I: Tier>(self) {
        for (to, &from) in self.to.iter_mut().zip(self.from) {
            *to += from;
        }
    }
}
