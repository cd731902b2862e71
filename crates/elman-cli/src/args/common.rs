//! The options that mean the same wherever they stand. A command for which one means nothing leaves it out.

use std::path::PathBuf;

use clap::Args;

/// All of them.
#[derive(Debug, Args)]
pub struct CommonArgs {
    #[command(flatten)]
    output: JsonArgs,
    #[command(flatten)]
    notes: QuietArgs,
    #[command(flatten)]
    random: SeedArgs,
    #[command(flatten)]
    work: ThreadArgs,
    #[command(flatten)]
    file: ConfigArgs,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "General options")]
pub struct JsonArgs {
    /// Print one JSON document on stdout.
    #[arg(long)]
    pub json: bool,
}

/// Of the commands that write a forecast as a table.
#[derive(Debug, Args)]
pub struct CsvArgs {
    /// Against CSV injection: put an apostrophe before names that a spreadsheet would run as formulas, such as `=A1`.
    /// Numbers and files of other formats do not change.
    #[arg(long)]
    pub safe_csv: bool,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "General options")]
pub struct QuietArgs {
    /// Print results only, without notes and progress.
    #[arg(long, short)]
    pub quiet: bool,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "General options")]
pub struct SeedArgs {
    /// Random seed; the same seed gives the same result, bit for bit.
    #[arg(long, visible_alias = "random-seed", value_name = "N", default_value_t = 1)]
    pub seed: u64,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "General options")]
pub struct ThreadArgs {
    /// Number of threads; results do not depend on it [default: the cores of the machine, fewer for small networks].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    threads: Option<u16>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "General options")]
pub struct ConfigArgs {
    /// Read options from a TOML file: the same names, with `_` for `-`. Options of the command line take precedence.
    #[arg(long, value_name = "FILE.toml")]
    config: Option<PathBuf>,
}

impl CommonArgs {
    pub fn json(&self) -> bool {
        self.output.json
    }

    pub fn quiet(&self) -> bool {
        self.notes.quiet
    }

    pub fn seed(&self) -> u64 {
        self.random.seed
    }

    /// The threads asked for, and those of the machine.
    pub fn threads(&self) -> (Option<usize>, usize) {
        self.work.threads()
    }
}

impl ThreadArgs {
    /// The threads asked for, and those of the machine.
    pub fn threads(&self) -> (Option<usize>, usize) {
        let of_machine = std::thread::available_parallelism().map_or(1, usize::from);
        (self.threads.map(usize::from), of_machine)
    }
}
