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
use super::{LOSS_DIGITS, Seen};
use crate::args::TrainArgs;
use crate::commands::{claim, panel, scores};
use crate::failure::Failure;
use crate::files::{Written, shell_word};
use crate::numbers;

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
    let (series, cutoff) = (session.series().to_vec(), session.cutoff(0));
    let subject = subject(&session);
    let step = session.trainer().step();
    let validated = session.has_validation();
    let history = session.trainer().history().to_vec();
    let fitted = if diverged.is_some() {
        session.into_fitted_with_best()?
    } else {
        session.into_fitted()?
    };
    let Some(record) = fitted.training().cloned() else { return Ok(()) };
    let read = match &record.source {
        Provenance::File { options, .. } => (**options).clone(),
        _ => ReadOptions::default(),
    };
    let mut written = Written::default();
    written.attempt(model_file, fitted.save(model_file, &read));
    let end = End {
        fitted,
        record,
        series,
        cutoff,
        subject,
        baseline,
        step,
        early,
        validated,
        model_file,
        history,
    };
    if !args.files.plot.is_empty() {
        let album = album(&end, seen)?;
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

impl End<'_> {
    fn final_loss(&self) -> f64 {
        self.history.last().copied().unwrap_or(f64::NAN)
    }

    /// The only network.
    fn model(&self) -> Option<&Model<f32>> {
        self.fitted.nets().next().map(|net| net.model())
    }
}

fn print(args: &TrainArgs, end: &End<'_>, seen: &Seen, written: &Written) {
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
    out!("\ntry next");
    for (command, why) in suggestions(args, end) {
        out!("  {command}\n      {why}");
    }
}

/// Ratio of the gains over the naive forecast, on the last window of the training and on the test set, from which on a
/// network overfits.
const OVERFITS: f64 = 10.0;

/// Whether the loss of the network is far lower, relative to the naive forecast, in training than on the test set.
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
        claim::forecasts(report.evidence)
    );
    scores::table("test set", report).iter().for_each(|line| out!("{line}"));
    out!("{}", claim::sentence(&claim));
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

/// Three things to try, as commands.
fn suggestions(args: &TrainArgs, end: &End<'_>) -> [(String, &'static str); 3] {
    let model = shell_word(end.model_file);
    let forecast = |horizon: usize| {
        let why = "forecast from its hidden state after the last value";
        (format!("elman forecast {model} --horizon {horizon} --plot future.png"), why)
    };
    match &end.record.source {
        Provenance::File { path, .. } => {
            let data = shell_word(Path::new(path)) + &how_read(args);
            let horizon_of_training = match end.record.settings.horizon {
                1 => String::new(),
                horizon => format!(" --horizon {horizon}"),
            };
            let calendar = if args.columns.calendar { " --calendar" } else { "" };
            let training = format!("{data}{calendar}{horizon_of_training}");
            let season = end.fitted.selection.seasons.first().copied().unwrap_or(12);
            let horizon = season.clamp(12, 100).max(end.record.settings.horizon);
            let first = match end.fitted.memory() {
                Some(_) => forecast(horizon),
                None => (
                    format!("elman forecast {model} {data} --horizon {horizon} --plot future.png"),
                    "forecast every series",
                ),
            };
            [
                first,
                (
                    format!("elman train {training} --plot training.html"),
                    "a page that shows the training step by step",
                ),
                (
                    format!("elman train {training} --hidden 64 --max-steps 2000 --patience 10"),
                    "a larger hidden size, more steps, early stopping",
                ),
            ]
        }
        _ => [
            match end.record.settings.train.carry {
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
    let columns = &args.columns;
    let [missing_values, futr_exog, hist_exog, static_exog] =
        [&read.missing_values, &columns.futr_exog, &columns.hist_exog, &columns.static_exog]
            .map(|values| (!values.is_empty()).then(|| values.join(",")));
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
        ("missing-dates", &read.missing_dates),
        ("tz", &read.tz),
        ("freq", &read.freq),
        ("agg", &read.agg),
        ("futr-exog", &futr_exog),
        ("hist-exog", &hist_exog),
        ("static-exog", &static_exog),
    ];
    let given = values.into_iter().filter_map(|(name, value)| {
        value.as_ref().map(|value| format!(" --{name} {}", shell_word(Path::new(value))))
    });
    let flags = [(read.sort, " --sort"), (columns.wide, " --wide")];
    let flags = flags.iter().filter(|(given, _)| *given).map(|(_, flag)| *flag);
    given.collect::<String>() + &flags.collect::<String>()
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
