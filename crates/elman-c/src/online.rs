//! Online forecasters: the hidden state after the last value of one series, updated value by value.

use std::sync::Arc;

use elman::FittedForecaster;
use elman::select::OnlineForecaster;

use crate::arguments::{array, free, give, reference, reference_mut, write};
use crate::model::{Model, NAME, series};
use crate::output::Output;
use crate::status::{Failure, Status, guard, keep_notes};

/// Online forecaster of one series. One thread at a time may use an online forecaster; several online forecasters of one
/// model may be used at once.
#[derive(Debug)]
pub struct Online {
    /// Borrows from `model`, and is dropped before it, because the field comes first.
    forecaster: OnlineForecaster<'static>,
    model: Arc<FittedForecaster>,
}

impl Online {
    /// Starts an online forecaster that keeps its model alive: a garbage collector frees handles in any order.
    fn start(
        model: &Model,
        start: impl for<'m> FnOnce(&'m FittedForecaster) -> elman::Result<OnlineForecaster<'m>>,
    ) -> Result<Self, Failure> {
        let model = Arc::clone(&model.0);
        // SAFETY: `model` in the result keeps the forecaster at this address, and nothing changes it: nobody has a mutable
        // reference to the content of an `Arc` that is shared. `start` holds for any lifetime, so that the reference is
        // nowhere but in its result; `forecaster` is private, and is dropped before `model`.
        let fitted: &'static FittedForecaster = unsafe { &*Arc::as_ptr(&model) };
        Ok(Self { forecaster: start(fitted)?, model })
    }
}

/// Starts an online forecaster after the `n` values of a series, oldest first; NaN is a missing value. Free the forecaster
/// with `elman_online_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn elman_online_new(
    model: *const Model,
    values: *const f64,
    n: usize,
    out: *mut *mut Online,
) -> Status {
    guard(|| {
        // SAFETY: the contract of all exported functions.
        unsafe {
            give(out, || {
                let history = series(array("values", values, n)?);
                let online = Online::start(reference("model", model)?, |m| m.online(&history))?;
                keep_notes(online.forecaster.notes());
                Ok(online)
            })
        }
    })
}

/// Starts an online forecaster from the hidden state in the model file, after the last value of the training. Only models
/// of `elman train` on one series without covariates have this state.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn elman_online_continue(
    model: *const Model,
    out: *mut *mut Online,
) -> Status {
    guard(|| {
        // SAFETY: the contract of all exported functions.
        unsafe { give(out, || Online::start(reference("model", model)?, |m| m.continued())) }
    })
}

/// Frees an online forecaster; NULL is allowed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn elman_online_free(online: *mut Online) {
    // SAFETY: the contract of all exported functions.
    let _ = guard(|| unsafe {
        free(online);
        Ok(())
    });
}

/// Updates the hidden state with the next value; NaN if it is missing. After a failure the state is unchanged.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn elman_online_update(online: *mut Online, y: f64) -> Status {
    guard(|| {
        // SAFETY: the contract of all exported functions.
        Ok(unsafe { reference_mut("online", online)? }.forecaster.update(y)?)
    })
}

/// Forecasts the `horizon` values after the last one, into arrays as those of `elman_forecast`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn elman_online_forecast(
    online: *mut Online,
    horizon: usize,
    values_out: *mut f64,
    lower_out: *mut f64,
    upper_out: *mut f64,
) -> Status {
    guard(|| {
        // SAFETY: the contract of all exported functions.
        let Online { forecaster, model } = unsafe { reference_mut("online", online)? };
        let output = Output { values: values_out, lower: lower_out, upper: upper_out };
        let levels = model.settings.levels.len();
        let ahead;
        let forecast = match horizon == model.settings.horizon {
            // Allocates nothing.
            true => forecaster.forecast()?,
            false => {
                ahead = forecaster.forecast_ahead(horizon)?;
                &ahead
            }
        };
        // SAFETY: as above.
        unsafe { output.write(levels, &forecast.values, &forecast.intervals) }
    })
}

/// Makes an independent copy: updates of one do not change the other.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn elman_online_fork(online: *const Online, out: *mut *mut Online) -> Status {
    guard(|| {
        // SAFETY: the contract of all exported functions.
        unsafe {
            give(out, || {
                let Online { forecaster, model } = reference("online", online)?;
                Ok(Online { forecaster: forecaster.fork()?, model: Arc::clone(model) })
            })
        }
    })
}

/// Saves the state after the last value to `bytes_out`, a buffer of `capacity` bytes, and the size of the state to
/// `size_out`. If the buffer is too small, only the size is written, and the status is `ELMAN_STATUS_BUFFER`: a call with
/// NULL and a capacity of 0 asks for the size. The size may grow with later updates.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn elman_online_state(
    online: *const Online,
    bytes_out: *mut u8,
    capacity: usize,
    size_out: *mut usize,
) -> Status {
    guard(|| {
        // SAFETY: the contract of all exported functions.
        let bytes = unsafe { reference("online", online)? }.forecaster.state_to_bytes()?;
        // SAFETY: as above.
        unsafe { write("size_out", size_out, &[bytes.len()])? };
        if capacity < bytes.len() {
            let message = format!("the state has {} bytes, and the buffer {capacity}", bytes.len());
            return Err(Failure { status: Status::Buffer, message });
        }
        // SAFETY: as above, of at most `capacity` bytes.
        unsafe { write("bytes_out", bytes_out, &bytes) }
    })
}

/// Continues from a state that `elman_online_state` saved with the same model: the forecasts are the same, bit for bit.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn elman_online_resume(
    model: *const Model,
    bytes: *const u8,
    n: usize,
    out: *mut *mut Online,
) -> Status {
    guard(|| {
        // SAFETY: the contract of all exported functions.
        unsafe {
            give(out, || {
                let bytes = array("bytes", bytes, n)?;
                Online::start(reference("model", model)?, |m| {
                    m.resume_online_from_bytes(NAME, bytes)
                })
            })
        }
    })
}
