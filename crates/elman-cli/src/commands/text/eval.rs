//! `elman text eval`.

use std::process::ExitCode;

use elman::text::TextModel;
use serde_json::json;

use super::{read_known, said, unit};
use crate::args::TextEvalArgs;
use crate::failure::Outcome;
use crate::files;

/// Walks over the text and prints the loss.
pub fn run(args: &TextEvalArgs) -> Outcome {
    files::stdin_once(&[Some(&args.model), Some(&args.file)])?;
    let model = TextModel::from_file(&files::model(&args.model)?)?;
    let corpus = read_known(&args.file, model.vocabulary(), args.max_memory)?;
    let (name, unit) = (corpus.name.clone(), unit(model.vocabulary().tokenizer()));
    let (asked, of_machine) = args.work.threads();
    let all = model.evaluate(corpus, asked.unwrap_or(of_machine))?;
    if args.output.json {
        let json = json!({
            "file": name,
            "characters": all.characters,
            "lanes": all.streams,
            "nats": all.nats,
            "bits": all.bits(),
            "perplexity": all.perplexity(),
        });
        out!("{json}");
    } else {
        out!("{name}: {}", said(all.nats, unit));
        if !args.notes.quiet {
            let asked = elman::data::counted(all.characters, unit);
            let lanes = elman::data::counted(all.streams, "lane");
            out!("{asked} in {lanes}, with the hidden state carried");
        }
    }
    Ok(ExitCode::SUCCESS)
}
