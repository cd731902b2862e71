//! The sine wave of the lesson.

use std::f64::consts::PI;

use super::split::MIN_VALUES;
use crate::data::{NumberAxis, Series, TimeAxis};
use crate::select::{MAX_SINE_VALUES, Provenance, RnnForecaster, TrainingRecord};

/// Decimals of a position in radians.
const DECIMALS: usize = 4;
/// Most time steps of the wave; a longer training passes over them again.
const MAX_STEPS: u64 = MAX_SINE_VALUES as u64 - 1;

/// Values of the wave for a training: as many windows in each lane as optimizer steps.
pub(super) fn values_for(settings: &RnnForecaster) -> usize {
    let [steps, lanes] = [settings.seq_length, settings.batch_size].map(|n| n.unwrap_or(1) as u64);
    let window = steps.saturating_mul(lanes).clamp(1, MAX_STEPS);
    let windows = settings.train.max_steps.clamp(1, (MAX_STEPS / window).max(1));
    ((windows * window) as usize + 1).max(MIN_VALUES)
}

impl TrainingRecord {
    /// The sine wave of the training, if it was on the lesson's.
    pub fn sine(&self) -> Option<Series> {
        match self.source {
            Provenance::Sine { values } => {
                Some(sine(self.settings.seq_length.unwrap_or(20), values))
            }
            _ => None,
        }
    }
}

/// The wave, in windows of `seq_length` time steps: each window is π long.
pub(super) fn sine(seq_length: usize, values: usize) -> Series {
    let step = PI / seq_length as f64;
    let times: Vec<f64> = (0..values).map(|i| i as f64 * step).collect();
    let values = times.iter().map(|t| t.sin()).collect();
    let time = TimeAxis::Numbers(NumberAxis { values: times, step, decimals: DECIMALS });
    Series { time, ..Series::counted("sine", values) }
}
