//! The preprocessing of a series inside the graph: from its values to rows of features, and from outputs to forecasts.
//!
//! The graph computes as `crate::features` and `crate::transforms::normalizer` do, in double precision up to the features. Unit
//! and scaler of a series are inputs; the last values, the first value, the sum of the absolute differences and the number of
//! values so far are states, which are inputs and outputs like the hidden state.

use super::graph::{Axis, Graph, Port, Tensor};
use super::proto::ElementType;
use super::unit::Unit;
use crate::features::FLOOR;
use crate::models::rnn::RnnConfig;
use crate::transforms::Preprocessing;
use crate::transforms::normalizer::{
    MIN_MAGNITUDE, MIN_STEP, PRIOR_STEP, PRIOR_WEIGHT, is_relative,
};

/// Most values of a moving level, and most lags, of a preprocessing in the graph: each is a few operators.
const MAX_WINDOW: usize = 512;

/// End of an axis.
const END: i64 = i64::MAX;

/// The reason why the preprocessing cannot be part of the graph, if there is one.
pub(super) fn reason_outside(settings: &RnnConfig) -> Option<String> {
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
        (!Unit::is_known(&settings.preprocessing), "its transform has no operators in ONNX"),
    ];
    let found = reasons.iter().find(|(applies, _)| *applies);
    found.map(|(_, reason)| (*reason).to_owned())
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
    pub(super) fn append(graph: &mut Graph, settings: &'a RnnConfig) -> (Self, Tensor) {
        let preprocessing = &settings.preprocessing;
        let meaning = "values of each series; in place of a missing value the one before";
        let shape = [Axis::Time, Axis::Batch];
        let y = graph.input(Port::new("y", ElementType::Double, &shape, meaning));
        let unit = Unit::append(graph, preprocessing);
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
        let step = preprocessing.diff_normalized.then(|| window.step(graph, &level, relative));
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

/// max(|level|, least).
fn magnitude(graph: &mut Graph, level: &Tensor, least: &Tensor) -> Tensor {
    let size = graph.op("Abs", &[level]);
    graph.op("Max", &[&size, least])
}

/// The transformed values of the window, and those before it.
struct Window {
    /// Transformed values `[T, B]`, in double precision.
    z: Tensor,
    past: Option<Past>,
}

/// Values before the window.
struct Past {
    /// Number R of values that are kept.
    kept: usize,
    /// The last R values before the window and those of the window, `[R + T, B]`.
    all: Tensor,
    /// Number of values of each series before each of the window, `[T, B]`.
    position: Tensor,
    /// The first value of each series, `[1, B]`.
    first: Tensor,
    /// Number of values before the window, `[B]`.
    count: Tensor,
    /// Sum of the absolute differences after each value, `[T, B]`; `None` where it is not needed.
    variation: Option<Tensor>,
}

impl Window {
    fn append(graph: &mut Graph, preprocessing: &Preprocessing, z: Tensor) -> Self {
        let Preprocessing { lags, local_level, diff_normalized, .. } = *preprocessing;
        if lags.max(local_level) == 1 && !diff_normalized {
            return Self { z, past: None };
        }
        let kept = lags.max(local_level);
        let past = Past::append(graph, &z, kept, diff_normalized);
        Self { z, past: Some(past) }
    }

    /// The value `back` time steps before each one `[T, B]`; before the start of a series its first value.
    fn lag(&self, graph: &mut Graph, back: usize) -> Tensor {
        match &self.past {
            Some(past) if back > 0 => {
                let (value, is_before) = past.earlier(graph, back);
                graph.op("Where", &[&is_before, &past.first, &value])
            }
            _ => self.z.clone(),
        }
    }

    /// Mean of the last `width` values, fewer at the start of a series, `[T, B]`.
    fn level(&self, graph: &mut Graph, width: usize) -> Tensor {
        let Some(past) = self.past.as_ref().filter(|_| width > 1) else {
            return self.z.clone();
        };
        let zero = graph.scalar(0.0, ElementType::Double);
        let mut sum = self.z.clone();
        for back in 1..width {
            let (value, is_before) = past.earlier(graph, back);
            let value = graph.op("Where", &[&is_before, &zero, &value]);
            sum = graph.op("Add", &[&sum, &value]);
        }
        let (one, width) = (graph.ints(&[1]), graph.ints(&[width as i64]));
        let known = graph.op("Add", &[&past.position, &one]);
        let known = graph.op("Min", &[&known, &width]);
        let known = graph.cast(&known, ElementType::Double);
        graph.op("Div", &[&sum, &known])
    }

    /// Typical difference `[T, B]` in single precision: see `crate::transforms::normalizer`.
    fn step(&self, graph: &mut Graph, level: &Tensor, relative: bool) -> Tensor {
        let Some(Past { position, variation: Some(variation), .. }) = &self.past else {
            return self.z.clone();
        };
        let mut scalar = |value: f64| graph.scalar(value, ElementType::Double);
        let [prior, weight, least, magnitude] =
            [PRIOR_WEIGHT * PRIOR_STEP, PRIOR_WEIGHT, MIN_STEP, f64::from(MIN_MAGNITUDE)]
                .map(&mut scalar);
        let one = scalar(1.0);
        let unit = if relative { self::magnitude(graph, level, &magnitude) } else { one };
        let prior = graph.op("Mul", &[&unit, &prior]);
        let sum = graph.op("Add", &[variation, &prior]);
        let position = graph.cast(position, ElementType::Double);
        let count = graph.op("Add", &[&position, &weight]);
        let mean = graph.op("Div", &[&sum, &count]);
        let least = graph.op("Mul", &[&unit, &least]);
        let step = graph.op("Add", &[&mean, &least]);
        graph.cast(&step, ElementType::Float)
    }

    /// Makes the states after the window outputs of the graph.
    fn export(&self, graph: &mut Graph) {
        if let Some(past) = &self.past {
            past.export(graph);
        }
    }
}

impl Past {
    fn append(graph: &mut Graph, z: &Tensor, kept: usize, has_variation: bool) -> Self {
        let before = graph.input(state("recent", kept, "0", BEFORE));
        let first = graph.input(state("first", 0, "0", BEFORE));
        let count = graph.input(state("count", 0, "0", BEFORE));
        let all = graph.concat(&[&before, z], 0);
        let position = positions(graph, z, &count);
        let zero = graph.ints(&[0]);
        let is_new = graph.op("Equal", &[&count, &zero]);
        let own = graph.slice(z, 0, 0, 1);
        let first = graph.op("Where", &[&is_new, &own, &first]);
        let mut past = Self { kept, all, position, first, count, variation: None };
        past.variation = has_variation.then(|| past.variation(graph, z));
        past
    }

    /// The value `back` time steps before each one, and whether there is none because the series starts later.
    fn earlier(&self, graph: &mut Graph, back: usize) -> (Tensor, Tensor) {
        let back = back as i64;
        let value = graph.slice(&self.all, 0, self.kept as i64 - back, -back);
        let back = graph.ints(&[back]);
        (value, graph.op("Less", &[&self.position, &back]))
    }

    fn variation(&self, graph: &mut Graph, z: &Tensor) -> Tensor {
        let (before, is_first) = self.earlier(graph, 1);
        let difference = graph.op("Sub", &[z, &before]);
        let difference = graph.op("Abs", &[&difference]);
        let zero = graph.scalar(0.0, ElementType::Double);
        let difference = graph.op("Where", &[&is_first, &zero, &difference]);
        let axis = graph.ints(&[0]);
        let sum = graph.op("CumSum", &[&difference, &axis]);
        let variation = graph.input(state("variation", 0, "0", BEFORE));
        graph.op("Add", &[&sum, &variation])
    }

    fn export(&self, graph: &mut Graph) {
        let recent = graph.slice(&self.all, 0, -(self.kept as i64), END);
        graph.output(&recent, state("recent", self.kept, "n", AFTER));
        let axis = graph.ints(&[0]);
        let first = graph.op("Squeeze", &[&self.first, &axis]);
        graph.output(&first, state("first", 0, "n", AFTER));
        let steps = graph.size(&self.all, 0);
        let kept = graph.ints(&[self.kept as i64]);
        let steps = graph.op("Sub", &[&steps, &kept]);
        let count = graph.op("Add", &[&self.count, &steps]);
        graph.output(&count, state("count", 0, "n", AFTER));
        if let Some(variation) = &self.variation {
            let last = graph.slice(variation, 0, -1, END);
            let last = graph.op("Squeeze", &[&last, &axis]);
            graph.output(&last, state("variation", 0, "n", AFTER));
        }
    }
}

const BEFORE: &str = "before the window; zeros at the start of a series";
const AFTER: &str = "after the window: input of the next one";

/// A state of the preprocessing: `[R, B]` with `rows` R, or `[B]` for 0 rows.
fn state(name: &str, rows: usize, suffix: &str, when: &str) -> Port {
    let (kind, what) = match name {
        "recent" => (ElementType::Double, "the last transformed values"),
        "first" => (ElementType::Double, "first transformed value"),
        "variation" => (ElementType::Double, "sum of the absolute differences"),
        _ => (ElementType::Int64, "number of values"),
    };
    let rows = (rows > 0).then_some(Axis::Size(rows));
    let shape: Vec<Axis> = rows.into_iter().chain([Axis::Batch]).collect();
    Port::new(&format!("{name}_{suffix}"), kind, &shape, &format!("{what} {when}"))
}

/// Number of values `[T, B]` of each series before each value of the window.
fn positions(graph: &mut Graph, z: &Tensor, count: &Tensor) -> Tensor {
    let steps = graph.size(z, 0);
    let axis = graph.ints(&[0]);
    let steps = graph.op("Squeeze", &[&steps, &axis]);
    let [zero, one] = [0.0, 1.0].map(|number| graph.scalar(number, ElementType::Int64));
    let steps = graph.op("Range", &[&zero, &steps, &one]);
    let steps = with_axes(graph, &steps, 1, 2);
    graph.op("Add", &[&steps, count])
}
