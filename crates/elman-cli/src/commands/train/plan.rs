//! From options to a session: what is trained, with which settings, into which files.

use std::path::{Path, PathBuf};

use elman::forecaster::{Learn, Session, Settings, Source, Weights};
use elman::read::ReadOptions;
use elman::season;

use super::check_outputs;
use crate::args::{TrainArgs, put};
use crate::failure::{Failure, USAGE};
use crate::files;

/// A training about to begin.
pub struct Plan {
    pub session: Session,
    /// What was found in the data.
    pub note: Option<String>,
    pub model_file: PathBuf,
    pub checkpoint_file: PathBuf,
    pub checkpoint_every: Option<u64>,
    pub print_every: u64,
}

/// Makes the plan.
pub fn make(args: &TrainArgs) -> Result<Plan, Failure> {
    if let Some(checkpoint) = &args.files.resume {
        return resumed(args, checkpoint);
    }
    let data = args.data.as_deref().or(args.data_option.as_deref());
    let data = data.filter(|path| *path != Path::new("sine"));
    let weights = args.network.init.as_deref().map(Weights);
    let model_file = args.files.save.clone().unwrap_or_else(|| files::model_name(data));
    let (session, note) = match data {
        None => {
            refuse_data_options(args)?;
            let settings = with_options(Settings::lesson(), args);
            (Session::lesson(settings, weights)?, None)
        }
        Some(path) => {
            if args.network.input_size.is_some() {
                let message = "`--input-size` is for the sine wave; a file has one feature a step";
                return Err(Failure::new(USAGE, message));
            }
            let options = files::read_options(ReadOptions::default(), &args.read)?;
            let loaded = files::read(path, &options)?;
            let len = loaded.series.len();
            // Nothing is decided by what is held out.
            let known = len - args.made_ready.holdout.unwrap_or(len / 5).min(len);
            let season = args.made_ready.season.or_else(|| {
                season::find(&loaded.series.values[..known], loaded.series.frequency())
            });
            let settings = Settings::for_series(known, season.filter(|&season| season > 1));
            let settings =
                Settings { season: args.made_ready.season, ..with_options(settings, args) };
            let note = found(&loaded);
            let source = (path.display().to_string(), options);
            (Session::on_file(loaded.series, source, settings, weights)?, Some(note))
        }
    };
    assemble(args, session, note, model_file, None)
}

/// Goes on from a checkpoint: with its settings, its data read again in the same way.
fn resumed(args: &TrainArgs, checkpoint: &Path) -> Result<Plan, Failure> {
    refuse_settings(args)?;
    let (data, series, note) = match Session::source_of(checkpoint)? {
        Source::Sine if args.data.is_some() => {
            let message = "this training is on the sine wave\n  help: leave the data file out";
            return Err(Failure::new(USAGE, message));
        }
        Source::Sine => (None, None, None),
        Source::File { path, options, .. } => {
            let path = args.data.clone().unwrap_or_else(|| PathBuf::from(path));
            let loaded = files::read(&path, &options)?;
            let note = found(&loaded);
            (Some(path), Some(loaded.series), Some(note))
        }
        Source::Program { .. } => {
            let message = "this training was begun by a program, not by `elman train`";
            return Err(Failure::new(USAGE, message));
        }
    };
    let session = Session::resume(checkpoint, series, args.training.steps)?;
    let done = session.trainer().step();
    if let Some(steps) = args.training.steps.filter(|&steps| steps < done) {
        let message = format!(
            "this training has done {done} steps already, more than `--steps {steps}`\n  help: \
             `--steps` counts from the beginning"
        );
        return Err(Failure::new(USAGE, message));
    }
    let model_file = args
        .files
        .save
        .clone()
        .or(files::model_of_checkpoint(checkpoint))
        .unwrap_or_else(|| files::model_name(data.as_deref()));
    assemble(args, session, note, model_file, Some(checkpoint))
}

fn assemble(
    args: &TrainArgs,
    session: Session,
    note: Option<String>,
    model_file: PathBuf,
    resumed_from: Option<&Path>,
) -> Result<Plan, Failure> {
    let checkpoint_file = args
        .files
        .checkpoint
        .clone()
        .or(resumed_from.map(Path::to_owned))
        .unwrap_or_else(|| files::checkpoint_name(&model_file));
    check_outputs(args, &model_file, &checkpoint_file)?;
    let steps = session.trainer().config().steps;
    let checkpoint_every = args.files.checkpoint_every.or(args
        .files
        .checkpoint
        .is_some()
        .then_some((steps / 10).max(1)));
    let default_report = if session.series().is_some() { (steps / 5).max(1) } else { 15 };
    let print_every = args.training.print_every.unwrap_or(default_report);
    Ok(Plan { session, note, model_file, checkpoint_file, checkpoint_every, print_every })
}

/// With `--resume`, an option that would change the network or its training is a mistake.
fn refuse_settings(args: &TrainArgs) -> Result<(), Failure> {
    const MAY_CHANGE: &[&str] = &[
        "data",
        "data_option",
        "resume",
        "steps",
        "save",
        "plot",
        "checkpoint",
        "checkpoint_every",
        "plain",
        "print_every",
        "json",
        "quiet",
        "config",
        "threads",
        "isa",
    ];
    let fixed = args.given.iter().find(|option| !MAY_CHANGE.contains(&option.as_str()));
    if let Some(option) = fixed {
        let message = format!(
            "`--{}` cannot change in a training that goes on: its settings are in the \
             checkpoint\n  help: leave it out, or begin a new training",
            option.replace('_', "-")
        );
        return Err(Failure::new(USAGE, message));
    }
    Ok(())
}

/// Without a file, an option on how to read or split one is a mistake.
fn refuse_data_options(args: &TrainArgs) -> Result<(), Failure> {
    const FOR_FILES: &[&str] = &[
        "target",
        "time_col",
        "id_col",
        "series",
        "missing",
        "duplicates",
        "sort",
        "date_order",
        "freq",
        "learn",
        "scaler",
        "season",
        "holdout",
    ];
    if let Some(option) = args.given.iter().find(|option| FOR_FILES.contains(&option.as_str())) {
        let option = option.replace('_', "-");
        let message = format!(
            "`--{option}` is for a data file, and none is named\n  help: elman train DATA \
             --{option} …"
        );
        return Err(Failure::new(USAGE, message));
    }
    Ok(())
}

/// One line on the data, and what else a person should know.
fn found(loaded: &elman::read::Loaded) -> String {
    let mut note = format!("{}: {}", loaded.series.name, loaded.found());
    for line in &loaded.notes {
        note.push_str("\n  ");
        note.push_str(line);
    }
    note
}

/// `settings` with every option that was given in its place.
fn with_options(mut settings: Settings, args: &TrainArgs) -> Settings {
    let (network, training) = (&args.network, &args.training);
    let model = &mut settings.model;
    put(&mut model.cell, &network.cell);
    put(&mut model.hidden_size, &network.hidden_size);
    put(&mut model.num_layers, &network.stack.layers(network.num_layers));
    if !network.stack.dilations.is_empty() {
        model.dilations.clone_from(&network.stack.dilations);
    }
    model.residual |= network.stack.residual;
    put(&mut model.input_size, &network.input_size);
    put(&mut model.dropout, &network.dropout);
    let train = &mut settings.train;
    put(&mut train.steps, &training.steps);
    put(&mut train.learning_rate, &training.learning_rate);
    put(&mut train.loss, &training.loss);
    put(&mut train.optimizer.name, &training.optimizer);
    put(&mut train.optimizer.momentum, &training.momentum);
    put(&mut train.optimizer.weight_decay, &training.weight_decay);
    put(&mut train.schedule.name, &training.schedule);
    put(&mut train.schedule.warmup, &training.warmup);
    put(&mut train.schedule.step_size, &training.schedule_step);
    put(&mut train.schedule.factor, &training.schedule_factor);
    put(&mut train.schedule.floor, &training.schedule_floor);
    put(&mut train.schedule.plateau_patience, &training.schedule_patience);
    put(&mut train.val_every, &training.val_every);
    if let Some(clip) = training.clip {
        train.clip = Some(clip).filter(|&clip| clip != 0.0);
    }
    train.patience = training.patience;
    train.carry = !training.no_carry;
    train.seed = args.common.seed;
    put(&mut settings.seq_length, &training.seq_length);
    put(&mut settings.batch_size, &training.batch_size);
    if let Some(learn) = &args.made_ready.learn {
        settings.learn = if learn == "values" { Learn::Values } else { Learn::Changes };
    }
    put(&mut settings.scaler, &args.made_ready.scaler);
    settings.holdout = args.made_ready.holdout;
    settings
}
