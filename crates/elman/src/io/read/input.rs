//! What is read: a file, a device, a pipe. It is opened once, since the bytes of a pipe come only once: its first
//! bytes are looked at, and handed on with the rest.

use std::fmt;
use std::fs::File;
use std::io::{self, Chain, Cursor, Read};
use std::path::Path;

use crate::error::{Error, Result};

/// Bytes that show what kind of file it is: a safetensors file begins with the length of its header, in eight bytes,
/// and with the brace that opens it.
const HEAD: usize = 9;

/// An open file, device or pipe, of which nothing is lost when its kind is asked.
pub struct Input {
    name: String,
    size: Option<u64>,
    head: Vec<u8>,
    whole: Chain<Cursor<Vec<u8>>, Box<dyn Read>>,
}

impl fmt::Debug for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Input").finish_non_exhaustive()
    }
}

impl Input {
    /// Opens a file.
    ///
    /// # Errors
    /// A file that cannot be opened or read; a directory.
    pub fn open(path: &Path) -> Result<Self> {
        let name = path.display().to_string();
        if path.is_dir() {
            let help = "give a file in it".to_string();
            return Err(Error::NoText { path: name, found: "is a directory".to_string(), help });
        }
        match File::open(path) {
            Ok(file) => {
                let regular = file.metadata().ok().filter(|about| about.is_file());
                let input = Self::of(file, &name)?;
                Ok(Self { size: regular.map(|about| about.len()), ..input })
            }
            Err(source) => Err(Error::Io { path: name, source }),
        }
    }

    /// Takes what comes from `source`; `name` stands for the file in errors.
    ///
    /// # Errors
    /// The first bytes cannot be read.
    pub fn of(source: impl Read + 'static, name: &str) -> Result<Self> {
        let mut rest: Box<dyn Read> = Box::new(source);
        let mut head = Vec::new();
        let read = (&mut rest).take(HEAD as u64).read_to_end(&mut head);
        read.map_err(|source| Error::Io { path: name.to_string(), source })?;
        let whole = Cursor::new(head.clone()).chain(rest);
        Ok(Self { name: name.to_string(), size: None, head, whole })
    }

    /// The name for errors.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The bytes of a regular file; a pipe does not say how many will come.
    pub fn size(&self) -> Option<u64> {
        self.size
    }

    /// Whether it begins as a safetensors file does.
    pub fn is_safetensors(&self) -> bool {
        Self::begins_as_safetensors(&self.head)
    }

    /// Whether bytes begin as a safetensors file does.
    pub(super) fn begins_as_safetensors(bytes: &[u8]) -> bool {
        // No header of a gigabyte is allowed, so that the upper half of its length is zero.
        bytes.len() >= HEAD && bytes[8] == b'{' && bytes[4..8] == [0; 4]
    }
}

impl Read for Input {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.whole.read(into)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::read::{ReadOptions, read_series_from};

    #[test]
    fn what_is_looked_at_is_handed_on() {
        let values: String = (1..=12).map(|value| format!("{value}\n")).collect();
        let input = Input::of(Cursor::new(values.into_bytes()), "pipe").unwrap();
        assert!(!input.is_safetensors());
        assert_eq!((input.name(), input.size()), ("pipe", None));
        let read = read_series_from(input, "pipe", &ReadOptions::default()).unwrap();
        assert_eq!(read.series.values, (1..=12).map(f64::from).collect::<Vec<_>>());
    }

    #[test]
    fn a_model_shows_by_its_first_nine_bytes() {
        let is = |bytes: &'static [u8]| Input::of(bytes, "x").unwrap().is_safetensors();
        assert!(is(b"\x10\0\0\0\0\0\0\0{}"));
        assert!(!is(b"\x10\0\0\0\0\0\0\0"));
        assert!(!is(b"12345678{"));
    }
}
