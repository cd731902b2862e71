//! Which files are written, and that none is lost by it.

use std::path::{Path, PathBuf};

use elman::nn::file::ModelFile;
use elman::nn::output::{self, Lock, LockError};
use elman::report::Format;

use super::kind::{self, Kind};
use crate::failure::{FAILED, Failure, USAGE};

/// The right to write the files of a training for as long as it takes.
#[must_use]
pub struct Locks(#[expect(dead_code, reason = "held until the end")] [Lock; 2]);

/// Checks that a training can write its model, its checkpoints and its pictures before any time is spent, and that no
/// other training does.
pub fn check_outputs(
    inputs: &[Option<&PathBuf>],
    models: [&PathBuf; 2],
    plots: &[PathBuf],
) -> Result<Locks, Failure> {
    can_write(&models.map(PathBuf::as_path), plots)?;
    are_apart(inputs, models.into_iter().chain(plots))?;
    let [model, checkpoint] = models.map(|model| lock(model, "training"));
    let locks = Locks([model?, checkpoint?]);
    models.into_iter().try_for_each(|model| may_hold_model(model))?;
    Ok(locks)
}

/// Locks a file that `work` writes.
pub fn lock(path: &Path, work: &str) -> Result<Lock, Failure> {
    Lock::take(path).map_err(|error| match error {
        LockError::Taken => taken(path, work),
        error => cannot_write(path, &error),
    })
}

/// That another program is at work on a file.
pub fn taken(path: &Path, work: &str) -> Failure {
    let message = format!(
        "another {work} is writing {}\n  help: wait until it has ended, or choose another name",
        path.display()
    );
    Failure::new(FAILED, message)
}

/// That a file cannot be written.
pub fn cannot_write(path: &Path, why: &dyn std::fmt::Display) -> Failure {
    Failure::new(FAILED, format!("cannot write {}: {why}", path.display()))
}

/// Refuses to write a model over a file that is none.
pub fn may_hold_model(path: &Path) -> Result<(), Failure> {
    // A pipe or a device holds nothing that could be lost, and to open it could wait for ever.
    if path.is_file() && ModelFile::<f32>::read(path).is_err() {
        let message = format!(
            "{} exists and is not a model of elman\n  help: choose another file with `--save`, or \
             remove it first",
            path.display()
        );
        return Err(Failure::new(FAILED, message));
    }
    Ok(())
}

/// Refuses early what would fail after a long training: a picture of an unknown kind or in the place of another file,
/// a folder that is not there or may not be written to.
pub fn can_write(paths: &[&Path], plots: &[PathBuf]) -> Result<(), Failure> {
    for plot in plots {
        Format::of(plot).map_err(|e| {
            let example = plot.with_extension("png");
            Failure::new(USAGE, format!("{e}\n  help: name it {}", example.display()))
        })?;
    }
    for path in paths.iter().copied().chain(plots.iter().map(PathBuf::as_path)) {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
            let (path, folder) = (path.display(), folder.display());
            let message = format!(
                "cannot write {path}: there is no folder {folder}\n  help: create it first, or choose another"
            );
            return Err(Failure::new(FAILED, message));
        }
        if path.as_os_str() == "-" {
            let message =
                "`-` means stdout, and this file cannot be written to stdout\n  help: name a file";
            return Err(Failure::new(USAGE, message));
        }
        if path.is_dir() {
            return Err(cannot_write(path, &"it is a folder\n  help: name a file in it"));
        }
        output::check(path).map_err(|e| cannot_write(path, &e))?;
    }
    plots.iter().try_for_each(|plot| match Format::of(plot) {
        Ok(Format::Png) => kind::may_replace(plot, Kind::Png),
        Ok(Format::Svg) => kind::may_replace(plot, Kind::Svg),
        Ok(Format::Html) => kind::may_replace(plot, Kind::Html),
        _ => Ok(()),
    })
}

/// Refuses to write over what is read, or two outputs into one file.
pub fn are_apart<'a>(
    inputs: &[Option<&PathBuf>],
    outputs: impl Iterator<Item = &'a PathBuf>,
) -> Result<(), Failure> {
    let mut taken: Vec<PathBuf> = inputs.iter().flatten().map(|path| real(path)).collect();
    for output in outputs {
        let path = real(output);
        if taken.contains(&path) {
            let message = format!("{} is named for two outputs", output.display());
            return Err(Failure::new(USAGE, format!("{message}\n  help: choose another name")));
        }
        taken.push(path);
    }
    Ok(())
}

/// Whether two paths are those of one file, which need not be there yet.
pub fn is_same(a: &Path, b: &Path) -> bool {
    real(a) == real(b)
}

/// One name for one file, however it is written, though it need not be there yet.
fn real(path: &Path) -> PathBuf {
    let in_folder = || {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new(".")).canonicalize().ok()?;
        Some(folder.join(path.file_name()?))
    };
    path.canonicalize().ok().or_else(in_folder).unwrap_or_else(|| path.to_owned())
}

/// Writes a file as a whole: what stood there before stays until the new content is complete.
pub fn replace(path: &Path, content: &[u8]) -> Result<(), Failure> {
    output::replace(path, content).map_err(|e| cannot_write(path, &e))
}

/// The files at the end of a long work. One that cannot be written costs none of the others, and no line of the
/// results: the failure comes at the end.
#[derive(Default)]
pub struct Written {
    /// Those that are complete, in turn.
    pub files: Vec<PathBuf>,
    failure: Option<Failure>,
}

impl Written {
    /// Takes note of an attempt to write `path`.
    pub fn attempt(&mut self, path: &Path, attempt: Result<(), impl Into<Failure>>) {
        match attempt {
            Ok(()) => self.files.push(path.to_owned()),
            Err(failure) => _ = self.failure.get_or_insert(failure.into()),
        }
    }

    /// Whether `path` is complete.
    pub fn has(&self, path: Option<&PathBuf>) -> bool {
        path.is_some_and(|path| self.files.contains(path))
    }

    /// The end of the work: the first failure, if there was one.
    pub fn end(self) -> Result<(), Failure> {
        self.failure.map_or(Ok(()), Err)
    }
}
