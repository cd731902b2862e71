//! A forecast straight from a file of data: one network over all its series.

use std::process::ExitCode;
use std::time::Instant;

use elman::calendar::Until;
use elman::nn::file::ModelFile;
use elman::panel::{Contest, Fitted, Head, PanelForecast, PanelSettings, levels};
use elman::read::{Input, LoadedPanel};
use elman::report::{self, Album};
use elman::series::Series;
use elman::write;
use serde_json::{Value, json};

use crate::args::ForecastArgs;
use crate::commands::panel::{self, Bar};
use crate::commands::{claim, formulas};
use crate::failure::{Failure, Outcome, USAGE};
use crate::files::Written;
use crate::{files, print};

/// The most series in a picture.
const MOST_PAGES: usize = 6;

/// Straight from data: reads, trains, forecasts, writes.
pub fn run(args: ForecastArgs, input: Input) -> Outcome {
    let _lock = args.save.as_deref().map(|save| files::lock(save, "training")).transpose()?;
    let mut settings = panel::settings(args.horizon.unwrap_or(1), &args.panel, &args.common)?;
    let options = panel::read_options(panel::usual(), &args.panel, &args.read)?;
    let loaded = panel::read(input, &options, talks(&args))?;
    let reach = Reach::of(&args, &loaded)?;
    settings.horizon = reach.horizon;
    let started = Instant::now();
    let bar = Bar::new(!args.common.quiet() && print::stderr_is_seen());
    let fitted = Fitted::of(&loaded.series, &settings, &|progress| bar.show(progress))?;
    bar.finish();
    let mut written = Written::default();
    if let Some(save) = &args.save {
        written.attempt(save, fitted.save(save, &options));
    }
    present(&args, &reach, &fitted, &loaded, started, written)
}

/// From networks in a model file: reads, forecasts, writes.
pub fn again(args: ForecastArgs, file: &ModelFile<f32>) -> Outcome {
    if let [first, ..] = args.panel.of_training()[..] {
        let names = args.panel.of_training().join(", ");
        let message = format!(
            "`{first}` is for networks that are to be trained, and this file is a model, which has them\n  \
             help: leave out {names}; or forecast straight from data"
        );
        return Err(Failure::new(USAGE, message));
    }
    let (mut fitted, read) = Fitted::from_file(file)?;
    let Some(data) = &args.data else {
        let source = args.source.display();
        let message = format!(
            "this model keeps no values: it walks over those of a file\n  help: name it: elman forecast {source} DATA {}",
            args.reach()
        );
        return Err(Failure::new(USAGE, message));
    };
    if !args.panel.level.is_empty() {
        fitted.settings.levels = levels::parse(&args.panel.level.join(","))?;
    }
    let (asked, of_machine) = args.common.threads();
    fitted.settings.threads = asked.unwrap_or(of_machine);
    let options = panel::read_options(read, &args.panel, &args.read)?;
    let loaded = panel::read(files::open(data)?, &options, talks(&args))?;
    let reach = Reach::of(&args, &loaded)?;
    present(&args, &reach, &fitted, &loaded, Instant::now(), Written::default())
}

/// How far to forecast.
struct Reach {
    /// Steps of the series that needs the most.
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

/// Forecasts, writes what was asked for and says how far to trust it.
fn present(
    args: &ForecastArgs,
    reach: &Reach,
    fitted: &Fitted,
    loaded: &LoadedPanel,
    started: Instant,
    mut written: Written,
) -> Outcome {
    let mut forecast = fitted.forecast(&loaded.series, reach.horizon)?;
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
    let pages = loaded.series.len().min(MOST_PAGES);
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
        if args.data.is_some() {
            note!("when the networks of this model were trained:");
        }
        if args.data.is_none() {
            panel::sampled(&forecast.contest, loaded.series.len()).inspect(|line| note!("{line}"));
        }
        note!("{}", words(&forecast, &fitted.settings));
        networks(fitted).inspect(|line| note!("{line}"));
        panel::say(&forecast.notes);
        let trained = fitted.settings.horizon;
        if ended > 0 {
            note!("note: {ended} series end behind that date and have no forecast");
        }
        if reach.horizon > trained {
            note!(
                "note: trained for {trained} steps; further on it walks over its own forecast, and \
                 bands only grow as those of a random walk"
            );
        }
        let names = loaded.series.iter().map(|series| &series.name[..]);
        formulas::note(names, args.out.as_deref(), safe);
        note!("done in {seconds:.1} s");
        for file in &written.files {
            note!("saved {}", file.display());
        }
        if let Some(save) = args.save.as_ref().filter(|save| written.has(Some(save))) {
            let (save, data) = (save.display(), &loaded.path);
            note!("again, with newer data: elman forecast {save} {data} --horizon {trained}");
        }
        if loaded.series.len() > pages && !args.plot.is_empty() {
            note!("note: the pictures show the first {pages} series");
        }
    }
    written.end().map(|()| ExitCode::SUCCESS)
}

/// What was found and how far to trust it, in sentences.
fn words(forecast: &PanelForecast, settings: &PanelSettings) -> String {
    let mut lines = Vec::new();
    lines.push(panel::found_seasons(&forecast.contest));
    let Some(claim) = forecast.contest.claim() else {
        lines.push(format!(
            "note: no series is longer than {} values, so nothing could be tried and no network is believed: {}, \
             without errors and bands",
            forecast.contest.held_out + 2,
            untrained(&forecast.contest)
        ));
        return lines.join("\n");
    };
    lines.push(tried(&forecast.contest));
    let width = forecast.contest.scores.iter().map(|score| score.name.len()).max().unwrap_or(0);
    lines.push(format!("  {:width$}  {:>8}  {:>8}", "there", "MASE", "sMAPE"));
    for score in &forecast.contest.scores {
        let [mase, smape] = [score.mase, score.smape].map(figure);
        lines.push(format!("  {:width$}  {mase:>8}  {smape:>8}", score.name));
    }
    let trained = || forecast.contest.trials.iter().any(|trial| trial.chosen && trial.effort > 0);
    if forecast.contest.series_by_seasons.is_empty() && !trained() {
        lines.push(format!(
            "no network was clearly better than {}: that is the forecast",
            untrained(&forecast.contest)
        ));
    }
    lines.extend(panel::covariates(&forecast.contest));
    lines.push(claim::sentence(&claim));
    // Bands from a handful of forecasts cannot be tried on another handful.
    if !forecast.contest.coverage.is_empty() {
        let bands = forecast.contest.levels.iter().zip(&forecast.contest.coverage);
        let bands: Vec<String> =
            bands.map(|(level, share)| format!("{level} %: {:.1} %", 100.0 * share)).collect();
        let how = match settings.head {
            Head::Point => ", of one half by the other",
            _ => "",
        };
        lines.push(format!("values within the bands there{how}: {}", bands.join(", ")));
        lines.extend(panel::narrow(&forecast.contest, settings.head));
    }
    lines.join("\n")
}

/// What a forecast without a network is.
fn untrained(contest: &Contest) -> &'static str {
    let drifts = contest.trials.iter().any(|trial| trial.chosen && trial.view.drift);
    match (drifts, contest.seasons.is_empty()) {
        (true, true) => "the line through the last values",
        (true, false) => "the line through the last values, with its season",
        (false, true) => "the last value",
        (false, false) => "the last value, with its season",
    }
}

/// An error with three decimals; a dash where there is none.
fn figure(error: Option<f64>) -> String {
    error.map_or("-".to_owned(), |error| format!("{error:.3}"))
}

/// What was tried, and what came of it.
fn tried(contest: &Contest) -> String {
    let (candidates, made) = (contest.trials.len(), contest.forecasts);
    let chosen = || contest.trials.iter().filter(|trial| trial.chosen);
    let series: usize = contest.series_by_seasons.iter().map(|(_, series)| series).sum();
    if series == 0 {
        return format!(
            "{candidates} candidates tried on the last {} known steps, {made} forecast{} each; {} chosen",
            contest.held_out,
            if made == 1 { "" } else { "s" },
            chosen().count()
        );
    }
    let untrained = chosen().filter(|trial| trial.effort == 0).count();
    let rest = match untrained {
        0 => String::new(),
        _ => format!(
            "; for {untrained} of the series no network was clearly better than the last value, with the season \
             if there is one, and that is the forecast"
        ),
    };
    format!(
        "each of {series} series by itself: {candidates} candidates in all tried on their last known \
         steps, {made} forecasts{rest}"
    )
}

/// What the networks are, if they are trained.
fn networks(fitted: &Fitted) -> Option<String> {
    let trained = || fitted.nets().filter(|net| net.settings.steps > 0);
    let net = &trained().next()?.settings;
    let steps = || trained().map(|net| net.settings.steps);
    let (least, most) = (steps().min()?, steps().max()?);
    let updates = if least == most { most.to_string() } else { format!("{least} to {most}") };
    Some(format!(
        "{} networks: {} of {} units, {updates} updates each, windows of {} steps",
        trained().count(),
        net.cell,
        net.hidden_size,
        net.seq_length
    ))
}

/// The same, for a picture.
fn facts(loaded: &LoadedPanel, forecast: &PanelForecast) -> Vec<(String, String)> {
    let contest = &forecast.contest;
    let mut facts = vec![
        ("data".to_owned(), loaded.found()),
        ("found".to_owned(), panel::found_seasons(contest)),
    ];
    let mases =
        contest.scores.iter().map(|score| (format!("MASE of {}", score.name), figure(score.mase)));
    facts.extend(mases);
    let claim = contest.claim();
    let sentence = |claim| claim::sentence(&claim).trim_start_matches("note: ").to_owned();
    facts.extend(claim.map(|claim| ("model selection".to_owned(), sentence(claim))));
    let held = contest.levels.iter().zip(&contest.coverage);
    facts.extend(held.map(|(level, share)| {
        (format!("within the {level} % band"), format!("{:.1} %", 100.0 * share))
    }));
    facts
}

fn document(
    args: &ForecastArgs,
    horizon: usize,
    settings: &PanelSettings,
    loaded: &LoadedPanel,
    forecast: &PanelForecast,
    rows: Vec<Value>,
) -> Value {
    json!({
        "command": "forecast",
        "data": loaded.path,
        "found": loaded.found(),
        "notes": panel::notes(loaded, &forecast.notes),
        "horizon": horizon,
        "scope": settings.scope,
        "seasons": forecast.contest.seasons,
        "head": settings.head,
        "scale": forecast.contest.scale,
        "covariates": forecast.contest.covariates,
        "held_out": forecast.contest.held_out,
        "forecasts_tried": forecast.contest.forecasts,
        "views": forecast.contest.trials,
        "scores": forecast.contest.scores,
        "claim": forecast.contest.claim(),
        "levels": settings.levels,
        "coverage": panel::validated(&forecast.contest.coverage),
        "steps": forecast.contest.updates,
        "forecast": rows,
        "trained_horizon": settings.horizon,
        "files": {"out": args.out, "plots": args.plot, "model": args.save},
    })
}
