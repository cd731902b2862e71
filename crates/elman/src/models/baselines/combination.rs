//! `ŷ = (theta + damped + ets) / 3`: the mean of three statistical models.
//!
//! The mean of simple models is more accurate than most of its members (Bates and Granger, 1969), and was a benchmark of the
//! M4 competition with other members (Makridakis, Spiliotis and Assimakopoulos, 2020).

use super::{Baseline, DAMPED, ETS, THETA};
use crate::error::Result;

/// Members of the combination.
pub const COMBINED: [Baseline; 3] = [THETA, DAMPED, ETS];

/// Forecast of one step by the members.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Combined {
    pub(crate) mean: f64,
    /// Lowest and highest forecast of a member.
    pub(crate) low: f64,
    pub(crate) high: f64,
}

/// Forecasts of `members`, one at least, at each step of the horizon; `season` is the seasonal period, 1 for none.
pub(crate) fn combination(
    members: &[Baseline],
    values: &[f64],
    horizon: usize,
    season: usize,
) -> Result<Vec<Combined>> {
    let season = if values.len() >= season { season } else { 1 };
    let forecasts = members.iter().map(|member| member.forecast(values, horizon, season));
    let forecasts: Vec<Vec<f64>> = forecasts.collect::<Result<_>>()?;
    let step = |k: usize| {
        let at = || forecasts.iter().map(|forecast| forecast[k]);
        let first = forecasts[0][k];
        Combined {
            // To the last bit that of the members where they are equal.
            mean: first + at().map(|y| y - first).sum::<f64>() / members.len() as f64,
            low: at().fold(f64::INFINITY, f64::min),
            high: at().fold(f64::NEG_INFINITY, f64::max),
        }
    };
    Ok((0..horizon).map(step).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_mean_of_its_members_from_one_value_on() {
        let values: Vec<f64> = (0..30).map(|t| f64::from(20 + t + 7 * (t % 4))).collect();
        for n in [1, 2, 3, 5, 30] {
            let all: Vec<Vec<f64>> = COMBINED
                .iter()
                .map(|m| m.forecast(&values[..n], 6, if n < 4 { 1 } else { 4 }).unwrap())
                .collect();
            let combined = combination(&COMBINED, &values[..n], 6, 4).unwrap();
            for k in 0..6 {
                let expected = (all[0][k] + all[1][k] + all[2][k]) / 3.0;
                let Combined { mean, low, high } = combined[k];
                assert!((mean - expected).abs() < 1e-9 * expected.abs(), "{n} {k}");
                assert!(low <= mean && mean <= high && all.iter().all(|y| y[k] >= low));
            }
        }
        assert!(combination(&COMBINED, &[], 6, 4).is_err());
    }
}
