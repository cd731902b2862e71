//! What a person sees while the network learns.

use std::time::Instant;

use elman::data::{counted, thousands};
use elman::nn::train::Event;
use elman::text::{Sampling, TextTrainingRun};
use indicatif::{ProgressBar, ProgressStyle};

use crate::args::TextTrainArgs;
use crate::commands::text::{said, unit};
use crate::failure::Failure;
use crate::live::{Frame, Window};
use crate::numbers::{fixed, roughly};
use crate::page::PageWatch;

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
    /// The gradient norm and the learning rate of the last step.
    grad_norm: f64,
    rate: f64,
    /// The page of `--watch`.
    pub page: Option<PageWatch>,
}

impl Watch {
    /// Says what is learned from, if it is `shown`.
    pub fn new(
        args: &TextTrainArgs,
        run: &TextTrainingRun,
        shown: bool,
        page: Option<PageWatch>,
    ) -> Result<Self, Failure> {
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
            grad_norm: f64::NAN,
            rate: f64::NAN,
            page,
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
            Event::Step { step, loss, evaluation, grad_norm, rate } => {
                (self.grad_norm, self.rate) = (grad_norm, rate);
                (step, loss, evaluation)
            }
            Event::RolledBack { from, to, .. } => {
                if let Some(page) = &mut self.page {
                    page.rolled_back();
                }
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
        let steps = run.trainer().config().max_steps;
        let last = step == steps;
        self.show_page(run, step);
        let is_sampled = self.sample_every > 0 && (step.is_multiple_of(self.sample_every) || last);
        let sample = if is_sampled { self.sample(run)? } else { String::new() };
        if !self.shown {
            return Ok(());
        }
        self.bar.set_position(step);
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
        lines += &sample.lines().map(|line| format!("    {line}\n")).collect::<String>();
        if !lines.is_empty() {
            self.bar.suspend(|| out!("{lines}"));
        }
        Ok(())
    }

    /// Says something beside the bar.
    pub fn note(&self, note: &str) {
        self.bar.suspend(|| note!("{note}"));
    }

    /// Generates a text, if anybody sees it.
    fn sample(&self, run: &TextTrainingRun) -> Result<String, Failure> {
        if !self.shown && self.page.is_none() {
            return Ok(String::new());
        }
        let model = run.model_now()?;
        let text = model.generator("", &Sampling::default())?.characters(self.sample_length)?;
        if let Some(page) = &self.page {
            page.sample(run.trainer().step(), &text);
        }
        Ok(text)
    }

    /// Shows a step on the page, if there is one.
    fn show_page(&mut self, run: &TextTrainingRun, step: u64) {
        if let Some(mut page) = self.page.take() {
            page.after_step(step, || self.frame(run));
            self.page = Some(page);
        }
    }

    fn frame<'a>(&'a self, run: &'a TextTrainingRun) -> Frame<'a> {
        let trainer = run.trainer();
        Frame {
            step: trainer.step(),
            steps: trainer.config().max_steps,
            loss: trainer.history().last().copied().unwrap_or(f64::NAN),
            grad_norm: self.grad_norm,
            rate: self.rate,
            losses: trainer.history(),
            evaluations: if run.has_validation() { &self.losses } else { &[] },
            baseline: run.baseline(),
            window: Window::default(),
            note: None,
        }
    }

    /// The end of the training.
    pub fn finish(&mut self, run: &TextTrainingRun) {
        self.bar.finish_and_clear();
        if let Some(mut page) = self.page.take() {
            page.finish(&self.frame(run));
            self.page = Some(page);
        }
    }
}
