//! What `elman train` and `elman text train` have in common: the network, its training and its files.

use std::path::PathBuf;

use clap::Args;
use elman::nn::cells::CellEntry;
use elman::nn::optim::OptimizerEntry;
use elman::nn::schedules::ScheduleEntry;
use elman::nn::{ModelConfig, TrainConfig};

use super::{names, put};

#[derive(Debug, Args)]
#[command(next_help_heading = "Network")]
pub struct NetworkArgs {
    /// The recurrent cell [default: lstm; rnn for the sine wave].
    #[arg(long, value_parser = names::<CellEntry<f32>>())]
    pub cell: Option<String>,
    /// Hidden units a layer [default: 32; 256 for text].
    #[arg(long, visible_alias = "hidden", value_name = "H")]
    pub hidden_size: Option<usize>,
    /// Recurrent layers [default: 1; 2 for text].
    #[arg(long, visible_alias = "layers", value_name = "L")]
    pub num_layers: Option<usize>,
    #[command(flatten)]
    pub stack: StackArgs,
    /// Probability of dropping a value between layers in training [default: 0].
    #[arg(long, value_name = "P")]
    pub dropout: Option<f64>,
    /// Start from weights under PyTorch's names; for `elman text train` a model of text brings its characters and its
    /// network along.
    #[arg(long, value_name = "WEIGHTS.safetensors")]
    pub init: Option<PathBuf>,
}

impl NetworkArgs {
    /// Puts every option that was given into `model`.
    pub fn put_into(&self, model: &mut ModelConfig) {
        put(&mut model.cell, &self.cell);
        put(&mut model.hidden_size, &self.hidden_size);
        put(&mut model.num_layers, &self.stack.layers(self.num_layers));
        if !self.stack.dilations.is_empty() {
            model.dilations.clone_from(&self.stack.dilations);
        }
        model.residual |= self.stack.residual;
        put(&mut model.dropout, &self.dropout);
    }
}

/// How recurrent layers are stacked.
#[derive(Debug, Args)]
pub struct StackArgs {
    /// For each recurrent layer, how many steps back its memory goes on from: 1,4 for two layers, the second
    /// of which skips three [default: 1 in all].
    #[arg(long, value_name = "STEPS", value_delimiter = ',')]
    pub dilations: Vec<usize>,
    /// Add the input of each recurrent layer but the first to its output.
    #[arg(long)]
    pub residual: bool,
}

impl StackArgs {
    /// The number of layers: as was asked for, or one for each dilation.
    pub fn layers(&self, asked: Option<usize>) -> Option<usize> {
        asked.or((!self.dilations.is_empty()).then_some(self.dilations.len()))
    }
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Training")]
pub struct TrainingArgs {
    /// Steps of a window, in text its characters: how far the gradient reaches back [default: 20; two seasons
    /// for a series, 64 for text].
    #[arg(long, visible_alias = "seq", value_name = "T")]
    pub seq_length: Option<usize>,
    /// Parallel streams, each with its own memory [default: 1; for a file by its length].
    #[arg(long, value_name = "B")]
    pub batch_size: Option<usize>,
    /// Optimiser steps [default: 75; 500 for a series, 2000 for text].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub steps: Option<u64>,
    /// An instruction set this machine has, see `elman bench`; `amx` is the fastest for many hidden
    /// units [default: the newest except amx].
    #[arg(long, value_name = "NAME")]
    pub isa: Option<String>,
    /// The learning rate [default: 0.01; 0.003 for a series, 0.004 for text].
    #[arg(long, visible_alias = "lr", value_name = "RATE")]
    pub learning_rate: Option<f64>,
    /// The optimiser [default: adam].
    #[arg(long, value_parser = names::<OptimizerEntry<f32>>())]
    pub optimizer: Option<String>,
    /// sgd, rmsprop: how much of the last update goes on [default: 0].
    #[arg(long, value_name = "SHARE")]
    pub momentum: Option<f64>,
    /// Pull weights towards zero [default: 0].
    #[arg(long, value_name = "RATE")]
    pub weight_decay: Option<f64>,
    /// The largest norm of the gradient; 0 for no limit [default: 0; 1 for a file].
    #[arg(long, value_name = "NORM")]
    pub clip: Option<f64>,
    /// How the learning rate moves [default: constant; cosine for a file].
    #[arg(long, value_parser = names::<ScheduleEntry>())]
    pub schedule: Option<String>,
    /// Steps in which the learning rate first grows [default: 0; 20 for a series, 100 for text].
    #[arg(long, value_name = "N")]
    pub warmup: Option<u64>,
    /// Schedule `step`: steps between two drops [default: 1000].
    #[arg(long, value_name = "N")]
    pub schedule_step: Option<u64>,
    /// Schedules `step` and `plateau`: the factor of a drop [default: 0.5].
    #[arg(long, value_name = "FACTOR")]
    pub schedule_factor: Option<f64>,
    /// Schedule `cosine`: the share of the rate left at the end [default: 0].
    #[arg(long, value_name = "SHARE")]
    pub schedule_floor: Option<f64>,
    /// Schedule `plateau`: evaluations without improvement before a drop [default: 5].
    #[arg(long, value_name = "N")]
    pub schedule_patience: Option<u64>,
    /// Forget the memory at the end of every window instead of carrying it on.
    #[arg(long)]
    pub no_carry: bool,
    /// Steps between two evaluations, for `plateau` and `--patience` [default: 15; 50 for a series, an eighth
    /// of all for text].
    #[arg(long, value_name = "N")]
    pub val_every: Option<u64>,
    /// Stop early after so many evaluations without improvement, and take the best weights. For a
    /// series, they are judged on a fifth of the training part, which is then not trained on; for text, on
    /// the held-out part, and the best are taken in any case.
    #[arg(long, value_name = "N")]
    pub patience: Option<u64>,
}

impl TrainingArgs {
    /// Puts every option that was given into `train`, or into the window's length T and its streams B.
    pub fn put_into(&self, train: &mut TrainConfig, [length, streams]: [&mut usize; 2]) {
        put(length, &self.seq_length);
        put(streams, &self.batch_size);
        put(&mut train.steps, &self.steps);
        put(&mut train.learning_rate, &self.learning_rate);
        put(&mut train.optimizer.name, &self.optimizer);
        put(&mut train.optimizer.momentum, &self.momentum);
        put(&mut train.optimizer.weight_decay, &self.weight_decay);
        put(&mut train.schedule.name, &self.schedule);
        put(&mut train.schedule.warmup, &self.warmup);
        put(&mut train.schedule.step_size, &self.schedule_step);
        put(&mut train.schedule.factor, &self.schedule_factor);
        put(&mut train.schedule.floor, &self.schedule_floor);
        put(&mut train.schedule.plateau_patience, &self.schedule_patience);
        put(&mut train.val_every, &self.val_every);
        if let Some(clip) = self.clip {
            train.clip = Some(clip).filter(|&clip| clip != 0.0);
        }
        train.carry = !self.no_carry;
        train.patience = self.patience;
    }
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Files and display")]
pub struct FileArgs {
    /// Where the model goes [default: the data file's name with .safetensors; lesson.safetensors].
    #[arg(long, value_name = "FILE")]
    pub save: Option<PathBuf>,
    /// Keep the pictures, of a training on text that of its loss: .png, .svg or .html. May be given more than
    /// once.
    #[arg(long, value_name = "FILE", action = clap::ArgAction::Append)]
    pub plot: Vec<PathBuf>,
    /// Write checkpoints here, from which `--resume` goes on exactly.
    #[arg(long, value_name = "FILE")]
    pub checkpoint: Option<PathBuf>,
    /// Steps between two checkpoints [default: a tenth of all, with --checkpoint].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub checkpoint_every: Option<u64>,
    /// Go on from a checkpoint, with its settings; only --steps may change.
    #[arg(long, value_name = "CHECKPOINT")]
    pub resume: Option<PathBuf>,
}
