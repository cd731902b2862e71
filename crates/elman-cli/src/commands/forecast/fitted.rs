//! A forecast from a data file: model selection, training, forecast.

use std::process::ExitCode;
use std::time::Instant;

use elman::data::calendar::{FutureIndex, Until};
use elman::data::{Series, TimeAxis, counted, thousands};
use elman::io::read::{Input, LoadedPanel, ReadOptions};
use elman::io::write;
use elman::models::rnn::Likelihood;
use elman::nn::file::ModelFile;
use elman::report::{self, Album};
use elman::select::{
    AutoForecaster, FittedForecaster, Forecast, RunContext, SelectionReport, Updated,
};
use serde_json::{Value, json};

use crate::args::ForecastArgs;
use crate::commands::panel::{self, Bar};
use crate::commands::{claim, formulas, scores};
use crate::failure::{Failure, Outcome, USAGE};
use crate::files::Written;
use crate::{files, numbers, print};

/// Series in a chart, at most.
const MAX_PAGES: usize = 6;

/// Reads the data, trains, forecasts, writes.
pub fn run(args: ForecastArgs, input: Input) -> Outcome {
    let _lock = args.save.as_deref().map(|save| files::lock(save, "training")).transpose()?;
    let mut settings = panel::settings(args.horizon.unwrap_or(1), &args.panel, &args.common)?;
    let options = panel::read_options(panel::read_defaults(), &args.panel.columns, &args.read)?;
    let loaded = panel::read(input, &options, talks(&args))?;
    let reach = Reach::of(&args, &loaded)?;
    settings.horizon = reach.horizon;
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
    present(&args, &reach, &fitted, &loaded, forecast, started, written)
}

/// Reads the data, forecasts with a trained model, writes.
pub fn again(args: ForecastArgs, file: &ModelFile<f32>) -> Outcome {
    panel::refuse_training_options(&args.given)?;
    let (mut fitted, read) = FittedForecaster::from_file(file)?;
    if let Some(levels) = panel::asked_levels(&args.panel.level)? {
        fitted = fitted.with_levels(levels)?;
    }
    let (asked, of_machine) = args.common.threads();
    fitted.settings.threads = asked.unwrap_or(of_machine);
    let clock = fitted.memory().map(|memory| memory.recent.clock());
    let mut notes = Vec::new();
    let loaded = match (&args.data, &clock) {
        (Some(data), _) => {
            let options = panel::read_options(read, &args.panel.columns, &args.read)?;
            // A single row has the frequency of the model.
            let step_before = clock.as_ref().and_then(FutureIndex::frequency);
            let options = ReadOptions { one_row: clock.is_some(), step_before, ..options };
            Some(panel::read(files::open(data)?, &options, talks(&args))?)
        }
        (None, Some(_)) => None,
        (None, None) => {
            let source = args.source.display();
            let message = format!(
                "this model needs a data file with the history of the series\n  help: elman forecast {source} DATA {}",
                args.reach()
            );
            return Err(Failure::new(USAGE, message));
        }
    };
    let started = Instant::now();
    // One series continues from the hidden state in the file.
    let loaded = match (loaded, &clock) {
        (Some(loaded), Some(_)) if loaded.series.len() == 1 => {
            let updated = fitted.update(&loaded.series[0])?;
            if talks(&args) {
                note!("{}", sentence(&updated));
                let is_new = matches!(updated, Updated::Continued { known: 0, .. });
                if is_new && matches!(loaded.series[0].time, TimeAxis::Steps { .. }) {
                    note!("note: values without dates continue the values of the model");
                }
            }
            notes = loaded.notes;
            None
        }
        (loaded, _) => loaded,
    };
    let is_continued = loaded.is_none();
    let loaded = loaded.unwrap_or_else(|| LoadedPanel {
        series: fitted.memory().map(|memory| memory.recent.clone()).into_iter().collect(),
        path: args.source.display().to_string(),
        target: String::new(),
        id_col: None,
        notes,
    });
    if let Some(memory) =
        fitted.memory().filter(|_| is_continued && args.data.is_none() && talks(&args))
    {
        let values = counted(memory.steps, "value");
        note!(
            "from the hidden state after {values}, up to {}",
            memory.recent.label(memory.recent.len() - 1)
        );
    }
    let reach = Reach::of(&args, &loaded)?;
    let forecast = match is_continued {
        true => fitted.predict_continued(reach.horizon)?,
        false => fitted.predict_ahead(&loaded.series, reach.horizon)?,
    };
    present(&args, &reach, &fitted, &loaded, forecast, started, Written::default())
}

/// The update of the hidden state in one sentence.
fn sentence(updated: &Updated) -> String {
    match updated {
        Updated::Continued { known, new: 0 } => {
            format!("the hidden state includes all {} values already", thousands(*known))
        }
        Updated::Continued { known: 0, new } => {
            format!("the hidden state is updated with {}", counted(*new, "new value"))
        }
        Updated::Continued { known, new } => format!(
            "the hidden state includes the first {} values already and is updated with {} more",
            thousands(*known),
            thousands(*new)
        ),
        Updated::Reset { values } => format!(
            "the new values do not continue the values of the model: the hidden state is reset, then updated with all \
             {} new values",
            thousands(*values)
        ),
    }
}

/// The horizon.
struct Reach {
    /// Time steps of the series that needs the most.
    horizon: usize,
    until: Option<Until>,
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

fn talks(args: &ForecastArgs) -> bool {
    !args.common.quiet() && !args.common.json()
}

/// Forecasts, writes the files and prints the report.
fn present(
    args: &ForecastArgs,
    reach: &Reach,
    fitted: &FittedForecaster,
    loaded: &LoadedPanel,
    mut forecast: Forecast,
    started: Instant,
    mut written: Written,
) -> Outcome {
    let ended = match &reach.until {
        Some(until) => forecast.cut(&loaded.series, until)?,
        None => 0,
    };
    let seconds = started.elapsed().as_secs_f64();
    let levels = &fitted.settings.levels;
    let rows = || forecast.rows(&loaded.series);
    let safe = args.csv.safe_csv;
    if let Some(out) = &args.out {
        written.attempt(out, files::write_table(out, levels, rows(), safe));
    }
    let pages = loaded.series.len().min(MAX_PAGES);
    let pictures = || (0..pages).map(|s| forecast.picture(&loaded.series[s], s));
    for plot in &args.plot {
        let title = if pages > 1 { loaded.path.clone() } else { String::new() };
        let pages = pictures().collect();
        let facts = facts(loaded, &forecast);
        let album = Album { title, pages, facts, unlike: true, ..Album::default() };
        written.attempt(plot, report::write(plot, &album));
    }
    if args.common.json() {
        let rows: Vec<Value> = rows().map(|row| write::json(levels, row)).collect();
        out!("{}", document(args, reach.horizon, &fitted.settings, loaded, &forecast, rows));
    } else if !written.has(args.out.as_ref()) {
        print::results(|stdout| files::write_csv(stdout, levels, rows(), safe));
    }
    if talks(args) {
        if pages == 1 && print::stdout_is_seen() && print::stderr_is_seen() {
            let color = std::env::var_os("NO_COLOR").is_none();
            note!("{}", report::text(&forecast.picture(&loaded.series[0], 0), 72, 14, color));
        }
        let is_from_model = args.data.is_some() || fitted.training().is_some();
        match is_from_model {
            true => note!("from the training of this model:"),
            false => panel::sampled(&forecast.selection, loaded.series.len())
                .into_iter()
                .for_each(|line| note!("{line}")),
        }
        note!("{}", words(&forecast, &fitted.settings));
        networks(fitted).inspect(|line| note!("{line}"));
        panel::say(&forecast.notes);
        let trained = fitted.settings.horizon;
        if ended > 0 {
            note!("note: {ended} series end after this date and have no forecast");
        }
        if reach.horizon > trained {
            let intervals = match forecast.intervals.iter().all(Vec::is_empty) {
                true => "",
                false => ", and the intervals grow as those of a random walk",
            };
            note!(
                "note: the model was trained for a horizon of {trained}; beyond it the forecast is recursive{intervals}"
            );
        }
        let names = loaded.series.iter().map(|series| &series.name[..]);
        formulas::note(names, args.out.as_deref(), safe);
        note!("done in {}", numbers::seconds(seconds));
        for file in &written.files {
            note!("saved {}", file.display());
        }
        if let Some(save) = args.save.as_ref().filter(|save| written.has(Some(save))) {
            let (save, data) = (save.display(), &loaded.path);
            note!("to forecast newer data: elman forecast {save} {data} --horizon {trained}");
        }
        if loaded.series.len() > pages && !args.plot.is_empty() {
            note!("note: the chart shows the first {pages} series");
        }
    }
    written.end().map(|()| ExitCode::SUCCESS)
}

/// The report of model selection, in sentences.
fn words(forecast: &Forecast, settings: &AutoForecaster) -> String {
    let mut lines = Vec::new();
    lines.push(panel::found_seasons(&forecast.selection));
    let is_selected = !forecast.selection.candidate_scores.is_empty();
    let Some(claim) = forecast.selection.claim() else {
        if !is_selected {
            let intervals = match settings.likelihood {
                Likelihood::Point => ", and there are no prediction intervals",
                _ => ", and so is the coverage of the prediction intervals",
            };
            lines.push(format!("note: there was no test set: the errors are unknown{intervals}"));
            return lines.join("\n");
        }
        lines.push(format!(
            "note: the series are too short to validate: at least {} values are needed for horizon {}; the result is the {} \
             forecast, without prediction intervals",
            forecast.selection.held_out + 3,
            settings.horizon,
            untrained(&forecast.selection)
        ));
        return lines.join("\n");
    };
    let (place, head) =
        if is_selected { ("validation", "validation") } else { ("the test set", "test set") };
    lines.push(tried(&forecast.selection));
    lines.extend(scores::table(head, &forecast.selection));
    let trained = || {
        forecast
            .selection
            .candidate_scores
            .iter()
            .any(|candidate| candidate.selected && candidate.budget > 0)
    };
    if is_selected && forecast.selection.series_by_seasons.is_empty() && !trained() {
        lines.push(format!(
            "no network is clearly better than the {} forecast, which is used",
            untrained(&forecast.selection)
        ));
    }
    lines.extend(panel::covariates(&forecast.selection));
    lines.push(claim::sentence(&claim));
    lines.extend(scores::coverage(place, &forecast.selection, settings.likelihood));
    lines.join("\n")
}

/// The name of the forecast without a network.
fn untrained(selection: &SelectionReport) -> &'static str {
    let drifts = selection
        .candidate_scores
        .iter()
        .any(|candidate| candidate.selected && candidate.preprocessing.drift);
    match (drifts, selection.seasons.is_empty()) {
        (true, true) => "drift",
        (true, false) => "seasonal drift",
        (false, true) => "naive",
        (false, false) => "seasonally adjusted naive",
    }
}

/// Model selection in one sentence.
fn tried(selection: &SelectionReport) -> String {
    let (candidates, made) = (selection.candidate_scores.len(), selection.forecasts);
    let selected = || selection.candidate_scores.iter().filter(|candidate| candidate.selected);
    if candidates == 0 {
        return format!(
            "test set: the last {} time steps ({made} rolling forecast{})",
            selection.held_out,
            if made == 1 { "" } else { "s" }
        );
    }
    let series: usize = selection.series_by_seasons.iter().map(|(_, series)| series).sum();
    if series == 0 {
        return format!(
            "model selection: {candidates} candidates on the last {} time steps ({made} rolling forecast{} each); {}",
            selection.held_out,
            if made == 1 { "" } else { "s" },
            match selected().count() {
                1 => "the best one is used".to_owned(),
                best => format!("ensemble of the best {best}"),
            }
        );
    }
    let untrained = selected().filter(|candidate| candidate.budget == 0).count();
    let rest = match untrained {
        0 => String::new(),
        _ => format!(
            "; for {untrained} of the series no network is clearly better than the naive or seasonally adjusted naive forecast, \
             which is used"
        ),
    };
    format!(
        "model selection for each of {series} series: {candidates} candidates in all, {made} validation forecasts{rest}"
    )
}

/// The trained networks, if there are any.
fn networks(fitted: &FittedForecaster) -> Option<String> {
    let trained = || fitted.nets().filter(|net| net.settings.max_steps > 0);
    let net = &trained().next()?.settings;
    let steps = || trained().map(|net| net.settings.max_steps);
    let (least, most) = (steps().min()?, steps().max()?);
    let updates = if least == most { most.to_string() } else { format!("{least}–{most}") };
    Some(format!(
        "trained: {}, hidden size {}, {updates} optimizer steps, sequence length {}",
        counted(trained().count(), &net.cell.to_uppercase()),
        net.hidden_size,
        net.seq_length
    ))
}

/// The same for the table of a chart.
fn facts(loaded: &LoadedPanel, forecast: &Forecast) -> Vec<(String, String)> {
    let selection = &forecast.selection;
    let mut facts = vec![
        ("data".to_owned(), loaded.found()),
        ("found".to_owned(), panel::found_seasons(selection)),
    ];
    let mases = selection
        .scores
        .iter()
        .map(|score| (format!("MASE of {}", score.name), numbers::score(score.mase)));
    facts.extend(mases);
    let claim = selection.claim();
    let sentence = |claim| claim::sentence(&claim).trim_start_matches("note: ").to_owned();
    let name = if selection.candidate_scores.is_empty() { "test set" } else { "model selection" };
    facts.extend(claim.map(|claim| (name.to_owned(), sentence(claim))));
    let held = selection.levels.iter().zip(&selection.coverage);
    facts.extend(held.map(|(level, share)| {
        (format!("coverage of the {level} % interval"), numbers::per_cent(*share, 1))
    }));
    facts
}

fn document(
    args: &ForecastArgs,
    horizon: usize,
    settings: &AutoForecaster,
    loaded: &LoadedPanel,
    forecast: &Forecast,
    rows: Vec<Value>,
) -> Value {
    json!({
        "command": "forecast",
        "data": loaded.path,
        "found": loaded.found(),
        "notes": panel::notes(loaded, &forecast.notes),
        "horizon": horizon,
        "scope": settings.scope,
        "seasons": forecast.selection.seasons,
        "likelihood": settings.likelihood,
        "transform": forecast.selection.transform,
        "covariates": forecast.selection.covariates,
        "errors_on": if forecast.selection.candidate_scores.is_empty() { "test set" } else { "validation" },
        "validation_steps": forecast.selection.held_out,
        "validation_forecasts": forecast.selection.forecasts,
        "candidates": forecast.selection.candidate_scores,
        "scores": forecast.selection.scores,
        "claim": forecast.selection.claim(),
        "levels": settings.levels,
        "coverage": panel::validated(&forecast.selection.coverage),
        "optimizer_steps": forecast.selection.updates,
        "forecast": rows,
        "trained_horizon": settings.horizon,
        "files": {"out": args.out, "plots": args.plot, "model": args.save},
    })
}
