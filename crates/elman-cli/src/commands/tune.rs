//! `elman tune DATA`: hyperparameter search.

mod log;

use std::process::ExitCode;
use std::time::Instant;

use elman::select::{AutoForecaster, Hyperparameters, RunContext, TunedTrial, Tuning, fingerprint};
use indicatif::ProgressBar;
use serde_json::{Value, json};

use crate::args::TuneArgs;
use crate::commands::panel;
use crate::failure::{FAILED, Failure, Outcome};
use crate::{files, numbers, print};
use log::Log;

/// Trials that are printed.
const MAX_PRINTED: usize = 10;

/// Reads the data, runs the trials, prints the ranking.
pub fn run(args: TuneArgs) -> Outcome {
    let settings = panel::settings(args.horizon, &args.panel, &args.common)?;
    files::can_write(&args.log.iter().map(|log| log.as_path()).collect::<Vec<_>>(), &[])?;
    files::are_apart(&[Some(&args.data)], args.log.iter())?;
    let talks = !args.common.quiet() && !args.common.json();
    let options = panel::read_options(panel::read_defaults(), &args.panel.columns, &args.read)?;
    let loaded = panel::read(files::open(&args.data)?, &options, talks)?;
    let search = json!({
        "search": fingerprint(&loaded.series).to_string(),
        "settings": AutoForecaster { threads: 1, ..settings.clone() },
    });
    let log = args.log.as_deref().map(|path| Log::open(path, &search)).transpose()?;
    let (log, known) = log.unzip();
    let known = known.unwrap_or_default();
    if talks && !known.is_empty() {
        note!("{} trials read from the log", known.len());
    }
    let started = Instant::now();
    let trials = usize::from(args.trials);
    let shown = !args.common.quiet() && print::stderr_is_seen();
    let bar = if shown { files::progress(rounds(trials)) } else { ProgressBar::hidden() };
    bar.set_message("tuning");
    bar.inc(known.len() as u64);
    let observe = |tried: &TunedTrial| {
        bar.inc(1);
        log.as_ref().inspect(|log| log.add(tried));
    };
    let run = RunContext::default();
    let tuned = Tuning::run(&loaded.series, &settings, trials, &known, &observe, &run)?;
    bar.finish_and_clear();
    if args.common.json() {
        out!("{}", document(&args, &tuned));
    } else {
        out!("{}", table(&tuned));
    }
    if talks {
        note!("{}", panel::seasons(&tuned.seasons));
        note!("{}", verdict(&tuned));
        if !tuned.diverged.is_empty() {
            let (lost, trials) = (tuned.diverged.len(), tuned.diverged.len() + tuned.ranking.len());
            note!(
                "note: the training of {lost} of {trials} trials diverged; they are listed last, without a rank"
            );
        }
        note!("done in {}", numbers::seconds(started.elapsed().as_secs_f64()));
    }
    match log.and_then(Log::failed) {
        Some(error) => Err(Failure::new(FAILED, format!("the log could not be written: {error}"))),
        None => Ok(ExitCode::SUCCESS),
    }
}

/// Trainings of a search, in all rounds.
fn rounds(trials: usize) -> u64 {
    let second = trials.div_ceil(2);
    (trials + second + second.div_ceil(2)) as u64
}

fn table(tuned: &Tuning) -> String {
    let mut lines =
        vec!["trial  cell  hidden  seq len        lr    steps   rungs   score".to_owned()];
    let line = |TunedTrial { trial, round, hyperparameters, score }: &TunedTrial| {
        let Hyperparameters { cell, hidden_size, seq_length, learning_rate, max_steps: steps } =
            hyperparameters;
        let score = if score.is_finite() {
            format!("{:>6}", numbers::fixed(*score, 3))
        } else {
            "diverged".to_owned()
        };
        format!(
            "{trial:5}  {cell:<4}  {hidden_size:6}  {seq_length:7}  {learning_rate:8}  {steps:7}  {:6}  {score}",
            round + 1
        )
    };
    lines.extend(tuned.ranking.iter().take(MAX_PRINTED).map(line));
    // Diverged trials have no rank.
    lines.extend(tuned.diverged.iter().take(MAX_PRINTED).map(line));
    lines.join("\n")
}

/// The best trial compared with the defaults, and the options that set it.
fn verdict(tuned: &Tuning) -> String {
    let usual = tuned.ranking.iter().find(|tried| tried.trial == 0);
    let Some(best) = tuned.ranking.first() else { return String::new() };
    let gain = usual.map(|usual| 1.0 - best.score / usual.score);
    let forecasts = tuned.forecasts;
    if let Some(gain) = gain.filter(|gain| best.trial == 0 || *gain < 0.02) {
        return format!(
            "no trial is clearly better than the defaults (at most {} better in {forecasts} validation forecasts)",
            numbers::per_cent(gain, 1)
        );
    }
    let better = match gain {
        Some(gain) => format!("{} better than the defaults", numbers::per_cent(gain, 1)),
        None => {
            let best = numbers::fixed(best.score, 3);
            format!("training with the defaults diverged; the best trial has a score of {best}")
        }
    };
    let Hyperparameters { cell, hidden_size, seq_length, learning_rate, max_steps: steps } =
        &best.hyperparameters;
    format!(
        "the best trial is {better}, in {forecasts} validation forecasts. The error of the best of many trials is \
         optimistic: expect less on new data. Options to add for `elman forecast`:\n  --cell {cell} \
         --hidden-size {hidden_size} --seq-length {seq_length} --learning-rate {learning_rate} --max-steps {steps}"
    )
}

fn document(args: &TuneArgs, tuned: &Tuning) -> Value {
    json!({
        "command": "tune",
        "data": args.data,
        "horizon": args.horizon,
        "trials": args.trials,
        "seasons": tuned.seasons,
        "preprocessing": tuned.preprocessing,
        "validation_forecasts": tuned.forecasts,
        "ranking": tuned.ranking,
        "diverged": tuned.diverged,
        "files": {"log": args.log},
    })
}
