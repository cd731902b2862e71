//! Unit of a series: the transform of its values and the inverse, as operators.

use super::graph::{Axis, Graph, Port, Tensor};
use super::proto::ElementType;
use super::values::with_axes;
use crate::transforms::{LOG_OFFSET, Preprocessing};

/// Transform of the values of a series, in its own units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Transform {
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
    /// The transform of a preprocessing; `None` without operators.
    pub(super) fn of(preprocessing: &Preprocessing) -> Option<Self> {
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
pub(super) enum Unit {
    /// Without `width` the values stay as they are; `zero` is 0 without a scaler.
    Linear {
        zero: Option<Tensor>,
        width: Option<Tensor>,
    },
    Log,
    LogOffset {
        width: Tensor,
    },
    BoxCox {
        width: Tensor,
        power: Tensor,
    },
}

const MEAN: (&str, &str) = ("width", "mean absolute value of the history, or 1 if it is 0");

impl Unit {
    /// Appends the inputs of the transform.
    pub(super) fn append(
        graph: &mut Graph,
        preprocessing: &Preprocessing,
        transform: Transform,
    ) -> Self {
        let mut input = |(name, meaning): (&str, &str)| {
            let port = Port::new(name, ElementType::Double, &[Axis::Batch], meaning);
            graph.input(port)
        };
        match (transform, preprocessing.scaler.as_deref()) {
            (Transform::Linear, None) => Self::Linear { zero: None, width: Some(input(MEAN)) },
            (Transform::Linear, Some("none")) => Self::Linear { zero: None, width: None },
            (Transform::Linear, Some(_)) => Self::Linear {
                zero: Some(input(("zero", "value of the series that is scaled to 0"))),
                width: Some(input(("width", "difference of values that is scaled to 1"))),
            },
            (Transform::Log, _) => Self::Log,
            (Transform::LogOffset, _) => Self::LogOffset { width: input(MEAN) },
            (Transform::BoxCox, _) => Self::BoxCox {
                width: input(MEAN),
                power: input(("power", "exponent of the Box-Cox transform")),
            },
        }
    }

    /// Transformed values of `y` `[T, B]`.
    pub(super) fn forward(&self, graph: &mut Graph, y: &Tensor) -> Tensor {
        match self {
            Self::Linear { zero, width } => {
                let shifted = zero.iter().fold(y.clone(), |y, zero| graph.op("Sub", &[&y, zero]));
                width.iter().fold(shifted, |y, width| graph.op("Div", &[&y, width]))
            }
            Self::Log => graph.op("Log", &[y]),
            Self::LogOffset { width } => {
                let offset = graph.scalar(LOG_OFFSET, ElementType::Double);
                let share = graph.op("Div", &[y, width]);
                let share = graph.op("Add", &[&share, &offset]);
                graph.op("Log", &[&share])
            }
            Self::BoxCox { width, power } => {
                let one = graph.scalar(1.0, ElementType::Double);
                let share = graph.op("Div", &[y, width]);
                let z = graph.op("Pow", &[&share, power]);
                let z = graph.op("Sub", &[&z, &one]);
                graph.op("Div", &[&z, power])
            }
        }
    }

    /// Values from transformed values `[T, B, …]` of this rank.
    pub(super) fn inverse(&self, graph: &mut Graph, z: &Tensor, rank: usize) -> Tensor {
        let none = graph.scalar(0.0, ElementType::Double);
        let mut beside = |input: &Tensor| with_axes(graph, input, 1, rank - 1);
        match self {
            Self::Linear { zero, width } => {
                let (zero, width) = (zero.as_ref().map(&mut beside), width.as_ref().map(beside));
                let y = width.iter().fold(z.clone(), |y, width| graph.op("Mul", &[&y, width]));
                zero.iter().fold(y, |y, zero| graph.op("Add", &[&y, zero]))
            }
            Self::Log => graph.op("Exp", &[z]),
            Self::LogOffset { width } => {
                let width = beside(width);
                let offset = graph.scalar(LOG_OFFSET, ElementType::Double);
                let share = graph.op("Exp", &[z]);
                let share = graph.op("Sub", &[&share, &offset]);
                let share = graph.op("Max", &[&share, &none]);
                graph.op("Mul", &[&share, &width])
            }
            Self::BoxCox { width, power } => {
                let (width, power) = (beside(width), beside(power));
                let one = graph.scalar(1.0, ElementType::Double);
                let scaled = graph.op("Mul", &[z, &power]);
                let base = graph.op("Add", &[&scaled, &one]);
                let base = graph.op("Max", &[&base, &none]);
                let exponent = graph.op("Div", &[&one, &power]);
                let share = graph.op("Pow", &[&base, &exponent]);
                graph.op("Mul", &[&share, &width])
            }
        }
    }

    /// `level` `[T, B]` plus the logarithm of the mean absolute value, which is 0 for a transform without one.
    pub(super) fn plus_log_width(&self, graph: &mut Graph, level: Tensor) -> Tensor {
        let width = match self {
            Self::Linear { width, .. } => width.as_ref(),
            Self::Log => None,
            Self::LogOffset { width } | Self::BoxCox { width, .. } => Some(width),
        };
        width.into_iter().fold(level, |level, width| {
            let log_width = graph.op("Log", &[width]);
            graph.op("Add", &[&level, &log_width])
        })
    }
}
