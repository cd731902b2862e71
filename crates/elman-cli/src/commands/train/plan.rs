//! From options to a training run: its data, its settings and its files.

use std::path::{Path, PathBuf};

use elman::TrainingRun;
use elman::io::read::{LoadedPanel, ReadOptions};
use elman::models::rnn::Likelihood;
use elman::select::{Provenance, RnnForecaster};
use serde_json::json;

use crate::args::{ColumnArgs, FileArgs, ReadArgs, TrainArgs, put};
use crate::commands::bench::machine;
use crate::commands::checkpoints::{self, Checkpoints};
use crate::commands::{older, panel};
use crate::failure::{Failure, USAGE};
use crate::files;

/// A training about to begin.
pub struct Plan {
    pub run: TrainingRun,
    /// The data, and the files that will be replaced.
    pub notes: Vec<String>,
    pub model_file: PathBuf,
    pub checkpoints: Checkpoints,
    /// Held until the end of the training.
    pub locks: files::Locks,
    pub print_every: u64,
}

/// Makes the plan.
pub fn make(args: &TrainArgs) -> Result<Plan, Failure> {
    let isa = args.training.isa.as_deref().map(|name| machine::isa(Some(name))).transpose()?;
    let FileArgs { resume, .. } = &args.files;
    let inputs = [&args.data, &args.data_option, resume, &args.network.init];
    files::stdin_once(&inputs.map(Option::as_ref))?;
    let mut plan = match resume {
        Some(checkpoint) => resumed(args, checkpoint)?,
        None => begun(args)?,
    };
    let (asked, of_machine) = args.common.threads();
    plan.run = plan.run.with_threads(asked, of_machine);
    if let Some(isa) = isa {
        plan.run = plan.run.with_isa(isa);
    }
    Ok(plan)
}

/// Begins a training on a data file, or on the sine wave.
fn begun(args: &TrainArgs) -> Result<Plan, Failure> {
    let data = args.data.as_deref().or(args.data_option.as_deref());
    let data = data.filter(|path| *path != Path::new("sine"));
    let weights = args.network.init.as_deref().map(files::tensors).transpose()?;
    let weights = weights.as_ref();
    let model_file = args.files.save.clone().unwrap_or_else(|| files::model_name(data));
    let (run, loaded) = match data {
        None => {
            refuse_data_options(args)?;
            let settings = with_options(RnnForecaster::lesson(), args)?;
            (TrainingRun::lesson(settings, weights)?, None)
        }
        Some(path) => {
            let settings = with_options(RnnForecaster::new(1), args)?;
            let options = panel::read_options(panel::read_defaults(), &args.columns, &args.read)?;
            let loaded = panel::read(files::open(path)?, &options, false)?;
            let source = (path.display().to_string(), options);
            let series = loaded.series.clone();
            (TrainingRun::on_file(series, source, settings, weights)?, Some(loaded))
        }
    };
    assemble(args, run, loaded, model_file)
}

/// Goes on from a checkpoint: with its settings, its data read again in the same way.
fn resumed(args: &TrainArgs, checkpoint: &Path) -> Result<Plan, Failure> {
    checkpoints::refuse_settings(&args.given)?;
    let file = files::model(checkpoint)?;
    let (data, loaded) = match TrainingRun::source_of(&file)? {
        Provenance::Sine { .. } if args.data.is_some() => {
            let message = "this checkpoint is of the sine wave\n  help: leave out the data file";
            return Err(Failure::new(USAGE, message));
        }
        Provenance::Sine { .. } => (None, None),
        Provenance::File { path, options, .. } => {
            let options = ReadOptions { max_memory: args.read.max_memory, ..*options };
            let path = args.data.clone().unwrap_or_else(|| PathBuf::from(path));
            (Some(path.clone()), Some(panel::read(files::open(&path)?, &options, false)?))
        }
        Provenance::Program { .. } => {
            let message = "this checkpoint is not of `elman train`, but of another program";
            return Err(Failure::new(USAGE, message));
        }
    };
    let series = loaded.as_ref().map(|loaded| loaded.series.clone());
    let run = TrainingRun::resume(&file, series, args.training.max_steps)?;
    checkpoints::refuse_fewer_steps(args.training.max_steps, run.trainer().step())?;
    let model_file = args
        .files
        .save
        .clone()
        .or(files::model_of_checkpoint(checkpoint))
        .unwrap_or_else(|| files::model_name(data.as_deref()));
    assemble(args, run, loaded, model_file)
}

fn assemble(
    args: &TrainArgs,
    run: TrainingRun,
    loaded: Option<LoadedPanel>,
    model_file: PathBuf,
) -> Result<Plan, Failure> {
    let steps = run.trainer().config().max_steps;
    let checkpoints = Checkpoints::of(&args.files, &model_file, steps);
    let inputs = [args.data.as_ref(), args.data_option.as_ref()];
    let locks = files::check_outputs(&inputs, [&model_file, &checkpoints.file], &args.files.plot)?;
    let mut notes = Vec::new();
    if let Some(loaded) = &loaded {
        notes.push(format!("{}: {}", loaded.path, loaded.found()));
        let all = loaded.notes.iter().chain(run.notes());
        notes.extend(panel::limited(all.map(|note| format!("note: {note}")).collect()));
    }
    notes.extend(args.network.without_effect(&run.settings().model));
    if args.files.resume.is_none() {
        if args.files.save.is_none() {
            let [settings, source] = [json!(run.settings()), json!(run.source())];
            notes.extend(older::replaced(&model_file, &settings, &source));
        }
        notes.extend(older::unfinished(&checkpoints.file, "elman train"));
    }
    let default_report = if run.is_lesson() { 15 } else { (steps / 5).max(1) };
    let print_every = args.print_every.unwrap_or(default_report);
    Ok(Plan { run, notes, model_file, checkpoints, locks, print_every })
}

/// Refuses options of data files for the sine wave.
fn refuse_data_options(args: &TrainArgs) -> Result<(), Failure> {
    let given = [args.given.of_group::<ReadArgs>(&[]), args.given.of_group::<ColumnArgs>(&[])];
    match given.iter().flatten().next() {
        None => Ok(()),
        Some(option) => {
            let message =
                format!("`{option}` needs a data file\n  help: elman train DATA {option} …");
            Err(Failure::new(USAGE, message))
        }
    }
}

/// `settings` with every option that was given in its place.
fn with_options(mut settings: RnnForecaster, args: &TrainArgs) -> Result<RnnForecaster, Failure> {
    let TrainArgs { network, training, preprocessing: series, .. } = args;
    network.put_into(&mut settings.model);
    training.put_into(&mut settings.train);
    put(&mut settings.train.loss, &args.loss);
    settings.train.seed = args.common.seed();
    settings.seq_length = training.seq_length.or(settings.seq_length);
    settings.batch_size = training.batch_size.or(settings.batch_size);
    settings.holdout = series.holdout.or(settings.holdout);
    settings.seasons = panel::asked_seasons(&series.season).or(settings.seasons);
    put(&mut settings.lags, &args.lags);
    put(&mut settings.horizon, &args.horizon.map(|steps| steps as usize));
    put(&mut settings.differences, &series.differences.map(usize::from));
    put(&mut settings.levels, &panel::asked_levels(&args.level)?);
    let likelihood = panel::asked_likelihood(args.likelihood, args.loss.as_deref())?;
    if let Some(transform) = series.transform {
        settings = settings.transform(transform);
    }
    let is_of_counts = likelihood == Some(Likelihood::NegativeBinomial);
    if let Some(transform) = series.transform.filter(|_| is_of_counts) {
        let message = format!(
            "counts have a transform of their own, and `--transform {}` was given\n  help: leave out `--transform`",
            transform.name
        );
        return Err(Failure::new(USAGE, message));
    }
    if let Some(likelihood) = likelihood {
        settings = settings.likelihood(likelihood);
    }
    if let Some(scaler) = &series.scaler {
        if !settings.transform.is_linear {
            let message = format!(
                "`--scaler {scaler}` is for the transform `mean_scale`, and this training has `{}`\n  help: leave out \
                 `--scaler`",
                settings.transform.name
            );
            return Err(Failure::new(USAGE, message));
        }
        settings.scaler = Some(scaler.clone());
    }
    settings.calendar = args.columns.calendar;
    settings.non_negative = series.non_negative;
    settings.keep_outliers = series.keep_outliers;
    Ok(settings)
}
