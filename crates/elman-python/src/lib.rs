//! Extension module `elman._elman` of the Python package `elman`: classes that own the engine's values, and nothing
//! else. Names, defaults, documentation and data frames are in `python/elman`.
#![deny(unsafe_code)]

mod backtest;
#[expect(unsafe_code, reason = "memory of NumPy arrays")]
mod buffers;
#[expect(unsafe_code, reason = "capsules of Arrow")]
mod capsule;
mod chart;
mod coded;
mod column;
mod errors;
mod fitted;
mod interrupt;
mod names;
mod network;
mod nn;
mod online;
mod options;
mod panel;
mod restore;
mod table;
mod texts;
mod training;
mod tuning;
mod typed_names;
mod values;
mod zones;

use mimalloc::MiMalloc;
use pyo3::prelude::*;
use std::path::Path;

/// Dask's workers tell the allocator of the C library to return freed memory to the system at once. A forecast, which
/// allocates and frees a megabyte for each series, took 1.4 times as long there.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// Path of a model file that is in memory alone, for errors.
fn in_memory() -> &'static Path {
    Path::new("model.safetensors")
}

/// The module.
#[pymodule]
fn _elman(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add_class::<table::Table>()?;
    module.add_class::<panel::Panel>()?;
    module.add_class::<fitted::Fitted>()?;
    module.add_class::<online::Online>()?;
    module.add_function(wrap_pyfunction!(tuning::tune, module)?)?;
    nn::add_to(module)?;
    training::add_to(module)?;
    module.add_class::<network::Network>()?;
    module.add_class::<chart::Chart>()?;
    module.add_function(wrap_pyfunction!(fitted::fit, module)?)?;
    module.add_function(wrap_pyfunction!(backtest::backtest, module)?)?;
    module.add_function(wrap_pyfunction!(backtest::backtest_fitted, module)?)?;
    module.add_function(wrap_pyfunction!(backtest::backtest_refitted, module)?)
}
