//! Models: baselines and recurrent networks.

pub mod baselines;
pub mod rnn;
