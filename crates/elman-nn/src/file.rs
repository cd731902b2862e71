//! Model files and checkpoints: one safetensors file each, without code.
//!
//! The tensors of a model file are the weights under PyTorch's names and nothing else, so that
//! `load_state_dict(load_file(path), strict=True)` accepts the file. All other data are one JSON document
//! in the metadata under the key `elman`. A checkpoint is the same file with more tensors, each
//! under a prefix: `optimizer.`, `state.`, `good.`, `best.`, `history`. The document contains a hash of the
//! whole file (`seal.rs`); a file whose content has another hash is refused (`read.rs`).

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
use crate::train::Training;

pub use read::ModelFile;
pub(crate) use read::Values;
pub use seal::seal;
pub use tensors::{TensorFile, TensorShape};

/// The version of the layout of [`Document`]; a file of a later version is refused.
pub const FORMAT_VERSION: u32 = 1;

/// The part of a model file that is not a tensor.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Document {
    /// The [`FORMAT_VERSION`] of the program that wrote the file.
    pub format_version: u32,
    /// The version of the program that wrote the file.
    pub elman_version: String,
    /// The sizes of the network.
    pub model: ModelConfig,
    /// The metadata of the crates above this one: scaler, columns, calendar, hidden state, training log.
    pub about: serde_json::Value,
    /// The state of the trainer; only in a checkpoint.
    pub training: Option<Training>,
}

impl Document {
    /// A document of the current version.
    pub fn new(model: ModelConfig, about: serde_json::Value) -> Self {
        let elman_version = env!("CARGO_PKG_VERSION").to_owned();
        let format_version = FORMAT_VERSION;
        Self { format_version, elman_version, model, about, training: None }
    }
}

/// Collects tensors and writes them to a file.
#[derive(Default)]
pub(crate) struct TensorWriter {
    tensors: Vec<(String, Dtype, Vec<usize>, Vec<u8>)>,
}

impl TensorWriter {
    /// The weights of networks, each under its own prefix of the names.
    fn of<'a, T: Real>(networks: impl IntoIterator<Item = (String, &'a Params<T>)>) -> Self {
        let mut tensors = Self::default();
        for (prefix, params) in networks {
            tensors.add_params(&prefix, params);
        }
        tensors
    }

    pub(crate) fn add<T: Real>(&mut self, name: String, shape: &[usize], values: &[T]) {
        let mut bytes = Vec::with_capacity(values.len() * T::BYTES);
        for value in values {
            value.write_le(&mut bytes);
        }
        self.tensors.push((name, dtype::<T>(), shape.to_vec(), bytes));
    }

    /// Adds every variable of `params` under `prefix` + its name.
    pub(crate) fn add_params<T: Real>(&mut self, prefix: &str, params: &Params<T>) {
        for (variable, values) in params.iter() {
            self.add(format!("{prefix}{}", variable.name), &variable.shape, values);
        }
    }

    /// Writes the file atomically: `path` always holds either the old content or the new.
    pub(crate) fn write(self, path: &Path, document: &Document) -> Result<(), Error> {
        crate::output::replace(path, &self.bytes(path, document)?)
            .map_err(|source| Error::Io { path: path.to_owned(), source })
    }

    /// The content of the file; `path` names it in errors.
    fn bytes(self, path: &Path, document: &Document) -> Result<Vec<u8>, Error> {
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
        // A file that could not be read again is not written.
        if too_long || tensors::takes_much(&json, bytes.len()) {
            let reason = "the metadata are too large for one file: train fewer series at a time";
            return Err(file_error(reason.into()));
        }
        seal(&mut bytes);
        Ok(bytes)
    }
}

/// Writes a model file: the weights and `document`.
///
/// # Errors
/// [`Error::Io`] if the file cannot be written; an existing file is then unchanged.
pub fn write_model<T: Real>(
    path: &Path,
    params: &Params<T>,
    document: &Document,
) -> Result<(), Error> {
    write_models(path, [(String::new(), params)], document)
}

/// Writes the weights of several networks, each under its own prefix of the names, and `document`
/// into one file.
///
/// # Errors
/// As [`write_model`].
pub fn write_models<'a, T: Real>(
    path: &Path,
    networks: impl IntoIterator<Item = (String, &'a Params<T>)>,
    document: &Document,
) -> Result<(), Error> {
    TensorWriter::of(networks).write(path, document)
}

/// The content of the file that [`write_models`] writes; `path` names it in errors.
///
/// # Errors
/// [`Error::File`] if the metadata are too large for one file.
pub fn models_to_bytes<'a, T: Real>(
    path: &Path,
    networks: impl IntoIterator<Item = (String, &'a Params<T>)>,
    document: &Document,
) -> Result<Vec<u8>, Error> {
    TensorWriter::of(networks).bytes(path, document)
}

fn dtype<T: Real>() -> Dtype {
    if T::BYTES == 4 { Dtype::F32 } else { Dtype::F64 }
}
