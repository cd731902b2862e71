//! Training of one recurrent network, step by step: watched, stopped, resumed bit for bit.
//!
//! [`RnnForecaster::fit`](crate::select::RnnForecaster::fit) trains at once. [`TrainingRun`] is the same training for a
//! front end that shows each step, on series or on the sine wave of the lesson. The end of both is a
//! [`FittedForecaster`](crate::select::FittedForecaster).

mod checkpoint;
mod finish;
mod fit;
mod prepared;
mod run;
mod sine;
mod split;
mod test_set;
mod window_view;

pub(crate) use checkpoint::record_of;
pub use run::TrainingRun;
pub use window_view::WindowView;
