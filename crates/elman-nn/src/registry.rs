//! Registries of interchangeable choices: cells, losses, optimizers and schedules here, more in the crates above.
//!
//! Each registry is a plain array; a new entry is one file and one line in the array. The tests iterate over
//! the arrays, and the program's options are generated from them.

/// An entry of a registry: a table of functions, or a variant of an enum.
pub trait Entry: Sized + 'static {
    /// The name of the registry in error messages.
    const FAMILY: &'static str;
    /// All entries.
    const ALL: &'static [Self];

    /// The name that selects the entry, and one sentence for the help text.
    fn name_and_summary(&self) -> (&'static str, &'static str);

    /// The name that selects the entry.
    fn name(&self) -> &'static str {
        self.name_and_summary().0
    }

    /// One sentence for the help text.
    fn summary(&self) -> &'static str {
        self.name_and_summary().1
    }

    /// The entry called `name`.
    ///
    /// # Errors
    /// [`UnknownName`], which has the names of all entries.
    fn find(name: &str) -> Result<&'static Self, UnknownName> {
        Self::ALL.iter().find(|entry| entry.name() == name).ok_or_else(|| UnknownName {
            family: Self::FAMILY,
            name: name.to_owned(),
            known: Self::ALL.iter().map(Entry::name).collect(),
        })
    }
}

/// A name is not in its registry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no {family} is called `{name}`\n  help: choose from {}", known.join(", "))]
pub struct UnknownName {
    /// The registry: cell, loss, …
    pub family: &'static str,
    /// The name that was given.
    pub name: String,
    /// The names in the registry.
    pub known: Vec<&'static str>,
}
