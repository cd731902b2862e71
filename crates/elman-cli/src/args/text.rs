//! `elman text`: what a person types.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::common::{CommonArgs, ConfigArgs, JsonArgs, QuietArgs, SeedArgs, ThreadArgs};
use super::size::size;
use super::{FileArgs, Given, NetworkArgs, TrainingArgs, WatchArgs};

pub(super) const EXAMPLES: &str = "\
Examples:
  Train a character model, then generate text from a prompt:
    elman text train shakespeare.txt
    elman text sample shakespeare.safetensors --prompt 'ROMEO:' --length 500

  Cross-entropy and perplexity on another text:
    elman text eval shakespeare.safetensors sonnets.txt";

const TRAIN_EXAMPLES: &str = "\
Examples:
  Train a character model, with samples of its text during training:
    elman text train shakespeare.txt

  A smaller model, validated on the last hundredth of the text:
    elman text train shakespeare.txt --hidden-size 128 --max-steps 2000 --held-out 0.01

  Watched in the browser:
    elman text train shakespeare.txt --watch

Ctrl-C saves a checkpoint and prints the command that continues the training.";

const SAMPLE_EXAMPLES: &str = "\
Examples:
  Five hundred characters, with more variety than the model's own distribution:
    elman text sample shakespeare.safetensors --prompt 'ROMEO:' --length 500 --temperature 1.2

  Without end, each character one of the ten most likely:
    elman text sample shakespeare.safetensors --endless --top-k 10";

const EVAL_EXAMPLES: &str = "\
Examples:
  Cross-entropy and perplexity on a text:
    elman text eval shakespeare.safetensors sonnets.txt

  The same as JSON:
    elman text eval shakespeare.safetensors sonnets.txt --json";

#[derive(Debug, Subcommand)]
pub enum TextCommand {
    /// Train a character model.
    #[command(after_help = TRAIN_EXAMPLES, allow_negative_numbers = true, args_override_self = true)]
    #[command(mut_arg("port", |arg| arg.requires("watch")), mut_arg("no_open", |arg| arg.requires("watch")))]
    Train(Box<TextTrainArgs>),
    /// Generate text.
    #[command(after_help = SAMPLE_EXAMPLES, allow_negative_numbers = true, args_override_self = true)]
    Sample(TextSampleArgs),
    /// Evaluate a model on a text: cross-entropy, bits per character, perplexity.
    #[command(after_help = EVAL_EXAMPLES, args_override_self = true)]
    Eval(TextEvalArgs),
}

#[derive(Debug, Args)]
pub struct TextTrainArgs {
    /// The text, in UTF-8, also gzipped; `-` for stdin.
    #[arg(value_name = "FILE", required_unless_present = "resume")]
    pub file: Option<PathBuf>,
    #[command(flatten)]
    pub network: NetworkArgs,
    /// Use bytes as tokens [default: characters].
    #[arg(long, help_heading = "Network")]
    pub bytes: bool,
    /// Size of the character embedding; 0 for one-hot input [default: 64].
    #[arg(long, visible_alias = "embedding", value_name = "E", help_heading = "Network")]
    pub embedding_size: Option<usize>,
    /// Weight tying: the output layer uses the weights of the embedding, so the embedding has the hidden size.
    #[arg(long, help_heading = "Network")]
    pub tied: bool,
    /// Adaptive softmax: cutoffs between the clusters of characters, the most frequent first, such as 500,2000; 0 for a
    /// full softmax [default: by frequency, for vocabularies of 1,000 characters and more].
    #[arg(long, value_name = "N", value_delimiter = ',', help_heading = "Network")]
    pub cutoffs: Vec<usize>,
    #[command(flatten)]
    pub training: TrainingArgs,
    /// Memory limit of reading, such as 2GB or 512MiB [default: half of the machine's memory].
    #[arg(long, value_name = "SIZE", value_parser = size, help_heading = "Training")]
    pub max_memory: Option<u64>,
    /// Validation set: the share of the text, at its end, that is not trained on [default: 0.1].
    #[arg(long, value_name = "SHARE", help_heading = "Training")]
    pub held_out: Option<f64>,
    #[command(flatten)]
    pub files: FileArgs,
    /// Optimizer steps between two samples of generated text; 0 for none [default: as `--val-every`].
    #[arg(long, value_name = "N", help_heading = "Files and display")]
    pub sample_every: Option<u64>,
    /// Length of these samples, in characters.
    #[arg(long, value_name = "N", default_value_t = 240, help_heading = "Files and display")]
    pub sample_length: usize,
    #[command(flatten)]
    pub watch: WatchArgs,
    #[command(flatten)]
    pub common: CommonArgs,
    /// What of all this was typed.
    #[arg(skip)]
    pub given: Given,
}

#[derive(Debug, Args)]
pub struct TextSampleArgs {
    /// A model of `elman text train`, or a checkpoint.
    pub model: PathBuf,
    /// Prompt: the text to continue.
    #[arg(long, visible_alias = "prime", value_name = "TEXT", default_value = "")]
    pub prompt: String,
    /// Length of the generated text, in tokens: characters, or bytes for a model of bytes.
    #[arg(long, value_name = "N", default_value_t = 500)]
    pub length: u64,
    /// Generate until Ctrl-C, or until the reader of stdout ends.
    #[arg(long, conflicts_with_all = ["length", "json"])]
    pub endless: bool,
    /// Sampling temperature: below 1 favors likely characters, above 1 gives more variety; 0 takes the most likely.
    #[arg(long, value_name = "T", default_value_t = 1.0)]
    pub temperature: f64,
    /// Top-k sampling: draw from the K most likely characters.
    #[arg(long, value_name = "K")]
    pub top_k: Option<usize>,
    /// Top-p (nucleus) sampling: draw from the most likely characters with total probability P.
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
    /// A model of `elman text train`, or a checkpoint.
    pub model: PathBuf,
    /// The text; `-` for stdin.
    pub file: PathBuf,
    /// Memory limit of reading, such as 2GB or 512MiB [default: half of the machine's memory].
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
