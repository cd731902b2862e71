//! `elman text train`.

mod page;
mod plan;
mod plot;
mod watch;

use std::path::Path;
use std::process::ExitCode;

use elman::nn::train::Event;
use elman::report::{self, Album};
use elman::text::{TextModel, TextTrainingRun};
use serde_json::{Value, json};

use super::{said, unit};
use crate::args::TextTrainArgs;
use crate::commands::checkpoints::Checkpoints;
use crate::commands::older;
use crate::failure::{DIVERGED, Failure, INTERRUPTED, Outcome};
use crate::numbers::{fixed, roughly};
use crate::page::ending;
use crate::{files, interrupt};
use watch::Watch;

/// How a training ended.
enum End {
    Done,
    Diverged(String),
    Interrupted,
}

/// Trains, shows, saves.
pub fn run(args: &TextTrainArgs) -> Outcome {
    let run = plan::training_run(args)?;
    let model_file = plan::model_file(args, &run);
    let steps = run.trainer().config().max_steps;
    let checkpoints = Checkpoints::of(&args.files, &model_file, steps);
    let _locks = files::check_outputs(
        &[args.file.as_ref()],
        [&model_file, &checkpoints.file],
        &args.files.plot,
    )?;
    if !args.common.quiet() {
        args.network.without_effect(&run.settings().model).inspect(|note| note!("{note}"));
    }
    if args.files.resume.is_none() && !args.common.quiet() {
        say_replaced(args, &run, &model_file, &checkpoints);
    }
    let shown = !args.common.quiet() && !args.common.json();
    let page = page::start(args, &run, &model_file)?;
    let mut watch = Watch::new(args, &run, shown, page)?;
    interrupt::watch();
    let outcome = learn(args, run, &mut watch, &model_file, &checkpoints);
    if let Some(page) = watch.page.take() {
        let result = match outcome {
            Ok(ExitCode::SUCCESS) => page::result(&model_file),
            _ => Value::Null,
        };
        page.end(ending(&outcome, result));
    }
    outcome
}

/// Trains and saves.
fn learn(
    args: &TextTrainArgs,
    mut run: TextTrainingRun,
    watch: &mut Watch,
    model_file: &Path,
    checkpoints: &Checkpoints,
) -> Outcome {
    let end = train(&mut run, watch, checkpoints)?;
    watch.finish(&run);
    match end {
        End::Interrupted => interrupted(args, &run, checkpoints),
        End::Done => finished(args, run, watch, model_file, checkpoints),
        End::Diverged(reason) => diverged(args, run, watch, model_file, &reason),
    }
}

/// Says which model and which checkpoint this training will replace.
fn say_replaced(
    args: &TextTrainArgs,
    run: &TextTrainingRun,
    model_file: &Path,
    checkpoints: &Checkpoints,
) {
    let [settings, source] = [json!(run.settings()), json!(run.name())];
    let replaced = match &args.files.save {
        Some(_) => None,
        None => older::replaced(model_file, &settings, &source),
    };
    let unfinished = older::unfinished(&checkpoints.file, "elman text train");
    [replaced, unfinished].into_iter().flatten().for_each(|note| note!("{note}"));
}

/// Does step after step until the training ends.
fn train(
    run: &mut TextTrainingRun,
    watch: &mut Watch,
    checkpoints: &Checkpoints,
) -> Result<End, Failure> {
    while !interrupt::asked() {
        let event = match run.advance() {
            Ok(Event::Finished { .. }) if run.has_diverged() => {
                return Ok(End::Diverged(rise(run)));
            }
            Ok(Event::Finished { .. }) => return Ok(End::Done),
            Ok(event) => event,
            Err(elman::Error::Network(error @ elman::nn::Error::Diverged { .. })) => {
                return Ok(End::Diverged(error.to_string()));
            }
            Err(other) => return Err(other.into()),
        };
        watch.after(run, event)?;
        if checkpoints.are_due(event)
            && let Some(note) = checkpoints.attempt(run.write_checkpoint(&checkpoints.file))
        {
            watch.note(&note);
        }
    }
    Ok(End::Interrupted)
}

/// The loss at first and at the end of a training that diverged.
fn rise(run: &TextTrainingRun) -> String {
    let history = run.trainer().history();
    let [first, last] =
        [history.first(), history.last()].map(|loss| fixed(loss.copied().unwrap_or(f64::NAN), 4));
    format!("training diverged: the loss was {first} nats at first and is {last} at the end")
}

/// Saves a checkpoint, and says how to continue from it.
fn interrupted(args: &TextTrainArgs, run: &TextTrainingRun, checkpoints: &Checkpoints) -> Outcome {
    run.write_checkpoint(&checkpoints.file)?;
    if !args.common.quiet() {
        let go_on = checkpoints.go_on(&args.files, &args.training);
        // What has come in has to come in again.
        let text = files::again(args.file.as_deref());
        let go_on = format!("elman text train {text}{go_on}");
        note!("{}", checkpoints.stopped(run.trainer().step(), &go_on));
    }
    Ok(ExitCode::from(INTERRUPTED))
}

/// Keeps the best weights there were.
fn diverged(
    args: &TextTrainArgs,
    run: TextTrainingRun,
    watch: &Watch,
    model_file: &Path,
    reason: &str,
) -> Outcome {
    let album = plot::album(&run, watch);
    run.into_model_with_best().save(model_file)?;
    draw(args, &album)?;
    let (kept, help) = (model_file.display(), "try a smaller `--learning-rate`");
    let message = format!("{reason}\n  the best weights are in {kept}\n  help: {help}");
    Err(Failure::new(DIVERGED, message))
}

/// Saves the model, and says what it is worth.
fn finished(
    args: &TextTrainArgs,
    run: TextTrainingRun,
    watch: &Watch,
    model_file: &Path,
    checkpoints: &Checkpoints,
) -> Outcome {
    let (steps, best) = (run.trainer().step(), run.trainer().best().step);
    let per_second = watch.per_second(&run);
    let (album, baseline) = (plot::album(&run, watch), run.baseline());
    let model = run.into_model();
    model.save(model_file)?;
    draw(args, &album)?;
    if args.common.json() {
        let losses: Vec<_> = watch.losses.iter().map(|(step, loss)| json!([step, loss])).collect();
        let json = json!({
            "configuration": model.about().settings,
            "model": model_file.display().to_string(),
            "optimizer_steps": steps,
            "characters_per_second": per_second,
            "validation_loss": model.about().validation,
            "unigram_loss": baseline,
            "evaluations": losses,
            "plots": args.files.plot,
        });
        out!("{json}");
    } else if !args.common.quiet() {
        print_losses(&model, baseline, best);
        let unit = unit(model.vocabulary().tokenizer());
        out!("speed       {} {unit}s per second", roughly(per_second));
        print_files(args, model_file, checkpoints);
    }
    Ok(ExitCode::SUCCESS)
}

/// Prints the validation loss after `step`, beside the loss of a model of the frequencies.
fn print_losses(model: &TextModel, baseline: Option<f64>, step: u64) {
    let unit = unit(model.vocabulary().tokenizer());
    let (Some(nats), Some(baseline)) = (model.about().validation, baseline) else { return };
    out!("validation  {}, at step {step}", said(nats, unit));
    out!(
        "unigram     {} nats per {unit}, the entropy of the {unit} frequencies",
        fixed(baseline, 4)
    );
    if nats >= baseline {
        let help = "try more `--max-steps`, or a smaller `--learning-rate`";
        out!("            the network is no better than the unigram model: {help}");
    }
}

/// Prints the files, and the command that generates text.
fn print_files(args: &TextTrainArgs, model_file: &Path, checkpoints: &Checkpoints) {
    out!("saved       {}", model_file.display());
    for plot in &args.files.plot {
        out!("chart       {}", plot.display());
    }
    checkpoints.kept().inspect(|kept| out!("kept        {kept}"));
    out!("generate    elman text sample {} --length 500", files::shell_word(model_file));
}

/// Draws into every file that was asked for.
fn draw(args: &TextTrainArgs, album: &Album) -> Result<(), Failure> {
    for plot in &args.files.plot {
        report::write(plot, album)?;
    }
    Ok(())
}
