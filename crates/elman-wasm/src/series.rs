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
    /// The value at time step `t`; noise is drawn from the stream.
    value: fn(t: f64, noise: &mut Stream) -> f64,
}

impl Entry for SeriesEntry {
    const FAMILY: &'static str = "series";
    const ALL: &'static [Self] = &[
        Self {
            name: "sine",
            summary: "sine wave, period 40",
            value: |t, _| (TAU * t / 40.0).sin(),
        },
        Self {
            name: "noisy",
            summary: "sine wave with noise",
            value: |t, noise| (TAU * t / 40.0).sin() + noise.uniform(-0.4, 0.4),
        },
        Self {
            name: "sum",
            summary: "sum of two sine waves",
            value: |t, _| (TAU * t / 40.0).sin() + 0.6 * (TAU * t / 17.0).sin(),
        },
        Self {
            name: "sawtooth",
            summary: "sawtooth, period 30",
            value: |t, _| 2.0 * (t / 30.0).fract() - 1.0,
        },
    ];

    fn name_and_summary(&self) -> (&'static str, &'static str) {
        (self.name, self.summary)
    }
}

impl SeriesEntry {
    /// All values; `seed` is that of the noise.
    pub(crate) fn values(&self, seed: u64) -> Vec<f64> {
        let mut noise = Stream::new(seed, "noise");
        (0..LEN).map(|t| (self.value)(t as f64, &mut noise)).collect()
    }
}

/// A series that repeats one drawn period.
pub(crate) fn repeated(period: &[f64]) -> Vec<f64> {
    period.iter().copied().cycle().take(if period.is_empty() { 0 } else { LEN }).collect()
}
