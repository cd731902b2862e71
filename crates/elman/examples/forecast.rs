//! World temperature, a year ahead.

#![expect(clippy::print_stdout, reason = "an example prints its results")]

use elman::AutoForecaster;
use elman::io::read;

fn main() -> elman::Result<()> {
    let data =
        read::read_panel("examples/data/global-temperature.csv", &read::ReadOptions::default())?;
    let forecast = AutoForecaster::new(12).fit_predict(&data.series)?;
    for row in forecast.rows(&data.series) {
        let (low, high) = row.bounds[0];
        println!("{} {} {:.2}, from {low:.2} to {high:.2}", row.unique_id, row.ds, row.elman);
    }
    Ok(())
}
