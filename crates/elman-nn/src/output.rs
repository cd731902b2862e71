//! Output files: each is written as a whole, and only by one program at a time.

mod lock;

use std::fs::{self, File, Permissions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile};

pub use lock::{Lock, LockError};

/// Puts `content` into the file `path`, so that at every moment the file has either its old content or the new.
///
/// The content goes into a new file of a random name in the same folder, which then takes the place of the old one
/// and its permissions. Where `path` is a symbolic link, the file behind it is replaced and the link stays. A device,
/// a pipe and an open file such as `/dev/stdout` are written to directly.
///
/// # Errors
/// What the file system says; an existing file is then as it was.
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
    // The new content is in place: a file system that cannot sync a folder costs nothing.
    #[cfg(unix)]
    let _ = File::open(folder(&path)).and_then(|folder| folder.sync_all());
    Ok(())
}

/// Whether [`replace`] could write `path` now; leaves nothing behind and touches no file that is there.
///
/// # Errors
/// What the file system says.
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

/// Whether `path` is no file of a disk, or an open file of this program under a name.
pub fn is_stream(path: &Path) -> bool {
    const OPEN: [&str; 4] = ["/dev/fd", "/dev/stdout", "/dev/stderr", "/proc"];
    let is_open = OPEN.iter().any(|folder| path.starts_with(folder));
    fs::metadata(path).is_ok_and(|file| is_open || !file.is_file())
}

/// The permissions of the file that is to be replaced, if there is one. A file that may not be written to may not be
/// replaced either, though its folder would allow it.
fn permissions(path: &Path) -> io::Result<Option<Permissions>> {
    match File::options().write(true).open(path) {
        Ok(file) => Ok(Some(file.metadata()?.permissions())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// A new file beside `path`, of a name that nobody can foresee and that was not there before.
fn beside(path: &Path) -> io::Result<NamedTempFile> {
    let mut builder = Builder::new();
    builder.prefix(".elman-").suffix(".tmp");
    // A new file is as open as any other that its owner makes.
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

/// The most links that lead from one to the next, as on Linux.
const MOST_LINKS: usize = 40;

/// The file that is meant by `path`, which need not be there yet.
fn behind_links(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_owned();
    for _ in 0..MOST_LINKS {
        match fs::read_link(&path) {
            Ok(target) => path = folder(&path).join(target),
            Err(_) => return Ok(path),
        }
    }
    Err(io::Error::other("too many symbolic links"))
}
