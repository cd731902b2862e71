//! A forecaster that repeats the last value, with days as dates.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};

use crate::service::*;

/// State that a test reads and sets.
#[derive(Debug, Clone, Default)]
pub(super) struct Disk {
    pub(super) is_full: Arc<AtomicBool>,
    pub(super) commits: Arc<AtomicUsize>,
}

#[derive(Debug, Default)]
pub(super) struct LastValue {
    series: BTreeMap<(usize, String), (String, f64)>,
    scores: Vec<ModelScores>,
    disk: Disk,
}

impl LastValue {
    pub(super) fn new(models: usize, disk: &Disk) -> Self {
        let coverage = vec![(80.0, 0.75)];
        let step = StepScores { step: 1, scored: 4, mae: 0.5, naive_mae: 1.5, coverage };
        let scores = ModelScores { by_step: vec![step], ..ModelScores::default() };
        Self { scores: vec![scores; models], disk: disk.clone(), ..Self::default() }
    }
}

impl Forecaster for LastValue {
    fn observe(&mut self, observation: &Observation) -> Result<Observed, Refusal> {
        let Observation { model, unique_id, ds, y } = observation.clone();
        let ds = ds.unwrap_or_default();
        if ds == "someday" {
            let detail = "cannot read the date \"someday\"".to_owned();
            return Err(Refusal { detail, help: "write it as 2024-01-31".to_owned() });
        }
        let scores = &mut self.scores[model];
        let arrival = match self.series.get(&(model, unique_id.clone())) {
            Some((last, _)) if *last == ds => Arrival::Duplicate,
            Some((last, _)) if *last > ds => Arrival::Late,
            Some(_) => Arrival::Next,
            None => {
                scores.series += 1;
                Arrival::Next
            }
        };
        match arrival {
            Arrival::Duplicate => scores.duplicates += 1,
            Arrival::Late => scores.late += 1,
            _ => {
                scores.observations += 1;
                let y = if y.is_nan() { 0.0 } else { y };
                self.series.insert((model, unique_id.clone()), (ds, y));
            }
        }
        let forecast = self.forecast(model, &unique_id, None)?.unwrap();
        Ok(Observed { arrival, missing: 0, forecast })
    }

    fn forecast(
        &mut self,
        model: usize,
        unique_id: &str,
        horizon: Option<usize>,
    ) -> Result<Option<Forecast>, Refusal> {
        let horizon = horizon.unwrap_or(2);
        if horizon > 900 {
            return Err(Refusal { detail: "not finite".to_owned(), help: String::new() });
        }
        let Some((cutoff, y)) = self.series.get(&(model, unique_id.to_owned())) else {
            return Ok(None);
        };
        let interval =
            Interval { level: 80.0, lower: vec![y - 1.0; horizon], upper: vec![y + 1.0; horizon] };
        Ok(Some(Forecast {
            unique_id: unique_id.to_owned(),
            cutoff: cutoff.clone(),
            ds: (1..=horizon).map(|step| format!("{cutoff}+{step}")).collect(),
            values: vec![*y; horizon],
            intervals: vec![interval],
        }))
    }

    fn commit(&mut self) -> Result<(), String> {
        self.disk.commits.fetch_add(1, Relaxed);
        match self.disk.is_full.load(Relaxed) {
            true => Err("no space left on device".to_owned()),
            false => Ok(()),
        }
    }

    fn scores(&self) -> Vec<ModelScores> {
        self.scores.clone()
    }
}
