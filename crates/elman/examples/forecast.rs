//! World temperature, a year ahead.

#![expect(clippy::print_stdout, reason = "an example shows what it finds")]

use elman::panel::{PanelForecast, PanelSettings};
use elman::read;

fn main() -> elman::Result<()> {
    let data = read::panel("examples/data/global-temperature.csv", &read::ReadOptions::default())?;
    let forecast = PanelForecast::of(&data.series, &PanelSettings::new(12), &|_| ())?;
    for row in forecast.rows(&data.series) {
        let (low, high) = row.bounds[0];
        println!("{} {} {:.2}, from {low:.2} to {high:.2}", row.unique_id, row.ds, row.elman);
    }
    Ok(())
}
