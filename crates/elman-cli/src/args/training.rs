//! What `elman train` and `elman text train` have in common: the network, its training and its files.

use std::path::PathBuf;

use clap::Args;
use elman::nn::optim::OptimizerEntry;
use elman::nn::schedules::ScheduleEntry;
use elman::nn::{ModelConfig, TrainConfig};

use super::{cells, names, put};

#[derive(Debug, Args)]
#[command(next_help_heading = "Network")]
pub struct NetworkArgs {
    /// Recurrent cell [default: rnn for the sine wave, otherwise lstm].
    #[arg(long, value_parser = cells(), ignore_case = true)]
    pub cell: Option<String>,
    /// Hidden size: units of a recurrent layer [default: 32; 256 for `elman text train`].
    #[arg(long, visible_alias = "hidden", value_name = "H")]
    pub hidden_size: Option<usize>,
    /// Number of recurrent layers [default: 1; 2 for `elman text train`].
    #[arg(long, visible_alias = "layers", value_name = "L")]
    pub num_layers: Option<usize>,
    #[command(flatten)]
    pub stack: StackArgs,
    /// Dropout probability between layers, in training [default: 0].
    #[arg(long, value_name = "P")]
    pub dropout: Option<f64>,
    /// Initial weights: a .safetensors file with PyTorch's parameter names. `elman text train` also takes the vocabulary
    /// and the network of a text model.
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

    /// A note about an option that was given and has no effect on `model`.
    pub fn without_effect(&self, model: &ModelConfig) -> Option<String> {
        let dropout = self.dropout.filter(|dropout| *dropout > 0.0 && model.num_layers == 1)?;
        Some(format!(
            "note: `--dropout {dropout}` has no effect: dropout is between layers, and this network has one\n  help: \
             `--num-layers 2`"
        ))
    }
}

/// How recurrent layers are stacked.
#[derive(Debug, Args)]
pub struct StackArgs {
    /// Dilation of each recurrent layer: with 1,4 the second of two layers takes its hidden state from 4 time steps
    /// before [default: 1 for all].
    #[arg(long, value_name = "STEPS", value_delimiter = ',')]
    pub dilations: Vec<usize>,
    /// Residual connections: add the input of each recurrent layer after the first to its output.
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
    /// Window of truncated backpropagation, in time steps; for text, in characters [default: 20; two seasons for a
    /// series, 64 for text].
    #[arg(long, visible_alias = "seq", value_name = "T")]
    pub seq_length: Option<usize>,
    /// Batch size: sequences trained in parallel, each with its own hidden state [default: 1 for the sine wave; chosen by the
    /// length of a data file].
    #[arg(long, value_name = "B")]
    pub batch_size: Option<usize>,
    /// Optimizer steps [default: 75 for the sine wave, 500 for a data file, 2000 for `elman text train`].
    #[arg(long, visible_alias = "steps", value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub max_steps: Option<u64>,
    /// Instruction set, one that `elman bench` lists for this machine; `amx` is the fastest for large hidden
    /// sizes [default: the newest except amx].
    #[arg(long, value_name = "NAME")]
    pub isa: Option<String>,
    /// Peak learning rate [default: 0.01 for the sine wave, 0.003 for a data file, 0.004 for `elman text train`].
    #[arg(long, visible_alias = "lr", value_name = "RATE")]
    pub learning_rate: Option<f64>,
    /// Optimizer [default: adam].
    #[arg(long, value_parser = names::<OptimizerEntry<f32>>())]
    pub optimizer: Option<String>,
    /// Momentum of sgd and rmsprop [default: 0].
    #[arg(long, value_name = "M")]
    pub momentum: Option<f64>,
    /// Weight decay [default: 0].
    #[arg(long, value_name = "RATE")]
    pub weight_decay: Option<f64>,
    /// Gradient clipping: the maximum norm of the gradient; 0 for no clipping [default: 0; 1 for a data file and text].
    #[arg(long, value_name = "NORM")]
    pub clip: Option<f64>,
    /// Learning rate schedule [default: constant; cosine for a data file and text].
    #[arg(long, value_parser = names::<ScheduleEntry>())]
    pub schedule: Option<String>,
    /// Warmup of the learning rate, in optimizer steps [default: 0; 20 for a series, 100 for text].
    #[arg(long, value_name = "N")]
    pub warmup: Option<u64>,
    /// Schedule `step`: optimizer steps between two drops [default: 1000].
    #[arg(long, value_name = "N")]
    pub schedule_step: Option<u64>,
    /// Schedules `step` and `plateau`: factor of the learning rate at each drop [default: 0.5].
    #[arg(long, value_name = "FACTOR")]
    pub schedule_factor: Option<f64>,
    /// Schedule `cosine`: final learning rate, as a share of the peak [default: 0].
    #[arg(long, value_name = "SHARE")]
    pub schedule_floor: Option<f64>,
    /// Schedule `plateau`: evaluations without improvement before a drop [default: 5].
    #[arg(long, value_name = "N")]
    pub schedule_patience: Option<u64>,
    /// Reset the hidden state at the start of each window [default: carry the hidden state from window to window].
    #[arg(long)]
    pub no_carry: bool,
    /// Optimizer steps between two evaluations, for the schedule `plateau` and `--patience` [default: 15; 50 for a series,
    /// an eighth of all for text].
    #[arg(long, value_name = "N")]
    pub val_every: Option<u64>,
    /// Early stopping: end training after N evaluations without a lower validation loss, and keep the best weights. For a
    /// series the validation set is a fifth of the training data; for text it is the held-out part, and the best
    /// weights are kept in any case [default: no early stopping].
    #[arg(long, value_name = "N")]
    pub patience: Option<u64>,
}

impl TrainingArgs {
    /// Puts every option of the training that was given into `train`.
    pub fn put_into(&self, train: &mut TrainConfig) {
        put(&mut train.max_steps, &self.max_steps);
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
    /// Save the model to this file [default: the name of the data file with .safetensors; lesson.safetensors].
    #[arg(long, value_name = "FILE")]
    pub save: Option<PathBuf>,
    /// Write a chart (for text, of the loss): .png, .svg or .html. Repeat the option for several files.
    #[arg(long, value_name = "FILE", action = clap::ArgAction::Append)]
    pub plot: Vec<PathBuf>,
    /// Write checkpoints to this file; `--resume` continues from one exactly. The file is kept after the training.
    #[arg(long, value_name = "FILE")]
    pub checkpoint: Option<PathBuf>,
    /// Optimizer steps between two checkpoints [default: a tenth of all, with `--checkpoint`].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub checkpoint_every: Option<u64>,
    /// Continue from a checkpoint, with its configuration; only `--max-steps` may change.
    #[arg(long, value_name = "CHECKPOINT")]
    pub resume: Option<PathBuf>,
}
