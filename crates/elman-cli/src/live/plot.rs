//! A part of the screen with a scale on both axes: dots are characters, lines are braille, eight
//! points to a character.

use elman::report::ticks::Tick;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

/// The first braille character: no point.
const BRAILLE: u32 = 0x2800;

/// The scale of a part of the screen. The ends of both axes lie in the middle of the outermost
/// characters.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plot {
    pub(super) area: Rect,
    pub(super) x: (f64, f64),
    pub(super) y: (f64, f64),
}

impl Plot {
    /// The character of a point; a point above or below the plot is at its edge.
    pub(super) fn cell(&self, point: (f64, f64)) -> Option<(u16, u16)> {
        let (column, row) = self.fine(point, 1, 1)?;
        Some((self.area.x + column, self.area.y + row))
    }

    /// Joins points with a line, which ends where one of them is no number.
    pub(super) fn line(&self, points: &[(f64, f64)], style: Style, buf: &mut Buffer) {
        for pair in points.windows(2) {
            let (from, to) = (self.fine(pair[0], 2, 4), self.fine(pair[1], 2, 4));
            if let (Some(from), Some(to)) = (from, to) {
                self.join(from, to, style, buf);
            }
        }
        // A line of one point is that point.
        if let [only] = points
            && let Some(point) = self.fine(*only, 2, 4)
        {
            self.join(point, point, style, buf);
        }
    }

    /// A dashed line across the whole plot.
    pub(super) fn level(&self, y: f64, style: Style, buf: &mut Buffer) {
        let Some((_, row)) = self.fine((self.x.0, y), 2, 4) else { return };
        for column in (0..self.area.width * 2).filter(|column| column % 6 < 3) {
            self.point(column, row, style, buf);
        }
    }

    fn join(&self, from: (u16, u16), to: (u16, u16), style: Style, buf: &mut Buffer) {
        let count = from.0.abs_diff(to.0).max(from.1.abs_diff(to.1)).max(1);
        let between = |a: u16, b: u16, i: u16| {
            let part = f64::from(i) / f64::from(count);
            (f64::from(a) + (f64::from(b) - f64::from(a)) * part).round() as u16
        };
        for i in 0..=count {
            self.point(between(from.0, to.0, i), between(from.1, to.1, i), style, buf);
        }
    }

    fn point(&self, column: u16, row: u16, style: Style, buf: &mut Buffer) {
        // The bits number the left column 1, 2, 3, 7 and the right one 4, 5, 6, 8 from above.
        const BITS: [[u32; 4]; 2] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]];
        let bit = BITS[usize::from(column % 2)][usize::from(row % 4)];
        let Some(cell) = buf.cell_mut((self.area.x + column / 2, self.area.y + row / 4)) else {
            return;
        };
        let before = cell.symbol().chars().next().map_or(0, u32::from);
        let points = if (BRAILLE..BRAILLE + 256).contains(&before) { before - BRAILLE } else { 0 };
        cell.set_char(char::from_u32(BRAILLE + (points | bit)).unwrap_or(' ')).set_style(style);
    }

    /// The place of a point on a grid of so many points to a character, from the upper left.
    fn fine(&self, (x, y): (f64, f64), wide: u16, high: u16) -> Option<(u16, u16)> {
        let place = |value: f64, (low, high): (f64, f64)| {
            let part = if high > low { (value - low) / (high - low) } else { 0.5 };
            // Beyond this it is rounding only that leads out of the picture.
            part.is_finite().then_some(part)
        };
        let at = |part: f64, characters: u16, finer: u16| {
            let characters = f64::from(characters);
            ((part * (characters - 1.0) + 0.5) * f64::from(finer)).floor() as u16
        };
        let (across, down) = (place(x, self.x)?, 1.0 - place(y, self.y)?.clamp(0.0, 1.0));
        if self.area.is_empty() || !(-1e-9..1.0 + 1e-9).contains(&across) {
            return None;
        }
        let Rect { width, height, .. } = self.area;
        Some((
            at(across.clamp(0.0, 1.0), width, wide).min(width * wide - 1),
            at(down, height, high).min(height * high - 1),
        ))
    }
}

/// The columns that the labels of `ticks` need, with the axis.
pub(super) fn gutter(ticks: &[Tick]) -> u16 {
    ticks.iter().map(|tick| tick.label.chars().count()).max().unwrap_or(0) as u16 + 2
}

/// Draws the y axis of `plot` in the columns to its left.
pub(super) fn y_axis(plot: &Plot, ticks: &[Tick], style: Style, buf: &mut Buffer) {
    let Rect { x, y, height, .. } = plot.area;
    for row in y..y + height {
        write(buf, x.saturating_sub(1), row, "│", style);
    }
    for tick in ticks {
        let Some((_, row)) = plot.cell((plot.x.0, tick.at)) else { continue };
        let width = tick.label.chars().count() as u16;
        write(buf, x.saturating_sub(width + 2), row, &tick.label, style);
        write(buf, x.saturating_sub(1), row, "┤", style);
    }
}

/// Samples and their names in one line; those without room are left out.
pub(super) fn legend(entries: &[(&str, &str, Style)], names: Style, area: Rect, buf: &mut Buffer) {
    let mut x = area.x;
    for (sample, name, style) in entries {
        let (sample_width, width) = (sample.chars().count() as u16, name.chars().count() as u16);
        if x + sample_width + 1 + width > area.right() {
            break;
        }
        write(buf, x, area.y, sample, *style);
        write(buf, x + sample_width + 1, area.y, name, names);
        x += sample_width + width + 4;
    }
}

/// Writes a text; what does not fit on the screen is cut off.
pub(super) fn write(buf: &mut Buffer, x: u16, y: u16, text: &str, style: Style) {
    write_within(buf, x, y, u16::MAX, text, style);
}

/// Writes as much of a text as fits in `room` columns.
pub(super) fn write_within(buf: &mut Buffer, x: u16, y: u16, room: u16, text: &str, style: Style) {
    if buf.area.contains((x, y).into()) {
        buf.set_stringn(x, y, text, usize::from(room), style);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plot(width: u16, height: u16) -> (Plot, Buffer) {
        let area = Rect::new(0, 0, width, height);
        (Plot { area, x: (0.0, 1.0), y: (0.0, 1.0) }, Buffer::empty(area))
    }

    fn text(buf: &Buffer) -> Vec<String> {
        let row = |y| (0..buf.area.width).map(|x| buf[(x, y)].symbol()).collect();
        (0..buf.area.height).map(row).collect()
    }

    #[test]
    fn the_corners_are_in_the_corners() {
        let (plot, _) = plot(5, 3);
        assert_eq!(plot.cell((0.0, 0.0)), Some((0, 2)));
        assert_eq!(plot.cell((1.0, 1.0)), Some((4, 0)));
        assert_eq!(plot.cell((0.5, 0.5)), Some((2, 1)));
    }

    #[test]
    fn points_above_and_below_are_at_the_edge_and_those_beside_are_not_there() {
        let (plot, _) = plot(5, 3);
        assert_eq!(plot.cell((0.0, 7.0)), Some((0, 0)));
        assert_eq!(plot.cell((0.0, -7.0)), Some((0, 2)));
        assert_eq!(plot.cell((1.5, 0.0)), None);
        assert_eq!(plot.cell((0.0, f64::NAN)), None);
        assert_eq!(plot.cell((0.0, f64::INFINITY)), None);
    }

    #[test]
    fn a_line_is_braille_from_point_to_point() {
        let (plot, mut buf) = plot(3, 1);
        plot.line(&[(0.0, 0.5), (1.0, 0.5)], Style::new(), &mut buf);
        assert_eq!(text(&buf), ["⠠⠤⠤"]);
    }

    #[test]
    fn a_line_ends_where_there_is_no_number() {
        let (plot, mut buf) = plot(4, 1);
        plot.line(&[(0.0, 0.5), (f64::NAN, 0.5), (1.0, 0.5)], Style::new(), &mut buf);
        assert_eq!(text(&buf), ["    "]);
    }

    #[test]
    fn lines_in_one_character_meet() {
        let (plot, mut buf) = plot(1, 1);
        for y in [0.0, 0.5, 1.0] {
            plot.line(&[(0.5, y)], Style::new(), &mut buf);
        }
        assert_eq!(text(&buf), ["⠠"], "all in the middle of the only character");
        let wide = Plot { area: Rect::new(0, 0, 1, 1), x: (0.0, 1.0), y: (0.0, 1.0) };
        wide.point(0, 0, Style::new(), &mut buf);
        assert_eq!(text(&buf), ["⠡"]);
    }

    #[test]
    fn a_plot_without_room_draws_nothing() {
        let plot = Plot { area: Rect::new(0, 0, 0, 0), x: (0.0, 1.0), y: (0.0, 1.0) };
        let mut buf = Buffer::empty(Rect::new(0, 0, 2, 1));
        plot.line(&[(0.0, 0.0), (1.0, 1.0)], Style::new(), &mut buf);
        plot.level(0.5, Style::new(), &mut buf);
        assert_eq!(text(&buf), ["  "]);
    }
}
