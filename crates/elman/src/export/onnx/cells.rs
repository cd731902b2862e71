//! Cells as operators of ONNX, and the order of their gates.
//!
//! | cell | operator | gates here, as in PyTorch | gates in ONNX |
//! |---|---|---|---|
//! | rnn, rnn_relu | RNN | | |
//! | gru | GRU with `linear_before_reset` | r, z, n | z, r, h |
//! | lstm | LSTM | i, f, g, o | i, o, f, c |
//!
//! <https://onnx.ai/onnx/operators/onnx__LSTM.html>; ONNX calls the candidate h or c.

use elman_nn::cells::CellEntry;
use elman_nn::registry::Entry;

use super::proto::AttributeProto;
use crate::error::Result;
use crate::export::weights::refused;

/// A cell as an operator.
#[derive(Debug, Clone, Copy)]
pub(super) struct Operator {
    pub(super) op_type: &'static str,
    /// The gates in the order of ONNX, by their letters in this crate; empty for one gate.
    pub(super) gates: &'static [&'static str],
    /// The activation function, where the operator has another by default.
    activation: Option<&'static str>,
    /// Whether the reset gate multiplies the h-part after its product with the weights.
    linear_before_reset: bool,
}

impl Operator {
    const RNN: Self =
        Self { op_type: "RNN", gates: &[], activation: None, linear_before_reset: false };

    /// The operator of a cell.
    ///
    /// # Errors
    /// A cell that ONNX has no operator for.
    pub(super) fn of(cell: &str) -> Result<Self> {
        match cell {
            "rnn" => Ok(Self::RNN),
            "rnn_relu" => Ok(Self { activation: Some("Relu"), ..Self::RNN }),
            "gru" => Ok(Self {
                op_type: "GRU",
                gates: &["z", "r", "n"],
                activation: None,
                linear_before_reset: true,
            }),
            "lstm" => Ok(Self { op_type: "LSTM", gates: &["i", "o", "f", "g"], ..Self::RNN }),
            _ => Err(refused(
                format!("ONNX has no operator for the cell `{cell}`"),
                "use the model file: `elman forecast MODEL`",
            )),
        }
    }

    /// The attributes of the operator for this hidden size.
    pub(super) fn attributes(self, hidden: usize) -> Vec<AttributeProto> {
        let mut attributes = vec![AttributeProto::int("hidden_size", hidden as i64)];
        attributes.extend(self.activation.map(|f| AttributeProto::strings("activations", &[f])));
        if self.linear_before_reset {
            attributes.push(AttributeProto::int("linear_before_reset", 1));
        }
        attributes
    }

    /// The values `[G·H, …]` of a weight or bias with its gates in the order of ONNX.
    pub(super) fn reordered(self, cell: &CellEntry<f32>, values: &[f32]) -> Vec<f32> {
        if self.gates.is_empty() {
            return values.to_vec();
        }
        let size = values.len() / cell.gates;
        let place = |letter: &&str| cell.named_gates.iter().position(|gate| gate.letter == *letter);
        let gates = self.gates.iter().filter_map(place);
        gates.flat_map(|gate| values[gate * size..(gate + 1) * size].iter().copied()).collect()
    }

    /// The order of the gates in the model file and in the graph, for the metadata.
    pub(super) fn gate_order(self, cell: &CellEntry<f32>) -> serde_json::Value {
        let ours: Vec<&str> = cell.named_gates.iter().map(|gate| gate.letter).collect();
        serde_json::json!({ "model_file": ours, "onnx": self.gates })
    }
}

/// The registry entry of a cell.
///
/// # Errors
/// An unknown name.
pub(super) fn entry(cell: &str) -> Result<&'static CellEntry<f32>> {
    Ok(CellEntry::find(cell)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cell_of_the_registry_has_an_operator_with_all_of_its_gates() {
        for cell in CellEntry::<f32>::ALL {
            let operator = Operator::of(cell.name()).unwrap();
            let rows: Vec<f32> = (0..2 * cell.gates).map(|row| row as f32).collect();
            let mut reordered = operator.reordered(cell, &rows);
            reordered.sort_by(f32::total_cmp);
            assert_eq!(reordered, rows, "{}", cell.name());
        }
        assert!(Operator::of("min_gru").is_err());
    }

    #[test]
    fn gates_are_in_the_order_of_onnx() {
        let rows = |cell: &str, values: &[f32]| {
            Operator::of(cell).unwrap().reordered(entry(cell).unwrap(), values)
        };
        // Two units a gate: i 0 1, f 2 3, g 4 5, o 6 7.
        let lstm = rows("lstm", &[0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]);
        assert_eq!(lstm, [0.0, 1.0, 6.0, 7.0, 2.0, 3.0, 4.0, 5.0]);
        assert_eq!(rows("gru", &[0.0, 1.0, 2.0]), [1.0, 0.0, 2.0]);
        assert_eq!(rows("rnn", &[3.0, 4.0]), [3.0, 4.0]);
    }
}
