//! All parameters of a network in one flat, aligned array.
//!
//! Each variable is declared once, under PyTorch's name. Gradients, the optimizer state and saved weights are
//! further [`Params`] of the same [`Layout`], so that clipping, optimizer steps, copying and
//! saving are each one loop over one slice.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use elman_math::dispatch::Backend;
use elman_math::{Aligned, Isa, Kernel, Real, Stream, zeros};

use crate::init::Init;

/// Every variable starts on a cache line.
const ALIGN: usize = 16;

/// One named tensor of the array.
#[derive(Debug, Clone, PartialEq)]
pub struct Variable {
    /// PyTorch's name, such as `rnn.weight_ih_l0`.
    pub name: String,
    /// Row-major shape.
    pub shape: Vec<usize>,
    /// The rule for its initial values.
    pub init: Init,
    range: Range<usize>,
}

impl Variable {
    /// The number of values.
    pub fn count(&self) -> usize {
        self.range.len()
    }
}

/// The index of a variable in a [`Layout`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VariableId(usize);

/// The names, shapes and offsets of all variables in the array.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Layout {
    variables: Vec<Variable>,
    len: usize,
}

impl Layout {
    /// Appends a variable.
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

    /// The number of values in all variables, without alignment gaps.
    pub fn count(&self) -> usize {
        self.variables.iter().map(Variable::count).sum()
    }
}

/// One value for every element of a [`Layout`]: weights, gradients, optimizer state.
///
/// The alignment gaps are zeros and stay zeros under every update rule.
#[derive(Debug, Clone)]
pub struct Params<T> {
    layout: Arc<Layout>,
    values: Aligned<T>,
    version: u64,
}

/// A version number that was not used before.
fn new_stamp() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

impl<T: Real> Params<T> {
    /// All zeros.
    pub fn zeros(layout: &Arc<Layout>) -> Self {
        Self { layout: Arc::clone(layout), values: zeros(layout.len), version: new_stamp() }
    }

    /// Initializes every variable by its [`Init`], drawn in the order of declaration.
    pub fn initial(layout: &Arc<Layout>, stream: &mut Stream) -> Self {
        let mut params = Self::zeros(layout);
        for variable in &layout.variables {
            variable.init.fill(&mut params.values[variable.range.clone()], stream);
        }
        params
    }

    /// The layout that all parameters of this network share.
    pub fn layout(&self) -> &Arc<Layout> {
        &self.layout
    }

    /// The version of the content, which changes whenever the content may have changed; equal versions mean
    /// equal content. Packed copies of the weights are made anew when it differs.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// The whole array.
    pub fn values(&self) -> &[T] {
        &self.values
    }

    /// The whole array, mutable.
    pub fn values_mut(&mut self) -> &mut [T] {
        self.version = new_stamp();
        &mut self.values
    }

    /// The values of one variable.
    pub fn get(&self, id: VariableId) -> &[T] {
        &self.values[self.layout.variables[id.0].range.clone()]
    }

    /// The values of one variable, mutable.
    pub fn get_mut(&mut self, id: VariableId) -> &mut [T] {
        let range = self.layout.variables[id.0].range.clone();
        &mut self.values_mut()[range]
    }

    /// The values of several variables at once, mutable.
    ///
    /// # Panics
    /// If a variable is given twice.
    pub fn get_each_mut<const N: usize>(&mut self, ids: [VariableId; N]) -> [&mut [T]; N] {
        self.version = new_stamp();
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

    /// Copies the content of `other`.
    ///
    /// # Panics
    /// If the layouts differ in length.
    pub fn copy_from(&mut self, other: &Self) {
        self.values.copy_from_slice(&other.values);
        self.version = other.version;
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
    fn run<I: Backend>(self) {
        for (to, &from) in self.to.iter_mut().zip(self.from) {
            *to += from;
        }
    }
}
