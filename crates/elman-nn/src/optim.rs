//! Optimisers: one pass over the flat arena, whatever the network.

mod adam;
mod adamw;
mod rmsprop;
mod sgd;

use std::sync::Arc;

use elman_math::dispatch::Tier;
use elman_math::{Isa, Kernel, Real};
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::params::{Layout, Params};
use crate::registry::Entry;

/// The settings of all optimisers; each reads its own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OptimizerConfig {
    /// The optimiser, by its name in the registry.
    pub name: String,
    /// sgd, rmsprop: how much of the last update goes on.
    pub momentum: f64,
    /// rmsprop: the memory of the squared gradient.
    pub alpha: f64,
    /// adam, adamw: the memory of the gradient and of its square.
    pub betas: [f64; 2],
    /// rmsprop, adam, adamw: keeps the division finite.
    pub eps: f64,
    /// Pulls weights towards zero: through the gradient (adamw: directly).
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

/// The update of one value.
trait Rule<T: Real>: Sized {
    /// PyTorch's names for `a` and `b`, as many as the rule uses.
    const SLOTS: &'static [&'static str];

    /// Works out the constants of update number `update`, counted from 1.
    fn at(config: &OptimizerConfig, rate: f64, update: u64) -> Self;

    /// The value after the update of `p` by its gradient `g`, and what the optimiser keeps for it,
    /// `a` and `b` before the update.
    fn apply(&self, p: T, g: T, slots: [T; 2]) -> (T, [T; 2]);
}

/// A line of the registry of optimisers.
#[derive(Debug)]
pub struct OptimizerEntry<T: Real> {
    name: &'static str,
    summary: &'static str,
    slots: &'static [&'static str],
    update: fn(Update<'_, T>),
}

/// One update of all values: from those before it to those after.
struct Update<'a, T> {
    isa: Isa,
    config: &'a OptimizerConfig,
    rate: f64,
    /// Counted from 1.
    number: u64,
    grads: &'a [T],
    before: (&'a [T], &'a [Params<T>]),
    after: (&'a mut [T], &'a mut [Params<T>]),
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
        Self::new::<sgd::Sgd<T>>("sgd", "gradient descent, with momentum if asked for"),
        Self::new::<rmsprop::RmsProp<T>>("rmsprop", "each gradient over its own running size"),
        Self::new::<adam::Adam<T>>("adam", "running mean of the gradient over its running size"),
        Self::new::<adamw::AdamW<T>>("adamw", "Adam with weight decay apart from the gradient"),
    ];

    fn name(&self) -> &'static str {
        self.name
    }

    fn summary(&self) -> &'static str {
        self.summary
    }
}

/// One rule over all values.
struct Sweep<'a, T, R> {
    rule: R,
    update: Update<'a, T>,
}

impl<T: Real, R: Rule<T>> Kernel for Sweep<'_, T, R> {
    #[inline(always)]
    fn run<I: Tier>(self) {
        let Update { grads, before: (p, slots), after: (new_p, new_slots), .. } = self.update;
        let len = grads.len();
        let (p, new_p) = (&p[..len], &mut new_p[..len]);
        match (slots, new_slots) {
            ([], []) => {
                for i in 0..len {
                    (new_p[i], _) = self.rule.apply(p[i], grads[i], [T::ZERO; 2]);
                }
            }
            ([a], [new_a]) => {
                let (a, new_a) = (&a.values()[..len], &mut new_a.values_mut()[..len]);
                for i in 0..len {
                    (new_p[i], [new_a[i], _]) = self.rule.apply(p[i], grads[i], [a[i], T::ZERO]);
                }
            }
            ([a, b], [new_a, new_b]) => {
                let (a, new_a) = (&a.values()[..len], &mut new_a.values_mut()[..len]);
                let (b, new_b) = (&b.values()[..len], &mut new_b.values_mut()[..len]);
                for i in 0..len {
                    (new_p[i], [new_a[i], new_b[i]]) =
                        self.rule.apply(p[i], grads[i], [a[i], b[i]]);
                }
            }
            _ => unreachable!("a rule keeps up to two values, the same before and after"),
        }
    }
}

/// An optimiser at work: its settings, and what it keeps between updates.
#[derive(Debug, Clone)]
pub struct Optimizer<T: Real> {
    config: OptimizerConfig,
    entry: &'static OptimizerEntry<T>,
    slots: Vec<Params<T>>,
    updates: u64,
}

impl<T: Real> Optimizer<T> {
    /// The optimiser that `config` describes, at its start.
    ///
    /// # Errors
    /// [`Error::Unknown`] for its name, [`Error::Setting`] for a constant out of range.
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
        Ok(Self { config, entry, slots, updates: 0 })
    }

    /// Its settings.
    pub fn config(&self) -> &OptimizerConfig {
        &self.config
    }

    /// One update by `grads` with learning rate `rate`: from `before`, and `self` before it, to
    /// `params`, and `self` after it. What `self` and `params` hold is overwritten.
    pub fn step_from(
        &mut self,
        isa: Isa,
        before: (&Params<T>, &Self),
        params: &mut Params<T>,
        grads: &Params<T>,
        rate: f64,
    ) {
        let (params_before, before) = before;
        self.updates = before.updates + 1;
        (self.entry.update)(Update {
            isa,
            config: &self.config,
            rate,
            number: self.updates,
            grads: grads.values(),
            before: (params_before.values(), &before.slots),
            after: (params.values_mut(), &mut self.slots),
        });
    }

    /// Updates so far.
    pub fn updates(&self) -> u64 {
        self.updates
    }

    /// What it keeps, under PyTorch's names.
    pub fn slots(&self) -> impl Iterator<Item = (&'static str, &Params<T>)> {
        self.entry.slots.iter().copied().zip(&self.slots)
    }

    /// Goes on from another point: the updates so far, and what is kept.
    pub(crate) fn slots_mut(&mut self) -> impl Iterator<Item = (&'static str, &mut Params<T>)> {
        self.entry.slots.iter().copied().zip(&mut self.slots)
    }

    pub(crate) fn set_updates(&mut self, updates: u64) {
        self.updates = updates;
    }

    /// Takes over the position of an optimiser of the same kind.
    pub(crate) fn copy_from(&mut self, other: &Self) {
        self.updates = other.updates;
        for (to, from) in self.slots.iter_mut().zip(&other.slots) {
            to.copy_from(from);
        }
    }
}
