//! Model files and checkpoints: one safetensors file each, no code in it.
//!
//! A model file holds the weights under PyTorch's names and nothing else as tensors, so that
//! `load_state_dict(load_file(path), strict=True)` takes it; everything else is one JSON document
//! in the metadata under the key `elman`. A checkpoint is the same file with more tensors, each
//! under a prefix: `optimizer.`, `state.`, `good.`, `best.`, `history`.

use std::collections::HashMap;
use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;

use elman_math::Real;
use safetensors::{Dtype, SafeTensors, tensor::TensorView};
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::model::{Model, ModelConfig};
use crate::params::Params;
use crate::state::SavedState;
use crate::train::Training;

mod tensors;

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
        let metadata = HashMap::from([("elman".to_owned(), json)]);
        let views = self.tensors.iter().map(|(name, dtype, shape, bytes)| {
            TensorView::new(*dtype, shape.clone(), bytes).map(|view| (name, view))
        });
        let views: Vec<_> =
            views.collect::<Result<_, _>>().map_err(|e| file_error(e.to_string()))?;
        let bytes =
            safetensors::serialize(views, Some(metadata)).map_err(|e| file_error(e.to_string()))?;
        write_atomic(path, &bytes).map_err(|source| Error::Io { path: path.to_owned(), source })
    }
}

/// Temporary file beside the target, synced, renamed over it, and the folder synced.
fn write_atomic(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".tmp");
    let temporary = path.with_file_name(name);
    let write = || {
        let mut file = File::create(&temporary)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        std::fs::rename(&temporary, path)
    };
    write().inspect_err(|_| {
        // The first error is the one to tell; that this may fail too changes nothing.
        let _ = std::fs::remove_file(&temporary);
    })?;
    #[cfg(unix)]
    {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?;
    }
    Ok(())
}

/// A file that was read: its document and its tensors.
pub struct ModelFile<T> {
    /// Everything that is not a tensor.
    pub document: Document,
    path: std::path::PathBuf,
    tensors: HashMap<String, Vec<T>>,
    doubles: HashMap<String, Vec<f64>>,
}

impl<T: Real> ModelFile<T> {
    /// Reads a model file or a checkpoint.
    ///
    /// # Errors
    /// [`Error::Io`]; [`Error::File`] if it is no safetensors file, not elman's, or of a later
    /// version.
    pub fn read(path: &Path) -> Result<Self, Error> {
        TensorFile::read(path)?.model()
    }

    /// Reads such content, which may come through a pipe; `path` stands for it in errors.
    ///
    /// # Errors
    /// As [`read`](ModelFile::read).
    pub fn from_reader(source: impl Read, path: &Path) -> Result<Self, Error> {
        TensorFile::from_reader(source, path)?.model()
    }

    fn decoded(TensorFile { path, bytes }: &TensorFile) -> Result<Self, Error> {
        let refused = |reason: String| Error::File { path: path.clone(), reason };
        let not_safetensors = |e| refused(format!("not a safetensors file ({e})"));
        let (_, header) = SafeTensors::read_metadata(bytes).map_err(not_safetensors)?;
        let json =
            header.metadata().as_ref().and_then(|metadata| metadata.get("elman")).ok_or_else(
                || refused("not written by elman: its metadata has no `elman`".into()),
            )?;
        #[derive(Deserialize)]
        struct Version {
            format_version: u32,
        }
        let damaged =
            |e: serde_json::Error| refused(format!("its `elman` document is damaged: {e}"));
        let Version { format_version } = serde_json::from_str(json).map_err(damaged)?;
        if format_version > FORMAT_VERSION {
            return Err(refused(format!(
                "written by a later elman (format {format_version}; this one reads up to \
                 {FORMAT_VERSION}): install the current version"
            )));
        }
        let document = serde_json::from_str(json).map_err(damaged)?;
        let (mut tensors, mut doubles) = (HashMap::new(), HashMap::new());
        for (name, view) in SafeTensors::deserialize(bytes).map_err(not_safetensors)?.iter() {
            if view.dtype() == dtype::<T>() {
                tensors.insert(name.to_owned(), decode::<T>(view.data()));
            }
            if view.dtype() == Dtype::F64 {
                doubles.insert(name.to_owned(), decode::<f64>(view.data()));
            }
        }
        Ok(Self { document, path: path.clone(), tensors, doubles })
    }

    /// Where it was read from.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The model, and the weights whose names stand behind `prefix` (empty for the model's own).
    ///
    /// # Errors
    /// [`Error::File`] for a variable that is missing or of another size.
    pub fn params(&self, model: &Model<T>, prefix: &str) -> Result<Params<T>, Error> {
        let mut params = Params::zeros(model.layout());
        self.fill(&mut params, prefix)?;
        Ok(params)
    }

    pub(crate) fn fill(&self, params: &mut Params<T>, prefix: &str) -> Result<(), Error> {
        let layout = params.layout().clone();
        for variable in layout.variables() {
            let values = self.tensor(&format!("{prefix}{}", variable.name), &variable.shape)?;
            let id = params.find(&variable.name).expect("a variable of this layout");
            params.get_mut(id).copy_from_slice(values);
        }
        Ok(())
    }

    pub(crate) fn tensor(&self, name: &str, shape: &[usize]) -> Result<&[T], Error> {
        let count: usize = shape.iter().product();
        match self.tensors.get(name) {
            Some(values) if values.len() == count => Ok(values),
            Some(values) => Err(self.refused(format!(
                "`{name}` has {} values where the model has {shape:?}",
                values.len()
            ))),
            None => Err(self.refused(format!("`{name}` is missing"))),
        }
    }

    pub(crate) fn doubles(&self, name: &str) -> Result<&[f64], Error> {
        let missing = || self.refused(format!("`{name}` is missing"));
        self.doubles.get(name).map(Vec::as_slice).ok_or_else(missing)
    }

    pub(crate) fn refused(&self, reason: String) -> Error {
        Error::File { path: self.path.clone(), reason }
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

fn decode<T: Real>(bytes: &[u8]) -> Vec<T> {
    bytes.chunks_exact(T::BYTES).map(T::read_le).collect()
}

fn cast<A: Real, B: Real>(values: &[A]) -> Vec<B> {
    values.iter().map(|value| B::from_f64(value.to_f64())).collect()
}
