//! The picture of a training on text: its loss, step by step.

use std::path::Path;

use elman::report::{Album, Axis, Color, Mark, Picture, Shape};
use elman::text::TextTrainingRun;

use super::watch::Watch;
use crate::commands::text::{said, unit};
use crate::commands::train::facts;

/// The loss of every step since the beginning, and that of the held-out part where it was looked at.
pub fn album(run: &TextTrainingRun, watch: &Watch) -> Album {
    let (trainer, settings) = (run.trainer(), run.settings());
    let unit = unit(run.vocabulary().tokenizer());
    let training = (1_u32..).map(f64::from).zip(trainer.history().iter().copied()).collect();
    let mut losses = Picture { x_axis: Axis::Steps, ..Picture::new("loss by step") }
        .labelled("step", format!("nats per {unit}"))
        .with(Mark::new("training", Color::Blue, Shape::Line, training));
    let mut facts = facts(
        trainer.model(),
        trainer.config(),
        trainer.step(),
        [settings.seq_length, settings.batch_size],
    );
    if run.has_validation() {
        let held_out = watch.losses.iter().map(|&(step, loss)| (step as f64, loss)).collect();
        losses = losses.with(Mark::new("validation", Color::Red, Shape::Dots, held_out));
        let best = trainer.best();
        if best.loss.is_finite() {
            let value = format!("{}, at step {}", said(best.loss, unit), best.step);
            facts.push(("best validation loss".to_owned(), value));
        }
    }
    // The evaluations before are not in a checkpoint.
    if watch.first > 0 {
        losses.vertical_rules.push((watch.first as f64, "resumed".to_owned()));
    }
    let title = Path::new(run.name()).file_name().unwrap_or_default().to_string_lossy().into();
    Album { title, facts, ..losses.into() }
}
