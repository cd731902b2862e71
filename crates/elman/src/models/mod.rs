//! Models: baselines, recurrent networks, and the pretrained network.

pub mod baselines;
pub mod pretrained;
pub mod rnn;
