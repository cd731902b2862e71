//! Recurrent networks whose memory you can hold.
#![forbid(unsafe_code)]

pub mod cells;
pub mod clip;
pub mod error;
pub mod file;
pub mod inference;
pub mod init;
pub mod layers;
pub mod losses;
pub mod model;
pub mod optim;
pub mod params;
mod part;
pub mod registry;
pub mod schedules;
pub mod state;
pub mod tape;
pub mod train;
pub mod windows;

pub use elman_math::{Isa, Real, Stream};
pub use error::Error;
pub use inference::Inference;
pub use model::{Model, ModelConfig};
pub use params::Params;
pub use state::State;
pub use tape::Tape;
pub use train::{TrainConfig, Trainer};
