//! The picture: what the network sees, what it says, and what is right.
//!
//! The screen has room for a few windows side by side, and each new one takes the place of the
//! oldest, as on an oscilloscope: nothing moves that has not changed. The present one is underlined
//! and bright; below each stands the time at which it begins.

use std::collections::VecDeque;

use elman::report::{Axis, ticks};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::Window;
use super::palette::Palette;
use super::plot::{self, Plot, write};
use crate::numbers;

/// Windows on the picture at most. A wave whose period is two windows stands still in 2 and 4.
pub(super) const SLOTS: usize = 4;
/// Columns that a window needs, however few points it has.
const NARROWEST: u16 = 12;

/// What the network saw; what it said; both in one place; said, but beyond the picture.
const INPUT: &str = "●";
const PREDICTION: &str = "○";
const BOTH: &str = "◉";
const ABOVE: &str = "△";
const BELOW: &str = "▽";

/// The last windows.
#[derive(Debug, Default)]
pub(super) struct Trail {
    /// What their times are.
    pub(super) axis: Axis,
    /// With their steps, the newest last.
    windows: VecDeque<(u64, Window)>,
}

impl Trail {
    /// Takes the window of `step`. Windows of later steps are forgotten: training went back.
    pub(super) fn push(&mut self, step: u64, window: Window) {
        self.windows.retain(|&(other, _)| other < step);
        if self.windows.len() == SLOTS {
            self.windows.pop_front();
        }
        self.windows.push_back((step, window));
    }
}

/// Draws the windows of `trail`.
pub(super) fn draw(trail: &Trail, palette: &Palette, area: Rect, buf: &mut Buffer) {
    let Some((step, present)) = trail.windows.back() else { return };
    if area.height < 4 || area.width < 12 {
        return;
    }
    legend(palette, area, buf);
    let y = present.y_range;
    let rows = area.height - 3;
    let labels = ticks::numbers(y.0, y.1, usize::from(rows / 2).clamp(2, 7));
    let gutter = plot::gutter(&labels);
    let room = area.width.saturating_sub(gutter);
    // A column for every point.
    let needed = u16::try_from(present.input.len() + 1).unwrap_or(u16::MAX).max(NARROWEST);
    let slots = [4, 2].into_iter().find(|&slots| room / slots >= needed).unwrap_or(1);
    let plot = Plot { area: Rect::new(area.x + gutter, area.y + 1, room, rows), x: (0.0, 1.0), y };
    plot::y_axis(&plot, &labels, palette.faint, buf);
    let axis = plot.area.bottom();
    write(buf, plot.area.x - 1, axis, "└", palette.faint);
    write(buf, plot.area.x, axis, &"─".repeat(usize::from(room)), palette.faint);
    let label = &present.x_label;
    let at = area.right().saturating_sub(label.chars().count() as u16);
    write(buf, at, axis + 1, label, palette.faint);

    for slot in 0..slots {
        let mine = |&&(step, _): &&(u64, Window)| step % u64::from(slots) == u64::from(slot);
        let Some((at, window)) = trail.windows.iter().rfind(mine) else { continue };
        let (from, to) = (room * slot / slots, room * (slot + 1) / slots);
        let area = Rect { x: plot.area.x + from, width: to - from, ..plot.area };
        let Some(x) = extent(window) else { continue };
        let part = Plot { area, x, y };
        let now = at == step;
        let inks = if now { Inks::present(palette) } else { Inks::past(palette) };
        part.line(&window.target, palette.target, buf);
        dots(&part, window, &inks, buf);
        if now {
            write(buf, area.x, axis, &"━".repeat(usize::from(area.width)), palette.strong);
        }
        let style = if now { palette.strong } else { palette.faint };
        // Dates need room, and have it where the name of the axis does not.
        match trail.axis {
            Axis::Dates => dates(&part, style, buf),
            _ => beginning(&part, style, buf),
        }
    }
}

struct Inks {
    input: Style,
    prediction: Style,
    both: Style,
}

impl Inks {
    fn present(palette: &Palette) -> Self {
        Self { input: palette.input, prediction: palette.prediction, both: palette.both }
    }

    fn past(palette: &Palette) -> Self {
        let Palette { input_past: input, prediction_past: prediction, both_past: both, .. } =
            *palette;
        Self { input, prediction, both }
    }
}

fn dots(plot: &Plot, window: &Window, inks: &Inks, buf: &mut Buffer) {
    for &point in &window.input {
        let Some(at) = plot.cell(point) else { continue };
        if let Some(cell) = buf.cell_mut(at) {
            cell.set_symbol(INPUT).set_style(inks.input);
        }
    }
    for &(x, y) in &window.prediction {
        let Some(cell) = plot.cell((x, y)).and_then(|at| buf.cell_mut(at)) else { continue };
        let symbol = match cell.symbol() {
            _ if y > plot.y.1 => ABOVE,
            _ if y < plot.y.0 => BELOW,
            INPUT | BOTH => BOTH,
            _ => PREDICTION,
        };
        cell.set_symbol(symbol).set_style(if symbol == BOTH { inks.both } else { inks.prediction });
    }
}

/// The time at which a window begins, below it.
fn beginning(plot: &Plot, style: Style, buf: &mut Buffer) {
    // Neighbours a window apart are told apart; whole numbers stay whole.
    let (begin, span) = (plot.x.0, plot.x.1 - plot.x.0);
    let whole = (begin - begin.round()).abs() < 1e-6 * span;
    let decimals = if whole { 0 } else { 1 - span.log10().floor() as i32 };
    let text = numbers::fixed(begin, decimals.clamp(0, 6) as usize);
    write(buf, plot.area.x, plot.area.bottom() + 1, &text, style);
}

/// Round dates below a window, each under its place.
fn dates(plot: &Plot, style: Style, buf: &mut Buffer) {
    let Rect { x, width, .. } = plot.area;
    let mut free = x;
    for tick in ticks::dates(plot.x.0, plot.x.1, usize::from(width / 14).max(2)) {
        let Some((column, _)) = plot.cell((tick.at, plot.y.0)) else { continue };
        let wide = tick.label.chars().count() as u16;
        let at = column.min((x + width).saturating_sub(wide));
        if at >= free && wide <= width {
            write(buf, at, plot.area.bottom() + 1, &tick.label, style);
            free = at + wide + 1;
        }
    }
}

fn extent(window: &Window) -> Option<(f64, f64)> {
    let all = [&window.input, &window.prediction, &window.target];
    let times = || all.into_iter().flatten().map(|point| point.0).filter(|x| x.is_finite());
    let (low, high) = (times().reduce(f64::min)?, times().reduce(f64::max)?);
    Some(if high > low { (low, high) } else { (low - 0.5, low + 0.5) })
}

fn legend(palette: &Palette, area: Rect, buf: &mut Buffer) {
    let entries = [
        (INPUT, "input", palette.input),
        (PREDICTION, "prediction", palette.prediction),
        (BOTH, "both", palette.both),
        ("⠒⠒", "target", palette.target),
    ];
    plot::legend(&entries, palette.faint, area, buf);
}

#[cfg(test)]
#[path = "picture_tests.rs"]
mod tests;
