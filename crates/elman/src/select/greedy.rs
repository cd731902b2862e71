//! Greedy ensemble selection.

use super::score::ValidationScore;
use crate::data::Forecasts;
use crate::models::rnn::mean;
use crate::transforms::TargetTransform;

/// Most candidates in the ensemble.
const MAX_MEMBERS: usize = 3;
/// Least relative gain of a further member of the ensemble; a smaller one is not worth its time.
const MIN_GAIN: f64 = 0.002;
/// Least relative gain over the persistence forecast for which networks are selected. After gains of 1 % in validation,
/// the forecasts of ten stocks were up to 6 % worse than their last value.
const MIN_GAIN_OVER_PERSISTENCE: f64 = 0.02;

/// Greedy ensemble selection (Caruana et al., 2004): starts with the best of the forecasts in `predicted`, and adds the
/// one with which the mean has the least error, again and again. Each index comes with the error of the mean so far.
pub(crate) fn greedy_ensemble_selection<'a>(
    score: &'a ValidationScore<'_>,
    predicted: &'a [Forecasts],
    scores: &'a [f64],
    transform: TargetTransform,
) -> impl Iterator<Item = (usize, f64)> + 'a {
    let mut taken: Vec<usize> = Vec::new();
    std::iter::from_fn(move || {
        let with = (0..predicted.len()).filter(|c| !taken.contains(c)).map(|next| {
            let members = taken.iter().chain([&next]).map(|c| &predicted[*c]);
            let alone = taken.is_empty();
            (next, if alone { scores[next] } else { score.of(&mean(members, transform)) })
        });
        let next = with.min_by(|a, b| a.1.total_cmp(&b.1))?;
        taken.push(next.0);
        Some(next)
    })
}

/// Indexes of the ensemble: the best candidate, and those that improve the mean. If they are not clearly better than
/// the untrained candidate, which is the last, that one alone.
pub(crate) fn select(
    score: &ValidationScore<'_>,
    predicted: &[Forecasts],
    transform: TargetTransform,
) -> Vec<usize> {
    let scores: Vec<f64> = predicted.iter().map(|predicted| score.of(predicted)).collect();
    let (mut selected, mut least) = (Vec::new(), f64::INFINITY);
    for (next, better) in
        greedy_ensemble_selection(score, predicted, &scores, transform).take(MAX_MEMBERS)
    {
        if !selected.is_empty() && better >= (1.0 - MIN_GAIN) * least {
            break;
        }
        least = better;
        selected.push(next);
    }
    let untrained = scores.len() - 1;
    if beats_persistence(least, scores[untrained]) { selected } else { vec![untrained] }
}

/// Whether networks with the error `score` are clearly better than the persistence forecast.
pub(crate) fn beats_persistence(score: f64, untrained: f64) -> bool {
    score < (1.0 - MIN_GAIN_OVER_PERSISTENCE) * untrained
}
