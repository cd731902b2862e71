//! `elman text`: what a person types.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use elman::nn::cells::CellEntry;
use elman::nn::optim::OptimizerEntry;
use elman::nn::schedules::ScheduleEntry;

use super::names;

pub(super) const EXAMPLES: &str = "\
Examples:
  Learn a text, then let the network go on from its own first words:
    elman text train shakespeare.txt
    elman text sample shakespeare.safetensors --prime 'ROMEO:' --length 500

  How well it says what comes next in another text:
    elman text eval shakespeare.safetensors sonnets.txt";

const TRAIN_EXAMPLES: &str = "\
Examples:
  A text, with what the network writes on the way:
    elman text train shakespeare.txt

  Smaller and faster, one character in a hundred held out:
    elman text train shakespeare.txt --hidden-size 128 --steps 2000 --held-out 0.01

Ctrl-C saves a checkpoint and prints the command that goes on.";

const SAMPLE_EXAMPLES: &str = "\
Examples:
  Five hundred characters, more daring than the network is by itself:
    elman text sample shakespeare.safetensors --prime 'ROMEO:' --length 500 --temperature 1.2

  Without end, of the ten most likely characters each time:
    elman text sample shakespeare.safetensors --endless --top-k 10";

const EVAL_EXAMPLES: &str = "\
Examples:
  How well a network says what comes next:
    elman text eval shakespeare.safetensors sonnets.txt

  The same for a program to read:
    elman text eval shakespeare.safetensors sonnets.txt --json";

#[derive(Debug, Subcommand)]
pub enum TextCommand {
    /// Train a network on a text.
    #[command(after_help = TRAIN_EXAMPLES, allow_negative_numbers = true, args_override_self = true)]
    Train(Box<TextTrainArgs>),
    /// Let a network write.
    #[command(after_help = SAMPLE_EXAMPLES, allow_negative_numbers = true, args_override_self = true)]
    Sample(TextSampleArgs),
    /// How well a network says what comes next in a text.
    #[command(after_help = EVAL_EXAMPLES, args_override_self = true)]
    Eval(TextEvalArgs),
}

#[derive(Debug, Args)]
pub struct TextTrainArgs {
    /// The text, in UTF-8; `-` is what comes in. May be gzipped.
    #[arg(value_name = "FILE", required_unless_present = "resume")]
    pub file: Option<PathBuf>,
    #[command(flatten)]
    pub network: TextNetworkArgs,
    #[command(flatten)]
    pub training: TextTrainingArgs,
    /// Optimiser steps [default: 2000].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..), help_heading = "Training")]
    pub steps: Option<u64>,
    #[command(flatten)]
    pub files: TextFileArgs,
    /// Threads [default: as many as are worth their while].
    #[arg(long, value_name = "N")]
    pub threads: Option<std::num::NonZeroUsize>,
    /// The result as JSON on stdout, and nothing else there.
    #[arg(long)]
    pub json: bool,
    /// No progress and no summary.
    #[arg(long, short)]
    pub quiet: bool,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Network")]
#[group(id = "text_network", multiple = true, conflicts_with = "resume")]
pub struct TextNetworkArgs {
    /// Cut the text into bytes, not into characters.
    #[arg(long)]
    pub bytes: bool,
    /// The recurrent cell [default: lstm].
    #[arg(long, value_parser = names::<CellEntry<f32>>())]
    pub cell: Option<String>,
    /// Hidden units a layer [default: 256].
    #[arg(long, visible_alias = "hidden", value_name = "H")]
    pub hidden_size: Option<usize>,
    /// Recurrent layers [default: 2].
    #[arg(long, visible_alias = "layers", value_name = "L")]
    pub num_layers: Option<usize>,
    /// Numbers that each character is shown as, which are learned; 0 for one-hot [default: 64].
    #[arg(long, visible_alias = "embedding", value_name = "E")]
    pub embedding_size: Option<usize>,
    /// One table for what is shown and what is said; the embedding is then as wide as a layer.
    #[arg(long)]
    pub tied: bool,
    /// Probability of dropping a value between layers in training [default: 0].
    #[arg(long, value_name = "P")]
    pub dropout: Option<f64>,
    /// Start from weights under PyTorch's names, such as those of a model of a text in the same characters.
    #[arg(long, value_name = "WEIGHTS.safetensors")]
    pub init: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Training")]
#[group(id = "text_training", multiple = true, conflicts_with = "resume")]
pub struct TextTrainingArgs {
    /// Characters of a window: how far the gradient reaches back [default: 64].
    #[arg(long, visible_alias = "seq", value_name = "T")]
    pub seq_length: Option<usize>,
    /// Parallel streams, each with its own memory [default: 64; fewer for a short text].
    #[arg(long, value_name = "B")]
    pub batch_size: Option<usize>,
    /// The learning rate [default: 0.004].
    #[arg(long, visible_alias = "lr", value_name = "RATE")]
    pub learning_rate: Option<f64>,
    /// The optimiser [default: adam].
    #[arg(long, value_parser = names::<OptimizerEntry<f32>>())]
    pub optimizer: Option<String>,
    /// Pull weights towards zero [default: 0].
    #[arg(long, value_name = "RATE")]
    pub weight_decay: Option<f64>,
    /// The largest norm of the gradient; 0 for no limit [default: 1].
    #[arg(long, value_name = "NORM")]
    pub clip: Option<f64>,
    /// How the learning rate moves [default: cosine].
    #[arg(long, value_parser = names::<ScheduleEntry>())]
    pub schedule: Option<String>,
    /// Steps in which the learning rate first grows [default: 100].
    #[arg(long, value_name = "N")]
    pub warmup: Option<u64>,
    /// Forget the memory at the end of every window instead of carrying it on.
    #[arg(long)]
    pub no_carry: bool,
    /// The share of the text, at its end, that is not trained on [default: 0.1].
    #[arg(long, value_name = "SHARE")]
    pub held_out: Option<f64>,
    /// Steps between two looks at the held-out part [default: an eighth of all].
    #[arg(long, value_name = "N")]
    pub val_every: Option<u64>,
    /// Stop early after so many looks without improvement. The best weights are kept in any case.
    #[arg(long, value_name = "N")]
    pub patience: Option<u64>,
    /// The seed of initial weights and dropout [default: 1].
    #[arg(long, value_name = "S")]
    pub seed: Option<u64>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Files and display")]
pub struct TextFileArgs {
    /// Where the model goes [default: the file's name with .safetensors].
    #[arg(long, value_name = "FILE")]
    pub save: Option<PathBuf>,
    /// Steps between two checkpoints [default: none but after Ctrl-C].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub checkpoint_every: Option<u64>,
    /// Go on from a checkpoint, with its settings; only --steps may change.
    #[arg(long, value_name = "CHECKPOINT")]
    pub resume: Option<PathBuf>,
    /// Steps between two samples of what the network writes; 0 for none [default: as --val-every].
    #[arg(long, value_name = "N")]
    pub sample_every: Option<u64>,
    /// Characters of such a sample.
    #[arg(long, value_name = "N", default_value_t = 240)]
    pub sample_length: usize,
}

#[derive(Debug, Args)]
pub struct TextSampleArgs {
    /// A model that `elman text train` has saved, or a checkpoint.
    pub model: PathBuf,
    /// What it reads first, and then goes on from.
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub prime: String,
    /// Characters to write; bytes, if it was trained on bytes.
    #[arg(long, value_name = "N", default_value_t = 500)]
    pub length: u64,
    /// Write until Ctrl-C, or until nobody reads any more.
    #[arg(long, conflicts_with = "length")]
    pub endless: bool,
    /// Below 1 for what is likely, above for what is not; 0 for the most likely character each time.
    #[arg(long, value_name = "T", default_value_t = 1.0)]
    pub temperature: f64,
    /// Draw among the K most likely characters only.
    #[arg(long, value_name = "K")]
    pub top_k: Option<usize>,
    /// Draw among the most likely characters that have probability P together only.
    #[arg(long, value_name = "P")]
    pub top_p: Option<f64>,
    /// The seed: the same one writes the same text.
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub seed: u64,
}

#[derive(Debug, Args)]
pub struct TextEvalArgs {
    /// A model that `elman text train` has saved, or a checkpoint.
    pub model: PathBuf,
    /// The text; `-` is what comes in.
    pub file: PathBuf,
    /// Threads [default: all].
    #[arg(long, value_name = "N")]
    pub threads: Option<std::num::NonZeroUsize>,
    /// The result as JSON.
    #[arg(long)]
    pub json: bool,
}
