//! The commands, one file each.

pub mod bench;
pub mod completions;
pub mod forecast;
pub mod train;
