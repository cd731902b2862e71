//! Autocorrelations of all lags at once: the inverse transform of the power spectrum (Wiener and Khinchin).

use std::f64::consts::TAU;

/// `r[0..=lags]`: each is the mean over the overlap, divided by the variance. All 0 for equal values.
pub(crate) fn autocorrelations(values: &[f64], lags: usize) -> Vec<f64> {
    let n = values.len();
    let mean = values.iter().sum::<f64>() / n.max(1) as f64;
    // Zero-padded to twice the length, so that the end is not correlated with the beginning.
    let size = (2 * n).next_power_of_two().max(2);
    let mut re = vec![0.0; size];
    let mut im = vec![0.0; size];
    for (slot, v) in re.iter_mut().zip(values) {
        *slot = v - mean;
    }
    fourier(&mut re, &mut im);
    for (re, im) in re.iter_mut().zip(&mut im) {
        (*re, *im) = (*re * *re + *im * *im, 0.0);
    }
    // The power spectrum is even, so that the forward transform equals the inverse one, up to a factor.
    fourier(&mut re, &mut im);
    let whole = re[0];
    let spread: f64 = values.iter().map(|v| (v - mean).powi(2)).sum();
    let flat = spread <= 1e-24 * values.iter().map(|v| v * v).sum::<f64>();
    let share = |k: usize| re[k] / whole * n as f64 / (n - k) as f64;
    (0..=lags.min(n.saturating_sub(1))).map(|k| if flat { 0.0 } else { share(k) }).collect()
}

/// The discrete Fourier transform in place, for a length that is a power of two (Cooley and Tukey, 1965).
fn fourier(re: &mut [f64], im: &mut [f64]) {
    let n = re.len();
    let bits = n.trailing_zeros();
    for i in 0..n {
        let j = i.reverse_bits() >> (usize::BITS - bits);
        if i < j {
            re.swap(i, j);
            im.swap(i, j);
        }
    }
    let turns: Vec<(f64, f64)> =
        (0..n / 2).map(|k| (-TAU * k as f64 / n as f64).sin_cos()).collect();
    let mut half = 1;
    while half < n {
        let stride = n / (2 * half);
        for start in (0..n).step_by(2 * half) {
            for k in 0..half {
                let (sin, cos) = turns[k * stride];
                let (a, b) = (start + k, start + k + half);
                let (x, y) = (re[b] * cos - im[b] * sin, re[b] * sin + im[b] * cos);
                (re[b], im[b]) = (re[a] - x, im[a] - y);
                (re[a], im[a]) = (re[a] + x, im[a] + y);
            }
        }
        half *= 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equals_the_plain_sums() {
        let values: Vec<f64> = (0..37).map(|i| f64::from(i * i % 11) + 100.0).collect();
        let mean = values.iter().sum::<f64>() / 37.0;
        let sum = |k: usize| {
            (k..37).map(|t| (values[t] - mean) * (values[t - k] - mean)).sum::<f64>()
                / (37 - k) as f64
        };
        for (k, r) in autocorrelations(&values, 36).into_iter().enumerate() {
            // Both methods have the rounding errors of some tens of operations on values near 1.
            assert!((r - sum(k) / sum(0)).abs() < 1e-13, "lag {k}");
        }
    }

    #[test]
    fn equal_values_have_none() {
        assert_eq!(autocorrelations(&[0.1; 9], 4), [0.0; 5]);
    }
}
