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
        Self::new::<sgd::Sgd<T>>("sgd", "stochastic gradient descent, with optional momentum"),
        Self::new::<rmsprop::RmsProp<T>>("rmsprop", "RMSProp (Tieleman and Hinton, 2012)"),
        Self::new::<adam::Adam<T>>("adam", "Adam (Kingma and Ba, 2015)"),
        Self::new::<adamw::AdamW<T>>(
            "adamw",
            "Adam with decoupled weight decay (Loshchilov and Hutter, 2019)",
        ),
    ];

    fn name(&self) -> &'static str {
        self.name
    }

    fn summary(&self) -> &'static str {
        self.summary
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

/// An optimizer with its settings and its state.
#[derive(Debug, Clone)]
pub struct Optimizer<T: Real> {
    config: OptimizerConfig,
    entry: &'static OptimizerEntry<T>,
    slots: Vec<Params<T>>,
    updates: u64,
}

impl<T: Real> Optimizer<T> {
    /// The optimizer that `config` describes, in its initial state.
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

    /// The settings.
    pub fn config(&self) -> &OptimizerConfig {
        &self.config
    }

    /// Does one optimizer step with the gradient `grads` and the learning rate `rate`: from the weights
    /// and the optimizer in `before` to `params` and `self`, whose old content is overwritten.
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

    /// The number of optimizer steps so far.
    pub fn updates(&self) -> u64 {
        self.updates
    }

    /// The optimizer state, under PyTorch's names.
    pub fn slots(&self) -> impl Iterator<Item = (&'static str, &Params<T>)> {
        self.entry.slots.iter().copied().zip(&self.slots)
    }

    /// The optimizer state, under PyTorch's names, mutable: to resume from a checkpoint.
    pub(crate) fn slots_mut(&mut self) -> impl Iterator<Item = (&'static str, &mut Params<T>)> {
        self.entry.slots.iter().copied().zip(&mut self.slots)
    }

    pub(crate) fn set_updates(&mut self, updates: u64) {
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
