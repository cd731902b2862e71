//! The series of the playground.

use std::f64::consts::TAU;

use elman_nn::Stream;
use elman_nn::registry::Entry;

/// Values of a series.
pub(crate) const LEN: usize = 360;

/// The last values, which training does not use: the test set.
pub(crate) const TEST_LEN: usize = 60;

/// An entry of the registry of series.
#[derive(Debug)]
pub(crate) struct SeriesEntry {
    name: &'static str,
    summary: &'static str,
    /// The unit of the values; empty for a number.
    pub(crate) unit: &'static str,
    source: Source,
}

#[derive(Debug)]
enum Source {
    /// The value at time step `t`; noise is drawn from the stream.
    Formula(fn(t: f64, noise: &mut Stream) -> f64),
    /// One value a line, in hundredths.
    Table(&'static str),
}

impl SeriesEntry {
    const fn formula(
        name: &'static str,
        summary: &'static str,
        value: fn(t: f64, noise: &mut Stream) -> f64,
    ) -> Self {
        Self { name, summary, unit: "", source: Source::Formula(value) }
    }

    const fn table(
        name: &'static str,
        summary: &'static str,
        unit: &'static str,
        values: &'static str,
    ) -> Self {
        Self { name, summary, unit, source: Source::Table(values) }
    }
}

impl Entry for SeriesEntry {
    const FAMILY: &'static str = "series";
    const ALL: &'static [Self] = &[
        Self::formula("sine", "sine wave, period 40", |t, _| (TAU * t / 40.0).sin()),
        Self::formula("noisy", "sine wave with noise", |t, noise| {
            (TAU * t / 40.0).sin() + noise.uniform(-0.4, 0.4)
        }),
        Self::formula("sum", "sum of two sine waves", |t, _| {
            (TAU * t / 40.0).sin() + 0.6 * (TAU * t / 17.0).sin()
        }),
        Self::formula("sawtooth", "sawtooth, period 30", |t, _| 2.0 * (t / 30.0).fract() - 1.0),
        Self::table(
            "temperature",
            "world temperature",
            "°C above the mean of 1951–1980, monthly",
            include_str!("series/temperature.txt"),
        ),
        Self::table("sp500", "S&P 500", "US dollars, monthly", include_str!("series/sp500.txt")),
    ];

    fn name_and_summary(&self) -> (&'static str, &'static str) {
        (self.name, self.summary)
    }
}

impl SeriesEntry {
    /// All values; `seed` is that of the noise.
    pub(crate) fn values(&self, seed: u64) -> Vec<f64> {
        match self.source {
            Source::Formula(value) => {
                let mut noise = Stream::new(seed, "noise");
                (0..LEN).map(|t| value(t as f64, &mut noise)).collect()
            }
            Source::Table(text) => {
                let hundredths =
                    text.lines().map(|line| line.parse::<i32>().expect("a whole number a line"));
                hundredths.map(|value| f64::from(value) / 100.0).collect()
            }
        }
    }
}

/// A series that repeats one drawn period.
pub(crate) fn repeated(period: &[f64]) -> Vec<f64> {
    period.iter().copied().cycle().take(if period.is_empty() { 0 } else { LEN }).collect()
}
