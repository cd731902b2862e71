//! The layers that a configuration describes, in the order in which they declare their variables.

use elman_math::Real;

use super::ModelConfig;
use crate::cells::CellEntry;
use crate::init::Init;
use crate::layers::{
    AdaptiveSoftmax, Clusters, Dilated, Dropout, Embedding, Layer, Linear, MAX_IN_TABLE,
    RecurrentSize, Residual, Tokens,
};
use crate::params::{Layout, VariableId};

/// How the first recurrent layer is given its input.
pub(super) struct Input<T: Real> {
    /// The embedding, where its table is too large for a recurrent layer.
    pub(super) embedding: Option<Box<dyn Layer<T>>>,
    /// The tokens that the recurrent layer looks up by itself.
    pub(super) tokens: Option<Tokens>,
    /// The weight of the embedding, if the head shares it.
    pub(super) tied: Option<VariableId>,
}

impl<T: Real> Input<T> {
    /// Declares the embedding, if there is one.
    pub(super) fn declare(layout: &mut Layout, config: &ModelConfig) -> Self {
        let ModelConfig { vocab_size, embedding_size, hidden_size, tied, .. } = *config;
        if embedding_size == 0 {
            let tokens = (vocab_size > 0).then_some(Tokens { vocab_size, embedding: None });
            return Self { embedding: None, tokens, tied: None };
        }
        // Tied weights are initialized as those of a head.
        let init = if tied { Init::one_over_sqrt(hidden_size) } else { Init::Normal };
        let embedding = Embedding::declare(layout, vocab_size, embedding_size, init);
        let weight = embedding.weight();
        let tied = tied.then_some(weight);
        if vocab_size <= MAX_IN_TABLE {
            let tokens = Some(Tokens { vocab_size, embedding: Some(weight) });
            return Self { embedding: None, tokens, tied };
        }
        Self { embedding: Some(Box::new(embedding)), tokens: None, tied }
    }
}

/// Declares the recurrent layers, with dropout between them.
pub(super) fn recurrent_layers<T: Real>(
    layout: &mut Layout,
    config: &ModelConfig,
    cell: &CellEntry<T>,
    tokens: Option<Tokens>,
) -> Vec<Box<dyn Layer<T>>> {
    let hidden = config.hidden_size;
    let mut layers: Vec<Box<dyn Layer<T>>> = Vec::new();
    for layer in 0..config.num_layers {
        let inputs = if layer == 0 { config.shown() } else { hidden };
        if layer > 0 && config.dropout > 0.0 {
            layers.push(Box::new(Dropout::new(hidden, config.dropout)));
        }
        let tokens = tokens.filter(|_| layer == 0);
        let size = RecurrentSize { layer, inputs, tokens, hidden };
        let mut recurrent = (cell.layer)(layout, size);
        if let Some(&dilation @ 2..) = config.dilations.get(layer) {
            recurrent = Box::new(Dilated::new(recurrent, layer, dilation));
        }
        if config.residual && layer > 0 {
            recurrent = Box::new(Residual(recurrent));
        }
        layers.push(recurrent);
    }
    layers
}

/// The last layer.
pub(super) struct Head<T: Real> {
    pub(super) layer: Box<dyn Layer<T>>,
    /// The layer that replaces it where only the loss is needed.
    pub(super) computing_loss: Option<Box<dyn Layer<T>>>,
}

impl<T: Real> Head<T> {
    /// Declares a linear head, whose weight may be `tied`, or an adaptive softmax.
    pub(super) fn declare(
        layout: &mut Layout,
        config: &ModelConfig,
        tied: Option<VariableId>,
    ) -> Self {
        let ModelConfig { hidden_size, output_size, ref cutoffs, .. } = *config;
        let linear = |linear| Self { layer: Box::new(linear), computing_loss: None };
        match tied {
            Some(weight) => linear(Linear::tied(layout, "fc", weight, hidden_size, output_size)),
            None if cutoffs.is_empty() => {
                linear(Linear::declare(layout, "fc", hidden_size, output_size))
            }
            None => {
                let clusters = Clusters::declare(layout, "fc", hidden_size, output_size, cutoffs);
                Self {
                    layer: Box::new(AdaptiveSoftmax::new(clusters.clone(), false)),
                    computing_loss: Some(Box::new(AdaptiveSoftmax::new(clusters, true))),
                }
            }
        }
    }
}
