//! Optimizers: one loop over the flat parameter array, whatever the network.

mod adam;
mod adamw;
mod rmsprop;
mod sgd;

use std::sync::Arc;

use elman_math::dispatch::Backend;
use elman_math::{Isa, Kernel, Real};
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::params::{Layout, Params};
use crate::registry::Entry;

/// The settings of all optimizers; each uses some of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OptimizerConfig {
    /// The optimizer, by its name in the registry.
    pub name: String,
    /// sgd, rmsprop: the momentum factor.
    pub momentum: f64,
    /// rmsprop: the decay of the mean of the squared gradient.
    pub alpha: f64,
    /// adam, adamw: the decays of the means of the gradient and of its square.
    pub betas: [f64; 2],
    /// rmsprop, adam, adamw: added to the denominator.
    pub eps: f64,
    /// Weight decay: through the gradient (adamw: directly).
    pub weight_decay: f64,
}

impl Default for OptimizerConfig {
    /// Adam with PyTorch's constants.
    fn default() -> Self {
        Self {
            name: "adam".to_owned(),
            momentum: 0.0,
            alpha: 0.99,
            betas: [0.9, 0.999],
            eps: 1e-8,
            weight_decay: 0.0,
        }
    }
}

/// The update rule of one value.
trait Rule<T: Real>: Sized {
    /// PyTorch's names of the state `a` and `b`, as many as the rule uses.
    const SLOTS: &'static [&'static str];

    /// Computes the constants of optimizer step `update`, counted from 1, with learning rate `rate`.
    fn at(config: &OptimizerConfig, rate: f64, update: u64) -> Self;

    /// The value `p` and its optimizer state after an update by the gradient `g`; `slots` is the state
    /// before the update, `a` and `b`.
    fn apply(&self, p: T, g: T, slots: [T; 2]) -> (T, [T; 2]);
}

/// An entry of the registry of optimizers.
#[derive(Debug)]
pub struct OptimizerEntry<T: Real> {
    name: &'static str,
    summary: &'static str,
    slots: &'static [&'static str],
    update: fn(Update<'_, T>),
}

/// One optimizer step on all values: from the values before it to those after it.
struct Update<'a, T> {
    isa: Isa,
    config: &'a OptimizerConfig,
    rate: f64,
    /// The number of the optimizer step, counted from 1.
    number: u64,
    grads: &'a [T],
    /// Weights and optimizer state, `a` and `b`; empty where the rule has no such state.
    before: [&'a [T]; 3],
    after: [&'a mut [T]; 3],
}

impl<T: Real> OptimizerEntry<T> {
    const fn new<R: Rule<T>>(name: &'static str, summary: &'static str) -> Self {
        Self {
            name,
            summary,
            slots: R::SLOTS,
            update: |update| {
                let rule = R::at(update.config, update.rate, update.number);
                update.isa.run(Sweep { rule, update });
            },
        }
    }
}

impl<T: Real> Entry for OptimizerEntry<T> {
    const FAMILY: &'static str = "optimizer";
    const ALL: &'static [Self] = &[
        Self::new::<sgd::Sgd<T>>("sgd", "stochastic gradient descent, with optional momentum"),
        Self::new::<rmsprop::RmsProp<T>>("rmsprop", "RMSProp (Tieleman and Hinton, 2012)"),
        Self::new::<adam::Adam<T>>("adam", "Adam (Kingma and Ba, 2015)"),
        Self::new::<adamw::AdamW<T>>(
            "adamw",
            "Adam with decoupled weight decay (Loshchilov and Hutter, 2019)",
        ),
    ];

    fn name_and_summary(&self) -> (&'static str, &'static str) {
        (self.name, self.summary)
    }
}

/// Applies one rule to all values.
struct Sweep<'a, T, R> {
    rule: R,
    update: Update<'a, T>,
}

impl<T: Real, R: Rule<T>> Kernel for Sweep<'_, T, R> {
    #[inline(always)]
    fn run<I: Backend>(self) {
        let Update { grads, before: [p, a, b], after: [new_p, new_a, new_b], .. } = self.update;
        let len = grads.len();
        let (p, new_p) = (&p[..len], &mut new_p[..len]);
        match R::SLOTS.len() {
            0 => {
                for i in 0..len {
                    (new_p[i], _) = self.rule.apply(p[i], grads[i], [T::ZERO; 2]);
                }
            }
            1 => {
                let (a, new_a) = (&a[..len], &mut new_a[..len]);
                for i in 0..len {
                    (new_p[i], [new_a[i], _]) = self.rule.apply(p[i], grads[i], [a[i], T::ZERO]);
                }
            }
            _ => {
                let (a, new_a) = (&a[..len], &mut new_a[..len]);
                let (b, new_b) = (&b[..len], &mut new_b[..len]);
                for i in 0..len {
                    (new_p[i], [new_a[i], new_b[i]]) =
                        self.rule.apply(p[i], grads[i], [a[i], b[i]]);
                }
            }
        }
    }
}

/// Values that an optimizer step in place copies at a time.
const CHUNK: usize = 1024;

/// The state `a` and `b` of an optimizer in chunks; none where the rule has no such state.
fn chunked<T: Real>(slots: &mut [Params<T>]) -> [std::slice::ChunksMut<'_, T>; 2] {
    let mut slots = slots.iter_mut().map(Params::values_mut);
    [0, 1].map(|_| slots.next().unwrap_or_default().chunks_mut(CHUNK))
}

/// An optimizer with its settings and its state.
#[derive(Debug, Clone)]
pub struct Optimizer<T: Real> {
    config: OptimizerConfig,
    entry: &'static OptimizerEntry<T>,
    slots: Vec<Params<T>>,
    updates: u64,
    isa: Isa,
}

impl<T: Real> Optimizer<T> {
    /// The optimizer that `config` describes, in its initial state.
    ///
    /// # Errors
    /// [`Error::UnknownName`] for its name, [`Error::Setting`] for a constant out of range.
    pub fn new(config: OptimizerConfig, layout: &Arc<Layout>) -> Result<Self, Error> {
        let entry = OptimizerEntry::<T>::find(&config.name)?;
        let fraction = |name, value: f64| {
            if (0.0..1.0).contains(&value) {
                return Ok(());
            }
            let must_be = "at least 0 and below 1";
            Err(Error::Setting { name, got: value.to_string(), must_be })
        };
        fraction("momentum", config.momentum)?;
        fraction("alpha", config.alpha)?;
        fraction("betas", config.betas[0])?;
        fraction("betas", config.betas[1])?;
        for (name, value) in [("eps", config.eps), ("weight_decay", config.weight_decay)] {
            if !(value >= 0.0 && value.is_finite()) {
                return Err(Error::Setting { name, got: value.to_string(), must_be: "0 or more" });
            }
        }
        let slots = entry.slots.iter().map(|_| Params::zeros(layout)).collect();
        Ok(Self { config, entry, slots, updates: 0, isa: Isa::detect() })
    }

    /// Selects another instruction set of this machine for [`step`](Optimizer::step).
    pub fn with_isa(mut self, isa: Isa) -> Self {
        self.isa = isa;
        self
    }

    /// The settings.
    pub fn config(&self) -> &OptimizerConfig {
        &self.config
    }

    /// Does one optimizer step on `params` with the gradient `grads` and the learning rate `rate`. Allocates nothing.
    pub fn step(&mut self, params: &mut Params<T>, grads: &Params<T>, rate: f64) {
        self.updates += 1;
        let grads = grads.values().chunks(CHUNK);
        let params = params.values_mut().chunks_mut(CHUNK);
        let [mut a, mut b] = chunked(&mut self.slots);
        let mut before = [[T::ZERO; CHUNK]; 3];
        for (params, grads) in params.zip(grads) {
            let len = grads.len();
            let after = [params, a.next().unwrap_or_default(), b.next().unwrap_or_default()];
            for (before, after) in before.iter_mut().zip(&after) {
                before[..after.len()].copy_from_slice(after);
            }
            let [p, a, b] = before.each_ref();
            (self.entry.update)(Update {
                isa: self.isa,
                config: &self.config,
                rate,
                number: self.updates,
                grads,
                before: [&p[..len], &a[..len], &b[..len]],
                after,
            });
        }
    }

    /// As [`step`](Optimizer::step), from the weights and the optimizer in `before` to `params` and `self`, whose old
    /// content is overwritten: without a copy of the state before the step.
    pub(crate) fn step_from(
        &mut self,
        isa: Isa,
        before: (&Params<T>, &Self),
        params: &mut Params<T>,
        grads: &Params<T>,
        rate: f64,
    ) {
        let (params_before, before) = before;
        self.updates = before.updates + 1;
        let mut slots = self.slots.iter_mut().map(Params::values_mut);
        let slot = |slot: usize| before.slots.get(slot).map_or(&[][..], Params::values);
        (self.entry.update)(Update {
            isa,
            config: &self.config,
            rate,
            number: self.updates,
            grads: grads.values(),
            before: [params_before.values(), slot(0), slot(1)],
            after: [
                params.values_mut(),
                slots.next().unwrap_or_default(),
                slots.next().unwrap_or_default(),
            ],
        });
    }

    /// The number of optimizer steps so far.
    pub fn updates(&self) -> u64 {
        self.updates
    }

    /// The optimizer state, under PyTorch's names.
    pub fn slots(&self) -> impl Iterator<Item = (&'static str, &Params<T>)> {
        self.entry.slots.iter().copied().zip(&self.slots)
    }

    /// The optimizer state, under PyTorch's names, mutable: to resume a training.
    pub fn slots_mut(&mut self) -> impl Iterator<Item = (&'static str, &mut Params<T>)> {
        self.entry.slots.iter().copied().zip(&mut self.slots)
    }

    /// Sets the number of optimizer steps so far: to resume a training.
    pub fn set_updates(&mut self, updates: u64) {
        self.updates = updates;
    }

    /// Copies the state of an optimizer of the same kind.
    pub(crate) fn copy_from(&mut self, other: &Self) {
        self.updates = other.updates;
        for (to, from) in self.slots.iter_mut().zip(&other.slots) {
            to.copy_from(from);
        }
    }
}
