//! The log of a search: one line of JSON for each result, from which the same search goes on.

use std::fs::{File, TryLockError};
use std::io::{self, Read, Write};
use std::path::Path;
use std::sync::Mutex;

use elman::nn::output;
use elman::select::TunedTrial;
use serde_json::Value;

use crate::failure::{Failure, USAGE};
use crate::files;

/// A log, locked against other searches and ready to be written on.
pub struct Log(Mutex<Written>);

struct Written {
    file: File,
    /// Bytes of whole lines.
    length: u64,
    is_stream: bool,
    /// Why a line could not be written, the first time.
    failed: Option<io::Error>,
}

impl Log {
    /// Opens the log of `search`, or makes it, and reads the results in it. A line that a killed program left
    /// unfinished counts as none.
    pub fn open(path: &Path, search: &Value) -> Result<(Self, Vec<TunedTrial>), Failure> {
        let io = |e: io::Error| files::cannot_write(path, &e);
        let is_stream = output::is_stream(path);
        let mut options = File::options();
        let mut file = options.read(!is_stream).append(true).create(true).open(path).map_err(io)?;
        if let (false, Err(TryLockError::WouldBlock)) = (is_stream, file.try_lock()) {
            return Err(files::taken(path, "search"));
        }
        let mut content = Vec::new();
        if !is_stream {
            file.read_to_end(&mut content).map_err(io)?;
        }
        let header = format!("{search}\n");
        let whole = content.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        let mut lines = content[..whole].split(|byte| *byte == b'\n');
        let is_ours = match lines.next().filter(|_| whole > 0) {
            Some(first) => serde_json::from_slice::<Value>(first).ok().as_ref() == Some(search),
            None => header.as_bytes().starts_with(&content),
        };
        if !is_ours {
            let message = format!(
                "{} is the log of another search, or none\n  help: other data, options or seed? Name another \
                 file with `--log`, or remove this one",
                path.display()
            );
            return Err(Failure::new(USAGE, message));
        }
        let known = lines.filter_map(|line| serde_json::from_slice(line).ok()).collect();
        if whole < content.len() {
            file.set_len(whole as u64).map_err(io)?;
        }
        let mut log = Written { file, length: whole as u64, is_stream, failed: None };
        if whole == 0 {
            log.append(&header).map_err(io)?;
        }
        Ok((Self(Mutex::new(log)), known))
    }

    /// Adds a result. A failure is remembered, and costs the search nothing.
    pub fn add(&self, tried: &TunedTrial) {
        let Ok(mut log) = self.0.lock() else { return };
        let line = serde_json::to_string(tried).map_err(io::Error::from);
        if let Err(error) = line.and_then(|line| log.append(&format!("{line}\n"))) {
            log.failed.get_or_insert(error);
        }
    }

    /// Why a result is missing in it, if one is.
    pub fn failed(self) -> Option<io::Error> {
        self.0.into_inner().ok()?.failed
    }
}

impl Written {
    /// Writes a line at once, so that no other can come between, and makes sure of it. What a full disk takes of it
    /// is taken back: the next line begins at the start of one.
    fn append(&mut self, line: &str) -> io::Result<()> {
        let written = self.file.write_all(line.as_bytes());
        if self.is_stream {
            return written;
        }
        let synced = written.and_then(|()| self.file.sync_data());
        match synced {
            Ok(()) => self.length += line.len() as u64,
            Err(_) => self.file.set_len(self.length)?,
        }
        synced
    }
}
