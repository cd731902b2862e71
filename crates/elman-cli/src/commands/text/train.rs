//! `elman text train`.

mod plan;
mod plot;
mod watch;

use std::path::Path;
use std::process::ExitCode;

use elman::nn::train::Event;
use elman::report::{self, Album};
use elman::text::TextTrainingRun;
use serde_json::json;

use super::{said, unit};
use crate::args::TextTrainArgs;
use crate::commands::bench::machine;
use crate::commands::checkpoints::Checkpoints;
use crate::commands::older;
use crate::failure::{DIVERGED, Failure, INTERRUPTED, Outcome};
use crate::numbers::{fixed, roughly};
use crate::{files, interrupt};
use watch::Watch;

/// Trains, shows, saves.
pub fn run(args: &TextTrainArgs) -> Outcome {
    let isa = args.training.isa.as_deref().map(|name| machine::isa(Some(name))).transpose()?;
    let mut session = plan::session(args)?;
    let model_file = plan::model_file(args, &session);
    let steps = session.trainer().config().max_steps;
    let checkpoints = Checkpoints::of(&args.files, &model_file, steps);
    let checkpoint_file = &checkpoints.file;
    let _locks = files::check_outputs(
        &[args.file.as_ref()],
        [&model_file, checkpoint_file],
        &args.files.plot,
    )?;
    let (asked, of_machine) = args.common.threads();
    session = session.with_threads(asked, of_machine);
    if let Some(isa) = isa {
        session = session.with_isa(isa);
    }

    if args.files.resume.is_none() && !args.common.quiet() {
        let [settings, source] = [json!(session.settings()), json!(session.name())];
        let named = args.files.save.is_some();
        let replaced = || older::replaced(&model_file, &settings, &source);
        let notes = [
            (!named).then(replaced).flatten(),
            older::unfinished(checkpoint_file, "elman text train"),
        ];
        notes.into_iter().flatten().for_each(|note| note!("{note}"));
    }
    let shown = !args.common.quiet() && !args.common.json();
    let mut watch = Watch::new(args, &session, shown)?;
    interrupt::watch();
    let end = loop {
        if interrupt::asked() {
            break None;
        }
        match session.advance() {
            Ok(Event::Finished { .. }) => break Some(Ok(())),
            Ok(event) => {
                watch.after(&session, event)?;
                if checkpoints.are_due(event)
                    && let Some(note) =
                        checkpoints.attempt(session.write_checkpoint(checkpoint_file))
                {
                    watch.note(&note);
                }
            }
            Err(elman::Error::Network(error @ elman::nn::Error::Diverged { .. })) => {
                break Some(Err(error.to_string()));
            }
            Err(other) => return Err(other.into()),
        }
    };
    watch.finish();
    match end {
        None => {
            session.write_checkpoint(checkpoint_file)?;
            if !args.common.quiet() {
                let go_on = checkpoints.go_on(&args.files, &args.training);
                // What has come in has to come in again.
                let text = files::again(args.file.as_deref());
                let go_on = format!("elman text train {text}{go_on}");
                note!("{}", checkpoints.stopped(session.trainer().step(), &go_on));
            }
            Ok(ExitCode::from(INTERRUPTED))
        }
        Some(Ok(())) if session.has_diverged() => {
            let [first, .., last] = session.trainer().history() else {
                return Ok(ExitCode::SUCCESS);
            };
            let reason = format!(
                "training diverged: the loss was {} nats at first and is {} at the end",
                fixed(*first, 4),
                fixed(*last, 4)
            );
            diverged(args, session, &watch, &model_file, &reason)
        }
        Some(Ok(())) => {
            finished(args, session, &watch, &model_file)?;
            Ok(ExitCode::SUCCESS)
        }
        Some(Err(reason)) => diverged(args, session, &watch, &model_file, &reason),
    }
}

/// Keeps the best weights there were.
fn diverged(
    args: &TextTrainArgs,
    session: TextTrainingRun,
    watch: &Watch,
    model_file: &Path,
    reason: &str,
) -> Outcome {
    let album = plot::album(&session, watch);
    session.into_model_with_best().save(model_file)?;
    draw(args, &album)?;
    let (kept, help) = (model_file.display(), "try a smaller `--learning-rate`");
    let message = format!("{reason}\n  the best weights are in {kept}\n  help: {help}");
    Err(Failure::new(DIVERGED, message))
}

/// Saves the model, and says what it is worth.
fn finished(
    args: &TextTrainArgs,
    session: TextTrainingRun,
    watch: &Watch,
    model_file: &Path,
) -> Result<(), Failure> {
    let (steps, best) = (session.trainer().step(), session.trainer().best().step);
    let per_second = watch.per_second(&session);
    let (album, baseline) = (plot::album(&session, watch), session.baseline());
    let model = session.into_model();
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
        let unit = unit(model.vocabulary().tokenizer());
        if let (Some(nats), Some(baseline)) = (model.about().validation, baseline) {
            out!("validation  {}, at step {best}", said(nats, unit));
            out!(
                "unigram     {} nats per {unit}, the entropy of the {unit} frequencies",
                fixed(baseline, 4)
            );
            if nats >= baseline {
                let help = "try more `--max-steps`, or a smaller `--learning-rate`";
                out!("            the network is no better than the unigram model: {help}");
            }
        }
        out!("speed       {} {unit}s per second", roughly(per_second));
        out!("saved       {}", model_file.display());
        for plot in &args.files.plot {
            out!("chart       {}", plot.display());
        }
        let word = files::shell_word(model_file);
        out!("generate    elman text sample {word} --length 500");
    }
    Ok(())
}

/// Draws into every file that was asked for.
fn draw(args: &TextTrainArgs, album: &Album) -> Result<(), Failure> {
    for plot in &args.files.plot {
        report::write(plot, album)?;
    }
    Ok(())
}
