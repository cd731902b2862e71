//! The engine of the playground: one network that learns one series, one optimizer step at a time.
//!
//! [`engine`] trains, [`evaluation`] runs the network over the whole series for the pictures, [`series`] has the data,
//! and [`abi`] is the thin layer of C functions that a page calls.
#![deny(unsafe_code)]
#![warn(unreachable_pub)]

pub mod abi;
mod engine;
mod evaluation;
mod series;
#[cfg(test)]
mod tests;
