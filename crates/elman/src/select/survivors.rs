//! Survivors: the candidates whose training did not diverge, with their validation forecasts.

use super::selection::{CandidateScore, LeftOut};
use super::validation::ValidationSplit;
use crate::data::Forecasts;
use crate::error::Result;
use crate::models::rnn::{RnnModel, mean};
use crate::transforms::TargetTransform;

/// Candidates with their networks, validation forecasts and errors, in the same order. The last one is untrained.
#[derive(Default)]
pub(crate) struct Survivors {
    pub(crate) candidates: Vec<usize>,
    pub(crate) nets: Vec<RnnModel>,
    pub(crate) predicted: Vec<Forecasts>,
    pub(crate) scores: Vec<f64>,
}

impl Survivors {
    /// Keeps the `candidates` with a network in `nets`, and a validation error that is finite and not far above that of
    /// the untrained network. Sets `score` and `left_out` of each candidate in `candidate_scores`.
    pub(crate) fn of(
        validation: &ValidationSplit<'_>,
        candidates: &[usize],
        nets: Vec<Option<RnnModel>>,
        candidate_scores: &mut [CandidateScore],
    ) -> Result<Self> {
        for c in candidates {
            (candidate_scores[*c].score, candidate_scores[*c].left_out) =
                (None, Some(LeftOut::Diverged));
        }
        let with_net = candidates.iter().zip(nets).filter_map(|(c, net)| Some((*c, net?)));
        let (candidates, nets): (Vec<usize>, Vec<RnnModel>) = with_net.unzip();
        let predicted = validation.predicted(&nets)?;
        let scores: Vec<f64> =
            predicted.iter().map(|predicted| validation.score.of(predicted)).collect();
        let untrained = scores.last().copied().unwrap_or(1.0);
        let mut survivors = Self::default();
        for (((c, net), predicted), score) in
            candidates.into_iter().zip(nets).zip(predicted).zip(scores)
        {
            let is_last = c + 1 == candidate_scores.len();
            let candidate = &mut candidate_scores[c];
            candidate.score = Some(score);
            candidate.left_out =
                LeftOut::by(score, untrained, candidate.budget > 0).filter(|_| !is_last);
            if candidate.left_out.is_none() {
                survivors.candidates.push(c);
                survivors.nets.push(net);
                survivors.predicted.push(predicted);
                survivors.scores.push(score);
            }
        }
        Ok(survivors)
    }

    /// Mean validation forecast of the survivors at these `places`. The forecast of the untrained candidate alone is
    /// returned bit for bit.
    pub(crate) fn mean(&self, places: &[usize], transform: TargetTransform) -> Forecasts {
        match *places {
            [one] if self.nets[one].settings.is_untrained() => self.predicted[one].clone(),
            _ => mean(places.iter().map(|place| &self.predicted[*place]), transform),
        }
    }

    /// Networks of the survivors at these `places`, in this order.
    pub(crate) fn into_nets(self, places: &[usize]) -> Vec<RnnModel> {
        let mut nets: Vec<Option<RnnModel>> = self.nets.into_iter().map(Some).collect();
        places.iter().filter_map(|place| nets[*place].take()).collect()
    }
}
