//! `elman play`: the playground, a page on which a network is trained in the browser.

use std::path::Path;
use std::process::ExitCode;

use elman::nn::output;

use crate::args::{PageArgs, PlayArgs};
use crate::failure::Outcome;
use crate::files;
use crate::page;

pub fn run(args: PlayArgs) -> Outcome {
    match &args.export {
        Some(path) => export(path),
        None => serve(&args.page),
    }
}

fn export(path: &Path) -> Outcome {
    files::can_write(&[path], &[])?;
    files::may_replace(path, files::Kind::Html)?;
    output::replace(path, page::PAGE.as_bytes())
        .map_err(|error| files::cannot_write(path, &error))?;
    out!("{}: the playground; open it in a browser", path.display());
    Ok(ExitCode::SUCCESS)
}

fn serve(args: &PageArgs) -> Outcome {
    let server = page::serve(args, page::site())?;
    let address = page::address(&server);
    out!("playground: {address}");
    page::open(args, &address);
    note!("Ctrl-C ends the server; an open page works on without it");
    server.wait();
    Ok(ExitCode::SUCCESS)
}
