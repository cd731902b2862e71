//! `elman tune DATA`: which cell, sizes and rates suit the data.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Mutex;
use std::time::Instant;

use elman::panel::{PanelSettings, Setting, Tuned, TunedTrial, fingerprint};
use indicatif::ProgressBar;
use serde_json::{Value, json};

use crate::args::TuneArgs;
use crate::commands::panel;
use crate::failure::{FAILED, Failure, Outcome, USAGE};
use crate::{files, print};

/// Settings that are printed.
const MOST_PRINTED: usize = 10;

/// Reads, tries, prints the ranking.
pub fn run(args: TuneArgs) -> Outcome {
    let settings = panel::settings(args.horizon, &args.panel, &args.common)?;
    files::can_write(&args.log.iter().map(|log| log.as_path()).collect::<Vec<_>>(), &[])?;
    files::are_apart(&[Some(&args.data)], args.log.iter())?;
    let talks = !args.common.quiet() && !args.common.json();
    let options = panel::read_options(panel::usual(), &args.panel, &args.read)?;
    let loaded = panel::read(files::open(&args.data)?, &options, talks)?;
    let search = json!({
        "search": fingerprint(&loaded.series).to_string(),
        "settings": PanelSettings { threads: 1, ..settings.clone() },
    });
    let (log, known) = match &args.log {
        None => (None, Vec::new()),
        Some(path) => {
            let known = read_log(path, &search)?;
            (Some(Mutex::new(append(path, &search, known.is_some())?)), known.unwrap_or_default())
        }
    };
    if talks && !known.is_empty() {
        note!("{} results taken from the log", known.len());
    }
    let started = Instant::now();
    let trials = usize::from(args.trials);
    let shown = !args.common.quiet() && print::stderr_is_seen();
    let bar = if shown { files::progress(rounds(trials)) } else { ProgressBar::hidden() };
    bar.set_message("tuning");
    bar.inc(known.len() as u64);
    let failed = Mutex::new(None);
    let observe = |tried: &TunedTrial| {
        bar.inc(1);
        let Some(Ok(mut log)) = log.as_ref().map(Mutex::lock) else { return };
        let line = serde_json::to_string(tried).map_err(std::io::Error::from);
        let written = line.and_then(|line| writeln!(log, "{line}").and_then(|()| log.flush()));
        if let (Err(error), Ok(mut failed)) = (written, failed.lock()) {
            *failed = Some(error);
        }
    };
    let tuned = Tuned::of(&loaded.series, &settings, trials, &known, &observe)?;
    bar.finish_and_clear();
    if args.common.json() {
        out!("{}", document(&args, &tuned));
    } else {
        out!("{}", table(&tuned));
    }
    if talks {
        note!("{}", panel::seasons(&tuned.seasons));
        note!("{}", verdict(&tuned));
        note!("done in {:.1} s", started.elapsed().as_secs_f64());
    }
    match failed.into_inner() {
        Ok(Some(error)) => {
            Err(Failure::new(FAILED, format!("the log could not be written: {error}")))
        }
        _ => Ok(ExitCode::SUCCESS),
    }
}

/// Trainings of a search, in all rounds.
fn rounds(trials: usize) -> u64 {
    let second = trials.div_ceil(2);
    (trials + second + second.div_ceil(2)) as u64
}

/// The results in a log of the same search; `None` if there is no log. A line that a killed program left
/// unfinished is passed over.
fn read_log(path: &Path, search: &Value) -> Result<Option<Vec<TunedTrial>>, Failure> {
    let Ok(file) = File::open(path) else { return Ok(None) };
    let mut lines = BufReader::new(file).lines().map_while(Result::ok);
    let Some(first) = lines.next() else { return Ok(None) };
    if serde_json::from_str::<Value>(&first).ok().as_ref() != Some(search) {
        let message = format!(
            "{} is the log of another search, or none\n  help: other data, options or seed? Name another \
             file with `--log`, or remove this one",
            path.display()
        );
        return Err(Failure::new(USAGE, message));
    }
    Ok(Some(lines.filter_map(|line| serde_json::from_str(&line).ok()).collect()))
}

/// The log, to be written on. Its next line begins at the start of one.
fn append(path: &Path, search: &Value, goes_on: bool) -> Result<File, Failure> {
    let open = || -> std::io::Result<File> {
        let mut log = File::options().create(true).append(true).open(path)?;
        match goes_on {
            true if !std::fs::read(path)?.ends_with(b"\n") => writeln!(log)?,
            true => {}
            false => writeln!(log, "{search}")?,
        }
        Ok(log)
    };
    open().map_err(|e| Failure::new(FAILED, format!("cannot write {}: {e}", path.display())))
}

fn table(tuned: &Tuned) -> String {
    let mut lines =
        vec!["trial  cell  units  window      rate  updates  rounds   score".to_owned()];
    for TunedTrial { trial, round, setting, score } in tuned.ranking.iter().take(MOST_PRINTED) {
        let Setting { cell, hidden_size, seq_length, learning_rate, steps } = setting;
        lines.push(format!(
            "{trial:5}  {cell:<4}  {hidden_size:5}  {seq_length:6}  {learning_rate:8}  {steps:7}  {:6}  {score:6.3}",
            round + 1
        ));
    }
    lines.join("\n")
}

/// What the best is worth beside what a forecast takes by itself, and how to take it.
fn verdict(tuned: &Tuned) -> String {
    let usual = tuned.ranking.iter().find(|tried| tried.trial == 0);
    let (Some(best), Some(usual)) = (tuned.ranking.first(), usual) else { return String::new() };
    let gain = 100.0 * (1.0 - best.score / usual.score);
    let forecasts = tuned.forecasts;
    if best.trial == 0 || gain < 2.0 {
        return format!(
            "nothing is clearly better than what a forecast takes by itself ({gain:+.1} %, over {forecasts} \
             forecasts each)"
        );
    }
    let Setting { cell, hidden_size, seq_length, learning_rate, steps } = &best.setting;
    format!(
        "{gain:.1} % better than what a forecast takes by itself, over {forecasts} forecasts each; as the best of \
         many it will do less well in earnest. For `elman forecast`, with the options given here:\n  --cell {cell} \
         --hidden-size {hidden_size} --seq-length {seq_length} --learning-rate {learning_rate} --steps {steps}"
    )
}

fn document(args: &TuneArgs, tuned: &Tuned) -> Value {
    json!({
        "command": "tune",
        "data": args.data,
        "horizon": args.horizon,
        "trials": args.trials,
        "seasons": tuned.seasons,
        "view": tuned.view,
        "forecasts_tried": tuned.forecasts,
        "ranking": tuned.ranking,
        "files": {"log": args.log},
    })
}
