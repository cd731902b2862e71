//! Where an observation stands on the time axis of its series.

use serde::{Deserialize, Serialize};

/// Place of an observation on the time axis of its series.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Arrival {
    /// The next time step.
    Next,
    /// A later time step: the absent ones between count as missing values.
    AfterGap {
        /// Number of absent time steps.
        missing: usize,
    },
    /// A date so far after the last observation that it may be wrong: the observation was skipped. If the next observation
    /// comes soon after it, the hidden state is reset.
    Early {
        /// Number of absent time steps.
        missing: usize,
    },
    /// The second observation in a row after more absent time steps than are allowed: the hidden state was reset.
    Reset {
        /// Number of absent time steps.
        missing: usize,
    },
    /// The date of the last observation: the observation was skipped.
    Duplicate,
    /// A date before that of the last observation: the observation was skipped.
    Late,
}

impl Arrival {
    /// Whether the observation was skipped: the hidden state is as before.
    pub fn is_skipped(self) -> bool {
        matches!(self, Self::Duplicate | Self::Late | Self::Early { .. })
    }
}
