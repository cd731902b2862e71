//! Model files and checkpoints: one safetensors file each, no code in it.
//!
//! A model file holds the weights under PyTorch's names and nothing else as tensors, so that
//! `load_state_dict(load_file(path), strict=True)` takes it; everything else is one JSON document
//! in the metadata under the key `elman`. A checkpoint is the same file with more tensors, each
//! under a prefix: `optimizer.`, `state.`, `good.`, `best.`, `history`. A hash of the whole file stands in the
//! document (`seal.rs`); a file whose content is another is refused (`read.rs`).

mod read;
mod seal;
mod tensors;

use std::collections::HashMap;
use std::path::Path;

use elman_math::Real;
use safetensors::{Dtype, tensor::TensorView};
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::model::ModelConfig;
use crate::params::Params;
use crate::state::SavedState;
use crate::train::Training;

pub use read::ModelFile;
pub(crate) use read::Values;
pub use seal::seal;
pub use tensors::TensorFile;

/// The version of the layout of [`Document`]; a file of a later one is refused.
pub const FORMAT_VERSION: u32 = 1;

/// Everything of a model that is not a weight.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Document {
    /// [`FORMAT_VERSION`] of the program that wrote it.
    pub format_version: u32,
    /// The program's own version.
    pub elman_version: String,
    /// The sizes of the network.
    pub model: ModelConfig,
    /// The memory from which a forecast goes on.
    pub memory: Option<SavedState>,
    /// What the storeys above know: scaler, columns, calendar, training log.
    pub about: serde_json::Value,
    /// Where training stands; only in a checkpoint.
    pub training: Option<Training>,
}

impl Document {
    /// A document of this version.
    pub fn new(model: ModelConfig, memory: Option<SavedState>, about: serde_json::Value) -> Self {
        let elman_version = env!("CARGO_PKG_VERSION").to_owned();
        let format_version = FORMAT_VERSION;
        Self { format_version, elman_version, model, memory, about, training: None }
    }
}

/// Tensors on their way into a file.
#[derive(Default)]
pub(crate) struct TensorWriter {
    tensors: Vec<(String, Dtype, Vec<usize>, Vec<u8>)>,
}

impl TensorWriter {
    pub(crate) fn add<T: Real>(&mut self, name: String, shape: &[usize], values: &[T]) {
        let mut bytes = Vec::with_capacity(values.len() * T::BYTES);
        for value in values {
            value.write_le(&mut bytes);
        }
        self.tensors.push((name, dtype::<T>(), shape.to_vec(), bytes));
    }

    /// Every variable of `params`, its name behind `prefix`.
    pub(crate) fn add_params<T: Real>(&mut self, prefix: &str, params: &Params<T>) {
        for (variable, values) in params.iter() {
            self.add(format!("{prefix}{}", variable.name), &variable.shape, values);
        }
    }

    /// Writes the file so that at every moment `path` holds either the old content or the new.
    pub(crate) fn write(self, path: &Path, document: &Document) -> Result<(), Error> {
        let file_error = |reason: String| Error::File { path: path.to_owned(), reason };
        let json = serde_json::to_string(document).map_err(|e| file_error(e.to_string()))?;
        let metadata = HashMap::from([("elman".to_owned(), seal::with_room(&json))]);
        let views = self.tensors.iter().map(|(name, dtype, shape, bytes)| {
            TensorView::new(*dtype, shape.clone(), bytes).map(|view| (name, view))
        });
        let views: Vec<_> =
            views.collect::<Result<_, _>>().map_err(|e| file_error(e.to_string()))?;
        let mut bytes =
            safetensors::serialize(views, Some(metadata)).map_err(|e| file_error(e.to_string()))?;
        let too_long = tensors::header_len(&bytes) > tensors::LONGEST_HEADER;
        // What could not be read again is not written.
        if too_long || tensors::takes_much(&json, bytes.len()) {
            let reason = "what it has to keep besides the weights is too much for one file: train fewer series at a time";
            return Err(file_error(reason.into()));
        }
        seal(&mut bytes);
        crate::output::replace(path, &bytes)
            .map_err(|source| Error::Io { path: path.to_owned(), source })
    }
}

/// Writes a model file: the weights, and `document`.
///
/// # Errors
/// [`Error::Io`] if it cannot be written; an existing file is then as it was.
pub fn write_model<T: Real>(
    path: &Path,
    params: &Params<T>,
    document: &Document,
) -> Result<(), Error> {
    write_models(path, [(String::new(), params)], document)
}

/// Writes the weights of several networks into one file, each behind a prefix of their names, and
/// `document`.
///
/// # Errors
/// As [`write_model`].
pub fn write_models<'a, T: Real>(
    path: &Path,
    networks: impl IntoIterator<Item = (String, &'a Params<T>)>,
    document: &Document,
) -> Result<(), Error> {
    let mut tensors = TensorWriter::default();
    for (prefix, params) in networks {
        tensors.add_params(&prefix, params);
    }
    tensors.write(path, document)
}

fn dtype<T: Real>() -> Dtype {
    if T::BYTES == 4 { Dtype::F32 } else { Dtype::F64 }
}
