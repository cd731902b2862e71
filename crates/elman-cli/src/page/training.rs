//! A training as the page knows it, in JSON documents.

use std::sync::Arc;
use std::time::Duration;

use elman::report::{Axis, Picture, ticks};
use elman_web::{Event, Snapshot};
use serde_json::{Value, json};

use super::curve::Curve;
use crate::live::{Frame, Window};

/// The most points of a line of the chart.
const CHARTED: usize = 300;
/// The most labels of an axis of the chart.
const TICKS: usize = 6;

/// Everything that the page knows.
#[derive(Debug, Clone, Default)]
pub(super) struct Training {
    /// The facts that do not change: data, network, shapes.
    about: Arc<Value>,
    losses: Curve,
    validation: Curve,
    /// Losses and evaluations that are in the curves.
    taken: [usize; 2],
    /// Sum and number of the losses of the naive forecast.
    naive: (f64, u32),
    progress: Value,
    chart: Value,
    sample: Value,
    end: Value,
}

impl Snapshot for Training {
    fn first_event(&self) -> Event {
        let Self { about, losses, validation, progress, chart, sample, end, .. } = self;
        let [losses, validation] = [losses, validation].map(Curve::points);
        let data = json!({
            "about": **about, "losses": losses, "validation": validation, "progress": progress,
            "chart": chart, "sample": sample, "end": end,
        });
        event("hello", &data)
    }
}

/// The speed of a training.
#[derive(Debug, Clone, Copy)]
pub(super) struct Speed {
    /// Optimizer steps a second, lately.
    pub steps_per_second: f64,
    pub elapsed: Duration,
}

impl Training {
    pub(super) fn new(about: Value) -> Self {
        Self { about: Arc::new(about), ..Self::default() }
    }

    /// Takes a frame.
    pub(super) fn step(&mut self, frame: &Frame<'_>, speed: Speed) -> Event {
        for (index, loss) in frame.losses.iter().enumerate().skip(self.taken[0]) {
            self.losses.add(index as u64 + 1, *loss);
        }
        for (step, loss) in frame.evaluations.iter().skip(self.taken[1]) {
            self.validation.add(*step, *loss);
        }
        self.taken = [frame.losses.len(), frame.evaluations.len()];
        if let Some(naive) = frame.baseline.filter(|naive| naive.is_finite()) {
            self.naive = (self.naive.0 + naive, self.naive.1 + 1);
        }
        self.progress = progress(frame, speed, self.naive.0 / f64::from(self.naive.1));
        let [losses, validation] = [&self.losses, &self.validation].map(Curve::points);
        let data = json!({"losses": losses, "validation": validation, "progress": self.progress});
        event("step", &data)
    }

    /// Training went back to an earlier step: the curves are made anew from the next frame.
    pub(super) fn roll_back(&mut self) {
        (self.losses, self.validation, self.taken) = Default::default();
    }

    /// Takes the window of a step.
    pub(super) fn draw(&mut self, window: &Window, axis: Axis) -> Event {
        self.chart = chart(window, axis);
        event("chart", &self.chart)
    }

    /// Takes a text that the network has generated.
    pub(super) fn sample(&mut self, step: u64, text: &str) -> Event {
        self.sample = json!({"step": step, "text": text});
        event("sample", &self.sample)
    }

    /// Takes the result.
    pub(super) fn end(&mut self, result: Value) -> Event {
        self.end = result;
        event("end", &self.end)
    }
}

fn event(name: &'static str, data: &Value) -> Event {
    Event { name, data: data.to_string() }
}

fn progress(
    frame: &Frame<'_>,
    Speed { steps_per_second, elapsed }: Speed,
    mean_naive: f64,
) -> Value {
    let evaluations = frame.evaluations.iter();
    let best = evaluations.min_by(|a, b| a.1.total_cmp(&b.1));
    let left = (frame.steps - frame.step.min(frame.steps)) as f64 / steps_per_second;
    json!({
        "step": frame.step,
        "steps": frame.steps,
        "loss": frame.loss,
        "validation": frame.evaluations.last().map(|evaluation| evaluation.1),
        "naive": frame.baseline,
        "mean_naive": mean_naive,
        "rate": frame.rate,
        "grad_norm": frame.grad_norm,
        "steps_per_second": steps_per_second,
        "best_step": best.map(|evaluation| evaluation.0),
        "seconds": elapsed.as_secs_f64(),
        "seconds_left": left,
        "note": frame.note,
    })
}

/// Inputs, targets and predictions of one optimizer step.
fn chart(window: &Window, axis: Axis) -> Value {
    let lines = [&window.input, &window.prediction, &window.target];
    let [input, prediction, target] = lines.map(|line| &line[line.len().saturating_sub(CHARTED)..]);
    let times = || [input, prediction, target].into_iter().flatten().map(|point| point.0);
    let low = times().fold(f64::INFINITY, f64::min);
    let high = times().fold(f64::NEG_INFINITY, f64::max);
    let (bottom, top) = window.y_range;
    json!({
        "input": input, "prediction": prediction, "target": target,
        "x": [low, high], "y": [bottom, top],
        "x_ticks": labels(axis, low, high), "y_ticks": labels(Axis::Numbers, bottom, top),
        "x_label": window.x_label,
    })
}

/// The chart of the test set: actual values, and predictions one step ahead.
pub(crate) fn chart_of(picture: &Picture) -> Value {
    let [actual, predicted] = [0, 1].map(|mark| picture.marks[mark].points.clone());
    let known = || actual.iter().map(|point| point.1).filter(|value| value.is_finite());
    let y_range =
        (known().fold(f64::INFINITY, f64::min), known().fold(f64::NEG_INFINITY, f64::max));
    let x_label = picture.x_label.clone();
    let window =
        Window { input: Vec::new(), prediction: predicted, target: actual, x_label, y_range };
    chart(&window, picture.x_axis)
}

/// Positions of an axis, each with its label.
fn labels(axis: Axis, low: f64, high: f64) -> Vec<(f64, String)> {
    if low >= high || !(high - low).is_finite() {
        return Vec::new();
    }
    let ticks = match axis {
        Axis::Dates => ticks::dates(low, high, TICKS),
        Axis::Steps => ticks::steps(low, high, TICKS),
        _ => ticks::numbers(low, high, TICKS),
    };
    ticks.into_iter().map(|tick| (tick.at, tick.label)).collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use elman_web::Snapshot;
    use serde_json::{Value, json};

    use super::{Speed, Training};
    use crate::live::{Frame, Window};

    fn frame<'a>(losses: &'a [f64], evaluations: &'a [(u64, f64)]) -> Frame<'a> {
        Frame {
            step: losses.len() as u64,
            steps: 10,
            loss: losses[losses.len() - 1],
            grad_norm: f64::INFINITY,
            rate: 0.1,
            losses,
            evaluations,
            baseline: Some(2.0),
            window: Window::default(),
            note: None,
        }
    }

    fn speed() -> Speed {
        Speed { steps_per_second: 4.0, elapsed: Duration::from_secs(1) }
    }

    #[test]
    fn a_late_client_knows_as_much_as_an_early_one() {
        let mut training = Training::new(json!({"subject": "y"}));
        training.step(&frame(&[4.0, 3.0], &[]), speed());
        let step = training.step(&frame(&[4.0, 3.0, 2.0], &[(2, 2.5), (3, 2.7)]), speed());
        let step: Value = serde_json::from_str(&step.data).unwrap();
        assert_eq!(step["losses"], json!([[1, 4.0], [2, 3.0], [3, 2.0]]));
        assert_eq!(step["progress"]["best_step"], 2);
        assert_eq!(step["progress"]["seconds_left"], json!(7.0 / 4.0));
        // JSON has no number for it.
        assert!(step["progress"]["grad_norm"].is_null());
        let hello: Value = serde_json::from_str(&training.first_event().data).unwrap();
        for part in ["losses", "validation", "progress"] {
            assert_eq!(hello[part], step[part], "{part}");
        }
    }

    #[test]
    fn a_rollback_takes_its_losses_off_the_curve() {
        let mut training = Training::new(Value::Null);
        training.step(&frame(&[4.0, 3.0, 9.0], &[]), speed());
        training.roll_back();
        let step = training.step(&frame(&[4.0, 3.0, 2.0, 1.0], &[]), speed());
        let step: Value = serde_json::from_str(&step.data).unwrap();
        assert_eq!(step["losses"], json!([[1, 4.0], [2, 3.0], [3, 2.0], [4, 1.0]]));
    }
}
