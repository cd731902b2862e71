//! What the page of `--watch` shows of a training on text.

use std::path::Path;

use elman::data::{counted, thousands};
use elman::report::Axis;
use elman::text::TextTrainingRun;
use serde_json::{Value, json};

use crate::args::TextTrainArgs;
use crate::commands::text::unit;
use crate::commands::train::facts;
use crate::failure::Failure;
use crate::page::PageWatch;

/// Serves the page, if it was asked for.
pub fn start(
    args: &TextTrainArgs,
    run: &TextTrainingRun,
    model_file: &Path,
) -> Result<Option<PageWatch>, Failure> {
    PageWatch::start(&args.watch, Axis::Steps, || about(run, model_file))
}

/// The facts that do not change: text, network, shapes.
fn about(run: &TextTrainingRun, model_file: &Path) -> Value {
    let (trainer, settings) = (run.trainer(), run.settings());
    let model = trainer.model();
    let config = model.config();
    let [length, batch] = [settings.seq_length, settings.batch_size];
    let [all, held_out] = run.characters();
    let unit = unit(run.vocabulary().tokenizer());
    let size = run.vocabulary().size();
    let shape = |letter: &str, size: usize| format!("[T={length}, B={batch}, {letter}={size}]");
    let text = format!(
        "{}, a vocabulary of {size}, the last {} for validation",
        counted(all, unit),
        thousands(held_out)
    );
    json!({
        "subject": run.name(),
        "data": text,
        "facts": facts(model, trainer.config(), trainer.config().max_steps, [length, batch]),
        "shapes": [
            [unit.to_owned() + "s", format!("[T={length}, B={batch}]")],
            [config.cell.clone(), shape("H", config.hidden_size)],
            ["logits".to_owned(), shape("V", size)],
        ],
        "parameters": model.layout().count(),
        "loss": format!("nats per {unit}"),
        "baseline": {"legend": format!("unigram: {unit} frequencies"), "name": "unigram"},
        "has_validation": run.has_validation(),
        "file": model_file.display().to_string(),
    })
}

/// The result: the file of the model.
pub fn result(model_file: &Path) -> Value {
    json!({"file": model_file.display().to_string(), "early": false, "test_steps": 0, "scores": [], "claim": null, "chart": null})
}
