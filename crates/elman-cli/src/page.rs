//! The page of the playground, served to the browser of this machine.

mod curve;
mod open;
mod training;
mod watch;

use std::borrow::Cow;
use std::net::{Ipv4Addr, TcpListener};
use std::process::ExitCode;

use elman::models::pretrained::SHIPPED;
use elman_web::{Asset, Server, Site};
use serde_json::{Value, json};

use crate::args::PageArgs;
use crate::failure::{FAILED, Failure, Outcome};

pub(crate) use training::chart_of;
pub(crate) use watch::PageWatch;

/// The page with script, style and engine; `web/build.sh` makes it.
pub const PAGE: &str = include_str!("commands/play/playground.html");

/// The module that forecasts a file, and writes and reads model files, as gzip; the page loads it when it is first wanted.
pub const MODULE: &[u8] = include_bytes!("commands/play/forecast.wasm.gz");

/// The files of the page.
pub fn site() -> Site {
    let asset = |path, content_type, encoding, bytes| Asset {
        path,
        content_type,
        encoding,
        bytes: Cow::Borrowed(bytes),
    };
    Site::new([
        Asset::html("/", PAGE),
        asset("/forecast.wasm", "application/wasm", Some("gzip"), MODULE),
        asset("/pretrained.safetensors", "application/octet-stream", None, SHIPPED),
    ])
}

/// Serves `site` at the port that was asked for.
pub fn serve(args: &PageArgs, site: Site) -> Result<Server, Failure> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, args.port)).map_err(|error| {
        let message = format!(
            "cannot listen on 127.0.0.1:{}: {error}\n  help: choose another `--port`, or leave the option out for \
             a free port",
            args.port
        );
        Failure::new(FAILED, message)
    })?;
    Ok(Server::start(listener, site)?)
}

/// The address of the page of `server`.
pub fn address(server: &Server) -> String {
    format!("http://127.0.0.1:{}/", server.port())
}

/// Opens `address` in the browser, unless it was asked not to; whether a browser was asked.
pub fn open(args: &PageArgs, address: &str) -> bool {
    if args.no_open {
        return false;
    }
    let is_asked = open::browser(address);
    if !is_asked {
        note!("no browser was opened: open the address in one");
    }
    is_asked
}

/// The end of a training: `result`, if it was saved, and how the program ended.
pub(crate) fn ending(outcome: &Outcome, result: Value) -> Value {
    let (state, message) = match outcome {
        Ok(code) if *code == ExitCode::SUCCESS => ("finished", None),
        Ok(_) => ("interrupted", None),
        Err(failure) => ("failed", Some(failure.message())),
    };
    json!({"state": state, "message": message, "result": result})
}
