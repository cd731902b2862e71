//! The whole screen, from what is known to what is seen.

use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::{Margin, Rect};

use super::palette::Palette;
use super::picture::Trail;
use super::plot::{write, write_within};
use super::{Frame, loss, picture, status};

/// Everything that is on the screen.
pub(super) struct View<'a> {
    pub(super) title: &'a str,
    pub(super) frame: &'a Frame<'a>,
    pub(super) trail: &'a Trail,
    pub(super) clock: Clock,
    pub(super) mode: Mode,
    pub(super) palette: &'a Palette,
}

/// Times and speeds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clock {
    pub(super) elapsed: Duration,
    /// Steps a second.
    pub(super) speed: Option<f64>,
    /// How many times faster the network could be.
    pub(super) slowed: Option<f64>,
    /// Doublings of the usual pace; `None`: full speed.
    pub(super) doublings: Option<i32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Training,
    Paused,
    Done,
}

/// The screen before the first step is done.
pub(super) fn waiting(title: &str, palette: &Palette, area: Rect, buf: &mut Buffer) {
    write(buf, area.x, area.y, title, palette.strong);
    write(buf, area.x, area.y + 2, "the first step …", palette.faint);
}

/// Draws `view`.
pub(super) fn draw(view: &View<'_>, area: Rect, buf: &mut Buffer) {
    if area.width < 40 || area.height < 12 {
        return small(view, area, buf);
    }
    // Margins and empty lines where there is room for them.
    let side = u16::from(area.width >= 60);
    let top = u16::from(area.height >= 28);
    let gap = u16::from(area.height >= 24);
    let inner = area.inner(Margin { horizontal: side, vertical: top });
    header(view, Rect { height: 1, ..inner }, buf);
    keys(view, Rect { y: inner.bottom() - 1, height: 1, ..inner }, buf);
    let body = inner.inner(Margin { horizontal: 0, vertical: 1 + gap });
    if inner.width >= 72 { beside(view, body, buf) } else { below(view, body, buf) }
}

/// The picture above; the curve and the numbers side by side below.
fn beside(view: &View<'_>, body: Rect, buf: &mut Buffer) {
    let gap = u16::from(body.height >= 16);
    let low = (body.height * 2 / 5).clamp(5, 20);
    let high = body.height - low - gap;
    picture::draw(view.trail, view.palette, Rect { height: high, ..body }, buf);
    let below = Rect { y: body.y + high + gap, height: low, ..body };
    let width = 34.min(below.width / 2);
    let left = Rect { width: below.width - width - 3, ..below };
    loss::draw(view.frame, view.palette, left, buf);
    status::block(view, Rect { x: left.right() + 3, width, ..below }, buf);
}

/// All one below the other.
fn below(view: &View<'_>, body: Rect, buf: &mut Buffer) {
    let gap = u16::from(body.height >= 20);
    let rest = body.height - 2 - gap;
    // A curve is no curve in less than five lines.
    let low = if rest >= 12 { rest * 2 / 5 } else { 0 };
    let high = rest - low - gap;
    picture::draw(view.trail, view.palette, Rect { height: high, ..body }, buf);
    if low > 0 {
        let area = Rect { y: body.y + high + gap, height: low, ..body };
        loss::draw(view.frame, view.palette, area, buf);
    }
    status::strip(view, Rect { y: body.bottom() - 2, height: 2, ..body }, buf);
}

/// Numbers only.
fn small(view: &View<'_>, area: Rect, buf: &mut Buffer) {
    let gauge = u16::from(area.height >= 4 && area.width >= 12);
    let keys = u16::from(area.height >= 6);
    let height = area.height - gauge - keys;
    status::numbers(view, Rect { height, ..area }, buf);
    if gauge > 0 {
        status::gauge(view, Rect { y: area.y + height, height: 1, ..area }, buf);
    }
    if keys > 0 {
        let text = match view.mode {
            Mode::Training => "space pause  q stop",
            Mode::Paused => "space continue  q stop",
            Mode::Done => "done: press any key",
        };
        write(buf, area.x, area.bottom() - 1, text, view.palette.faint);
    }
}

fn header(view: &View<'_>, area: Rect, buf: &mut Buffer) {
    let state = match (view.mode, view.clock.doublings) {
        (Mode::Done, _) => "done".to_owned(),
        (Mode::Paused, _) => "paused".to_owned(),
        (Mode::Training, None) => "full speed".to_owned(),
        (Mode::Training, Some(0)) => "training".to_owned(),
        (Mode::Training, Some(doublings @ 1..)) => format!("{}× faster", 1_u64 << doublings),
        (Mode::Training, Some(halvings)) => format!("{}× slower", 1_u64 << -halvings),
    };
    let at = area.right().saturating_sub(state.chars().count() as u16);
    let room = at.saturating_sub(area.x + 2);
    write_within(buf, area.x, area.y, room, view.title, view.palette.strong);
    let style = if view.mode == Mode::Training { view.palette.faint } else { view.palette.strong };
    write(buf, at, area.y, &state, style);
}

fn keys(view: &View<'_>, area: Rect, buf: &mut Buffer) {
    let pause = if view.mode == Mode::Paused { "go on" } else { "pause" };
    let full = if view.clock.doublings.is_none() { "default speed" } else { "full speed" };
    let keys: &[(&str, &str)] = match view.mode {
        Mode::Done => &[("done:", "press any key")],
        _ => &[("space", pause), ("→", "one step"), ("+ −", "speed"), ("f", full), ("q", "stop")],
    };
    let width = |gap: usize| -> usize {
        keys.iter().map(|(key, what)| key.chars().count() + what.chars().count() + 1 + gap).sum()
    };
    let gap = if width(4) <= usize::from(area.width) { 4 } else { 2 };
    let mut x = area.x;
    for (key, what) in keys {
        let (long, wide) = (key.chars().count() as u16, what.chars().count() as u16);
        if x + long + 1 + wide > area.right() {
            break;
        }
        write(buf, x, area.y, key, view.palette.strong);
        let style = if view.mode == Mode::Done { view.palette.plain } else { view.palette.faint };
        write(buf, x + long + 1, area.y, what, style);
        x += long + 1 + wide + gap as u16;
    }
}

#[cfg(test)]
#[path = "draw_tests.rs"]
mod tests;
