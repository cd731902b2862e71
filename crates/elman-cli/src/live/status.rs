//! Where training stands, in numbers.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::draw::{Mode, View};
use super::palette::Palette;
use super::plot::{write, write_within};
use crate::numbers;

/// Columns of the names.
const NAMES: u16 = 10;

/// One name and one value a line, the most important first: where there is no room, the last ones
/// are left out.
pub(super) fn block(view: &View<'_>, area: Rect, buf: &mut Buffer) {
    for (i, (name, value, style)) in (0..).zip(lines(view)) {
        // The third line is the gauge.
        let y = area.y + i + u16::from(i >= 2);
        if y >= area.bottom() {
            break;
        }
        write(buf, area.x, y, name, view.palette.faint);
        let names = if name.is_empty() { 0 } else { NAMES.min(area.width / 2) };
        write_within(buf, area.x + names, y, area.width - names, &value, style);
    }
    if area.height > 2 {
        gauge(view, Rect { y: area.y + 2, height: 1, ..area }, buf);
    }
}

/// The same without a gauge, as narrow as can be.
pub(super) fn numbers(view: &View<'_>, area: Rect, buf: &mut Buffer) {
    for (y, (name, value, _)) in (area.y..area.bottom()).zip(lines(view)) {
        let text = format!("{name} {value}");
        write_within(buf, area.x, y, area.width, text.trim_start(), view.palette.plain);
    }
}

/// Two lines for narrow screens: a gauge, and those numbers that there is room for.
pub(super) fn strip(view: &View<'_>, area: Rect, buf: &mut Buffer) {
    gauge(view, Rect { height: 1, ..area }, buf);
    let mut x = area.x;
    for (name, value, style) in lines(view) {
        let long = name.chars().count() as u16;
        let before = if long > 0 { long + 1 } else { 0 };
        let width = before + value.chars().count() as u16;
        if x + width > area.right() {
            continue;
        }
        write(buf, x, area.y + 1, name, view.palette.faint);
        write(buf, x + before, area.y + 1, &value, style);
        x += width + 2;
    }
}

/// How far the plan is done: the thick part of a line.
pub(super) fn gauge(view: &View<'_>, area: Rect, buf: &mut Buffer) {
    let part = share(view);
    let percent = format!("{:>3}%", (part * 100.0) as u32);
    let room = area.width.saturating_sub(5);
    let done = (f64::from(room) * part).floor() as u16;
    write(buf, area.x, area.y, &"━".repeat(usize::from(done)), view.palette.curve);
    let rest = "─".repeat(usize::from(room - done));
    write(buf, area.x + done, area.y, &rest, view.palette.faint);
    write(buf, area.x + room + 1, area.y, &percent, view.palette.plain);
}

fn share(view: &View<'_>) -> f64 {
    (view.frame.step as f64 / view.frame.steps.max(1) as f64).clamp(0.0, 1.0)
}

/// Names and values, the most important first.
fn lines(view: &View<'_>) -> Vec<(&'static str, String, Style)> {
    let (frame, clock) = (view.frame, &view.clock);
    let Palette { plain, strong, note, .. } = *view.palette;
    let step = format!("{} of {}", numbers::count(frame.step), numbers::count(frame.steps));
    let mut lines =
        vec![("loss", numbers::significant(frame.loss, 3), strong), ("step", step, plain)];
    if let Some(text) = frame.note {
        lines.push(("", text.to_owned(), note));
    }
    lines.push(("gradient", numbers::significant(frame.grad_norm, 3), plain));
    lines.push(("learning rate", numbers::trimmed(frame.rate, 3), plain));
    lines.push(("time", numbers::clock(clock.elapsed), plain));
    if let Some(speed) = clock.speed {
        lines.push(("speed", format!("{} steps/s", numbers::roughly(speed)), plain));
    }
    if let (Some(slowed), Mode::Training) = (clock.slowed, view.mode) {
        lines.push(("slowed", format!("{}× for display", numbers::roughly(slowed)), plain));
    }
    lines
}
