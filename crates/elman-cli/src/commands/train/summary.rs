//! The end of a training: the model saved, the errors on the test set, and commands to try next.

use std::path::Path;

use elman::TrainingRun;
use elman::data::{Series, counted};
use elman::io::read::ReadOptions;
use elman::nn::{Model, ModelConfig, TrainConfig};
use elman::report::{self, Album, Axis, Color, Mark, Picture, Shape};
use elman::select::{FittedForecaster, Provenance, TrainingRecord};
use serde_json::{Value, json};

use super::watch::subject;
use super::{Ending, LOSS_DIGITS, Seen};
use crate::args::TrainArgs;
use crate::commands::checkpoints::Checkpoints;
use crate::commands::{panel, scores};
use crate::failure::Failure;
use crate::files::{Written, shell_word};
use crate::{numbers, page};

/// Saves the model and the pictures, and prints the summary or the JSON document; the result for the page.
pub fn finish(
    args: &TrainArgs,
    run: TrainingRun,
    seen: &Seen,
    ending: &Ending,
    model_file: &Path,
    checkpoints: &Checkpoints,
) -> Result<Value, Failure> {
    let Some(end) = End::of(run, ending, model_file)? else { return Ok(Value::Null) };
    let mut written = Written::default();
    written.attempt(model_file, end.save());
    if !args.files.plot.is_empty() {
        let album = album(&end, seen)?;
        for plot in &args.files.plot {
            written.attempt(plot, report::write(plot, &album));
        }
    }
    if args.common.json() {
        out!("{}", document(args, &end, seen, ending.divergence()));
    } else if !args.common.quiet() {
        print(args, &end, seen, &written, checkpoints);
    }
    written.end()?;
    match args.watch.watch {
        true => result(&end),
        false => Ok(Value::Null),
    }
}

/// The result for the page: file, errors on the test set and a chart of it.
fn result(end: &End<'_>) -> Result<Value, Failure> {
    let report = &end.fitted.selection;
    let chart = test_set(end)?.map(|picture| page::chart_of(&picture));
    Ok(json!({
        "file": end.model_file.display().to_string(),
        "early": end.early,
        "test_steps": report.held_out,
        "scores": report.scores,
        "claim": report.claim().map(|claim| claim.sentence()),
        "chart": chart,
    }))
}

/// A training after its end.
struct End<'a> {
    fitted: FittedForecaster,
    record: TrainingRecord,
    series: Vec<Series>,
    /// Index of the first value of the test set of the first series.
    cutoff: Option<usize>,
    subject: String,
    /// Loss of the naive forecast on the last window.
    baseline: Option<f64>,
    step: u64,
    early: bool,
    /// Whether evaluations are on a part of the series that is not trained on.
    validated: bool,
    model_file: &'a Path,
    /// The loss of every step.
    history: Vec<f64>,
}

impl<'a> End<'a> {
    /// The fitted model and the record of its training, with the best weights after a training that diverged.
    fn of(run: TrainingRun, ending: &Ending, model_file: &'a Path) -> elman::Result<Option<Self>> {
        let (series, cutoff) = (run.series().to_vec(), run.cutoff(0));
        let (subject, baseline) = (subject(&run), run.baseline_loss());
        let (step, validated) = (run.trainer().step(), run.has_validation());
        let history = run.trainer().history().to_vec();
        let fitted = match ending.divergence().is_some() {
            true => run.into_fitted_with_best()?,
            false => run.into_fitted()?,
        };
        Ok(fitted.training().cloned().map(|record| Self {
            fitted,
            record,
            series,
            cutoff,
            subject,
            baseline,
            step,
            early: ending.is_early(),
            validated,
            model_file,
            history,
        }))
    }

    /// Saves the model, with how its data were read.
    fn save(&self) -> elman::Result<()> {
        let read = match &self.record.source {
            Provenance::File { options, .. } => (**options).clone(),
            _ => ReadOptions::default(),
        };
        self.fitted.save(self.model_file, &read)
    }

    fn final_loss(&self) -> f64 {
        self.history.last().copied().unwrap_or(f64::NAN)
    }

    /// The only network.
    fn model(&self) -> Option<&Model<f32>> {
        self.fitted.nets().next().map(|net| net.model())
    }
}

fn print(
    args: &TrainArgs,
    end: &End<'_>,
    seen: &Seen,
    written: &Written,
    checkpoints: &Checkpoints,
) {
    let seconds = seen.seconds;
    let stopped = if end.early { ", stopped early" } else { "" };
    if seen.steps > 0 {
        let pace = seen.steps as f64 / seconds.max(1e-9);
        let steps = end.step;
        let (time, pace) = (numbers::seconds(seconds), numbers::roughly(pace));
        out!("trained   {steps} steps in {time}{stopped} ({pace} steps/s)");
    }
    let loss = end.final_loss();
    if loss.is_finite() {
        let naive = end.baseline.map(|naive| {
            let verdict = match naive / loss {
                ratio if ratio >= 1.0 => format!("{} times better", numbers::fixed(ratio, 1)),
                _ => "not better".to_owned(),
            };
            format!(
                "; the naive forecast has {} ({verdict})",
                numbers::significant(naive, LOSS_DIGITS)
            )
        });
        out!(
            "loss      {} in the last window{}",
            numbers::significant(loss, LOSS_DIGITS),
            naive.unwrap_or_default()
        );
    }
    print_scores(end);
    panel::say(&end.fitted.notes);
    for file in &written.files {
        let what = if file == end.model_file { "saved   " } else { "chart   " };
        out!("{what}  {}", file.display());
    }
    checkpoints.kept().inspect(|kept| out!("kept      {kept}"));
    out!("\ntry next");
    for (command, why) in suggestions(args, end) {
        out!("  {command}\n      {why}");
    }
}

/// Ratio of the gains over the naive forecast, on the last window of the training and on the test set, from which on a
/// network overfits.
const OVERFITS: f64 = 10.0;

/// Whether the loss of elman is far lower, relative to the naive forecast, in training than on the test set.
fn overfits(end: &End<'_>) -> bool {
    let report = &end.fitted.selection;
    let mase = |name: &str| report.scores.iter().find(|score| score.name == name)?.mase;
    let (Some(naive), Some(ours), Some(baseline)) = (mase("naive"), mase("elman"), end.baseline)
    else {
        return false;
    };
    let in_training = baseline / end.final_loss();
    // The loss is a mean of squares, or near one.
    in_training > OVERFITS * (naive / ours).powi(2).max(1.0)
}

/// The errors on the test set beside those of the baselines.
fn print_scores(end: &End<'_>) {
    let report = &end.fitted.selection;
    let Some(claim) = report.claim() else { return };
    let horizon = counted(end.record.settings.horizon, "step");
    let from = match (&end.series[..], end.cutoff) {
        ([series], Some(cutoff)) => format!(", from {}", series.label(cutoff)),
        _ => " of each series".to_owned(),
    };
    out!(
        "\ntest set: the last {}{from}; {} of {horizon}",
        counted(report.held_out, "value"),
        report.evidence.in_words()
    );
    scores::table("test set", report).iter().for_each(|line| out!("{line}"));
    out!("{}", claim.sentence());
    if overfits(end) {
        out!(
            "note: the network fits its training data far better than the test set (overfitting): try `--patience 5`, fewer \
             `--max-steps` or a smaller `--hidden-size`"
        );
    }
    let likelihood = end.record.settings.likelihood;
    scores::coverage("the test set", report, likelihood).iter().for_each(|line| out!("{line}"));
    out!(
        "a forecast of more than {horizon} is recursive, and its error is larger; `--horizon` trains for more\n"
    );
}

/// Commands to try next, each with a description.
fn suggestions(args: &TrainArgs, end: &End<'_>) -> Vec<(String, &'static str)> {
    let mut all = vec![forecast_command(end)];
    // The configuration of a resumed training is in its checkpoint: it is not typed.
    if args.files.resume.is_none() {
        all.extend(match &end.record.source {
            Provenance::File { path, .. } => other_trainings(args, Path::new(path)),
            _ => other_lessons(args, end.record.settings.train.carry),
        });
    }
    all
}

/// The forecast of the model; a model of many series needs their data.
fn forecast_command(end: &End<'_>) -> (String, &'static str) {
    let (data, horizon) = match &end.record.source {
        Provenance::File { path, .. } => {
            let season = end.fitted.selection.seasons.first().copied().unwrap_or(12);
            let horizon = season.clamp(12, 100).max(end.record.settings.horizon);
            (format!(" {}", shell_word(Path::new(path))), horizon)
        }
        _ => (String::new(), 100),
    };
    let (data, why) = match end.fitted.memory() {
        Some(_) => ("", "forecast from its hidden state after the last value"),
        None => (&data[..], "forecast every series"),
    };
    let model = shell_word(end.model_file);
    (format!("elman forecast {model}{data} --horizon {horizon} --plot future.png"), why)
}

/// Two other trainings on the data in `path`.
fn other_trainings(args: &TrainArgs, path: &Path) -> [(String, &'static str); 2] {
    let data = shell_word(path);
    let same = typed(args, &[]);
    let other = typed(args, &["hidden_size", "max_steps", "patience", "init"]);
    [
        (
            format!("elman train {data}{same} --plot training.html"),
            "a page that shows the training step by step",
        ),
        (
            format!("elman train {data}{other} --hidden-size 64 --max-steps 2000 --patience 10"),
            "a larger hidden size, more steps, early stopping",
        ),
    ]
}

/// Two other lessons; `carry` is whether this one carried its hidden state.
fn other_lessons(args: &TrainArgs, carry: bool) -> [(String, &'static str); 2] {
    let same = typed(args, &["no_carry"]);
    let other = typed(args, &["cell", "hidden_size", "max_steps", "init"]);
    [
        match carry {
            true => (
                format!("elman train{same} --no-carry"),
                "reset the hidden state at each window: the first predictions of each window have large errors",
            ),
            false => (format!("elman train{same}"), "carry the hidden state from window to window"),
        },
        (
            format!(
                "elman train{other} --cell lstm --hidden-size 64 --max-steps 300 --plot lesson.html"
            ),
            "gates, a larger hidden size, more steps, and a chart of each report",
        ),
    ]
}

/// Options that do not change a training.
const NOT_OF_TRAINING: [&str; 16] = [
    "data",
    "data_option",
    "save",
    "plot",
    "checkpoint",
    "checkpoint_every",
    "resume",
    "plain",
    "watch",
    "port",
    "no_open",
    "print_every",
    "json",
    "quiet",
    "config",
    "threads",
];

/// The options of this training as they were typed, except some.
fn typed(args: &TrainArgs, except: &[&str]) -> String {
    let except = [&NOT_OF_TRAINING, except].concat();
    let options = args.given.beside(&except).map(|(option, value)| match value {
        Some(value) => format!(" {option} {}", shell_word(Path::new(value))),
        None => format!(" {option}"),
    });
    options.collect()
}

fn document(args: &TrainArgs, end: &End<'_>, seen: &Seen, diverged: Option<&str>) -> Value {
    let report = &end.fitted.selection;
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
        "configuration": end.record.settings,
        "source": end.record.source,
        "series": end.series.len(),
        "values": end.series.iter().map(Series::len).sum::<usize>(),
        "seasons": report.seasons,
        "parameters": end.model().map(|model| model.layout().count()),
        "history": history,
        "evaluations": evaluations,
        "final_loss": end.final_loss(),
        "baseline_loss": end.baseline,
        "test_steps": report.held_out,
        "test_forecasts": report.forecasts,
        "scores": report.scores,
        "claim": report.claim(),
        "levels": report.levels,
        "coverage": panel::validated(&report.coverage),
        "optimizer_steps": end.step,
        "stopped_early": end.early,
        "diverged": diverged,
        "seconds": seen.seconds,
        "files": {"model": end.model_file.display().to_string(), "plots": args.files.plot},
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

/// Every picture of the training, the test set last.
fn album(end: &End<'_>, seen: &Seen) -> elman::Result<Album> {
    let TrainingRecord { settings, losses, .. } = &end.record;
    let losses = losses.iter().map(|&(step, loss)| (step as f64, loss)).collect();
    let losses =
        Picture { y_log: true, x_axis: Axis::Steps, ..Picture::new("training loss by step") }
            .labelled("step", &settings.train.loss)
            .with(Mark::new("training", Color::Blue, Shape::Line, losses));
    let sizes = [settings.seq_length, settings.batch_size].map(Option::unwrap_or_default);
    let mut facts =
        end.model().map_or(Vec::new(), |model| facts(model, &settings.train, end.step, sizes));
    facts.push(("final loss".to_owned(), numbers::significant(end.final_loss(), LOSS_DIGITS)));
    facts.extend(end.baseline.map(|naive| {
        ("loss of the naive forecast".to_owned(), numbers::significant(naive, LOSS_DIGITS))
    }));
    let errors = end.fitted.selection.scores.iter();
    facts.extend(errors.map(|score| {
        (format!("MASE of {} on the test set", score.name), numbers::score(score.mase))
    }));
    let mut pages = seen.pages.clone();
    pages.extend(test_set(end)?);
    let title = match &end.record.source {
        Provenance::Sine { .. } => "The lesson: a sine wave".to_owned(),
        _ => end.subject.clone(),
    };
    Ok(Album { title, pages, losses: Some(losses), facts, ..Album::default() })
}

/// The end of the first series with the predictions one step ahead over its test set.
fn test_set(end: &End<'_>) -> elman::Result<Option<Picture>> {
    let (series, Some(cutoff)) = (&end.series[0], end.cutoff) else { return Ok(None) };
    // As much before the cutoff as after it, and not more than can be told apart.
    const SHOWN: usize = 500;
    let until = series.len().min(cutoff + SHOWN);
    let from = cutoff.saturating_sub(until - cutoff);
    let known = (from..until).map(|i| (series.position(i), series.values[i])).collect();
    let predictions = end.fitted.predict_each(series, cutoff..until)?;
    let predicted = (cutoff..until).map(|i| series.position(i)).zip(predictions).collect();
    let picture = Picture {
        x_axis: Axis::of(&series.clock()),
        vertical_rules: vec![(series.position(cutoff), "test set".to_owned())],
        ..Picture::new(match series.len() - until {
            0 => "test set, predicted one step ahead".to_owned(),
            _ => format!("the first {SHOWN} values of the test set, predicted one step ahead"),
        })
    };
    let picture = picture
        .labelled("", &series.name)
        .with(Mark::new("actual", Color::Red, Shape::Line, known))
        .with(Mark::new("prediction", Color::Blue, Shape::Line, predicted));
    Ok(Some(picture))
}
