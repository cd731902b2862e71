//! One unit of a network at one time step, in numbers.

use elman_nn::cells::CellEntry;
use elman_nn::registry::Entry;
use elman_nn::{Model, Params, State};

/// A time step: its input, the states before and after it, and the gates `[L, G·H]`.
#[derive(Debug, Clone)]
pub(crate) struct TimeStep {
    pub(crate) x: f32,
    pub(crate) before: State<f32>,
    pub(crate) after: State<f32>,
    pub(crate) gates: Vec<f32>,
}

/// A gate of a unit: `value` is that of the activation function of the two parts.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct GateOfUnit {
    pub(crate) letter: &'static str,
    /// W_x x + b_ih.
    pub(crate) x_part: f32,
    /// W_h h + b_hh.
    pub(crate) h_part: f32,
    pub(crate) value: f32,
}

/// The gates of unit `unit` of layer `layer` at a time step; for a cell without named gates, its hidden state.
pub(crate) fn gates_of_unit(
    model: &Model<f32>,
    params: &Params<f32>,
    step: &TimeStep,
    layer: usize,
    unit: usize,
) -> Vec<GateOfUnit> {
    let cell = CellEntry::<f32>::find(&model.config().cell).expect("the cell of a model");
    let hidden = model.config().hidden_size;
    let row = |state: &'_ State<f32>, layer: usize| {
        state.tensor("h").expect("every cell has h")[layer * hidden..][..hidden].to_vec()
    };
    let x = if layer == 0 { vec![step.x] } else { row(&step.after, layer - 1) };
    let before = row(&step.before, layer);
    let part = |name: &str, gate: usize, input: &[f32]| {
        let get = |kind: &str| {
            let name = format!("rnn.{kind}_{name}_l{layer}");
            params.get(params.find(&name).expect("a weight and a bias a layer"))
        };
        let at = gate * hidden + unit;
        let weights = &get("weight")[at * input.len()..][..input.len()];
        get("bias")[at] + weights.iter().zip(input).map(|(w, x)| w * x).sum::<f32>()
    };
    let gates = (0..cell.gates).map(|gate| {
        let (letter, value) = match cell.named_gates.get(gate) {
            Some(named) => (named.letter, step.gates[(layer * cell.gates + gate) * hidden + unit]),
            None => ("h'", row(&step.after, layer)[unit]),
        };
        let (x_part, h_part) = (part("ih", gate, &x), part("hh", gate, &before));
        GateOfUnit { letter, x_part, h_part, value }
    });
    gates.collect()
}
