//! One pass of a network over a series, and the explanation that follows from it.

use std::collections::BTreeMap;
use std::ops::Range;

use elman_nn::State;
use elman_nn::trace::{Trace, Tracer};

use super::forgetting::{Plan, add_influence};
use super::network::{network, other_models};
use super::{
    ExplainOptions, Explanation, ForgettingCurve, GradientNorms, LayerActivity, NetworkFacts,
    TimeSteps, UnitState, gradient, words,
};
use crate::data::{HistoryView, Series};
use crate::error::{Error, Result};
use crate::features::EncodedSeries;
use crate::models::rnn::RnnModel;
use crate::select::FittedForecaster;

/// Time steps to look at by default: four seasons, within these limits.
const STEPS: std::ops::RangeInclusive<usize> = 240..=2000;

/// A network and the series that it runs over.
pub(super) struct Run<'a> {
    pub(super) net: &'a RnnModel,
    pub(super) series: &'a EncodedSeries,
    /// Number of values.
    pub(super) len: usize,
}

impl FittedForecaster {
    /// Explains one network on series number `number` of `panel`, counted from 0. The network runs over the series from
    /// its first value to its last.
    ///
    /// # Errors
    /// As [`predict`](FittedForecaster::predict); a series, a network or a step of the horizon that there is not; a network
    /// that was not trained, which has no hidden state; outputs that are not finite.
    pub fn explain(
        &self,
        panel: &[Series],
        number: usize,
        options: &ExplainOptions,
    ) -> Result<Explanation> {
        let ready = self.prepared(panel, &self.settings, 0)?;
        let Some((series, history)) = panel.get(number).zip(ready.histories.get(number)) else {
            let reason = format!("there is no series number {number}, counted from 0");
            return Err(Error::Forecast { reason, help: String::new() });
        };
        let ensembles = self.ensembles_of(panel)?;
        let ensemble = ensembles.get(number).unwrap_or(&ensembles[0]);
        let help = "explain the network on data like those of its training";
        ensemble.check_scale([(history.name, &history.values[..])].into_iter(), help)?;
        let net = network(ensemble, options)?;
        let views: Vec<HistoryView<'_>> = match ensembles.len() {
            1 => ready.histories.iter().map(|history| history.full()).collect(),
            _ => vec![history.full()],
        };
        let encoded = net.settings.encoded(&views);
        let encoded = encoded.get(number).unwrap_or(&encoded[0]);
        let run = Run { net, series: encoded, len: history.values.len() };
        let mut explanation = run.explained(series, options, ensemble.nets.len())?;
        let first = run.len - explanation.window.steps;
        explanation.values = history.values[first..].to_vec();
        explanation.words = words::sentences(&explanation);
        explanation.notes = ready.notes.clone();
        explanation.notes.extend(self.notes_on(panel));
        explanation.notes.extend(other_models(ensemble, &explanation.network));
        Ok(explanation)
    }
}

/// The values of `series` from number `first` on.
fn time_steps(series: &Series, first: usize) -> TimeSteps {
    TimeSteps {
        steps: series.len() - first,
        first: series.label(first),
        last: series.label(series.len() - 1),
        positions: (first..series.len()).map(|i| series.position(i)).collect(),
        clock: series.clock(),
    }
}

impl Run<'_> {
    /// Inputs `[T, I]` at these time steps.
    pub(super) fn rows(&self, steps: Range<usize>) -> Vec<f32> {
        let settings = &self.net.settings;
        let inputs = self.net.model().config().input_size;
        let mut rows = vec![0.0; steps.len() * inputs];
        for (t, row) in steps.zip(rows.chunks_mut(inputs)) {
            self.series.write_inputs(&settings.preprocessing, settings.horizon, t, row);
        }
        rows
    }

    /// The time step before which the hidden state of time step `t` was zero.
    fn start_of_state(&self, t: usize) -> usize {
        let settings = &self.net.settings;
        if settings.carry { 0 } else { t - t % settings.seq_length }
    }

    /// The explanation without the values, the words and the notes.
    fn explained(
        &self,
        series: &Series,
        options: &ExplainOptions,
        networks: usize,
    ) -> Result<Explanation> {
        let facts = NetworkFacts::of(self.net, options.network, networks);
        let usual = (4 * facts.season().unwrap_or(1)).clamp(*STEPS.start(), *STEPS.end());
        let steps = options.last.unwrap_or(usual).clamp(1, self.len);
        let plan = Plan::of(&facts, self.len, steps);
        let from = |t: usize| self.start_of_state(t).max((t + 1).saturating_sub(plan.distances));
        let window = gradient::window(self);
        let starts = plan.origins.iter().map(|t| from(*t)).chain(window.iter().map(|w| w.start));
        let Passed { trace, states, end } = self.passed(self.len - steps, starts.collect())?;
        let forgetting = self.forgetting(options.step_ahead, &plan, &states, from)?;
        let gradient = self.gradient(window, &states)?;
        let (cell, hidden_size) = (&self.net.settings.cell, facts.hidden_size);
        let layers = trace.layers.into_iter().enumerate();
        let layers = layers.map(|(n, layer)| LayerActivity::of(cell, hidden_size, n, layer));
        let layers = layers.collect::<std::result::Result<Vec<_>, _>>()?;
        let units = self.units(&layers, &end, facts.season());
        Ok(Explanation {
            series: series.name.clone(),
            window: time_steps(series, series.len() - steps),
            values: Vec::new(),
            network: facts,
            layers,
            forgetting,
            gradient,
            units,
            words: Vec::new(),
            notes: Vec::new(),
        })
    }

    /// Runs the network over the series. Keeps the trace from time step `first` on, and the hidden states before the time
    /// steps `starts`.
    fn passed(&self, first: usize, starts: Vec<usize>) -> Result<Passed> {
        let mut tracer = Tracer::new(self.net.model(), self.net.params())?;
        let (mut trace, mut states) = (tracer.trace(), BTreeMap::new());
        for t in 0..self.len {
            if t == self.start_of_state(t) {
                tracer.reset();
            }
            if starts.contains(&t) {
                states.insert(t, tracer.state().clone());
            }
            tracer.step(&self.rows(t..t + 1))?;
            if t >= first {
                tracer.append(&mut trace);
            }
        }
        if trace.outputs.iter().any(|output| !output.is_finite()) {
            return Err(Error::Data {
                reason: "an output of the network on these data is not finite".to_owned(),
                help: "give data like those of the training, or train a new model on these data"
                    .to_owned(),
            });
        }
        Ok(Passed { trace, states, end: tracer.state().clone() })
    }

    fn forgetting(
        &self,
        step_ahead: usize,
        plan: &Plan,
        states: &BTreeMap<usize, State<f32>>,
        from: impl Fn(usize) -> usize,
    ) -> Result<ForgettingCurve> {
        let loss = self.net.settings.output.loss()?;
        let output = (step_ahead - 1) * loss.outputs_per_target() + loss.center();
        let mut sums = vec![0.0; plan.distances];
        for t in &plan.origins {
            let from = from(*t);
            let rows = self.rows(from..t + 1);
            add_influence(
                self.net,
                self.series,
                (*t, output),
                &rows,
                states[&from].clone(),
                &mut sums,
            )?;
        }
        Ok(ForgettingCurve::of(step_ahead, plan.origins.len(), sums))
    }

    fn gradient(
        &self,
        window: Option<Range<usize>>,
        states: &BTreeMap<usize, State<f32>>,
    ) -> Result<Option<GradientNorms>> {
        let Some(window) = window else { return Ok(None) };
        let state = states[&window.start].clone();
        Ok(gradient::norms(self, window, state)?)
    }

    /// Units of the last layer, the most active first.
    fn units(
        &self,
        layers: &[LayerActivity],
        end: &State<f32>,
        season: Option<usize>,
    ) -> Vec<UnitState> {
        let Some(last) = layers.last() else { return Vec::new() };
        let rows = &last.hidden.values;
        let x = self.series.transformed();
        let x: Vec<f64> = x[x.len() - rows.iter().len()..].iter().copied().map(f64::from).collect();
        let unit = |unit: usize| {
            let at_end = |name: &&'static str| {
                let value = end.newest(name, layers.len() - 1)?.get(unit)?;
                Some((*name, f64::from(*value)))
            };
            let state = end.names().iter().filter_map(at_end).collect();
            let h: Vec<f64> = rows.unit(unit).collect();
            UnitState::of(unit + 1, state, &h, &x, season)
        };
        let mut units: Vec<UnitState> = (0..rows.hidden_size).map(unit).collect();
        units.sort_by(|a, b| b.deviation.total_cmp(&a.deviation));
        units
    }
}

/// The result of a pass over a series.
struct Passed {
    /// States and gates at the time steps that are looked at.
    trace: Trace<f32>,
    /// Hidden states before some time steps.
    states: BTreeMap<usize, State<f32>>,
    /// State after the last time step.
    end: State<f32>,
}
