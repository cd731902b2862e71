//! From options to a training on text.

use std::path::{Path, PathBuf};

use elman::nn::ModelConfig;
use elman::text::{TextSettings, TextTrainingRun, Tokenizer};

use crate::args::{TextTrainArgs, put};
use crate::commands::bench::machine;
use crate::commands::checkpoints;
use crate::commands::text::{read, read_known};
use crate::failure::{Failure, USAGE};
use crate::files;

/// The training: a new one, or one that goes on.
pub fn training_run(args: &TextTrainArgs) -> Result<TextTrainingRun, Failure> {
    let isa = args.training.isa.as_deref().map(|name| machine::isa(Some(name))).transpose()?;
    let inputs = [&args.file, &args.files.resume, &args.network.init];
    files::stdin_once(&inputs.map(Option::as_ref))?;
    let run = match &args.files.resume {
        Some(checkpoint) => resumed(args, checkpoint)?,
        None => begun(args)?,
    };
    let (asked, of_machine) = args.common.threads();
    let run = run.with_threads(asked, of_machine);
    Ok(match isa {
        Some(isa) => run.with_isa(isa),
        None => run,
    })
}

/// Resumes from a checkpoint, with its settings and its text.
fn resumed(args: &TextTrainArgs, checkpoint: &Path) -> Result<TextTrainingRun, Failure> {
    checkpoints::refuse_settings(&args.given)?;
    let before = files::model(checkpoint)?;
    let about = TextTrainingRun::about_of(&before)?;
    let file = args.file.clone().unwrap_or_else(|| PathBuf::from(&about.source));
    let corpus = read_known(&file, &about.vocabulary, args.max_memory)?;
    let run = TextTrainingRun::resume(&before, corpus, args.training.max_steps)?;
    checkpoints::refuse_fewer_steps(args.training.max_steps, run.trainer().step())?;
    Ok(run)
}

/// Begins a training on a text.
fn begun(args: &TextTrainArgs) -> Result<TextTrainingRun, Failure> {
    let file = args.file.as_deref().unwrap_or(Path::new("-"));
    let weights = args.network.init.as_deref().map(files::tensors).transpose()?;
    // Other weights than a model of text are of the characters of this one.
    let before = weights.as_ref().map(TextTrainingRun::about_of_weights).transpose()?.flatten();
    let tokenizer = if args.bytes { Tokenizer::Bytes } else { Tokenizer::Characters };
    let corpus = match &before {
        Some(about) if args.bytes && about.vocabulary.tokenizer() != tokenizer => {
            let message = "the vocabulary of the `--init` model is of characters\n  help: leave out `--bytes`";
            return Err(Failure::new(USAGE, message));
        }
        Some(about) => read_known(file, &about.vocabulary, args.max_memory)?,
        None => read(file, tokenizer, args.max_memory)?,
    };
    let mut settings = TextSettings::for_corpus(&corpus);
    if let Some(about) = before {
        settings.model = ModelConfig { dropout: 0.0, ..about.settings.model };
    }
    let settings = with_options(settings, args);
    Ok(TextTrainingRun::new(corpus, settings, weights.as_ref())?)
}

/// Where the model goes.
pub fn model_file(args: &TextTrainArgs, run: &TextTrainingRun) -> PathBuf {
    let of_checkpoint = || args.files.resume.as_deref().and_then(files::model_of_checkpoint);
    let of_file = || match args.file.as_deref().unwrap_or(Path::new(run.name())) {
        file if files::is_stdin(file) || (file.exists() && !file.is_file()) => {
            PathBuf::from("text.safetensors")
        }
        file => files::model_name(Some(file)),
    };
    args.files.save.clone().or_else(of_checkpoint).unwrap_or_else(of_file)
}

/// `settings` with every option that was given in its place.
fn with_options(mut settings: TextSettings, args: &TextTrainArgs) -> TextSettings {
    let model = &mut settings.model;
    args.network.put_into(model);
    put(&mut model.embedding_size, &args.embedding_size);
    if args.tied || !args.cutoffs.is_empty() {
        model.cutoffs = args.cutoffs.iter().copied().filter(|&cut| cut > 0).collect();
    }
    if args.tied {
        model.tied = true;
        model.embedding_size = args.embedding_size.unwrap_or(model.hidden_size);
    }
    let TextSettings { train, seq_length, batch_size, .. } = &mut settings;
    train.val_every = args.training.max_steps.unwrap_or(train.max_steps).div_ceil(8);
    args.training.put_into(train);
    put(seq_length, &args.training.seq_length);
    put(batch_size, &args.training.batch_size);
    train.seed = args.common.seed();
    put(&mut settings.held_out, &args.held_out);
    settings
}
