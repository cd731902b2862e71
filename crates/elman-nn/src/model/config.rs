//! Everything that decides a model's variables, and whether it makes sense.

use serde::{Deserialize, Serialize};

use crate::error::Error;

/// The most places where classes are cut.
const MOST_CUTOFFS: usize = 8;

/// The furthest back that a layer goes on from.
const MOST_DILATION: usize = 1 << 16;

/// Everything that decides a model's variables.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelConfig {
    /// The cell, by its name in the registry.
    pub cell: String,
    /// I, features a time step; 1 where these are the numbers of tokens.
    pub input_size: usize,
    /// V, the tokens that there are; 0 where the input is no tokens.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub vocab_size: usize,
    /// Values of the vector that each token is shown as; 0 for V of them, all zeros but a one.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub embedding_size: usize,
    /// Whether the head's weights are those of the embedding, which is then as wide as a layer (Press and
    /// Wolf, EACL 2017).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub tied: bool,
    /// H, hidden units a layer.
    pub hidden_size: usize,
    /// L, recurrent layers.
    pub num_layers: usize,
    /// K, outputs a time step.
    pub output_size: usize,
    /// Where the K classes, the most frequent first, are cut into clusters by a head that spends less on the rare ones
    /// (Grave et al., ICML 2017); empty for a linear head.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cutoffs: Vec<usize>,
    /// Probability of dropping a value between two recurrent layers in training.
    pub dropout: f64,
    /// For each recurrent layer, how many steps back it goes on from; empty for 1 in all.
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
    /// The lesson: one input, 32 hidden units, one layer of the Elman cell, one output.
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
    /// For each recurrent layer, how many steps back it goes on from: the rows of its memory.
    pub fn depths(&self) -> impl Iterator<Item = usize> {
        (0..self.num_layers).map(|layer| self.dilations.get(layer).copied().unwrap_or(1))
    }

    /// I of the first recurrent layer.
    pub(super) fn shown(&self) -> usize {
        match (self.vocab_size, self.embedding_size) {
            (0, _) => self.input_size,
            (vocab_size, 0) => vocab_size,
            (_, embedding_size) => embedding_size,
        }
    }

    /// Whether tokens, if there are some, can be shown.
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
            return refused("input_size", input_size.to_string(), "1 where tokens are shown");
        }
        if skip {
            return refused("skip", "true".to_owned(), "false where tokens are shown");
        }
        if tied && (embedding_size != hidden_size || self.output_size != vocab_size) {
            let got = format!("true with an embedding_size of {embedding_size}");
            return refused("tied", got, "with an embedding as wide as a layer, and V outputs");
        }
        Ok(())
    }

    /// Whether the classes can be cut so.
    pub(super) fn check_cutoffs(&self) -> Result<(), Error> {
        let Self { cutoffs, output_size, tied, skip, .. } = self;
        let inside = cutoffs.iter().all(|cut| (1..*output_size).contains(cut));
        let must_be = match cutoffs.len() {
            0 => return Ok(()),
            _ if !inside || !cutoffs.is_sorted_by(|a, b| a < b) => {
                "strictly ascending, above 0 and below the number of classes"
            }
            1..=MOST_CUTOFFS if !tied && !skip => return Ok(()),
            1..=MOST_CUTOFFS => "empty where the head is tied, or something is added to its output",
            _ => "eight at most",
        };
        Err(Error::Setting { name: "cutoffs", got: format!("{cutoffs:?}"), must_be })
    }

    /// Whether there is one dilation a layer, within reason, and a layer that can be residual.
    pub(super) fn check_stack(&self) -> Result<(), Error> {
        if self.residual && self.num_layers < 2 {
            let (got, must_be) = ("true for one layer".to_owned(), "for two layers or more");
            return Err(Error::Setting { name: "residual", got, must_be });
        }
        let name = "dilations";
        let got = || format!("{:?}", self.dilations);
        if self.dilations.iter().any(|d| !(1..=MOST_DILATION).contains(d)) {
            return Err(Error::Setting { name, got: got(), must_be: "from 1 to 65536 each" });
        }
        if ![0, self.num_layers].contains(&self.dilations.len()) {
            let got = format!("{} for {} layers", got(), self.num_layers);
            return Err(Error::Setting { name, got, must_be: "one for each layer" });
        }
        Ok(())
    }
}
