//! Adaptive softmax: an approximate softmax over many classes that spends less on rare classes (Grave, Joulin, Cissé,
//! Grangier and Jégou, "Efficient softmax approximation for GPUs", ICML 2017): as PyTorch's
//! `nn.AdaptiveLogSoftmaxWithLoss`.
//!
//! Classes are numbered from the most to the least frequent, and cut into clusters. The first cluster, the shortlist,
//! has one logit for each of its classes and one gate for each other cluster. The other clusters, the tails, compute
//! their logits from a projection that is narrower by [`DIVISOR`] from one tail to the next.
//!
//! ```text
//! z = W x                           of S classes and C gates        ln p_v = z_v - ln Σ exp z,  v < S
//! u = U_i (D_i x)                   of the classes of tail i         ln p_v = ln p_gate i + u_v - ln Σ exp u
//!
//! dz = (p - [class or gate]) dy     du = (p - [class]) dy, for rows of this tail alone
//! ```
//!
//! Training needs only the loss of the actual class, `[T, B, 1]`: a tail is computed for the rows whose class is in it
//! (`loss.rs`). All other uses compute the log-probabilities of all classes, `[T, B, V]` (`outputs.rs`). Both work on
//! [`BLOCK`] rows at a time and recompute the logits in the backward pass, so that no rows · V values are stored.

mod block;
mod loss;
mod outputs;

use std::ops::Range;

use elman_math::gemm::{Rhs, pack, packed_len};
use elman_math::{Isa, Real, Stream};

use super::{Back, Layer, Pass, Window};
use crate::init::Init;
use crate::params::{Layout, Params, VariableId};
use crate::state::State;

/// Rows of a block.
const BLOCK: usize = 128;

/// The factor by which each tail is narrower than the one before.
const DIVISOR: usize = 4;

/// An adaptive softmax as the head of a network.
#[derive(Debug)]
pub struct AdaptiveSoftmax {
    clusters: Clusters,
    /// Whether the output is only the loss of the actual class, the target of the pass.
    judges: bool,
}

impl AdaptiveSoftmax {
    /// A head on these clusters; see [`Clusters::declare`].
    pub fn new(clusters: Clusters, judges: bool) -> Self {
        Self { clusters, judges }
    }

    /// Values per row of the output.
    fn width(&self) -> usize {
        if self.judges { 1 } else { self.clusters.classes }
    }
}

impl<T: Real> Layer<T> for AdaptiveSoftmax {
    /// The output, followed by the workspace.
    fn tape_len(&self, window: Window) -> usize {
        window.rows() * self.width() + self.clusters.room_len(window)
    }

    fn output(&self, window: Window) -> Range<usize> {
        0..window.rows() * self.width()
    }

    fn packed_lens(&self, isa: Isa) -> [usize; 2] {
        self.clusters.packed_lens::<T>(isa)
    }

    fn pack_forward(&self, isa: Isa, params: &Params<T>, packed: &mut [T]) {
        self.clusters.pack_forward(isa, params, packed);
    }

    fn pack_backward(&self, isa: Isa, params: &Params<T>, packed: &mut [T], _: bool) {
        self.clusters.pack_backward(isa, params, packed);
    }

    fn scratch_len(&self, isa: Isa, window: Window) -> usize {
        self.clusters.scratch_len(isa, window)
    }

    fn forward(
        &self,
        pass: &Pass<'_, T>,
        x: &[T],
        _: &mut State<T>,
        tape: &mut [T],
        _: Option<&mut Stream>,
    ) {
        let (output, room) = tape.split_at_mut(pass.window.rows() * self.width());
        let room = self.clusters.room(pass.window, room);
        match self.judges {
            true => self.clusters.losses(pass, x, output, room),
            false => self.clusters.log_probabilities(pass, x, output, room),
        }
    }

    fn backward(
        &self,
        pass: &Pass<'_, T>,
        x: &[T],
        tape: &mut [T],
        dy: &[T],
        dx: Option<&mut [T]>,
        back: &mut Back<'_, T>,
    ) {
        // The head is never the first layer, so `dx` is always given.
        let Some(dx) = dx else {
            return;
        };
        dx.fill(T::ZERO);
        let room = self.clusters.room(pass.window, &mut tape[self.width() * pass.window.rows()..]);
        match self.judges {
            true => self.clusters.losses_back(pass, x, dy, dx, room, back),
            false => self.clusters.log_probabilities_back(pass, x, dy, dx, room, back),
        }
    }
}

/// The clusters and their weights.
#[derive(Debug, Clone)]
pub struct Clusters {
    inputs: usize,
    classes: usize,
    /// The shortlist, then the tails.
    all: Vec<Cluster>,
}

/// One cluster.
#[derive(Debug, Clone)]
struct Cluster {
    /// Range of its classes.
    classes: Range<usize>,
    /// Number of logits: one per class, and in the shortlist the gates after them.
    logits: usize,
    /// Size of the vector that the logits are computed from.
    width: usize,
    /// D `[width, inputs]`; `None` for the shortlist, whose logits are computed from the input itself.
    down: Option<VariableId>,
    /// W or U `[logits, width]`.
    up: VariableId,
}

impl Clusters {
    /// Declares `NAME.head.weight` and, for each tail i, `NAME.tail.i.0.weight` and `NAME.tail.i.1.weight`.
    pub fn declare(
        layout: &mut Layout,
        name: &str,
        inputs: usize,
        classes: usize,
        cutoffs: &[usize],
    ) -> Self {
        let mut declare = |name: String, [rows, columns]: [usize; 2]| {
            layout.declare(name, &[rows, columns], Init::one_over_sqrt(columns))
        };
        let shortlist = cutoffs.first().map_or(classes, |first| *first);
        let logits = shortlist + cutoffs.len();
        let up = declare(format!("{name}.head.weight"), [logits, inputs]);
        let mut all =
            vec![Cluster { classes: 0..shortlist, logits, width: inputs, down: None, up }];
        let mut width = inputs;
        for (tail, &first) in cutoffs.iter().enumerate() {
            width = (width / DIVISOR).max(1);
            let classes = first..cutoffs.get(tail + 1).map_or(classes, |next| *next);
            let down = declare(format!("{name}.tail.{tail}.0.weight"), [width, inputs]);
            let logits = classes.len();
            let up = declare(format!("{name}.tail.{tail}.1.weight"), [logits, width]);
            all.push(Cluster { classes, logits, width, down: Some(down), up });
        }
        Self { inputs, classes, all }
    }

    /// The number of values of the workspace of a block.
    fn room_len(&self, window: Window) -> usize {
        let most = |of: fn(&Cluster) -> usize| self.all.iter().map(of).max().unwrap_or(0);
        let a_row = 2 * (self.inputs + most(|c| c.width) + most(|c| c.logits));
        BLOCK.min(window.rows()) * a_row
    }

    /// The number of values of the packed weights, for the forward and for the backward pass, which needs both.
    fn packed_lens<T: Real>(&self, isa: Isa) -> [usize; 2] {
        let all = self.all.iter().map(|cluster| cluster.packed_lens::<T>(isa, self.inputs));
        let [forward, backward] = all.fold([0; 2], |sums, lens| {
            [sums[0] + lens[0].iter().sum::<usize>(), sums[1] + lens[1].iter().sum::<usize>()]
        });
        [forward, forward + backward]
    }

    /// Packs Dᵀ and Uᵀ of each cluster; the backward pass needs them, too.
    fn pack_forward<T: Real>(&self, isa: Isa, params: &Params<T>, mut packed: &mut [T]) {
        for cluster in &self.all {
            let [[down, up], _] = cluster.packed_lens::<T>(isa, self.inputs);
            let Cluster { logits, width, .. } = *cluster;
            let to = packed.split_off_mut(..down).expect("room for it");
            if let Some(weight) = cluster.down {
                let weight = Rhs::Columns(params.get(weight), self.inputs);
                pack(isa, (self.inputs, width), weight, to);
            }
            let to = packed.split_off_mut(..up).expect("room for it");
            pack(isa, (width, logits), Rhs::Columns(params.get(cluster.up), width), to);
        }
    }

    /// Packs the weights of the forward pass, and then D and U.
    fn pack_backward<T: Real>(&self, isa: Isa, params: &Params<T>, packed: &mut [T]) {
        let (forward, mut packed) = packed.split_at_mut(self.packed_lens::<T>(isa)[0]);
        self.pack_forward(isa, params, forward);
        for cluster in &self.all {
            let [_, [down, up]] = cluster.packed_lens::<T>(isa, self.inputs);
            let Cluster { logits, width, .. } = *cluster;
            let to = packed.split_off_mut(..down).expect("room for it");
            if let Some(weight) = cluster.down {
                let weight = Rhs::Rows(params.get(weight), self.inputs);
                pack(isa, (width, self.inputs), weight, to);
            }
            let to = packed.split_off_mut(..up).expect("room for it");
            pack(isa, (logits, width), Rhs::Rows(params.get(cluster.up), width), to);
        }
    }
}

impl Cluster {
    /// The number of values of Dᵀ and Uᵀ, packed, and of D and U.
    fn packed_lens<T: Real>(&self, isa: Isa, inputs: usize) -> [[usize; 2]; 2] {
        let Self { logits, width, .. } = *self;
        let down = |k, n| if self.down.is_some() { packed_len::<T>(isa, k, n) } else { 0 };
        let lens = [
            [down(inputs, width), packed_len::<T>(isa, width, logits)],
            [down(width, inputs), packed_len::<T>(isa, logits, width)],
        ];
        lens.map(|lens| lens.map(|len| len.next_multiple_of(16)))
    }
}
