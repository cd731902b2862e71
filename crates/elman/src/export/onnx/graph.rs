//! An ONNX graph in the making: operators are appended in the order of their computation.

use std::collections::HashSet;

use super::proto::{
    AttributeProto, DimensionProto, ElementType, GraphProto, NodeProto, TensorProto,
    TensorShapeProto, TensorTypeProto, TypeProto, ValueInfoProto,
};

/// The name of a tensor of the graph.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Tensor(pub(super) String);

/// The size of an axis of an input or output.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Axis {
    /// Time steps T, any number from 1.
    Time,
    /// Batch size B, any number from 1.
    Batch,
    /// A size of the network.
    Size(usize),
}

impl Axis {
    /// The size for one lane; `None` for time steps.
    pub(super) fn of_one_lane(self) -> Option<usize> {
        match self {
            Self::Time => None,
            Self::Batch => Some(1),
            Self::Size(size) => Some(size),
        }
    }

    /// The name in the graph and in metadata.
    fn name(self) -> Option<&'static str> {
        match self {
            Self::Time => Some("T"),
            Self::Batch => Some("B"),
            Self::Size(_) => None,
        }
    }
}

/// An input or output of the graph.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Port {
    pub(super) name: String,
    pub(super) kind: ElementType,
    pub(super) shape: Vec<Axis>,
    /// A sentence on its meaning.
    pub(super) meaning: String,
}

impl Port {
    pub(super) fn new(name: &str, kind: ElementType, shape: &[Axis], meaning: &str) -> Self {
        Self { name: name.to_owned(), kind, shape: shape.to_vec(), meaning: meaning.to_owned() }
    }

    /// Its description in the metadata.
    pub(super) fn document(&self) -> serde_json::Value {
        let shape = self.shape.iter().map(|axis| match (axis.name(), axis) {
            (None, Axis::Size(size)) => serde_json::json!(size),
            (name, _) => serde_json::json!(name),
        });
        let shape: Vec<serde_json::Value> = shape.collect();
        let Self { name, kind, meaning, .. } = self;
        serde_json::json!({ "name": name, "type": kind.name(), "shape": shape, "meaning": meaning })
    }

    fn to_proto(&self) -> ValueInfoProto {
        let dim = self.shape.iter().map(|axis| match (axis, axis.name()) {
            (Axis::Size(size), _) => {
                DimensionProto { dim_value: Some(*size as i64), dim_param: None }
            }
            (_, name) => DimensionProto { dim_value: None, dim_param: name.map(str::to_owned) },
        });
        let shape = Some(TensorShapeProto { dim: dim.collect() });
        let tensor_type = Some(TensorTypeProto { elem_type: self.kind as i32, shape });
        ValueInfoProto {
            name: self.name.clone(),
            kind: Some(TypeProto { tensor_type }),
            doc_string: self.meaning.clone(),
        }
    }
}

/// The graph.
#[derive(Debug, Default)]
pub(super) struct Graph {
    nodes: Vec<NodeProto>,
    constants: Vec<TensorProto>,
    names: HashSet<String>,
    pub(super) inputs: Vec<Port>,
    pub(super) outputs: Vec<Port>,
}

impl Graph {
    /// Adds an input.
    pub(super) fn input(&mut self, port: Port) -> Tensor {
        let tensor = Tensor(port.name.clone());
        self.names.insert(port.name.clone());
        self.inputs.push(port);
        tensor
    }

    /// Makes `tensor` an output.
    pub(super) fn output(&mut self, tensor: &Tensor, port: Port) {
        let output = vec![port.name.clone()];
        self.push("Identity", &[tensor], &[], output);
        self.outputs.push(port);
    }

    /// Adds an operator with one output.
    pub(super) fn op(&mut self, op_type: &str, inputs: &[&Tensor]) -> Tensor {
        self.op_with(op_type, inputs, &[])
    }

    /// Adds an operator with attributes and one output.
    pub(super) fn op_with(
        &mut self,
        op_type: &str,
        inputs: &[&Tensor],
        attributes: &[AttributeProto],
    ) -> Tensor {
        let [output] = self.ops(op_type, inputs, attributes);
        output
    }

    /// Adds an operator with `N` outputs.
    pub(super) fn ops<const N: usize>(
        &mut self,
        op_type: &str,
        inputs: &[&Tensor],
        attributes: &[AttributeProto],
    ) -> [Tensor; N] {
        let first = format!("{}_{}", op_type.to_lowercase(), self.nodes.len());
        let outputs: [String; N] = std::array::from_fn(|output| match output {
            0 => first.clone(),
            _ => format!("{first}.{output}"),
        });
        self.push(op_type, inputs, attributes, outputs.to_vec());
        outputs.map(Tensor)
    }

    fn push(
        &mut self,
        op_type: &str,
        inputs: &[&Tensor],
        attributes: &[AttributeProto],
        output: Vec<String>,
    ) {
        self.nodes.push(NodeProto {
            input: inputs.iter().map(|tensor| tensor.0.clone()).collect(),
            name: format!("node_{}", self.nodes.len()),
            output,
            op_type: op_type.to_owned(),
            attribute: attributes.to_vec(),
        });
    }

    /// Converts the elements of a tensor.
    pub(super) fn cast(&mut self, tensor: &Tensor, to: ElementType) -> Tensor {
        self.op_with("Cast", &[tensor], &[AttributeProto::int("to", i64::from(to as i32))])
    }

    /// The rows `from..to` of axis `axis`; negative numbers count from the end, and [`i64::MAX`] is the end.
    pub(super) fn slice(&mut self, tensor: &Tensor, axis: i64, from: i64, to: i64) -> Tensor {
        let [from, to, axis] = [from, to, axis].map(|number| self.ints(&[number]));
        self.op("Slice", &[tensor, &from, &to, &axis])
    }

    /// Joins tensors along an axis.
    pub(super) fn concat(&mut self, tensors: &[&Tensor], axis: i64) -> Tensor {
        self.op_with("Concat", tensors, &[AttributeProto::int("axis", axis)])
    }

    /// The size of axis `axis`, as a tensor of one element.
    pub(super) fn size(&mut self, tensor: &Tensor, axis: i64) -> Tensor {
        let range = [("start", axis), ("end", axis + 1)];
        let range = range.map(|(name, at)| AttributeProto::int(name, at));
        self.op_with("Shape", &[tensor], &range)
    }

    /// A constant vector of integers; equal vectors are one constant.
    pub(super) fn ints(&mut self, values: &[i64]) -> Tensor {
        let text: Vec<String> = values.iter().map(i64::to_string).collect();
        let name = format!("int64[{}]", text.join(","));
        let bytes = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        self.constant(name, ElementType::Int64, &[values.len()], bytes)
    }

    /// A constant scalar; equal scalars are one constant.
    pub(super) fn scalar(&mut self, value: f64, kind: ElementType) -> Tensor {
        let bytes = match kind {
            ElementType::Float => (value as f32).to_le_bytes().to_vec(),
            ElementType::Int64 => (value as i64).to_le_bytes().to_vec(),
            _ => value.to_le_bytes().to_vec(),
        };
        self.constant(format!("{}({value})", kind.name()), kind, &[], bytes)
    }

    /// The constant `name` of this shape.
    pub(super) fn floats(&mut self, name: &str, shape: &[usize], values: &[f32]) -> Tensor {
        let bytes = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        self.constant(name.to_owned(), ElementType::Float, shape, bytes)
    }

    fn constant(
        &mut self,
        name: String,
        kind: ElementType,
        shape: &[usize],
        raw_data: Vec<u8>,
    ) -> Tensor {
        if self.names.insert(name.clone()) {
            self.constants.push(TensorProto {
                dims: shape.iter().map(|size| *size as i64).collect(),
                data_type: kind as i32,
                name: name.clone(),
                raw_data,
            });
        }
        Tensor(name)
    }

    /// Moves the states behind the other outputs.
    pub(super) fn put_states_last(&mut self) {
        self.outputs.sort_by_key(|port| port.name.ends_with("_n"));
    }

    /// The message of the graph, with the constants that an operator reads.
    pub(super) fn into_proto(self, name: &str) -> GraphProto {
        let read: HashSet<&String> = self.nodes.iter().flat_map(|node| &node.input).collect();
        let is_read = |constant: &TensorProto| read.contains(&constant.name);
        let initializer = self.constants.into_iter().filter(is_read).collect();
        GraphProto {
            node: self.nodes,
            name: name.to_owned(),
            initializer,
            input: self.inputs.iter().map(Port::to_proto).collect(),
            output: self.outputs.iter().map(Port::to_proto).collect(),
        }
    }
}
