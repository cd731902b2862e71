//! What a person types after `elman play`, and of the page of `--watch`.

use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Args)]
pub struct PlayArgs {
    #[command(flatten)]
    pub page: PageArgs,
    /// Write the page to FILE.html, which works without this program, and end.
    #[arg(long, value_name = "FILE.html", conflicts_with_all = ["port", "no_open"])]
    pub export: Option<PathBuf>,
}

/// Where a page is served.
#[derive(Debug, Args)]
pub struct PageArgs {
    /// Port on 127.0.0.1 [default: a free port].
    #[arg(long, value_name = "PORT", default_value_t = 0, hide_default_value = true)]
    pub port: u16,
    /// Print the address without opening a browser.
    #[arg(long)]
    pub no_open: bool,
}

/// Watching a training on a page.
#[derive(Debug, Args)]
#[command(next_help_heading = "Files and display")]
pub struct WatchArgs {
    /// Watch the training in the browser, on a page at 127.0.0.1.
    #[arg(long)]
    pub watch: bool,
    #[command(flatten)]
    pub page: PageArgs,
}
