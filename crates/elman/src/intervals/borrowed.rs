//! Intervals around a forecast whose season is borrowed from other series.

use elman_nn::losses::student_t_quantile;

use crate::data::PredictionInterval;
use crate::transforms::TargetTransform;

/// Degrees of freedom at which Student's t is a normal distribution.
const MANY: f64 = 1e9;

/// Widens the intervals around the forecast of a series with a borrowed season and `known` values, by two errors.
/// The season is uncertain at the last value and at the forecast one: √2 times its `spread`. The level is the mean of
/// n values, with the variance of the noise divided by n: this multiplies the noise by √(1 + 1/n).
pub(crate) fn widen(
    intervals: &mut [PredictionInterval],
    spread: f64,
    transform: TargetTransform,
    forecast: &[f64],
    known: usize,
) {
    let level = (1.0 + 1.0 / known.max(1) as f64).sqrt();
    for interval in intervals {
        let tail = (100.0 - interval.level) / 200.0;
        let off = spread * std::f64::consts::SQRT_2 * student_t_quantile(MANY, 1.0 - tail);
        for bounds in [&mut interval.lower, &mut interval.upper] {
            for (bound, y) in bounds.iter_mut().zip(forecast) {
                let off = if transform.has_errors_in_logs { off } else { off * y.abs() };
                let (middle, end) =
                    (transform.to_error_scale(*y), transform.to_error_scale(*bound));
                let half = (level * (end - middle)).hypot(off);
                let moved = if end < middle { middle - half } else { middle + half };
                *bound = transform.inverse_error_scale(moved);
            }
        }
    }
}
