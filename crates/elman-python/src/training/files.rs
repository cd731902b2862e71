//! Files of a training: checkpoints, and the weights that it starts from.

use crate::errors::option;
use crate::options::parse;
use elman::Error;
use elman::nn::file::{ModelFile, TensorFile};
use pyo3::prelude::*;
use serde::Deserialize;
use serde_json::Value;
use std::path::PathBuf;

/// Files of a training.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Files {
    /// The data file; `None` of data in memory.
    pub(super) data: Option<String>,
    /// Checkpoints are written to this file.
    pub(super) checkpoint: Option<PathBuf>,
    /// Optimizer steps between two checkpoints; a tenth of all by default.
    pub(super) checkpoint_every: Option<u64>,
    /// The training continues from this checkpoint.
    resume: Option<PathBuf>,
    /// The training starts from these weights.
    init: Option<PathBuf>,
}

impl Files {
    /// Reads a JSON document.
    ///
    /// # Errors
    /// No optimizer steps between two checkpoints; initial weights of a training that is resumed.
    pub(super) fn parse(json: &str) -> PyResult<Self> {
        let files: Self = parse(json)?;
        if files.checkpoint_every == Some(0) {
            return Err(option("`checkpoint_every` is 0", "give a whole number from 1"));
        }
        if files.resume.is_some() && files.init.is_some() {
            return Err(option(
                "a training that is resumed has its weights already",
                "leave out `init` or `resume`",
            ));
        }
        Ok(files)
    }

    /// The checkpoint that the training continues from.
    ///
    /// # Errors
    /// A file that cannot be read or is damaged.
    pub(super) fn resumed(&self) -> Result<Option<ModelFile<f32>>, Error> {
        Ok(self.resume.as_deref().map(ModelFile::read).transpose()?)
    }

    /// The weights that the training starts from.
    ///
    /// # Errors
    /// A file that cannot be read or is damaged.
    pub(super) fn weights(&self) -> Result<Option<TensorFile>, Error> {
        Ok(self.init.as_deref().map(TensorFile::read).transpose()?)
    }
}

/// Refuses options that are unlike those of the checkpoint: `asked` has the configuration of the checkpoint with every
/// option that is given in its place. The number of optimizer steps may change.
///
/// # Errors
/// The first option that differs.
pub(super) fn same(before: Value, asked: Value) -> PyResult<()> {
    match difference(None, before, asked) {
        None => Ok(()),
        Some((name, was, is)) => Err(option(
            &format!(
                "`{name}` cannot change when a training is resumed: {is} was given, and the checkpoint has {was}"
            ),
            "leave it out, or start a new training",
        )),
    }
}

/// The first field that differs, with both values; `name` is that of the values themselves.
fn difference(name: Option<&str>, before: Value, asked: Value) -> Option<(String, Value, Value)> {
    match (before, asked) {
        (Value::Object(mut before), Value::Object(asked)) => {
            asked.into_iter().find_map(|(field, asked)| {
                let before = before.remove(&field).unwrap_or_default();
                difference(Some(argument(name, &field)), before, asked)
            })
        }
        (before, asked) if before == asked || name == Some("max_steps") => None,
        (before, asked) => Some((name.unwrap_or("options").to_owned(), before, asked)),
    }
}

/// The argument of Python that sets a field of a configuration.
fn argument<'a>(configuration: Option<&str>, field: &'a str) -> &'a str {
    match (configuration, field) {
        (_, "horizon") => "h",
        (_, "levels") => "level",
        (_, "seasons") => "season",
        (Some("optimizer"), "name") => "optimizer",
        (Some("schedule"), "name") => "schedule",
        (Some("schedule"), "step_size") => "schedule_step",
        (Some("schedule"), "factor") => "schedule_factor",
        (Some("schedule"), "floor") => "schedule_floor",
        (Some("schedule"), "plateau_patience") => "schedule_patience",
        (_, field) => field,
    }
}

/// Refuses fewer optimizer steps than the checkpoint has.
///
/// # Errors
/// Fewer steps.
pub(super) fn not_fewer(asked: Option<u64>, done: u64) -> PyResult<()> {
    match asked.filter(|asked| *asked < done) {
        None => Ok(()),
        Some(asked) => Err(option(
            &format!(
                "the training of the checkpoint has done {done} steps, more than `max_steps={asked}`"
            ),
            "`max_steps` counts from the start of the training",
        )),
    }
}
