//! What is measured on.

use elman::nn::Isa;
use serde_json::{Value, json};

use crate::failure::{Failure, USAGE};

/// The instruction set of that name, if this machine has it; without a name the usual one.
pub fn isa(name: Option<&str>) -> Result<Isa, Failure> {
    let Some(name) = name else {
        return Ok(Isa::detect());
    };
    Isa::available().find(|isa| isa.name().eq_ignore_ascii_case(name)).ok_or_else(|| {
        let has = isas().join("`, `");
        let message = format!(
            "no instruction set of this machine is called `{name}`\n  help: choose from `{has}`"
        );
        Failure::new(USAGE, message)
    })
}

/// One line for a person.
pub fn sentence() -> String {
    let cpu = cpu().unwrap_or_else(|| "a processor without a name".to_owned());
    let (cores, version) = (cores(), env!("CARGO_PKG_VERSION"));
    let s = if cores == 1 { "" } else { "s" };
    format!("elman {version} on {cpu}, {cores} core{s}: {}", isas().join(", "))
}

/// For the JSON document.
pub fn document() -> Value {
    json!({
        "cpu": cpu(),
        "cores": cores(),
        "os": std::env::consts::OS,
        "arch": std::env::consts::ARCH,
        "isa_available": isas(),
        "elman": env!("CARGO_PKG_VERSION"),
    })
}

fn isas() -> Vec<&'static str> {
    Isa::available().map(Isa::name).collect()
}

/// Cores this program may use.
fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// The processor's name, where the system has it in a file or in the environment.
fn cpu() -> Option<String> {
    let named = |info: String| {
        let line = info.lines().find(|line| line.starts_with("model name"))?;
        Some(line.split_once(':')?.1.trim().to_owned())
    };
    let linux = std::fs::read_to_string("/proc/cpuinfo").ok().and_then(named);
    linux.or_else(|| std::env::var("PROCESSOR_IDENTIFIER").ok())
}
