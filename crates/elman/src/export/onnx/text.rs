//! The graph of a language model: token numbers in, logits and log-probabilities out.

use super::graph::{Axis, Graph, Port, Tensor};
use super::proto::{AttributeProto, ElementType};
use super::{head, recurrent};
use crate::error::Result;
use crate::export::network::Network;
use crate::export::weights::weight;

/// Appends a language model.
pub(super) fn append(graph: &mut Graph, network: &Network<'_>) -> Result<()> {
    let meaning = "token numbers, in the order of the vocabulary in the metadata";
    let shape = [Axis::Time, Axis::Batch];
    let tokens = graph.input(Port::new("tokens", ElementType::Int64, &shape, meaning));
    let x = match network.config.embedding_size {
        0 => one_hot(graph, network.config.vocab_size, &tokens),
        _ => {
            let (shape, values) = weight(network.params, "embedding.weight")?;
            let table = graph.floats("embedding.weight", shape, values);
            graph.op("Gather", &[&table, &tokens])
        }
    };
    let hidden = recurrent::append(graph, network, x.clone())?;
    let shape = [Axis::Time, Axis::Batch, Axis::Size(network.config.output_size)];
    let port = |name: &str, meaning: &str| Port::new(name, ElementType::Float, &shape, meaning);
    let log_probabilities = if network.config.cutoffs.is_empty() {
        let logits = head::linear(graph, network, &hidden, &x)?;
        graph.output(&logits, port(head::OUTPUT, "logits of the next token"));
        head::log_softmax(graph, &logits)
    } else {
        head::adaptive(graph, network, &hidden)?
    };
    let meaning = "natural logarithm of the probability of each next token";
    graph.output(&log_probabilities, port("log_probabilities", meaning));
    Ok(())
}

/// One-hot vectors `[T, B, V]`.
fn one_hot(graph: &mut Graph, size: usize, tokens: &Tensor) -> Tensor {
    let size = graph.ints(&[size as i64]);
    let values = graph.floats("one_hot", &[2], &[0.0, 1.0]);
    graph.op_with("OneHot", &[tokens, &size, &values], &[AttributeProto::int("axis", -1)])
}
