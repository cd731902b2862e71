//! `elman bench`: the speed of this machine on the standard workloads.

mod drive;
pub(super) mod machine;
mod measure;
mod report;
mod windows;
pub mod workloads;

use std::process::ExitCode;

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use crate::args::BenchArgs;
use crate::failure::Outcome;
use crate::{files, print};
use drive::Setup;
use report::Report;

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
    let models = chosen.iter().map(|workload| drive::model(workload, setup));
    let models = models.collect::<Result<Vec<_>, _>>()?;
    let is_told = !args.common.json() && !args.common.quiet();
    if is_told {
        tell_beginning();
    }
    let bar = bar(u64::from(args.runs) * chosen.len() as u64, is_told);
    let width = chosen.iter().map(|workload| workload.to_string().len()).max().unwrap_or(0);
    if !args.common.json() {
        bar.suspend(|| out!("{}", report::head(width)));
    }
    let mut results = Vec::new();
    for (workload, model) in chosen.into_iter().zip(models) {
        if print::is_over() {
            break;
        }
        bar.set_message(workload.name);
        let ready = drive::ready(&workload, model, setup)?;
        let measured = measure::measure(ready.steps, args.runs, args.seconds, || bar.inc(1))?;
        let report = Report::new(workload, setup.isa, ready.threads, measured)?;
        if args.common.json() {
            let mut document = report.document();
            if !ready.curve.is_empty() {
                document["curve"] = json!(ready.curve);
            }
            results.push(document);
            continue;
        }
        bar.suspend(|| out!("{}", report.line(width)));
        if let Some(warning) = report.warning().filter(|_| is_told) {
            bar.suspend(|| note!("{warning}"));
        }
    }
    bar.finish_and_clear();
    if args.common.json() {
        let document = json!({"machine": machine::document(), "results": results});
        out!("{document}");
    }
    Ok(ExitCode::SUCCESS)
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
