//! Configuration of a stream.

use super::learning::LearnConfig;
use crate::data::calendar::Frequency;

/// Configuration of a stream.
#[derive(Debug, Clone, PartialEq)]
pub struct StreamConfig {
    /// Horizon, in time steps, at most the trained one.
    pub horizon: usize,
    /// Online training; `None` if the weights stay.
    pub learn: Option<LearnConfig>,
    /// Most absent time steps between two observations that count as missing values.
    pub max_gap: usize,
    /// Frequency of the dates, where the model has none; otherwise the first two dates of a series have the frequency.
    pub freq: Option<Frequency>,
    /// Most series whose states stay in memory between two saves; the least recently seen others are in the state file alone.
    /// `None` for all.
    pub resident: Option<usize>,
}

impl StreamConfig {
    /// The defaults: no online training, gaps of up to 100 time steps, all states in memory.
    pub fn new(horizon: usize) -> Self {
        Self { horizon, learn: None, max_gap: 100, freq: None, resident: None }
    }
}
