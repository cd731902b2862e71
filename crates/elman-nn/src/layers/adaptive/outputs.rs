//! The log-probabilities of all classes, `[T, B, V]`, which are valid logits, too.

use std::ops::Range;

use elman_math::Real;

use super::block::Room;
use super::{BLOCK, Clusters};
use crate::layers::{Back, Pass};
use crate::losses::softmax;

impl Clusters {
    /// Computes ln p of every class for each row.
    pub(super) fn log_probabilities<T: Real>(
        &self,
        pass: &Pass<'_, T>,
        x: &[T],
        output: &mut [T],
        mut room: Room<'_, T>,
    ) {
        let Clusters { inputs, classes, ref all } = *self;
        for (x, output) in x.chunks(BLOCK * inputs).zip(output.chunks_mut(BLOCK * classes)) {
            room.x[..x.len()].copy_from_slice(x);
            for (at, cluster) in all.iter().enumerate() {
                self.logits(pass, at, x.len() / inputs, &mut room);
                let rows = output.chunks_exact_mut(classes);
                let logits = room.z.chunks_exact(cluster.logits);
                let unused = room.dz.chunks_exact_mut(cluster.logits);
                for (output, (z, p)) in rows.zip(logits.zip(unused)) {
                    // The first output of a tail holds ln p of its gate until the tail is computed.
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

    /// The backward pass; adds to `dx`.
    pub(super) fn log_probabilities_back<T: Real>(
        &self,
        pass: &Pass<'_, T>,
        x: &[T],
        dy: &[T],
        dx: &mut [T],
        mut room: Room<'_, T>,
        back: &mut Back<'_, T>,
    ) {
        let Clusters { inputs, classes, ref all } = *self;
        let blocks = x.chunks(BLOCK * inputs).zip(dy.chunks(BLOCK * classes));
        for (block, (x, dy)) in blocks.enumerate() {
            room.x[..x.len()].copy_from_slice(x);
            for (at, cluster) in all.iter().enumerate() {
                self.logits(pass, at, x.len() / inputs, &mut room);
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
                self.back(pass, at, x.len() / inputs, &mut room, back);
                let to = &mut dx[block * BLOCK * inputs..][..x.len()];
                to.iter_mut().zip(&*room.dx).for_each(|(to, &from)| *to += from);
            }
        }
    }
}
