//! Box-Cox transform (Box and Cox, 1964) of y / mean:
//!
//! ```text
//! z = ((y / mean)^λ - 1) / λ        y = mean · (λ z + 1)^(1/λ)        0 where λ z + 1 < 0
//! ```
//!
//! λ between 0.1 and 1 makes the variation the least dependent on the level (Guerrero, 1993): in blocks of one season,
//! with mean m and standard deviation s, the ratio s / m^(1 - λ) varies least.

use super::{Domain, Fitted, TargetTransform};

pub(super) const BOX_COX: TargetTransform = TargetTransform {
    name: "box_cox",
    summary: "Box-Cox transform",
    domain: Domain::NonNegative,
    is_linear: false,
    has_errors_in_logs: false,
    furthest: f64::INFINITY,
    fit,
    forward,
    inverse,
    shift: |y, season, fitted| inverse(forward(y, fitted) + season, fitted),
};

fn forward(y: f64, Fitted { unit, power }: Fitted) -> f64 {
    ((y / unit).powf(power) - 1.0) / power
}

fn inverse(z: f64, Fitted { unit, power }: Fitted) -> f64 {
    unit * (power * z + 1.0).max(0.0).powf(1.0 / power)
}

fn fit(history: &[f64], season: usize) -> Fitted {
    let blocks: Vec<(f64, f64)> = history
        .chunks_exact(season.max(2))
        .map(moments)
        .filter(|(mean, deviation)| *mean > 0.0 && *deviation > 0.0)
        .collect();
    // From 0.1 to 1, a twentieth apart.
    let powers = (2..=20).map(|step| f64::from(step) / 20.0);
    let power = match blocks.len() {
        0 | 1 => 1.0,
        _ => powers
            .min_by(|a, b| variation(&blocks, *a).total_cmp(&variation(&blocks, *b)))
            .unwrap_or(1.0),
    };
    Fitted { power, ..Fitted::to_mean(history) }
}

/// Coefficient of variation of s / m^(1 - λ) over the blocks.
fn variation(blocks: &[(f64, f64)], power: f64) -> f64 {
    let ratio = |(mean, deviation): &(f64, f64)| deviation / mean.powf(1.0 - power);
    let (mean, deviation) = moments(&blocks.iter().map(ratio).collect::<Vec<_>>());
    deviation / mean
}

/// Mean and standard deviation.
fn moments(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|y| (y - mean).powi(2)).sum::<f64>() / n;
    (mean, variance.sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_power_follows_the_growth_of_the_variation() {
        let level = |t: usize| 20.0 * 1.02_f64.powi(t as i32);
        let wave = |t: usize| [1.0, -0.5, 0.5, -1.0][t % 4];
        let series = |spread: fn(f64) -> f64| -> Vec<f64> {
            (0..80).map(|t| level(t / 4 * 4) + spread(level(t / 4 * 4)) * wave(t)).collect()
        };
        assert_eq!(fit(&series(|_| 5.0), 4).power, 1.0, "the same at every level");
        assert_eq!(fit(&series(|level| 0.2 * level), 4).power, 0.1, "in proportion to the level");
        assert_eq!(fit(&series(|level| level.sqrt()), 4).power, 0.5, "as the root of the level");
        assert_eq!(fit(&[3.0; 20], 4).power, 1.0, "a constant series");
    }
}
