//! The C programs of `examples/c`, compiled and run.
#![cfg(unix)]

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use elman::io::read::ReadOptions;
use elman::{RnnForecaster, Series};

/// Libraries of the system that the static library needs.
const SYSTEM: &[&str] = &["-lm", "-lpthread", "-ldl"];

const HISTORY: usize = 30;

/// The folder of `libelman_c`, beside this test.
fn libraries() -> PathBuf {
    std::env::current_exe().unwrap().parent().unwrap().to_owned()
}

/// Compiles `examples/c/NAME.c`; a warning is an error.
fn compiled(name: &str, folder: &Path, link: &[&str]) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let program = folder.join(name);
    let output = Command::new(std::env::var("CC").unwrap_or("cc".to_owned()))
        .args(["-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-I"])
        .arg(root.join("include"))
        .arg(root.join("examples/c").join(name).with_extension("c"))
        .args(link)
        .args(SYSTEM)
        .arg("-o")
        .arg(&program)
        .output()
        .expect("a C compiler");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    program
}

/// Exit code, output and notes of a program with this input.
fn run(program: &Path, args: &[&str], input: &str) -> (i32, String, String) {
    let mut child = Command::new(program)
        .args(args)
        .env("LD_LIBRARY_PATH", libraries())
        .env("DYLD_LIBRARY_PATH", libraries())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A program that refuses its arguments does not read.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

/// The numbers of a line `y: forecast [lower, upper] level % …`.
fn numbers(line: &str) -> Vec<f64> {
    let numbers = line.split([' ', ',', ':', '[', ']', '%']).filter(|word| !word.is_empty());
    numbers.map(|number| number.parse().unwrap()).collect()
}

#[test]
fn a_sensor_is_forecast_by_a_c_program() {
    let folder = tempfile::tempdir().unwrap();
    let values: Vec<f64> = (0..120).map(|t| 50.0 + 10.0 * (f64::from(t) / 3.0).sin()).collect();
    let forecaster = RnnForecaster::new(2).hidden_size(4).max_steps(20).levels([80.0, 95.0]);
    let fitted = forecaster.fit(&[Series::counted("sensor", values.clone())]).unwrap();
    let file = folder.path().join("model.safetensors");
    fitted.save(&file, &ReadOptions::default()).unwrap();
    let file = file.to_str().unwrap();

    let input = values[..40].iter().fold(String::new(), |mut input, y| {
        writeln!(input, "{y:?}").unwrap();
        input
    });
    let input = input + "\n61.5\n";
    let mut online = fitted.online(&Series::counted("", values[..HISTORY].to_vec())).unwrap();
    let mut expected = Vec::new();
    for y in values[HISTORY..40].iter().copied().chain([f64::NAN, 61.5]) {
        online.update(y).unwrap();
        let forecast = online.forecast().unwrap();
        let interval = &forecast.intervals[0];
        expected.push(y);
        for step in 0..2 {
            expected.extend([
                forecast.values[step],
                interval.lower[step],
                interval.upper[step],
                interval.level,
            ]);
        }
    }

    let folder = folder.path();
    let library = libraries();
    let library = library.to_str().unwrap();
    let archive = format!("{library}/libelman_c.a");
    let shared = format!("-L{library}");
    for link in [&[&archive[..]][..], &[&shared, "-lelman_c"]] {
        let sensor = compiled("sensor", folder, link);
        let (code, output, notes) = run(&sensor, &[file, "30"], &input);
        assert_eq!((code, output.lines().count()), (0, 12), "{notes}");
        let numbers: Vec<f64> = output.lines().flat_map(numbers).collect();
        assert_eq!(numbers.len(), expected.len(), "{output}");
        for (got, expected) in numbers.iter().zip(&expected) {
            // Six digits.
            let is_near = (got - expected).abs() <= 1e-5 * expected.abs();
            assert!(is_near || got.is_nan() && expected.is_nan(), "{got}, {expected}: {output}");
        }
        // From the hidden state in the model file, of 120 values.
        let (code, output, _) = run(&sensor, &[file], "51.5\n");
        assert_eq!((code, output.lines().count()), (0, 1));

        let (code, _, notes) = run(&sensor, &["/nowhere/model"], "");
        assert_eq!((code, notes.contains("error: ")), (1, true), "{notes}");
        let (code, _, notes) = run(&sensor, &[file], "warm\n");
        assert_eq!((code, notes.contains("not a number: warm")), (3, true), "{notes}");
        let (code, _, notes) = run(&sensor, &[file], "inf\n");
        assert_eq!((code, notes.contains("help: ")), (3, true), "{notes}");
        assert_eq!(run(&sensor, &[], "").0, 2);

        let speed = compiled("speed", folder, link);
        let (code, output, notes) = run(&speed, &[file, "100"], "");
        assert_eq!((code, output.contains("update and forecast")), (0, true), "{notes}");
    }
}
