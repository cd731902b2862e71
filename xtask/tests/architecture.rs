//! The storeys of the house import only what stands below them.

use cargo_metadata::{DependencyKind, MetadataCommand};

/// Each crate with those of ours that it may import.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("elman-math", &[]),
    ("elman-nn", &["elman-math"]),
    ("elman", &["elman-nn"]),
    ("elman-cli", &["elman"]),
    ("xtask", &["elman"]),
];

#[test]
fn imports_point_downwards() {
    let metadata = MetadataCommand::new().no_deps().exec().unwrap();
    let ours: Vec<&str> = metadata.packages.iter().map(|package| package.name.as_str()).collect();
    assert_eq!(ours.len(), MAY_IMPORT.len(), "every crate has its line above: {ours:?}");
    for package in &metadata.packages {
        let (_, allowed) =
            MAY_IMPORT.iter().find(|(name, _)| *name == package.name.as_str()).unwrap();
        for dependency in &package.dependencies {
            let is_ours = ours.contains(&dependency.name.as_str());
            let in_tests = dependency.kind == DependencyKind::Development;
            if is_ours && !in_tests {
                let (name, dependency) = (&package.name, &dependency.name);
                assert!(allowed.contains(&dependency.as_str()), "{name} imports {dependency}");
            }
        }
    }
}

#[test]
fn only_the_numbers_have_unsafe_code() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for name in ["elman-nn", "elman"] {
        let lib =
            std::fs::read_to_string(root.join("crates").join(name).join("src/lib.rs")).unwrap();
        assert!(lib.contains("#![forbid(unsafe_code)]"), "{name}");
    }
    let main = std::fs::read_to_string(root.join("crates/elman-cli/src/main.rs")).unwrap();
    assert!(main.contains("#![forbid(unsafe_code)]"), "elman-cli");
}

#[test]
fn the_lower_storeys_touch_neither_clock_nor_threads_nor_environment() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates");
    let mut folders = vec![root.join("elman-math/src"), root.join("elman-nn/src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            // Tests may print what they measured.
            if path.ends_with("tests.rs") {
                continue;
            }
            let source = std::fs::read_to_string(&path).unwrap();
            for word in
                ["std::time", "std::thread", "std::env", "std::io::std", "print!", "println!"]
            {
                // The team is the one place for threads, and makes them when it is told to.
                if word == "std::thread" && path.ends_with("elman-math/src/team.rs") {
                    continue;
                }
                let code = source.split("#[cfg(test)]").next().unwrap();
                assert!(!code.contains(word), "{} has {word}", path.display());
            }
        }
    }
}
