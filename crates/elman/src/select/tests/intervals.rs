//! Conformal prediction intervals.

use super::*;
use crate::metrics::{Evaluation, Part};

#[test]
fn intervals_have_their_nominal_coverage() {
    let mut stream = elman_nn::Stream::new(3, "noise");
    for transform in [TargetTransform::LOG, TargetTransform::MEAN_SCALE] {
        // Random walks whose step sizes differ tenfold from series to series.
        let panel: Vec<Vec<f64>> = (0..60)
            .map(|s| {
                let mut y = 1000.0;
                let size = 0.5 + 0.1 * f64::from(s);
                (0..50)
                    .map(|_| {
                        y += stream.uniform(-size, size);
                        y
                    })
                    .collect()
            })
            .collect();
        let origins = vec![vec![45]; 60];
        let naive: crate::data::Forecasts = panel.iter().map(|y| vec![vec![y[44]; 5]]).collect();
        let histories: Vec<History<'_>> = panel.iter().map(|y| History::new(y)).collect();
        let known: Vec<HistoryView<'_>> = histories.iter().map(History::full).collect();
        let levels = [50.0, 90.0];
        let evaluation =
            Evaluation { panel: &known, origins: &origins, horizon: 5, season: 1, part: Part::All };
        let (made, coverage) =
            Conformal::new(transform, &evaluation, &naive, 1.0, &levels).unwrap();
        for (level, share) in levels.into_iter().zip(coverage) {
            let held = panel.iter().flat_map(|y| {
                made.interval(level, &made.scale(&y[..45]), 45, &[y[44]; 5])
                    .contains(&y[45..])
                    .collect::<Vec<_>>()
            });
            let held: Vec<bool> = held.collect();
            let inside = held.iter().filter(|held| **held).count() as f64 / held.len() as f64;
            // The errors that the interval was made from: 300 of them, and one more by its definition.
            assert!((inside - level / 100.0).abs() < 0.02, "{transform:?} {level}: {inside}");
            // Cross-fitted: 150 errors in each half, of 30 series.
            assert!((share - level / 100.0).abs() < 0.12, "{transform:?} {level}: {share}");
        }
    }
}

/// Fifty random walks with persistence forecasts: each alone with its last six values, each with its last sixty, and
/// all together.
#[test]
fn few_errors_make_wide_intervals() {
    let mut stream = elman_nn::Stream::new(8, "walks");
    let mut y = 0.0;
    let mut next = || {
        y += stream.uniform(-1.0, 1.0);
        y
    };
    let walks: Vec<Vec<f64>> = (0..50).map(|_| (0..140).map(|_| next()).collect()).collect();
    let width = |panel: &[Vec<f64>], held_out: usize, optimism: f64| {
        let histories: Vec<History<'_>> = panel.iter().map(|y| History::new(y)).collect();
        let known: Vec<HistoryView<'_>> = histories.iter().map(History::full).collect();
        let origins: Vec<usize> = (140 - held_out..=134).step_by(6).collect();
        let last = |y: &Vec<f64>| origins.iter().map(|o| vec![y[o - 1]; 6]).collect();
        let naive: crate::data::Forecasts = panel.iter().map(last).collect();
        let origins = vec![origins.clone(); panel.len()];
        let evaluation =
            Evaluation { panel: &known, origins: &origins, horizon: 6, season: 1, part: Part::All };
        let transform = TargetTransform::MEAN_SCALE;
        let (made, _) = Conformal::new(transform, &evaluation, &naive, optimism, &[]).unwrap();
        let covariate_dims = panel.iter().map(|y| {
            let interval = made.interval(95.0, &made.scale(y), y.len(), &[0.0; 6]);
            interval.upper[5] - interval.lower[5]
        });
        covariate_dims.sum::<f64>() / panel.len() as f64
    };
    let alone = |held_out: usize, optimism: f64| {
        walks.chunks(1).map(|walk| width(walk, held_out, optimism)).sum::<f64>() / 50.0
    };
    // Six steps have a standard deviation of √2, of which 95 % of a normal distribution are within 1.96.
    let all = width(&walks, 60, 1.0);
    assert!((5.0..6.1).contains(&all), "{all}");
    // And within 4.30 for Student's t with two degrees of freedom.
    let (one, ten) = (alone(6, 1.0), alone(60, 1.0));
    assert!(one > 1.3 * all && (0.85..1.2).contains(&(ten / all)), "{one} {ten} {all}");
    // Optimism widens the intervals after one stretch of time, and hardly after many.
    assert!(alone(6, 1.5) > 1.2 * one && width(&walks, 60, 1.5) < 1.01 * all);
    assert!(alone(6, 0.5) == one && alone(6, 9.0) < 1.5 * one);
}

#[test]
fn an_interval_has_the_whole_horizon_where_the_last_value_is_missing() {
    let mut values = sales(30, 30.0);
    values[29] = f64::NAN;
    let history = History::new(&values);
    let (panel, origins) = ([history.full()], [vec![26]]);
    let evaluation =
        Evaluation { panel: &panel, origins: &origins, horizon: 4, season: 4, part: Part::All };
    let naive = vec![vec![vec![values[25]; 4]]];
    let transform = TargetTransform::MEAN_SCALE;
    let (made, _) = Conformal::new(transform, &evaluation, &naive, 1.0, &[80.0]).unwrap();
    let interval = made.interval(80.0, &made.scale(&values[..29]), 29, &[50.0; 4]);
    assert_eq!((interval.lower.len(), interval.upper.len()), (4, 4));
    assert!(interval.upper.iter().all(|y| y.is_finite() && *y > 50.0), "{interval:?}");
}
