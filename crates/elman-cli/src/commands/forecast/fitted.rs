//! A forecast straight from a file of data: one network over all its series.

use std::io::{IsTerminal, Write, stderr, stdout};
use std::process::ExitCode;
use std::sync::Mutex;
use std::time::Instant;

use elman::panel::{PanelForecast, PanelSettings, Progress};
use elman::read::{LoadedPanel, ReadOptions};
use elman::report::{self, Album};
use elman::write;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};

use crate::args::ForecastArgs;
use crate::failure::{Failure, Outcome, USAGE};
use crate::files;

/// The most series in a picture.
const MOST_PAGES: usize = 6;

/// Reads, forecasts, writes.
pub fn run(args: ForecastArgs) -> Outcome {
    let settings = settings(&args)?;
    let options = files::read_options(ReadOptions::default(), &args.read)?;
    let loaded = files::read_panel(&args.source, &options)?;
    let talks = !args.common.quiet && !args.common.json;
    if talks {
        eprintln!("{}: {}", args.source.display(), loaded.found());
        loaded.notes.iter().for_each(|note| eprintln!("note: {note}"));
    }
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
        let columns = write::columns(levels);
        let rows: Vec<Value> = rows().map(|row| write::json(&columns, row)).collect();
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

fn settings(args: &ForecastArgs) -> Result<PanelSettings, Failure> {
    let mut levels = if args.level.is_empty() { vec![80.0, 95.0] } else { args.level.clone() };
    if let Some(level) = levels.iter().find(|level| !(**level > 0.0 && **level < 100.0)) {
        let message = format!("a level of {level}: must be above 0 and below 100, in per cent");
        return Err(Failure::new(USAGE, message));
    }
    levels.sort_by(f64::total_cmp);
    levels.dedup();
    let mut seasons: Vec<usize> = args.season.iter().copied().filter(|m| *m > 1).collect();
    seasons.sort_unstable();
    seasons.dedup();
    let (asked, of_machine) = args.common.threads();
    Ok(PanelSettings {
        horizon: args.horizon as usize,
        seasons: (!args.season.is_empty()).then_some(seasons),
        levels,
        steps: args.steps,
        seed: args.common.seed,
        threads: asked.unwrap_or(of_machine),
    })
}

/// How far the work is, on a terminal.
struct Bar {
    bar: ProgressBar,
    /// The stage, and the updates in it.
    stage: Mutex<(&'static str, u64)>,
}

impl Bar {
    fn new(shown: bool) -> Self {
        let bar = if shown { ProgressBar::new(1) } else { ProgressBar::hidden() };
        let style = ProgressStyle::with_template("{msg:8} {wide_bar} {percent:>3} %  {eta} left");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        Self { bar, stage: Mutex::new(("", 0)) }
    }

    fn show(&self, progress: Progress) {
        let (name, done, of) = match progress {
            Progress::Trying(done, of) => ("trying", done, of),
            Progress::Training(done, of) => ("training", done, of),
        };
        // Several networks report at once, not always in order.
        let Ok(mut stage) = self.stage.lock() else { return };
        if stage.0 != name {
            self.bar.set_length(of);
            self.bar.set_message(name);
            self.bar.reset_eta();
            *stage = (name, 0);
        }
        stage.1 = stage.1.max(done);
        self.bar.set_position(stage.1);
    }

    fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

/// What was found and how far to trust it, in sentences.
fn words(forecast: &PanelForecast, settings: &PanelSettings) -> String {
    let mut lines = Vec::new();
    lines.push(match &forecast.seasons[..] {
        [] => "no season".to_owned(),
        [one] => format!("season of {one} steps"),
        all => {
            let all: Vec<String> = all.iter().map(usize::to_string).collect();
            format!("seasons of {} steps", all.join(" and "))
        }
    });
    let [ours, rivals @ ..] = &forecast.scores[..] else {
        lines.push(format!(
            "note: no series is longer than {} values, so nothing could be tried: no errors, no bands",
            forecast.held_out + 2
        ));
        return lines.join("\n");
    };
    lines.push(format!(
        "{} views tried on the last {} known steps ({} forecasts), {} chosen",
        forecast.trials.len(),
        forecast.held_out,
        forecast.trials_made,
        forecast.trials.iter().filter(|trial| trial.chosen).count()
    ));
    let width = forecast.scores.iter().map(|score| score.name.len()).max().unwrap_or(0);
    lines.push(format!("  {:width$}  {:>8}  {:>8}", "there", "MASE", "sMAPE"));
    for score in &forecast.scores {
        lines.push(format!("  {:width$}  {:8.3}  {:8.3}", score.name, score.mase, score.smape));
    }
    if let Some(best) = rivals.iter().min_by(|a, b| a.mase.total_cmp(&b.mase)) {
        let skill = if best.mase > 0.0 { 100.0 * (1.0 - ours.mase / best.mase) } else { 0.0 };
        lines.push(if skill >= 1.0 {
            format!("the network is {skill:.0} % better than the best baseline, {}", best.name)
        } else {
            format!(
                "note: the network is not better than the {} baseline ({skill:+.1} %): trust it no \
                 further than that",
                best.name
            )
        });
    }
    if !forecast.coverage.is_empty() {
        let bands = settings.levels.iter().zip(&forecast.coverage);
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
        "seasons": forecast.seasons,
        "scale": forecast.scale,
        "held_out": forecast.held_out,
        "forecasts_tried": forecast.trials_made,
        "views": forecast.trials,
        "scores": forecast.scores,
        "levels": settings.levels,
        "coverage": forecast.coverage,
        "steps": forecast.updates,
        "forecast": rows,
        "files": {"out": args.out, "plots": args.plot},
    })
}
