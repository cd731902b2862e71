//! The candidates that are left when those whose training diverged are out, with their validation forecasts.

use super::Forecasts;
use super::contest::{LeftOut, Trial};
use super::net::Net;
use super::stage::Stage;
use crate::error::Result;

/// Candidates with their networks, their forecasts and the errors of these, in the same order. The last is the one that
/// is not trained.
#[derive(Default)]
pub(super) struct Survivors {
    pub(super) candidates: Vec<usize>,
    pub(super) nets: Vec<Net>,
    pub(super) said: Vec<Forecasts>,
    pub(super) scores: Vec<f64>,
}

impl Survivors {
    /// The `candidates` with a network in `nets` and a validation error that is finite and not far above that of the
    /// untrained network. Sets `score` and `left_out` of each candidate in `trials`.
    pub(super) fn of(
        stage: &Stage<'_>,
        candidates: &[usize],
        nets: Vec<Option<Net>>,
        trials: &mut [Trial],
    ) -> Result<Self> {
        for c in candidates {
            (trials[*c].score, trials[*c].left_out) = (None, Some(LeftOut::Diverged));
        }
        let with_net = candidates.iter().zip(nets).filter_map(|(c, net)| Some((*c, net?)));
        let (candidates, nets): (Vec<usize>, Vec<Net>) = with_net.unzip();
        let said = stage.said(&nets)?;
        let scores: Vec<f64> = said.iter().map(|said| stage.judge.score(said)).collect();
        let untrained = scores.last().copied().unwrap_or(1.0);
        let mut survivors = Self::default();
        for (((c, net), said), score) in candidates.into_iter().zip(nets).zip(said).zip(scores) {
            let is_last = c + 1 == trials.len();
            let trial = &mut trials[c];
            trial.score = Some(score);
            trial.left_out = LeftOut::by(score, untrained, trial.effort > 0).filter(|_| !is_last);
            if trial.left_out.is_none() {
                survivors.candidates.push(c);
                survivors.nets.push(net);
                survivors.said.push(said);
                survivors.scores.push(score);
            }
        }
        Ok(survivors)
    }
}
