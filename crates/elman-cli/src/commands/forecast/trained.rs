//! The future from the memory in a model file.

use std::process::ExitCode;

use elman::forecaster::{Observed, Provenance, StatefulForecaster};
use elman::io::read::ReadOptions;
use elman::io::write;
use elman::nn::file::ModelFile;
use elman::report::{self, Album};
use serde_json::{Value, json};

use crate::args::{ForecastArgs, PanelArgs};
use crate::commands::formulas;
use crate::failure::{Failure, Outcome, USAGE};
use crate::files::Written;
use crate::{files, print};

/// Loads, shows the new data to the memory, forecasts.
pub fn run(args: ForecastArgs, file: &ModelFile<f32>) -> Outcome {
    let given = args.given.of_group::<PanelArgs>(&[]);
    if let [first, ..] = &given[..] {
        let names = given.join(", ");
        let message = format!(
            "`{first}` is an option of forecasts from a data file, and this file is a model of `elman train`, which has no \
             prediction intervals\n  help: leave out {names}"
        );
        return Err(Failure::new(USAGE, message));
    }
    let mut trained = StatefulForecaster::from_file(file)?;
    let observed = match &args.data {
        None => None,
        Some(path) => {
            let loaded = files::read(files::open(path)?, &read_options(&args, &trained)?)?;
            let observed = trained.update(&loaded.series)?;
            if !args.common.quiet() {
                note!("{}: {}", loaded.series.name, loaded.found());
                note!("{}", sentence(&observed));
            }
            Some(observed)
        }
    };
    let clock = &trained.about().clock;
    let horizon = match args.until(Some(clock.clone()))? {
        Some(until) => until.most_steps(std::iter::once(clock.clone()))?,
        None => args.horizon.unwrap_or(1) as usize,
    };
    let forecast = trained.forecast(horizon)?;
    let picture = forecast.picture();
    let mut written = Written::default();
    if let Some(out) = &args.out {
        written.attempt(out, files::write_table(out, &[], forecast.rows(), args.csv.safe_csv));
    }
    for plot in &args.plot {
        written.attempt(plot, report::write(plot, &Album::from(picture.clone())));
    }
    if args.common.json() {
        let rows: Vec<Value> = forecast.rows().map(|row| write::json(&[], row)).collect();
        let document = json!({
            "command": "forecast",
            "model": args.source,
            "horizon": horizon,
            "season": trained.about().season,
            "scores": trained.about().scores,
            "observed": observed.as_ref().map(observed_json),
            "forecast": rows,
            "files": {"out": args.out, "plots": args.plot},
        });
        out!("{document}");
    } else if !written.has(args.out.as_ref()) {
        print::results(|out| files::write_csv(out, &[], forecast.rows(), args.csv.safe_csv));
    }
    if !args.common.quiet() && !args.common.json() {
        if print::stdout_is_seen() && print::stderr_is_seen() {
            let color = std::env::var_os("NO_COLOR").is_none();
            note!("{}", report::text(&picture, 72, 14, color));
        }
        if let Some(scores) = trained.about().scores.as_ref().filter(|s| !s.beats_baselines()) {
            let (ours, best) = (scores.network().mae, scores.best_baseline());
            note!(
                "note: one step ahead on its test set this model (MAE {ours:.5}) is less than 1 % better \
                 than the {} baseline (MAE {:.5})",
                best.name,
                best.mae
            );
        }
        if trained.about().scores.is_some() && horizon > 1 {
            note!(
                "note: the error of this model was measured one step ahead; from the second step on the forecast is \
                 recursive, and its error is larger"
            );
        }
        let name = forecast.rows().next().map(|row| row.unique_id.to_owned());
        formulas::note(name.as_deref(), args.out.as_deref(), args.csv.safe_csv);
        for file in &written.files {
            note!("saved {}", file.display());
        }
    }
    written.end().map(|()| ExitCode::SUCCESS)
}

/// The data are read as in training, but for what is said here.
fn read_options(args: &ForecastArgs, trained: &StatefulForecaster) -> Result<ReadOptions, Failure> {
    let like = match &trained.about().source {
        Provenance::File { options, .. } => (**options).clone(),
        _ => ReadOptions::default(),
    };
    // A single row shows no step of its own: it has that of the model.
    let step_before = trained.about().clock.frequency();
    files::read_options(ReadOptions { one_row: true, step_before, ..like }, &args.read)
}

fn sentence(observed: &Observed) -> String {
    match observed {
        Observed::GoesOn { known, new: 0 } => {
            format!("the hidden state includes all {known} values already")
        }
        Observed::GoesOn { known: 0, new } => {
            format!(
                "the hidden state is updated with {new} new value{}",
                if *new == 1 { "" } else { "s" }
            )
        }
        Observed::GoesOn { known, new } => {
            format!(
                "the hidden state includes the first {known} values already and is updated with {new} more"
            )
        }
        Observed::Anew { values } => format!(
            "the new values do not continue the values of the model: the hidden state is reset, then updated with all \
             {values} new values"
        ),
    }
}

fn observed_json(observed: &Observed) -> Value {
    match observed {
        Observed::GoesOn { known, new } => json!({"known": known, "new": new, "anew": false}),
        Observed::Anew { values } => json!({"known": 0, "new": values, "anew": true}),
    }
}
