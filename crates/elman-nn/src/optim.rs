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

/// The update of one value. `a` and `b` are what the optimiser keeps for it.
trait Rule<T: Real>: Sized {
    /// PyTorch's names for `a` and `b`, as many as the rule uses.
    const SLOTS: &'static [&'static str];

    /// Works out the constants of update number `update`, counted from 1.
    fn at(config: &OptimizerConfig, rate: f64, update: u64) -> Self;

    /// Updates the value `p` by its gradient `g`.
    fn apply(&self, p: &mut T, g: T, a: &mut T, b: &mut T);
}

/// A line of the registry of optimisers.
#[derive(Debug)]
pub struct OptimizerEntry<T: Real> {
    name: &'static str,
    summary: &'static str,
    slots: &'static [&'static str],
    update: fn(Update<'_, T>),
}

/// One update of all values.
struct Update<'a, T> {
    isa: Isa,
    config: &'a OptimizerConfig,
    rate: f64,
    /// Counted from 1.
    number: u64,
    params: &'a mut [T],
    grads: &'a [T],
    slots: &'a mut [Params<T>],
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
        let Update { params, grads, slots, .. } = self.update;
        let values = params.iter_mut().zip(grads);
        match slots {
            [] => {
                for (p, &g) in values {
                    self.rule.apply(p, g, &mut { T::ZERO }, &mut { T::ZERO });
                }
            }
            [a] => {
                for ((p, &g), a) in values.zip(a.values_mut()) {
                    self.rule.apply(p, g, a, &mut { T::ZERO });
                }
            }
            [a, b, ..] => {
                for (((p, &g), a), b) in values.zip(a.values_mut()).zip(b.values_mut()) {
                    self.rule.apply(p, g, a, b);
                }
            }
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

    /// One update of `params` by `grads` with learning rate `rate`.
    pub fn step(&mut self, isa: Isa, params: &mut Params<T>, grads: &Params<T>, rate: f64) {
        self.updates += 1;
        (self.entry.update)(Update {
            isa,
            config: &self.config,
            rate,
            number: self.updates,
            params: params.values_mut(),
            grads: grads.values(),
            slots: &mut self.slots,
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
