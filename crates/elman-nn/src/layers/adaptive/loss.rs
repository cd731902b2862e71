//! The loss of the actual classes, `[T, B, 1]`, without the probabilities of all other classes.

use elman_math::Real;

use super::block::Room;
use super::{BLOCK, Cluster, Clusters};
use crate::layers::{Back, Pass};
use crate::losses::{check_classes, softmax};

impl Clusters {
    /// Computes -ln p of the actual class for each row; 0 where the class is masked.
    ///
    /// # Panics
    /// If a target is not one of the classes.
    pub(super) fn losses<T: Real>(
        &self,
        pass: &Pass<'_, T>,
        x: &[T],
        losses: &mut [T],
        mut room: Room<'_, T>,
    ) {
        check_classes(pass.targets, self.classes);
        losses.fill(T::ZERO);
        self.for_each_block(pass, x, &mut room, |at, rows, room| {
            let logits = self.all[at].logits;
            let both = room.z.chunks_exact(logits).zip(room.dz.chunks_exact_mut(logits));
            for (&row, (z, p)) in rows.iter().zip(both) {
                let class = self.logit_of(at, pass.targets[row]);
                losses[row] += softmax(pass.isa, z, p) - z[class];
            }
        });
    }

    /// The backward pass; adds to `dx`.
    pub(super) fn losses_back<T: Real>(
        &self,
        pass: &Pass<'_, T>,
        x: &[T],
        dy: &[T],
        dx: &mut [T],
        mut room: Room<'_, T>,
        back: &mut Back<'_, T>,
    ) {
        self.for_each_block(pass, x, &mut room, |at, rows, room| {
            let logits = self.all[at].logits;
            let both = room.z.chunks_exact(logits).zip(room.dz.chunks_exact_mut(logits));
            for (&row, (z, dz)) in rows.iter().zip(both) {
                softmax(pass.isa, z, dz);
                dz[self.logit_of(at, pass.targets[row])] -= T::ONE;
                dz.iter_mut().for_each(|dz| *dz *= dy[row]);
            }
            self.back(pass, at, rows.len(), room, back);
            for (&row, from) in rows.iter().zip(room.dx.chunks_exact(self.inputs)) {
                let to = &mut dx[row * self.inputs..][..self.inputs];
                to.iter_mut().zip(from).for_each(|(to, &from)| *to += from);
            }
        });
    }

    /// For each cluster, computes the logits of the rows whose class needs them, up to [`BLOCK`] rows at a time. All
    /// rows need the shortlist, which has the gates.
    fn for_each_block<T: Real>(
        &self,
        pass: &Pass<'_, T>,
        x: &[T],
        room: &mut Room<'_, T>,
        mut work: impl FnMut(usize, &[usize], &mut Room<'_, T>),
    ) {
        let inputs = self.inputs;
        for (at, Cluster { classes, .. }) in self.all.iter().enumerate() {
            let needed = if at == 0 { 0..self.classes } else { classes.clone() };
            let mut rows = [0; BLOCK];
            let mut count = 0;
            for (row, target) in pass.targets.iter().enumerate() {
                // A masked class is in no cluster.
                if !target.is_nan() && needed.contains(&(target.to_f64() as usize)) {
                    room.x[count * inputs..][..inputs]
                        .copy_from_slice(&x[row * inputs..][..inputs]);
                    rows[count] = row;
                    count += 1;
                }
                if count == BLOCK || (count > 0 && row + 1 == pass.targets.len()) {
                    self.logits(pass, at, count, room);
                    work(at, &rows[..count], room);
                    count = 0;
                }
            }
        }
    }

    /// The index of the logit of cluster `at` for a class: the class's own, or the gate of its tail.
    fn logit_of<T: Real>(&self, at: usize, class: T) -> usize {
        let class = class.to_f64() as usize;
        let shortlist = &self.all[0].classes;
        match at {
            0 if !shortlist.contains(&class) => {
                let tails = &self.all[1..];
                shortlist.len() + tails.partition_point(|tail| tail.classes.end <= class)
            }
            _ => class - self.all[at].classes.start,
        }
    }
}
