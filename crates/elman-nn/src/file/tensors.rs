//! The content of a safetensors file, of elman or of another program, read once.

use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use elman_math::Real;
use safetensors::tensor::{Metadata, TensorInfo};
use safetensors::{Dtype, SafeTensors};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Document, FORMAT_VERSION, ModelFile, seal};
use crate::error::Error;
use crate::model::Model;
use crate::params::Params;

/// Bytes of the length of the header.
const LENGTH: usize = 8;

/// The longest header that the format allows.
pub(super) const LONGEST_HEADER: u64 = 100_000_000;

/// The most bytes reserved before they are read: the size that a header claims need not be true.
const MAX_IN_ADVANCE: usize = 1 << 26;

/// The most bytes that a JSON value takes in memory, with the spare capacity of its list.
const BYTES_A_VALUE: usize = 64;
/// The bytes that the values of a document may take: this many in any case, or `FOR_A_BYTE` per byte of the file.
const ALWAYS: usize = 128 << 20;
const FOR_A_BYTE: usize = 4;

/// Whether the values of a document take far more memory than its file of `file` bytes: a value may take only two bytes
/// of text. Counts the characters before which a value may begin.
pub(super) fn takes_much(json: &str, file: usize) -> bool {
    let values = json.bytes().filter(|byte| matches!(byte, b',' | b'[' | b'{')).count();
    values.saturating_mul(BYTES_A_VALUE) > ALWAYS.max(file.saturating_mul(FOR_A_BYTE))
}

/// The length of the header, read from the first bytes of a file.
pub(super) fn header_len(content: &[u8]) -> u64 {
    content.first_chunk::<LENGTH>().map_or(0, |bytes| u64::from_le_bytes(*bytes))
}

/// Name, type and shape of a tensor of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TensorShape {
    /// The name; that of PyTorch for the weights of a network.
    pub name: String,
    /// The type of the numbers, such as `F32`.
    pub dtype: String,
    /// The sizes of the dimensions.
    pub shape: Vec<usize>,
}

impl TensorShape {
    /// Number of values.
    pub fn count(&self) -> usize {
        self.shape.iter().product()
    }
}

/// A safetensors file in memory. It is read once, so that the source may be a pipe.
#[derive(Clone)]
pub struct TensorFile(Arc<Content>);

impl fmt::Debug for TensorFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TensorFile").finish_non_exhaustive()
    }
}

struct Content {
    path: PathBuf,
    bytes: Vec<u8>,
    header: Metadata,
    /// Offset of the values of the tensors.
    from: usize,
}

impl TensorFile {
    /// Reads a file.
    ///
    /// # Errors
    /// [`Error::Unreadable`]; [`Error::File`] if it is not a safetensors file, or a damaged file of elman.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let unreadable = |source| Error::Unreadable { path: path.to_owned(), source };
        if path.is_dir() {
            return Err(refused(path, "a directory, and a file is wanted".to_owned()));
        }
        Self::from_reader(File::open(path).map_err(unreadable)?, path)
    }

    /// Reads a file from `source`; errors name it `path`.
    ///
    /// # Errors
    /// As [`read`](TensorFile::read).
    pub fn from_reader(mut source: impl Read, path: &Path) -> Result<Self, Error> {
        let mut bytes = Vec::new();
        let mut read = |len: u64, bytes: &mut Vec<u8>| {
            let read = (&mut source).take(len).read_to_end(bytes);
            read.map_err(|source| Error::Unreadable { path: path.to_owned(), source })
        };
        read(LENGTH as u64, &mut bytes)?;
        if bytes.len() < LENGTH {
            return Err(not_safetensors(path, "it has no header"));
        }
        let header = header_len(&bytes);
        if header > LONGEST_HEADER {
            return Err(not_safetensors(path, "its header is too long"));
        }
        read(header, &mut bytes)?;
        let metadata: Metadata =
            serde_json::from_slice(&bytes[LENGTH..]).map_err(|e| not_safetensors(path, e))?;
        // A pipe or a device may have no end: read only as much as the header claims, and one byte to see whether the
        // file ends there. Reserve once: a vector that grows has up to half of its capacity unused.
        let len = (metadata.data_len() as u64).saturating_add(1);
        bytes.reserve_exact(usize::try_from(len).unwrap_or(usize::MAX).min(MAX_IN_ADVANCE));
        read(len, &mut bytes)?;
        Self::of(bytes, path)
    }

    /// Parses the content of a file; errors name it `path`.
    ///
    /// # Errors
    /// [`Error::File`] if it is not a safetensors file, or a damaged file of elman.
    pub fn of(bytes: Vec<u8>, path: &Path) -> Result<Self, Error> {
        // A damaged file is reported as damaged, even if its header cannot be parsed either.
        if seal::is_whole(&bytes) == Some(false) {
            let reason = "damaged: the SHA-256 hash does not match the content; use another copy of the file, or \
                          train the model again";
            return Err(refused(path, reason.to_owned()));
        }
        let (len, header) =
            SafeTensors::read_metadata(&bytes).map_err(|e| not_safetensors(path, e))?;
        Ok(Self(Arc::new(Content { path: path.to_owned(), bytes, header, from: LENGTH + len })))
    }

    /// The path that the file was read from.
    pub fn path(&self) -> &Path {
        &self.0.path
    }

    /// Bytes of the file.
    pub fn size(&self) -> usize {
        self.0.bytes.len()
    }

    /// SHA-256 of the file in hexadecimal digits, as `sha256sum` prints it.
    pub fn sha256(&self) -> String {
        seal::hex_digits(Sha256::digest(&self.0.bytes))
            .iter()
            .map(|digit| char::from(*digit))
            .collect()
    }

    /// The tensors, in the order of their values in the file.
    pub fn tensors(&self) -> Vec<TensorShape> {
        let mut tensors: Vec<(&TensorInfo, String)> =
            self.0.header.tensors().into_iter().map(|(name, info)| (info, name)).collect();
        tensors.sort_by_key(|(info, _)| info.data_offsets);
        let shape = |(info, name): (&TensorInfo, String)| TensorShape {
            name,
            dtype: format!("{:?}", info.dtype),
            shape: info.shape.clone(),
        };
        tensors.into_iter().map(shape).collect()
    }

    /// Whether elman wrote the file, and not another program.
    pub fn is_of_elman(&self) -> bool {
        self.json().is_some()
    }

    /// The model file, if elman wrote it.
    ///
    /// # Errors
    /// [`Error::File`] if another program wrote or changed it, or if it has another version.
    pub fn model<T: Real>(&self) -> Result<ModelFile<T>, Error> {
        ModelFile::of(self.clone())
    }

    /// Reads the weights for `model`, under PyTorch's names, from a file of any program.
    ///
    /// # Errors
    /// [`Error::File`] if a weight is missing, not finite, or has another shape than in the model.
    pub fn weights<T: Real>(&self, model: &Model<T>) -> Result<Params<T>, Error> {
        if self.is_of_elman() {
            self.check_hash()?;
        }
        let mut params = Params::zeros(model.layout());
        for variable in model.layout().variables() {
            let name = &variable.name;
            let (dtype, read): (Dtype, fn(&[u8]) -> f64) = match self.info(name)?.dtype {
                Dtype::F64 => (Dtype::F64, f64::read_le),
                _ => (Dtype::F32, |bytes| f64::from(f32::read_le(bytes))),
            };
            let bytes = self.bytes(name, dtype, &variable.shape)?;
            let id = params.find(name).expect("a variable of this layout");
            let values = bytes.chunks_exact(dtype.bitsize() / 8);
            for (to, bytes) in params.get_mut(id).iter_mut().zip(values) {
                *to = T::from_f64(read(bytes));
                self.check_finite(name, *to)?;
            }
        }
        Ok(params)
    }

    /// The JSON document of a file of elman.
    fn json(&self) -> Option<&str> {
        self.0.header.metadata().as_ref()?.get("elman").map(String::as_str)
    }

    fn check_hash(&self) -> Result<(), Error> {
        match seal::is_whole(&self.0.bytes) {
            Some(true) => Ok(()),
            _ => Err(self.refused(
                "it has no hash: made by an older elman, or changed by another program; train it again"
                    .to_owned(),
            )),
        }
    }

    pub(super) fn document(&self) -> Result<Document, Error> {
        #[derive(Deserialize)]
        struct Version {
            format_version: u32,
        }
        let json = self.json().ok_or_else(|| {
            self.refused("not written by elman: its metadata has no `elman`".to_owned())
        })?;
        let bad = |e: serde_json::Error| self.refused(format!("its document is damaged: {e}"));
        let Version { format_version } = serde_json::from_str(json).map_err(bad)?;
        if format_version > FORMAT_VERSION {
            return Err(self.refused(format!(
                "written by a later elman (format {format_version}; this one reads up to {FORMAT_VERSION}): \
                 install the current version"
            )));
        }
        self.check_hash()?;
        if takes_much(json, self.0.bytes.len()) {
            let reason = "its document takes far more memory than the file".to_owned();
            return Err(self.refused(reason));
        }
        serde_json::from_str(json).map_err(bad)
    }

    /// The number of tensors.
    pub(super) fn count(&self) -> usize {
        self.0.header.tensors().len()
    }

    fn info(&self, name: &str) -> Result<&TensorInfo, Error> {
        self.0.header.info(name).ok_or_else(|| self.refused(format!("`{name}` is missing")))
    }

    /// The bytes of a tensor of this type and shape.
    pub(super) fn bytes(&self, name: &str, dtype: Dtype, shape: &[usize]) -> Result<&[u8], Error> {
        let info = self.info(name)?;
        if info.dtype != dtype || info.shape != shape {
            let reason = format!(
                "`{name}` is {:?} {:?} where the model has {dtype:?} {shape:?}",
                info.dtype, info.shape
            );
            return Err(self.refused(reason));
        }
        let (from, to) = info.data_offsets;
        let bytes = self.0.bytes.get(self.0.from..).and_then(|values| values.get(from..to));
        bytes.ok_or_else(|| self.refused(format!("`{name}` ends after the end of the file")))
    }

    pub(super) fn check_finite<T: Real>(&self, name: &str, value: T) -> Result<(), Error> {
        if value.to_f64().is_finite() {
            return Ok(());
        }
        Err(self.refused(format!("`{name}` has the value {value}, which is not finite")))
    }

    pub(super) fn refused(&self, reason: String) -> Error {
        refused(self.path(), reason)
    }
}

fn refused(path: &Path, reason: String) -> Error {
    Error::File { path: path.to_owned(), reason }
}

fn not_safetensors(path: &Path, e: impl fmt::Display) -> Error {
    refused(path, format!("not a safetensors file ({e})"))
}
