//! A [`Picture`] made of characters, for a terminal or a pipe.
//!
//! Dots become letters, so that red and blue stay apart without colour; lines become braille, eight points to a character.

use super::{
    Axis, Color, HeatMap, Mark, Picture, Shape, dates,
    extent::{self, Extent},
    number,
};

/// One letter for each series of dots, in order.
const DOTS: [char; 3] = ['o', '+', '#'];
/// One letter for each series of rings, in order.
const RINGS: [char; 3] = ['x', '%', '@'];
/// A vertical rule.
const RULE: char = '┊';
/// Cells of a heat map by their place in the range: below 0, and above.
const BELOW: [char; 5] = [' ', '·', ':', '=', '#'];
const ABOVE: [char; 5] = [' ', '░', '▒', '▓', '█'];
/// Two series of dots in one place.
const BOTH: char = '*';

/// `picture` drawn with characters, at most `width` wide and `height` lines high, with ANSI colours if `color`.
///
/// Caption and legend stand above, the ends and the middle of the y axis to the left, the ends of the x axis below. Where
/// there is little room the words go first. Every line ends in `\n`.
pub fn text(picture: &Picture, width: usize, height: usize, color: bool) -> String {
    let letters = letters(picture);
    let room = Room::new(picture, width, height);
    let mut plot = Plot::new(room.columns, room.rows);
    let y = extent::y_extent(std::iter::once(picture), 0.0);
    plot.draw(picture, &letters, extent::x_extent(picture, 0.0), y);

    let mut lines: Vec<Vec<Cell>> = Vec::new();
    if room.title {
        lines.push(words(&one_line(&picture.title)));
    }
    lines.extend(legend(picture, &letters, plot.met, width).into_iter().take(room.legend));
    for (row, cells) in plot.finished().into_iter().enumerate() {
        let label = if room.gutter == 0 {
            String::new()
        } else {
            y_label(picture, y, row, room.rows, room.gutter)
        };
        lines.push(words(&label).into_iter().chain(cells).collect());
    }
    if room.axis {
        lines.extend(axis(picture, &room).iter().map(|line| words(line)));
    }
    let mut out = String::new();
    for line in lines.iter().take(height) {
        if line.len() > width {
            let end = Cell { letter: '…', color: None };
            let kept = &line[..width.saturating_sub(1)];
            push_line(
                &mut out,
                &kept.iter().copied().chain([end]).take(width).collect::<Vec<_>>(),
                color,
            );
        } else {
            push_line(&mut out, line, color);
        }
    }
    out
}

#[derive(Clone, Copy, PartialEq)]
struct Cell {
    letter: char,
    color: Option<Color>,
}

fn words(text: &str) -> Vec<Cell> {
    text.chars().map(|letter| Cell { letter, color: None }).collect()
}

fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// What there is room for.
struct Room {
    title: bool,
    /// Lines of legend.
    legend: usize,
    axis: bool,
    gutter: usize,
    columns: usize,
    rows: usize,
}

impl Room {
    fn new(picture: &Picture, width: usize, height: usize) -> Self {
        let title = height >= 7 && !picture.title.is_empty();
        let axis = height >= 4;
        // On a narrow page the legend may take three lines, but never most of a low one.
        let needed = legend(picture, &letters(picture), true, width).len();
        let legend = needed.min(if height >= 10 { 3 } else { usize::from(height >= 5) });
        let rows =
            height.saturating_sub(usize::from(title) + legend + 2 * usize::from(axis)).max(1);
        // An odd number, so that there is a row in the middle.
        let rows = if rows > 3 { rows - usize::from(rows.is_multiple_of(2)) } else { rows };
        let y = extent::y_extent(std::iter::once(picture), 0.0);
        let widest =
            [0, rows / 2, rows - 1].map(|row| row_label(picture, y, row, rows).chars().count());
        // Label, space and axis; without them on a very narrow page.
        let gutter = widest.into_iter().max().unwrap_or(0) + 2;
        let gutter = if gutter * 2 > width { 0 } else { gutter };
        Self { title, legend, axis, gutter, columns: width.saturating_sub(gutter).max(1), rows }
    }
}

/// The label of a row: the unit of a heat map, or the value.
fn row_label(picture: &Picture, y: Extent, row: usize, rows: usize) -> String {
    match &picture.heat {
        Some(heat) => {
            let part = 1.0 - (row as f64 + 0.5) / rows as f64;
            number::fixed((part * heat.rows as f64).ceil().max(1.0), 0)
        }
        None => y_value(y, row, rows),
    }
}

/// The value in the middle of a row, in words: the highest in the first row, the lowest in the last.
fn y_value(y: Extent, row: usize, rows: usize) -> String {
    let part = if rows > 1 { 1.0 - row as f64 / (rows - 1) as f64 } else { 0.5 };
    if y.log {
        number::short(y.low * (y.high / y.low).powf(part), 3)
    } else {
        number::within(y.low + part * (y.high - y.low), y.high - y.low)
    }
}

fn y_label(picture: &Picture, y: Extent, row: usize, rows: usize, gutter: usize) -> String {
    let (named, width) = (row == 0 || row == rows / 2 || row == rows - 1, gutter - 2);
    if named {
        format!("{:>width$} ┤", row_label(picture, y, row, rows))
    } else {
        format!("{:>width$} │", "")
    }
}

/// The line under the plot and the ends of the x axis.
fn axis(picture: &Picture, room: &Room) -> [String; 2] {
    let before = " ".repeat(room.gutter.saturating_sub(1));
    let corner = if room.gutter > 0 { "└" } else { "" };
    let x = extent::x_extent(picture, 0.0);
    let end = |value: f64| match picture.x_axis {
        Axis::Dates => dates::moment(value).unwrap_or_else(|| number::short(value, 4)),
        Axis::Steps => number::fixed(value, 0),
        Axis::Numbers => number::within(value, x.high - x.low),
    };
    let (first, last) = (end(x.low), end(x.high));
    let label = one_line(&picture.x_label);
    let used = first.chars().count() + last.chars().count();
    let free = room.columns.saturating_sub(used);
    let middle = if label.chars().count() + 2 <= free {
        format!("{label:^free$}")
    } else {
        " ".repeat(free.max(1))
    };
    let gutter = " ".repeat(room.gutter);
    [
        format!("{before}{corner}{}", "─".repeat(room.columns)),
        format!("{gutter}{first}{middle}{last}"),
    ]
}

/// The letter of each mark: none for lines.
fn letters(picture: &Picture) -> Vec<Option<char>> {
    let (mut dots, mut rings) = (DOTS.iter().cycle(), RINGS.iter().cycle());
    let letter = |mark: &Mark| match mark.shape {
        Shape::Dots => dots.next().copied(),
        Shape::Rings => rings.next().copied(),
        Shape::Line | Shape::DashedLine => None,
    };
    picture.marks.iter().map(letter).collect()
}

/// Sample and name of every mark and rule, in lines of `width`.
fn legend(picture: &Picture, letters: &[Option<char>], met: bool, width: usize) -> Vec<Vec<Cell>> {
    let marks = picture.marks.iter().zip(letters).filter(|(mark, _)| !mark.label.is_empty()).map(
        |(mark, letter)| {
            let sample = match (letter, mark.shape) {
                (Some(letter), _) => letter.to_string(),
                (None, Shape::DashedLine) => "⠒ ⠒".into(),
                (None, _) => "⠒⠒⠒".into(),
            };
            (sample, Some(mark.color), one_line(&mark.label))
        },
    );
    let rules =
        picture.vertical_rules.iter().map(|(_, label)| (RULE.to_string(), None, one_line(label)));
    let both = (met && letters.iter().flatten().count() > 1)
        .then(|| (BOTH.to_string(), None, "both".to_owned()));

    let cells = picture.heat.iter().flat_map(|heat| {
        let [low, high] = heat.range.map(|end| number::short(end, 3));
        let below = (BELOW[4].to_string(), Some(Color::Blue), low);
        let above = (ABOVE[4].to_string(), Some(Color::Orange), high);
        heat.is_signed().then_some(below).into_iter().chain([above])
    });

    let mut lines: Vec<Vec<Cell>> = Vec::new();
    for (sample, color, label) in cells.chain(marks).chain(rules).chain(both) {
        let entry =
            sample.chars().map(|letter| Cell { letter, color }).chain(words(&format!(" {label}")));
        let entry: Vec<Cell> = entry.collect();
        match lines.last_mut() {
            Some(line) if line.len() + 3 + entry.len() <= width => {
                line.extend(words("   ").into_iter().chain(entry))
            }
            _ => lines.push(entry),
        }
    }
    lines
}

/// The plot as a grid of characters, each of 2 by 4 braille points.
struct Plot {
    columns: usize,
    rows: usize,
    braille: Vec<(u8, Option<Color>)>,
    cells: Vec<Option<Cell>>,
    /// Whether two series of dots share a place.
    met: bool,
}

impl Plot {
    fn new(columns: usize, rows: usize) -> Self {
        let size = columns * rows;
        Self { columns, rows, braille: vec![(0, None); size], cells: vec![None; size], met: false }
    }

    fn draw(&mut self, picture: &Picture, letters: &[Option<char>], x: Extent, y: Extent) {
        picture.heat.iter().for_each(|heat| self.heat(heat));
        for (at, _) in picture.vertical_rules.iter().filter(|rule| extent::drawable(rule.0, false))
        {
            let column = self.column(x.place(*at), 1);
            for row in 0..self.rows {
                self.cells[row * self.columns + column] = Some(Cell { letter: RULE, color: None });
            }
        }
        for (mark, letter) in picture.marks.iter().zip(letters) {
            for run in extent::runs(&mark.points, y.log) {
                match letter {
                    Some(letter) => run
                        .iter()
                        .for_each(|p| self.dot(*letter, mark.color, x.place(p.0), y.place(p.1))),
                    None => self.line(
                        mark,
                        &run.iter().map(|p| (x.place(p.0), y.place(p.1))).collect::<Vec<_>>(),
                    ),
                }
            }
        }
    }

    /// One letter for the mean of the cells below it.
    fn heat(&mut self, heat: &HeatMap) {
        let part = |i: usize, n: usize| [i as f64 / n as f64, (i + 1) as f64 / n as f64];
        for at in 0..self.columns * self.rows {
            let (row, column) = (self.rows - 1 - at / self.columns, at % self.columns);
            let share = heat.mean_share(part(column, self.columns), part(row, self.rows));
            let Some(share) = share else { continue };
            let (letters, color) =
                if share < 0.0 { (BELOW, Color::Blue) } else { (ABOVE, Color::Orange) };
            let letter = letters[(share.abs() * 4.0).round() as usize];
            self.cells[at] = Some(Cell { letter, color: Some(color) });
        }
    }

    fn dot(&mut self, letter: char, color: Color, x: f64, y: f64) {
        let at = self.row(y, 1) * self.columns + self.column(x, 1);
        let before = self.cells[at].filter(|cell| cell.letter != letter && cell.letter != RULE);
        self.met |= before.is_some();
        let letter = if before.is_some() { BOTH } else { letter };
        self.cells[at] = Some(Cell { letter, color: Some(color) });
    }

    fn line(&mut self, mark: &Mark, run: &[(f64, f64)]) {
        let places: Vec<_> =
            run.iter().map(|&(x, y)| (self.column(x, 2), self.row(y, 4))).collect();
        let Some(&first) = places.first() else { return };
        self.point(first, mark.color);
        let mut walked = 0_usize;
        for pair in places.windows(2) {
            let [(x0, y0), (x1, y1)] = [pair[0], pair[1]];
            let count = x0.abs_diff(x1).max(y0.abs_diff(y1));
            for i in 1..=count {
                walked += 1;
                // Dashes: two points drawn, two left out.
                if mark.shape == Shape::DashedLine && walked % 4 >= 2 {
                    continue;
                }
                let between = |a: usize, b: usize| {
                    (a as f64 + (b as f64 - a as f64) * i as f64 / count as f64).round() as usize
                };
                self.point((between(x0, x1), between(y0, y1)), mark.color);
            }
        }
    }

    fn point(&mut self, (column, row): (usize, usize), color: Color) {
        // The bits of U+2800 number the left column 1, 2, 3, 7 and the right one 4, 5, 6, 8 from above.
        const BITS: [[u8; 4]; 2] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]];
        let cell = &mut self.braille[row / 4 * self.columns + column / 2];
        *cell = (cell.0 | BITS[column % 2][row % 4], Some(color));
    }

    /// The ends of the axis lie in the middle of the first and the last character.
    fn column(&self, place: f64, finer: usize) -> usize {
        position(place, self.columns, finer)
    }

    fn row(&self, place: f64, finer: usize) -> usize {
        position(1.0 - place, self.rows, finer)
    }

    fn finished(&self) -> Vec<Vec<Cell>> {
        let cell = |i: usize| match (self.cells[i], self.braille[i]) {
            // A line is worth more than a rule beneath it.
            (Some(cell), (bits, _)) if cell.letter != RULE || bits == 0 => cell,
            (None, (0, _)) => Cell { letter: ' ', color: None },
            (_, (bits, color)) => {
                Cell { letter: char::from_u32(0x2800 + u32::from(bits)).unwrap_or(' '), color }
            }
        };
        (0..self.rows)
            .map(|row| (0..self.columns).map(|column| cell(row * self.columns + column)).collect())
            .collect()
    }
}

fn position(place: f64, characters: usize, finer: usize) -> usize {
    let at = (place * (characters - 1) as f64 + 0.5) * finer as f64;
    (at as usize).min(characters * finer - 1)
}

fn push_line(out: &mut String, cells: &[Cell], color: bool) {
    let end = cells.iter().rposition(|cell| cell.letter != ' ').map_or(0, |last| last + 1);
    let mut current: Option<Color> = None;
    for cell in &cells[..end] {
        if color && cell.color != current && cell.letter != ' ' {
            out.push_str(cell.color.map_or("\x1b[0m", ansi));
            current = cell.color;
        }
        out.push(cell.letter);
    }
    if current.is_some() {
        out.push_str("\x1b[0m");
    }
    out.push('\n');
}

/// Bright blue, because plain blue is hardly seen on black.
fn ansi(color: Color) -> &'static str {
    match color {
        Color::Red => "\x1b[31m",
        Color::Blue => "\x1b[94m",
        Color::Grey | Color::Silver => "\x1b[90m",
        Color::Green => "\x1b[32m",
        Color::Orange => "\x1b[33m",
        Color::Purple => "\x1b[35m",
    }
}
