//! A network that walks over a series with its memory, and goes on into the future.
//!
//! [`Session`] is a training in progress, on the lesson's sine wave or on a
//! [`Series`](crate::series::Series); it
//! finishes into a [`Trained`] model, which is what has a future: only it can
//! [`forecast`](Trained::forecast). Both have a file form; see `docs/file-format.md`.

mod about;
mod future;
mod lens;
mod scores;
mod session;
mod settings;
mod task;
mod trained;
mod walk;

pub(crate) use about::fingerprint as fingerprint_of;
pub use about::{About, Source, Tail};
pub use future::Forecast;
pub use lens::Learn;
pub use scores::{Comparison, Scores};
pub use session::{Session, Weights, WindowView};
pub use settings::Settings;
pub use trained::{Observed, Trained};
