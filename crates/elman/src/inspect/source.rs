//! The file to describe, which may be read several times.

use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::io::read::memory::Memory;
use crate::io::read::{Input, ReadOptions};

/// A file, or the content of a pipe.
#[derive(Debug, Clone)]
pub struct Source {
    name: String,
    content: Content,
}

#[derive(Debug, Clone)]
enum Content {
    File(PathBuf),
    Bytes(Vec<u8>),
}

impl Source {
    /// A regular file.
    pub fn path(path: impl AsRef<Path>) -> Self {
        let path = path.as_ref();
        Self { name: path.display().to_string(), content: Content::File(path.to_owned()) }
    }

    /// Content in memory; `name` stands for the file in errors.
    pub fn bytes(name: &str, bytes: Vec<u8>) -> Self {
        Self { name: name.to_owned(), content: Content::Bytes(bytes) }
    }

    /// The content of a pipe, which can be read only once.
    ///
    /// # Errors
    /// The pipe cannot be read; more bytes than [`ReadOptions::max_memory`] allows.
    pub fn pipe(input: Input, options: &ReadOptions) -> Result<Self> {
        let name = input.name().to_owned();
        let memory = Memory::of(options, &name);
        let mut bytes = Vec::new();
        // One byte too many shows that the content is too large.
        let read = input.take(memory.left().saturating_add(1)).read_to_end(&mut bytes);
        read.map_err(|source| Error::Io { path: name.clone(), source })?;
        memory.check(bytes.len() as u64)?;
        Ok(Self::bytes(&name, bytes))
    }

    /// The name of the file.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Opens the content from its first byte.
    ///
    /// # Errors
    /// A file that cannot be opened or read.
    pub fn open(&self) -> Result<Input> {
        match &self.content {
            Content::File(path) => Input::open(path),
            Content::Bytes(bytes) => Input::of(Cursor::new(bytes.clone()), &self.name),
        }
    }
}
