//! A softmax over many classes whose cost follows how frequent they are (Grave, Joulin, Cissé, Grangier and Jégou,
//! "Efficient softmax approximation for GPUs", ICML 2017): what PyTorch's `nn.AdaptiveLogSoftmaxWithLoss` computes.
//!
//! Classes are numbered from the most frequent to the rarest, and cut into clusters. The first, the shortlist, has logits of
//! its own, and a gate for each of the others; these, the tails, get theirs through a vector that is narrower by
//! [`DIVISOR`] from one to the next.
//!
//! ```text
//! z = W x                           of S classes and C gates        ln p_v = z_v - ln Σ exp z,  v < S
//! u = U_i (D_i x)                   of the classes of tail i         ln p_v = ln p_gate i + u_v - ln Σ exp u
//!
//! dz = (p - [class or gate]) dy     du = (p - [class]) dy, for rows of this tail alone
//! ```
//!
//! To be trained, only the loss of what came has to be known, `[T, B, 1]`: a tail is computed for the rows whose class it has
//! (`loss.rs`). All logarithms of probabilities, `[T, B, V]`, are for everything else (`outputs.rs`). Both work on
//! [`BLOCK`] rows at a time, and compute logits again on the way back, so that no memory is taken by rows · V.

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

/// Rows that are worked on at a time.
const BLOCK: usize = 128;

/// How much narrower each tail is than the one before.
const DIVISOR: usize = 4;

/// A head in clusters.
pub struct AdaptiveSoftmax {
    clusters: Clusters,
    /// Whether the output is the loss of the class that came alone, which is the pass's target.
    judges: bool,
}

impl AdaptiveSoftmax {
    /// A head on these clusters; see [`Clusters::declare`].
    pub fn new(clusters: Clusters, judges: bool) -> Self {
        Self { clusters, judges }
    }

    /// Values of a row of the output.
    fn width(&self) -> usize {
        if self.judges { 1 } else { self.clusters.classes }
    }
}

impl<T: Real> Layer<T> for AdaptiveSoftmax {
    /// The output, and behind it the workspace.
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
        // Another layer is always below.
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
#[derive(Clone)]
pub struct Clusters {
    inputs: usize,
    classes: usize,
    /// The shortlist, then the tails.
    all: Vec<Cluster>,
}

/// One cluster.
#[derive(Clone)]
struct Cluster {
    /// Its classes.
    classes: Range<usize>,
    /// Its logits: one for each class, and behind those of the shortlist the gates.
    logits: usize,
    /// Values of the vector that they are made from.
    width: usize,
    /// D `[width, inputs]`; none for the shortlist, which sees the input itself.
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

    /// Values of the workspace of a block.
    fn room_len(&self, window: Window) -> usize {
        let most = |of: fn(&Cluster) -> usize| self.all.iter().map(of).max().unwrap_or(0);
        let a_row = 2 * (self.inputs + most(|c| c.width) + most(|c| c.logits));
        BLOCK.min(window.rows()) * a_row
    }

    /// Values of the weights, packed for the forward pass and for the backward pass, which needs both.
    fn packed_lens<T: Real>(&self, isa: Isa) -> [usize; 2] {
        let all = self.all.iter().map(|cluster| cluster.packed_lens::<T>(isa, self.inputs));
        let [forward, backward] = all.fold([0; 2], |sums, lens| {
            [sums[0] + lens[0].iter().sum::<usize>(), sums[1] + lens[1].iter().sum::<usize>()]
        });
        [forward, forward + backward]
    }

    /// Packs Dᵀ and Uᵀ of each cluster; a part of what is packed for the way back, too.
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

    /// Packs the same, and then D and U.
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
    /// Values of Dᵀ and Uᵀ, packed, and of D and U.
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
