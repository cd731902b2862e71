//! That only one program writes a file for as long as its work takes.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use super::{behind_links, is_stream};

/// The right to write a file, until it is dropped or its program ends in any way.
///
/// The operating system keeps it on a hidden file `.NAME.lock` beside the file, because the file itself is replaced
/// while it is held. What a killed program leaves of that is empty and holds up nobody.
#[derive(Debug)]
pub struct Lock {
    /// The open file that is locked, and its name; `None` where there is nothing to lock.
    held: Option<(File, PathBuf)>,
}

/// Why a file could not be locked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LockError {
    /// Another program has it.
    #[error("another program is writing it")]
    Taken,
    /// The file system refused.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl Lock {
    /// Locks `path`, which need not be there. A device or a pipe, and a file on a file system that has no locks, is
    /// anybody's.
    ///
    /// # Errors
    /// [`LockError::Taken`] if another program, or another part of this one, has locked it.
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
            // Whoever had it before may have removed the name between the two calls.
            if is_named(&file, &name) {
                return Ok(Self { held: Some((file, name)) });
            }
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Removed while it is still locked, so that nobody has it under this name. Where another program could not
        // see that it is gone, and where it is not as it was made, it stays.
        let Some((file, name)) = &self.held else { return };
        if cfg!(unix) && file.metadata().is_ok_and(|file| file.len() == 0) {
            let _ = fs::remove_file(name);
        }
    }
}

/// Opens the file that is locked, and makes it if need be; never one behind a link.
fn open(name: &Path) -> io::Result<File> {
    match File::options().write(true).create_new(true).open(name) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        made => return made,
    }
    match fs::symlink_metadata(name) {
        Ok(file) if file.is_file() => {}
        // Removed in between.
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        _ => return Err(io::Error::other(format!("{} is no file to lock", name.display()))),
    }
    File::options().write(true).create(true).truncate(false).open(name)
}

/// Whether `file` is the one that has this name now.
#[cfg(unix)]
fn is_named(file: &File, name: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let identity = |file: fs::Metadata| (file.dev(), file.ino());
    let named = fs::symlink_metadata(name).map(identity);
    matches!((file.metadata().map(identity), named), (Ok(file), Ok(named)) if file == named)
}

/// Nobody removes it.
#[cfg(not(unix))]
fn is_named(_file: &File, _name: &Path) -> bool {
    true
}
