//! Errors on world temperature at 24 cutoffs, beside those of the baselines.

#![expect(clippy::print_stdout, reason = "an example prints its results")]

use elman::AutoForecaster;
use elman::backtest::{Backtest, BacktestSettings};
use elman::io::read;
use elman::metrics::Metric;
use elman::nn::registry::Entry;
use elman::select::RunContext;

fn main() -> elman::Result<()> {
    let data =
        read::read_panel("examples/data/global-temperature.csv", &read::ReadOptions::default())?;
    let forecaster = AutoForecaster::new(12);
    let settings = BacktestSettings { forecaster, n_windows: 24, step_size: 1, refit: false };
    let backtest = Backtest::run(&data.series, &settings, &RunContext::default())?;
    for model in &backtest.scores {
        for (metric, error) in Metric::ALL.iter().zip(&model.metrics) {
            print!("{} {:.3}  ", metric.name, error.unwrap_or(f64::NAN));
        }
        println!("{}", model.name);
    }
    Ok(())
}
