//! World temperature, a year ahead.

use elman::{Session, Settings, read};

fn main() -> elman::Result<()> {
    let loaded = read::csv("examples/data/global-temperature.csv", &read::ReadOptions::default())?;
    let settings = Settings::for_series(loaded.series.len(), None);
    let mut session = Session::on_series(loaded.series, settings, None)?;
    session.run(|_, _| std::ops::ControlFlow::Continue(()))?;
    let forecast = session.finish()?.forecast(12)?;
    for (month, value) in forecast.labels.iter().zip(&forecast.values) {
        println!("{month} {value:.2}");
    }
    Ok(())
}
