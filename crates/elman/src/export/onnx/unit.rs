//! Unit of a series: the transform of its values and the inverse, as operators.

use super::graph::{Axis, Graph, Port, Tensor};
use super::proto::ElementType;
use super::values::with_axes;
use crate::transforms::{LOG_OFFSET, Preprocessing};

/// Transform of the values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Transform {
    /// z = (y - zero) / width
    Linear,
    /// z = ln y
    Log,
    /// z = ln (y / width + 0.1)
    LogOffset,
    /// z = ((y / width)^power - 1) / power
    BoxCox,
}

impl Transform {
    fn of(preprocessing: &Preprocessing) -> Option<Self> {
        match preprocessing.transform.name {
            _ if preprocessing.transform.is_linear => Some(Self::Linear),
            "log" => Some(Self::Log),
            "log_offset" => Some(Self::LogOffset),
            "box_cox" => Some(Self::BoxCox),
            _ => None,
        }
    }
}

/// Transform of the series of a batch, with the inputs `[B]` of the graph that it reads.
#[derive(Debug, Clone)]
pub(super) struct Unit {
    transform: Transform,
    zero: Option<Tensor>,
    width: Option<Tensor>,
    power: Option<Tensor>,
}

impl Unit {
    /// Whether the transform has operators.
    pub(super) fn is_known(preprocessing: &Preprocessing) -> bool {
        Transform::of(preprocessing).is_some()
    }

    /// Appends the inputs of the transform.
    pub(super) fn append(graph: &mut Graph, preprocessing: &Preprocessing) -> Self {
        let transform = Transform::of(preprocessing).unwrap_or(Transform::Linear);
        let scaler = preprocessing.scaler.as_deref().filter(|_| transform == Transform::Linear);
        let mut input = |name: &str, is_needed: bool, meaning: &str| {
            let port = Port::new(name, ElementType::Double, &[Axis::Batch], meaning);
            is_needed.then(|| graph.input(port))
        };
        let is_scaled = scaler.is_some_and(|name| name != "none");
        let has_mean = scaler.is_none() && transform != Transform::Log;
        Self {
            transform,
            zero: input("zero", is_scaled, "value of the series that is scaled to 0"),
            width: match is_scaled {
                true => input("width", true, "difference of values that is scaled to 1"),
                false => {
                    input("width", has_mean, "mean absolute value of the history, or 1 if it is 0")
                }
            },
            power: input(
                "power",
                transform == Transform::BoxCox,
                "exponent of the Box-Cox transform",
            ),
        }
    }

    /// Transformed values of `y` `[T, B]`.
    pub(super) fn forward(&self, graph: &mut Graph, y: &Tensor) -> Tensor {
        let mut z = y.clone();
        if let Some(zero) = &self.zero {
            z = graph.op("Sub", &[&z, zero]);
        }
        if let Some(width) = &self.width {
            z = graph.op("Div", &[&z, width]);
        }
        match (self.transform, &self.power) {
            (Transform::Log, _) => graph.op("Log", &[&z]),
            (Transform::LogOffset, _) => {
                let offset = graph.scalar(LOG_OFFSET, ElementType::Double);
                let z = graph.op("Add", &[&z, &offset]);
                graph.op("Log", &[&z])
            }
            (Transform::BoxCox, Some(power)) => {
                let one = graph.scalar(1.0, ElementType::Double);
                let z = graph.op("Pow", &[&z, power]);
                let z = graph.op("Sub", &[&z, &one]);
                graph.op("Div", &[&z, power])
            }
            _ => z,
        }
    }

    /// Values from transformed values `[T, B, …]` of this rank.
    pub(super) fn inverse(&self, graph: &mut Graph, z: &Tensor, rank: usize) -> Tensor {
        let mut beside = |input: &Option<Tensor>| {
            input.as_ref().map(|input| with_axes(graph, input, 1, rank - 1))
        };
        let [zero, width, power] = [&self.zero, &self.width, &self.power].map(&mut beside);
        let none = graph.scalar(0.0, ElementType::Double);
        let mut y = match (self.transform, power) {
            (Transform::Log, _) => graph.op("Exp", &[z]),
            (Transform::LogOffset, _) => {
                let offset = graph.scalar(LOG_OFFSET, ElementType::Double);
                let share = graph.op("Exp", &[z]);
                let share = graph.op("Sub", &[&share, &offset]);
                graph.op("Max", &[&share, &none])
            }
            (Transform::BoxCox, Some(power)) => {
                let one = graph.scalar(1.0, ElementType::Double);
                let scaled = graph.op("Mul", &[z, &power]);
                let base = graph.op("Add", &[&scaled, &one]);
                let base = graph.op("Max", &[&base, &none]);
                let inverse = graph.op("Div", &[&one, &power]);
                graph.op("Pow", &[&base, &inverse])
            }
            _ => z.clone(),
        };
        if let Some(width) = &width {
            y = graph.op("Mul", &[&y, width]);
        }
        match &zero {
            Some(zero) => graph.op("Add", &[&y, zero]),
            None => y,
        }
    }

    /// `level` `[T, B]` plus the logarithm of the mean absolute value, which is 0 for a transform without one.
    pub(super) fn plus_log_width(&self, graph: &mut Graph, level: Tensor) -> Tensor {
        match &self.width {
            Some(width) => {
                let log_width = graph.op("Log", &[width]);
                graph.op("Add", &[&level, &log_width])
            }
            None => level,
        }
    }
}
