//! The metadata of an ONNX file: one JSON document that says what the graph cannot.

use elman_nn::registry::Entry;
use serde_json::{Map, Value, json};

use super::cells::{self, Operator};
use super::graph::{Graph, Port};
use crate::error::Result;
use crate::export::network::{Network, Source, Task};
use crate::export::weights::refused;
use crate::features::input_names;
use crate::io::read::ReadOptions;
use crate::models::rnn::{RnnConfig, RnnState};
use crate::select::FittedForecaster;
use crate::text::TextMetadata;

/// Version of the document.
const FORMAT_VERSION: u32 = 1;

/// The document; `outside` is the reason why the preprocessing is outside the graph.
pub(super) fn document(
    source: &Source,
    network: &Network<'_>,
    graph: &Graph,
    outside: Option<&str>,
) -> Result<Value> {
    let cell = cells::entry(&network.config.cell)?;
    let operator = Operator::of(&network.config.cell)?;
    let ports = |ports: &[Port]| ports.iter().map(Port::document).collect::<Vec<Value>>();
    let names = |ports: &[Port]| ports.iter().map(|port| port.name.clone()).collect::<Vec<_>>();
    let (before, after) = (names(&graph.inputs), names(&graph.outputs));
    let next = |name: &String| Some(format!("{}_n", name.strip_suffix("_0")?));
    let states = before.iter().filter_map(|name| Some((name.clone(), next(name)?)));
    let states: Map<String, Value> = states
        .filter(|(_, next)| after.contains(next))
        .map(|(name, next)| (name, next.into()))
        .collect();
    let common = json!({
        "format_version": FORMAT_VERSION,
        "elman_version": env!("CARGO_PKG_VERSION"),
        "network": network.prefix.trim_end_matches('.'),
        "model": network.config,
        "gate_order": operator.gate_order(cell),
        "inputs": ports(&graph.inputs),
        "outputs": ports(&graph.outputs),
        "states": states,
    });
    let own = match (source, network.task) {
        (Source::Forecaster(fitted, read), Task::Series(settings, series)) => {
            let state = fitted.memory().map(|memory| state(graph, memory.network(), settings));
            merged([
                of_forecaster(fitted, read),
                of_series(fitted, settings, series, outside)?,
                json!({ "state_after_training": state }),
            ])
        }
        (Source::Forecaster(fitted, read), Task::FineTuned(loss)) => merged([
            of_forecaster(fitted, read),
            json!({ "loss": loss.entry().name(), "quantiles": loss.levels(), "preprocessing_outside": outside }),
        ]),
        (_, Task::Text(about)) => of_text(about)?,
        (Source::Text(_), _) => json!({}),
    };
    Ok(merged([common, own]))
}

/// One object with the fields of all.
fn merged<const N: usize>(parts: [Value; N]) -> Value {
    let objects = parts.into_iter().filter_map(|part| match part {
        Value::Object(object) => Some(object),
        _ => None,
    });
    Value::Object(objects.flatten().collect())
}

fn of_forecaster(fitted: &FittedForecaster, read: &ReadOptions) -> Value {
    let frequency = fitted.trained_on.frequency().map(|frequency| frequency.to_string());
    json!({
        "kind": if fitted.training().is_some() { "rnn" } else { "auto" },
        "frequency": frequency,
        "levels": fitted.settings.levels,
        "likelihood": fitted.settings.likelihood,
        "non_negative": fitted.settings.non_negative,
        "composition": fitted.selection.composition(),
        "columns": { "id_col": read.id_col, "time_col": read.time_col, "target": read.target },
    })
}

fn of_series(
    fitted: &FittedForecaster,
    settings: &RnnConfig,
    series: Option<&str>,
    outside: Option<&str>,
) -> Result<Value> {
    let RnnConfig { preprocessing, seasons, horizon, output, covariate_dims, .. } = settings;
    let covariates = match preprocessing.use_covariates {
        true => fitted.encoding.input_names(*covariate_dims, *horizon),
        false => Vec::new(),
    };
    let features = input_names(preprocessing, *horizon, covariates, output.is_of_counts());
    if features.len() != settings.inputs() {
        let reason = format!("{} of {} features are known", features.len(), settings.inputs());
        return Err(refused(reason, ""));
    }
    Ok(json!({
        "series": series,
        "horizon": horizon,
        "loss": output.loss,
        "quantiles": output.quantiles,
        "features": features,
        "preprocessing": preprocessing,
        "preprocessing_in_graph": outside.is_none(),
        "preprocessing_outside": outside,
        "seasons": seasons,
        "covariates": fitted.encoding,
        "carry": settings.carry,
        "seq_length": settings.seq_length,
    }))
}

fn of_text(about: &TextMetadata) -> Result<Value> {
    let vocabulary = serde_json::to_value(&about.vocabulary);
    let vocabulary = vocabulary.map_err(|e| refused(e.to_string(), ""))?;
    Ok(json!({ "kind": "text", "vocabulary": vocabulary, "source": about.source }))
}

/// The inputs of the graph after the last value of the training, for one lane: unit and states.
fn state(graph: &Graph, network: &RnnState, settings: &RnnConfig) -> Value {
    let (cursor, unit) = (&network.cursor, network.cursor.unit());
    let kept = settings.preprocessing.lags.max(settings.preprocessing.local_level);
    let recent = cursor.recent();
    let known = &recent[recent.len().saturating_sub(kept)..];
    let recent: Vec<f32> =
        std::iter::repeat_n(0.0, kept - known.len()).chain(known.iter().copied()).collect();
    let tensor = |name: &str| -> Option<Value> {
        Some(match name {
            "zero" => json!([unit.zero]),
            "width" => json!([unit.width]),
            "power" => json!([unit.power]),
            "positive" => json!([unit.positive]),
            "recent_0" => json!(recent),
            "first_0" => json!([cursor.first()]),
            "variation_0" => json!([cursor.variation()]),
            "count_0" => json!([cursor.count()]),
            hidden => {
                let name = hidden.strip_suffix("_0")?;
                let found = network.hidden.tensors.iter().find(|(tensor, _)| tensor == name);
                json!(found?.1)
            }
        })
    };
    let values = graph.inputs.iter().filter_map(|port| {
        let shape = port.shape.iter().map(|axis| axis.of_one_lane());
        let shape: Option<Vec<usize>> = shape.collect();
        Some((port.name.clone(), json!({ "shape": shape?, "values": tensor(&port.name)? })))
    });
    Value::Object(values.collect())
}
