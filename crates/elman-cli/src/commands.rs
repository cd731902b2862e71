//! The commands, one file each.

pub mod backtest;
pub mod bench;
mod checkpoints;
pub mod completions;
pub mod explain;
pub mod export;
pub mod forecast;
mod formulas;
pub mod inspect;
mod older;
mod panel;
pub mod play;
mod scores;
pub mod serve;
pub mod stream;
pub mod text;
pub mod train;
pub mod tune;
