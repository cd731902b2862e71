//! Families of interchangeable things: cells, losses, optimisers, schedules.
//!
//! Each family is a plain array; a new member is one file and one line in it. The tests walk the
//! arrays, and the program's options are made from them.

use crate::error::Error;

/// A member of a family.
pub trait Entry: Sized + 'static {
    /// What the family is called in an error message.
    const FAMILY: &'static str;
    /// Every member.
    const ALL: &'static [Self];

    /// The name by which people choose it.
    fn name(&self) -> &'static str;
    /// One sentence for the help text.
    fn summary(&self) -> &'static str;

    /// The member called `name`.
    fn find(name: &str) -> Result<&'static Self, Error> {
        Self::ALL.iter().find(|entry| entry.name() == name).ok_or_else(|| Error::Unknown {
            family: Self::FAMILY,
            name: name.to_owned(),
            known: Self::ALL.iter().map(Entry::name).collect(),
        })
    }
}
