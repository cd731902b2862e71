//! `elman play`: the playground, a page on which a network is trained in the browser.

mod open;
mod serve;

use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::process::ExitCode;

use elman::nn::output;

use crate::args::PlayArgs;
use crate::failure::{FAILED, Failure, Outcome};
use crate::files;

/// The page with script, style and engine; `web/build.sh` makes it.
const PAGE: &str = include_str!("play/playground.html");

pub fn run(args: PlayArgs) -> Outcome {
    match &args.export {
        Some(path) => export(path),
        None => serve(&args),
    }
}

fn export(path: &Path) -> Outcome {
    files::can_write(&[path], &[])?;
    files::may_replace(path, files::Kind::Html)?;
    output::replace(path, PAGE.as_bytes()).map_err(|error| files::cannot_write(path, &error))?;
    out!("{}: the playground; open it in a browser", path.display());
    Ok(ExitCode::SUCCESS)
}

fn serve(args: &PlayArgs) -> Outcome {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, args.port)).map_err(|error| {
        let message = format!(
            "cannot listen on 127.0.0.1:{}: {error}\n  help: choose another `--port`, or leave the option out for \
             a free port; `--export FILE.html` needs no port",
            args.port
        );
        Failure::new(FAILED, message)
    })?;
    let port = listener.local_addr()?.port();
    let address = format!("http://127.0.0.1:{port}/");
    out!("playground: {address}");
    if !args.no_open && !open::browser(&address) {
        note!("no browser was opened: open the address in one");
    }
    note!("Ctrl-C ends the server; an open page works on without it");
    serve::forever(&listener, port, PAGE);
    Ok(ExitCode::SUCCESS)
}
