//! A lock by which only one program writes a file at a time.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use super::{behind_links, is_stream};

/// An exclusive lock for writing a file, released when it is dropped or when its program ends.
///
/// The operating system locks a hidden file `.NAME.lock` in the same folder, because the file itself is replaced
/// while it is locked. A killed program leaves an empty lock file, which blocks nobody.
#[derive(Debug)]
pub struct Lock {
    /// The locked file and its path; `None` if there is nothing to lock.
    held: Option<(File, PathBuf)>,
}

/// The error of locking a file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LockError {
    /// Another program holds the lock.
    #[error("another program is writing it")]
    Taken,
    /// The error of the file system.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl Lock {
    /// Locks `path`, which need not exist. Does nothing for a device or a pipe, and on a file system without
    /// locks.
    ///
    /// # Errors
    /// [`LockError::Taken`] if another program, or another part of this program, holds the lock.
    pub fn take(path: &Path) -> Result<Self, LockError> {
        if is_stream(path) {
            return Ok(Self { held: None });
        }
        let path = behind_links(path)?;
        let mut name = std::ffi::OsString::from(".");
        name.push(path.file_name().ok_or(io::Error::from(io::ErrorKind::InvalidInput))?);
        name.push(".lock");
        let name = path.with_file_name(name);
        loop {
            let file = open(&name)?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Err(LockError::Taken),
                Err(TryLockError::Error(_)) => return Ok(Self { held: None }),
            }
            // The previous owner may have removed the file between the two calls.
            if is_named(&file, &name) {
                return Ok(Self { held: Some((file, name)) });
            }
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Removed while it is still locked, so that nobody else holds a lock under this name. The file stays on systems
        // where other programs cannot detect its removal, and if its content was changed.
        let Some((file, name)) = &self.held else { return };
        if cfg!(unix) && file.metadata().is_ok_and(|file| file.len() == 0) {
            let _ = fs::remove_file(name);
        }
    }
}

/// Opens the lock file, and creates it if it does not exist; never follows a link.
fn open(name: &Path) -> io::Result<File> {
    match File::options().write(true).create_new(true).open(name) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        made => return made,
    }
    match fs::symlink_metadata(name) {
        Ok(file) if file.is_file() => {}
        // Removed by another program in between.
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        _ => return Err(io::Error::other(format!("{} is no file to lock", name.display()))),
    }
    File::options().write(true).create(true).truncate(false).open(name)
}

/// Whether `file` is still the file at path `name`.
#[cfg(unix)]
fn is_named(file: &File, name: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let identity = |file: fs::Metadata| (file.dev(), file.ino());
    let named = fs::symlink_metadata(name).map(identity);
    matches!((file.metadata().map(identity), named), (Ok(file), Ok(named)) if file == named)
}

/// Always true: on these systems nobody removes a lock file.
#[cfg(not(unix))]
fn is_named(_file: &File, _name: &Path) -> bool {
    true
}
