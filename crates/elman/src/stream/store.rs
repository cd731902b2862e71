//! State file of a stream: an embedded database (redb), in which each save is one transaction. A process that is killed leaves
//! the state of its last save.

use std::fmt;
use std::path::{Path, PathBuf};

use redb::{
    Builder, Database, Durability, ReadableDatabase, ReadableTableMetadata, TableDefinition,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::saved::{SavedStream, SavedStreamSeries};
use crate::error::{Error, Result};

/// States by the names of their series.
const SERIES: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("series");
/// The state that all series share, and the position of the last save in the input.
const STREAM: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("stream");
const SHARED: &str = "shared";
const POSITION: &str = "position";

/// Memory in which the pages of the file are kept, in bytes. The default of redb, 1 GiB, is more than the states of most streams.
const CACHE: usize = 64 << 20;

/// State file of a stream. One process at a time has it open.
pub struct StateStore {
    database: Database,
    path: PathBuf,
}

impl fmt::Debug for StateStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StateStore").field("path", &self.path).finish_non_exhaustive()
    }
}

impl StateStore {
    /// Opens the state file `path`, or makes an empty one.
    ///
    /// # Errors
    /// A file of another kind, one that another process has open, or one that cannot be read or written.
    pub fn open(path: &Path) -> Result<Self> {
        let mut builder = Builder::new();
        builder.set_cache_size(CACHE);
        let database = builder.create(path).map_err(|error| cannot_open(path, &error))?;
        let store = Self { database, path: path.to_owned() };
        // The tables of a new file.
        store.transaction(|write| {
            write.open_table(SERIES)?;
            write.open_table(STREAM)?;
            Ok(())
        })?;
        Ok(store)
    }

    /// Path of the file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Position of the caller in the input at the last save; 0 before it.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn position(&self) -> Result<u64> {
        let bytes = self.value(STREAM, POSITION)?;
        let Some(bytes) = bytes else { return Ok(0) };
        let bytes = bytes.try_into().map_err(|_| damaged(&self.path, "its position is damaged"));
        Ok(u64::from_le_bytes(bytes?))
    }

    /// Number of series.
    pub(super) fn len(&self) -> Result<usize> {
        let read = self.database.begin_read().map_err(|error| self.unreadable(error.into()))?;
        let table = read.open_table(SERIES).map_err(|error| self.unreadable(error.into()))?;
        Ok(table.len().map_err(|error| self.unreadable(error.into()))? as usize)
    }

    pub(super) fn contains(&self, name: &str) -> Result<bool> {
        Ok(self.value(SERIES, name)?.is_some())
    }

    pub(super) fn shared(&self) -> Result<Option<SavedStream>> {
        self.value(STREAM, SHARED)?.map(|bytes| self.decoded(&bytes)).transpose()
    }

    pub(super) fn series(&self, name: &str) -> Result<Option<SavedStreamSeries>> {
        self.value(SERIES, name)?.map(|bytes| self.decoded(&bytes)).transpose()
    }

    /// Writes the position, the shared state and these series, in one transaction.
    pub(super) fn write<'a>(
        &mut self,
        position: u64,
        shared: &SavedStream,
        series: impl Iterator<Item = (&'a str, Vec<u8>)>,
    ) -> Result<()> {
        let shared = to_bytes(shared)?;
        self.transaction(|write| {
            let mut stream = write.open_table(STREAM)?;
            stream.insert(SHARED, &shared[..])?;
            stream.insert(POSITION, &position.to_le_bytes()[..])?;
            let mut table = write.open_table(SERIES)?;
            for (name, bytes) in series {
                table.insert(name, &bytes[..])?;
            }
            Ok(())
        })
    }

    fn transaction(
        &self,
        change: impl FnOnce(&redb::WriteTransaction) -> std::result::Result<(), redb::Error>,
    ) -> Result<()> {
        let run = || {
            let mut write = self.database.begin_write()?;
            write.set_durability(Durability::Immediate)?;
            change(&write)?;
            write.commit()?;
            Ok(())
        };
        run().map_err(|error: redb::Error| Error::Io {
            path: self.path.display().to_string(),
            source: std::io::Error::other(error),
        })
    }

    fn value(&self, table: TableDefinition<'_, &str, &[u8]>, key: &str) -> Result<Option<Vec<u8>>> {
        let read = || {
            let table = self.database.begin_read()?.open_table(table)?;
            Ok(table.get(key)?.map(|value| value.value().to_vec()))
        };
        read().map_err(|error: redb::Error| self.unreadable(error))
    }

    fn decoded<T: DeserializeOwned>(&self, bytes: &[u8]) -> Result<T> {
        rmp_serde::from_slice(bytes).map_err(|error| damaged(&self.path, &error.to_string()))
    }

    fn unreadable(&self, error: redb::Error) -> Error {
        damaged(&self.path, &error.to_string())
    }

    /// A state that this stream cannot continue.
    pub(super) fn refused(&self, reason: &str) -> Error {
        let path = self.path.display();
        Error::Data {
            reason: format!("{path} {reason}"),
            help: "give the options of the stream that wrote the state, or name another state file"
                .to_owned(),
        }
    }
}

/// A value of the state file, as MessagePack.
pub(super) fn to_bytes(value: &impl Serialize) -> Result<Vec<u8>> {
    rmp_serde::to_vec_named(value).map_err(|error| Error::Data {
        reason: format!("the state cannot be saved: {error}"),
        help: String::new(),
    })
}

/// A file that was not written by a stream.
pub(super) fn damaged(path: &Path, reason: &str) -> Error {
    Error::Data {
        reason: format!("{} is damaged: {reason}", path.display()),
        help: "name another state file; the stream then begins anew".to_owned(),
    }
}

fn cannot_open(path: &Path, error: &redb::DatabaseError) -> Error {
    let path = path.display();
    let (reason, help) = match error {
        redb::DatabaseError::DatabaseAlreadyOpen => (
            format!("{path} is in use by another process"),
            "stop the other stream, or name another state file",
        ),
        redb::DatabaseError::Storage(redb::StorageError::Io(error))
            if error.kind() != std::io::ErrorKind::InvalidData =>
        {
            (format!("{path} cannot be opened: {error}"), "check the name and the permissions")
        }
        error => (
            format!("{path} is no state file of a stream: {error}"),
            "name another file; an existing file is not replaced",
        ),
    };
    Error::Data { reason, help: help.to_owned() }
}
