//! Charts of an explanation: heat maps, forgetting curve, gradient norm, units at the end.

use super::{Album, Axis, Color, HeatMap, Mark, Picture, Shape};
use crate::explain::{Activity, Explanation, LayerActivity};

/// Most layers whose heat maps are drawn, the last ones. Of so many layers or fewer the gates are drawn, too; of more
/// only those of the last layer.
const MAX_LAYERS: usize = 8;
const WITH_GATES: usize = 2;
/// Distances of the forgetting curve that are drawn: so many times its reach, and these at least.
const SHOWN: usize = 3;
const MIN_SHOWN: usize = 24;

impl Explanation {
    /// All charts, with the sentences below them.
    pub fn album(&self) -> Album {
        let shown = self.layers.len().min(MAX_LAYERS);
        let layers = &self.layers[self.layers.len() - shown..];
        let with_gates = if shown <= WITH_GATES { 0 } else { shown - 1 };
        let mut pages = vec![self.forgetting_picture()];
        pages.extend(self.gradient_picture());
        pages.push(self.series_picture());
        for (i, layer) in layers.iter().enumerate() {
            pages.push(self.heat_picture(layer, &layer.hidden));
            let gates = layer.gates.iter().filter(|_| i >= with_gates);
            pages.extend(gates.map(|gate| self.heat_picture(layer, gate)));
        }
        pages.push(self.units_picture());
        let numbered = |(i, words): (usize, &String)| (format!("{}", i + 1), words.clone());
        Album {
            title: format!("{}: inside the {}", self.series, self.network.cell.to_uppercase()),
            pages,
            facts: self.words.iter().enumerate().map(numbered).collect(),
            unlike: true,
            ..Album::default()
        }
    }

    /// Influence of the values on the forecast, by distance.
    pub fn forgetting_picture(&self) -> Picture {
        let curve = &self.forgetting;
        let season = self.network.season().filter(|season| *season < curve.influence.len());
        // Of a network that forgets soon, the flat rest of the curve would hide the beginning.
        let shown = curve.reach.map_or(curve.influence.len(), |reach| SHOWN * reach);
        let shown = shown.max(season.unwrap_or(0) + 2).max(MIN_SHOWN);
        let points = curve.influence.iter().take(shown).enumerate();
        let points = points.map(|(d, y)| (d as f64, *y)).collect();
        let rule = |at: Option<usize>, label: &str| Some((at? as f64, label.to_owned()));
        let rules =
            [rule(curve.half_life, "half-life"), rule(curve.reach, "5 %"), rule(season, "season")];
        let ahead = match curve.step_ahead {
            1 => "the next value".to_owned(),
            k => format!("the value {k} steps ahead"),
        };
        Picture {
            x_axis: Axis::Steps,
            vertical_rules: rules.into_iter().flatten().collect(),
            ..Picture::new(format!("forgetting: influence on {ahead}"))
        }
        .labelled("time steps back", "share of the largest")
        .with(Mark::new("", Color::Blue, Shape::Line, points))
    }

    /// Gradient norm through time, back from the end of a window.
    fn gradient_picture(&self) -> Option<Picture> {
        let norms = self.gradient.as_ref()?;
        let back =
            |norms: &[f64]| norms.iter().rev().enumerate().map(|(d, y)| (d as f64, *y)).collect();
        let picture = Picture {
            x_axis: Axis::Steps,
            y_log: true,
            ..Picture::new("gradient norm of the state through time")
        };
        Some(
            picture
                .labelled("time steps back from the end of a window", "norm")
                .with(Mark::new(
                    "loss of the last step",
                    Color::Blue,
                    Shape::Line,
                    back(&norms.of_last),
                ))
                .with(Mark::new(
                    "loss of the window",
                    Color::Grey,
                    Shape::DashedLine,
                    back(&norms.of_window),
                )),
        )
    }

    /// The series at the time steps of the heat maps.
    fn series_picture(&self) -> Picture {
        let points = self.window.positions.iter().copied().zip(self.values.iter().copied());
        Picture {
            x_axis: Axis::of(&self.window.clock),
            ..Picture::new(format!("the last {} values", self.values.len()))
        }
        .with(Mark::new("actual", Color::Red, Shape::Line, points.collect()))
    }

    fn heat_picture(&self, layer: &LayerActivity, activity: &Activity) -> Picture {
        let of = match self.layers.len() {
            1 => String::new(),
            _ => format!(", layer {}", layer.layer),
        };
        let (rows, x) = (activity.values.hidden_size, &self.window.positions);
        Picture {
            x_axis: Axis::of(&self.window.clock),
            heat: Some(HeatMap::new(x, rows, activity.values.iter(), activity.range)),
            ..Picture::new(format!("{} {}{of}", activity.name, activity.letter))
        }
        .labelled("", "unit")
    }

    /// The state of each unit of the last layer at the end.
    fn units_picture(&self) -> Picture {
        let mut units: Vec<_> = self.units.iter().collect();
        units.sort_by_key(|unit| unit.unit);
        let of = |name: &str| {
            let value = |unit: &&crate::explain::UnitState| unit.state.get(name).copied();
            let points = units.iter().filter_map(|unit| Some((unit.unit as f64, value(unit)?)));
            points.collect::<Vec<_>>()
        };
        let marks = [("h", Color::Blue, Shape::Dots), ("c", Color::Orange, Shape::Rings)];
        let marks = marks.map(|(name, color, shape)| Mark::new(name, color, shape, of(name)));
        Picture {
            x_axis: Axis::Steps,
            marks: marks.into_iter().filter(|mark| !mark.points.is_empty()).collect(),
            ..Picture::new(format!("state after {}", self.window.last))
        }
        .labelled("unit", "")
    }
}
