//! The C header of the library, generated from the comments of `crates/elman-c`.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// Path of the header in the repository.
const HEADER: &str = "include/elman.h";

/// Writes the header.
pub(crate) fn write() -> Result<()> {
    let path = root().join(HEADER);
    fs::write(&path, generated()?).with_context(|| format!("cannot write {}", path.display()))
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The header of the sources.
fn generated() -> Result<String> {
    let package = root().join("crates/elman-c");
    let config = cbindgen::Config::from_file(package.join("cbindgen.toml"));
    let config = config.map_err(anyhow::Error::msg)?;
    let files = ["status.rs", "model.rs", "online.rs"].map(|name| package.join("src").join(name));
    let builder =
        files.iter().fold(cbindgen::Builder::new(), |builder, file| builder.with_src(file));
    let mut header = Vec::new();
    builder.with_config(config).generate()?.write(&mut header);
    Ok(String::from_utf8(header)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_committed_header_is_that_of_the_sources() {
        let committed = fs::read_to_string(root().join(HEADER)).unwrap().replace("\r\n", "\n");
        assert_eq!(
            committed,
            generated().unwrap(),
            "run `cargo xtask header`, and commit the header"
        );
    }
}
