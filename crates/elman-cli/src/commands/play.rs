//! `elman play`: the playground, a page on which a network is trained in the browser.

use std::io::Read;
use std::path::Path;
use std::process::ExitCode;

use base64::prelude::{BASE64_STANDARD, Engine};
use elman::models::pretrained::SHIPPED;
use elman::nn::output;
use flate2::{Compression, read::GzEncoder};

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
    output::replace(path, whole_page()?.as_bytes())
        .map_err(|error| files::cannot_write(path, &error))?;
    out!("{}: the playground; open it in a browser", path.display());
    Ok(ExitCode::SUCCESS)
}

/// The page with the module that forecasts and the pretrained network inside, so that it loads nothing.
fn whole_page() -> std::io::Result<String> {
    let mut weights = Vec::new();
    GzEncoder::new(SHIPPED, Compression::best()).read_to_end(&mut weights)?;
    let parts = [("forecast-module", page::MODULE), ("pretrained", &weights)];
    Ok(parts.iter().fold(page::PAGE.to_owned(), |page, (id, bytes)| {
        let place = format!("id=\"{id}\">");
        let filled = format!("{place}{}", BASE64_STANDARD.encode(bytes));
        page.replacen(&place, &filled, 1)
    }))
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
