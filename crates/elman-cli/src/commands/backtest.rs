//! `elman backtest DATA`: rolling origins, beside the baselines.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use elman::backtest::{Backtest, BacktestSettings, ModelScores};
use elman::io::read::{Input, LoadedPanel};
use elman::io::write::Row;
use elman::metrics::Metric;
use elman::nn::file::ModelFile;
use elman::nn::registry::Entry;
use elman::select::{FittedForecaster, RunContext};
use serde_json::{Map, Value, json};

use crate::args::BacktestArgs;
use crate::commands::panel::{self, Bar};
use crate::commands::{formulas, scores};
use crate::failure::{Failure, Outcome, USAGE};
use crate::files::Written;
use crate::{files, numbers, print};

/// Significant digits of an error.
const DIGITS: usize = 5;

/// Reads the data, evaluates, prints the scores.
pub fn run(mut args: BacktestArgs) -> Outcome {
    let to_stdout = files::to_stdout(&mut args.out, args.common.json())?;
    check_files(&args)?;
    let talks = !args.common.quiet() && !args.common.json();
    let input = files::open(&args.source)?;
    let started = Instant::now();
    let evaluated = match &args.data {
        Some(data) => of_model(&args, input, data, talks)?,
        None => of_data(&args, input, talks)?,
    };
    let seconds = started.elapsed().as_secs_f64();
    let mut written = Written::default();
    if let Some(out) = &args.out {
        let (columns, rows) = (evaluated.backtest.columns(), evaluated.rows());
        written.attempt(out, files::write_table(out, &columns, rows, args.csv.safe_csv));
    }
    if let Some(file) = &args.scores {
        written.attempt(file, write_scores(file, &evaluated.backtest));
    }
    print_scores(&args, &evaluated, to_stdout, talks);
    if talks {
        note_forecasts(&args, &evaluated);
        note_quality(&evaluated);
        panel::say(&evaluated.backtest.notes);
        if to_stdout || args.out.is_some() {
            let names = evaluated.loaded.series.iter().map(|series| &series.name[..]);
            formulas::note(names, args.out.as_deref(), args.csv.safe_csv);
        }
        note!("done in {}", numbers::seconds(seconds));
        written.files.iter().for_each(|file| note!("saved {}", file.display()));
    }
    written.end().map(|()| ExitCode::SUCCESS)
}

/// Refuses files that cannot be read and written as they are named.
fn check_files(args: &BacktestArgs) -> Result<(), Failure> {
    let outputs = || args.out.iter().chain(&args.scores);
    files::can_write(&outputs().map(|out| out.as_path()).collect::<Vec<_>>(), &[])?;
    let inputs = [Some(&args.source), args.data.as_ref()];
    files::stdin_once(&inputs)?;
    files::are_apart(&inputs, outputs())?;
    files::may_be_table(args.out.as_ref())
}

/// Prints the JSON document, or the table of scores, which goes to stderr where the forecasts go to stdout.
fn print_scores(args: &BacktestArgs, evaluated: &Evaluated, to_stdout: bool, talks: bool) {
    let table = || table(&evaluated.backtest.scores);
    if to_stdout {
        let (columns, rows) = (evaluated.backtest.columns(), evaluated.rows());
        print::results(|out| files::write_csv(out, &columns, rows, args.csv.safe_csv));
        if talks {
            note!("{}", table());
        }
    } else if args.common.json() {
        out!("{}", document(args, evaluated));
    } else {
        out!("{}", table());
    }
}

/// Prints the seasons, the number of forecasts and of series, and the covariates.
fn note_forecasts(args: &BacktestArgs, evaluated: &Evaluated) {
    let Evaluated { loaded, settings, backtest } = evaluated;
    note!("{}", panel::found_seasons(&backtest.selection));
    if args.data.is_none() {
        panel::sampled(&backtest.selection, loaded.series.len()).inspect(|line| note!("{line}"));
    }
    let tested = backtest.cutoffs.iter().filter(|cutoffs| !cutoffs.is_empty()).count();
    let forecasts: usize = backtest.cutoffs.iter().map(Vec::len).sum();
    let horizon = settings.forecaster.horizon;
    note!("{forecasts} forecasts, horizon {horizon}, {tested} series");
    note!(
        "scores are means over series and cutoffs; rmse is the mean of the RMSE of each forecast, not pooled"
    );
    if tested < loaded.series.len() {
        let short = loaded.series.len() - tested;
        note!(
            "note: {short} series are too short for this backtest; they are part of the training data only"
        );
    }
    if let Some(sentence) = panel::covariates(&backtest.selection) {
        note!("{sentence}");
    }
}

/// Prints the comparison with the baselines, and the scores of the prediction intervals.
fn note_quality(evaluated: &Evaluated) {
    let (backtest, levels) = (&evaluated.backtest, evaluated.levels());
    if let Some(claim) = backtest.claim() {
        note!("{}", claim.sentence());
    }
    if !levels.is_empty() && !backtest.coverage.is_empty() {
        note!("interval coverage: {}", scores::shares(levels, &backtest.coverage));
    }
    if let (Some(msis), Some(level)) = (backtest.msis, levels.last()) {
        note!("MSIS of the {level} % interval: {}", numbers::fixed(msis, 3));
    }
    if let Some(crps) = backtest.crps {
        let mean = numbers::significant(crps.mean, DIGITS);
        note!("CRPS: {mean}; divided by the mean value: {}", numbers::fixed(crps.scaled, 4));
    }
}

/// The data, the settings of the forecasts, and their evaluation.
struct Evaluated {
    loaded: LoadedPanel,
    settings: BacktestSettings,
    backtest: Backtest,
}

impl Evaluated {
    fn levels(&self) -> &[f64] {
        &self.settings.forecaster.levels
    }

    fn rows(&self) -> impl Iterator<Item = Row<'_>> + Clone {
        self.backtest.rows(&self.loaded.series)
    }
}

/// Selects and trains models on the data in `input`.
fn of_data(args: &BacktestArgs, input: Input, talks: bool) -> Result<Evaluated, Failure> {
    if input.is_safetensors() {
        let source = args.source.display();
        let message = format!(
            "{source} is a model, and a backtest needs data\n  help: elman backtest {source} DATA"
        );
        return Err(Failure::new(USAGE, message));
    }
    let Some(horizon) = args.horizon else {
        let message = "a backtest of a data file needs a horizon\n  help: `--horizon 12` forecasts 12 time steps";
        return Err(Failure::new(USAGE, message));
    };
    let settings = BacktestSettings {
        forecaster: panel::settings(horizon, &args.panel, &args.common)?,
        n_windows: args.n_windows as usize,
        step_size: args.step_size as usize,
        refit: args.refit,
    };
    let options = panel::read_options(panel::read_defaults(), &args.panel.columns, &args.read)?;
    let loaded = panel::read(input, &options, talks)?;
    let bar = Bar::new(!args.common.quiet() && print::stderr_is_seen());
    let backtest =
        Backtest::run(&loaded.series, &settings, &RunContext::new(&|progress| bar.show(progress)))?;
    bar.finish();
    Ok(Evaluated { loaded, settings, backtest })
}

/// Forecasts with the model in `input` on `data`, without training.
fn of_model(
    args: &BacktestArgs,
    input: Input,
    data: &Path,
    talks: bool,
) -> Result<Evaluated, Failure> {
    if !input.is_safetensors() {
        let source = args.source.display();
        let message = format!("{source} is not a model, and a second file needs a model first");
        return Err(Failure::new(USAGE, message));
    }
    let name = PathBuf::from(input.name());
    let (mut fitted, read) = FittedForecaster::from_file(&ModelFile::from_reader(input, &name)?)?;
    panel::refuse_training_options(&args.given)?;
    let trained = fitted.settings.horizon;
    if let Some(horizon) = args.horizon.filter(|asked| *asked as usize != trained) {
        let message = format!(
            "this model was trained for a horizon of {trained}, and `--horizon {horizon}` was given\n  help: leave out \
             `--horizon`, or train a model for this horizon"
        );
        return Err(Failure::new(USAGE, message));
    }
    if let Some(levels) = panel::asked_levels(&args.panel.level)? {
        fitted = fitted.with_levels(levels)?;
    }
    let (asked, of_machine) = args.common.threads();
    fitted.settings.threads = asked.unwrap_or(of_machine);
    let options = panel::read_options(read, &args.panel.columns, &args.read)?;
    let loaded = panel::read(files::open(data)?, &options, talks)?;
    let [n_windows, step_size] = [args.n_windows, args.step_size].map(|n| n as usize);
    let backtest = Backtest::of_fitted(&fitted, &loaded.series, n_windows, step_size)?;
    let forecaster = fitted.settings.clone();
    let settings = BacktestSettings { forecaster, n_windows, step_size, refit: false };
    Ok(Evaluated { loaded, settings, backtest })
}

/// Writes the scores of each series and model.
fn write_scores(file: &Path, backtest: &Backtest) -> Result<(), Failure> {
    let metrics: Vec<&str> = Metric::ALL.iter().map(Entry::name).chain(["owa"]).collect();
    let rows = backtest.by_series.iter().flat_map(|(series, models)| {
        models.iter().map(|model| {
            let scores = model.metrics.iter().copied().chain([model.owa]).collect();
            (series.clone(), model.name.clone(), scores)
        })
    });
    files::write_scores(file, &metrics, rows)
}

/// A table with one line for each model.
fn table(scores: &[ModelScores]) -> String {
    let width = scores.iter().map(|scored| scored.name.len()).max().unwrap_or(0);
    let mut lines = vec![format!("{:width$}", "")];
    for metric in Metric::ALL {
        lines[0].push_str(&format!("  {:>10}", metric.name));
    }
    lines[0].push_str(&format!("  {:>7}", "owa"));
    for scored in scores {
        let mut line = format!("{:width$}", scored.name);
        for value in &scored.metrics {
            let error = value.map(|value| numbers::significant(value, DIGITS));
            line.push_str(&format!("  {:>10}", error.as_deref().unwrap_or("-")));
        }
        let owa = numbers::score(scored.owa);
        line.push_str(&format!("  {owa:>7}"));
        lines.push(line);
    }
    lines.join("\n")
}

fn document(args: &BacktestArgs, evaluated: &Evaluated) -> Value {
    let Evaluated { loaded, settings, backtest } = evaluated;
    let named = |scores: &[ModelScores]| -> Value {
        let all = scores.iter().map(|scored| {
            let metrics = Metric::ALL.iter().zip(&scored.metrics);
            let mut metrics: Map<String, Value> =
                metrics.map(|(metric, value)| (metric.name.to_owned(), json!(value))).collect();
            metrics.insert("owa".to_owned(), json!(scored.owa));
            (scored.name.clone(), Value::Object(metrics))
        });
        Value::Object(all.collect())
    };
    let series: Map<String, Value> =
        backtest.by_series.iter().map(|(name, scores)| (name.clone(), named(scores))).collect();
    json!({
        "command": "backtest",
        "data": loaded.path,
        "model": args.data.is_some().then_some(&args.source),
        "found": loaded.found(),
        "notes": panel::notes(loaded, &backtest.notes),
        "horizon": settings.forecaster.horizon,
        "n_windows": settings.n_windows,
        "step_size": settings.step_size,
        "refit": settings.refit,
        "seasons": backtest.selection.seasons,
        "metrics": named(&backtest.scores),
        "mean_over": "series and cutoffs",
        "claim": backtest.claim(),
        "series": series,
        "levels": settings.forecaster.levels,
        "crps": backtest.crps,
        "coverage": panel::validated(&backtest.coverage),
        "msis": backtest.msis,
        "files": {"out": args.out, "scores": args.scores},
    })
}
