//! `elman text train`.

mod plan;
mod watch;

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use elman::nn::train::Event;
use elman::text::TextSession;
use serde_json::json;

use super::{said, threads_of_machine, unit};
use crate::args::TextTrainArgs;
use crate::failure::{DIVERGED, Failure, INTERRUPTED, Outcome};
use crate::{files, interrupt};
use watch::{Watch, thousands};

/// Trains, shows, saves.
pub fn run(args: &TextTrainArgs) -> Outcome {
    let mut session = plan::session(args)?;
    let model_file = plan::model_file(args);
    let checkpoint_file = match &args.files.resume {
        Some(checkpoint) => checkpoint.clone(),
        None => files::checkpoint_name(&model_file),
    };
    files::can_write(&[&model_file, &checkpoint_file], &[])?;
    files::are_apart(&[args.file.as_ref()], [&model_file, &checkpoint_file].into_iter())?;
    files::may_hold_model(&model_file)?;
    files::may_hold_model(&checkpoint_file)?;
    let threads = args.threads.map(usize::from);
    session = session.with_threads(threads, threads_of_machine());

    let shown = !args.quiet && !args.json;
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
                let due = |every| matches!(event, Event::Step { step, .. } if step % every == 0);
                if args.files.checkpoint_every.is_some_and(due) {
                    session.write_checkpoint(&checkpoint_file)?;
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
        None => stopped(args, &session, &checkpoint_file),
        Some(Ok(())) => {
            finished(args, session, &watch, &model_file)?;
            Ok(ExitCode::SUCCESS)
        }
        Some(Err(reason)) => {
            session.finish().save(&model_file)?;
            let (kept, help) = (model_file.display(), "a smaller `--learning-rate`");
            let message = format!("{reason}\n  the best weights are in {kept}\n  help: {help}");
            Err(Failure::new(DIVERGED, message))
        }
    }
}

/// Keeps where training stands, and says how to go on.
fn stopped(args: &TextTrainArgs, session: &TextSession, checkpoint: &Path) -> Outcome {
    session.write_checkpoint(checkpoint)?;
    if !args.quiet {
        let mut go_on = format!("--resume {}", files::shell_word(checkpoint));
        if let Some(save) = &args.files.save {
            go_on += &format!(" --save {}", files::shell_word(save));
        }
        eprintln!(
            "stopped at step {}: nothing is lost\n  saved     {}\n  go on     elman text train {go_on}",
            session.trainer().step(),
            checkpoint.display(),
        );
    }
    Ok(ExitCode::from(INTERRUPTED))
}

/// Saves the model, and says what it is worth.
fn finished(
    args: &TextTrainArgs,
    session: TextSession,
    watch: &Watch,
    model_file: &Path,
) -> Result<(), Failure> {
    let (steps, best) = (session.trainer().step(), session.trainer().best().step);
    let per_second = watch.per_second(&session);
    let model = session.finish();
    model.save(model_file)?;
    if args.json {
        let losses: Vec<_> = watch.losses.iter().map(|(step, loss)| json!([step, loss])).collect();
        let json = json!({
            "model": model_file.display().to_string(),
            "steps": steps,
            "characters_per_second": per_second,
            "held_out_nats": model.about().validation,
            "evaluations": losses,
        });
        writeln!(std::io::stdout(), "{json}")?;
    } else if !args.quiet {
        let mut out = std::io::stdout().lock();
        let unit = unit(model.vocabulary().tokenizer());
        if let Some(nats) = model.about().validation {
            writeln!(out, "held out  {}, of step {best}", said(nats, unit))?;
        }
        writeln!(out, "speed     {} {unit}s a second", thousands(per_second))?;
        writeln!(out, "saved     {}", model_file.display())?;
        let word = files::shell_word(model_file);
        writeln!(out, "write     elman text sample {word} --length 500")?;
    }
    Ok(())
}
