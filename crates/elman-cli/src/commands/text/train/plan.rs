//! From options to a training on text.

use std::path::{Path, PathBuf};

use elman::forecaster::Weights;
use elman::text::{TextSession, TextSettings, Tokenizer};

use crate::args::{TextTrainArgs, put};
use crate::commands::text::{read, read_known};
use crate::failure::{Failure, USAGE};
use crate::files;

/// The training: a new one, or one that goes on.
pub fn session(args: &TextTrainArgs) -> Result<TextSession, Failure> {
    if let Some(checkpoint) = &args.files.resume {
        let about = TextSession::about_of(checkpoint)?;
        let file = args.file.clone().unwrap_or_else(|| PathBuf::from(&about.source));
        let corpus = read_known(&file, &about.vocabulary)?;
        let session = TextSession::resume(checkpoint, corpus, args.steps)?;
        let done = session.trainer().step();
        if let Some(steps) = args.steps.filter(|&steps| steps < done) {
            let message = format!(
                "this training has done {done} steps already, more than `--steps {steps}`\n  help: \
                 `--steps` counts from the beginning"
            );
            return Err(Failure::new(USAGE, message));
        }
        return Ok(session);
    }
    let tokenizer = if args.network.bytes { Tokenizer::Bytes } else { Tokenizer::Characters };
    let file = args.file.as_deref().unwrap_or(Path::new("-"));
    let corpus = read(file, tokenizer)?;
    let settings = with_options(TextSettings::for_corpus(&corpus), args);
    let weights = args.network.init.as_deref().map(Weights);
    Ok(TextSession::new(corpus, settings, weights)?)
}

/// Where the model goes.
pub fn model_file(args: &TextTrainArgs) -> PathBuf {
    let of_checkpoint = || args.files.resume.as_deref().and_then(files::model_of_checkpoint);
    let of_file = || match args.file.as_deref() {
        Some(file) if file.as_os_str() != "-" => files::model_name(Some(file)),
        _ => PathBuf::from("text.safetensors"),
    };
    args.files.save.clone().or_else(of_checkpoint).unwrap_or_else(of_file)
}

/// `settings` with every option that was given in its place.
fn with_options(mut settings: TextSettings, args: &TextTrainArgs) -> TextSettings {
    let (network, training) = (&args.network, &args.training);
    let model = &mut settings.model;
    put(&mut model.cell, &network.cell);
    put(&mut model.hidden_size, &network.hidden_size);
    put(&mut model.num_layers, &network.num_layers);
    put(&mut model.embedding_size, &network.embedding_size);
    put(&mut model.dropout, &network.dropout);
    if network.tied {
        model.tied = true;
        model.embedding_size = network.embedding_size.unwrap_or(model.hidden_size);
    }
    let train = &mut settings.train;
    put(&mut train.steps, &args.steps);
    put(&mut train.learning_rate, &training.learning_rate);
    put(&mut train.optimizer.name, &training.optimizer);
    put(&mut train.optimizer.weight_decay, &training.weight_decay);
    put(&mut train.schedule.name, &training.schedule);
    put(&mut train.schedule.warmup, &training.warmup);
    put(&mut train.seed, &training.seed);
    if let Some(clip) = training.clip {
        train.clip = Some(clip).filter(|&clip| clip != 0.0);
    }
    train.carry = !training.no_carry;
    train.patience = training.patience;
    train.val_every = training.val_every.unwrap_or((train.steps / 8).max(1));
    put(&mut settings.seq_length, &training.seq_length);
    put(&mut settings.batch_size, &training.batch_size);
    put(&mut settings.held_out, &training.held_out);
    settings
}
