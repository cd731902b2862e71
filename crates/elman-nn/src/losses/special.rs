//! Special functions, in double precision, for losses that are distributions.
//!
//! `ln Γ` and `erfc` come from `libm`. What it does not have is here, each with its source; DLMF is
//! NIST's Digital Library of Mathematical Functions, A&S Abramowitz and Stegun (1964).

pub(super) mod beta;
pub(super) mod gamma;
pub(super) mod normal;
