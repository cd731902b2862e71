//! The recurrent layers of a network: dilated, residual, with the hidden state as input and output of the graph.

use elman_nn::cells::CellEntry;

use super::cells::{self, Operator};
use super::graph::{Axis, Graph, Port, Tensor};
use super::proto::ElementType;
use crate::error::Result;
use crate::export::network::Network;
use crate::export::weights::weight;

/// The recurrent layers of a network, with their weights in the graph.
struct Layers<'a> {
    network: &'a Network<'a>,
    operator: Operator,
    cell: &'static CellEntry<f32>,
    /// Hidden states before the window, `[L, B, H]` each.
    before: Vec<Tensor>,
    /// Hidden states after the window: for each name the rows of each layer.
    after: Vec<Vec<Tensor>>,
}

/// Appends the recurrent layers: from `x` `[T, B, I]` to the outputs `[T, B, H]` of the last layer. The states `[L, B, H]`
/// become inputs `h_0` and outputs `h_n` of the graph, for an LSTM `c_0` and `c_n`, too.
pub(super) fn append(graph: &mut Graph, network: &Network<'_>, x: Tensor) -> Result<Tensor> {
    let (operator, cell) =
        (Operator::of(&network.config.cell)?, cells::entry(&network.config.cell)?);
    let rows = network.config.depths().sum();
    let shape = [Axis::Size(rows), Axis::Batch, Axis::Size(network.config.hidden_size)];
    let state = |name: &str, meaning: String| Port::new(name, ElementType::Float, &shape, &meaning);
    let before = cell.states.iter().map(|name| {
        let meaning = format!("state {name} before the window; zeros at the start of a series");
        graph.input(state(&format!("{name}_0"), meaning))
    });
    let before: Vec<Tensor> = before.collect();
    let after = vec![Vec::new(); before.len()];
    let mut layers = Layers { network, operator, cell, before, after };
    let mut y = x;
    let mut first = 0;
    for (layer, depth) in network.config.depths().enumerate() {
        let output = layers.layer(graph, layer, first, depth, &y)?;
        let is_residual = network.config.residual && layer > 0;
        y = if is_residual { graph.op("Add", &[&y, &output]) } else { output };
        first += depth;
    }
    for (name, rows) in cell.states.iter().zip(&layers.after) {
        let all = graph.concat(&rows.iter().collect::<Vec<_>>(), 0);
        let meaning = format!("state {name} after the window: `{name}_0` of the next one");
        graph.output(&all, state(&format!("{name}_n"), meaning));
    }
    Ok(y)
}

impl Layers<'_> {
    /// Appends layer number `layer`, whose state has `depth` rows from row `first` on.
    fn layer(
        &mut self,
        graph: &mut Graph,
        layer: usize,
        first: usize,
        depth: usize,
        x: &Tensor,
    ) -> Result<Tensor> {
        let [from, to] = [first, first + depth].map(|row| row as i64);
        let before: Vec<Tensor> =
            self.before.iter().map(|state| graph.slice(state, 0, from, to)).collect();
        let weights = self.weights(graph, layer)?;
        let (y, after) = match depth {
            1 => self.plain(graph, &weights, x, &before),
            _ => self.dilated(graph, &weights, x, &before, depth),
        };
        self.after.iter_mut().zip(after).for_each(|(rows, state)| rows.push(state));
        Ok(y)
    }

    /// W `[1, G·H, I]`, R `[1, G·H, H]` and B `[1, 2·G·H]` of a layer, with their gates in the order of ONNX.
    fn weights(&self, graph: &mut Graph, layer: usize) -> Result<[Tensor; 3]> {
        let reordered = |name: &str| -> Result<(&[usize], Vec<f32>)> {
            let name = format!("rnn.{name}_l{layer}");
            let (shape, values) = weight(self.network.params, &name)?;
            Ok((shape, self.operator.reordered(self.cell, values)))
        };
        let mut matrix = |name: &str, letter: &str| -> Result<Tensor> {
            let (shape, values) = reordered(name)?;
            let shape = [1, shape[0], shape[1]];
            Ok(graph.floats(&format!("rnn.{letter}_l{layer}"), &shape, &values))
        };
        let (w, r) = (matrix("weight_ih", "W")?, matrix("weight_hh", "R")?);
        let biases = [reordered("bias_ih")?.1, reordered("bias_hh")?.1].concat();
        Ok([w, r, graph.floats(&format!("rnn.B_l{layer}"), &[1, biases.len()], &biases)])
    }

    /// Appends the operator: outputs `[T, 1, B, H]`, and the states `[1, B, H]` after the last time step. `lengths` has the
    /// number of time steps of each lane, if they differ.
    fn operator(
        &self,
        graph: &mut Graph,
        [w, r, b]: &[Tensor; 3],
        x: &Tensor,
        lengths: Option<&Tensor>,
        before: &[Tensor],
    ) -> (Tensor, Vec<Tensor>) {
        let none = Tensor(String::new());
        let mut inputs = vec![x, w, r, b, lengths.unwrap_or(&none)];
        inputs.extend(before);
        let attributes = self.operator.attributes(self.network.config.hidden_size);
        let op_type = self.operator.op_type;
        match before.len() {
            1 => {
                let [y, h] = graph.ops(op_type, &inputs, &attributes);
                (y, vec![h])
            }
            _ => {
                let [y, h, c] = graph.ops(op_type, &inputs, &attributes);
                (y, vec![h, c])
            }
        }
    }

    fn plain(
        &self,
        graph: &mut Graph,
        weights: &[Tensor; 3],
        x: &Tensor,
        before: &[Tensor],
    ) -> (Tensor, Vec<Tensor>) {
        let (y, after) = self.operator(graph, weights, x, None, before);
        let directions = graph.ints(&[1]);
        (graph.op("Squeeze", &[&y, &directions]), after)
    }

    /// A layer with dilation d: the d phases of a cycle are lanes of their own, as in `elman_nn::layers::Dilated`. The last
    /// cycle is padded; its lanes without a time step keep their state. The rows of the state are rotated by the time steps of
    /// the last cycle, so that the next window continues from the first row.
    fn dilated(
        &self,
        graph: &mut Graph,
        weights: &[Tensor; 3],
        x: &Tensor,
        before: &[Tensor],
        dilation: usize,
    ) -> (Tensor, Vec<Tensor>) {
        let hidden = graph.ints(&[self.network.config.hidden_size as i64]);
        let (one, inputs) = (graph.ints(&[1]), graph.size(x, 2));
        let cycles = Cycles::of(graph, x, dilation);
        let padded = cycles.padded(graph, x);
        let shape = graph.concat(&[&cycles.count, &cycles.lanes, &inputs], 0);
        let lanes_of_x = graph.op("Reshape", &[&padded, &shape]);
        let shape = graph.concat(&[&one, &cycles.lanes, &hidden], 0);
        let before: Vec<Tensor> =
            before.iter().map(|state| graph.op("Reshape", &[state, &shape])).collect();
        let lengths = cycles.lengths(graph);
        // A lane without a time step runs over one of padding: not every runtime accepts a length of 0.
        let at_least_one = graph.op("Max", &[&lengths, &one]);
        let at_least_one = graph.cast(&at_least_one, ElementType::Int32);
        let (y, after) = self.operator(graph, weights, &lanes_of_x, Some(&at_least_one), &before);
        let shape = graph.concat(&[&cycles.padded_steps, &cycles.batch, &hidden], 0);
        let y = graph.op("Reshape", &[&y, &shape]);
        let (start, axis) = (graph.ints(&[0]), graph.ints(&[0]));
        let y = graph.op("Slice", &[&y, &start, &cycles.steps, &axis]);
        let zero = graph.ints(&[0]);
        let is_unused = graph.op("Equal", &[&lengths, &zero]);
        let to_rows = graph.ints(&[1, -1, 1]);
        let is_unused = graph.op("Reshape", &[&is_unused, &to_rows]);
        let shape = graph.concat(&[&cycles.dilation, &cycles.batch, &hidden], 0);
        let after = after.iter().zip(&before).map(|(after, before)| {
            let state = graph.op("Where", &[&is_unused, before, after]);
            let rows = graph.op("Reshape", &[&state, &shape]);
            cycles.rotated(graph, &rows)
        });
        let after = after.collect();
        (y, after)
    }
}

/// The cycles of a window, as tensors of one number each.
struct Cycles {
    /// T.
    steps: Tensor,
    /// B.
    batch: Tensor,
    dilation: Tensor,
    size: usize,
    /// Number of cycles, with the last one, which may be incomplete.
    count: Tensor,
    /// Time steps of all cycles.
    padded_steps: Tensor,
    /// d·B.
    lanes: Tensor,
}

impl Cycles {
    fn of(graph: &mut Graph, x: &Tensor, dilation: usize) -> Self {
        let (steps, batch) = (graph.size(x, 0), graph.size(x, 1));
        let (size, dilation) = (dilation, graph.ints(&[dilation as i64]));
        let rounding = graph.ints(&[size as i64 - 1]);
        let rounded = graph.op("Add", &[&steps, &rounding]);
        let count = graph.op("Div", &[&rounded, &dilation]);
        let padded_steps = graph.op("Mul", &[&count, &dilation]);
        let lanes = graph.op("Mul", &[&dilation, &batch]);
        Self { steps, batch, dilation, size, count, padded_steps, lanes }
    }

    /// `x` `[T, B, I]` with zeros after the last time step, to whole cycles.
    fn padded(&self, graph: &mut Graph, x: &Tensor) -> Tensor {
        let missing = graph.op("Sub", &[&self.padded_steps, &self.steps]);
        let (before, after) = (graph.ints(&[0, 0, 0]), graph.ints(&[0, 0]));
        let pads = graph.concat(&[&before, &missing, &after], 0);
        graph.op("Pad", &[x, &pads])
    }

    /// The number of time steps `[d·B]` of each lane: (T + d - 1 - phase) / d.
    fn lengths(&self, graph: &mut Graph) -> Tensor {
        let later: Vec<i64> = (0..self.size as i64).rev().collect();
        let later = graph.ints(&later);
        let steps = graph.op("Add", &[&self.steps, &later]);
        let lengths = graph.op("Div", &[&steps, &self.dilation]);
        let column = graph.ints(&[-1, 1]);
        let lengths = graph.op("Reshape", &[&lengths, &column]);
        let shape = graph.concat(&[&self.dilation, &self.batch], 0);
        let lengths = graph.op("Expand", &[&lengths, &shape]);
        graph.op("Reshape", &[&lengths, &self.lanes])
    }

    /// The rows of a state `[d, B, H]`, rotated so that the oldest is the first.
    fn rotated(&self, graph: &mut Graph, rows: &Tensor) -> Tensor {
        let turn = graph.op("Mod", &[&self.steps, &self.dilation]);
        let end = graph.op("Add", &[&turn, &self.dilation]);
        let twice = graph.concat(&[rows, rows], 0);
        let axis = graph.ints(&[0]);
        graph.op("Slice", &[&twice, &turn, &end, &axis])
    }
}
