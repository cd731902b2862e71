//! `elman train`: the lesson, or a network on series of a data file.

mod plan;
mod summary;
mod watch;

use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use elman::TrainingRun;
use elman::nn::train::Event;
use elman::report::Picture;

use crate::args::TrainArgs;
use crate::commands::bench::machine;
use crate::failure::{DIVERGED, Failure, INTERRUPTED, Outcome};
use crate::{files, interrupt, numbers};
use plan::Plan;
pub use summary::facts;
use watch::Watch;

/// Significant digits of a loss.
const LOSS_DIGITS: usize = 4;

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
    let Plan { mut session, notes, model_file, checkpoints, locks: _locks, print_every } =
        plan::make(&args)?;
    let (asked, of_machine) = args.common.threads();
    session = session.with_threads(asked, of_machine);
    if let Some(isa) = isa {
        session = session.with_isa(isa);
    }
    let mut watch = Watch::new(&args, &session, &notes);
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
                if checkpoints.are_due(event)
                    && let Some(note) =
                        checkpoints.attempt(session.write_checkpoint(&checkpoints.file))
                {
                    watch.note(&mut seen, note);
                }
                let goes_on = watch.after(&session, event, report.as_ref(), &seen, &mut watched);
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
    watch.finish(&session, &seen, matches!(end, End::Interrupted));
    match end {
        End::Interrupted => {
            session.write_checkpoint(&checkpoints.file)?;
            if !args.common.quiet() {
                let go_on = checkpoints.go_on(&args.files, &args.training);
                let data = args.data.as_deref().or(args.data_option.as_deref());
                let go_on = format!("elman train {}{go_on}", files::again(data));
                note!("{}", checkpoints.stopped(session.trainer().step(), &go_on));
            }
            Ok(ExitCode::from(INTERRUPTED))
        }
        End::Done { .. } if session.has_diverged() => {
            let [first, last] =
                [session.trainer().history().first(), session.trainer().history().last()];
            let of =
                |loss: Option<&f64>| numbers::significant(*loss.unwrap_or(&f64::NAN), LOSS_DIGITS);
            let naive = session.baseline_loss().map(|loss| numbers::significant(loss, LOSS_DIGITS));
            let reason = format!(
                "training diverged: the loss was {} at first and is {} at the end{}",
                of(first),
                of(last),
                naive.map_or(String::new(), |naive| format!("; the naive forecast has {naive}"))
            );
            diverged(&args, session, &seen, &model_file, &reason)
        }
        End::Done { early } => {
            summary::finish(&args, session, &seen, early, &model_file, None)?;
            Ok(ExitCode::SUCCESS)
        }
        End::Diverged(reason) => diverged(&args, session, &seen, &model_file, &reason),
    }
}

/// Keeps the best weights there were.
fn diverged(
    args: &TrainArgs,
    session: TrainingRun,
    seen: &Seen,
    model_file: &Path,
    reason: &str,
) -> Outcome {
    if session.trainer().best().loss.is_infinite() {
        let message = format!(
            "{reason}\n  no model is saved: training diverged before its first evaluation\n  help: try a smaller \
             `--learning-rate`, or `--clip 1`"
        );
        return Err(Failure::new(DIVERGED, message));
    }
    summary::finish(args, session, seen, true, model_file, Some(reason))?;
    let help = "try a smaller `--learning-rate`, or `--clip 1`";
    let kept = model_file.display();
    let message = format!("{reason}\n  the best weights are in {kept}\n  help: {help}");
    Err(Failure::new(DIVERGED, message))
}

impl Seen {
    /// Takes note of an event; the picture, if a report is due.
    fn note(
        &mut self,
        session: &TrainingRun,
        event: Event,
        print_every: u64,
        is_shown: bool,
    ) -> Option<Picture> {
        match event {
            Event::Step { step, evaluation, grad_norm, rate, .. } => {
                self.steps += 1;
                (self.grad_norm, self.rate) = (grad_norm, rate);
                self.evaluations.extend(evaluation.map(|loss| (step, loss)));
                let last = step == session.trainer().config().max_steps;
                let due = step.is_multiple_of(print_every) || last;
                (due && is_shown).then(|| watch::picture(session))
            }
            Event::RolledBack { from, to, lr_scale } => {
                let rate = session.trainer().config().learning_rate * lr_scale;
                self.notes.push(format!(
                    "the loss of step {from} was not finite: back to step {to}, learning rate \
                     halved to {}",
                    numbers::trimmed(rate, 3)
                ));
                None
            }
            Event::Finished { .. } => None,
        }
    }
}
