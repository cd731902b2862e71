//! `elman text`: what a person types.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::common::{CommonArgs, ConfigArgs, JsonArgs, QuietArgs, SeedArgs, ThreadArgs};
use super::size::size;
use super::{FileArgs, Given, NetworkArgs, TrainingArgs};

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
    pub network: NetworkArgs,
    /// Cut the text into bytes, not into characters.
    #[arg(long, help_heading = "Network")]
    pub bytes: bool,
    /// Numbers that each character is shown as, which are learned; 0 for one-hot [default: 64].
    #[arg(long, visible_alias = "embedding", value_name = "E", help_heading = "Network")]
    pub embedding_size: Option<usize>,
    /// One table for what is shown and what is said; the embedding is then as wide as a layer, and the head linear.
    #[arg(long, help_heading = "Network")]
    pub tied: bool,
    /// Where characters, the most frequent first, are cut into clusters by a head that spends less on the rare ones, such as
    /// 500,2000; 0 for a linear head [default: by their frequency, for 1,000 characters and more].
    #[arg(long, value_name = "N", value_delimiter = ',', help_heading = "Network")]
    pub cutoffs: Vec<usize>,
    #[command(flatten)]
    pub training: TrainingArgs,
    /// Memory that reading may take, such as 2GB or 512MiB [default: half of the machine's].
    #[arg(long, value_name = "SIZE", value_parser = size, help_heading = "Training")]
    pub max_memory: Option<u64>,
    /// The share of the text, at its end, that is not trained on [default: 0.1].
    #[arg(long, value_name = "SHARE", help_heading = "Training")]
    pub held_out: Option<f64>,
    #[command(flatten)]
    pub files: FileArgs,
    /// Steps between two samples of what the network writes; 0 for none [default: as --val-every].
    #[arg(long, value_name = "N", help_heading = "Files and display")]
    pub sample_every: Option<u64>,
    /// Characters of such a sample.
    #[arg(long, value_name = "N", default_value_t = 240, help_heading = "Files and display")]
    pub sample_length: usize,
    #[command(flatten)]
    pub common: CommonArgs,
    /// What of all this was typed.
    #[arg(skip)]
    pub given: Given,
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
    #[arg(long, conflicts_with_all = ["length", "json"])]
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
    #[command(flatten)]
    pub output: JsonArgs,
    #[command(flatten)]
    pub random: SeedArgs,
    #[command(flatten)]
    pub config: ConfigArgs,
}

#[derive(Debug, Args)]
pub struct TextEvalArgs {
    /// A model that `elman text train` has saved, or a checkpoint.
    pub model: PathBuf,
    /// The text; `-` is what comes in.
    pub file: PathBuf,
    /// Memory that reading may take, such as 2GB or 512MiB [default: half of the machine's].
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub max_memory: Option<u64>,
    #[command(flatten)]
    pub output: JsonArgs,
    #[command(flatten)]
    pub notes: QuietArgs,
    #[command(flatten)]
    pub work: ThreadArgs,
    #[command(flatten)]
    pub config: ConfigArgs,
}
