//! Schedules: the learning rate as a function of the optimizer step.

mod constant;
mod cosine;
mod plateau;
mod step;

use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::registry::Entry;

/// The settings of all schedules; each uses some of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScheduleConfig {
    /// The schedule, by its name in the registry.
    pub name: String,
    /// Warm-up: the optimizer steps over which the learning rate grows linearly from almost 0; 0 for no warm-up.
    pub warmup: u64,
    /// step: optimizer steps between two drops.
    pub step_size: u64,
    /// step, plateau: the factor of a drop.
    pub factor: f64,
    /// cosine: the share of the learning rate that is left at the end.
    pub floor: f64,
    /// plateau: evaluations without improvement before a drop.
    pub plateau_patience: u64,
}

impl Default for ScheduleConfig {
    fn default() -> Self {
        Self {
            name: "constant".to_owned(),
            warmup: 0,
            step_size: 1000,
            factor: 0.5,
            floor: 0.0,
            plateau_patience: 5,
        }
    }
}

/// The state of a schedule; part of a checkpoint.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    /// The lowest loss so far. `None` before the first evaluation.
    pub best: Option<f64>,
    /// The number of evaluations since the lowest loss.
    pub bad: u64,
    /// The product of the factors of all drops.
    pub scale: f64,
}

impl Default for Progress {
    fn default() -> Self {
        Self { best: None, bad: 0, scale: 1.0 }
    }
}

/// An entry of the registry of schedules.
#[derive(Debug)]
pub struct ScheduleEntry {
    name: &'static str,
    summary: &'static str,
    /// The factor of the learning rate at optimizer step `step` of `total`, counted from 0.
    factor: fn(&ScheduleConfig, &Progress, step: u64, total: u64) -> f64,
    /// Updates the state with the loss of an evaluation.
    observe: fn(&ScheduleConfig, &mut Progress, loss: f64),
}

impl Entry for ScheduleEntry {
    const FAMILY: &'static str = "schedule";
    const ALL: &'static [Self] = &[
        Self {
            name: "constant",
            summary: "the same rate all along",
            factor: constant::factor,
            observe: |_, _, _| {},
        },
        Self {
            name: "step",
            summary: "a drop every so many steps",
            factor: step::factor,
            observe: |_, _, _| {},
        },
        Self {
            name: "cosine",
            summary: "half a cosine from the full rate down to the end",
            factor: cosine::factor,
            observe: |_, _, _| {},
        },
        Self {
            name: "plateau",
            summary: "a drop when the loss no longer falls",
            factor: plateau::factor,
            observe: plateau::observe,
        },
    ];

    fn name_and_summary(&self) -> (&'static str, &'static str) {
        (self.name, self.summary)
    }
}

/// A schedule with its settings and its state.
#[derive(Debug, Clone)]
pub struct Schedule {
    config: ScheduleConfig,
    entry: &'static ScheduleEntry,
    /// The state.
    pub progress: Progress,
}

impl Schedule {
    /// The schedule that `config` describes, in its initial state.
    ///
    /// # Errors
    /// [`Error::UnknownName`] for its name, [`Error::Setting`] for a constant out of range.
    pub fn new(config: ScheduleConfig) -> Result<Self, Error> {
        let entry = ScheduleEntry::find(&config.name)?;
        if config.step_size == 0 {
            let got = "0".to_owned();
            return Err(Error::Setting { name: "step_size", got, must_be: "at least 1" });
        }
        for (name, value) in [("factor", config.factor), ("floor", config.floor)] {
            if !(0.0..=1.0).contains(&value) {
                let got = value.to_string();
                return Err(Error::Setting { name, got, must_be: "from 0 to 1" });
            }
        }
        Ok(Self { config, entry, progress: Progress::default() })
    }

    /// The settings.
    pub fn config(&self) -> &ScheduleConfig {
        &self.config
    }

    /// The factor of the learning rate at optimizer step `step` of `total`, counted from 0, warm-up included.
    pub fn factor(&self, step: u64, total: u64) -> f64 {
        let warmup = match self.config.warmup {
            0 => 1.0,
            warmup => ((step + 1) as f64 / warmup as f64).min(1.0),
        };
        warmup * (self.entry.factor)(&self.config, &self.progress, step, total)
    }

    /// Updates the state with the loss of an evaluation.
    pub fn observe(&mut self, loss: f64) {
        (self.entry.observe)(&self.config, &mut self.progress, loss);
    }
}
