//! Forecasts in the arrays of a caller.

use elman::data::PredictionInterval;

use crate::arguments::write;
use crate::status::Failure;

/// Arrays of a caller: `values` `[horizon]`; `lower` and `upper` `[levels, horizon]`, or NULL where they are not wanted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Output {
    pub(crate) values: *mut f64,
    pub(crate) lower: *mut f64,
    pub(crate) upper: *mut f64,
}

impl Output {
    /// Writes a forecast with intervals at `levels`; NaN for bounds where the model has no intervals.
    ///
    /// # Safety
    /// The arrays are NULL, or have the sizes above, with the number of steps in `values` as the horizon.
    pub(crate) unsafe fn write(
        self,
        levels: usize,
        values: &[f64],
        intervals: &[PredictionInterval],
    ) -> Result<(), Failure> {
        let horizon = values.len();
        // SAFETY: the contract of this function.
        unsafe { write("values_out", self.values, values)? };
        let unknown = if intervals.is_empty() { vec![f64::NAN; horizon] } else { Vec::new() };
        for level in 0..levels {
            let (lower, upper) = match intervals.get(level) {
                Some(interval) => (&interval.lower, &interval.upper),
                None => (&unknown, &unknown),
            };
            for (name, to, bounds) in
                [("lower_out", self.lower, lower), ("upper_out", self.upper, upper)]
            {
                if !to.is_null() {
                    // SAFETY: row `level` of an array of `levels` rows, by the contract of this function.
                    unsafe { write(name, to.add(level * horizon), bounds)? };
                }
            }
        }
        Ok(())
    }
}
