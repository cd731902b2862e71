//! Chores of the repository.

mod golden;
mod header;
mod pretrain;
mod synthetic;

use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask golden [PYTHON]   regenerate PyTorch's fixtures, and load our model files in PyTorch
                              (PYTHON: an interpreter with golden/requirements.txt installed)
cargo xtask header            write include/elman.h from the comments of crates/elman-c
cargo xtask pretrain DATA     train the pretrained network of the library on the data sets in the folder DATA
                              (--without SET,…  --out FILE  --steps N  --networks N  --seed N  --threads N  --isa NAME)
cargo xtask synthetic FILE    draw 24 synthetic series: .svg";

fn main() -> anyhow::Result<ExitCode> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["golden"] => golden::run("python3")?,
        ["golden", python] => golden::run(python)?,
        ["header"] => header::write()?,
        ["synthetic", file] => synthetic::draw(file.as_ref())?,
        ["pretrain", ref options @ ..] => pretrain::run(&pretrain::Options::parse(options)?)?,
        _ => {
            eprintln!("{USAGE}");
            return Ok(ExitCode::from(2));
        }
    }
    Ok(ExitCode::SUCCESS)
}
