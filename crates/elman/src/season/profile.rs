//! The shape of a season: what each of its phases adds to the level.
//!
//! ```text
//! d[t] = x[t] - centred moving mean of x over m
//! p[j] = mean of d over the t of phase j, then made zero-mean
//! p   *= max(0, 1 - v / var(p))        v = Σ (d - p)² / (n - m) / (mean number of d a phase)
//! ```
//!
//! `v` is how far the means of phases would lie apart by chance, if there were no season: so much of
//! their variance is taken away, and nothing is left of a season that is not there.

use super::less_moving_mean;

/// What a season adds to each step of a series.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    /// One cycle for each season; the first value of each belongs to step 0.
    cycles: Vec<Vec<f64>>,
}

impl Profile {
    /// The profile of `x` over seasons of these lengths, shortest first, each found in what the ones
    /// before it leave. A season that `x` does not hold twice adds nothing.
    pub fn of(x: &[f64], seasons: &[usize]) -> Self {
        let mut rest = x.to_vec();
        let cycles = seasons.iter().filter(|m| **m > 1).filter_map(|&m| {
            let cycle = cycle(&rest, m)?;
            for (t, x) in rest.iter_mut().enumerate() {
                *x -= cycle[t % m];
            }
            Some(cycle)
        });
        Self { cycles: cycles.collect() }
    }

    /// What it adds to step `t`, counted from the first value that it was made of; steps past the
    /// last one too.
    pub fn at(&self, t: usize) -> f64 {
        self.cycles.iter().map(|cycle| cycle[t % cycle.len()]).sum()
    }
}

fn cycle(x: &[f64], m: usize) -> Option<Vec<f64>> {
    if x.len() < 2 * m + 2 {
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
    let chance = noise / (d.len() - m).max(1) as f64 / (d.len() as f64 / m as f64);
    let left = if variance > 0.0 { (1.0 - chance / variance).max(0.0) } else { 0.0 };
    p.iter_mut().for_each(|p| *p *= left);
    Some(p)
}
