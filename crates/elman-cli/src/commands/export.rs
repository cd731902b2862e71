//! `elman export MODEL`: a trained network as an ONNX model, or a loader for PyTorch.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use elman::export::{self, OnnxModel, OnnxOptions};
use serde_json::json;

use crate::args::{ExportArgs, ExportFormat};
use crate::commands::panel;
use crate::failure::{Failure, Outcome, USAGE};
use crate::files::{self, Kind, Written};

/// Writes the export, and prints its files with their inputs and outputs.
pub fn run(args: &ExportArgs) -> Outcome {
    match args.format {
        ExportFormat::Onnx => onnx(args),
        ExportFormat::Pytorch => pytorch(args),
    }
}

fn onnx(args: &ExportArgs) -> Outcome {
    let out = args.out.clone().unwrap_or_else(|| named_like(&args.model, "model", ".onnx"));
    files::can_write(&[&out], &[])?;
    let file = files::trained_model(&args.model, "export MODEL")?;
    let options = OnnxOptions { network_only: args.network_only };
    let exported = export::onnx(&file, &options)?;
    let paths = paths(&out, &exported.models);
    files::are_apart(&[Some(&args.model)], paths.iter())?;
    paths.iter().try_for_each(|path| files::may_replace(path, Kind::Onnx))?;
    let mut written = Written::default();
    for (path, model) in paths.iter().zip(&exported.models) {
        written.attempt(path, files::replace(path, &model.bytes));
    }
    match args.output.json {
        true => {
            let files = paths.iter().zip(&exported.models).map(|(path, model)| {
                let OnnxModel { network, bytes, inputs, outputs } = model;
                json!({ "path": path, "network": network, "bytes": bytes.len(), "inputs": inputs, "outputs": outputs })
            });
            let files: Vec<serde_json::Value> = files.collect();
            out!(
                "{}",
                json!({ "command": "export", "model": args.model, "format": "onnx", "files": files, "notes": exported.notes })
            );
        }
        false => paths.iter().zip(&exported.models).for_each(|(path, model)| print(path, model)),
    }
    if !args.notes.quiet && !args.output.json {
        panel::say(&exported.notes);
        written.files.iter().for_each(|file| note!("saved {}", file.display()));
    }
    written.end().map(|()| ExitCode::SUCCESS)
}

/// The file, with its inputs and outputs.
fn print(path: &Path, model: &OnnxModel) {
    out!("{}", path.display());
    out!("  inputs   {}", model.inputs.join(", "));
    out!("  outputs  {}", model.outputs.join(", "));
}

/// The files of the models: of several, each has the name of its network before the ending.
fn paths(out: &Path, models: &[OnnxModel]) -> Vec<PathBuf> {
    if let [_] = models {
        return vec![out.to_owned()];
    }
    let ending = out.extension().map_or(String::new(), |ending| format!(".{}", ending.display()));
    let stem = out.file_stem().unwrap_or_default().display();
    let named = |model: &OnnxModel| out.with_file_name(format!("{stem}.{}{ending}", model.network));
    models.iter().map(named).collect()
}

fn pytorch(args: &ExportArgs) -> Outcome {
    let usage = |message: &str| Err(Failure::new(USAGE, message));
    if args.network_only {
        return usage(
            "`--network-only` is an option of `--format onnx`\n  help: leave it out: a loader for PyTorch has the network alone",
        );
    }
    if files::is_stdin(&args.model) {
        return usage(
            "the loader reads the weights from the model file, and stdin has no name\n  help: name a file",
        );
    }
    let out = args.out.clone().unwrap_or_else(|| named_like(&args.model, "", "_pytorch.py"));
    if out.parent() != args.model.parent() {
        return usage(
            "the loader lies beside the model file, whose weights it reads\n  help: name a file in the same folder with `--out`",
        );
    }
    files::can_write(&[&out], &[])?;
    files::are_apart(&[Some(&args.model)], [&out].into_iter())?;
    files::may_replace(&out, Kind::Python)?;
    let file = files::trained_model(&args.model, "export MODEL")?;
    let weights = args.model.file_name().unwrap_or_default().to_string_lossy();
    let module = export::pytorch(&file, &weights)?;
    files::replace(&out, module.as_bytes())?;
    match args.output.json {
        true => out!(
            "{}",
            json!({ "command": "export", "model": args.model, "format": "pytorch", "files": [{ "path": out, "bytes": module.len() }] })
        ),
        false => out!("{}", out.display()),
    }
    if !args.notes.quiet && !args.output.json {
        note!("saved {}", out.display());
    }
    Ok(ExitCode::SUCCESS)
}

/// The name of the model with another ending, in the same folder; `otherwise` for stdin. A Python module has an identifier
/// as its name.
fn named_like(model: &Path, otherwise: &str, ending: &str) -> PathBuf {
    if files::is_stdin(model) {
        return PathBuf::from(format!("{otherwise}{ending}"));
    }
    let stem = model.file_stem().unwrap_or_default().to_string_lossy();
    let plain = |c: char| if c.is_alphanumeric() { c } else { '_' };
    let stem = match ending.ends_with(".py") {
        true => stem.chars().map(plain).collect(),
        false => stem.into_owned(),
    };
    model.with_file_name(format!("{stem}{ending}"))
}
