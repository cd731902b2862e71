//! The seasonal component: the seasonal effect at each time step.
//!
//! ```text
//! d[t] = x[t] - centred moving mean of x over m
//! p[j] = mean of d over the t of phase j, then made zero-mean
//! p   *= max(0, 1 - v / var(p))        v = Σ (d - p)² / (n - m) / (mean number of d a phase)
//! ```
//!
//! `v` is the variance that the phase means would have by chance, without a season. This part of
//! their variance is removed, so that the component of a series without a season is near 0.
//!
//! This is classical decomposition: one cycle for all time. [STL](Decomposition::Stl) (Cleveland et al., Journal of
//! Official Statistics 6, 1990) finds a cycle that changes slowly, by smoothing the values of each phase. Each value of
//! it depends on fewer data, so that it is shrunk more. After the last value its last cycle is repeated.

use elman_nn::registry::Entry;
use serde::{Deserialize, Serialize};
use stlrs::Stl;

use super::less_moving_mean;
use crate::data::ranges::{self, Checked};

/// Seasonal window of STL, in values of a phase: 11 as in Hyndman's MSTL.
const SMOOTHED: usize = 11;
/// The effective number of data for each value of STL: of the eleven in the window, distant ones have little weight.
const BEHIND_EACH: f64 = 5.0;
/// The fewest cycles for a season that changes.
const ENOUGH: usize = 4;

/// The method of seasonal decomposition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decomposition {
    /// The mean of each phase: one cycle for all time.
    #[default]
    Classical,
    /// STL: a cycle that changes slowly; classical decomposition if there are fewer than four cycles.
    Stl,
}

impl Entry for Decomposition {
    const FAMILY: &'static str = "decomposition";
    const ALL: &'static [Self] = &[Self::Classical, Self::Stl];

    fn name_and_summary(&self) -> (&'static str, &'static str) {
        match self {
            Self::Classical => ("classical", "a constant seasonal pattern"),
            Self::Stl => ("stl", "a seasonal pattern that changes slowly (STL)"),
        }
    }
}

/// The seasonal component of a series, the sum over its seasons.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    seasons: Vec<Season>,
}

/// The component of one season.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Season {
    /// The first value is that of time step 0; the last cycle is repeated forever.
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
    /// Decomposes `x` by these seasonal periods, shortest first; each season is estimated from the remainder of the
    /// seasons before it. A season that `x` does not contain twice is 0.
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

    /// One cycle for all time; the first of `values` is that of time step 0.
    pub(crate) fn of_cycle(values: Vec<f64>) -> Self {
        let length = values.len().max(1);
        Self {
            seasons: if values.is_empty() { Vec::new() } else { vec![Season { values, length }] },
        }
    }

    /// Keeps one cycle of each season, if the effects from time step `from` on repeat this cycle: effects before `from` may
    /// then be those of a later cycle.
    pub(crate) fn forget_before(&mut self, from: usize) {
        for Season { values, length } in &mut self.seasons {
            let last = values.len() - *length;
            if last <= from {
                let mut cycle = values.split_off(last);
                cycle.rotate_right(last % *length);
                *values = cycle;
            }
        }
    }

    /// Counts the time steps from `t` on: the effect at time step 0 becomes that at `t`.
    pub(crate) fn start_at(&mut self, t: usize) {
        for season in &mut self.seasons {
            season.values = (t..t + season.length).map(|t| season.at(t)).collect();
        }
    }

    /// Checks that every time step has a finite effect.
    pub(crate) fn check(&self) -> Checked {
        for Season { values, length } in &self.seasons {
            ranges::steps("season", *length)?;
            if values.len() < *length {
                return ranges::refuse("season", values.len(), "one cycle of values at least");
            }
            ranges::finite("season", values)?;
        }
        Ok(())
    }

    /// Heap memory, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        let bytes = |season: &Season| size_of::<Season>() + 8 * season.values.capacity();
        self.seasons.iter().map(bytes).sum()
    }

    /// The seasonal effect at time step `t`, counted from the first value of the decomposed series; `t` may be after
    /// its last value.
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

/// The mean of each phase, minus the mean of all phases.
struct Cycle {
    means: Vec<f64>,
    variance: f64,
    /// The variance of the values around the phase means.
    noise: f64,
    /// The mean number of values per phase.
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

    /// The shrinkage factor of a season whose values are means of so many `values`: the share not due to chance.
    fn left(&self, values: f64) -> f64 {
        if self.variance > 0.0 { (1.0 - self.noise / values / self.variance).max(0.0) } else { 0.0 }
    }
}
