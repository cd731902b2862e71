//! The program as a person uses it: what it prints, writes and returns.

mod assume;
mod bad_input;
mod bench;
mod config;
mod demand;
mod exit_codes;
mod explain;
mod export;
mod forecast;
#[cfg(feature = "columnar")]
mod formats;
mod frozen;
mod help;
mod inspect;
mod interrupted;
mod kept;
mod killed;
mod lost;
#[cfg(unix)]
mod pipes;
mod play;
mod run;
#[cfg(unix)]
mod serve;
mod spreadsheet;
mod stream;
#[cfg(unix)]
mod stream_killed;
mod text;
mod train;
mod tune;
mod watch;
