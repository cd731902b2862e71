//! What can go wrong in this crate.

use std::path::PathBuf;

/// An error of the networks.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A tensor does not have the shape the model needs.
    #[error("`{tensor}`: expected {expected} = {} values, got {got}", expected.len())]
    Shape {
        /// The tensor's name.
        tensor: &'static str,
        /// The shape it should have.
        expected: Shape,
        /// The number of values it has.
        got: usize,
    },
    /// A name is in no registry.
    #[error("there is no {family} called `{name}`; there are {}", known.join(", "))]
    Unknown {
        /// What was looked for: cell, loss, …
        family: &'static str,
        /// The name that was given.
        name: String,
        /// The names that exist.
        known: Vec<&'static str>,
    },
    /// A setting is out of its range.
    #[error("`{name}` = {got}: must be {must_be}")]
    Setting {
        /// The setting's name.
        name: &'static str,
        /// Its value.
        got: String,
        /// The values that make sense.
        must_be: &'static str,
    },
    /// A file could not be read.
    #[error("cannot read {}: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// A file could not be written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// A file is not what it should be.
    #[error("{}: {reason}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong with it, and what it should be.
        reason: String,
    },
    /// The loss stayed infinite or NaN although the learning rate was halved again and again.
    #[error(
        "training diverged at step {step}: the loss is not finite, and halving the learning rate \
         {halvings} times did not help"
    )]
    Diverged {
        /// The step whose loss was not finite.
        step: u64,
        /// How often the learning rate had been halved.
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

    /// Checks a tensor against this shape, once, at the public door.
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
