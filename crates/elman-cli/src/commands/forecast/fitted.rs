//! A forecast straight from a file of data: one network over all its series.

use std::io::{IsTerminal, Write, stderr, stdout};
use std::process::ExitCode;
use std::time::Instant;

use elman::panel::{PanelForecast, PanelSettings};
use elman::read::LoadedPanel;
use elman::report::{self, Album};
use elman::write;
use serde_json::{Value, json};

use crate::args::ForecastArgs;
use crate::commands::panel::{self, Bar};
use crate::failure::Outcome;
use crate::files;

/// The most series in a picture.
const MOST_PAGES: usize = 6;

/// Reads, forecasts, writes.
pub fn run(args: ForecastArgs) -> Outcome {
    let settings = panel::settings(args.horizon, &args.panel, &args.common)?;
    let talks = !args.common.quiet && !args.common.json;
    let loaded = panel::read(&args.source, &args.panel, &args.read, talks)?;
    let started = Instant::now();
    let bar = Bar::new(!args.common.quiet && stderr().is_terminal());
    let forecast = PanelForecast::of(&loaded.series, &settings, &|progress| bar.show(progress))?;
    bar.finish();
    let seconds = started.elapsed().as_secs_f64();

    let levels = &settings.levels;
    let rows = || forecast.rows(&loaded.series);
    if let Some(out) = &args.out {
        files::write_table(out, levels, rows())?;
    }
    let pages = loaded.series.len().min(MOST_PAGES);
    let pictures = || (0..pages).map(|s| forecast.picture(&loaded.series[s], s));
    for plot in &args.plot {
        let title = if pages > 1 { args.source.display().to_string() } else { String::new() };
        let album = Album { title, pages: pictures().collect(), ..Album::default() };
        report::write(plot, &album)?;
    }
    if args.common.json {
        let rows: Vec<Value> = rows().map(|row| write::json(levels, row)).collect();
        writeln!(stdout(), "{}", document(&args, &settings, &loaded, &forecast, rows))?;
    } else if args.out.is_none() {
        write::csv(stdout().lock(), levels, rows())?;
    }
    if talks {
        if pages == 1 && stdout().is_terminal() && stderr().is_terminal() {
            let color = std::env::var_os("NO_COLOR").is_none();
            eprintln!("{}", report::text(&forecast.picture(&loaded.series[0], 0), 72, 14, color));
        }
        eprintln!("{}", words(&forecast, &settings));
        eprintln!("done in {seconds:.1} s");
        for file in args.out.iter().chain(&args.plot) {
            eprintln!("saved {}", file.display());
        }
        if loaded.series.len() > pages && !args.plot.is_empty() {
            eprintln!("note: the pictures show the first {pages} series");
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// What was found and how far to trust it, in sentences.
fn words(forecast: &PanelForecast, settings: &PanelSettings) -> String {
    let mut lines = Vec::new();
    lines.push(panel::seasons(&forecast.contest.seasons));
    let [ours, rivals @ ..] = &forecast.contest.scores[..] else {
        lines.push(format!(
            "note: no series is longer than {} values, so nothing could be tried: no errors, no bands",
            forecast.contest.held_out + 2
        ));
        return lines.join("\n");
    };
    let made = forecast.contest.forecasts;
    lines.push(format!(
        "{} candidates tried on the last {} known steps, {made} forecast{} each; {} chosen",
        forecast.contest.trials.len(),
        forecast.contest.held_out,
        if made == 1 { "" } else { "s" },
        forecast.contest.trials.iter().filter(|trial| trial.chosen).count()
    ));
    let width = forecast.contest.scores.iter().map(|score| score.name.len()).max().unwrap_or(0);
    lines.push(format!("  {:width$}  {:>8}  {:>8}", "there", "MASE", "sMAPE"));
    for score in &forecast.contest.scores {
        lines.push(format!("  {:width$}  {:8.3}  {:8.3}", score.name, score.mase, score.smape));
    }
    if forecast.contest.trials.iter().all(|trial| trial.effort == 0 || !trial.chosen) {
        let season = if forecast.contest.seasons.is_empty() { "" } else { ", with its season" };
        lines.push(format!(
            "no network was clearly better than the last value{season}: that is the forecast"
        ));
    }
    let rivals = rivals.iter().map(|rival| (&rival.name[..], rival.mase));
    lines.extend(panel::verdict(ours.mase, rivals));
    // Bands from a handful of forecasts cannot be tried on another handful.
    if forecast.contest.forecasts >= 8 && !forecast.contest.coverage.is_empty() {
        let bands = settings.levels.iter().zip(&forecast.contest.coverage);
        let bands: Vec<String> =
            bands.map(|(level, share)| format!("{level} %: {:.1} %", 100.0 * share)).collect();
        lines.push(format!(
            "values within the bands there, of one half by the other: {}",
            bands.join(", ")
        ));
    }
    lines.join("\n")
}

fn document(
    args: &ForecastArgs,
    settings: &PanelSettings,
    loaded: &LoadedPanel,
    forecast: &PanelForecast,
    rows: Vec<Value>,
) -> Value {
    json!({
        "command": "forecast",
        "data": args.source,
        "found": loaded.found(),
        "notes": loaded.notes,
        "horizon": settings.horizon,
        "seasons": forecast.contest.seasons,
        "scale": forecast.contest.scale,
        "held_out": forecast.contest.held_out,
        "forecasts_tried": forecast.contest.forecasts,
        "views": forecast.contest.trials,
        "scores": forecast.contest.scores,
        "levels": settings.levels,
        "coverage": forecast.contest.coverage,
        "steps": forecast.contest.updates,
        "forecast": rows,
        "files": {"out": args.out, "plots": args.plot},
    })
}
