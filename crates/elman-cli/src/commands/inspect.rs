//! `elman inspect FILE`: describes a data file or a model file.

mod data;
mod model;
mod options;
mod sheet;
mod totals;
mod trained;

use std::process::ExitCode;

use elman::inspect::{self, DataInspection, Inspection, ModelInspection, Source};
use elman::io::read::ReadOptions;
use elman::report::{self, Album, Picture};
use serde_json::Value;

use crate::args::{InspectArgs, ReadArgs};
use crate::commands::panel;
use crate::failure::{BAD_DATA, FAILED, Failure, Outcome, USAGE};
use crate::files::{self, Written};
use crate::{advice, print};

/// Series in a chart, at most.
const MAX_PAGES: usize = 6;

/// Decides by the content of the file.
pub fn run(args: InspectArgs) -> Outcome {
    files::can_write(&[], &args.plot)?;
    files::are_apart(&[Some(&args.file)], args.plot.iter())?;
    let options = ReadOptions { wide: args.wide, ..panel::read_defaults() };
    let options = files::read_options(options, &args.read)?;
    let (asked, of_machine) = args.work.threads();
    let source = source(&args, &options)?;
    let inspection = inspect::file(&source, &options, asked.unwrap_or(of_machine))?;
    let document = args.output.json.then(|| document(&inspection)).transpose()?;
    match &inspection {
        Inspection::Data(data) => of_data(&args, data, document),
        Inspection::Model(model) => of_model(&args, model, document),
    }
}

fn source(args: &InspectArgs, options: &ReadOptions) -> Result<Source, Failure> {
    match args.file.is_file() {
        true => Ok(Source::path(&args.file)),
        // A pipe can be read once: the whole input is read before its description.
        false => Ok(Source::pipe(files::open(&args.file)?, options)?),
    }
}

/// Prints the description of a data file. Exit code 3 if a forecast refuses the file.
fn of_data(args: &InspectArgs, data: &DataInspection, document: Option<Value>) -> Outcome {
    let mut written = Written::default();
    for plot in &args.plot {
        written.attempt(plot, report::write(plot, &album(data)));
    }
    if let Some(document) = document {
        out!("{document}");
    } else {
        data::lines(data, !args.notes.quiet).iter().for_each(|line| out!("{line}"));
        if !args.notes.quiet {
            written.files.iter().for_each(|file| note!("saved {}", file.display()));
            if data.panel.len() > MAX_PAGES && !args.plot.is_empty() {
                note!("note: the chart shows the first {MAX_PAGES} series");
            }
        }
    }
    written.end()?;
    let [first, others @ ..] = &data.problems[..] else { return Ok(ExitCode::SUCCESS) };
    if print::is_over() {
        return Ok(ExitCode::from(BAD_DATA));
    }
    let others = others.iter().map(|problem| format!("\nerror: {}", advice::with(problem)));
    let message = format!("{}{}", advice::with(first), others.collect::<String>());
    Err(Failure::new(BAD_DATA, message))
}

/// Prints the description of a model file.
fn of_model(args: &InspectArgs, model: &ModelInspection, document: Option<Value>) -> Outcome {
    if let Some(option) = args.given.of_group::<ReadArgs>(&["max_memory"]).first() {
        let message = format!(
            "`{option}` is an option of reading data, and this file is a model\n  help: leave out `{option}`"
        );
        return Err(Failure::new(USAGE, message));
    }
    if !args.plot.is_empty() {
        let message = "`--plot` draws the series of a data file, and this file is a model\n  help: leave out `--plot`";
        return Err(Failure::new(USAGE, message));
    }
    match document {
        Some(document) => out!("{document}"),
        None => model::lines(model).iter().for_each(|line| out!("{line}")),
    }
    Ok(ExitCode::SUCCESS)
}

/// The JSON document: the description with the name of the command.
fn document(inspection: &Inspection) -> Result<Value, Failure> {
    let document = serde_json::to_value(inspection);
    let mut document = document.map_err(|e| Failure::new(FAILED, e.to_string()))?;
    document["command"] = "inspect".into();
    Ok(document)
}

fn album(data: &DataInspection) -> Album {
    let pages: Vec<Picture> =
        (0..data.panel.len().min(MAX_PAGES)).map(|s| data.picture(s)).collect();
    let title = if pages.len() > 1 { data.path.clone() } else { String::new() };
    let facts = data::facts(data);
    Album { title, pages, facts, unlike: true, ..Album::default() }
}
