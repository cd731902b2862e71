//! The method of Teunter, Syntetos and Babai for intermittent demand (European Journal of Operational Research 214, 2011).
//! At each time step, with d = 1 if there is a demand, and 0 otherwise:
//!
//! ```text
//! π = π + α (d - π)      z = z + α (y[t] - z) if d = 1      ŷ = π z
//! ```
//!
//! π is the probability of a demand and z its size. π falls while there is none, so that the forecast of a product which is no
//! longer sold goes to 0.

use super::croston::ALPHA;
use super::{Baseline, needs};
use crate::error::Result;

/// The method of Teunter, Syntetos and Babai.
pub const TSB: Baseline = Baseline {
    name: "tsb",
    summary: "mean of intermittent demand that may end (Teunter, Syntetos and Babai, 2011)",
    forecast,
};

fn forecast(values: &[f64], horizon: usize, _: usize) -> Result<Vec<f64>> {
    needs("tsb", 1, values.len())?;
    let demands = || values.iter().filter(|y| **y != 0.0);
    let mut probability = demands().count() as f64 / values.len() as f64;
    let Some(mut size) = demands().next().copied() else { return Ok(vec![0.0; horizon]) };
    for y in values {
        let demand = f64::from(u8::from(*y != 0.0));
        probability += ALPHA * (demand - probability);
        size += demand * ALPHA * (y - size);
    }
    Ok(vec![probability * size; horizon])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_forecast_is_the_probability_of_a_demand_times_its_size() {
        // By hand: π = 1/2, z = 2; π = 0.45, 0.505, 0.4545, 0.50905; z = 2 and 2.2.
        let y = forecast(&[0.0, 2.0, 0.0, 4.0], 2, 1).unwrap();
        assert!(y.iter().all(|y| (y - 0.50905 * 2.2).abs() < 1e-12), "{y:?}");
        let ended: Vec<f64> = (0..90).map(|t| if t < 30 { 5.0 } else { 0.0 }).collect();
        assert!(forecast(&ended, 1, 1).unwrap()[0] < 0.02);
        assert_eq!(forecast(&[0.0; 5], 3, 1).unwrap(), [0.0; 3]);
        assert!(forecast(&[], 3, 1).is_err());
    }
}
