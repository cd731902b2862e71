//! Likelihood: the output of a network for each forecast value, a point or a distribution.

use elman_nn::losses::{Loss, Predicts};
use elman_nn::registry::Entry;
use serde::{Deserialize, Serialize};

use crate::data::Series;

/// Output distribution of a network. It is a distribution of the transformed values: a normal distribution of
/// logarithms is log-normal in the values.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Likelihood {
    /// Point forecast, with conformal prediction intervals from the validation errors.
    #[default]
    Point,
    /// Quantiles, which never cross.
    Quantiles,
    /// Normal distribution.
    Gaussian,
    /// Student's t-distribution, with heavy tails.
    StudentT,
    /// Negative binomial distribution, for counts 0, 1, 2, ….
    NegativeBinomial,
}

impl Entry for Likelihood {
    const FAMILY: &'static str = "likelihood";
    const ALL: &'static [Self] =
        &[Self::Point, Self::Quantiles, Self::Gaussian, Self::StudentT, Self::NegativeBinomial];

    fn name_and_summary(&self) -> (&'static str, &'static str) {
        match self {
            Self::Point => ("point", "point forecast, with conformal prediction intervals"),
            Self::Quantiles => ("quantiles", "quantiles of the interval levels, which never cross"),
            Self::Gaussian => ("gaussian", "normal distribution"),
            Self::StudentT => ("student-t", "Student's t-distribution"),
            Self::NegativeBinomial => {
                ("negative-binomial", "negative binomial distribution, for counts 0, 1, 2, …")
            }
        }
    }
}

/// Output of a network: its loss and quantiles.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OutputSpec {
    /// Loss, by name.
    pub loss: String,
    /// Quantiles that the network outputs, between 0 and 1; empty for other losses.
    pub quantiles: Vec<f64>,
}

impl OutputSpec {
    /// Output for intervals at these `levels`, in per cent; `point` is the loss of a point forecast.
    pub(crate) fn by(likelihood: Likelihood, point: &str, levels: &[f64]) -> Self {
        let loss = match likelihood {
            Likelihood::Point => point,
            Likelihood::Quantiles => "pinball",
            Likelihood::Gaussian => "gaussian",
            Likelihood::StudentT => "student-t",
            Likelihood::NegativeBinomial => "negative-binomial",
        };
        let quantiles = if likelihood == Likelihood::Quantiles { taus(levels) } else { Vec::new() };
        Self { loss: loss.to_owned(), quantiles }
    }

    /// Loss function.
    pub(crate) fn loss(&self) -> Result<Loss<f32>, elman_nn::Error> {
        Loss::new(&self.loss, &self.quantiles)
    }

    /// Whether the output is a distribution.
    pub(crate) fn is_distribution(&self) -> bool {
        self.loss().is_ok_and(|loss| loss.entry().predicts() != Predicts::Point)
    }

    /// Whether the output is a distribution of counts, in their own units.
    pub(crate) fn is_of_counts(&self) -> bool {
        self.loss().is_ok_and(|loss| loss.entry().predicts() == Predicts::Counts)
    }
}

/// Quantiles of the lower and upper bound at each level, in per cent.
pub(crate) fn all_ends(levels: &[f64]) -> Vec<f64> {
    let ends = |level: &f64| {
        let tail = (100.0 - level) / 200.0;
        [tail, 1.0 - tail]
    };
    levels.iter().flat_map(ends).collect()
}

/// Quantiles of these intervals, and the median, sorted.
pub(crate) fn taus(levels: &[f64]) -> Vec<f64> {
    let mut taus = all_ends(levels);
    taus.push(0.5);
    taus.sort_by(f64::total_cmp);
    taus.dedup();
    taus
}

/// Whether a value is one of 0, 1, 2, ….
pub(crate) fn is_count(y: f64) -> bool {
    y >= 0.0 && y.fract() == 0.0
}

/// First value of a panel that is not a count.
pub(crate) fn no_count(panel: &[Series]) -> Option<(&Series, f64)> {
    let bad = |y: &&f64| !y.is_nan() && !is_count(**y);
    panel.iter().find_map(|series| Some((series, *series.values.iter().find(bad)?)))
}
