//! Frequency class: the kind of time step, as the pretrained network reads it.

use serde::{Deserialize, Serialize};

use crate::data::calendar::Frequency;

/// Milliseconds of an hour.
const HOUR: u64 = 3_600_000;

/// Kind of time step. Series with other time steps, and series without dates, have no class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FrequencyClass {
    /// Yearly.
    Year,
    /// Quarterly.
    Quarter,
    /// Monthly.
    Month,
    /// Weekly.
    Week,
    /// Daily, on all days or on some weekdays.
    Day,
    /// Hourly, and shorter steps.
    Hour,
}

impl FrequencyClass {
    /// Number of classes.
    pub const COUNT: usize = 6;

    /// Class of a frequency; `None` if it has none.
    pub fn of(frequency: Frequency) -> Option<Self> {
        match frequency {
            Frequency::Months(12) => Some(Self::Year),
            Frequency::Months(3) => Some(Self::Quarter),
            Frequency::Months(1) => Some(Self::Month),
            Frequency::Days(7) => Some(Self::Week),
            Frequency::Days(1) | Frequency::Weekdays(_) => Some(Self::Day),
            Frequency::Millis(n) if n <= HOUR => Some(Self::Hour),
            _ => None,
        }
    }

    /// Place of the class in a one-hot vector.
    pub(super) fn place(self) -> usize {
        self as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_frequencies_have_a_class() {
        let of = FrequencyClass::of;
        assert_eq!(of(Frequency::Months(12)), Some(FrequencyClass::Year));
        assert_eq!(of(Frequency::Millis(HOUR / 2)), Some(FrequencyClass::Hour));
        assert_eq!(of(Frequency::Months(2)), None);
        assert_eq!(FrequencyClass::Hour.place() + 1, FrequencyClass::COUNT);
    }
}
