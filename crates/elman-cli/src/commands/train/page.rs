//! What the page of `--watch` shows of a training.

use elman::TrainingRun;
use elman::data::{Series, counted};
use elman::nn::train::Event;
use elman::report::Axis;
use elman::select::Provenance;
use serde_json::{Value, json};

use super::plan::Plan;
use super::{Seen, summary, watch};
use crate::args::TrainArgs;
use crate::failure::Failure;
use crate::page::PageWatch;

/// Serves the page, if it was asked for.
pub fn start(args: &TrainArgs, plan: &Plan) -> Result<Option<PageWatch>, Failure> {
    let axis = Axis::of(&plan.run.series()[0].clock());
    PageWatch::start(&args.watch, axis, || about(plan))
}

/// After an event of the training.
pub fn after(page: &mut PageWatch, run: &TrainingRun, event: Event, seen: &Seen) {
    match event {
        Event::Step { step, .. } => page.after_step(step, || watch::frame(run, seen)),
        Event::RolledBack { .. } => page.rolled_back(),
        Event::Finished { .. } => {}
    }
}

/// The facts that do not change: data, network, shapes.
fn about(plan: &Plan) -> Value {
    let Plan { run, model_file, .. } = plan;
    let (trainer, settings) = (run.trainer(), run.settings());
    let model = trainer.model();
    let config = model.config();
    let steps = trainer.config().max_steps;
    let [length, batch] = [settings.seq_length, settings.batch_size].map(Option::unwrap_or_default);
    let facts = summary::facts(model, trainer.config(), steps, [length, batch]);
    let values: usize = run.series().iter().map(Series::len).sum();
    let data = match run.source() {
        Provenance::File { path, .. } => format!("{path}: {}", counted(values, "value")),
        _ => counted(values, "value"),
    };
    let shape = |letter: &str, size: usize| format!("[T={length}, B={batch}, {letter}={size}]");
    json!({
        "subject": watch::subject(run),
        "data": data,
        "facts": facts,
        "shapes": [
            ["x".to_owned(), shape("I", config.input_size)],
            [config.cell.clone(), shape("H", config.hidden_size)],
            ["y".to_owned(), shape("K", config.output_size)],
        ],
        "parameters": model.layout().count(),
        "loss": trainer.config().loss,
        "baseline": {"legend": "naive: repeat the last value", "name": "naive, same window"},
        "has_validation": run.has_validation(),
        "file": model_file.display().to_string(),
    })
}
