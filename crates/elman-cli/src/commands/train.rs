//! `elman train`: the lesson, or a network on series of a data file.

mod page;
mod plan;
mod summary;
mod watch;

use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use elman::TrainingRun;
use elman::nn::train::Event;
use elman::report::Picture;
use serde_json::Value;

use crate::args::TrainArgs;
use crate::commands::checkpoints::Checkpoints;
use crate::failure::{DIVERGED, Failure, INTERRUPTED, Outcome};
use crate::page::{PageWatch, ending};
use crate::{files, interrupt, numbers};
use plan::Plan;
pub use summary::facts;
use watch::Watch;

/// Significant digits of a loss.
const LOSS_DIGITS: usize = 4;

/// How a training ended.
enum Ending {
    Done { early: bool },
    Diverged(String),
    Interrupted,
}

impl Ending {
    /// Whether some of the steps were not done.
    fn is_early(&self) -> bool {
        !matches!(self, Ending::Done { early: false })
    }

    /// Why the training diverged, if it did.
    fn divergence(&self) -> Option<&str> {
        match self {
            Ending::Diverged(reason) => Some(reason),
            _ => None,
        }
    }
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
    let plan = plan::make(&args)?;
    let mut page = page::start(&args, &plan)?;
    interrupt::watch();
    let mut result = Value::Null;
    let outcome = learn(&args, plan, &mut page, &mut result);
    if let Some(page) = page {
        page.end(ending(&outcome, result));
    }
    outcome
}

/// Trains and saves; `result` is for the page.
fn learn(
    args: &TrainArgs,
    plan: Plan,
    page: &mut Option<PageWatch>,
    result: &mut Value,
) -> Outcome {
    let Plan { mut run, notes, model_file, checkpoints, locks: _locks, print_every } = plan;
    let mut watch = Watch::new(args, &run, &notes, page.as_ref());
    let mut seen = Seen::default();
    let ending = train(args, &mut run, &mut watch, page, &mut seen, &checkpoints, print_every)?;
    if let Some(page) = page {
        page.finish(&watch::frame(&run, &seen));
    }
    watch.finish(&run, &seen, matches!(ending, Ending::Interrupted));
    if matches!(ending, Ending::Interrupted) {
        return interrupted(args, &run, &checkpoints);
    }
    if let Some(reason) = ending.divergence().filter(|_| run.trainer().best().loss.is_infinite()) {
        return Err(nothing_to_keep(reason));
    }
    *result = summary::finish(args, run, &seen, &ending, &model_file, &checkpoints)?;
    match ending.divergence() {
        Some(reason) => Err(best_kept(reason, &model_file)),
        None => Ok(ExitCode::SUCCESS),
    }
}

/// Does step after step until the training ends, and takes note of each.
fn train(
    args: &TrainArgs,
    run: &mut TrainingRun,
    watch: &mut Watch,
    page: &mut Option<PageWatch>,
    seen: &mut Seen,
    checkpoints: &Checkpoints,
    print_every: u64,
) -> Result<Ending, Failure> {
    let is_shown = watch.is_shown() || !args.files.plot.is_empty();
    let began = Instant::now();
    let mut watched = Duration::ZERO;
    let ending = loop {
        if interrupt::asked() {
            break Ending::Interrupted;
        }
        let event = match run.advance() {
            Ok(Event::Finished { early }) => break finished(run, early),
            Ok(event) => event,
            Err(elman::Error::Network(error @ elman::nn::Error::Diverged { .. })) => {
                break Ending::Diverged(error.to_string());
            }
            Err(other) => return Err(other.into()),
        };
        let report = seen.note(run, event, print_every, is_shown);
        if checkpoints.are_due(event)
            && let Some(note) = checkpoints.attempt(run.write_checkpoint(&checkpoints.file))
        {
            watch.note(seen, note);
        }
        if let Some(page) = page {
            page::after(page, run, event, seen);
        }
        let goes_on = watch.after(run, event, report.as_ref(), seen, &mut watched);
        if args.files.plot.is_empty() {
            seen.pages.clear();
        }
        seen.pages.extend(report);
        if goes_on.is_break() {
            break Ending::Interrupted;
        }
    };
    seen.seconds = (began.elapsed() - watched).as_secs_f64();
    Ok(ending)
}

/// The end of a training that has done its steps: its loss may be worse than at first.
fn finished(run: &TrainingRun, early: bool) -> Ending {
    if !run.has_diverged() {
        return Ending::Done { early };
    }
    let history = run.trainer().history();
    let in_digits = |loss: f64| numbers::significant(loss, LOSS_DIGITS);
    let [first, last] =
        [history.first(), history.last()].map(|loss| in_digits(loss.copied().unwrap_or(f64::NAN)));
    let naive = run
        .baseline_loss()
        .map(|loss| format!("; the naive forecast has {}", in_digits(loss)))
        .unwrap_or_default();
    Ending::Diverged(format!(
        "training diverged: the loss was {first} at first and is {last} at the end{naive}"
    ))
}

/// Saves a checkpoint, and says how to continue from it.
fn interrupted(args: &TrainArgs, run: &TrainingRun, checkpoints: &Checkpoints) -> Outcome {
    run.write_checkpoint(&checkpoints.file)?;
    if !args.common.quiet() {
        let go_on = checkpoints.go_on(&args.files, &args.training);
        let data = args.data.as_deref().or(args.data_option.as_deref());
        let go_on = format!("elman train {}{go_on}", files::again(data));
        note!("{}", checkpoints.stopped(run.trainer().step(), &go_on));
    }
    Ok(ExitCode::from(INTERRUPTED))
}

/// The failure of a training that diverged before there were weights to keep.
fn nothing_to_keep(reason: &str) -> Failure {
    let message = format!(
        "{reason}\n  no model is saved: training diverged before its first evaluation\n  help: {CALMER}"
    );
    Failure::new(DIVERGED, message)
}

/// The failure of a training that diverged, whose best weights are in `model_file`.
fn best_kept(reason: &str, model_file: &Path) -> Failure {
    let kept = model_file.display();
    let message = format!("{reason}\n  the best weights are in {kept}\n  help: {CALMER}");
    Failure::new(DIVERGED, message)
}

/// What to do against divergence.
const CALMER: &str = "try a smaller `--learning-rate`, or `--clip 1`";

impl Seen {
    /// Takes note of an event; the picture, if a report is due.
    fn note(
        &mut self,
        run: &TrainingRun,
        event: Event,
        print_every: u64,
        is_shown: bool,
    ) -> Option<Picture> {
        match event {
            Event::Step { step, evaluation, grad_norm, rate, .. } => {
                self.steps += 1;
                (self.grad_norm, self.rate) = (grad_norm, rate);
                self.evaluations.extend(evaluation.map(|loss| (step, loss)));
                let last = step == run.trainer().config().max_steps;
                let due = step.is_multiple_of(print_every) || last;
                (due && is_shown).then(|| watch::picture(run))
            }
            Event::RolledBack { from, to, lr_scale } => {
                let rate = run.trainer().config().learning_rate * lr_scale;
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
