//! `elman bench`: the speed of this machine on the standard workloads.

mod drive;
pub(super) mod machine;
mod measure;
mod report;
mod windows;
pub mod workloads;

use std::process::ExitCode;

use elman::nn::Model;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use crate::args::BenchArgs;
use crate::failure::{Failure, Outcome};
use crate::{files, print};
use drive::Setup;
use report::Report;
use workloads::Workload;

/// Measures one workload after the other; each line of the table comes as soon as it is known.
pub fn run(args: BenchArgs) -> Outcome {
    let chosen = workloads::chosen(&args)?;
    let weights = args.init.as_deref().map(files::tensors).transpose()?;
    let setup = Setup {
        isa: machine::isa(args.isa.as_deref())?,
        threads: args.common.threads(),
        seed: args.common.seed(),
        weights: weights.as_ref(),
        curve: args.curve,
    };
    // A mistake in the last shall not be found after minutes of measuring the others.
    let of = |workload: Workload| Ok((drive::model(&workload, setup)?, workload));
    let chosen = chosen.into_iter().map(of).collect::<Result<Vec<_>, Failure>>()?;
    let is_told = !args.common.json() && !args.common.quiet();
    if is_told {
        tell_beginning();
    }
    let bar = bar(u64::from(args.runs) * chosen.len() as u64, is_told);
    match args.common.json() {
        true => print_document(&args, setup, chosen)?,
        false => print_table(&args, setup, chosen, &bar)?,
    }
    bar.finish_and_clear();
    Ok(ExitCode::SUCCESS)
}
/// Workloads, each after its model.
type Chosen = Vec<(Model<f32>, Workload)>;

/// Measures every workload, then prints the JSON document.
fn print_document(args: &BenchArgs, setup: Setup<'_>, chosen: Chosen) -> Result<(), Failure> {
    let mut results = Vec::new();
    for (model, workload) in chosen {
        let (report, curve) = measured(args, setup, model, workload, || {})?;
        let mut document = report.document();
        if !curve.is_empty() {
            document["curve"] = json!(curve);
        }
        results.push(document);
    }
    out!("{}", json!({"machine": machine::document(), "results": results}));
    Ok(())
}

/// Measures every workload and prints its line of the table.
fn print_table(
    args: &BenchArgs,
    setup: Setup<'_>,
    chosen: Chosen,
    bar: &ProgressBar,
) -> Result<(), Failure> {
    let width = chosen.iter().map(|(_, workload)| workload.to_string().len()).max().unwrap_or(0);
    bar.suspend(|| out!("{}", report::head(width)));
    for (model, workload) in chosen {
        if print::is_over() {
            break;
        }
        bar.set_message(workload.name);
        let (report, _) = measured(args, setup, model, workload, || bar.inc(1))?;
        bar.suspend(|| out!("{}", report.line(width)));
        if let Some(warning) = report.warning().filter(|_| !args.common.quiet()) {
            bar.suspend(|| note!("{warning}"));
        }
    }
    Ok(())
}

/// The figures of a workload, and the losses of its first optimizer steps.
fn measured(
    args: &BenchArgs,
    setup: Setup<'_>,
    model: Model<f32>,
    workload: Workload,
    after_run: impl FnMut(),
) -> Result<(Report, Vec<f64>), Failure> {
    let ready = drive::ready(&workload, model, setup)?;
    let measured = measure::measure(ready.steps, args.runs, args.seconds, after_run)?;
    let report = Report::new(workload, setup.isa, ready.threads, measured)?;
    Ok((report, ready.curve))
}

/// What a person should know before the figures.
fn tell_beginning() {
    note!("{}", machine::sentence());
    if cfg!(debug_assertions) {
        note!("note: this program was built without `--release`: its figures mean little");
    }
}

/// Moves between two runs only: a bar that ticks by itself would take time from what is measured.
fn bar(runs: u64, is_shown: bool) -> ProgressBar {
    if !is_shown {
        return ProgressBar::hidden();
    }
    // Hidden by itself when stderr is no terminal.
    ProgressBar::new(runs).with_style(
        ProgressStyle::with_template("{bar:40} {pos}/{len} runs, {msg}").expect("a valid template"),
    )
}
