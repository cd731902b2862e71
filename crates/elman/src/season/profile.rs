//! The shape of a season: what it adds to the level at each step.
//!
//! ```text
//! d[t] = x[t] - centred moving mean of x over m
//! p[j] = mean of d over the t of phase j, then made zero-mean
//! p   *= max(0, 1 - v / var(p))        v = Σ (d - p)² / (n - m) / (mean number of d a phase)
//! ```
//!
//! `v` is how far the means of phases would lie apart by chance, if there were no season: so much of
//! their variance is taken away, and nothing is left of a season that is not there.
//!
//! That is classical decomposition: one cycle for all time. [STL](Decomposition::Stl) (Cleveland et al., Journal of
//! Official Statistics 6, 1990) finds one that changes slowly: a smooth line through the values of each phase. Fewer
//! values stand behind each of its own, so that less of it is left; and after the last value its last cycle goes on.

use serde::{Deserialize, Serialize};
use stlrs::Stl;

use super::less_moving_mean;

/// Values of a phase that STL smooths over by lines: 11 as in Hyndman's MSTL.
const SMOOTHED: usize = 11;
/// Values that stand behind each of STL's, about: eleven, of which those far off count little.
const BEHIND_EACH: f64 = 5.0;
/// Cycles from which on a change is seen.
const ENOUGH: usize = 4;

/// How the season of a series is told from the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decomposition {
    /// By the mean of each phase: one cycle for all time.
    #[default]
    Classical,
    /// By STL: a cycle that changes slowly; the classical one where there are fewer than four.
    Stl,
}

/// What a season adds to each step of a series.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    seasons: Vec<Season>,
}

/// What one season adds.
#[derive(Debug, Clone, PartialEq)]
struct Season {
    /// The first belongs to step 0; the last cycle of them goes on for ever.
    values: Vec<f64>,
    length: usize,
}

impl Season {
    fn at(&self, t: usize) -> f64 {
        let last = self.values.len() - self.length;
        self.values[if t < last { t } else { last + (t - last) % self.length }]
    }
}

impl Profile {
    /// The profile of `x` over seasons of these lengths, shortest first, each found in what the ones
    /// before it leave. A season that `x` does not hold twice adds nothing.
    pub fn of(x: &[f64], lengths: &[usize], by: Decomposition) -> Self {
        let mut rest = x.to_vec();
        let seasons = lengths.iter().filter(|m| **m > 1).filter_map(|&m| {
            let season = season(&rest, m, by)?;
            for (t, x) in rest.iter_mut().enumerate() {
                *x -= season.at(t);
            }
            Some(season)
        });
        Self { seasons: seasons.collect() }
    }

    /// One cycle for all time; the first of `values` belongs to step 0.
    pub(crate) fn of_cycle(values: Vec<f64>) -> Self {
        let length = values.len().max(1);
        Self {
            seasons: if values.is_empty() { Vec::new() } else { vec![Season { values, length }] },
        }
    }

    /// What it adds to step `t`, counted from the first value that it was made of; steps past the
    /// last one too.
    pub fn at(&self, t: usize) -> f64 {
        self.seasons.iter().map(|season| season.at(t)).sum()
    }
}

fn season(x: &[f64], length: usize, by: Decomposition) -> Option<Season> {
    let cycle = Cycle::of(x, length)?;
    let enough = by == Decomposition::Stl && x.len() >= ENOUGH * length;
    let stl = || Stl::params().seasonal_length(SMOOTHED).seasonal_degree(1).fit(x, length).ok();
    let (found, values) = match enough.then(stl).flatten() {
        Some(stl) => (stl.seasonal().to_vec(), cycle.a_phase.min(BEHIND_EACH)),
        None => (cycle.means.clone(), cycle.a_phase),
    };
    let left = cycle.left(values);
    Some(Season { values: found.into_iter().map(|s| s * left).collect(), length })
}

/// The mean of each phase, less the mean of all.
struct Cycle {
    means: Vec<f64>,
    variance: f64,
    /// The variance of the values around them.
    noise: f64,
    /// Values of each phase.
    a_phase: f64,
}

impl Cycle {
    fn of(x: &[f64], m: usize) -> Option<Self> {
        if x.len().saturating_sub(2) / 2 < m {
            return None;
        }
        let half = m / 2;
        let d = less_moving_mean(x, m);
        let phase = |i: usize| (i + half) % m;
        let mut counts = vec![0.0; m];
        let mut sums = vec![0.0; m];
        for (i, d) in d.iter().enumerate() {
            counts[phase(i)] += 1.0;
            sums[phase(i)] += d;
        }
        let mut p: Vec<f64> = sums.iter().zip(&counts).map(|(sum, n)| sum / n).collect();
        let mean = p.iter().sum::<f64>() / m as f64;
        p.iter_mut().for_each(|p| *p -= mean);
        let variance = p.iter().map(|p| p * p).sum::<f64>() / m as f64;
        let noise = d.iter().enumerate().map(|(i, d)| (d - p[phase(i)]).powi(2)).sum::<f64>();
        let noise = noise / (d.len() - m).max(1) as f64;
        Some(Self { means: p, variance, noise, a_phase: d.len() as f64 / m as f64 })
    }

    /// The share of the season that chance would not make, if so many `values` stand behind each of its own.
    fn left(&self, values: f64) -> f64 {
        if self.variance > 0.0 { (1.0 - self.noise / values / self.variance).max(0.0) } else { 0.0 }
    }
}
