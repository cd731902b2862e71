//! Synthetic series of all kinds, to train a network on what real data have too few of.
//!
//! ```text
//! x = trend + season + Gaussian process + noise + shocks        each part is random, and may be absent
//! y = a (1 + v x)   or   a exp(v x)   or   intermittent demand
//! ```
//!
//! v sets the mean absolute difference relative to the level, from 0.0025 to 0.5. The Gaussian processes have smooth and
//! periodic kernels, as KernelSynth (Ansari et al., Chronos, 2024); they are drawn by random Fourier features (Rahimi and Recht,
//! 2007).

use std::f64::consts::TAU;

use elman_nn::Stream;

/// Share of the series that are intermittent demand.
const INTERMITTENT: f64 = 0.08;
/// Cosines of a Gaussian process.
const FEATURES: usize = 24;

/// Draws a series of `length` values with this seasonal `period` in time steps, 1 for none. The same state of `random` draws
/// the same series.
pub fn series(length: usize, period: usize, random: &mut Stream) -> Vec<f64> {
    if random.unit() < INTERMITTENT {
        return intermittent(length, random);
    }
    let mut x = vec![0.0; length];
    add_trend(&mut x, random);
    if period > 1 && random.unit() < 0.8 {
        add_season(&mut x, period, random);
    }
    if random.unit() < 0.3 {
        for _ in 0..1 + below(2, random) {
            add_process(&mut x, random);
        }
    }
    add_noise(&mut x, random);
    if random.unit() < 0.3 {
        add_shocks(&mut x, random);
    }
    with_level(x, random)
}

/// Scales the parts of a series, additively or multiplicatively, to a random level.
fn with_level(x: Vec<f64>, random: &mut Stream) -> Vec<f64> {
    let steps = x.len().saturating_sub(1).max(1) as f64;
    let step = x.windows(2).map(|pair| (pair[1] - pair[0]).abs()).sum::<f64>() / steps;
    let unit = power(-2.6, -0.3, random) / step.max(1e-12);
    let level = power(1.0, 4.5, random);
    let is_multiplicative = random.unit() < 0.6;
    let value = |x: f64| match is_multiplicative {
        true => level * (unit * x).clamp(-8.0, 8.0).exp(),
        false => level * (1.0 + unit * x),
    };
    x.into_iter().map(value).collect()
}

/// A standard normal number (Box and Muller, 1958).
fn normal(random: &mut Stream) -> f64 {
    (-2.0 * (1.0 - random.unit()).ln()).sqrt() * (TAU * random.unit()).cos()
}

/// 10 to a power that is uniform from `low` to `high`.
fn power(low: f64, high: f64, random: &mut Stream) -> f64 {
    10f64.powf(random.uniform(low, high))
}

/// A whole number from 0 to `n` - 1.
fn below(n: usize, random: &mut Stream) -> usize {
    (random.unit() * n as f64) as usize
}

/// Adds a trend: none, a line, a damped one, one that breaks, a random walk with drift, a random walk of the slope, or a
/// logistic curve.
fn add_trend(x: &mut [f64], random: &mut Stream) {
    let n = x.len() as f64;
    let kind = below(7, random);
    let [slope, later] = [(); 2].map(|()| 0.3 * normal(random));
    let damping = 1.0 - power(-2.5, -0.7, random);
    let turn = power(-2.5, -0.8, random);
    let (middle, width) = (random.uniform(0.2, 1.2) * n, random.uniform(0.03, 0.3) * n);
    let height = normal(random) * n.sqrt();
    let break_at = random.unit() * n;
    let drift = if random.unit() < 0.5 { slope } else { 0.0 };
    let (mut level, mut speed) = (0.0, slope);
    for (t, x) in x.iter_mut().enumerate() {
        let t = t as f64;
        match kind {
            0 => {}
            1 => level = slope * t,
            2 => {
                level += speed;
                speed *= damping;
            }
            3 => level += if t < break_at { slope } else { later },
            4 => level += drift + normal(random),
            5 => {
                speed += turn * normal(random);
                level += speed;
            }
            _ => level = height / (1.0 + (-(t - middle) / width).exp()),
        }
        *x += level;
    }
}

/// Adds a season: a random value for each phase, or some harmonics; its size and its pattern may change.
fn add_season(x: &mut [f64], period: usize, random: &mut Stream) {
    let mut pattern = if random.unit() < 0.5 {
        (0..period).map(|_| normal(random)).collect()
    } else {
        harmonics(period, random)
    };
    let mut size = power(-0.7, 0.9, random);
    let change = if random.unit() < 0.4 { power(-2.5, -1.0, random) } else { 0.0 };
    for (t, x) in x.iter_mut().enumerate() {
        let phase = &mut pattern[t % period];
        if change > 0.0 {
            size *= (change * normal(random) / 3.0).exp();
            *phase += 3.0 * change * normal(random);
        }
        *x += size * *phase;
    }
}

/// One period of a sum of up to six random harmonics.
fn harmonics(period: usize, random: &mut Stream) -> Vec<f64> {
    let count = 1 + below((period / 2).clamp(1, 6), random);
    let waves: Vec<(f64, f64, f64)> =
        (1..=count).map(|k| (k as f64, normal(random) / k as f64, TAU * random.unit())).collect();
    let at = |phase: usize| {
        let angle = TAU * phase as f64 / period as f64;
        waves.iter().map(|(k, size, shift)| size * (k * angle + shift).cos()).sum()
    };
    (0..period).map(at).collect()
}

/// Adds a Gaussian process with a smooth, a rational quadratic or a periodic kernel.
fn add_process(x: &mut [f64], random: &mut Stream) {
    let n = x.len() as f64;
    let length = n * power(-1.3, 0.3, random);
    let has_many_lengths = random.unit() < 0.5;
    let cycle = random.uniform(3.0, n.max(4.0) / 2.0 + 3.0);
    let is_periodic = random.unit() < 0.3;
    let size = power(0.0, 1.0, random) * (2.0 / FEATURES as f64).sqrt();
    for k in 0..FEATURES {
        let harmonic = (1 + k % 4) as f64;
        let spread =
            if has_many_lengths { (1.0 - random.unit()).ln().abs().sqrt().max(0.1) } else { 1.0 };
        let (frequency, size) = match is_periodic {
            true => (TAU * harmonic / cycle, size * normal(random) / harmonic),
            false => (normal(random) / (length * spread), size),
        };
        let shift = TAU * random.unit();
        let wave = |t: usize| size * (frequency * t as f64 + shift).cos();
        x.iter_mut().enumerate().for_each(|(t, x)| *x += wave(t));
    }
}

/// Adds noise: autoregressive, with the tails of Student's t, or with a variance that changes, or none of these.
fn add_noise(x: &mut [f64], random: &mut Stream) {
    let size = power(-1.5, 0.6, random);
    let memory = if random.unit() < 0.5 { random.uniform(-0.3, 0.95) } else { 0.0 };
    let has_heavy_tails = random.unit() < 0.3;
    let volatility = if random.unit() < 0.25 { random.uniform(0.05, 0.25) } else { 0.0 };
    let (mut last, mut log_variance) = (0.0, 0.0);
    for x in x {
        log_variance = 0.95 * log_variance + volatility * normal(random);
        let mut e = normal(random) * f64::exp(log_variance);
        if has_heavy_tails {
            let chi2 = (0..4).map(|_| normal(random).powi(2)).sum::<f64>();
            e /= (chi2 / 4.0).sqrt().max(0.2);
        }
        last = memory * last + e;
        *x += size * last;
    }
}

/// Adds one or two shifts of the level, or some outliers, or both.
fn add_shocks(x: &mut [f64], random: &mut Stream) {
    let size = power(0.3, 1.2, random);
    if random.unit() < 0.5 {
        for _ in 0..1 + below(2, random) {
            let (at, shift) = (below(x.len(), random), size * normal(random));
            x[at..].iter_mut().for_each(|x| *x += shift);
        }
    }
    if random.unit() < 0.6 {
        let share = random.uniform(0.0, 0.04);
        for x in x {
            if random.unit() < share {
                *x += 2.0 * size * normal(random);
            }
        }
    }
}

/// Demand with many zeros: with a probability that changes slowly, the size of an order.
fn intermittent(length: usize, random: &mut Stream) -> Vec<f64> {
    let mut log_odds = random.uniform(-2.5, 1.0);
    let (size, spread) = (power(0.0, 2.0, random), random.uniform(0.1, 1.0));
    let demand = |_| {
        log_odds += 0.05 * normal(random);
        let is_order = random.unit() < 1.0 / (1.0 + f64::exp(-log_odds));
        if is_order { (size * (spread * normal(random)).exp()).ceil() } else { 0.0 }
    };
    (0..length).map(demand).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn series_of_all_kinds_are_finite_and_the_same_again() {
        for (number, period) in (0..600).zip([1, 4, 7, 12, 24].into_iter().cycle()) {
            let length = 3 + number % 200;
            let draw = |seed| series(length, period, &mut Stream::new(seed, "series"));
            let y = draw(number as u64);
            assert_eq!(y.len(), length);
            assert!(y.iter().all(|y| y.is_finite()), "{number}: {y:?}");
            assert_eq!(y, draw(number as u64));
        }
    }

    #[test]
    fn the_season_repeats_where_there_is_one() {
        let mut random = Stream::new(3, "series");
        let mut x = vec![0.0; 120];
        add_season(&mut x, 12, &mut random);
        let change: f64 = (12..120).map(|t| (x[t] - x[t - 12]).abs()).sum();
        let step: f64 = (12..120).map(|t| (x[t] - x[t - 1]).abs()).sum();
        assert!(change < 0.5 * step, "{change} {step}");
        assert_eq!(normal(&mut Stream::new(1, "a")), normal(&mut Stream::new(1, "a")));
    }

    #[test]
    fn normal_numbers_have_mean_0_and_variance_1() {
        let mut random = Stream::new(1, "normal");
        let x: Vec<f64> = (0..40_000).map(|_| normal(&mut random)).collect();
        let mean = x.iter().sum::<f64>() / x.len() as f64;
        let variance = x.iter().map(|x| x * x).sum::<f64>() / x.len() as f64;
        // Four standard deviations of these means.
        assert!(mean.abs() < 0.02 && (variance - 1.0).abs() < 0.03, "{mean} {variance}");
    }
}
