//! The graph of a network that forecasts series.

use elman_nn::losses::{Loss, normal_quantile};
use elman_nn::registry::Entry;

use super::graph::{Axis, Graph, Port, Tensor};
use super::head::{self, Parameters};
use super::proto::ElementType;
use super::values::{self, Values};
use super::{OnnxOptions, recurrent};
use crate::error::Result;
use crate::export::network::Network;
use crate::models::rnn::RnnConfig;

/// What the forecasts of a graph are.
pub(super) struct Forecasts {
    /// Levels of the forecasts of a normal distribution, between 0 and 1.
    pub(super) quantiles: Vec<f64>,
    /// Whether forecasts below 0 are set to 0.
    pub(super) non_negative: bool,
}

/// Appends the network, with the preprocessing of its series where that is possible. Returns the reason why the preprocessing is outside the graph.
pub(super) fn append(
    graph: &mut Graph,
    network: &Network<'_>,
    settings: &RnnConfig,
    forecasts: &Forecasts,
    options: &OnnxOptions,
) -> Result<Option<String>> {
    let loss = settings.output.loss()?;
    let inside = match options.network_only {
        true => Err("the network alone was asked for".to_owned()),
        false => values::transform_inside(settings),
    };
    let transform = match inside {
        Ok(transform) => transform,
        Err(reason) => {
            of_rows(graph, network, &loss)?;
            return Ok(Some(reason));
        }
    };
    let (values, rows) = Values::append(graph, settings, transform);
    let parameters = network_of(graph, network, &loss, rows)?;
    export_forecasts(graph, &values, &parameters, settings.horizon, &loss, forecasts);
    Ok(None)
}

/// Appends the network with rows of features as inputs.
pub(super) fn of_rows(graph: &mut Graph, network: &Network<'_>, loss: &Loss<f32>) -> Result<()> {
    let shape = [Axis::Time, Axis::Batch, Axis::Size(network.config.input_size)];
    let meaning = "rows of features, in the order of `features` in the metadata";
    let x = graph.input(Port::new("x", ElementType::Float, &shape, meaning));
    network_of(graph, network, loss, x).map(drop)
}

/// Appends recurrent layers and head.
fn network_of(
    graph: &mut Graph,
    network: &Network<'_>,
    loss: &Loss<f32>,
    x: Tensor,
) -> Result<Parameters> {
    let hidden = recurrent::append(graph, network, x.clone())?;
    let output = head::linear(graph, network, &hidden, &x)?;
    let shape = [Axis::Time, Axis::Batch, Axis::Size(network.config.output_size)];
    let meaning = "raw outputs of the network: for each step of the horizon those of its loss";
    graph.output(&output, Port::new(head::OUTPUT, ElementType::Float, &shape, meaning));
    let horizon = network.config.output_size / loss.outputs_per_target();
    let parameters = Parameters::of(graph, loss, horizon, &output);
    parameters.export(graph, horizon, loss.levels());
    Ok(parameters)
}

/// Makes the forecasts outputs of the graph, in the units of the series. A distribution of counts has its parameters in these
/// units already.
fn export_forecasts(
    graph: &mut Graph,
    values: &Values<'_>,
    parameters: &Parameters,
    horizon: usize,
    loss: &Loss<f32>,
    forecasts: &Forecasts,
) {
    let series_units = |graph: &mut Graph, outputs: &Tensor, rank: usize| {
        let forecast = values.inverse(graph, outputs, rank);
        if !forecasts.non_negative {
            return forecast;
        }
        let zero = graph.scalar(0.0, ElementType::Double);
        graph.op("Max", &[&forecast, &zero])
    };
    let shape = [Axis::Time, Axis::Batch, Axis::Size(horizon)];
    if let Some(center) = &parameters.center {
        let forecast = series_units(graph, center, 3);
        let meaning = "forecasts of the values after each time step, in the units of the series";
        graph.output(&forecast, Port::new("forecast", ElementType::Double, &shape, meaning));
    }
    let (quantiles, levels) = match &parameters.quantiles {
        Some(quantiles) => (quantiles.clone(), loss.levels()),
        None if loss.entry().name() == "gaussian" => {
            let levels = &forecasts.quantiles[..];
            (normal(graph, parameters, levels), levels)
        }
        None => return,
    };
    let forecast = series_units(graph, &quantiles, 4);
    let shape = [&shape[..], &[Axis::Size(levels.len())]].concat();
    let meaning = format!("quantiles at {levels:?} of the forecasts, in the units of the series");
    let port = Port::new("quantile_forecast", ElementType::Double, &shape, &meaning);
    graph.output(&forecast, port);
}

/// Quantiles `[T, B, h, Q]` of the normal distribution.
fn normal(graph: &mut Graph, parameters: &Parameters, levels: &[f64]) -> Tensor {
    let [mean, deviation] =
        [0, 1].map(|at| values::with_axes(graph, &parameters.named[at].1, 3, 4));
    let z: Vec<f32> = levels.iter().map(|level| normal_quantile(*level) as f32).collect();
    let z = graph.floats("normal_quantiles", &[z.len()], &z);
    let distance = graph.op("Mul", &[&deviation, &z]);
    graph.op("Add", &[&mean, &distance])
}
