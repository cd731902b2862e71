//! Tests of the pretrained network.

use std::ops::ControlFlow;

use elman_nn::Stream;
use elman_nn::train::Event;

use super::{
    FrequencyClass, PastValues, Pretrained, PretrainingConfig, QuantileForecast, TrainingSet,
};
use crate::data::synthetic;
use crate::error::Error;

fn forecast(values: &[f64], periods: &[usize], horizon: usize) -> QuantileForecast {
    let past = PastValues { values, periods, class: Some(FrequencyClass::Month) };
    Pretrained::shipped().unwrap().forecast(&[past], horizon, 1, None).unwrap().swap_remove(0)
}

/// Monthly sales with trend and season.
fn sales(n: usize) -> Vec<f64> {
    let season = [0.8, 0.9, 1.1, 1.0, 1.0, 1.2, 1.3, 1.2, 1.0, 0.9, 0.8, 0.8];
    (0..n).map(|t| (100.0 + t as f64) * season[t % 12]).collect()
}

#[test]
fn the_shipped_file_is_small_and_reads() {
    assert!(include_bytes!("pretrained.safetensors").len() <= 2_000_000);
    assert_eq!(Pretrained::shipped().unwrap().config().input_size, super::encoding::INPUTS);
}

#[test]
fn a_season_and_a_trend_are_continued() {
    let all = sales(84);
    let ahead = forecast(&all[..72], &[12], 12).median();
    for (y, right) in ahead.iter().zip(&all[72..]) {
        assert!((y / right - 1.0).abs() < 0.05, "{y} for {right}");
    }
}

#[test]
fn the_unit_of_the_values_does_not_matter() {
    let y = sales(50);
    let one = forecast(&y, &[12], 20);
    for factor in [1e-9, 0.37, 1e12] {
        let scaled: Vec<f64> = y.iter().map(|y| factor * y).collect();
        let other = forecast(&scaled, &[12], 20);
        for (a, b) in one.steps.iter().flatten().zip(other.steps.iter().flatten()) {
            assert!((b / factor / a - 1.0).abs() < 1e-4, "{factor}: {a} {b}");
        }
    }
}

#[test]
fn every_length_every_horizon_and_odd_values_have_ascending_finite_quantiles() {
    let mut random = Stream::new(1, "series");
    let mut all: Vec<Vec<f64>> = (1..60).map(|n| synthetic::series(n, 12, &mut random)).collect();
    all.extend([
        vec![0.0; 30],
        vec![7.0; 5],
        vec![-3.0, 5.0, -2.0, 0.0, 1.0],
        [vec![0.0; 40], vec![5.0]].concat(),
        vec![1e150, -1e150, 1e150],
        vec![1e-200, 2e-200, 1e-200, 3e-200],
        sales(3000),
    ]);
    for values in &all {
        for (periods, horizon) in [(&[][..], 1), (&[12], 200)] {
            let QuantileForecast { steps } = forecast(values, periods, horizon);
            assert_eq!(steps.len(), horizon);
            for quantiles in steps {
                assert!(quantiles.iter().all(|y| y.is_finite()), "{values:?}: {quantiles:?}");
                assert!(quantiles.is_sorted(), "{values:?}: {quantiles:?}");
                assert!(quantiles[0] >= 0.0 || values.iter().any(|y| *y < 0.0), "{quantiles:?}");
            }
        }
    }
    let nothing = PastValues { values: &[], periods: &[], class: None };
    let refused = Pretrained::shipped().unwrap().forecast(&[nothing], 3, 1, None);
    assert!(matches!(refused, Err(Error::ShortHistory { .. })));
}

#[test]
fn other_series_and_threads_change_nothing() {
    let mut random = Stream::new(2, "series");
    let all: Vec<Vec<f64>> = (0..150).map(|n| synthetic::series(5 + n, 1, &mut random)).collect();
    let past: Vec<PastValues<'_>> =
        all.iter().map(|values| PastValues { values, periods: &[], class: None }).collect();
    let network = Pretrained::shipped().unwrap();
    let together = network.forecast(&past, 6, 1, None).unwrap();
    assert_eq!(network.forecast(&past, 6, 3, None).unwrap(), together);
    for (past, together) in past.iter().zip(&together).step_by(17) {
        let alone = network.forecast(&[*past], 6, 1, None).unwrap().swap_remove(0);
        let scale = past.values.iter().fold(0.0, |most: f64, y| most.max(y.abs()));
        for (a, b) in alone.steps.iter().flatten().zip(together.steps.iter().flatten()) {
            assert!((a - b).abs() <= 1e-4 * scale + 1e-12, "{a} {b}");
        }
    }
}

#[test]
fn training_learns_and_gives_the_same_file_again() {
    let mut random = Stream::new(3, "series");
    let mut set = |name: &str, periods: &[usize]| TrainingSet {
        name: name.to_owned(),
        class: Some(FrequencyClass::Quarter),
        periods: periods.to_vec(),
        weight: 1.0,
        series: (0..40).map(|n| synthetic::series(4 + n, 4, &mut random)).collect(),
    };
    let mut first = set("seasonal", &[4]);
    let sums = first.aggregated(4, FrequencyClass::Year, &[], 0.5);
    assert_eq!(sums.series.iter().map(Vec::len).min(), Some(8));
    first.series.push(vec![1.0; 3]);
    let sets = vec![first, sums];
    let config = PretrainingConfig {
        hidden_size: 8,
        max_steps: 60,
        networks: 1,
        ..PretrainingConfig::default()
    };
    let mut losses = Vec::new();
    let mut train = || {
        Pretrained::train(sets.clone(), &config, |_, event| {
            if let Event::Step { loss, .. } = event {
                losses.push(loss);
            }
            ControlFlow::Continue(())
        })
    };
    let folder = std::env::temp_dir().join(format!("elman-pretrained-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let [a, b] = ["a.safetensors", "b.safetensors"].map(|name| folder.join(name));
    train().unwrap().save(&a).unwrap();
    train().unwrap().save(&b).unwrap();
    assert_eq!(std::fs::read(&a).unwrap(), std::fs::read(&b).unwrap());
    let mean = |losses: &[f64]| losses.iter().sum::<f64>() / losses.len() as f64;
    assert!(mean(&losses[50..60]) < mean(&losses[..10]), "{losses:?}");
    let values = sales(20);
    let past = PastValues { values: &values, periods: &[], class: None };
    let loaded = Pretrained::load(&a).unwrap();
    assert_eq!(loaded.forecast(&[past], 4, 1, None).unwrap()[0].steps.len(), 4);
    std::fs::remove_dir_all(&folder).unwrap();

    let cancelled = Pretrained::train(sets, &config, |_, _| ControlFlow::Break(()));
    assert!(matches!(cancelled, Err(Error::Cancelled)));
    let short = TrainingSet { series: vec![vec![1.0; 5]], ..set("short", &[]) };
    let refused = Pretrained::train(vec![short], &config, |_, _| ControlFlow::Continue(()));
    assert!(refused.unwrap_err().to_string().contains("six values"));
}

#[test]
fn a_value_out_of_line_is_outside_the_interval_in_sample() {
    let mut values = sales(90);
    values[60] *= 1.6;
    let past = PastValues { values: &values, periods: &[12], class: Some(FrequencyClass::Month) };
    let (first, in_sample) = Pretrained::shipped().unwrap().in_sample(past, None).unwrap();
    assert_eq!((first, in_sample.steps.len()), (1, 89));
    let interval = in_sample.interval(95.0);
    let is_outside =
        |t: &usize| !(interval.lower[t - first]..=interval.upper[t - first]).contains(&values[*t]);
    let outside: Vec<usize> = (30..90).filter(is_outside).collect();
    assert!(outside.contains(&60) && outside.len() <= 6, "{outside:?}");
    // Each forecast is that of the values before, but for the season.
    let before = PastValues { values: &values[..40], periods: &[], class: None };
    let all = PastValues { values: &values, periods: &[], class: None };
    let ahead = Pretrained::shipped().unwrap().forecast(&[before], 1, 1, None).unwrap();
    let (_, in_sample) = Pretrained::shipped().unwrap().in_sample(all, None).unwrap();
    let (a, b) = (ahead[0].median()[0], in_sample.median()[39]);
    assert!((a / b - 1.0).abs() < 0.02, "{a} {b}");
}
