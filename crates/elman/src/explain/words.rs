//! The explanation in words: each sentence has a condition on the numbers, and says no more than the numbers do.

use super::activity::UNMOVED;
use super::forgetting::LITTLE;
use super::{Activity, Explanation, UnitState};
use crate::data::counted;
use crate::metrics::{fixed, per_cent};

/// Share of saturated values from which on a sentence says so.
const SATURATED: f64 = 0.5;
/// Correlation from which on a unit follows the series, or its season.
const FOLLOWS: f64 = 0.9;
/// Growth of the gradient norm from the end of a window to its beginning from which on the gradient explodes.
const EXPLODES: f64 = 10.0;

/// Distances that are too few for a sentence on forgetting. Chosen by hand, not measured.
const MIN_DISTANCES: usize = 8;

/// The sentences that hold, in order.
pub(super) fn sentences(explanation: &Explanation) -> Vec<String> {
    let mut sentences = vec![forgetting(explanation)];
    sentences.extend(lags_alone(explanation));
    sentences.extend(reset(explanation));
    sentences.extend(season(explanation));
    sentences.extend(gradient(explanation));
    sentences.extend(saturation(explanation));
    sentences.extend(unmoved(explanation));
    sentences.extend(following(explanation));
    sentences
}

/// How far back a value moves the forecast.
fn forgetting(explanation: &Explanation) -> String {
    let curve = &explanation.forgetting;
    if !curve.is_any() {
        return "No value of the series moves the forecast of this network.".to_owned();
    }
    let steps = |n: usize| counted(n, "time step");
    let distances = steps(curve.influence.len());
    if curve.influence.len() < MIN_DISTANCES {
        return format!(
            "The series is too short to tell how far back a value moves the forecast: {distances} could be looked at."
        );
    }
    let forecast = match explanation.network.differences {
        true => "the forecast minus the level",
        false => "the forecast",
    };
    match (curve.half_life, curve.reach) {
        (Some(half), Some(reach)) => format!(
            "This network forgets half of its input after {}: the influence of older values on {forecast} is below one half of \
             the largest. From a distance of {} on it is below 5 %.",
            steps(half),
            steps(reach)
        ),
        (Some(half), None) => format!(
            "This network forgets half of its input after {}, but not all: the influence on {forecast} is above 5 % of the \
             largest near a distance of {distances}, the longest that was looked at.",
            steps(half)
        ),
        _ => format!(
            "This network does not forget half of its input within {distances}, the longest distance that was looked at."
        ),
    }
}

/// Whether the forecast hardly depends on values that only the hidden state has.
fn lags_alone(explanation: &Explanation) -> Option<String> {
    let lags = explanation.network.lags;
    let reach = explanation.forgetting.reach.filter(|_| explanation.forgetting.is_any())?;
    (reach <= lags).then(|| {
        format!(
            "A time step reads {}: the forecast hardly depends on older values, which only the hidden state could hold.",
            match lags {
                1 => "the last value as its input".to_owned(),
                _ => format!("the last {lags} values as its input"),
            }
        )
    })
}

/// Whether the hidden state is reset.
fn reset(explanation: &Explanation) -> Option<String> {
    let steps = counted(explanation.network.seq_length, "time step");
    (!explanation.network.carry).then(|| {
        format!(
            "The hidden state is reset every {steps}: no older value moves the forecast through it."
        )
    })
}

/// Whether a value one season before the forecast one still moves the forecast.
fn season(explanation: &Explanation) -> Option<String> {
    let (network, curve) = (&explanation.network, &explanation.forgetting);
    let season = network.season()?;
    let steps = counted(season, "time step");
    if network.deseasonalized {
        return Some(format!(
            "The season of {steps} is removed from the inputs and added to the forecast: the network need not remember it."
        ));
    }
    if network.seasonal_features {
        return Some(format!(
            "The season is {steps}, and its values at the horizon are inputs: the network need not remember them."
        ));
    }
    let before = (season - curve.step_ahead % season) % season;
    let influence = influence_near(&curve.influence, before).filter(|_| curve.is_any())?;
    let share = per_cent(influence, if influence < 0.1 { 1 } else { 0 });
    let fact = format!(
        "The season is {steps}, and the values around one season before the forecast one have up to {share} of the largest influence"
    );
    if influence >= LITTLE {
        return Some(format!("{fact}."));
    }
    Some(format!("{fact}: if the forecast misses the season, {}.", advice(explanation, season)))
}

/// The largest influence at a distance and its two neighbors; `None` beyond the distances that were looked at.
fn influence_near(influence: &[f64], distance: usize) -> Option<f64> {
    influence.get(distance)?;
    let near = &influence[distance.saturating_sub(1)..(distance + 2).min(influence.len())];
    near.iter().copied().reduce(f64::max)
}

/// What can be tried where the network forgets before a season is over.
fn advice(explanation: &Explanation, season: usize) -> String {
    let network = &explanation.network;
    let mut ways = Vec::new();
    if network.seq_length < season {
        ways.push(format!(
            "train in windows longer than {} (`--seq-length`)",
            counted(network.seq_length, "time step")
        ));
    }
    ways.push(match network.has_gates {
        true => "widen the hidden layer (`--hidden-size`)".to_owned(),
        false => "use an LSTM or a GRU (`--cell`)".to_owned(),
    });
    if network.lags < season {
        ways.push(format!("give the season as inputs (`--lags {season}`)"));
    }
    format!("try to {}", ways.join(", or to "))
}

/// How far back a loss trains the network.
fn gradient(explanation: &Explanation) -> Option<String> {
    let norms = explanation.gradient.as_ref()?;
    let window = counted(norms.steps, "time step");
    if norms.ratio() > EXPLODES {
        return Some(format!(
            "The gradient of the last loss of a window grows {} times on its way back over {window}: clipping (`--clip`) \
             keeps such a training stable.",
            fixed(norms.ratio(), 0)
        ));
    }
    Some(match norms.vanishes {
        Some(steps) => format!(
            "The gradient of the last loss of a window of {window} falls below 1 % of its largest norm {} before the end: \
             older time steps are hardly trained by it.",
            counted(steps, "time step")
        ),
        None => format!(
            "The gradient of the last loss reaches the beginning of a window of {window}, where its norm is {} of that at \
             the end.",
            per_cent(norms.ratio(), if norms.ratio() < 0.1 { 1 } else { 0 })
        ),
    })
}

/// Gates and hidden states of the last layer that are near an end of their range most of the time.
fn saturation(explanation: &Explanation) -> Option<String> {
    let last = explanation.layers.last()?;
    let is_saturated = |activity: &&Activity| activity.saturated() >= SATURATED;
    let in_words = |activity: &Activity| {
        let [low, high] = activity.range.map(|end| fixed(end, usize::from(end.fract() != 0.0)));
        format!(
            "{} {} (near {low}: {}, near {high}: {})",
            activity.name,
            activity.letter,
            per_cent(activity.low, 0),
            per_cent(activity.high, 0)
        )
    };
    let all = last.gates.iter().chain([&last.hidden]).filter(is_saturated);
    let all: Vec<String> = all.map(in_words).collect();
    (!all.is_empty()).then(|| {
        format!(
            "At an end of the range most of the time, where a unit learns slowly: {}.",
            all.join(", ")
        )
    })
}

/// Fewest time steps by which a unit is said never to move.
const MIN_STEPS: usize = 24;

/// Units that never move.
fn unmoved(explanation: &Explanation) -> Option<String> {
    if explanation.window.steps < MIN_STEPS {
        return None;
    }
    let in_words = |unmoved: usize, layer: usize| {
        let of = explanation.network.hidden_size;
        match explanation.network.num_layers {
            1 => format!("{unmoved} of {of} units"),
            _ => format!("{unmoved} of {of} units of layer {layer}"),
        }
    };
    let layers = explanation.layers.iter().filter(|layer| !layer.hidden.unmoved.is_empty());
    let layers: Vec<String> =
        layers.map(|layer| in_words(layer.hidden.unmoved.len(), layer.layer)).collect();
    (!layers.is_empty()).then(|| {
        format!(
            "In the last {}, {} never move by more than {} of their range: a smaller hidden size may forecast as well.",
            counted(explanation.window.steps, "time step"),
            layers.join(" and "),
            per_cent(UNMOVED, 0)
        )
    })
}

/// Units that follow the series or its season.
fn following(explanation: &Explanation) -> Option<String> {
    let units = &explanation.units;
    let most = |of: fn(&UnitState) -> Option<f64>| {
        let known = units.iter().filter_map(move |unit| Some((unit.unit, of(unit)?)));
        let follow = known.filter(|(_, r)| r.abs() >= FOLLOWS);
        let count = follow.clone().count();
        follow.max_by(|a, b| a.1.abs().total_cmp(&b.1.abs())).map(|(unit, r)| (count, unit, r))
    };
    let sentence = |what: &str, (count, unit, r): (usize, usize, f64)| {
        let verb = if count == 1 { "follows" } else { "follow" };
        format!(
            "{} of the last layer {verb} {what} (correlation of unit {unit}: {})",
            counted(count, "unit"),
            fixed(r, 2)
        )
    };
    let series = most(|unit| unit.with_series).map(|found| sentence("the series", found));
    let season = most(|unit| unit.with_season).map(|found| sentence("the season", found));
    let all: Vec<String> = series.into_iter().chain(season).collect();
    (!all.is_empty()).then(|| format!("{}.", all.join("; ")))
}

#[cfg(test)]
mod tests;
