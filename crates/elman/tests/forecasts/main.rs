//! Tests of the library, in one program: as programs of their own, the files would each link all kernels and readers.

mod aggregate;
mod calendars;
#[cfg(feature = "columnar")]
mod columnar;
mod covariates;
mod data;
mod explain;
mod formats;
mod likelihoods;
mod local;
mod measures;
mod missing_dates;
mod numbers;
mod panel;
mod panel_file;
mod people;
mod report;
mod season;
#[cfg(feature = "excel")]
mod sheets;
mod strangers;
mod tables;
mod ticks;
mod totals;
mod training_run;
mod tune;
