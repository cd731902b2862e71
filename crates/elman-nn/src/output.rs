//! Output files: each is written atomically, and by only one program at a time.

mod lock;

use std::fs::{self, File, Permissions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile};

pub use lock::{Lock, LockError};

/// Replaces the content of the file `path` by `content` atomically: it always has its old content or the new.
///
/// Writes `content` to a new file with a random name in the same folder, and renames that file to `path`, with the
/// permissions of the old file. If `path` is a symbolic link, its target is replaced and the link stays. A device,
/// a pipe and an open file such as `/dev/stdout` are written to directly.
///
/// # Errors
/// The error of the file system; an existing file is then unchanged.
pub fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    if is_stream(path) {
        return File::options().append(true).open(path)?.write_all(content);
    }
    let path = behind_links(path)?;
    let old = permissions(&path)?;
    let mut new = beside(&path)?;
    new.write_all(content)?;
    if let Some(permissions) = old {
        fs::set_permissions(new.path(), permissions)?;
    }
    new.as_file().sync_all()?;
    new.persist(&path)?;
    // The new content is in place: an error is ignored where a file system cannot sync a folder.
    #[cfg(unix)]
    let _ = File::open(folder(&path)).and_then(|folder| folder.sync_all());
    Ok(())
}

/// Checks whether [`replace`] could write `path` now; creates no file and changes no existing one.
///
/// # Errors
/// The error of the file system.
pub fn check(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    if is_stream(path) {
        return Ok(());
    }
    let path = behind_links(path)?;
    permissions(&path)?;
    beside(&path).map(drop)
}

/// Whether `path` is not a regular file, or is an open file of this program such as `/dev/stdout`.
pub fn is_stream(path: &Path) -> bool {
    const OPEN: [&str; 4] = ["/dev/fd", "/dev/stdout", "/dev/stderr", "/proc"];
    let is_open = OPEN.iter().any(|folder| path.starts_with(folder));
    fs::metadata(path).is_ok_and(|file| is_open || !file.is_file())
}

/// The permissions of the file to replace, if it exists. A file that is not writable is not replaced
/// either, even if its folder would allow it.
fn permissions(path: &Path) -> io::Result<Option<Permissions>> {
    match File::options().write(true).open(path) {
        Ok(file) => Ok(Some(file.metadata()?.permissions())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Creates a new file in the folder of `path`, with an unpredictable name that did not exist before.
fn beside(path: &Path) -> io::Result<NamedTempFile> {
    let mut builder = Builder::new();
    builder.prefix(".elman-").suffix(".tmp");
    // A new file gets the default permissions of its owner's files.
    #[cfg(unix)]
    let builder = {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(Permissions::from_mode(0o666))
    };
    if path.file_name().is_none() {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    builder.tempfile_in(folder(path))
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// The longest chain of symbolic links that is followed, as on Linux.
const MAX_LINKS: usize = 40;

/// Resolves the symbolic links of `path`; the file need not exist.
fn behind_links(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_owned();
    for _ in 0..MAX_LINKS {
        match fs::read_link(&path) {
            Ok(target) => path = folder(&path).join(target),
            Err(_) => return Ok(path),
        }
    }
    Err(io::Error::other("too many symbolic links"))
}
