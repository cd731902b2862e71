//! The values of a window in the graph, with those before it: lags, level and typical difference, and the states that carry them
//! from window to window.

use super::graph::{Axis, Graph, Port, Tensor};
use super::proto::ElementType;
use super::values::with_axes;
use crate::transforms::Preprocessing;
use crate::transforms::normalizer::{MIN_MAGNITUDE, MIN_STEP, PRIOR_STEP, PRIOR_WEIGHT};

/// End of an axis.
const END: i64 = i64::MAX;

/// max(|level|, least).
pub(super) fn magnitude(graph: &mut Graph, level: &Tensor, least: &Tensor) -> Tensor {
    let size = graph.op("Abs", &[level]);
    graph.op("Max", &[&size, least])
}

/// The transformed values of the window, and those before it.
pub(super) struct Window {
    /// Transformed values `[T, B]`, in double precision.
    pub(super) z: Tensor,
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
    pub(super) fn append(graph: &mut Graph, preprocessing: &Preprocessing, z: Tensor) -> Self {
        let Preprocessing { lags, local_level, diff_normalized, .. } = *preprocessing;
        if lags.max(local_level) == 1 && !diff_normalized {
            return Self { z, past: None };
        }
        let kept = lags.max(local_level);
        let past = Past::append(graph, &z, kept, diff_normalized);
        Self { z, past: Some(past) }
    }

    /// The value `back` time steps before each one `[T, B]`; before the start of a series its first value.
    pub(super) fn lag(&self, graph: &mut Graph, back: usize) -> Tensor {
        match &self.past {
            Some(past) if back > 0 => {
                let (value, is_before) = past.earlier(graph, back);
                graph.op("Where", &[&is_before, &past.first, &value])
            }
            _ => self.z.clone(),
        }
    }

    /// Mean of the last `width` values, fewer at the start of a series, `[T, B]`.
    pub(super) fn level(&self, graph: &mut Graph, width: usize) -> Tensor {
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

    /// Typical difference `[T, B]` in single precision, of a preprocessing that divides by it: see
    /// `crate::transforms::normalizer`.
    pub(super) fn step(&self, graph: &mut Graph, level: &Tensor, relative: bool) -> Option<Tensor> {
        let Past { position, variation, .. } = self.past.as_ref()?;
        let variation = variation.as_ref()?;
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
        Some(graph.cast(&step, ElementType::Float))
    }

    /// Makes the states after the window outputs of the graph.
    pub(super) fn export(&self, graph: &mut Graph) {
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
