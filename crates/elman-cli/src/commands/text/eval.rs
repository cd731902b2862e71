//! `elman text eval`.

use std::io::Write;
use std::process::ExitCode;

use elman::text::TextModel;
use serde_json::json;

use super::{read_known, said, threads_of_machine, unit};
use crate::args::TextEvalArgs;
use crate::failure::Outcome;

/// Walks over the text and prints the loss.
pub fn run(args: &TextEvalArgs) -> Outcome {
    let model = TextModel::load(&args.model)?;
    let corpus = read_known(&args.file, model.vocabulary())?;
    let (name, unit) = (corpus.name.clone(), unit(model.vocabulary().tokenizer()));
    let threads = args.threads.map_or_else(threads_of_machine, usize::from);
    let all = model.evaluate(corpus, threads)?;
    let mut out = std::io::stdout().lock();
    if args.json {
        let json = json!({
            "file": name,
            "characters": all.characters,
            "streams": all.streams,
            "nats": all.nats,
            "bits": all.bits(),
            "perplexity": all.perplexity(),
        });
        writeln!(out, "{json}")?;
    } else {
        writeln!(out, "{name}: {}", said(all.nats, unit))?;
        let asked = elman::series::counted(all.characters, unit);
        let streams = elman::series::counted(all.streams, "stream");
        writeln!(out, "over {asked}, in {streams} with the memory carried")?;
    }
    Ok(ExitCode::SUCCESS)
}
