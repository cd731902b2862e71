//! `elman serve`: what a person types.

use std::net::{IpAddr, Ipv4Addr};
use std::num::NonZeroU32;
use std::path::PathBuf;

use clap::Args;

use super::MAX_STEPS;
use super::common::{ConfigArgs, QuietArgs};
use super::size::bytes;
use super::stream::OnlineArgs;

#[derive(Debug, Args)]
pub struct ServeArgs {
    /// Models of `elman train DATA` or of `elman forecast DATA --save`. Requests name a model by its file name without the
    /// extension.
    #[arg(value_name = "MODEL", required = true)]
    pub models: Vec<PathBuf>,
    /// Address to listen on: 0.0.0.0 for all networks of this machine. Other addresses than those of this machine should have
    /// a token.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1", value_parser = address)]
    pub host: IpAddr,
    /// Port to listen on; 0 for a free one.
    #[arg(long, value_name = "PORT", default_value_t = 8000)]
    pub port: u16,
    #[command(flatten)]
    pub stream: ServedStreamArgs,
    /// Save the hidden states of all series to this file, and continue from it. An observation is answered when the file has
    /// it. With several models, give one file for each of them, in their order.
    #[arg(long, value_name = "FILE", help_heading = "State file")]
    pub state: Vec<PathBuf>,
    #[command(flatten)]
    pub limits: LimitArgs,
    #[command(flatten)]
    pub notes: QuietArgs,
    #[command(flatten)]
    pub config: ConfigArgs,
}

/// An IP address, or `localhost`.
fn address(text: &str) -> Result<IpAddr, String> {
    match text {
        "localhost" => Ok(IpAddr::V4(Ipv4Addr::LOCALHOST)),
        text => text.parse().map_err(|_| "give an IP address, such as 127.0.0.1 or ::1".to_owned()),
    }
}

/// How the models forecast.
#[derive(Debug, Args)]
#[command(next_help_heading = "Forecasts")]
pub struct ServedStreamArgs {
    /// Forecast horizon, in time steps, up to that of the training [default: that of the training]. A request may ask for
    /// another one.
    #[arg(long, visible_aliases = ["h", "periods", "prediction-length"], value_name = "N", value_parser = clap::value_parser!(u32).range(1..=MAX_STEPS))]
    pub horizon: Option<u32>,
    /// Frequency of the dates, as for `elman forecast` [default: that of the model].
    #[arg(long, value_name = "FREQ")]
    pub freq: Option<String>,
    #[command(flatten)]
    pub online: OnlineArgs,
}

/// Limits and authorization of clients.
#[derive(Debug, Args)]
#[command(next_help_heading = "Clients and limits")]
pub struct LimitArgs {
    /// File with the token that each request has to have, as `Authorization: Bearer TOKEN` [default: the environment variable
    /// ELMAN_TOKEN; no token where there is none].
    #[arg(long, value_name = "FILE")]
    pub token_file: Option<PathBuf>,
    /// Most requests per second, of all clients together; others are answered with 429 [default: no limit].
    #[arg(long, value_name = "N")]
    pub rate_limit: Option<NonZeroU32>,
    /// Largest body of a request, such as 64KiB or 2MB; a larger one is answered with 413.
    #[arg(long, value_name = "SIZE", default_value = "1MiB", value_parser = bytes)]
    pub body_limit: u64,
    /// Most series of each model; the first observation of a further series is refused.
    #[arg(long, value_name = "N", default_value_t = 100_000)]
    pub max_series: usize,
    /// Most open connections. A new one takes the place of the one that has waited the longest for its request.
    #[arg(long, value_name = "N", default_value_t = 256, value_parser = clap::value_parser!(u16).range(1..))]
    pub max_connections: u16,
    /// Seconds that a client may take for the head of a request, and for its body.
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..))]
    pub time_out: u16,
}
