//! The committed page of the playground is built from the sources beside it.

use std::fs;
use std::path::Path;

use sha2::{Digest, Sha256};

/// As `web/bundle.mjs` computes it: SHA-256 of the names and contents of all sources, in the order of the names.
fn hash_of_sources(root: &Path) -> String {
    let mut paths: Vec<String> = ["bundle.mjs", "build.sh", "package-lock.json", "tsconfig.json"]
        .map(|name| format!("web/{name}"))
        .into();
    for folder in ["web/src", "crates/elman-wasm/src"] {
        files(root, folder, &mut paths);
    }
    paths.sort();
    let mut hash = Sha256::new();
    for path in paths {
        let content = fs::read_to_string(root.join(&path)).unwrap().replace("\r\n", "\n");
        hash.update(format!("{path}\n{content}"));
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Adds the files of a folder and of its folders.
fn files(root: &Path, folder: &str, paths: &mut Vec<String>) {
    for entry in fs::read_dir(root.join(folder)).unwrap() {
        let entry = entry.unwrap();
        let path = format!("{folder}/{}", entry.file_name().to_str().unwrap());
        match entry.file_type().unwrap().is_dir() {
            true => files(root, &path, paths),
            false => paths.push(path),
        }
    }
}

#[test]
fn the_page_is_that_of_its_sources() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let page = fs::read_to_string(root.join("crates/elman-cli/src/commands/play/playground.html"))
        .unwrap();
    let sources = page.split("<meta name=\"sources\" content=\"").nth(1).unwrap();
    let built_from = sources.split('"').next().unwrap();
    let now = hash_of_sources(&root);
    assert_eq!(
        built_from, now,
        "the sources of the page changed: run web/build.sh, and commit the page"
    );
}
