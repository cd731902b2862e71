//! What a person sees while a network learns: a live view, lines with small pictures, or a bar.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use elman::TrainingRun;
use elman::nn::train::Event;
use elman::report::{self, Axis, Mark, Picture};
use indicatif::{ProgressBar, ProgressStyle};

use super::{LOSS_DIGITS, Seen};
use crate::args::TrainArgs;
use crate::commands::panel;
use crate::live::{self, Frame, Live, Window, Wish};
use crate::numbers::significant;
use crate::page::PageWatch;
use crate::print;

/// Width and height of a picture in text.
const TEXT_PICTURE: (usize, usize) = (72, 14);

/// Who watches.
pub enum Watch {
    /// Nobody, until the end.
    Silent,
    /// A person at a terminal.
    Live(Box<Live>),
    /// Lines on stdout.
    Plain { color: bool, bar: Option<ProgressBar> },
}

impl Watch {
    /// Chooses by the options and by where the output goes, and prints the beginning.
    pub fn new(
        args: &TrainArgs,
        run: &TrainingRun,
        notes: &[String],
        page: Option<&PageWatch>,
    ) -> Self {
        let common = &args.common;
        for note in notes.iter().filter(|_| !common.quiet()) {
            note!("{note}");
        }
        if common.json() || common.quiet() {
            return Watch::Silent;
        }
        if print::stdout_is_seen() && live::possible() && !args.plain {
            let model = run.trainer().model();
            let title = format!(
                "{}: {} with {} parameters{}",
                subject(run),
                model.config().cell,
                model.layout().count(),
                page.map_or(String::new(), |page| format!(" · {}", page.address()))
            );
            // A terminal that refuses the live view still gets the lines.
            if let Ok(live) = Live::start(&title) {
                return Watch::Live(Box::new(live.with_axis(Axis::of(&run.series()[0].clock()))));
            }
        }
        out!("{}\n{}\n", run.trainer().model(), windows(run));
        let bar = (!run.is_lesson()).then(|| {
            let steps = run.trainer().config().max_steps;
            // Hidden by itself when stderr is no terminal.
            ProgressBar::new(steps).with_style(
                ProgressStyle::with_template("{bar:40} {pos}/{len} steps, {eta} left")
                    .expect("a valid template"),
            )
        });
        let color = print::stdout_is_seen() && std::env::var_os("NO_COLOR").is_none();
        Watch::Plain { color, bar }
    }

    /// Whether anybody sees pictures.
    pub fn is_shown(&self) -> bool {
        !matches!(self, Watch::Silent)
    }

    /// After a step, or a way back. Breaks when the person wants to stop. Adds to `watched` the
    /// time for which the live view holds a training up.
    pub fn after(
        &mut self,
        run: &TrainingRun,
        event: Event,
        report: Option<&Picture>,
        seen: &Seen,
        watched: &mut Duration,
    ) -> ControlFlow<()> {
        match (&mut *self, event) {
            (Watch::Live(live), Event::Step { step, .. }) => {
                let steps = run.trainer().config().max_steps;
                let began = Instant::now();
                let wish = live.after_step(step, steps, || frame(run, seen));
                *watched += began.elapsed();
                match wish {
                    Ok(Wish::GoOn) => {}
                    Ok(Wish::Quit) => return ControlFlow::Break(()),
                    // A view that cannot be drawn costs no training.
                    Err(_) => *self = Watch::Silent,
                }
            }
            (Watch::Plain { color, bar }, Event::Step { step, .. }) => {
                if let Some(bar) = bar {
                    bar.set_position(step);
                }
                if let Some(picture) = report {
                    let lines = text(picture, *color);
                    match bar {
                        Some(bar) => bar.suspend(|| out!("{lines}")),
                        None => out!("{lines}"),
                    }
                }
            }
            (Watch::Plain { .. }, Event::RolledBack { .. }) => {
                note!("{}", seen.notes.last().map_or("", String::as_str));
            }
            _ => {}
        }
        ControlFlow::Continue(())
    }

    /// Says something at once, or at the end where a live view has the terminal.
    pub fn note(&self, seen: &mut Seen, note: String) {
        match self {
            Watch::Live(_) => {}
            Watch::Plain { bar: Some(bar), .. } => bar.suspend(|| note!("{note}")),
            Watch::Plain { .. } | Watch::Silent => note!("{note}"),
        }
        seen.notes.push(note);
    }

    /// The end of the training: shows the last picture until a key is pressed, unless the person
    /// has asked to stop; then leaves the live view, and prints what it would have left behind.
    pub fn finish(self, run: &TrainingRun, seen: &Seen, stopped: bool) {
        match self {
            Watch::Silent => {}
            Watch::Plain { bar, .. } => {
                if let Some(bar) = bar {
                    bar.finish_and_clear();
                }
            }
            Watch::Live(mut live) => {
                if !stopped {
                    live.finish(frame(run, seen));
                }
                drop(live);
                out!("{}\n{}\n", run.trainer().model(), windows(run));
                if let Some(picture) = seen.pages.last() {
                    let color = std::env::var_os("NO_COLOR").is_none();
                    out!("{}", text(picture, color));
                }
                for note in &seen.notes {
                    note!("{note}");
                }
            }
        }
    }
}

/// The subject of a training: the series, or their number.
pub fn subject(run: &TrainingRun) -> String {
    match run.series() {
        _ if run.is_lesson() => "the lesson, a sine wave".to_owned(),
        [one] => one.name.clone(),
        all => format!("{} series", all.len()),
    }
}

/// The windows of the training: `sequence length 24, batch size 8; seasonal period: 12 time steps`.
fn windows(run: &TrainingRun) -> String {
    let settings = run.settings();
    let [length, batch] = [settings.seq_length, settings.batch_size].map(Option::unwrap_or_default);
    let windows = format!("sequence length {length}, batch size {batch}");
    match &settings.seasons {
        Some(seasons) if !run.is_lesson() => format!("{windows}; {}", panel::seasons(seasons)),
        _ => windows,
    }
}

/// The picture of the lesson: input in red, prediction in blue, what came in grey.
pub fn picture(run: &TrainingRun) -> Picture {
    let trainer = run.trainer();
    let loss = trainer.history().last().copied().unwrap_or(f64::NAN);
    let view = run.window();
    let series = &run.series()[view.series];
    let (x, y) = match run.is_lesson() {
        true => ("time (radians)", "sin"),
        false => ("", series.name.as_str()),
    };
    Picture {
        x_axis: Axis::of(&series.clock()),
        step: Some(trainer.step() as f64),
        ..Picture::new(format!("step {} · loss {}", trainer.step(), significant(loss, LOSS_DIGITS)))
    }
    .labelled(x, y)
    .with(Mark::target(view.target))
    .with(Mark::input(view.input))
    .with(Mark::prediction(view.prediction))
}

/// A picture in text under its own caption.
fn text(picture: &Picture, color: bool) -> String {
    let (width, height) = TEXT_PICTURE;
    report::text(picture, width, height, color)
}

/// The state of the training after the last step.
pub fn frame<'a>(run: &'a TrainingRun, seen: &'a Seen) -> Frame<'a> {
    let trainer = run.trainer();
    let view = run.window();
    let y_range = match run.is_lesson() {
        true => (-1.2, 1.2),
        false => {
            let values = || run.series()[view.series].values.iter().copied();
            (values().fold(f64::INFINITY, f64::min), values().fold(f64::NEG_INFINITY, f64::max))
        }
    };
    Frame {
        step: trainer.step(),
        steps: trainer.config().max_steps,
        loss: trainer.history().last().copied().unwrap_or(f64::NAN),
        grad_norm: seen.grad_norm,
        rate: seen.rate,
        losses: trainer.history(),
        // Without a part for early stopping, an evaluation is only the mean of the losses.
        evaluations: if run.has_validation() { &seen.evaluations } else { &[] },
        baseline: run.baseline_loss().filter(|_| trainer.step() > 0),
        window: Window {
            input: view.input,
            prediction: view.prediction,
            target: view.target,
            x_label: if run.is_lesson() { "time".to_owned() } else { String::new() },
            y_range,
        },
        note: seen.notes.last().map(String::as_str),
    }
}
