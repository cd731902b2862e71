//! The end of a training: the model saved, the scores, and what to try next.

use std::path::Path;

use elman::data::Series;
use elman::forecaster::{Provenance, Scores, StatefulForecaster, TrainingRun};
use elman::metrics::Claim;
use elman::nn::{Model, ModelConfig, TrainConfig};
use elman::report::{self, Album, Axis, Color, Mark, Picture, Shape};
use serde_json::{Value, json};

use super::Seen;
use super::watch::short;
use crate::args::TrainArgs;
use crate::commands::claim;
use crate::failure::Failure;
use crate::files::{Written, shell_word};

/// Saves the model and the pictures, and prints the summary or the JSON document.
pub fn finish(
    args: &TrainArgs,
    session: TrainingRun,
    seen: &Seen,
    early: bool,
    model_file: &Path,
    diverged: Option<&str>,
) -> Result<(), Failure> {
    let baseline = session.baseline_loss();
    let (series, cut) = (session.series().cloned(), session.cut());
    let step = session.trainer().step();
    let validated = session.has_validation();
    let history = session.trainer().history().to_vec();
    let trained = if diverged.is_some() {
        session.into_fitted_with_best()?
    } else {
        session.into_fitted()?
    };
    let mut written = Written::default();
    written.attempt(model_file, trained.save(model_file));
    let end = End { trained, series, cut, baseline, step, early, validated, model_file, history };
    if !args.files.plot.is_empty() {
        let album = album(&end, seen);
        for plot in &args.files.plot {
            written.attempt(plot, report::write(plot, &album));
        }
    }
    if args.common.json() {
        let document = document(args, &end, seen, diverged);
        out!("{document}");
    } else if !args.common.quiet() {
        print(args, &end, seen, &written);
    }
    written.end()
}

struct End<'a> {
    trained: StatefulForecaster,
    series: Option<Series>,
    cut: Option<usize>,
    baseline: f64,
    step: u64,
    early: bool,
    /// Whether evaluations are on a part of the series that is not trained on.
    validated: bool,
    model_file: &'a Path,
    /// The loss of every step.
    history: Vec<f64>,
}

impl End<'_> {
    fn final_loss(&self) -> f64 {
        self.history.last().copied().unwrap_or(f64::NAN)
    }
}

fn print(args: &TrainArgs, end: &End<'_>, seen: &Seen, written: &Written) {
    let seconds = seen.seconds;
    let stopped = if end.early { ", stopped early" } else { "" };
    if seen.steps > 0 {
        let pace = seen.steps as f64 / seconds.max(1e-9);
        let steps = end.step;
        let time = if seconds < 1.0 {
            format!("{:.1} ms", 1e3 * seconds)
        } else {
            format!("{seconds:.1} s")
        };
        out!("trained   {steps} steps in {time}{stopped} ({pace:.0} steps/s)");
    }
    match end.trained.scores() {
        None if !end.final_loss().is_finite() => {}
        None => {
            let (loss, last) = (end.final_loss(), end.baseline);
            let verdict = match last / loss {
                ratio if ratio >= 1.0 => format!("{ratio:.1} times better"),
                _ => "not better: train longer".to_owned(),
            };
            out!(
                "loss      {} in the last window; the naive forecast has {} ({verdict})",
                short(loss),
                short(last)
            );
        }
        Some(scores) => print_scores(end, scores),
    }
    for file in &written.files {
        let what = if file == end.model_file { "saved   " } else { "chart   " };
        out!("{what}  {}", file.display());
    }
    out!("\ntry next");
    for (command, why) in suggestions(args, end) {
        out!("  {command}\n      {why}");
    }
}

fn print_scores(end: &End<'_>, scores: &Scores) {
    let (Some(series), Some(cut)) = (&end.series, end.cut) else {
        return;
    };
    let held_out = series.len() - cut;
    out!(
        "\none-step-ahead errors in the units of {}; test set: the last {held_out} values, from {}",
        series.name,
        series.label(cut)
    );
    out!(
        "  {:24} {:>12} {:>12} {:>12} {:>12}",
        "",
        "train MAE",
        "train RMSE",
        "test MAE",
        "test RMSE"
    );
    for (train, test) in scores.train.iter().zip(&scores.held_out) {
        out!(
            "  {:24} {:>12} {:>12} {:>12} {:>12}",
            title(&train.name, &end.trained),
            figure(train.mae),
            figure(train.rmse),
            figure(test.mae),
            figure(test.rmse)
        );
    }
    if let Some(verdict) = verdict(scores, &end.trained) {
        out!("{verdict}");
    }
    out!("From the second step on a forecast is recursive, and its error is larger.\n");
}

/// Whether the network is worth anything beside the best baseline.
fn verdict(scores: &Scores, trained: &StatefulForecaster) -> Option<String> {
    let claim = scores.claim()?;
    let baseline = format!("\"{}\"", title(&claim.baseline, trained));
    Some(claim::sentence(&Claim { baseline, ..claim }))
}

fn title(name: &str, trained: &StatefulForecaster) -> String {
    match (name, trained.about().season) {
        ("elman", _) => format!("{} network", trained.model().config().cell),
        ("naive", _) => "naive (last value)".to_owned(),
        ("seasonal_naive", Some(season)) => format!("seasonal naive ({season} steps)"),
        ("mean", _) => "mean".to_owned(),
        (other, _) => other.to_owned(),
    }
}

fn counted(count: usize, thing: &str) -> String {
    format!("{count} {thing}{}", if count == 1 { "" } else { "s" })
}

/// A number with five significant digits.
fn figure(value: f64) -> String {
    let digits = (4 - value.abs().max(1e-12).log10().floor() as i32).clamp(0, 12) as usize;
    format!("{value:.digits$}")
}

/// Three things to try, as commands.
fn suggestions(args: &TrainArgs, end: &End<'_>) -> [(String, &'static str); 3] {
    let model = shell_word(end.model_file);
    let forecast = |horizon: usize| {
        let why = "forecast from its hidden state at the end of training";
        (format!("elman forecast {model} --horizon {horizon} --plot future.png"), why)
    };
    match &end.trained.about().source {
        Provenance::File { path, .. } => {
            let data = shell_word(Path::new(path)) + &how_read(args);
            let season = end.trained.about().season.unwrap_or(12);
            [
                forecast(season.clamp(12, 100)),
                (
                    format!("elman train {data} --plot {}", "training.html"),
                    "a page that shows the training step by step",
                ),
                (
                    format!("elman train {data} --hidden 64 --max-steps 2000 --patience 10"),
                    "a larger hidden size, more steps, early stopping",
                ),
            ]
        }
        _ => [
            match end.trained.about().settings.train.carry {
                true => (
                    "elman train --no-carry".to_owned(),
                    "reset the hidden state at each window: the first predictions of each window have large errors",
                ),
                false => ("elman train".to_owned(), "carry the hidden state from window to window"),
            },
            (
                "elman train --cell lstm --hidden 64 --max-steps 300 --plot lesson.html".to_owned(),
                "gates, a larger hidden size, more steps, and a chart of each report",
            ),
            forecast(100),
        ],
    }
}

/// The options with which the data were read.
fn how_read(args: &TrainArgs) -> String {
    let read = &args.read;
    let missing_values = read.missing_values.join(",");
    let missing_values = Some(missing_values).filter(|values| !values.is_empty());
    let values = [
        ("target", &read.target),
        ("time-col", &read.time_col),
        ("id-col", &read.id_col),
        ("series", &read.series),
        ("sheet", &read.sheet),
        ("missing", &read.missing),
        ("duplicates", &read.duplicates),
        ("date-order", &read.date_order),
        ("decimal", &read.decimal),
        ("missing-values", &missing_values),
        ("freq", &read.freq),
    ];
    let given = values.into_iter().filter_map(|(name, value)| {
        value.as_ref().map(|value| format!(" --{name} {}", shell_word(Path::new(value))))
    });
    given.collect::<String>() + if read.sort { " --sort" } else { "" }
}

fn document(args: &TrainArgs, end: &End<'_>, seen: &Seen, diverged: Option<&str>) -> Value {
    let about = end.trained.about();
    let history: Vec<Value> = (1_u64..)
        .zip(&end.history)
        .map(|(step, loss)| json!({"step": step, "loss": loss}))
        .collect();
    // Not the loss of that step, which stands in the history.
    let name = if end.validated { "validation_loss" } else { "mean_loss" };
    let evaluations: Vec<Value> =
        seen.evaluations.iter().map(|(step, loss)| json!({"step": step, name: loss})).collect();
    json!({
        "command": "train",
        "configuration": about.settings,
        "source": about.source,
        "series": about.series,
        "values": end.series.as_ref().map(Series::len),
        "season": about.season,
        "parameters": end.trained.model().layout().count(),
        "history": history,
        "evaluations": evaluations,
        "final_loss": end.final_loss(),
        "baseline_loss": end.baseline,
        "scores": about.scores,
        "claim": about.scores.as_ref().and_then(Scores::claim),
        "beats_baselines": about.scores.as_ref().map(Scores::beats_baselines),
        "optimizer_steps": end.step,
        "stopped_early": end.early,
        "diverged": diverged,
        "seconds": seen.seconds,
        "files": {"model": end.model_file, "plots": args.files.plot},
    })
}

/// What a picture says of a training: after `steps` steps, on windows of `length` steps in `streams` streams.
pub fn facts(
    model: &Model<f32>,
    train: &TrainConfig,
    steps: u64,
    [length, streams]: [usize; 2],
) -> Vec<(String, String)> {
    let ModelConfig { cell, hidden_size, num_layers, .. } = model.config();
    let (layers, values) = (counted(*num_layers, "layer"), model.layout().count());
    let batch = format!("batch size {streams}");
    let memory = if train.carry { "carried" } else { "reset" };
    let TrainConfig { optimizer, learning_rate, loss, .. } = train;
    let facts = [
        ("network", format!("{cell}, hidden size {hidden_size}, {layers}, {values} parameters")),
        ("window", format!("{length} time steps, {batch}, hidden state {memory}")),
        (
            "training",
            format!("{steps} steps of {}, learning rate {learning_rate}, {loss}", optimizer.name),
        ),
    ];
    facts.map(|(name, value)| (name.to_owned(), value)).into()
}

/// Every picture of the training, the held-out part last.
fn album(end: &End<'_>, seen: &Seen) -> Album {
    let about = end.trained.about();
    let losses = about.losses.iter().map(|&(step, loss)| (step as f64, loss)).collect();
    let losses =
        Picture { y_log: true, x_axis: Axis::Steps, ..Picture::new("training loss by step") }
            .labelled("step", &about.settings.train.loss)
            .with(Mark::new("training", Color::Blue, Shape::Line, losses));
    let settings = &about.settings;
    let sizes = [settings.seq_length, settings.batch_size];
    let mut facts = facts(end.trained.model(), &settings.train, end.step, sizes);
    facts.push(("final loss".to_owned(), short(end.final_loss())));
    let mut pages = seen.pages.clone();
    match about.scores.as_ref() {
        None => facts.push(("loss of the naive forecast".to_owned(), short(end.baseline))),
        Some(scores) => {
            for one in &scores.held_out {
                let name = format!("test MAE: {}", title(&one.name, &end.trained));
                facts.push((name, figure(one.mae)));
            }
            pages.extend(held_out(end));
        }
    }
    let title = match &end.series {
        None => "The lesson: a sine wave".to_owned(),
        Some(series) => series.name.clone(),
    };
    Album { title, pages, losses: Some(losses), facts, ..Album::default() }
}

/// The end of the series with the predictions one step ahead over the held-out part.
fn held_out(end: &End<'_>) -> Option<Picture> {
    let (series, cut) = (end.series.as_ref()?, end.cut?);
    // As much before the cut as after it, and not more than can be told apart.
    const SHOWN: usize = 500;
    let until = series.len().min(cut + SHOWN);
    let from = cut.saturating_sub(until - cut);
    let known = (from..until).map(|i| (series.position(i), series.values[i])).collect();
    let predictions = end.trained.predictions();
    let first = series.len() - predictions.len();
    let predicted = (cut..until).map(|i| (series.position(i), predictions[i - first])).collect();
    let axis = match series.frequency() {
        Some(_) => Axis::Dates,
        None => Axis::Numbers,
    };
    let picture = Picture {
        x_axis: axis,
        vertical_rules: vec![(series.position(cut), "test set".to_owned())],
        ..Picture::new(match series.len() - until {
            0 => "test set, predicted one step ahead".to_owned(),
            _ => format!("the first {SHOWN} values of the test set, predicted one step ahead"),
        })
    };
    let picture = picture
        .labelled("", &series.name)
        .with(Mark::new("actual", Color::Red, Shape::Line, known))
        .with(Mark::new("prediction", Color::Blue, Shape::Line, predicted));
    Some(picture)
}
