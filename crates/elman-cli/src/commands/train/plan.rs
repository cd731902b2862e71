//! From options to a session: what is trained, with which settings, into which files.

use std::path::{Path, PathBuf};

use elman::forecaster::{Provenance, SeriesConfig, TrainingRun};
use elman::io::read::ReadOptions;
use elman::season;
use serde_json::json;

use crate::args::{FileArgs, ReadArgs, SeriesArgs, TrainArgs, put};
use crate::commands::checkpoints::{self, Checkpoints};
use crate::commands::older;
use crate::failure::{Failure, USAGE};
use crate::files;

/// A training about to begin.
pub struct Plan {
    pub session: TrainingRun,
    /// What was found in the data, and what will be replaced.
    pub notes: Vec<String>,
    pub model_file: PathBuf,
    pub checkpoints: Checkpoints,
    /// Held until the end of the training.
    pub locks: files::Locks,
    pub print_every: u64,
}

/// Makes the plan.
pub fn make(args: &TrainArgs) -> Result<Plan, Failure> {
    let FileArgs { resume, .. } = &args.files;
    let inputs = [&args.data, &args.data_option, resume, &args.network.init];
    files::stdin_once(&inputs.map(Option::as_ref))?;
    if let Some(checkpoint) = &args.files.resume {
        return resumed(args, checkpoint);
    }
    let data = args.data.as_deref().or(args.data_option.as_deref());
    let data = data.filter(|path| *path != Path::new("sine"));
    let weights = args.network.init.as_deref().map(files::tensors).transpose()?;
    let weights = weights.as_ref();
    let model_file = args.files.save.clone().unwrap_or_else(|| files::model_name(data));
    let (session, note) = match data {
        None => {
            refuse_data_options(args)?;
            let settings = with_options(SeriesConfig::lesson(), args);
            (TrainingRun::lesson(settings, weights)?, None)
        }
        Some(path) => {
            if args.input_size.is_some() {
                let message = "`--input-size` is an option of the sine wave; a data file has one input feature\n  help: leave out `--input-size`";
                return Err(Failure::new(USAGE, message));
            }
            let options = files::read_options(ReadOptions::default(), &args.read)?;
            let loaded = files::read(files::open(path)?, &options)?;
            let len = loaded.series.len();
            // Nothing is decided by what is held out.
            let known = len - args.made_ready.holdout.unwrap_or(len / 5).min(len);
            let season = args.made_ready.season.or_else(|| {
                season::find(&loaded.series.values[..known], loaded.series.frequency())
            });
            let settings = SeriesConfig::for_series(known, season.filter(|&season| season > 1));
            let settings =
                SeriesConfig { season: args.made_ready.season, ..with_options(settings, args) };
            let note = found(&loaded);
            let source = (path.display().to_string(), options);
            (TrainingRun::on_file(loaded.series, source, settings, weights)?, Some(note))
        }
    };
    assemble(args, session, note, model_file)
}

/// Goes on from a checkpoint: with its settings, its data read again in the same way.
fn resumed(args: &TrainArgs, checkpoint: &Path) -> Result<Plan, Failure> {
    checkpoints::refuse_settings(&args.given)?;
    let file = files::model(checkpoint)?;
    let (data, series, note) = match TrainingRun::source_of(&file)? {
        Provenance::Sine if args.data.is_some() => {
            let message = "this checkpoint is of the sine wave\n  help: leave out the data file";
            return Err(Failure::new(USAGE, message));
        }
        Provenance::Sine => (None, None, None),
        Provenance::File { path, options, .. } => {
            let options = ReadOptions { max_memory: args.read.max_memory, ..*options };
            let path = args.data.clone().unwrap_or_else(|| PathBuf::from(path));
            let loaded = files::read(files::open(&path)?, &options)?;
            let note = found(&loaded);
            (Some(path), Some(loaded.series), Some(note))
        }
        Provenance::Program { .. } => {
            let message = "this checkpoint is not of `elman train`, but of another program";
            return Err(Failure::new(USAGE, message));
        }
    };
    let session = TrainingRun::resume(&file, series, args.training.max_steps)?;
    checkpoints::refuse_fewer_steps(args.training.max_steps, session.trainer().step())?;
    let model_file = args
        .files
        .save
        .clone()
        .or(files::model_of_checkpoint(checkpoint))
        .unwrap_or_else(|| files::model_name(data.as_deref()));
    assemble(args, session, note, model_file)
}

fn assemble(
    args: &TrainArgs,
    session: TrainingRun,
    found: Option<String>,
    model_file: PathBuf,
) -> Result<Plan, Failure> {
    let steps = session.trainer().config().max_steps;
    let checkpoints = Checkpoints::of(&args.files, &model_file, steps);
    let inputs = [args.data.as_ref(), args.data_option.as_ref()];
    let locks = files::check_outputs(&inputs, [&model_file, &checkpoints.file], &args.files.plot)?;
    let mut notes: Vec<String> = found.into_iter().collect();
    if args.files.resume.is_none() {
        if args.files.save.is_none() {
            let [settings, source] = [json!(session.settings()), json!(session.source())];
            notes.extend(older::replaced(&model_file, &settings, &source));
        }
        notes.extend(older::unfinished(&checkpoints.file, "elman train"));
    }
    let default_report = if session.series().is_some() { (steps / 5).max(1) } else { 15 };
    let print_every = args.print_every.unwrap_or(default_report);
    Ok(Plan { session, notes, model_file, checkpoints, locks, print_every })
}

/// Refuses options of data files for the sine wave.
fn refuse_data_options(args: &TrainArgs) -> Result<(), Failure> {
    let given = [args.given.of_group::<ReadArgs>(&[]), args.given.of_group::<SeriesArgs>(&[])];
    match given.iter().flatten().next() {
        None => Ok(()),
        Some(option) => {
            let message =
                format!("`{option}` needs a data file\n  help: elman train DATA {option} …");
            Err(Failure::new(USAGE, message))
        }
    }
}

/// One line on the data, and what else a person should know.
fn found(loaded: &elman::io::read::Loaded) -> String {
    let mut note = format!("{}: {}", loaded.series.name, loaded.found());
    for line in &loaded.notes {
        note.push_str("\n  ");
        note.push_str(line);
    }
    note
}

/// `settings` with every option that was given in its place.
fn with_options(mut settings: SeriesConfig, args: &TrainArgs) -> SeriesConfig {
    args.network.put_into(&mut settings.model);
    put(&mut settings.model.input_size, &args.input_size);
    let SeriesConfig { train, seq_length, batch_size, .. } = &mut settings;
    args.training.put_into(train, [seq_length, batch_size]);
    put(&mut train.loss, &args.loss);
    train.seed = args.common.seed();
    put(&mut settings.differences, &args.made_ready.differences.map(usize::from));
    put(&mut settings.scaler, &args.made_ready.scaler);
    settings.holdout = args.made_ready.holdout;
    settings
}
