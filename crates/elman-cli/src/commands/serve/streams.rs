//! The streams of the models, as the forecaster of the server.

use elman::data::PredictionInterval;
use elman::stream::{self, Stream, StreamForecast, Summary};
use elman_web::{
    Arrival, Forecast, Forecaster, Interval, ModelScores, Observation, Observed, Refusal,
    StepScores,
};

use crate::advice;

/// One model, with the hidden states of its series.
pub struct Member {
    stream: Stream<'static>,
    /// Observations in the state file; `None` without one.
    saved: Option<u64>,
    /// Observations since the last save.
    new: u64,
    /// Whether an observation failed after it may have changed a state.
    has_failed: bool,
}

impl Member {
    pub fn new(stream: Stream<'static>, saved: Option<u64>) -> Self {
        Self { stream, saved, new: 0, has_failed: false }
    }

    /// Writes the observations since the last save; after a failure they stay new.
    fn save(&mut self) -> elman::Result<()> {
        let has_changed = self.new > 0 || self.has_failed;
        let Some(saved) = self.saved.filter(|_| has_changed) else { return Ok(()) };
        let position = saved + self.new;
        self.stream.save(position)?;
        (self.saved, self.new, self.has_failed) = (Some(position), 0, false);
        Ok(())
    }
}

/// The models of the server.
pub struct Streams {
    members: Vec<Member>,
    max_series: usize,
}

impl Streams {
    pub fn new(members: Vec<Member>, max_series: usize) -> Self {
        Self { members, max_series }
    }
}

impl Forecaster for Streams {
    fn observe(&mut self, observation: &Observation) -> Result<Observed, Refusal> {
        let Observation { model, unique_id, ds, y } = observation;
        let Member { stream, new, has_failed, .. } = &mut self.members[*model];
        if stream.len() >= self.max_series && stream.forecast(unique_id).map_err(refusal)?.is_none()
        {
            return Err(Refusal {
                detail: format!("the server has {} series, and takes no more", stream.len()),
                help: "raise `--max-series`".to_owned(),
            });
        }
        let observed = stream.observe(unique_id, ds.as_deref(), *y);
        *has_failed |= observed.is_err();
        let observed = observed.map_err(refusal)?;
        let (arrival, missing) = match observed.arrival {
            stream::Arrival::Next => (Arrival::Next, 0),
            stream::Arrival::AfterGap { missing } => (Arrival::AfterGap, missing),
            stream::Arrival::Reset { missing } => (Arrival::Reset, missing),
            stream::Arrival::Duplicate => (Arrival::Duplicate, 0),
            stream::Arrival::Late => (Arrival::Late, 0),
            stream::Arrival::Early { missing } => (Arrival::Early, missing),
        };
        let is_known = matches!(arrival, Arrival::Duplicate | Arrival::Late);
        *new += u64::from(!is_known);
        let forecast = observed.forecast;
        let (values, intervals) = (forecast.values().to_vec(), forecast.intervals());
        Ok(Observed { arrival, missing, forecast: answer(unique_id, forecast, values, intervals) })
    }

    fn forecast(
        &mut self,
        model: usize,
        unique_id: &str,
        horizon: Option<usize>,
    ) -> Result<Option<Forecast>, Refusal> {
        let stream = &mut self.members[model].stream;
        let ahead = match horizon {
            Some(horizon) => stream.forecast_ahead(unique_id, horizon).map_err(refusal)?,
            None => None,
        };
        let Some(own) = stream.forecast(unique_id).map_err(refusal)? else { return Ok(None) };
        let (values, intervals) = match &ahead {
            Some(ahead) => (&ahead.values[..], &ahead.intervals[..]),
            None => (own.values(), own.intervals()),
        };
        Ok(Some(answer(unique_id, own, values.to_vec(), intervals)))
    }

    fn commit(&mut self) -> Result<(), String> {
        self.members.iter_mut().try_for_each(Member::save).map_err(|error| error.message())
    }

    fn scores(&self) -> Vec<ModelScores> {
        self.members.iter().map(|member| scores(member.stream.summary())).collect()
    }
}

fn answer(
    unique_id: &str,
    of: StreamForecast<'_>,
    values: Vec<f64>,
    intervals: &[PredictionInterval],
) -> Forecast {
    let interval = |own: &PredictionInterval| Interval {
        level: own.level,
        lower: own.lower.clone(),
        upper: own.upper.clone(),
    };
    Forecast {
        unique_id: unique_id.to_owned(),
        cutoff: of.cutoff().to_owned(),
        ds: (1..=values.len()).map(|k| of.ds(k)).collect(),
        values,
        intervals: intervals.iter().map(interval).collect(),
    }
}

/// An error of the library as the answer to a request, with the next step where there is one.
fn refusal(error: elman::Error) -> Refusal {
    let text = advice::with(&error);
    let (detail, help) = text.split_once("\n  help: ").unwrap_or((&text, ""));
    Refusal { detail: detail.to_owned(), help: help.to_owned() }
}

fn scores(summary: Summary) -> ModelScores {
    let step = |error: &stream::PrequentialError| StepScores {
        step: error.step_ahead,
        scored: error.forecasts,
        mae: error.mae,
        naive_mae: error.naive_mae,
        coverage: error.coverage.iter().map(|own| (own.level, own.coverage / 100.0)).collect(),
    };
    ModelScores {
        series: summary.series,
        observations: summary.observations,
        duplicates: summary.duplicates,
        late: summary.late,
        early: summary.early,
        missing: summary.absent,
        resets: summary.resets,
        by_step: summary.errors.iter().map(step).collect(),
    }
}
