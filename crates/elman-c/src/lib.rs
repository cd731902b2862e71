//! C interface: load a model file, forecast, and update the hidden state value by value. `include/elman.h` is the
//! documentation of the functions; `cargo xtask header` writes the file from the comments of this crate.
//!
//! # Safety
//! Every exported function has the same contract, stated once at the top of the header:
//! - A handle is NULL, or was returned by this library and is not yet freed.
//! - An array or a buffer is NULL, or has as many elements as stated; a string is NULL, or ends with a zero byte.
//! - A model may be used by several threads at once; an online forecaster by one thread at a time.
//!
//! All else is checked. A panic does not cross the interface: [`status::guard`] returns a status.
#![deny(unsafe_op_in_unsafe_fn)]

mod arguments;
mod model;
mod online;
mod output;
mod status;
#[cfg(test)]
mod tests;
