//! `elman train`: the lesson, or a real series.

mod plan;
mod summary;
mod watch;

use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use elman::forecaster::Session;
use elman::nn::train::Event;
use elman::report::Picture;

use crate::args::TrainArgs;
use crate::commands::bench::machine;
use crate::failure::{DIVERGED, Failure, INTERRUPTED, Outcome};
use crate::{files, interrupt};
use plan::Plan;
use watch::Watch;

/// How a training ended.
enum End {
    Done { early: bool },
    Diverged(String),
    Interrupted,
}

/// What has been seen on the way, for the summary.
#[derive(Default)]
pub struct Seen {
    /// A picture of each report; the last only, unless they are to be kept.
    pages: Vec<Picture>,
    /// Step and loss of each evaluation.
    evaluations: Vec<(u64, f64)>,
    /// Ways back after a loss that was not finite.
    notes: Vec<String>,
    /// Steps done in this run.
    steps: u64,
    /// The gradient norm and the learning rate of the last step.
    grad_norm: f64,
    rate: f64,
    /// The time they took, without waiting for the person who watches.
    seconds: f64,
}

/// Trains, shows, saves.
pub fn run(args: TrainArgs) -> Outcome {
    let isa = args.training.isa.as_deref().map(|name| machine::isa(Some(name))).transpose()?;
    let Plan { mut session, note, model_file, checkpoint_file, checkpoint_every, print_every } =
        plan::make(&args)?;
    let (asked, of_machine) = args.common.threads();
    session = session.with_threads(asked, of_machine);
    if let Some(isa) = isa {
        session = session.with_isa(isa);
    }
    let mut watch = Watch::new(&args, &session, note.as_deref())?;
    interrupt::watch();
    let mut seen = Seen::default();
    let is_shown = watch.is_shown() || !args.files.plot.is_empty();
    let began = Instant::now();
    let mut watched = Duration::ZERO;
    let end = loop {
        if interrupt::asked() {
            break End::Interrupted;
        }
        match session.advance() {
            Ok(Event::Finished { early }) => break End::Done { early },
            Ok(event) => {
                let report = seen.note(&session, event, print_every, is_shown);
                if checkpoint_every.is_some_and(|every| is_due(event, every)) {
                    session.write_checkpoint(&checkpoint_file)?;
                }
                let goes_on = watch.after(&session, event, report.as_ref(), &seen, &mut watched)?;
                if args.files.plot.is_empty() {
                    seen.pages.clear();
                }
                seen.pages.extend(report);
                if goes_on.is_break() {
                    break End::Interrupted;
                }
            }
            Err(elman::Error::Network(error @ elman::nn::Error::Diverged { .. })) => {
                break End::Diverged(error.to_string());
            }
            Err(other) => return Err(other.into()),
        }
    };
    seen.seconds = (began.elapsed() - watched).as_secs_f64();
    watch.finish(&session, &seen, matches!(end, End::Interrupted))?;
    match end {
        End::Interrupted => {
            session.write_checkpoint(&checkpoint_file)?;
            let message = format!(
                "stopped at step {}: nothing is lost\n  saved     {}\n  go on     elman train {}",
                session.trainer().step(),
                checkpoint_file.display(),
                go_on(&args, &checkpoint_file)
            );
            if !args.common.quiet {
                eprintln!("{message}");
            }
            Ok(ExitCode::from(INTERRUPTED))
        }
        End::Done { early } => {
            summary::finish(&args, session, &seen, early, &model_file, None)?;
            Ok(ExitCode::SUCCESS)
        }
        End::Diverged(reason) => {
            summary::finish(&args, session, &seen, true, &model_file, Some(&reason))?;
            let help = "a smaller `--learning-rate`, or `--clip 1`";
            let kept = model_file.display();
            let message = format!("{reason}\n  the best weights are in {kept}\n  help: {help}");
            Err(Failure::new(DIVERGED, message))
        }
    }
}

impl Seen {
    /// Takes note of an event; the picture, if a report is due.
    fn note(
        &mut self,
        session: &Session,
        event: Event,
        print_every: u64,
        is_shown: bool,
    ) -> Option<Picture> {
        match event {
            Event::Step { step, evaluation, grad_norm, rate, .. } => {
                self.steps += 1;
                (self.grad_norm, self.rate) = (grad_norm, rate);
                self.evaluations.extend(evaluation.map(|loss| (step, loss)));
                let last = step == session.trainer().config().steps;
                let due = step.is_multiple_of(print_every) || last;
                (due && is_shown).then(|| watch::picture(session))
            }
            Event::WentBack { from, to, rate_scale } => {
                let rate = session.trainer().config().learning_rate * rate_scale;
                self.notes.push(format!(
                    "the loss of step {from} was not finite: back to step {to}, learning rate \
                     halved to {rate:.3e}"
                ));
                None
            }
            Event::Finished { .. } => None,
        }
    }
}

fn is_due(event: Event, every: u64) -> bool {
    matches!(event, Event::Step { step, .. } if step.is_multiple_of(every))
}

/// The options that go on from a checkpoint as this training was begun.
fn go_on(args: &TrainArgs, checkpoint: &Path) -> String {
    let mut line = format!("--resume {}", files::shell_word(checkpoint));
    if let Some(save) = &args.files.save {
        line += &format!(" --save {}", files::shell_word(save));
    }
    for plot in &args.files.plot {
        line += &format!(" --plot {}", files::shell_word(plot));
    }
    if let Some(every) = args.files.checkpoint_every {
        line += &format!(" --checkpoint-every {every}");
    }
    line
}

/// Checks that the files can be written before any time is spent.
fn check_outputs(args: &TrainArgs, model: &Path, checkpoint: &Path) -> Result<(), Failure> {
    files::can_write(&[model, checkpoint], &args.files.plot)?;
    let (model_file, checkpoint_file) = (model.to_owned(), checkpoint.to_owned());
    let outputs = [&model_file, &checkpoint_file].into_iter().chain(&args.files.plot);
    files::are_apart(&[args.data.as_ref(), args.data_option.as_ref()], outputs)?;
    files::may_hold_model(model)?;
    files::may_hold_model(checkpoint)
}
