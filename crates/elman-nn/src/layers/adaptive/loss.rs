//! The loss of the classes that came, `[T, B, 1]`, without the probabilities of all others.

use std::ops::Range;

use elman_math::{Isa, Real, Stream};

use super::block::Room;
use super::{BLOCK, Cluster, Clusters};
use crate::layers::{Back, Layer, Pass, Window};
use crate::losses::softmax;
use crate::params::Params;
use crate::state::State;

/// For each row -ln p of the class that came, which is the pass's target; 0 where it is not known.
pub struct AdaptiveLoss(pub Clusters);

impl<T: Real> Layer<T> for AdaptiveLoss {
    /// The losses, and behind them the workspace.
    fn tape_len(&self, window: Window) -> usize {
        window.rows() + self.0.room_len(window)
    }

    fn output(&self, window: Window) -> Range<usize> {
        0..window.rows()
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
        let (losses, room) = tape.split_at_mut(pass.window.rows());
        losses.fill(T::ZERO);
        let mut room = self.0.room(pass.window, room);
        self.for_each_block(pass, x, &mut room, |at, rows, room| {
            let logits = self.0.all[at].logits;
            let both = room.z.chunks_exact(logits).zip(room.dz.chunks_exact_mut(logits));
            for (&row, (z, p)) in rows.iter().zip(both) {
                let class = self.0.logit_of(at, pass.targets[row]);
                losses[row] += softmax(pass.isa, z, p) - z[class];
            }
        });
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
        let inputs = self.0.inputs;
        let mut room = self.0.room(pass.window, &mut tape[pass.window.rows()..]);
        self.for_each_block(pass, x, &mut room, |at, rows, room| {
            let logits = self.0.all[at].logits;
            let both = room.z.chunks_exact(logits).zip(room.dz.chunks_exact_mut(logits));
            for (&row, (z, dz)) in rows.iter().zip(both) {
                softmax(pass.isa, z, dz);
                dz[self.0.logit_of(at, pass.targets[row])] -= T::ONE;
                dz.iter_mut().for_each(|dz| *dz *= dy[row]);
            }
            self.0.back(pass, at, rows.len(), room, back);
            let Some(dx) = &mut dx else {
                return;
            };
            for (&row, from) in rows.iter().zip(room.dx.chunks_exact(inputs)) {
                for (to, &from) in dx[row * inputs..][..inputs].iter_mut().zip(from) {
                    *to += from;
                }
            }
        });
    }
}

impl AdaptiveLoss {
    /// Cluster by cluster, the logits of the rows whose class needs them, up to [`BLOCK`] rows at a time. Of the
    /// shortlist, which has the gates, all rows do.
    fn for_each_block<T: Real>(
        &self,
        pass: &Pass<'_, T>,
        x: &[T],
        room: &mut Room<'_, T>,
        mut work: impl FnMut(usize, &[usize], &mut Room<'_, T>),
    ) {
        let inputs = self.0.inputs;
        for (at, Cluster { classes, .. }) in self.0.all.iter().enumerate() {
            let needed = if at == 0 { 0..self.0.classes } else { classes.clone() };
            let mut rows = [0; BLOCK];
            let mut count = 0;
            for (row, target) in pass.targets.iter().enumerate() {
                // What is not known is in none.
                if !target.is_nan() && needed.contains(&(target.to_f64() as usize)) {
                    room.x[count * inputs..][..inputs]
                        .copy_from_slice(&x[row * inputs..][..inputs]);
                    rows[count] = row;
                    count += 1;
                }
                if count == BLOCK || (count > 0 && row + 1 == pass.targets.len()) {
                    self.0.logits(pass, at, count, room);
                    work(at, &rows[..count], room);
                    count = 0;
                }
            }
        }
    }
}

impl Clusters {
    /// Which logit of cluster `at` stands for a class: its own, or the gate of its tail.
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
