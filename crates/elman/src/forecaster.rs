//! A forecaster of one series: a network that carries its hidden state over the series and into the future.
//!
//! [`TrainingRun`] is a training run, on the sine wave of the lesson or on a
//! [`Series`](crate::data::Series). It becomes a
//! [`StatefulForecaster`], the fitted model, which can
//! [`forecast`](StatefulForecaster::forecast). Both can be saved to a file; see `docs/file-format.md`.

mod about;
mod differencing;
mod future;
mod scores;
mod session;
mod settings;
mod task;
mod trained;
mod walk;

pub use about::{ModelMetadata, Provenance, RecentHistory};
pub use future::Forecast;
pub use scores::{Comparison, Scores};
pub use session::{TrainingRun, WindowView};
pub use settings::SeriesConfig;
pub use trained::{Observed, StatefulForecaster};
