//! What a person types after `elman play`.

use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Args)]
pub struct PlayArgs {
    /// Port on 127.0.0.1 [default: a free port].
    #[arg(long, value_name = "PORT", default_value_t = 0, hide_default_value = true)]
    pub port: u16,
    /// Print the address without opening a browser.
    #[arg(long)]
    pub no_open: bool,
    /// Write the page to FILE.html, which works without this program, and end.
    #[arg(long, value_name = "FILE.html", conflicts_with_all = ["port", "no_open"])]
    pub export: Option<PathBuf>,
}
