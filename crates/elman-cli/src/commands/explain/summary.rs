//! The summary of an explanation: network, forgetting curve, gradient, gates, units, and the sentences.

use elman::data::{counted, thousands};
use elman::explain::{Activity, Explanation, GradientNorms, UnitState};
use elman::report;

use crate::{numbers, print};

/// Units in the table, the most active.
const MAX_UNITS: usize = 8;
/// Size of the chart, in characters.
const CHART: (usize, usize) = (72, 14);
/// Characters of a line of bars.
const BARS: usize = 48;
/// Characters of a line of text.
const LINE: usize = 100;

/// Prints the summary on stdout.
pub fn print(explanation: &Explanation) {
    network(explanation);
    forgetting(explanation);
    if let Some(norms) = &explanation.gradient {
        gradient(norms);
    }
    activity(explanation);
    units(explanation);
    out!("\nin words");
    for sentence in &explanation.words {
        wrapped(sentence).iter().for_each(|line| out!("  {line}"));
    }
}

/// The network, and the time steps that were looked at.
fn network(explanation: &Explanation) {
    let (network, window) = (&explanation.network, &explanation.window);
    let layers = match (&network.dilations[..], network.residual) {
        ([], false) => counted(network.num_layers, "layer"),
        (dilations, residual) => {
            let residual = if residual { ", residual" } else { "" };
            let dilations = match dilations {
                [] => String::new(),
                all => format!(", dilations {all:?}"),
            };
            format!("{}{dilations}{residual}", counted(network.num_layers, "layer"))
        }
    };
    out!(
        "network     {} of {}: {}, hidden size {}, {layers}, {} parameters",
        network.number,
        network.of,
        network.cell,
        network.hidden_size,
        thousands(network.parameters)
    );
    out!("inputs      {} at a time step: {}", network.inputs, network.preprocessing);
    out!(
        "series      {}, the last {}: {} to {}",
        explanation.series,
        counted(window.steps, "time step"),
        window.first,
        window.last
    );
}

/// The forgetting curve, as numbers and as a chart.
fn forgetting(explanation: &Explanation) {
    let curve = &explanation.forgetting;
    let at = |distance: Option<usize>| match distance {
        Some(distance) => distance.to_string(),
        None if curve.is_any() => format!("beyond {}", curve.influence.len() - 1),
        None => "-".to_owned(),
    };
    out!(
        "forgetting  half-life {}, below 5 % from {} on, in time steps (forecast {} ahead, mean of {})",
        at(curve.half_life),
        at(curve.reach),
        counted(curve.step_ahead, "step"),
        counted(curve.origins, "origin")
    );
    if curve.is_any() {
        let color = print::stdout_is_seen() && std::env::var_os("NO_COLOR").is_none();
        let picture = explanation.forgetting_picture();
        out!("\n{}", report::text(&picture, CHART.0, CHART.1, color));
    }
}

/// The gradient norm, the newest time step first.
fn gradient(norms: &GradientNorms) {
    let back: Vec<f64> = norms.of_last.iter().rev().copied().collect();
    let vanishes = match norms.vanishes {
        Some(steps) => format!("below 1 % from {} back on", counted(steps, "time step")),
        None => format!("{} of the norm at the end is left", numbers::per_cent(norms.ratio(), 1)),
    };
    out!(
        "gradient    of the last loss, back over {}: {vanishes}",
        counted(norms.steps, "time step")
    );
    out!("            {}  (the end first)", report::sparkline(&back, BARS));
}

/// A line for the hidden state and each gate of each layer.
fn activity(explanation: &Explanation) {
    out!(
        "\n{:<22}{:>8}{:>10}{:>10}{:>14}",
        "layer, state or gate",
        "mean",
        "near low",
        "near high",
        "never moving"
    );
    let line = |layer: usize, activity: &Activity| {
        let [low, high] = [activity.low, activity.high].map(|share| numbers::per_cent(share, 0));
        let name = format!("{layer}  {} {}", activity.letter, activity.name);
        let unmoved = format!("{} of {}", activity.unmoved.len(), activity.values.hidden_size);
        let mean = numbers::fixed(activity.mean, 2);
        out!("{name:<22}{mean:>8}{low:>10}{high:>10}{unmoved:>14}");
    };
    for layer in &explanation.layers {
        line(layer.layer, &layer.hidden);
        layer.gates.iter().for_each(|gate| line(layer.layer, gate));
    }
}

/// The most active units of the last layer, at the end.
fn units(explanation: &Explanation) {
    let Some(first) = explanation.units.first() else { return };
    let names: Vec<&str> = first.state.keys().copied().rev().collect();
    let states =
        |of: &dyn Fn(&str) -> String| names.iter().map(|name| of(name)).collect::<String>();
    let shown = explanation.units.len().min(MAX_UNITS);
    out!(
        "\n{} of the last layer at the end, with the correlations of h over time",
        match shown == explanation.units.len() {
            true => "units".to_owned(),
            false => format!("the {shown} most active of {} units", explanation.units.len()),
        }
    );
    out!(
        "{:>6}{}{:>11}{:>13}{:>13}",
        "unit",
        states(&|name| format!("{name:>9}")),
        "deviation",
        "with series",
        "with season"
    );
    let correlation = |r: Option<f64>| r.map_or("-".to_owned(), |r| numbers::fixed(r, 2));
    for unit in &explanation.units[..shown] {
        let UnitState { unit, state, deviation, with_series, with_season } = unit;
        out!(
            "{unit:>6}{}{:>11}{:>13}{:>13}",
            states(&|name| format!(
                "{:>9}",
                state.get(name).map_or("-".to_owned(), |value| numbers::fixed(*value, 3))
            )),
            numbers::fixed(*deviation, 3),
            correlation(*with_series),
            correlation(*with_season)
        );
    }
}

/// The lines of a sentence.
fn wrapped(sentence: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in sentence.split_whitespace() {
        match lines.last_mut() {
            // A number and its `%` stay together.
            Some(line)
                if word.starts_with('%')
                    || line.chars().count() + 1 + word.chars().count() <= LINE =>
            {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}
