//! Some rows of one cluster: from the input to the logits, and the backward pass.

use elman_math::gemm::{Gemm, GemmTransposed, Gradient, Lhs, Start, transposed_scratch_len};
use elman_math::{Isa, Real};

use super::{BLOCK, Cluster, Clusters};
use crate::layers::{Back, Pass, Window};

/// The workspace of a block, with one row of each tensor per row of the block.
pub(super) struct Room<'a, T> {
    /// The input x and its gradient.
    pub(super) x: &'a mut [T],
    pub(super) dx: &'a mut [T],
    /// D x and its gradient.
    narrow: &'a mut [T],
    d_narrow: &'a mut [T],
    /// Logits and their gradient.
    pub(super) z: &'a mut [T],
    pub(super) dz: &'a mut [T],
}

impl Clusters {
    /// Splits `room`, of [`room_len`](Clusters::room_len) values, into the tensors of the workspace.
    pub(super) fn room<'a, T>(&self, window: Window, room: &'a mut [T]) -> Room<'a, T> {
        let rows = BLOCK.min(window.rows());
        let most = |of: fn(&Cluster) -> usize| self.all.iter().map(of).max().unwrap_or(0);
        let [inputs, width, logits] = [self.inputs, most(|c| c.width), most(|c| c.logits)];
        let mut rest = room;
        let mut take = |width: usize| rest.split_off_mut(..rows * width).expect("room for it");
        Room {
            x: take(inputs),
            dx: take(inputs),
            narrow: take(width),
            d_narrow: take(width),
            z: take(logits),
            dz: take(logits),
        }
    }

    /// The number of scratch values that the backward pass needs.
    pub(super) fn scratch_len(&self, isa: Isa, window: Window) -> usize {
        let rows = BLOCK.min(window.rows());
        let widths = self.all.iter().map(|cluster| cluster.width).chain([self.inputs]);
        widths.map(|width| transposed_scratch_len(isa, &[width], rows)).max().unwrap_or(0)
    }

    /// Computes the logits of a cluster for the first `rows` rows of x in the workspace. The packed weights that this
    /// needs come first, also in those of the backward pass.
    pub(super) fn logits<T: Real>(
        &self,
        pass: &Pass<'_, T>,
        at: usize,
        rows: usize,
        room: &mut Room<'_, T>,
    ) {
        let (isa, inputs) = (pass.isa, self.inputs);
        let before = self.all[..at].iter().map(|c| c.packed_lens::<T>(isa, inputs)[0]);
        let start: usize = before.flatten().sum();
        let [down, up] = self.all[at].packed_lens::<T>(isa, inputs)[0];
        let packed_down = &pass.packed[start..start + down];
        let packed_up = &pass.packed[start + down..start + down + up];
        let Cluster { logits, width, .. } = self.all[at];
        let x = Lhs::rows(&room.x[..rows * inputs], inputs);
        let narrow = match self.all[at].down {
            Some(_) => {
                let product = Gemm::new(isa, (rows, width, inputs), x, packed_down, room.narrow);
                isa.run(product.onto(Start::Zero));
                Lhs::rows(&room.narrow[..rows * width], width)
            }
            None => x,
        };
        let product = Gemm::new(isa, (rows, logits, width), narrow, packed_up, room.z);
        isa.run(product.onto(Start::Zero));
    }

    /// The backward pass after [`logits`](Clusters::logits): from the gradient of the logits, dz in the workspace, to
    /// those of the weights, which are added, and of x, which is written to dx in the workspace.
    pub(super) fn back<T: Real>(
        &self,
        pass: &Pass<'_, T>,
        at: usize,
        rows: usize,
        room: &mut Room<'_, T>,
        back: &mut Back<'_, T>,
    ) {
        let (isa, inputs) = (pass.isa, self.inputs);
        let before = self.all[..at].iter().map(|c| c.packed_lens::<T>(isa, inputs)[1]);
        let start = self.packed_lens::<T>(isa)[0] + before.flatten().sum::<usize>();
        let [down, up] = self.all[at].packed_lens::<T>(isa, inputs)[1];
        let packed_down = &pass.packed[start..start + down];
        let packed_up = &pass.packed[start + down..start + down + up];
        let Cluster { logits, width, .. } = self.all[at];
        let dz = &room.dz[..rows * logits];
        let x = &room.x[..rows * inputs];
        let is_narrow = self.all[at].down.is_some();
        let from = if is_narrow { &room.narrow[..rows * width] } else { x };
        isa.run(GemmTransposed {
            isa,
            size: (logits, rows),
            a: dz,
            a_stride: logits,
            to: [Gradient { n: width, b: from, c: back.grads.get_mut(self.all[at].up) }],
            scratch: back.scratch,
        });
        let d_from = if is_narrow { &mut *room.d_narrow } else { &mut *room.dx };
        let product =
            Gemm::new(isa, (rows, width, logits), Lhs::rows(dz, logits), packed_up, d_from);
        isa.run(product.onto(Start::Zero));
        let Some(weight) = self.all[at].down else {
            return;
        };
        let d_narrow = &room.d_narrow[..rows * width];
        isa.run(GemmTransposed {
            isa,
            size: (width, rows),
            a: d_narrow,
            a_stride: width,
            to: [Gradient { n: inputs, b: x, c: back.grads.get_mut(weight) }],
            scratch: back.scratch,
        });
        let d_narrow = Lhs::rows(d_narrow, width);
        let product = Gemm::new(isa, (rows, inputs, width), d_narrow, packed_down, room.dx);
        isa.run(product.onto(Start::Zero));
    }
}
