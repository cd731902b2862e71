//! Croston's method for intermittent demand (Operational Research Quarterly 23, 1972), with the correction of Syntetos and
//! Boylan (International Journal of Forecasting 21, 2005). After each demand y[t] > 0, with q time steps since the last one:
//!
//! ```text
//! z = z + α (y[t] - z)      p = p + α (q - p)      ŷ = (1 - α / 2) z / p
//! ```
//!
//! z is the size of a demand and p the interval between demands; ŷ is the mean demand per time step. Between demands nothing
//! changes, so that a product which is no longer sold keeps its forecast: for such products there is `tsb`.

use super::{Baseline, needs};
use crate::error::Result;

/// Smoothing weight. 0.1 is usual for intermittent demand: there are few demands, and each says little.
pub(super) const ALPHA: f64 = 0.1;

/// Croston's method.
pub const CROSTON: Baseline = Baseline {
    name: "croston",
    summary: "mean of intermittent demand (Croston, 1972; Syntetos and Boylan, 2005)",
    forecast,
};

fn forecast(values: &[f64], horizon: usize, _: usize) -> Result<Vec<f64>> {
    needs("croston", 1, values.len())?;
    let (mut size, mut interval, mut since) = (None, 1.0, 0.0);
    for y in values {
        since += 1.0;
        if *y != 0.0 {
            (size, interval) = match size {
                None => (Some(*y), since),
                Some(z) => (Some(z + ALPHA * (y - z)), interval + ALPHA * (since - interval)),
            };
            since = 0.0;
        }
    }
    let mean = size.map_or(0.0, |z| (1.0 - ALPHA / 2.0) * z / interval);
    Ok(vec![mean; horizon])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_forecast_is_the_size_of_a_demand_divided_by_its_interval() {
        let every_fourth: Vec<f64> =
            (1..=400).map(|t| if t % 4 == 0 { 6.0 } else { 0.0 }).collect();
        let y = forecast(&every_fourth, 2, 1).unwrap();
        assert!(y.iter().all(|y| (y - 0.95 * 6.0 / 4.0).abs() < 1e-9), "{y:?}");
        // By hand: z = 2, p = 2; then z = 2 + 0.1 · 2 = 2.2, p = 2 + 0.1 · (3 - 2) = 2.1.
        let y = forecast(&[0.0, 2.0, 0.0, 0.0, 4.0, 0.0], 1, 1).unwrap();
        assert!((y[0] - 0.95 * 2.2 / 2.1).abs() < 1e-12, "{y:?}");
        assert_eq!(forecast(&[0.0; 5], 3, 1).unwrap(), [0.0; 3]);
        assert!(forecast(&[], 3, 1).is_err());
    }
}
