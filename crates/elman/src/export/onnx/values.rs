//! The preprocessing of a series inside the graph: from its values to rows of features, and from outputs to forecasts.
//!
//! The graph computes as `crate::features` and `crate::transforms::normalizer` do, in double precision up to the features. Unit
//! and scaler of a series are inputs; the last values, the first value, the sum of the absolute differences and the number of
//! values so far are states, which are inputs and outputs like the hidden state.

use super::graph::{Axis, Graph, Port, Tensor};
use super::proto::ElementType;
use super::unit::{Transform, Unit};
use super::window::{Window, magnitude};
use crate::features::FLOOR;
use crate::models::rnn::RnnConfig;
use crate::transforms::Preprocessing;
use crate::transforms::normalizer::{MIN_MAGNITUDE, is_relative};

/// Most values of a moving level, and most lags, of a preprocessing in the graph: each is a few operators.
const MAX_WINDOW: usize = 512;

/// The transform of a preprocessing that can be part of the graph, or the reason why it cannot.
pub(super) fn transform_inside(settings: &RnnConfig) -> Result<Transform, String> {
    let Preprocessing { deseasonalize, lags, local_level, .. } = settings.preprocessing;
    let counts = settings.output.is_of_counts();
    let reasons = [
        (deseasonalize && !settings.seasons.is_empty(), "the season is fitted to each series"),
        (
            settings.preprocessing.seasonal_features,
            "the seasonal features are fitted to each series",
        ),
        (settings.preprocessing.use_covariates, "the covariates are scaled for each series"),
        (lags.max(local_level) > MAX_WINDOW, "it reads more than 512 values at each time step"),
        (counts && settings.preprocessing.scaler.is_some(), "counts have a scaler"),
    ];
    match reasons.iter().find(|(applies, _)| *applies) {
        Some((_, reason)) => Err((*reason).to_owned()),
        None => Transform::of(&settings.preprocessing)
            .ok_or_else(|| "its transform has no operators in ONNX".to_owned()),
    }
}

/// The series in the graph, at all time steps of the window.
pub(super) struct Values<'a> {
    settings: &'a RnnConfig,
    unit: Unit,
    /// Level `[T, B]` that is subtracted, in single precision; `None` without differences.
    level: Option<Tensor>,
    /// Typical difference `[T, B]`, in single precision; `None` if values are not divided by it.
    step: Option<Tensor>,
    /// Whether all values of a series are above 0, `[B]`: then its forecasts are, too.
    positive: Option<Tensor>,
}

impl<'a> Values<'a> {
    /// Appends the preprocessing; returns the rows of features `[T, B, I]`, too.
    pub(super) fn append(
        graph: &mut Graph,
        settings: &'a RnnConfig,
        transform: Transform,
    ) -> (Self, Tensor) {
        let preprocessing = &settings.preprocessing;
        let meaning = "values of each series; in place of a missing value the one before";
        let shape = [Axis::Time, Axis::Batch];
        let y = graph.input(Port::new("y", ElementType::Double, &shape, meaning));
        let unit = Unit::append(graph, preprocessing, transform);
        let has_floor = preprocessing.transform.is_linear
            && !preprocessing.no_floor
            && preprocessing.scaler.is_none();
        let positive = has_floor.then(|| {
            let meaning =
                "whether all values of the history are above 0, so that forecasts are, too";
            graph.input(Port::new("positive", ElementType::Bool, &[Axis::Batch], meaning))
        });
        let z = unit.forward(graph, &y);
        let window = Window::append(graph, preprocessing, z);
        let level = window.level(graph, preprocessing.local_level);
        let differences = preprocessing.differences > 0;
        let relative = is_relative(preprocessing);
        let step = window.step(graph, &level, relative);
        let level = differences.then(|| graph.cast(&level, ElementType::Float));
        let values = Self { settings, unit, level, step, positive };
        let rows = values.rows(graph, &window);
        window.export(graph);
        (values, rows)
    }

    /// The features: lags, logarithm of the typical difference, for counts the logarithm of the level.
    fn rows(&self, graph: &mut Graph, window: &Window) -> Tensor {
        let preprocessing = &self.settings.preprocessing;
        let mut features = Vec::new();
        for back in (0..preprocessing.lags).rev() {
            let value = window.lag(graph, back);
            let mut value = graph.cast(&value, ElementType::Float);
            if let Some(level) = &self.level {
                value = graph.op("Sub", &[&value, level]);
            }
            if let Some(step) = &self.step {
                value = graph.op("Div", &[&value, step]);
            }
            features.push(value);
        }
        if let Some(step) = &self.step {
            features.push(self.log_step(graph, step));
        }
        if self.settings.output.is_of_counts() {
            let offset = self.log_level(graph, window);
            features.extend(std::iter::repeat_n(offset, self.settings.horizon));
        }
        let axis = graph.ints(&[2]);
        let columns: Vec<Tensor> =
            features.iter().map(|value| graph.op("Unsqueeze", &[value, &axis])).collect();
        graph.concat(&columns.iter().collect::<Vec<_>>(), 2)
    }

    /// ln (step / u), where u is the level, or a tenth near 0, for relative differences, and otherwise 1.
    fn log_step(&self, graph: &mut Graph, step: &Tensor) -> Tensor {
        let log_step = graph.op("Log", &[step]);
        if !is_relative(&self.settings.preprocessing) {
            return log_step;
        }
        let least = graph.scalar(f64::from(MIN_MAGNITUDE), ElementType::Float);
        let unit = match &self.level {
            Some(level) => magnitude(graph, level, &least),
            None => least,
        };
        let log_unit = graph.op("Log", &[&unit]);
        graph.op("Sub", &[&log_step, &log_unit])
    }

    /// Logarithm of the level of counts, in their own units.
    fn log_level(&self, graph: &mut Graph, window: &Window) -> Tensor {
        let level = match &self.level {
            Some(level) => graph.cast(level, ElementType::Double),
            None => {
                let zero = graph.scalar(0.0, ElementType::Double);
                graph.op("Mul", &[&window.z, &zero])
            }
        };
        let level = self.unit.plus_log_width(graph, level);
        graph.cast(&level, ElementType::Float)
    }

    /// Values of the series `[T, B, h]` or `[T, B, h, Q]`, in double precision, from outputs of the same shape.
    pub(super) fn inverse(&self, graph: &mut Graph, outputs: &Tensor, rank: usize) -> Tensor {
        let transform = self.settings.preprocessing.transform;
        let mut x = graph.cast(outputs, ElementType::Double);
        if let Some(step) = &self.step {
            let step = self.beside(graph, step, rank);
            x = graph.op("Mul", &[&x, &step]);
        }
        if transform.furthest.is_finite() {
            let [low, high] = [-transform.furthest, transform.furthest]
                .map(|limit| graph.scalar(limit, ElementType::Double));
            x = graph.op("Clip", &[&x, &low, &high]);
        }
        if let Some(level) = &self.level {
            let level = self.beside(graph, level, rank);
            x = graph.op("Add", &[&x, &level]);
            if let Some(positive) = &self.positive {
                let share = graph.scalar(FLOOR, ElementType::Double);
                let least = graph.op("Mul", &[&level, &share]);
                x = above(graph, &x, &least, positive, rank);
            }
        } else if let Some(positive) = &self.positive {
            let least = graph.scalar(0.0, ElementType::Double);
            x = above(graph, &x, &least, positive, rank);
        }
        self.unit.inverse(graph, &x, rank)
    }

    /// A tensor `[T, B]` in double precision, with axes of size 1 up to `rank`.
    fn beside(&self, graph: &mut Graph, tensor: &Tensor, rank: usize) -> Tensor {
        let tensor = graph.cast(tensor, ElementType::Double);
        with_axes(graph, &tensor, 2, rank)
    }
}

/// `tensor` of rank `from`, with axes of size 1 at its end up to rank `to`.
pub(super) fn with_axes(graph: &mut Graph, tensor: &Tensor, from: usize, to: usize) -> Tensor {
    let axes: Vec<i64> = (from as i64..to as i64).collect();
    let axes = graph.ints(&axes);
    graph.op("Unsqueeze", &[tensor, &axes])
}

/// `x`, but at least `least` in the series whose values are all above 0.
fn above(graph: &mut Graph, x: &Tensor, least: &Tensor, positive: &Tensor, rank: usize) -> Tensor {
    let limited = graph.op("Max", &[x, least]);
    let positive = with_axes(graph, positive, 1, rank - 1);
    graph.op("Where", &[&positive, &limited, x])
}
