//! What an ONNX file has in it, decoded: names, shapes, weights.

use std::path::Path;

use elman_nn::file::ModelFile;
use prost::Message;

use super::proto::{ElementType, GraphProto, ModelProto, TensorProto, ValueInfoProto};
use super::{OnnxModel, OnnxOptions, onnx};
use crate::data::Series;
use crate::io::read::ReadOptions;
use crate::models::rnn::Likelihood;
use crate::select::{FittedForecaster, RnnForecaster};
use crate::transforms::TargetTransform;

/// Horizon and hidden size.
const HORIZON: usize = 3;
const HIDDEN: usize = 5;

fn sales() -> Vec<Series> {
    let values = (0..60).map(|t| 50.0 + f64::from(t * t % 17) + (f64::from(t) / 6.0).sin());
    vec![Series::counted("sales", values.collect())]
}

fn forecaster(cell: &str) -> RnnForecaster {
    let mut forecaster = RnnForecaster::new(HORIZON).cell(cell).hidden_size(HIDDEN).max_steps(3);
    forecaster.lags = 2;
    forecaster
}

/// The model file of a forecaster.
fn file(fitted: &FittedForecaster) -> ModelFile<f32> {
    let path = Path::new("sales.safetensors");
    let bytes = fitted.to_bytes(path, &ReadOptions::default()).unwrap();
    ModelFile::from_reader(&bytes[..], path).unwrap()
}

/// The only model of an export, and its graph.
fn exported(forecaster: &RnnForecaster, network_only: bool) -> (OnnxModel, GraphProto) {
    let file = file(&forecaster.fit(&sales()).unwrap());
    let mut models = onnx(&file, &OnnxOptions { network_only }).unwrap().models;
    assert_eq!(models.len(), 1);
    let model = models.remove(0);
    let proto = ModelProto::decode(&model.bytes[..]).unwrap();
    assert_eq!((proto.ir_version, proto.opset_import[0].version), (8, 17));
    (model, proto.graph.unwrap())
}

/// The shape of an input or output, with `T` and `B` as they are written.
fn shape(ports: &[ValueInfoProto], name: &str) -> String {
    let port = ports.iter().find(|port| port.name == name).unwrap();
    let tensor = port.kind.as_ref().unwrap().tensor_type.as_ref().unwrap();
    let axes = tensor
        .shape
        .as_ref()
        .unwrap()
        .dim
        .iter()
        .map(|dim| dim.dim_param.clone().unwrap_or_else(|| dim.dim_value.unwrap().to_string()));
    axes.collect::<Vec<_>>().join(" ")
}

fn constant<'a>(graph: &'a GraphProto, name: &str) -> &'a TensorProto {
    graph.initializer.iter().find(|constant| constant.name == name).unwrap()
}

fn floats(constant: &TensorProto) -> Vec<f32> {
    assert_eq!(constant.data_type, ElementType::Float as i32);
    let bytes = constant.raw_data.chunks_exact(4);
    bytes.map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect()
}

#[test]
fn states_are_inputs_and_outputs_with_free_time_and_batch() {
    let mut forecaster = forecaster("lstm");
    forecaster.model.num_layers = 3;
    let (model, graph) = exported(&forecaster, true);
    assert_eq!(model.inputs, ["x", "h_0", "c_0"]);
    assert_eq!(model.outputs, ["output", "h_n", "c_n"]);
    // Two lags, the last value, and the typical difference.
    assert_eq!(shape(&graph.input, "x"), "T B 4");
    for state in ["h_0", "c_0"] {
        assert_eq!(shape(&graph.input, state), "3 B 5");
    }
    for state in ["h_n", "c_n"] {
        assert_eq!(shape(&graph.output, state), "3 B 5");
    }
    assert_eq!(shape(&graph.output, "output"), "T B 3");
    let is_lstm = |node: &&super::proto::NodeProto| node.op_type == "LSTM";
    assert_eq!(graph.node.iter().filter(is_lstm).count(), 3);
}

#[test]
fn every_tensor_is_made_before_it_is_read() {
    let mut forecaster = forecaster("gru");
    forecaster.model.num_layers = 2;
    forecaster.model.dilations = vec![1, 4];
    let (_, graph) = exported(&forecaster, false);
    let ports = graph.input.iter().map(|port| port.name.as_str());
    let constants = graph.initializer.iter().map(|constant| constant.name.as_str());
    let mut made: Vec<&str> = ports.chain(constants).chain([""]).collect();
    for node in &graph.node {
        for input in &node.input {
            assert!(made.contains(&input.as_str()), "{} reads {input}", node.op_type);
        }
        for output in &node.output {
            assert!(!made.contains(&output.as_str()), "{output} is made twice");
            made.push(output);
        }
    }
    assert!(graph.output.iter().all(|port| made.contains(&port.name.as_str())));
}

#[test]
fn weights_of_gates_are_in_the_order_of_onnx() {
    // By letters: i, f, g, o become i, o, f, g; and r, z, n become z, r, n.
    for (cell, order) in [("lstm", &[0, 3, 1, 2][..]), ("gru", &[1, 0, 2])] {
        let fitted = forecaster(cell).fit(&sales()).unwrap();
        let params = fitted.ensembles[0].nets[0].params();
        let own = |name: &str| params.get(params.find(name).unwrap()).to_vec();
        let file = file(&fitted);
        let model = &onnx(&file, &OnnxOptions::default()).unwrap().models[0];
        let graph = ModelProto::decode(&model.bytes[..]).unwrap().graph.unwrap();
        let gates = order.len();
        for (name, letter) in [("weight_ih", "W"), ("weight_hh", "R")] {
            let own = own(&format!("rnn.{name}_l0"));
            let constant = constant(&graph, &format!("rnn.{letter}_l0"));
            let columns = own.len() / gates / HIDDEN;
            assert_eq!(constant.dims, [1, (gates * HIDDEN) as i64, columns as i64]);
            for (written, (place, gate)) in
                floats(constant).chunks_exact(own.len() / gates).zip(order.iter().enumerate())
            {
                let expected = &own[gate * HIDDEN * columns..][..HIDDEN * columns];
                assert_eq!(written, expected, "{cell}: gate {place} of {letter}");
            }
        }
        let biases = floats(constant(&graph, "rnn.B_l0"));
        let (of_x, of_h) = biases.split_at(gates * HIDDEN);
        for (written, name) in [(of_x, "rnn.bias_ih_l0"), (of_h, "rnn.bias_hh_l0")] {
            let own = own(name);
            let expected = order.iter().flat_map(|gate| &own[gate * HIDDEN..][..HIDDEN]);
            assert!(written.iter().eq(expected), "{cell}: {name}");
        }
    }
}

#[test]
fn the_graph_has_the_preprocessing_and_the_forecast_in_units_of_the_series() {
    let (model, graph) = exported(&forecaster("lstm"), false);
    let states = ["recent_0", "first_0", "count_0", "variation_0", "h_0", "c_0"];
    assert_eq!(model.inputs, [&["y", "zero", "width"][..], &states].concat());
    assert_eq!(shape(&graph.input, "y"), "T B");
    assert_eq!(shape(&graph.input, "recent_0"), "3 B");
    assert_eq!(shape(&graph.output, "forecast"), "T B 3");
}

#[test]
fn forecasts_that_are_not_negative_are_so_in_the_graph() {
    let has_floor = |non_negative: bool| {
        let mut forecaster = forecaster("rnn");
        forecaster.non_negative = non_negative;
        let (_, graph) = exported(&forecaster, false);
        let last = graph.node.iter().find(|node| node.output == ["forecast"]).unwrap();
        let of_last = graph.node.iter().find(|node| node.output == last.input[..1]).unwrap();
        [last, of_last].iter().any(|node| node.op_type == "Max")
    };
    assert!(has_floor(true));
    assert!(!has_floor(false));
}

#[test]
fn distributions_have_their_parameters_as_outputs() {
    let outputs = |likelihood: Likelihood| {
        let mut forecaster = forecaster("rnn");
        forecaster.likelihood = likelihood;
        if likelihood == Likelihood::NegativeBinomial {
            (forecaster.transform, forecaster.scaler) = (TargetTransform::LOG_OFFSET, None);
        }
        let file = file(&forecaster.fit(&counts()).unwrap());
        onnx(&file, &OnnxOptions { network_only: true }).unwrap().models[0].outputs.clone()
    };
    let expected: [(Likelihood, &[&str]); 5] = [
        (Likelihood::Point, &[]),
        (Likelihood::Quantiles, &["quantiles"]),
        (Likelihood::Gaussian, &["mean", "standard_deviation"]),
        (Likelihood::StudentT, &["location", "scale", "degrees_of_freedom"]),
        (Likelihood::NegativeBinomial, &["mean", "dispersion"]),
    ];
    for (likelihood, parameters) in expected {
        let all = [&["output"][..], parameters, &["h_n"]].concat();
        assert_eq!(outputs(likelihood), all, "{likelihood:?}");
    }
}

fn counts() -> Vec<Series> {
    vec![Series::counted("counts", (0..60).map(|t| f64::from(t * t % 7)).collect())]
}

#[test]
fn the_metadata_say_what_the_graph_cannot() {
    let fitted = forecaster("gru").fit(&sales()).unwrap();
    let file = file(&fitted);
    let model = &onnx(&file, &OnnxOptions::default()).unwrap().models[0];
    let proto = ModelProto::decode(&model.bytes[..]).unwrap();
    assert_eq!(proto.metadata_props[0].key, "elman");
    let document: serde_json::Value = serde_json::from_str(&proto.metadata_props[0].value).unwrap();
    assert_eq!(document["gate_order"]["onnx"], serde_json::json!(["z", "r", "n"]));
    assert_eq!(document["features"], serde_json::json!(["lag_2", "lag_1", "lag_0", "log_step"]));
    assert_eq!(document["states"]["recent_0"], "recent_n");
    assert_eq!(document["preprocessing"]["scaler"], "standard");
    assert_eq!(document["preprocessing_in_graph"], true);
    let state = &document["state_after_training"];
    let hidden = fitted.memory().unwrap().hidden_state();
    assert_eq!(state["h_0"]["values"], serde_json::json!(hidden.tensors[0].1));
    assert_eq!(state["count_0"]["values"], serde_json::json!([60]));
    // In place of the history the last value stands as its scaled value.
    let (zero, width) = (&state["zero"]["values"][0], &state["width"]["values"][0]);
    let last = state["recent_0"]["values"][2].as_f64().unwrap();
    let value = last * width.as_f64().unwrap() + zero.as_f64().unwrap();
    // The scaled value is in single precision.
    assert!((value - sales()[0].values[59]).abs() < 1e-4, "{value}");
}

#[test]
fn a_model_without_a_trained_network_is_refused() {
    let fitted = forecaster("lstm").max_steps(0).fit(&sales()).unwrap();
    let message = onnx(&file(&fitted), &OnnxOptions::default()).unwrap_err().to_string();
    assert!(message.contains("no trained network"), "{message}");
}
