//! Networks for a training loop of one's own: `elman.nn`.

mod arrays;
mod backward;
mod loss;
mod model;
mod network;
mod optimizer;
mod pass;
mod state;

use elman::nn::cells::CellEntry;
use elman::nn::losses::LossEntry;
use elman::nn::optim::OptimizerEntry;
use elman::nn::registry::Entry;
use pyo3::prelude::*;

/// Adds the classes to the module.
///
/// # Errors
/// Those of Python.
pub fn add_to(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<model::NnModel>()?;
    module.add_class::<state::NnState>()?;
    module.add_class::<pass::NnPass>()?;
    module.add_class::<loss::NnLoss>()?;
    module.add_class::<optimizer::NnOptimizer>()?;
    module.add("NN_CELLS", names::<CellEntry<f32>>())?;
    module.add("NN_LOSSES", names::<LossEntry<f32>>())?;
    module.add("NN_OPTIMIZERS", names::<OptimizerEntry<f32>>())?;
    module.add_function(wrap_pyfunction!(backward::nn_backward, module)?)
}

/// Names of a registry.
fn names<E: Entry>() -> Vec<&'static str> {
    E::ALL.iter().map(Entry::name).collect()
}
