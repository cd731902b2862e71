//! The memory that reading may take. A small file can hold a large table: a megabyte of gzip is gigabytes of text, and a
//! line may have more cells than fit in memory. What is kept is counted as it grows.

mod machine;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::ReadOptions;
use crate::error::{Error, Result};

/// The memory that reading one file may take, and what is taken of it. A clone counts on the same.
#[derive(Clone)]
pub(crate) struct Memory(Arc<Count>);

struct Count {
    path: String,
    limit: u64,
    taken: AtomicU64,
    /// The most that was taken at a time.
    peak: AtomicU64,
}

impl Memory {
    /// As the options say.
    pub(crate) fn of(options: &ReadOptions, path: &str) -> Self {
        Self::within(options.max_memory, path)
    }

    /// At most so many bytes; half of the machine's memory if none are given.
    pub(crate) fn within(limit: Option<u64>, path: &str) -> Self {
        let limit = limit.unwrap_or_else(|| machine::memory() / 2);
        Self(Arc::new(Count {
            path: path.to_string(),
            limit,
            taken: AtomicU64::new(0),
            peak: AtomicU64::new(0),
        }))
    }

    /// Nothing yet, to be taken more.
    pub(crate) fn hold(&self) -> Held {
        Held { memory: self.clone(), bytes: 0 }
    }

    /// What is not taken.
    pub(crate) fn left(&self) -> u64 {
        self.0.limit.saturating_sub(self.0.taken.load(Ordering::Relaxed))
    }

    /// The most bytes that were taken at a time.
    pub(crate) fn peak(&self) -> u64 {
        self.0.peak.load(Ordering::Relaxed)
    }

    /// Whether so much is left.
    ///
    /// # Errors
    /// [`Error::TooLarge`] if not.
    pub(crate) fn check(&self, bytes: u64) -> Result<()> {
        if bytes <= self.left() { Ok(()) } else { Err(self.exceeded()) }
    }

    /// The error for a file that takes more.
    pub(crate) fn exceeded(&self) -> Error {
        Error::TooLarge { path: self.0.path.clone(), limit: self.0.limit }
    }
}

/// Memory that is taken, until it is dropped.
pub(crate) struct Held {
    memory: Memory,
    bytes: u64,
}

impl Held {
    /// What it is taken from.
    pub(crate) fn memory(&self) -> &Memory {
        &self.memory
    }

    /// Takes more.
    ///
    /// # Errors
    /// [`Error::TooLarge`] if so much is not left.
    pub(crate) fn more(&mut self, bytes: u64) -> Result<()> {
        self.memory.check(bytes)?;
        let before = self.memory.0.taken.fetch_add(bytes, Ordering::Relaxed);
        self.memory.0.peak.fetch_max(before + bytes, Ordering::Relaxed);
        self.bytes += bytes;
        Ok(())
    }

    /// Makes room for `more` values behind those of `list`: for twice as many as it has, or for what is left.
    ///
    /// # Errors
    /// [`Error::TooLarge`] if that is more than is left, or than the system gives.
    pub(crate) fn room_for(&mut self, list: &mut impl Growing, more: usize) -> Result<()> {
        let spare = list.room() - list.used();
        if spare >= more {
            return Ok(());
        }
        let size = list.size() as u64;
        let left = self.memory.left() / size;
        let wanted = (list.room().max(1024) as u64).min(left).max((more - spare) as u64);
        self.more(wanted * size)?;
        match list.grow(spare + wanted as usize) {
            true => Ok(()),
            false => Err(self.memory.exceeded()),
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.memory.0.taken.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

/// A list in memory that grows.
pub(crate) trait Growing {
    /// Bytes of one of its values.
    fn size(&self) -> usize;
    /// Values that it has.
    fn used(&self) -> usize;
    /// Values that there is room for.
    fn room(&self) -> usize;
    /// Makes room for so many behind those that it has; whether the system gave it.
    fn grow(&mut self, more: usize) -> bool;
}

impl<T> Growing for Vec<T> {
    fn size(&self) -> usize {
        size_of::<T>().max(1)
    }

    fn used(&self) -> usize {
        self.len()
    }

    fn room(&self) -> usize {
        self.capacity()
    }

    fn grow(&mut self, more: usize) -> bool {
        self.try_reserve_exact(more).is_ok()
    }
}

impl Growing for String {
    fn size(&self) -> usize {
        1
    }

    fn used(&self) -> usize {
        self.len()
    }

    fn room(&self) -> usize {
        self.capacity()
    }

    fn grow(&mut self, more: usize) -> bool {
        self.try_reserve_exact(more).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_grows_up_to_the_limit_and_gives_back_what_it_took() {
        let memory = Memory::within(Some(10_000), "x.csv");
        let mut list: Vec<u32> = Vec::new();
        let mut held = memory.hold();
        let refused = loop {
            match held.room_for(&mut list, 1) {
                Ok(()) => list.push(7),
                Err(error) => break error.to_string(),
            }
        };
        assert_eq!(list.len(), 2500);
        assert!(refused.contains("x.csv") && refused.contains("--max-memory"), "{refused}");
        assert_eq!(memory.left(), 0);
        drop(held);
        assert_eq!(memory.left(), 10_000);
    }

    #[test]
    fn without_a_limit_it_is_half_of_the_machines_memory() {
        assert_eq!(Memory::within(None, "x").left(), machine::memory() / 2);
        assert!(machine::memory() > 64 << 20);
    }
}
