//! Checkpoints of a training, and how it goes on from one.

use std::cell::Cell;
use std::path::{Path, PathBuf};

use elman::nn::train::Event;

use crate::args::{FileArgs, Given, TrainingArgs};
use crate::failure::{Failure, USAGE};
use crate::files;

/// Where checkpoints go, and how often.
pub struct Checkpoints {
    pub file: PathBuf,
    every: Option<u64>,
    /// Whether the file is the checkpoint of this training.
    is_ours: bool,
    /// Whether the last one could not be written.
    fails: Cell<bool>,
}

impl Checkpoints {
    /// Of a training of `steps` steps whose model goes into `model`.
    pub fn of(args: &FileArgs, model: &Path, steps: u64) -> Self {
        let of_model = || files::checkpoint_name(model);
        // What came through a pipe cannot be replaced.
        let resumed = || args.resume.clone().filter(|resumed| resumed.is_file());
        let file = args.checkpoint.clone().or_else(resumed).unwrap_or_else(of_model);
        let is_written = args.checkpoint.is_some() || args.checkpoint_every.is_some();
        let is_ours = is_written || args.resume.as_ref() == Some(&file);
        let if_named = args.checkpoint.is_some().then_some((steps / 10).max(1));
        let every = args.checkpoint_every.or(if_named);
        Self { file, every, is_ours, fails: Cell::default() }
    }

    /// Whether one is to be written after this.
    pub fn are_due(&self, event: Event) -> bool {
        let due = |every| matches!(event, Event::Step { step, .. } if step.is_multiple_of(every));
        self.every.is_some_and(due)
    }

    /// What is to be said of an attempt to write one, the first time that it fails. The training goes on: the next
    /// checkpoint may have room.
    pub fn attempt(&self, attempt: elman::Result<()>) -> Option<String> {
        let error = attempt.err();
        let failed_before = self.fails.replace(error.is_some());
        let why = error.filter(|_| !failed_before)?;
        Some(format!(
            "note: the checkpoint cannot be written, so the previous checkpoint remains: {why}"
        ))
    }

    /// What is said of a training that was stopped after `step`; `go_on` is the command that goes on.
    pub fn stopped(&self, step: u64, go_on: &str) -> String {
        let file = self.file.display();
        format!(
            "stopped at step {step}; the checkpoint has everything that is needed to continue\n  saved     {file}\n  continue  {go_on}"
        )
    }

    /// The line on the checkpoint, which is kept after the end of the training; `None` without a checkpoint.
    pub fn kept(&self) -> Option<String> {
        let is_kept = self.is_ours && self.file.is_file();
        is_kept.then(|| {
            format!(
                "{}, the last checkpoint: `--resume` with more `--max-steps` continues from it",
                self.file.display()
            )
        })
    }

    /// The options that go on as this training was begun.
    pub fn go_on(&self, args: &FileArgs, training: &TrainingArgs) -> String {
        let mut line = format!("--resume {}", files::shell_word(&self.file));
        if let Some(save) = &args.save {
            line += &format!(" --save {}", files::shell_word(save));
        }
        for plot in &args.plot {
            line += &format!(" --plot {}", files::shell_word(plot));
        }
        if args.checkpoint.is_some() {
            line += &format!(" --checkpoint {}", files::shell_word(&self.file));
        }
        if let Some(every) = args.checkpoint_every {
            line += &format!(" --checkpoint-every {every}");
        }
        if let Some(isa) = &training.isa {
            line += &format!(" --isa {isa}");
        }
        line
    }
}

/// With `--resume`, an option that would change the network or its training is a mistake.
pub fn refuse_settings(given: &Given) -> Result<(), Failure> {
    const MAY_CHANGE: &[&str] = &[
        "data",
        "data_option",
        "file",
        "resume",
        "max_steps",
        "save",
        "plot",
        "checkpoint",
        "checkpoint_every",
        "plain",
        "watch",
        "port",
        "no_open",
        "print_every",
        "sample_every",
        "sample_length",
        "json",
        "quiet",
        "config",
        "threads",
        "max_memory",
        "isa",
    ];
    if let Some(option) = given.first_beside(MAY_CHANGE) {
        let message = format!(
            "`{option}` cannot change when a training is resumed: the checkpoint has its configuration\n  \
             help: leave it out, or start a new training"
        );
        return Err(Failure::new(USAGE, message));
    }
    Ok(())
}

/// A training that goes on cannot have fewer steps than it has done.
pub fn refuse_fewer_steps(asked: Option<u64>, done: u64) -> Result<(), Failure> {
    if let Some(steps) = asked.filter(|&steps| steps < done) {
        let message = format!(
            "this training has done {done} steps already, more than `--max-steps {steps}`\n  help: \
             `--max-steps` counts from the start of the training"
        );
        return Err(Failure::new(USAGE, message));
    }
    Ok(())
}
