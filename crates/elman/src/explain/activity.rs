//! Activity of the units: hidden state and gates over time, their saturation, and units that never move.

use elman_nn::Error;
use elman_nn::cells::CellEntry;
use elman_nn::registry::Entry;
use elman_nn::trace::LayerTrace;
use serde::{Serialize, Serializer};

/// A value is near an end of its range if it is within this share of the range.
pub(super) const NEAR: f64 = 0.05;
/// A serialized value has six decimals: single precision has no more near 1.
const DECIMALS: f64 = 1e6;
/// A unit never moves if its values differ by less than this share of the range.
pub(super) const UNMOVED: f64 = 0.01;

/// A row of H values for each time step.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rows {
    /// Number of values in a row.
    pub hidden_size: usize,
    /// Values `[T, H]`.
    pub values: Vec<f32>,
}

impl Rows {
    /// The rows, one for each time step.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &[f32]> {
        self.values.chunks(self.hidden_size.max(1))
    }

    /// Values of unit `unit`, counted from 0, over time.
    pub fn unit(&self, unit: usize) -> impl Iterator<Item = f64> + Clone {
        self.values.iter().skip(unit).step_by(self.hidden_size.max(1)).copied().map(f64::from)
    }
}

impl Serialize for Rows {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let rounded = |row: &[f32]| -> Vec<f64> {
            row.iter().map(|v| (f64::from(*v) * DECIMALS).round() / DECIMALS).collect()
        };
        serializer.collect_seq(self.iter().map(rounded))
    }
}

/// A state or a gate of one layer over time.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Activity {
    /// Letter in the equations: `h`, `f`.
    pub letter: &'static str,
    /// Name in the literature.
    pub name: &'static str,
    /// Lowest and highest value: of the activation function; of a hidden state without limits, the highest that was seen.
    pub range: [f64; 2],
    /// Mean.
    pub mean: f64,
    /// Share of the values within 5 % of the range of its lower end.
    pub low: f64,
    /// Share of the values within 5 % of the range of its upper end.
    pub high: f64,
    /// Units that never move, from 1: their values differ by less than 1 % of the range.
    pub unmoved: Vec<usize>,
    /// Values of each unit at each time step.
    pub values: Rows,
}

/// Hidden state and gates of one layer over time.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LayerActivity {
    /// Number of the layer, from 1.
    pub layer: usize,
    /// Hidden state.
    pub hidden: Activity,
    /// Gates, in the order of the weights; none for a cell without gates.
    pub gates: Vec<Activity>,
}

impl LayerActivity {
    /// Activity of layer `number`, counted from 0, of a network with this cell and hidden size.
    pub(super) fn of(
        cell: &str,
        hidden_size: usize,
        number: usize,
        trace: LayerTrace<f32>,
    ) -> Result<Self, Error> {
        let cell = CellEntry::<f32>::find(cell)?;
        let rows = |values: Vec<f32>| Rows { hidden_size, values };
        let hidden = rows(trace.states.into_iter().next().unwrap_or_default());
        let highest = hidden.values.iter().copied().fold(0.0, f32::max);
        let range = cell.hidden_range.map(|end| end.min(f64::from(highest.max(1e-30))));
        let range = if cell.hidden_range[1].is_finite() { cell.hidden_range } else { range };
        let gates = cell.named_gates.iter().zip(trace.gates);
        let gates = gates
            .map(|(gate, values)| Activity::of(gate.letter, gate.name, gate.range, rows(values)));
        Ok(Self {
            layer: number + 1,
            gates: gates.collect(),
            hidden: Activity::of("h", "hidden state", range, hidden),
        })
    }
}

impl Activity {
    fn of(letter: &'static str, name: &'static str, range: [f64; 2], values: Rows) -> Self {
        let [low, high] = range;
        let width = high - low;
        let all = || values.values.iter().copied().map(f64::from);
        let n = values.values.len().max(1) as f64;
        let share =
            |is_near: &dyn Fn(f64) -> bool| all().filter(|v| is_near(*v)).count() as f64 / n;
        let moves = |unit: &usize| {
            let values = values.unit(unit - 1);
            let least = values.clone().fold(f64::INFINITY, f64::min);
            values.fold(f64::NEG_INFINITY, f64::max) - least >= UNMOVED * width
        };
        Self {
            letter,
            name,
            range,
            mean: all().sum::<f64>() / n,
            low: share(&|v| v < low + NEAR * width),
            high: share(&|v| v > high - NEAR * width),
            unmoved: (1..=values.hidden_size).filter(|unit| !moves(unit)).collect(),
            values,
        }
    }

    /// Share of the values near one of the ends.
    pub fn saturated(&self) -> f64 {
        self.low + self.high
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn saturation_and_units_that_never_move_are_counted() {
        // Three units in four time steps: near 1, in between, near 0 once.
        let values = vec![0.99, 0.5, 0.01, 0.96, 0.6, 0.5, 0.98, 0.5, 0.5, 0.985, 0.4, 0.5];
        let gate = Activity::of("f", "forget gate", [0.0, 1.0], Rows { hidden_size: 3, values });
        assert_eq!((gate.low, gate.high), (1.0 / 12.0, 4.0 / 12.0));
        assert!(gate.unmoved.is_empty());
        let values = vec![0.5, 0.1, 0.5, 0.9, 0.505, 0.1];
        let hidden =
            Activity::of("h", "hidden state", [-1.0, 1.0], Rows { hidden_size: 2, values });
        assert_eq!(hidden.unmoved, [1]);
        // 0.9 is not within 5 % of a range of 2 of its end.
        assert_eq!(hidden.saturated(), 0.0);
    }

    #[test]
    fn the_range_of_a_hidden_state_without_limits_is_that_of_its_values() {
        let trace = LayerTrace { states: vec![vec![0.0, 4.0, 0.0, 1.0]], gates: Vec::new() };
        let layer = LayerActivity::of("rnn_relu", 2, 0, trace).unwrap();
        assert_eq!(layer.hidden.range, [0.0, 4.0]);
        assert_eq!(layer.hidden.unmoved, [1]);
        assert_eq!((layer.hidden.low, layer.hidden.high), (0.5, 0.25));
    }
}
