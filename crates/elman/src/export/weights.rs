//! Weights by their names in the model file.

use elman_nn::Params;

use crate::error::{Error, Result};

/// The error where a network cannot be exported.
pub(super) fn refused(reason: String, help: &str) -> Error {
    Error::Forecast { reason, help: help.to_owned() }
}

/// Shape and values of the weight `name`.
///
/// # Errors
/// A network without such a weight.
pub(super) fn weight<'a>(params: &'a Params<f32>, name: &str) -> Result<(&'a [usize], &'a [f32])> {
    let found = params.iter().find(|(variable, _)| variable.name == name);
    let (variable, values) =
        found.ok_or_else(|| refused(format!("the network has no weight `{name}`"), ""))?;
    Ok((&variable.shape, values))
}
