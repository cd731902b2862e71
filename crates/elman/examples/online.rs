//! World temperature, month by month: each new value updates the hidden states, and nothing is trained again.

#![expect(clippy::print_stdout, reason = "an example prints its results")]

use elman::io::read;
use elman::{AutoForecaster, Series};

fn main() -> elman::Result<()> {
    let data =
        read::read_panel("examples/data/global-temperature.csv", &read::ReadOptions::default())?;
    let (known, new) = data.series[0].values.split_at(data.series[0].len() - 6);
    let history = Series::counted("temperature", known.to_vec());
    let fitted = AutoForecaster::new(3).max_steps(100).fit(std::slice::from_ref(&history))?;
    let mut online = fitted.online(&history)?;
    for y in new {
        let forecast = online.forecast()?;
        let interval = &forecast.intervals[0];
        println!(
            "{:.2} was forecast, from {:.2} to {:.2}; {y:.2} came",
            forecast.values[0], interval.lower[0], interval.upper[0]
        );
        online.update(*y)?;
    }
    Ok(())
}
