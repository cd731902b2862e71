//! The logarithms of the probabilities of all classes, `[T, B, V]`.

use std::ops::Range;

use elman_math::{Isa, Real, Stream};

use super::{BLOCK, Clusters};
use crate::layers::{Back, Layer, Pass, Window};
use crate::losses::softmax;
use crate::params::Params;
use crate::state::State;

/// For each row ln p of every class: logits, too.
pub struct AdaptiveSoftmax(pub Clusters);

impl<T: Real> Layer<T> for AdaptiveSoftmax {
    /// The output, and behind it the workspace.
    fn tape_len(&self, window: Window) -> usize {
        window.rows() * self.0.classes + self.0.room_len(window)
    }

    fn output(&self, window: Window) -> Range<usize> {
        0..window.rows() * self.0.classes
    }

    fn packed_lens(&self, isa: Isa) -> [usize; 2] {
        self.0.packed_lens::<T>(isa)
    }

    fn pack_forward(&self, isa: Isa, params: &Params<T>, packed: &mut [T]) {
        self.0.pack_forward(isa, params, packed);
    }

    fn pack_backward(&self, isa: Isa, params: &Params<T>, packed: &mut [T], _: bool) {
        self.0.pack_backward(isa, params, packed);
    }

    fn scratch_len(&self, isa: Isa, window: Window) -> usize {
        self.0.scratch_len(isa, window)
    }

    fn forward(
        &self,
        pass: &Pass<'_, T>,
        x: &[T],
        _: &mut State<T>,
        tape: &mut [T],
        _: Option<&mut Stream>,
    ) {
        let Clusters { inputs, classes, ref all } = self.0;
        let (output, room) = tape.split_at_mut(pass.window.rows() * classes);
        let mut room = self.0.room(pass.window, room);
        for (x, output) in x.chunks(BLOCK * inputs).zip(output.chunks_mut(BLOCK * classes)) {
            room.x[..x.len()].copy_from_slice(x);
            for (at, cluster) in all.iter().enumerate() {
                self.0.logits(pass, at, x.len() / inputs, &mut room);
                let rows = output.chunks_exact_mut(classes);
                let logits = room.z.chunks_exact(cluster.logits);
                let unused = room.dz.chunks_exact_mut(cluster.logits);
                for (output, (z, p)) in rows.zip(logits.zip(unused)) {
                    // Until a tail has its turn, its first place keeps ln p of its gate.
                    let gate = if at == 0 { T::ZERO } else { output[cluster.classes.start] };
                    let shift = gate - softmax(pass.isa, z, p);
                    let (own, gates) = z.split_at(cluster.classes.len());
                    for (output, &z) in output[cluster.classes.clone()].iter_mut().zip(own) {
                        *output = z + shift;
                    }
                    for (tail, &gate) in all[1..].iter().zip(gates) {
                        output[tail.classes.start] = gate + shift;
                    }
                }
            }
        }
    }

    fn backward(
        &self,
        pass: &Pass<'_, T>,
        x: &[T],
        tape: &mut [T],
        dy: &[T],
        mut dx: Option<&mut [T]>,
        back: &mut Back<'_, T>,
    ) {
        if let Some(dx) = &mut dx {
            dx.fill(T::ZERO);
        }
        let Clusters { inputs, classes, ref all } = self.0;
        let mut room = self.0.room(pass.window, &mut tape[pass.window.rows() * classes..]);
        let blocks = x.chunks(BLOCK * inputs).zip(dy.chunks(BLOCK * classes));
        for (block, (x, dy)) in blocks.enumerate() {
            room.x[..x.len()].copy_from_slice(x);
            for (at, cluster) in all.iter().enumerate() {
                self.0.logits(pass, at, x.len() / inputs, &mut room);
                let logits = room.z.chunks_exact(cluster.logits);
                let gradients = room.dz.chunks_exact_mut(cluster.logits);
                for (dy, (z, dz)) in dy.chunks_exact(classes).zip(logits.zip(gradients)) {
                    softmax(pass.isa, z, dz);
                    let sum = |classes: Range<usize>| dy[classes].iter().copied().sum::<T>();
                    let all_of_it = sum(if at == 0 { 0..classes } else { cluster.classes.clone() });
                    let own = dy[cluster.classes.clone()].iter().copied();
                    let gates = all[1..].iter().map(|tail| sum(tail.classes.clone()));
                    for (dz, dy) in dz.iter_mut().zip(own.chain(gates)) {
                        *dz = dy - *dz * all_of_it;
                    }
                }
                self.0.back(pass, at, x.len() / inputs, &mut room, back);
                if let Some(dx) = &mut dx {
                    let to = &mut dx[block * BLOCK * inputs..][..x.len()];
                    to.iter_mut().zip(&*room.dx).for_each(|(to, &from)| *to += from);
                }
            }
        }
    }
}
