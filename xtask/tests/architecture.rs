//! The storeys of the house import only what stands below them.

use cargo_metadata::{DependencyKind, MetadataCommand};

/// Each crate with those of ours that it may import.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("elman-math", &[]),
    ("elman-nn", &["elman-math"]),
    ("elman", &["elman-math", "elman-nn"]),
    ("elman-web", &[]),
    ("elman-cli", &["elman", "elman-web"]),
    ("elman-wasm", &["elman-nn", "elman"]),
    ("elman-python", &["elman"]),
    ("elman-c", &["elman"]),
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
fn only_the_numbers_and_the_borders_have_unsafe_code() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for name in ["elman-nn", "elman", "elman-web"] {
        let lib =
            std::fs::read_to_string(root.join("crates").join(name).join("src/lib.rs")).unwrap();
        assert!(lib.contains("#![forbid(unsafe_code)]"), "{name}");
    }
    // The names that it exports are unsafe attributes, in files that have no unsafe block.
    let wasm = root.join("crates/elman-wasm/src");
    let lib = std::fs::read_to_string(wasm.join("lib.rs")).unwrap();
    assert!(lib.contains("#![deny(unsafe_code)]"), "elman-wasm");
    for name in ["abi.rs", "abi/inside.rs", "file_abi.rs", "text_abi.rs"] {
        let abi = std::fs::read_to_string(wasm.join(name)).unwrap();
        assert!(!abi.contains("unsafe {") && !abi.contains("unsafe fn"), "{name}");
    }
    // Only the borders to Arrow and to NumPy have unsafe blocks.
    let python = root.join("crates/elman-python/src");
    let lib = std::fs::read_to_string(python.join("lib.rs")).unwrap();
    assert!(lib.contains("#![deny(unsafe_code)]"), "elman-python");
    for file in std::fs::read_dir(&python).unwrap().map(|entry| entry.unwrap().path()) {
        let is_border = file.ends_with("buffers.rs") || file.ends_with("capsule.rs");
        let has_unsafe =
            file.is_file() && std::fs::read_to_string(&file).unwrap().contains("unsafe {");
        assert!(!has_unsafe || is_border, "{}", file.display());
    }
    let main = std::fs::read_to_string(root.join("crates/elman-cli/src/main.rs")).unwrap();
    assert!(main.contains("#![forbid(unsafe_code)]"), "elman-cli");
}

/// Unsafe blocks of the C interface only turn pointers of the caller into references, and back.
#[test]
fn the_c_interface_states_why_each_unsafe_block_is_sound() {
    let src = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/elman-c/src");
    let mut blocks = 0;
    for entry in std::fs::read_dir(src).unwrap() {
        let path = entry.unwrap().path();
        if path.ends_with("tests.rs") {
            continue;
        }
        let source = std::fs::read_to_string(&path).unwrap();
        let here = source.matches("unsafe {").count();
        let reasons = source.matches("// SAFETY:").count();
        assert_eq!(here, reasons, "{}", path.display());
        blocks += here;
    }
    assert!(blocks > 0);
}

#[test]
fn the_lower_storeys_touch_neither_clock_nor_threads_nor_environment() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates");
    let mut folders =
        ["elman-math/src", "elman-nn/src", "elman-wasm/src"].map(|f| root.join(f)).to_vec();
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
                let code = without_tests(&source);
                assert!(!code.contains(word), "{} has {word}", path.display());
            }
        }
    }
}

/// Folders of `crates/elman/src`, each with the folders that it may import. A folder imports only folders above it in this
/// table.
const FOLDERS: &[(&str, &[&str])] = &[
    ("error", &[]),
    ("data", &["error"]),
    ("metrics", &["data", "error"]),
    ("season", &["data"]),
    ("io", &["data", "error", "season"]),
    ("transforms", &["data", "error", "season"]),
    ("features", &["data", "error", "transforms"]),
    ("models", &["data", "error", "features", "metrics", "season", "transforms"]),
    ("intervals", &["data", "error", "metrics", "transforms"]),
    (
        "select",
        &[
            "data",
            "error",
            "features",
            "intervals",
            "io",
            "metrics",
            "models",
            "season",
            "transforms",
        ],
    ),
    ("backtest", &["data", "error", "io", "metrics", "models", "select"]),
    ("text", &["data", "error", "io", "metrics", "select"]),
    ("stream", &["data", "error", "features", "models", "select", "transforms"]),
    ("export", &["error", "features", "io", "models", "select", "text", "transforms"]),
    ("explain", &["data", "error", "features", "metrics", "models", "select"]),
    ("report", &["data", "explain", "select"]),
    (
        "training",
        &["data", "error", "features", "intervals", "io", "metrics", "models", "season", "select"],
    ),
    (
        "inspect",
        &[
            "data",
            "error",
            "io",
            "models",
            "report",
            "season",
            "select",
            "text",
            "training",
            "transforms",
        ],
    ),
];

#[test]
fn folders_import_only_folders_below_them() {
    let src = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/elman/src");
    for (place, (folder, allowed)) in FOLDERS.iter().enumerate() {
        let below: Vec<&str> = FOLDERS[..place].iter().map(|(folder, _)| *folder).collect();
        assert!(allowed.iter().all(|name| below.contains(name)), "{folder} imports upwards");
        let mut used = std::collections::BTreeSet::new();
        for source in sources(&src, folder) {
            let code = source.lines().filter(|line| !line.trim_start().starts_with("//"));
            let code = code.collect::<Vec<_>>().join("\n");
            let code = without_tests(&code);
            for import in code.split("crate::").skip(1) {
                let end = import.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
                used.insert(import[..end.unwrap_or(import.len())].to_owned());
            }
        }
        used.remove(*folder);
        let used: Vec<&str> = used.iter().map(String::as_str).collect();
        assert_eq!(used, *allowed, "imports of {folder}: change the code, or the table");
    }
    let known = |name: &str| name == "lib" || FOLDERS.iter().any(|(folder, _)| *folder == name);
    for entry in std::fs::read_dir(src).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        assert!(known(name), "{name} has a line in the table");
    }
}

/// Code before the unit tests of a file. A declaration of a file of tests, `mod tests;`, does not end the code.
fn without_tests(source: &str) -> &str {
    source.split("#[cfg(test)]\nmod tests {").next().unwrap()
}

/// Source files of a folder, those of its tests left out.
fn sources(src: &std::path::Path, folder: &str) -> Vec<String> {
    let mut sources: Vec<String> =
        std::fs::read_to_string(src.join(format!("{folder}.rs"))).into_iter().collect();
    let mut folders = vec![src.join(folder)];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(folder) else { continue };
        for path in entries.map(|entry| entry.unwrap().path()) {
            let is_test = path.file_stem().is_some_and(|name| name == "tests");
            let is_source = path.extension().is_some_and(|ending| ending == "rs");
            match path.is_dir() {
                _ if is_test => {}
                true => folders.push(path),
                false if is_source => sources.push(std::fs::read_to_string(path).unwrap()),
                false => {}
            }
        }
    }
    sources
}
