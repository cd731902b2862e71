//! Recurrent neural networks with an explicit hidden state: cells, layers, losses, optimizers and training.
#![forbid(unsafe_code)]
#![warn(unreachable_pub)]

pub mod cells;
pub mod clip;
pub mod error;
pub mod file;
pub mod gradients;
pub mod init;
pub mod layers;
pub mod losses;
pub mod model;
pub mod optim;
pub mod output;
pub mod params;
mod part;
pub mod registry;
pub mod runner;
pub mod schedules;
pub mod state;
pub mod tape;
pub mod tokens;
pub mod trace;
pub mod train;
pub mod windows;

pub use elman_math::{Isa, Real, Stream};
pub use error::Error;
pub use model::{Model, ModelConfig};
pub use params::Params;
pub use runner::Runner;
pub use state::{SavedState, State};
pub use tape::Tape;
pub use train::{TrainConfig, Trainer};

/// The entry points of all code that is compiled per number type and instruction set. This reference
/// compiles them in this crate, so that a build need not compile them again for every program.
#[used]
static COMPILED_HERE: Doors<f32> = Doors::ALL;

/// `f64` is for gradient checks: a test build compiles it here, a release build only where it is used.
#[cfg(debug_assertions)]
#[used]
static COMPILED_HERE_IN_F64: Doors<f64> = Doors::ALL;

#[expect(dead_code, reason = "to be named is their use")]
struct Doors<T: Real> {
    build: fn(ModelConfig) -> Result<Model<T>, Error>,
    run: Run<T>,
    train: fn(&mut Trainer<'static, T>) -> Result<train::Event, Error>,
}

type Run<T> = fn(&Model<T>, usize, usize, usize) -> Result<Runner<T>, Error>;

impl<T: Real> Doors<T> {
    const ALL: Self = Self { build: Model::new, run: Runner::new, train: Trainer::advance };
}
