//! `elman serve MODEL...`: observations come in over HTTP, and are answered with forecasts.

mod models;
mod streams;
mod token;

use std::net::{SocketAddr, TcpListener};
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use elman_web::{ForecastServer, ServiceConfig, Token};

use self::streams::Streams;
use crate::args::{LimitArgs, ServeArgs};
use crate::failure::{FAILED, Failure, Outcome};
use crate::interrupt;

/// Time for the answers that are under way when the server is stopped.
const PATIENCE: Duration = Duration::from_secs(10);

/// Time between two looks for a signal.
const LOOK: Duration = Duration::from_millis(50);

/// Loads the models, and answers requests until a signal.
pub fn run(args: ServeArgs) -> Outcome {
    let token = token::of(args.limits.token_file.as_deref())?;
    let (names, members) = models::load(&args)?;
    let listener = listen(SocketAddr::new(args.host, args.port))?;
    let is_open = !args.host.is_loopback() && token.is_none();
    let config = config(&args.limits, token);
    let streams = Box::new(Streams::new(members, args.limits.max_series));
    interrupt::watch();
    let server = ForecastServer::start(listener, names, streams, &config)?;
    out!("serving: http://{}/", server.address());
    if !args.notes.quiet {
        say(&args, is_open);
    }
    while !interrupt::asked() && !server.has_ended() {
        thread::sleep(LOOK);
    }
    let is_failed = server.has_ended();
    let stopped = server.stop(PATIENCE);
    stopped.map_err(|reason| Failure::new(FAILED, format!("the state is not saved: {reason}")))?;
    match is_failed {
        true => Err(Failure::new(FAILED, "the server has ended\n  help: start it again")),
        false => Ok(ExitCode::SUCCESS),
    }
}

fn listen(address: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).map_err(|error| {
        let help = "choose another `--port` or `--host`; `--port 0` takes a free port";
        Failure::new(FAILED, format!("cannot listen on {address}: {error}\n  help: {help}"))
    })
}

fn config(limits: &LimitArgs, token: Option<Token>) -> ServiceConfig {
    ServiceConfig {
        body_limit: usize::try_from(limits.body_limit).unwrap_or(usize::MAX),
        rate_limit: limits.rate_limit,
        token,
        max_connections: usize::from(limits.max_connections),
        time_out: Duration::from_secs(u64::from(limits.time_out)),
    }
}

/// Notes at the start.
fn say(args: &ServeArgs, is_open: bool) {
    if is_open {
        note!(
            "warning: every machine that reaches {} can send observations and read forecasts\n  help: give a \
             token with `--token-file`, or leave out `--host`",
            args.host
        );
    }
    if args.state.is_empty() {
        note!("the hidden states are not saved: `--state FILE` keeps them");
    }
    note!("Ctrl-C ends the server");
}
