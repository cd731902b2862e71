//! Chores of the repository.

mod golden;

use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask golden [PYTHON]   regenerate PyTorch's fixtures, and load our model files in PyTorch
                              (PYTHON: an interpreter with golden/requirements.txt installed)";

fn main() -> anyhow::Result<ExitCode> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["golden"] => golden::run("python3")?,
        ["golden", python] => golden::run(python)?,
        _ => {
            eprintln!("{USAGE}");
            return Ok(ExitCode::from(2));
        }
    }
    Ok(ExitCode::SUCCESS)
}
