//! Special functions, in double precision, for the losses of distributions.
//!
//! `ln Γ` and `erfc` come from `libm`. The functions that `libm` lacks are here, each with its source; DLMF is
//! NIST's Digital Library of Mathematical Functions, A&S is Abramowitz and Stegun (1964).

pub(super) mod beta;
pub(super) mod gamma;
pub(super) mod normal;
