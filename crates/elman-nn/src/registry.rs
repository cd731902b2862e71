//! Registries of interchangeable implementations: cells, losses, optimizers, schedules.
//!
//! Each registry is a plain array; a new entry is one file and one line in the array. The tests iterate over
//! the arrays, and the program's options are generated from them.

use crate::error::Error;

/// An entry of a registry.
pub trait Entry: Sized + 'static {
    /// The name of the registry in error messages.
    const FAMILY: &'static str;
    /// All entries.
    const ALL: &'static [Self];

    /// The name that selects the entry.
    fn name(&self) -> &'static str;
    /// One sentence for the help text.
    fn summary(&self) -> &'static str;

    /// The entry called `name`.
    fn find(name: &str) -> Result<&'static Self, Error> {
        Self::ALL.iter().find(|entry| entry.name() == name).ok_or_else(|| Error::Unknown {
            family: Self::FAMILY,
            name: name.to_owned(),
            known: Self::ALL.iter().map(Entry::name).collect(),
        })
    }
}
