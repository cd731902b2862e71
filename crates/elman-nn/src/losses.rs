//! Losses: the mean error of the outputs over all targets.
//!
//! A point loss has one output per target and is a function of pred - target. The other losses have
//! several outputs per target, adjacent in `[.., K, P]`. They predict a whole distribution, from which any
//! quantile follows, or the logits of classes, one of which is the target.

mod cross_entropy;
mod distribution;
mod gaussian;
mod huber;
mod loss;
mod mae;
mod mse;
mod negative_binomial;
mod parameter;
mod pinball;
mod softplus;
mod special;
mod student_t;

use elman_math::Real;

use self::distribution::Functions;
use crate::registry::Entry;

pub(crate) use cross_entropy::check_classes;
pub use cross_entropy::softmax;
pub use loss::Loss;
pub(crate) use loss::share_of_losses;
pub use parameter::{Link, Parameter};
pub use special::normal::normal_quantile;
pub use student_t::student_t_quantile;

/// The meaning of the outputs for one target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Predicts {
    /// One value.
    Point,
    /// Quantiles at chosen levels; the point is the one whose level is nearest ½.
    Quantiles,
    /// A continuous, symmetric distribution; the point is its center.
    Distribution,
    /// A distribution of counts 0, 1, 2, …, with unscaled targets; the point is its median.
    Counts,
    /// The logits of classes; the target is the number of a class, and the point is the most likely class.
    Classes,
}

/// An entry of the registry of losses.
#[derive(Debug)]
pub struct LossEntry<T: Real> {
    name: &'static str,
    summary: &'static str,
    predicts: Predicts,
    kind: Kind<T>,
}

#[derive(Debug)]
enum Kind<T> {
    /// The loss of one error e = pred - target, and its derivative.
    Error(fn(T) -> (T, T)),
    /// One output per level.
    Quantiles,
    /// The negative log-likelihood of a distribution.
    Distribution(Functions<T>),
    /// One output per class.
    Classes,
}

impl<T: Real> LossEntry<T> {
    /// The meaning of the outputs for one target.
    pub fn predicts(&self) -> Predicts {
        self.predicts
    }

    const fn of_error(name: &'static str, summary: &'static str, of: fn(T) -> (T, T)) -> Self {
        Self { name, summary, predicts: Predicts::Point, kind: Kind::Error(of) }
    }
}

impl<T: Real> Entry for LossEntry<T> {
    const FAMILY: &'static str = "loss";
    const ALL: &'static [Self] = &[
        Self::of_error("mse", "mean squared error", mse::of_error),
        Self::of_error("mae", "mean absolute error", mae::of_error),
        Self::of_error("huber", "squared for errors below 1, absolute beyond", huber::of_error),
        Self {
            name: "pinball",
            summary: "quantiles at the levels asked for, which never cross",
            predicts: Predicts::Quantiles,
            kind: Kind::Quantiles,
        },
        Self {
            name: "gaussian",
            summary: "likelihood of a normal distribution, its mean and its width",
            predicts: Predicts::Distribution,
            kind: Kind::Distribution(Functions::of::<gaussian::Gaussian, 2>()),
        },
        Self {
            name: "student-t",
            summary: "likelihood of Student's t-distribution, with its heavy tails",
            predicts: Predicts::Distribution,
            kind: Kind::Distribution(Functions::of::<student_t::StudentT, 3>()),
        },
        Self {
            name: "negative-binomial",
            summary: "likelihood of a distribution of counts 0, 1, 2, …",
            predicts: Predicts::Counts,
            kind: Kind::Distribution(Functions::of::<negative_binomial::NegativeBinomial, 2>()),
        },
        Self {
            name: "cross-entropy",
            summary: "likelihood of one of several classes, such as the next character",
            predicts: Predicts::Classes,
            kind: Kind::Classes,
        },
    ];

    fn name_and_summary(&self) -> (&'static str, &'static str) {
        (self.name, self.summary)
    }
}
