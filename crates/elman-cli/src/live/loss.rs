//! The curve of the loss over all steps of the plan, on a logarithmic scale.

use elman::report::ticks::{self, Tick};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::Frame;
use super::palette::Palette;
use super::plot::{self, Plot, write};
use crate::numbers;

/// Losses of a stretch of steps that are looked at: a drawing must not take longer because
/// training has.
const SAMPLES: usize = 16;

/// Draws the losses of `frame`.
pub(super) fn draw(frame: &Frame<'_>, palette: &Palette, area: Rect, buf: &mut Buffer) {
    if area.height < 4 || area.width < 16 {
        return;
    }
    legend(frame, palette, area, buf);
    // A likelihood can be below zero; a logarithm cannot.
    let some = frame.losses.iter().step_by(frame.losses.len() / 4096 + 1);
    let below_zero = some.chain(frame.evaluations.iter().map(|(_, loss)| loss)).any(|&l| l < 0.0);
    let scale = if below_zero { Scale::Linear } else { Scale::Logarithmic };
    let curve = curve(frame, scale, usize::from(area.width));
    let held_out: Vec<(f64, f64)> =
        frame.evaluations.iter().map(|&(step, loss)| (step as f64, scale.place(loss))).collect();
    let level = frame.baseline.map(|loss| scale.place(loss)).filter(|level| level.is_finite());

    let values = curve.iter().chain(&held_out).map(|point| point.1).chain(level);
    let Some(y) = range(values, scale) else { return };
    // The steps are written below only where there is room; the gauge says them too.
    let steps = area.height >= 8;
    let rows = area.height - 2 - u16::from(steps);
    let labels = scale.ticks(y, usize::from(rows / 2).clamp(2, 6));
    let gutter = plot::gutter(&labels);
    let width = area.width.saturating_sub(gutter);
    let plot = Plot {
        area: Rect::new(area.x + gutter, area.y + 1, width, rows),
        x: (0.0, frame.steps.max(1) as f64),
        y,
    };
    plot::y_axis(&plot, &labels, palette.faint, buf);
    let (x, bottom) = (plot.area.x, plot.area.bottom());
    write(buf, x - 1, bottom, "└", palette.faint);
    write(buf, x, bottom, &"─".repeat(usize::from(width)), palette.faint);
    if steps {
        let last = format!("step {}", numbers::count(frame.steps));
        write(buf, x, bottom + 1, "0", palette.faint);
        let at = area.right().saturating_sub(last.chars().count() as u16);
        write(buf, at, bottom + 1, &last, palette.faint);
    }

    if let Some(level) = level {
        plot.level(level, palette.faint, buf);
    }
    plot.line(&curve, palette.curve, buf);
    for cell in held_out.iter().filter_map(|&point| plot.cell(point)) {
        write(buf, cell.0, cell.1, "◆", palette.evaluation);
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Scale {
    Linear,
    Logarithmic,
}

impl Scale {
    fn place(self, loss: f64) -> f64 {
        match self {
            Self::Linear => loss,
            // A loss of 0 is as good as it gets and has no place on a logarithmic scale.
            Self::Logarithmic if !(loss > 0.0 && loss.is_finite()) => f64::NAN,
            // Beyond these the ends of the axis would be infinite.
            Self::Logarithmic => loss.log10().clamp(-300.0, 300.0),
        }
    }

    /// Labels at their places.
    fn ticks(self, (low, high): (f64, f64), most: usize) -> Vec<Tick> {
        match self {
            Self::Linear => ticks::numbers(low, high, most),
            Self::Logarithmic => ticks::logarithmic(10_f64.powf(low), 10_f64.powf(high), most)
                .into_iter()
                .map(|tick| Tick { at: tick.at.log10(), ..tick })
                .collect(),
        }
    }
}

/// The mean of each stretch of steps, in places on the scale. Stretches are two to a column and
/// stay where they are as training goes on, so that the curve grows and does not shiver.
fn curve(frame: &Frame<'_>, scale: Scale, columns: usize) -> Vec<(f64, f64)> {
    let losses = frame.losses;
    let stretch = (frame.steps as usize).div_ceil(columns.max(1) * 2).max(1);
    let before = (frame.step as usize).saturating_sub(losses.len());
    let mut points = Vec::with_capacity(losses.len() / stretch + 2);
    let mut from = 0;
    while from < losses.len() {
        let to = ((before + from) / stretch + 1) * stretch - before;
        let part = &losses[from..to.min(losses.len())];
        let places = part.iter().step_by(part.len().div_ceil(SAMPLES)).map(|&l| scale.place(l));
        let (sum, count) = places
            .filter(|place| place.is_finite())
            .fold((0.0, 0), |(sum, count), place| (sum + place, count + 1));
        if count > 0 {
            points.push(((before + from + part.len()) as f64, sum / f64::from(count)));
        }
        from = to;
    }
    points
}

/// The ends of the y axis: the values, rounded outwards so that the axis seldom moves.
fn range(values: impl Iterator<Item = f64>, scale: Scale) -> Option<(f64, f64)> {
    let ends = values.filter(|value| value.is_finite()).fold(None, |ends, value| {
        let (low, high) = ends.unwrap_or((value, value));
        Some((value.min(low), value.max(high)))
    });
    let (low, high): (f64, f64) = ends?;
    // A range that is too small for a label to differ from the next shows noise, and no curve.
    let least = match scale {
        Scale::Linear => (1e-3 * high.abs().max(low.abs())).max(1e-9),
        Scale::Logarithmic => 0.1,
    };
    let span = (high - low).max(least);
    let unit = 10_f64.powf(span.log10().floor()) * 0.5;
    Some((
        (low / unit).floor() * unit,
        (high / unit).ceil() * unit + if high > low { 0.0 } else { unit },
    ))
}

fn legend(frame: &Frame<'_>, palette: &Palette, area: Rect, buf: &mut Buffer) {
    let mut entries = vec![("⠒⠒", "loss", palette.curve)];
    if !frame.evaluations.is_empty() {
        entries.push(("◆", "validation", palette.evaluation));
    }
    let baseline = frame.baseline.map(|loss| numbers::significant(loss, 3));
    let words = if area.width < 60 { "naive" } else { "naive forecast:" };
    let baseline = baseline.map(|loss| format!("{words} {loss}"));
    if let Some(name) = &baseline {
        entries.push(("⠒ ⠒", name, palette.faint));
    }
    plot::legend(&entries, palette.faint, area, buf);
}

#[cfg(test)]
#[path = "loss_tests.rs"]
mod tests;
