//! The configuration of a model, and its validation.

use serde::{Deserialize, Serialize};

use super::MAX_VALUES;
use crate::error::Error;

/// The most cutoffs of an adaptive softmax.
const MAX_CUTOFFS: usize = 8;

/// The largest dilation of a layer.
const MAX_DILATION: usize = 1 << 16;

/// The configuration that determines a model's variables.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelConfig {
    /// The cell, by its name in the registry.
    pub cell: String,
    /// I, features per time step; 1 if the input is token numbers.
    pub input_size: usize,
    /// V, the vocabulary size; 0 if the input is not tokens.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub vocab_size: usize,
    /// Size of the embedding vector of a token; 0 for one-hot vectors of V values.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub embedding_size: usize,
    /// Whether the head shares its weights with the embedding, whose size is then the hidden size (Press and
    /// Wolf, EACL 2017).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub tied: bool,
    /// H, the hidden size of each layer.
    pub hidden_size: usize,
    /// L, the number of recurrent layers.
    pub num_layers: usize,
    /// K, outputs per time step.
    pub output_size: usize,
    /// The cutoffs of an adaptive softmax, at which the K classes, the most frequent first, are cut into clusters
    /// (Grave et al., ICML 2017); empty for a linear head.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cutoffs: Vec<usize>,
    /// The probability of dropping a value between two recurrent layers in training.
    pub dropout: f64,
    /// The dilation of each recurrent layer; empty for 1 in all layers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dilations: Vec<usize>,
    /// Whether the input of each recurrent layer but the first is added to its output.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub residual: bool,
    /// Whether a linear map of the input is added to the output.
    #[serde(default)]
    pub skip: bool,
}

fn is_zero(size: &usize) -> bool {
    *size == 0
}

impl Default for ModelConfig {
    /// The network of the lesson: one input, one layer of the Elman cell with hidden size 32, one output.
    fn default() -> Self {
        Self {
            cell: "rnn".to_owned(),
            input_size: 1,
            vocab_size: 0,
            embedding_size: 0,
            tied: false,
            hidden_size: 32,
            num_layers: 1,
            output_size: 1,
            cutoffs: Vec::new(),
            dropout: 0.0,
            dilations: Vec::new(),
            residual: false,
            skip: false,
        }
    }
}

impl ModelConfig {
    /// The dilation of each recurrent layer: the number of rows of its hidden state.
    pub fn depths(&self) -> impl Iterator<Item = usize> {
        (0..self.num_layers).map(|layer| self.dilations.get(layer).copied().unwrap_or(1))
    }

    /// I of the first recurrent layer, after embedding or one-hot encoding.
    pub(super) fn shown(&self) -> usize {
        match (self.vocab_size, self.embedding_size) {
            (0, _) => self.input_size,
            (vocab_size, 0) => vocab_size,
            (_, embedding_size) => embedding_size,
        }
    }

    /// Checks the sizes and the dropout.
    pub(super) fn check_sizes(&self) -> Result<(), Error> {
        for (name, size) in [
            ("input_size", self.input_size),
            ("hidden_size", self.hidden_size),
            ("num_layers", self.num_layers),
            ("output_size", self.output_size),
        ] {
            if !(1..=1 << 20).contains(&size) {
                let got = size.to_string();
                return Err(Error::Setting { name, got, must_be: "from 1 to 1048576" });
            }
        }
        if !(0.0..1.0).contains(&self.dropout) {
            let got = self.dropout.to_string();
            return Err(Error::Setting { name: "dropout", got, must_be: "at least 0 and below 1" });
        }
        Ok(())
    }

    /// Checks that the weights of a cell of so many `gates` fit into memory.
    pub(super) fn check_weights(&self, gates: usize) -> Result<(), Error> {
        let hidden = self.hidden_size;
        let [i, h, l, k] =
            [self.shown(), hidden, self.num_layers, self.output_size].map(|n| n as f64);
        let [v, e] = [self.vocab_size, self.embedding_size].map(|n| n as f64);
        let weights = gates as f64 * h * (i + h + (l - 1.0) * 2.0 * h) + h * k + i * k + v * e;
        if weights > MAX_VALUES {
            let (got, must_be) = (format!("{hidden}, that is {weights:.1e} weights"), "smaller");
            return Err(Error::Setting { name: "hidden_size", got, must_be });
        }
        Ok(())
    }

    /// Checks the settings of tokens.
    pub(super) fn check_tokens(&self) -> Result<(), Error> {
        let Self { input_size, vocab_size, embedding_size, hidden_size, tied, skip, .. } = *self;
        let refused = |name, got: String, must_be| Err(Error::Setting { name, got, must_be });
        if vocab_size == 0 {
            return match (embedding_size, tied) {
                (0, false) => Ok(()),
                _ => refused("vocab_size", "0".to_owned(), "above 0 where tokens are embedded"),
            };
        }
        for (name, size) in [("vocab_size", vocab_size), ("embedding_size", embedding_size)] {
            if size > 1 << 20 {
                return refused(name, size.to_string(), "at most 1048576");
            }
        }
        if input_size != 1 {
            return refused("input_size", input_size.to_string(), "1 where the inputs are tokens");
        }
        if skip {
            return refused("skip", "true".to_owned(), "false where the inputs are tokens");
        }
        if tied && (embedding_size != hidden_size || self.output_size != vocab_size) {
            let got = format!("true with an embedding_size of {embedding_size}");
            return refused(
                "tied",
                got,
                "with an embedding size equal to the hidden size, and one output for each token",
            );
        }
        Ok(())
    }

    /// Checks the cutoffs.
    pub(super) fn check_cutoffs(&self) -> Result<(), Error> {
        let Self { cutoffs, output_size, tied, skip, .. } = self;
        let inside = cutoffs.iter().all(|cut| (1..*output_size).contains(cut));
        let must_be = match cutoffs.len() {
            0 => return Ok(()),
            _ if !inside || !cutoffs.is_sorted_by(|a, b| a < b) => {
                "strictly ascending, above 0 and below the number of classes"
            }
            1..=MAX_CUTOFFS if !tied && !skip => return Ok(()),
            1..=MAX_CUTOFFS => "empty where the head is tied, or something is added to its output",
            _ => "eight at most",
        };
        Err(Error::Setting { name: "cutoffs", got: format!("{cutoffs:?}"), must_be })
    }

    /// Checks the dilations, one per layer and in range, and that a residual connection has a layer.
    pub(super) fn check_stack(&self) -> Result<(), Error> {
        if self.residual && self.num_layers < 2 {
            let (got, must_be) = ("true for one layer".to_owned(), "for two layers or more");
            return Err(Error::Setting { name: "residual", got, must_be });
        }
        let name = "dilations";
        let got = || format!("{:?}", self.dilations);
        if self.dilations.iter().any(|d| !(1..=MAX_DILATION).contains(d)) {
            return Err(Error::Setting { name, got: got(), must_be: "from 1 to 65536 each" });
        }
        if ![0, self.num_layers].contains(&self.dilations.len()) {
            let got = format!("{} for {} layers", got(), self.num_layers);
            return Err(Error::Setting { name, got, must_be: "one for each layer" });
        }
        Ok(())
    }
}
