//! The errors of this crate.

use std::path::PathBuf;

/// An error of building, training, saving or loading a network.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A tensor does not have the shape that the model needs.
    #[error("`{tensor}`: expected {expected} = {} values, got {got}", expected.len())]
    Shape {
        /// The tensor's name.
        tensor: &'static str,
        /// The expected shape.
        expected: Shape,
        /// The number of values that the tensor has.
        got: usize,
    },
    /// A name is not in its registry.
    #[error(transparent)]
    UnknownName(#[from] crate::registry::UnknownName),
    /// A setting is out of its range.
    #[error("`{name}` = {got}: must be {must_be}")]
    Setting {
        /// The setting's name.
        name: &'static str,
        /// Its value.
        got: String,
        /// The valid values.
        must_be: &'static str,
    },
    /// A file could not be read.
    #[error("cannot read {}: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The error of the operating system.
        source: std::io::Error,
    },
    /// A file could not be written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The error of the operating system.
        source: std::io::Error,
    },
    /// The content of a file is not valid.
    #[error("{}: {reason}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// The reason: the invalid content, and the expected content.
        reason: String,
    },
    /// The loss stayed infinite or NaN after the learning rate was halved several times.
    #[error(
        "training diverged at step {step}: the loss is not finite, and halving the learning rate \
         {halvings} times did not help"
    )]
    Diverged {
        /// The optimizer step whose loss was not finite.
        step: u64,
        /// How many times the learning rate was halved.
        halvings: u32,
    },
}

/// A shape with the letters of its axes: `[T=24, B=32, I=3]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shape(pub [(char, usize); 3]);

impl Shape {
    /// The number of values.
    pub fn len(&self) -> usize {
        self.0.iter().map(|(_, size)| size).product()
    }

    /// Whether there are no values.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Checks the length of a tensor against this shape; called once, by the public functions.
    pub(crate) fn check<T>(self, tensor: &'static str, values: &[T]) -> Result<(), Error> {
        if values.len() == self.len() {
            return Ok(());
        }
        Err(Error::Shape { tensor, got: values.len(), expected: self })
    }
}

impl std::fmt::Display for Shape {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [(a, m), (b, n), (c, o)] = self.0;
        write!(f, "[{a}={m}, {b}={n}, {c}={o}]")
    }
}
