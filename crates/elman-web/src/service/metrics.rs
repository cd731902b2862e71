//! Metrics in the text format of Prometheus (OpenMetrics).

use std::fmt;
use std::time::Duration;

use axum::http::{Method, StatusCode};
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::{Family, MetricConstructor};
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use super::forecaster::ModelScores;

/// Media type of the metrics.
pub(crate) const MEDIA_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

type Labels<const N: usize> = [(&'static str, String); N];
type Ratio = Gauge<f64, std::sync::atomic::AtomicU64>;

/// Upper bounds of the histogram of answer times, in seconds.
const SECONDS: [f64; 13] =
    [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0];

#[derive(Debug, Clone, Copy)]
struct Answers;

impl MetricConstructor<Histogram> for Answers {
    fn new_metric(&self) -> Histogram {
        Histogram::new(SECONDS)
    }
}

/// Metrics of the requests.
pub(crate) struct Metrics {
    registry: Registry,
    requests: Family<Labels<3>, Counter>,
    seconds: Family<Labels<1>, Histogram, Answers>,
    connections: Gauge,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let mut registry = Registry::with_prefix("elman");
        let requests = Family::default();
        let seconds = Family::new_with_constructor(Answers);
        let connections = Gauge::default();
        registry.register("requests", "Requests by method, path and status", requests.clone());
        registry.register(
            "request_duration_seconds",
            "Time from the head of a request to its answer",
            seconds.clone(),
        );
        registry.register("connections", "Open connections", connections.clone());
        Self { registry, requests, seconds, connections }
    }

    /// Counts an answer. `path`: the path of the documentation, so that the number of labels is limited.
    pub(crate) fn count(&self, method: &Method, path: &str, status: StatusCode, took: Duration) {
        let method = match *method {
            Method::GET | Method::POST | Method::HEAD => method.as_str(),
            _ => "other",
        };
        let labels = [
            ("method", method.to_owned()),
            ("path", path.to_owned()),
            ("status", status.as_str().to_owned()),
        ];
        self.requests.get_or_create(&labels).inc();
        let path = [("path", path.to_owned())];
        self.seconds.get_or_create(&path).observe(took.as_secs_f64());
    }

    /// All metrics as text: those of the requests, and the scores of each model.
    ///
    /// # Errors
    /// None: a `String` takes any text.
    pub(crate) fn text(
        &self,
        connections: usize,
        models: &[String],
        scores: &[ModelScores],
    ) -> Result<String, fmt::Error> {
        self.connections.set(i64::try_from(connections).unwrap_or(i64::MAX));
        let (mut requests, mut series) = (String::new(), String::new());
        encode(&mut requests, &self.registry)?;
        encode(&mut series, &of_models(models, scores))?;
        // One document, with one end.
        Ok(requests.trim_end_matches("# EOF\n").to_owned() + &series)
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics").finish_non_exhaustive()
    }
}

/// The scores of each model as metrics.
fn of_models(models: &[String], scores: &[ModelScores]) -> Registry {
    let mut registry = Registry::with_prefix("elman");
    let series = Family::<Labels<1>, Gauge>::default();
    let observations = Family::<Labels<2>, Counter>::default();
    let missing = Family::<Labels<1>, Counter>::default();
    let resets = Family::<Labels<1>, Counter>::default();
    let scored = Family::<Labels<2>, Counter>::default();
    let mae = Family::<Labels<2>, Ratio>::default();
    let naive_mae = Family::<Labels<2>, Ratio>::default();
    let coverage = Family::<Labels<3>, Ratio>::default();
    registry.register("series", "Series", series.clone());
    registry.register("observations", "Observations by their arrival", observations.clone());
    registry.register("missing_values", "Absent time steps between observations", missing.clone());
    registry.register("resets", "Resets of the hidden state of a series", resets.clone());
    registry.register("scored_forecasts", "Forecasts whose value has come", scored.clone());
    registry.register("mean_absolute_error", "Prequential error by steps ahead", mae.clone());
    registry.register(
        "naive_mean_absolute_error",
        "Prequential error of the last value as forecast",
        naive_mae.clone(),
    );
    registry.register("coverage_ratio", "Share of values inside the interval", coverage.clone());
    for (model, scores) in models.iter().zip(scores) {
        let own = || ("model", model.clone());
        let value = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        series.get_or_create(&[own()]).set(value(scores.series));
        missing.get_or_create(&[own()]).inc_by(scores.missing);
        resets.get_or_create(&[own()]).inc_by(scores.resets);
        let arrivals = [
            ("taken", scores.observations),
            ("duplicate", scores.duplicates),
            ("late", scores.late),
            ("early", scores.early),
        ];
        for (arrival, count) in arrivals {
            let labels = [own(), ("arrival", arrival.to_owned())];
            observations.get_or_create(&labels).inc_by(count);
        }
        for of_step in &scores.by_step {
            let step = ("step", of_step.step.to_string());
            let labels = [own(), step.clone()];
            scored.get_or_create(&labels).inc_by(of_step.scored);
            mae.get_or_create(&labels).set(of_step.mae);
            naive_mae.get_or_create(&labels).set(of_step.naive_mae);
            for (level, share) in &of_step.coverage {
                let labels = [own(), step.clone(), ("level", level.to_string())];
                coverage.get_or_create(&labels).set(*share);
            }
        }
    }
    registry
}
