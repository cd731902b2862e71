//! One network over many series: it walks over each with its memory, and at every step says the
//! whole horizon that follows.
//!
//! [`PanelForecast::of`] does everything: it finds the seasons, tries several [`View`]s on the last
//! known values, trains the best on everything, and makes bands from the errors of the trial. A
//! single series is a panel of one; with [`Scope::Local`] each series is, with networks of its own.

mod aside;
mod backtest;
mod bands;
mod beginning;
mod beside;
mod calendar;
mod calibration;
mod contest;
mod early;
mod expert;
mod falling;
mod file;
mod fitted;
mod forecaster;
mod head;
mod jobs;
mod judge;
mod lent;
pub mod levels;
mod net;
mod newest;
mod notes;
mod outliers;
mod past;
mod persistence;
mod plan;
mod ready;
mod sample;
mod seasons;
mod seen;
mod shape;
mod stage;
mod survivors;
#[cfg(test)]
mod tests;
mod trainings;
mod tried;
mod tune;
mod view;
mod views;
mod walks;

pub use backtest::{Backtest, BacktestSettings, Crps, Scored};
pub use bands::Band;
pub use beside::{Beside, Widths};
pub use contest::{Contest, Contestant, LeftOut, Trial};
pub use fitted::Fitted;
pub use forecaster::{PanelForecast, PanelSettings, Progress, Scope};
pub use head::{Head, Said};
pub use net::{Net, NetSettings, Stack};
pub use notes::ended_early;
pub use past::{Known, Past};
pub use seasons::seasons;
pub use tune::{Setting, Tuned, TunedTrial, fingerprint};
pub use view::{Scale, View};

/// Values by series, origin and step ahead.
pub type Forecasts = Vec<Vec<Vec<f64>>>;

/// Bands by series, origin and level.
pub type Bands = Vec<Vec<Vec<Band>>>;
