//! `elman text`: learn a text, write, and say how well.

mod eval;
mod sample;
mod train;

use std::path::Path;

use elman::text::{Corpus, Evaluation, Tokenizer, Vocabulary};

use crate::args::TextCommand;
use crate::failure::Outcome;
use crate::files;
use crate::numbers::fixed;

/// Does what is asked for.
pub fn run(command: TextCommand) -> Outcome {
    match command {
        TextCommand::Train(args) => train::run(&args),
        TextCommand::Sample(args) => sample::run(&args),
        TextCommand::Eval(args) => eval::run(&args),
    }
}

/// Reads a text in its own characters; `-` is what comes in.
fn read(path: &Path, tokenizer: Tokenizer, max_memory: Option<u64>) -> elman::Result<Corpus> {
    let input = files::open(path)?;
    let name = input.name().to_owned();
    Corpus::of(input, &name, tokenizer, max_memory)
}

/// Reads a text in the characters of a network.
fn read_known(
    path: &Path,
    vocabulary: &Vocabulary,
    max_memory: Option<u64>,
) -> elman::Result<Corpus> {
    let input = files::open(path)?;
    let name = input.name().to_owned();
    Corpus::known(input, &name, vocabulary.clone(), max_memory)
}

/// `1.5500 nats per character (2.236 bits, perplexity 4.71)`.
fn said(nats: f64, unit: &str) -> String {
    let all = Evaluation { nats, characters: 0, streams: 0 };
    format!(
        "{} nats per {unit} ({} bits, perplexity {})",
        fixed(nats, 4),
        fixed(all.bits(), 3),
        fixed(all.perplexity(), 2)
    )
}

/// What a token is called.
pub fn unit(tokenizer: Tokenizer) -> &'static str {
    match tokenizer {
        Tokenizer::Characters => "character",
        Tokenizer::Bytes => "byte",
    }
}
