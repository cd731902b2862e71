//! What a network says of each value to come: a point, or a whole distribution.

use elman_nn::losses::{Loss, Predicts};
use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::series::Series;

/// What a network says of each value to come. Distributions are those of what the network works on: a
/// normal one over logarithms is log-normal over values.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Head {
    /// One value; bands come from the errors of the trial.
    #[default]
    Point,
    /// Quantiles, which never cross.
    Quantiles,
    /// A normal distribution.
    Gaussian,
    /// Student's t-distribution, with heavy tails.
    StudentT,
    /// A negative binomial distribution, of counts 0, 1, 2, ….
    NegativeBinomial,
}

impl Head {
    /// All heads, each with what a person types and what it is.
    pub const ALL: [(Head, &'static str, &'static str); 5] = [
        (Head::Point, "point", "one value, with bands from the errors on the last known values"),
        (Head::Quantiles, "quantiles", "quantiles at the levels of the bands, which never cross"),
        (Head::Gaussian, "gaussian", "a normal distribution"),
        (Head::StudentT, "student-t", "Student's t-distribution, with heavy tails"),
        (Head::NegativeBinomial, "negative-binomial", "a distribution of counts 0, 1, 2, …"),
    ];

    /// The head of this name.
    pub fn named(name: &str) -> Option<Head> {
        Self::ALL.iter().find(|(_, known, _)| *known == name).map(|(head, ..)| *head)
    }
}

/// What a network is trained to say, and by which loss.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Said {
    /// The loss, by name.
    pub loss: String,
    /// The levels of its quantiles, if it has some.
    pub quantiles: Vec<f64>,
}

impl Said {
    /// A head with bands of these `levels`, in per cent; `point` is the loss of a point.
    pub(super) fn by(head: Head, point: &str, levels: &[f64]) -> Self {
        let loss = match head {
            Head::Point => point,
            Head::Quantiles => "pinball",
            Head::Gaussian => "gaussian",
            Head::StudentT => "student-t",
            Head::NegativeBinomial => "negative-binomial",
        };
        let quantiles = if head == Head::Quantiles { taus(levels) } else { Vec::new() };
        Self { loss: loss.to_owned(), quantiles }
    }

    /// The loss itself.
    pub(super) fn loss(&self) -> Result<Loss<f32>> {
        Ok(Loss::new(&self.loss, &self.quantiles)?)
    }

    /// Whether it is a distribution.
    pub(super) fn is_distribution(&self) -> bool {
        self.loss().is_ok_and(|loss| loss.entry().predicts() != Predicts::Point)
    }

    /// Whether it is one of counts, in their own units.
    pub(super) fn is_of_counts(&self) -> bool {
        self.loss().is_ok_and(|loss| loss.entry().predicts() == Predicts::Counts)
    }
}

/// The quantiles at the two ends of the band of each level, in per cent.
pub(super) fn all_ends(levels: &[f64]) -> Vec<f64> {
    let ends = |level: &f64| {
        let tail = (100.0 - level) / 200.0;
        [tail, 1.0 - tail]
    };
    levels.iter().flat_map(ends).collect()
}

/// The quantiles of these bands, and the median, in order.
fn taus(levels: &[f64]) -> Vec<f64> {
    let mut taus = all_ends(levels);
    taus.push(0.5);
    taus.sort_by(f64::total_cmp);
    taus.dedup();
    taus
}

/// The first value of a panel that is no count.
pub(super) fn no_count(panel: &[Series]) -> Option<(&Series, f64)> {
    let bad = |y: &&f64| !y.is_nan() && (**y < 0.0 || y.fract() != 0.0);
    panel.iter().find_map(|series| Some((series, *series.values.iter().find(bad)?)))
}
