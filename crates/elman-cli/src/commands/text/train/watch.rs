//! What a person sees while the network learns.

use std::time::Instant;

use elman::data::{counted, thousands};
use elman::nn::train::Event;
use elman::text::{Sampling, TextTrainingRun};
use indicatif::{ProgressBar, ProgressStyle};

use crate::args::TextTrainArgs;
use crate::commands::text::{said, unit};
use crate::failure::Failure;
use crate::numbers::{fixed, roughly};

/// What a person sees while the network learns.
pub struct Watch {
    shown: bool,
    bar: ProgressBar,
    began: Instant,
    /// The step from which this run went on.
    pub first: u64,
    /// Training losses since the last report.
    recent: Vec<f64>,
    /// Steps and losses of the evaluations.
    pub losses: Vec<(u64, f64)>,
    every: u64,
    sample_every: u64,
    sample_length: usize,
}

impl Watch {
    /// Says what is learned from, if it is `shown`.
    pub fn new(args: &TextTrainArgs, run: &TextTrainingRun, shown: bool) -> Result<Self, Failure> {
        let train = run.trainer().config();
        let mut bar = ProgressBar::hidden();
        if shown {
            let [all, held_out] = run.characters();
            let vocabulary = run.vocabulary();
            let unit = unit(vocabulary.tokenizer());
            note!(
                "{}: {}, a vocabulary of {}, the last {} for validation",
                run.name(),
                counted(all, unit),
                vocabulary.size(),
                thousands(held_out)
            );
            out!("{}\n", run.trainer().model());
            bar = ProgressBar::new(train.max_steps).with_style(
                ProgressStyle::with_template("{bar:40} {pos}/{len} steps, {eta} left")
                    .expect("a valid template"),
            );
        }
        let every = train.val_every;
        Ok(Self {
            shown,
            bar,
            began: Instant::now(),
            first: run.trainer().step(),
            recent: Vec::new(),
            losses: Vec::new(),
            every,
            sample_every: args.sample_every.unwrap_or(every),
            sample_length: args.sample_length,
        })
    }

    /// Characters a second since the beginning, evaluations and samples among them.
    pub fn per_second(&self, run: &TextTrainingRun) -> f64 {
        let steps = run.trainer().step().saturating_sub(self.first);
        run.seen(steps) as f64 / self.began.elapsed().as_secs_f64().max(1e-9)
    }

    /// After a step, or a way back.
    pub fn after(&mut self, run: &TextTrainingRun, event: Event) -> Result<(), Failure> {
        let (step, loss, evaluation) = match event {
            Event::Step { step, loss, evaluation, .. } => (step, loss, evaluation),
            Event::RolledBack { from, to, .. } => {
                self.losses.retain(|&(step, _)| step <= to);
                if self.shown {
                    self.bar.suspend(|| note!("the loss at step {from} was not finite: rolled back to step {to}, learning rate halved"));
                }
                return Ok(());
            }
            Event::Finished { .. } => return Ok(()),
        };
        self.recent.push(loss);
        self.losses.extend(evaluation.map(|loss| (step, loss)));
        if !self.shown {
            return Ok(());
        }
        self.bar.set_position(step);
        let steps = run.trainer().config().max_steps;
        let last = step == steps;
        let mut lines = String::new();
        if step.is_multiple_of(self.every) || last {
            let mean = self.recent.iter().sum::<f64>() / self.recent.len() as f64;
            self.recent.clear();
            let width = steps.to_string().len();
            lines = format!("step {step:>width$}   training {}", fixed(mean, 4));
            let unit = unit(run.vocabulary().tokenizer());
            if let Some(nats) = evaluation.filter(|_| run.has_validation()) {
                lines += &format!("   validation {}", said(nats, unit));
            }
            lines += &format!("   {} {unit}s/s\n", roughly(self.per_second(run)));
        }
        if self.sample_every > 0 && (step.is_multiple_of(self.sample_every) || last) {
            let model = run.model_now()?;
            let text = model.generator("", &Sampling::default())?.characters(self.sample_length)?;
            lines += &text.lines().map(|line| format!("    {line}\n")).collect::<String>();
        }
        if !lines.is_empty() {
            self.bar.suspend(|| out!("{lines}"));
        }
        Ok(())
    }

    /// Says something beside the bar.
    pub fn note(&self, note: &str) {
        self.bar.suspend(|| note!("{note}"));
    }

    /// The end of the training.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
