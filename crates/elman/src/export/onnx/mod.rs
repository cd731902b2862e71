//! Networks as ONNX models: the operators RNN, GRU and LSTM with their states as inputs and outputs.
//!
//! Axes: T time steps and B batch are free in each call, so that one file serves whole windows and single time steps.

mod cells;
mod forecast;
mod graph;
mod head;
mod metadata;
mod proto;
mod recurrent;
#[cfg(test)]
mod tests;
mod text;
mod unit;
mod values;
mod window;

use elman_nn::file::ModelFile;
use prost::Message;

use self::graph::Graph;
use self::proto::{ModelProto, OperatorSetIdProto, StringStringEntryProto};
use super::network::{Floor, Network, Source, Task};
use super::weights::refused;
use crate::error::Result;

/// Version of the operator set: ONNX 1.12 (2022), which ONNX Runtime reads from 1.12 on.
const OPSET: i64 = 17;

/// Version of the format of the file, that of ONNX 1.12.
const IR_VERSION: i64 = 8;

/// Most bytes of a protobuf message, and so of an ONNX file without external data.
const MAX_BYTES: usize = i32::MAX as usize;

/// Options of an ONNX export.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OnnxOptions {
    /// Whether the graph has the network alone, with rows of features as inputs; otherwise it has the preprocessing of the
    /// series, too, where that is possible.
    pub network_only: bool,
}

/// An ONNX model of one network.
#[derive(Debug, Clone, PartialEq)]
pub struct OnnxModel {
    /// Prefix of the tensors of the network in the model file, without its last dot: `net.0`; empty for the only network.
    pub network: String,
    /// Content of the ONNX file.
    pub bytes: Vec<u8>,
    /// Names of the inputs.
    pub inputs: Vec<String>,
    /// Names of the outputs.
    pub outputs: Vec<String>,
}

/// ONNX models of the networks of a model file.
#[derive(Debug, Clone, PartialEq)]
pub struct OnnxExport {
    /// One model for each network, in the order of the model file.
    pub models: Vec<OnnxModel>,
    /// Notes for the reader, in sentences: networks and models that are not part of the export.
    pub notes: Vec<String>,
}

/// Exports each network of a model file as an ONNX model.
///
/// # Errors
/// A file without a trained network; a cell that ONNX has no operator for; a network of more than 2 GB.
pub fn onnx(file: &ModelFile<f32>, options: &OnnxOptions) -> Result<OnnxExport> {
    let source = Source::of(file)?;
    let (networks, mut notes) = source.networks()?;
    let mut models = Vec::with_capacity(networks.len());
    for network in &networks {
        let (model, note) = one(&source, network, options)?;
        models.push(model);
        notes.extend(note.filter(|note| !notes.contains(note)));
    }
    Ok(OnnxExport { models, notes })
}

/// The model of one network, and a note on preprocessing that is not part of it.
fn one(
    source: &Source,
    network: &Network<'_>,
    options: &OnnxOptions,
) -> Result<(OnnxModel, Option<String>)> {
    let mut graph = Graph::default();
    let outside = match network.task {
        Task::Text(_) => {
            text::append(&mut graph, network)?;
            None
        }
        Task::FineTuned(loss) => {
            forecast::of_rows(&mut graph, network, loss)?;
            Some("the encoding of the pretrained network".to_owned())
        }
        Task::Series(settings, _) => {
            let forecasts = forecast::Forecasts {
                quantiles: source.quantiles(),
                non_negative: source.floor() == Floor::OfNetwork,
            };
            forecast::append(&mut graph, network, settings, &forecasts, options)?
        }
    };
    graph.put_states_last();
    let document = metadata::document(source, network, &graph, outside.as_deref())?;
    let [inputs, outputs] = [&graph.inputs, &graph.outputs]
        .map(|ports| ports.iter().map(|port| port.name.clone()).collect());
    let model = OnnxModel {
        network: network.prefix.trim_end_matches('.').to_owned(),
        bytes: bytes(graph, &document)?,
        inputs,
        outputs,
    };
    let note = outside.filter(|_| !options.network_only).map(|reason| {
        format!("the preprocessing is not part of the graph ({reason}): its input `x` has the rows that the metadata describe")
    });
    Ok((model, note))
}

/// The content of the file.
fn bytes(graph: Graph, document: &serde_json::Value) -> Result<Vec<u8>> {
    let entry = StringStringEntryProto { key: "elman".to_owned(), value: document.to_string() };
    let model = ModelProto {
        ir_version: IR_VERSION,
        producer_name: "elman".to_owned(),
        producer_version: env!("CARGO_PKG_VERSION").to_owned(),
        doc_string: "A recurrent network of elman; the metadata `elman` describe it.".to_owned(),
        graph: Some(graph.into_proto("elman")),
        opset_import: vec![OperatorSetIdProto { domain: String::new(), version: OPSET }],
        metadata_props: vec![entry],
    };
    if model.encoded_len() > MAX_BYTES {
        let reason = "the network has more than 2 GB, the most that an ONNX file can hold";
        return Err(refused(reason.to_owned(), "export its weights: `--format pytorch`"));
    }
    Ok(model.encode_to_vec())
}
