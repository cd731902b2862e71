//! A forecast from a data file: model selection, training, forecast.

use std::time::Instant;

use elman::data::calendar::{FutureIndex, Until};
use elman::data::{Series, TimeAxis, counted};
use elman::io::read::{Input, LoadedPanel, ReadOptions};
use elman::nn::file::ModelFile;
use elman::select::{FittedForecaster, RunContext, Updated};

use super::assumed::{self, Assumed};
use super::others::Others;
use super::report::Report;
use crate::args::ForecastArgs;
use crate::commands::panel::{self, Bar};
use crate::failure::{Failure, Outcome, USAGE};
use crate::files::Written;
use crate::{files, print};

/// Reads the data, trains, forecasts, writes.
pub fn run(args: ForecastArgs, input: Input) -> Outcome {
    let _lock = args.save.as_deref().map(|save| files::lock(save, "training")).transpose()?;
    let mut settings = panel::settings(args.horizon.unwrap_or(1), &args.panel, &args.common)?;
    let options = panel::read_options(panel::read_defaults(), &args.panel.columns, &args.read)?;
    let loaded = panel::read(input, &options, talks(&args))?;
    let reach = Reach::of(&args, &loaded)?;
    settings.horizon = reach.horizon;
    // A mistake in the assumed values is not found only after the training.
    for (_, assumption) in assumed::by_series(&args.assume, &loaded.series)? {
        assumption.check(reach.horizon)?;
    }
    let started = Instant::now();
    let bar = Bar::new(!args.common.quiet() && print::stderr_is_seen());
    let fitted =
        settings.fit_with(&loaded.series, &RunContext::new(&|progress| bar.show(progress)))?;
    bar.finish();
    let mut written = Written::default();
    if let Some(save) = &args.save {
        written.attempt(save, fitted.save(save, &options));
    }
    let forecast = fitted.predict_ahead(&loaded.series, reach.horizon)?;
    let further = args.panel.model.get(1..).unwrap_or_default();
    let others = Others::of(further, &settings, &loaded.series, &reach)?;
    let assumed = Assumed::of(&args.assume, &fitted, &loaded.series, &forecast, false)?;
    let (reach, fitted, loaded) = (&reach, &fitted, &loaded);
    Report { args: &args, reach, fitted, loaded, forecast, others, assumed }
        .present(started, written)
}

/// Reads the data, forecasts with a trained model, writes.
pub fn again(args: ForecastArgs, file: &ModelFile<f32>) -> Outcome {
    let (mut fitted, read) = trained(&args, file)?;
    let given = given_data(&args, &fitted, read)?;
    let started = Instant::now();
    let (loaded, is_continued) = match given {
        None => {
            say_state(&args, &fitted);
            (history_of_model(&args, &fitted, Vec::new()), true)
        }
        Some(loaded) if has_state(&fitted) && loaded.series.len() == 1 => {
            update(&args, &mut fitted, &loaded.series[0])?;
            (history_of_model(&args, &fitted, loaded.notes), true)
        }
        Some(loaded) => (loaded, false),
    };
    let reach = Reach::of(&args, &loaded)?;
    let forecast = match is_continued {
        true => fitted.predict_continued(reach.horizon)?,
        false => fitted.predict_ahead(&loaded.series, reach.horizon)?,
    };
    let assumed = Assumed::of(&args.assume, &fitted, &loaded.series, &forecast, is_continued)?;
    let (others, reach, fitted, loaded) = (Others::default(), &reach, &fitted, &loaded);
    Report { args: &args, reach, fitted, loaded, forecast, others, assumed }
        .present(started, Written::default())
}

/// The model in `file`, with the levels and threads that are asked for, and how its data were read.
fn trained(
    args: &ForecastArgs,
    file: &ModelFile<f32>,
) -> Result<(FittedForecaster, ReadOptions), Failure> {
    panel::refuse_training_options(&args.given)?;
    let (mut fitted, read) = FittedForecaster::from_file(file)?;
    if let Some(levels) = panel::asked_levels(&args.panel.level)? {
        fitted = fitted.with_levels(levels)?;
    }
    if let Some(point) = args.panel.point {
        fitted = fitted.with_point(point)?;
    }
    let (asked, of_machine) = args.common.threads();
    fitted.settings.threads = asked.unwrap_or(of_machine);
    Ok((fitted, read))
}

/// Whether the model has the hidden state after the last value of its only series.
fn has_state(fitted: &FittedForecaster) -> bool {
    fitted.memory().is_some()
}

/// Reads the data file, if one is named; a model without a hidden state needs one.
fn given_data(
    args: &ForecastArgs,
    fitted: &FittedForecaster,
    read: ReadOptions,
) -> Result<Option<LoadedPanel>, Failure> {
    let Some(data) = &args.data else {
        return match has_state(fitted) {
            true => Ok(None),
            false => Err(needs_data(args)),
        };
    };
    let options = panel::read_options(read, &args.panel.columns, &args.read)?;
    // A single row has the frequency of the model.
    let clock = fitted.memory().map(|memory| memory.recent.clock());
    let step_before = clock.as_ref().and_then(FutureIndex::frequency);
    let options = ReadOptions { one_row: clock.is_some(), step_before, ..options };
    panel::read(files::open(data)?, &options, talks(args)).map(Some)
}

fn needs_data(args: &ForecastArgs) -> Failure {
    let source = args.source.display();
    let message = format!(
        "this model needs a data file with the history of the series\n  help: elman forecast {source} DATA {}",
        args.reach()
    );
    Failure::new(USAGE, message)
}

/// Updates the hidden state with the values of `series`, and says with which.
fn update(
    args: &ForecastArgs,
    fitted: &mut FittedForecaster,
    series: &Series,
) -> Result<(), Failure> {
    let updated = fitted.update(series)?;
    if talks(args) {
        note!("{updated}");
        let is_new = matches!(updated, Updated::Continued { known: 0, .. });
        if is_new && matches!(series.time, TimeAxis::Steps { .. }) {
            note!("note: values without dates continue the values of the model");
        }
    }
    Ok(())
}

/// The last values of the series that the model continues.
fn history_of_model(
    args: &ForecastArgs,
    fitted: &FittedForecaster,
    notes: Vec<String>,
) -> LoadedPanel {
    LoadedPanel {
        series: fitted.memory().map(|memory| memory.recent.clone()).into_iter().collect(),
        path: args.source.display().to_string(),
        target: String::new(),
        id_col: None,
        columns: Vec::new(),
        zone: None,
        duplicates: Vec::new(),
        memory: 0,
        notes,
    }
}

/// Says up to which value the hidden state goes.
fn say_state(args: &ForecastArgs, fitted: &FittedForecaster) {
    if let Some(memory) = fitted.memory().filter(|_| talks(args)) {
        let values = counted(memory.steps, "value");
        let last = memory.recent.label(memory.recent.len() - 1);
        note!("from the hidden state after {values}, up to {last}");
    }
}

/// The horizon.
pub struct Reach {
    /// Time steps of the series that needs the most.
    pub horizon: usize,
    pub until: Option<Until>,
}

impl Reach {
    fn of(args: &ForecastArgs, loaded: &LoadedPanel) -> Result<Self, Failure> {
        let until = args.until(loaded.series.first().map(Series::clock))?;
        let horizon = match &until {
            Some(until) => until.most_steps(loaded.series.iter().map(Series::clock))?,
            None => args.horizon.unwrap_or(1) as usize,
        };
        Ok(Self { horizon, until })
    }
}

/// Whether notes are printed.
pub fn talks(args: &ForecastArgs) -> bool {
    !args.common.quiet() && !args.common.json()
}
