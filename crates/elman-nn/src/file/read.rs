//! Reading model files, which may be damaged or written by another program.
//!
//! The hash is checked first. Tensors stay bytes of the file until they are requested, and their shapes are compared
//! with the layout of the network before its weights are allocated. So reading takes memory for the file and for the
//! weights in it, and never for sizes that only the document claims.

use std::fmt;
use std::io::Read;
use std::marker::PhantomData;
use std::path::Path;

use elman_math::Real;
use safetensors::Dtype;

use super::{Document, TensorFile, dtype};
use crate::error::Error;
use crate::model::{Model, ModelConfig};
use crate::params::Params;

/// The fewest variables of a recurrent layer.
const MIN_VARIABLES: usize = 4;

/// Which values a tensor may have.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Values {
    /// Finite values only.
    Finite,
    /// Any value: the last optimizer step of a checkpoint may have exploded; the next step detects it and rolls back.
    Any,
}

/// A model file in memory: its document and its tensors.
pub struct ModelFile<T> {
    /// The part of the file that is not a tensor.
    pub document: Document,
    file: TensorFile,
    of: PhantomData<T>,
}

impl<T> fmt::Debug for ModelFile<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ModelFile").field("document", &self.document).finish_non_exhaustive()
    }
}

impl<T: Real> ModelFile<T> {
    /// Reads a model file or a checkpoint.
    ///
    /// # Errors
    /// [`Error::Unreadable`]; [`Error::File`] if it is not a safetensors file of elman, of another version, or damaged.
    pub fn read(path: &Path) -> Result<Self, Error> {
        TensorFile::read(path)?.model()
    }

    /// Reads a model file from `source`, which may be a pipe; errors name it `path`.
    ///
    /// # Errors
    /// As [`read`](ModelFile::read).
    pub fn from_reader(source: impl Read, path: &Path) -> Result<Self, Error> {
        TensorFile::from_reader(source, path)?.model()
    }

    pub(super) fn of(file: TensorFile) -> Result<Self, Error> {
        Ok(Self { document: file.document()?, file, of: PhantomData })
    }

    /// The path that the file was read from.
    pub fn path(&self) -> &Path {
        self.file.path()
    }

    /// Builds the network of `config` and reads its weights, whose names start with `prefix`.
    ///
    /// # Errors
    /// [`Error::File`] for sizes out of range, and for a variable that is missing, has another type or shape, or is not
    /// finite.
    pub fn model(
        &self,
        config: &ModelConfig,
        prefix: &str,
    ) -> Result<(Model<T>, Params<T>), Error> {
        // The layout of a network of a million layers would take more memory than the file.
        if config.num_layers > self.file.count() / MIN_VARIABLES {
            let reason = format!("it has too few tensors for {} layers", config.num_layers);
            return Err(self.refused(reason));
        }
        let model = Model::new(config.clone()).map_err(|e| self.refused(e.to_string()))?;
        let params = self.params(&model, prefix)?;
        Ok((model, params))
    }

    /// Reads the weights of `model`, whose names start with `prefix`; it is empty for the model's own weights.
    ///
    /// # Errors
    /// [`Error::File`] for a variable that is missing, has another type or shape, or is not finite.
    pub fn params(&self, model: &Model<T>, prefix: &str) -> Result<Params<T>, Error> {
        for variable in model.layout().variables() {
            let name = format!("{prefix}{}", variable.name);
            self.file.bytes(&name, dtype::<T>(), &variable.shape)?;
        }
        let mut params = Params::zeros(model.layout());
        self.fill(&mut params, prefix, Values::Finite)?;
        Ok(params)
    }

    /// Reads every variable of `params` from `prefix` + its name.
    pub(crate) fn fill(
        &self,
        params: &mut Params<T>,
        prefix: &str,
        values: Values,
    ) -> Result<(), Error> {
        let layout = params.layout().clone();
        for variable in layout.variables() {
            let id = params.find(&variable.name).expect("a variable of this layout");
            let name = format!("{prefix}{}", variable.name);
            self.tensor(&name, &variable.shape, params.get_mut(id), values)?;
        }
        Ok(())
    }

    /// Reads one tensor.
    pub(crate) fn tensor(
        &self,
        name: &str,
        shape: &[usize],
        to: &mut [T],
        values: Values,
    ) -> Result<(), Error> {
        let bytes = self.file.bytes(name, dtype::<T>(), shape)?;
        for (to, bytes) in to.iter_mut().zip(bytes.chunks_exact(T::BYTES)) {
            *to = T::read_le(bytes);
            if values == Values::Finite {
                self.file.check_finite(name, *to)?;
            }
        }
        Ok(())
    }

    /// Reads `count` numbers in double precision.
    pub(crate) fn doubles(&self, name: &str, count: usize) -> Result<Vec<f64>, Error> {
        let bytes = self.file.bytes(name, Dtype::F64, &[count])?;
        let numbers: Vec<f64> = bytes.chunks_exact(f64::BYTES).map(f64::read_le).collect();
        numbers.iter().try_for_each(|number| self.file.check_finite(name, *number))?;
        Ok(numbers)
    }

    /// The error for invalid content of this file.
    pub fn refused(&self, reason: String) -> Error {
        self.file.refused(reason)
    }
}
