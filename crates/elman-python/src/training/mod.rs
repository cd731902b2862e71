//! Trainings of one network, of series or of text: step by step, with checkpoints.

mod files;
mod options;
mod rnn;
mod rnn_options;
mod run;
mod text;
mod text_options;

use pyo3::prelude::*;

/// Adds the classes and functions to the module.
///
/// # Errors
/// Those of Python.
pub fn add_to(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<text::TextModel>()?;
    module.add_function(wrap_pyfunction!(rnn::fit_rnn, module)?)?;
    module.add_function(wrap_pyfunction!(text::fit_text, module)?)
}
