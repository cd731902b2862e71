//! `elman explain MODEL [DATA]`: look inside a trained network.

mod summary;

use std::process::ExitCode;

use elman::data::Series;
use elman::explain::{ExplainOptions, Explanation};
use elman::io::read::ReadOptions;
use elman::report;
use elman::select::{FittedForecaster, Provenance};
use serde_json::{Value, json};

use crate::args::ExplainArgs;
use crate::commands::panel;
use crate::failure::{Failure, Outcome, USAGE};
use crate::files::{self, Written, shell_word};

/// Runs the network over the series, writes the charts, prints the summary.
pub fn run(args: &ExplainArgs) -> Outcome {
    let inputs = [Some(&args.model), args.data.as_ref()];
    files::stdin_once(&inputs)?;
    files::can_write(&[], &args.plot)?;
    files::are_apart(&inputs, args.plot.iter())?;
    let command = format!("explain MODEL {}", shell_word(&args.model));
    let model = files::trained_model(&args.model, &command)?;
    let (fitted, read) = FittedForecaster::from_file(&model)?;
    let (panel, mut notes) = series(args, &fitted, read)?;
    let options = ExplainOptions {
        network: usize::from(args.network),
        step_ahead: args.step_ahead as usize,
        last: args.last.map(|last| last as usize),
    };
    let mut explanation = fitted.explain(&panel, 0, &options)?;
    notes.append(&mut explanation.notes);
    explanation.notes = notes;
    let mut written = Written::default();
    for plot in &args.plot {
        written.attempt(plot, report::write(plot, &explanation.album()));
    }
    match args.output.json {
        true => out!("{}", document(args, &explanation)),
        false => summary::print(&explanation),
    }
    if talks(args) {
        panel::say(&explanation.notes);
        written.files.iter().for_each(|file| note!("saved {}", file.display()));
    }
    written.end().map(|()| ExitCode::SUCCESS)
}

/// Whether notes are printed.
fn talks(args: &ExplainArgs) -> bool {
    !args.notes.quiet && !args.output.json
}

/// The series of the data file, or the wave of the lesson, with notes.
fn series(
    args: &ExplainArgs,
    fitted: &FittedForecaster,
    read: ReadOptions,
) -> Result<(Vec<Series>, Vec<String>), Failure> {
    let Some(data) = &args.data else {
        let sine = fitted.training().and_then(|record| record.sine());
        return sine.map(|sine| (vec![sine], Vec::new())).ok_or_else(|| needs_data(args, fitted));
    };
    let options = files::read_options(read, &args.read)?;
    let loaded = panel::read(files::open(data)?, &options, talks(args))?;
    // `panel::read` prints the notes on the file together with its description.
    let mut notes = if talks(args) { Vec::new() } else { loaded.notes };
    if let [first, _, ..] = &loaded.series[..] {
        notes.push(format!(
            "the network is explained on series `{}`, the first of {}; `--series NAME` chooses another",
            first.name,
            elman::data::thousands(loaded.series.len())
        ));
    }
    Ok((loaded.series, notes))
}

/// That the last values in the model are too few to run the network over.
fn needs_data(args: &ExplainArgs, fitted: &FittedForecaster) -> Failure {
    let known = match fitted.training().map(|record| &record.source) {
        Some(Provenance::File { path, .. }) => shell_word(path.as_ref()),
        _ => "DATA".to_owned(),
    };
    let message = format!(
        "a network is explained on a series, and a model file does not keep the whole series\n  help: elman explain {} {known}",
        shell_word(&args.model)
    );
    Failure::new(USAGE, message)
}

/// The JSON document.
fn document(args: &ExplainArgs, explanation: &Explanation) -> Value {
    let mut document = json!({
        "command": "explain",
        "model": args.model,
        "data": args.data,
        "files": {"plots": args.plot},
    });
    if let (Value::Object(document), Ok(Value::Object(explanation))) =
        (&mut document, serde_json::to_value(explanation))
    {
        document.extend(explanation);
    }
    document
}
