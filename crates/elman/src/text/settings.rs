//! The settings of a training on text.

use elman_nn::schedules::ScheduleConfig;
use elman_nn::{ModelConfig, TrainConfig};
use serde::{Deserialize, Serialize};

use super::corpus::Corpus;

/// The vocabulary size from which on the head is an adaptive softmax.
const MANY: usize = 1000;
/// The shares of the text that the tokens before each cutoff cover.
const COVERED: [f64; 2] = [0.8, 0.97];

/// The settings of a training on text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TextSettings {
    /// The network.
    pub model: ModelConfig,
    /// The training.
    pub train: TrainConfig,
    /// T, the sequence length in characters: the window of truncated backpropagation.
    pub seq_length: usize,
    /// B, the lanes that the text is cut into.
    pub batch_size: usize,
    /// The share of the text, at its end, that is the validation set.
    pub held_out: f64,
}

impl TextSettings {
    /// Defaults for a corpus. Its vocabulary determines the sizes of input and output, its length the
    /// number of lanes.
    pub fn for_corpus(corpus: &Corpus) -> Self {
        let vocab_size = corpus.vocabulary.size();
        let seq_length = 64;
        // At least eight windows per lane.
        let batch_size = (corpus.tokens.len() / (8 * seq_length)).clamp(1, 64);
        Self {
            model: ModelConfig {
                cell: "lstm".to_owned(),
                vocab_size,
                embedding_size: 64,
                hidden_size: 256,
                num_layers: 2,
                output_size: vocab_size,
                cutoffs: cutoffs(corpus),
                ..ModelConfig::default()
            },
            train: TrainConfig {
                max_steps: 2000,
                learning_rate: 4e-3,
                loss: "cross-entropy".to_owned(),
                schedule: ScheduleConfig {
                    name: "cosine".to_owned(),
                    warmup: 100,
                    ..ScheduleConfig::default()
                },
                clip: Some(1.0),
                val_every: 250,
                ..TrainConfig::default()
            },
            seq_length,
            batch_size,
            held_out: 0.1,
        }
    }
}

/// The cutoffs of the adaptive softmax; empty for a small vocabulary.
fn cutoffs(corpus: &Corpus) -> Vec<usize> {
    let size = corpus.vocabulary.size();
    if size < MANY {
        return Vec::new();
    }
    let counts = corpus.tokens.counts(size);
    if !counts.is_sorted_by(|a, b| a >= b) {
        // The vocabulary of another text, whose order is not that of the frequencies here.
        return Vec::new();
    }
    let cut = |share: f64| {
        let mut left = (corpus.tokens.len() as f64 * share) as u64;
        let covered = counts.iter().take_while(|count| {
            let needed = left > 0;
            left = left.saturating_sub(**count);
            needed
        });
        covered.count()
    };
    let mut cutoffs = COVERED.map(cut).to_vec();
    cutoffs.dedup();
    cutoffs.retain(|cut| (1..size).contains(cut));
    cutoffs
}
