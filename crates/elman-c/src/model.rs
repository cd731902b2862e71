//! Models: read from a file, described, and asked for the forecast of a history.

use std::ffi::c_char;
use std::path::Path;
use std::sync::Arc;

use elman::nn::file::ModelFile;
use elman::{FittedForecaster, Series};

use crate::arguments::{self, array, free, give, reference, write};
use crate::output::Output;
use crate::status::{Status, guard, keep_notes};

/// Fitted model of a model file. Never changes: any number of threads may use a model at once.
#[derive(Debug)]
pub struct Model(pub(crate) Arc<FittedForecaster>);

/// Name of a model file in memory, for messages.
const IN_MEMORY: &str = "model in memory";

/// Name of the series of a caller in messages.
pub(crate) const NAME: &str = "y";

/// The series of a caller.
pub(crate) fn series(values: &[f64]) -> Series {
    Series::counted(NAME, values.to_vec())
}

/// Reads the model file `path`, written by `elman train`, `elman forecast --save` or the library. Free the model with
/// `elman_model_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn elman_model_load(path: *const c_char, out: *mut *mut Model) -> Status {
    guard(|| {
        // SAFETY: the contract of all exported functions.
        unsafe {
            give(out, || {
                let (fitted, _) = FittedForecaster::load(arguments::path("path", path)?)?;
                Ok(Model(Arc::new(fitted)))
            })
        }
    })
}

/// As `elman_model_load`, of the `n` bytes of a model file, which may be freed after the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn elman_model_load_bytes(
    bytes: *const u8,
    n: usize,
    out: *mut *mut Model,
) -> Status {
    guard(|| {
        // SAFETY: the contract of all exported functions.
        unsafe {
            give(out, || {
                let bytes = array("bytes", bytes, n)?;
                let file = ModelFile::from_reader(bytes, Path::new(IN_MEMORY));
                let (fitted, _) = FittedForecaster::from_file(&file.map_err(elman::Error::from)?)?;
                Ok(Model(Arc::new(fitted)))
            })
        }
    })
}

/// Frees a model; NULL is allowed. Online forecasters of the model remain valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn elman_model_free(model: *mut Model) {
    // SAFETY: the contract of all exported functions.
    let _ = guard(|| unsafe {
        free(model);
        Ok(())
    });
}

/// Horizon of the training: number of values that an online forecast has by default. 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn elman_model_horizon(model: *const Model) -> usize {
    // SAFETY: the contract of all exported functions.
    unsafe { reference("model", model) }.map_or(0, |model| model.0.settings.horizon)
}

/// Number of levels of the prediction intervals. 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn elman_model_num_levels(model: *const Model) -> usize {
    // SAFETY: the contract of all exported functions.
    unsafe { reference("model", model) }.map_or(0, |model| model.0.settings.levels.len())
}

/// Writes the levels of the prediction intervals, in per cent, to `levels_out`, an array of `elman_model_num_levels`
/// elements.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn elman_model_levels(model: *const Model, levels_out: *mut f64) -> Status {
    guard(|| {
        // SAFETY: the contract of all exported functions.
        unsafe { write("levels_out", levels_out, &reference("model", model)?.0.settings.levels) }
    })
}

/// Forecasts the `horizon` values after the `n` values of one series, oldest first, at equal time steps; NaN is a missing
/// value. Any horizon from 1 to 1048576 is allowed: beyond that of the training, the forecast is recursive.
///
/// `values_out` has `horizon` elements. `lower_out` and `upper_out` have `elman_model_num_levels` times `horizon` elements,
/// one row of `horizon` bounds for each level, and may be NULL. Bounds are NaN if the model has no intervals.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn elman_forecast(
    model: *const Model,
    values: *const f64,
    n: usize,
    horizon: usize,
    values_out: *mut f64,
    lower_out: *mut f64,
    upper_out: *mut f64,
) -> Status {
    guard(|| {
        // SAFETY: the contract of all exported functions.
        let (fitted, values) =
            unsafe { (&reference("model", model)?.0, array("values", values, n)?) };
        let forecast = fitted.predict_ahead(&[series(values)], horizon)?;
        keep_notes(&forecast.notes);
        let output = Output { values: values_out, lower: lower_out, upper: upper_out };
        let (values, intervals) = (&forecast.values[0], &forecast.intervals[0]);
        // SAFETY: as above.
        unsafe { output.write(fitted.settings.levels.len(), values, intervals) }
    })
}
