//! The content of a safetensors file, read once: of elman's or of any other program's.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use elman_math::Real;
use safetensors::{Dtype, SafeTensors, tensor::Metadata};

use super::{ModelFile, cast, decode};
use crate::error::Error;
use crate::model::Model;
use crate::params::Params;

/// Bytes of the number that says how long the header is.
const LENGTH: usize = 8;

/// The longest header that the format allows.
const LONGEST_HEADER: u64 = 100_000_000;

/// A safetensors file. It is read once, so that it may come through a pipe; what it holds is asked afterwards.
pub struct TensorFile {
    pub(super) path: PathBuf,
    pub(super) bytes: Vec<u8>,
}

impl TensorFile {
    /// Reads a file.
    ///
    /// # Errors
    /// [`Error::Io`]; [`Error::File`] if it is no safetensors file.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let io = |source| Error::Io { path: path.to_owned(), source };
        if path.is_dir() {
            let reason = "a directory, and a file is wanted".to_owned();
            return Err(Error::File { path: path.to_owned(), reason });
        }
        Self::from_reader(File::open(path).map_err(io)?, path)
    }

    /// Reads such content; `path` stands for it in errors.
    ///
    /// # Errors
    /// As [`read`](TensorFile::read).
    pub fn from_reader(mut source: impl Read, path: &Path) -> Result<Self, Error> {
        let refused = |reason: &str| {
            let reason = format!("not a safetensors file ({reason})");
            Error::File { path: path.to_owned(), reason }
        };
        let mut bytes = Vec::new();
        let mut read = |len: u64, bytes: &mut Vec<u8>| {
            let read = (&mut source).take(len).read_to_end(bytes);
            read.map_err(|source| Error::Io { path: path.to_owned(), source })
        };
        read(LENGTH as u64, &mut bytes)?;
        let header = bytes[..].try_into().map(u64::from_le_bytes);
        let header = header.map_err(|_| refused("it has no header"))?;
        if header > LONGEST_HEADER {
            return Err(refused("its header is too long"));
        }
        read(header, &mut bytes)?;
        let metadata: Metadata =
            serde_json::from_slice(&bytes[LENGTH..]).map_err(|e| refused(&e.to_string()))?;
        // A pipe or a device may have no end: no more is taken than the header promises, and a byte that shows
        // whether the file ends there.
        read((metadata.data_len() as u64).saturating_add(1), &mut bytes)?;
        SafeTensors::read_metadata(&bytes).map_err(|e| refused(&e.to_string()))?;
        Ok(Self { path: path.to_owned(), bytes })
    }

    /// Where it was read from.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether elman wrote it, or another program.
    pub fn is_of_elman(&self) -> bool {
        SafeTensors::read_metadata(&self.bytes).is_ok_and(|(_, header)| {
            header.metadata().as_ref().is_some_and(|metadata| metadata.contains_key("elman"))
        })
    }

    /// What elman wrote.
    ///
    /// # Errors
    /// [`Error::File`] if another program wrote it, or a later version.
    pub fn model<T: Real>(&self) -> Result<ModelFile<T>, Error> {
        ModelFile::decoded(self)
    }

    /// The weights for `model`, under PyTorch's names, whoever wrote them.
    ///
    /// # Errors
    /// [`Error::File`] if a weight is missing or its shape is not the model's.
    pub fn weights<T: Real>(&self, model: &Model<T>) -> Result<Params<T>, Error> {
        let refused = |reason: String| Error::File { path: self.path.clone(), reason };
        let file = SafeTensors::deserialize(&self.bytes)
            .map_err(|e| refused(format!("not a safetensors file ({e})")))?;
        let mut params = Params::zeros(model.layout());
        for variable in model.layout().variables() {
            let view = file
                .tensor(&variable.name)
                .map_err(|_| refused(format!("`{}` is missing", variable.name)))?;
            if view.shape() != variable.shape {
                return Err(refused(format!(
                    "`{}` is {:?} where the model has {:?}",
                    variable.name,
                    view.shape(),
                    variable.shape
                )));
            }
            let id = params.find(&variable.name).expect("a variable of this layout");
            let values: Vec<T> = match view.dtype() {
                Dtype::F32 => cast(&decode::<f32>(view.data())),
                Dtype::F64 => cast(&decode::<f64>(view.data())),
                other => {
                    let reason = format!("`{}` is {other:?}, not F32 or F64", variable.name);
                    return Err(refused(reason));
                }
            };
            params.get_mut(id).copy_from_slice(&values);
        }
        Ok(params)
    }
}
