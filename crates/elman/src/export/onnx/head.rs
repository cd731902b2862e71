//! The head of a network: raw outputs, and the parameters, quantiles or probabilities that follow from them.

use elman_nn::ModelConfig;
use elman_nn::losses::{Link, Loss, Parameter};

use super::graph::{Axis, Graph, Port, Tensor};
use super::proto::{AttributeProto, ElementType};
use crate::error::Result;
use crate::export::network::Network;
use crate::export::weights::weight;

/// Name of the raw outputs in the graph.
pub(super) const OUTPUT: &str = "output";

/// Appends the head: from the outputs `hidden` `[T, B, H]` of the last recurrent layer, and the inputs `x` `[T, B, I]` of
/// the network for a linear skip connection, to the raw outputs `[T, B, K]`.
pub(super) fn linear(
    graph: &mut Graph,
    network: &Network<'_>,
    hidden: &Tensor,
    x: &Tensor,
) -> Result<Tensor> {
    let ModelConfig { tied, skip, .. } = network.config;
    let name = if tied { "embedding.weight" } else { "fc.weight" };
    let product = product(graph, network, hidden, name)?;
    let (shape, bias) = weight(network.params, "fc.bias")?;
    let bias = graph.floats("fc.bias", shape, bias);
    let mut output = graph.op("Add", &[&product, &bias]);
    if skip {
        let linear = self::product(graph, network, x, "skip.weight")?;
        output = graph.op("Add", &[&output, &linear]);
    }
    Ok(output)
}

/// W x at every time step, for a weight W `[outputs, inputs]`.
fn product(graph: &mut Graph, network: &Network<'_>, x: &Tensor, name: &str) -> Result<Tensor> {
    let (shape, values) = weight(network.params, name)?;
    let weight = graph.floats(name, shape, values);
    let transposed = graph.op("Transpose", &[&weight]);
    Ok(graph.op("MatMul", &[x, &transposed]))
}

/// Appends an adaptive softmax, as `elman_nn::layers::AdaptiveSoftmax`: log-probabilities `[T, B, V]` of all classes.
pub(super) fn adaptive(
    graph: &mut Graph,
    network: &Network<'_>,
    hidden: &Tensor,
) -> Result<Tensor> {
    let cutoffs = &network.config.cutoffs;
    let logits = product(graph, network, hidden, "fc.head.weight")?;
    let head = log_softmax(graph, &logits);
    let shortlist = cutoffs[0] as i64;
    let mut clusters = vec![graph.slice(&head, 2, 0, shortlist)];
    for tail in 0..cutoffs.len() {
        let projected = product(graph, network, hidden, &format!("fc.tail.{tail}.0.weight"))?;
        let logits = product(graph, network, &projected, &format!("fc.tail.{tail}.1.weight"))?;
        let inside = log_softmax(graph, &logits);
        let gate = shortlist + tail as i64;
        let gate = graph.slice(&head, 2, gate, gate + 1);
        clusters.push(graph.op("Add", &[&inside, &gate]));
    }
    Ok(graph.concat(&clusters.iter().collect::<Vec<_>>(), 2))
}

/// ln softmax over the last axis.
pub(super) fn log_softmax(graph: &mut Graph, logits: &Tensor) -> Tensor {
    graph.op_with("LogSoftmax", &[logits], &[AttributeProto::int("axis", -1)])
}

/// A parameter of the distribution of each forecast value, or its quantiles, in the units of the raw outputs.
#[derive(Debug, Clone)]
pub(super) struct Parameters {
    /// Name and tensor `[T, B, h]` of each parameter; empty for points and quantiles.
    pub(super) named: Vec<(&'static str, Tensor)>,
    /// Quantiles `[T, B, h, Q]` at the levels of the loss `pinball`.
    pub(super) quantiles: Option<Tensor>,
    /// The center `[T, B, h]` of the prediction: the point, the quantile nearest ½, the mean of a symmetric distribution.
    pub(super) center: Option<Tensor>,
}

impl Parameters {
    /// Appends the parameters of a forecast of `h` values, which follow from `output` `[T, B, h·P]`.
    pub(super) fn of(graph: &mut Graph, loss: &Loss<f32>, horizon: usize, output: &Tensor) -> Self {
        let per_value = loss.outputs_per_target();
        if per_value == 1 && loss.levels().is_empty() {
            return Self { named: Vec::new(), quantiles: None, center: Some(output.clone()) };
        }
        let shape = graph.ints(&[0, 0, horizon as i64, per_value as i64]);
        let outputs = graph.op("Reshape", &[output, &shape]);
        if loss.levels().is_empty() {
            let named = loss.parameters().iter().enumerate();
            let named = named.map(|(at, parameter)| {
                (parameter.name, linked(graph, *parameter, &outputs, at as i64))
            });
            let named: Vec<(&str, Tensor)> = named.collect();
            let is_symmetric = loss.parameters()[0].link == Link::Identity;
            let center = is_symmetric.then(|| named[0].1.clone());
            return Self { named, quantiles: None, center };
        }
        let center = loss.center() as i64;
        let quantiles = quantiles(graph, &outputs, center, per_value as i64);
        let center = Some(at(graph, &outputs, center));
        Self { named: Vec::new(), quantiles: Some(quantiles), center }
    }

    /// Makes parameters and quantiles outputs of the graph.
    pub(super) fn export(&self, graph: &mut Graph, horizon: usize, levels: &[f64]) {
        let shape = [Axis::Time, Axis::Batch, Axis::Size(horizon)];
        for (name, tensor) in &self.named {
            let words = name.replace('_', " ");
            let meaning = format!("{words} of the distribution, in the units of the raw outputs");
            graph.output(tensor, Port::new(name, ElementType::Float, &shape, &meaning));
        }
        if let Some(quantiles) = &self.quantiles {
            let shape = [&shape[..], &[Axis::Size(levels.len())]].concat();
            let meaning = format!("quantiles at {levels:?}, in the units of the raw outputs");
            graph.output(quantiles, Port::new("quantiles", ElementType::Float, &shape, &meaning));
        }
    }
}

/// Output number `index` of each value, `[T, B, h]`.
fn at(graph: &mut Graph, outputs: &Tensor, index: i64) -> Tensor {
    let one = graph.slice(outputs, 3, index, index + 1);
    let axis = graph.ints(&[3]);
    graph.op("Squeeze", &[&one, &axis])
}

fn linked(graph: &mut Graph, parameter: Parameter, outputs: &Tensor, index: i64) -> Tensor {
    let raw = at(graph, outputs, index);
    let linked = match parameter.link {
        Link::Identity => return raw,
        Link::Softplus => graph.op("Softplus", &[&raw]),
        Link::Exp(highest) => {
            let highest = graph.scalar(highest, ElementType::Float);
            let limited = graph.op("Min", &[&raw, &highest]);
            graph.op("Exp", &[&limited])
        }
    };
    let least = graph.scalar(parameter.least, ElementType::Float);
    graph.op("Add", &[&linked, &least])
}

/// The quantiles from the outputs of the loss `pinball`: the central one, and distances from quantile to quantile.
fn quantiles(graph: &mut Graph, outputs: &Tensor, center: i64, count: i64) -> Tensor {
    let middle = graph.slice(outputs, 3, center, center + 1);
    let mut parts = Vec::new();
    if center > 0 {
        let below = graph.slice(outputs, 3, 0, center);
        let distance = distances(graph, &below, true);
        parts.push(graph.op("Sub", &[&middle, &distance]));
    }
    parts.push(middle.clone());
    if center + 1 < count {
        let above = graph.slice(outputs, 3, center + 1, count);
        let distance = distances(graph, &above, false);
        parts.push(graph.op("Add", &[&middle, &distance]));
    }
    graph.concat(&parts.iter().collect::<Vec<_>>(), 3)
}

/// Distances from the central quantile: cumulative sums, from the end for the quantiles below it.
fn distances(graph: &mut Graph, outputs: &Tensor, is_below: bool) -> Tensor {
    let steps = graph.op("Softplus", &[outputs]);
    let axis = graph.ints(&[3]);
    let reverse = AttributeProto::int("reverse", i64::from(is_below));
    graph.op_with("CumSum", &[&steps, &axis], &[reverse])
}
