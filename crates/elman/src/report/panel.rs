//! One [`Picture`] as a chart in a [`Scene`]: caption, legend, grid, axes and marks, with room for every label.

use super::{
    HeatMap, Picture, Shape,
    extent::{self, Extent},
    font,
    legend::{self, Entry},
    number,
    scene::{AXIS, Anchor, GRID, INK, Item, SOFT_INK, Scene, cut, wrapped},
    ticks::Tick,
};

const TITLE: f64 = 13.0;
const SUBTITLE: f64 = 11.0;
const LABEL: f64 = 12.0;
const TICK: f64 = 11.0;
const RULE: f64 = 10.5;
/// Between the axis and its labels.
const GAP: f64 = 7.0;
/// The color scale of a heat map: its length, its height, and the steps of its colors.
const SCALE: (f64, f64) = (110.0, 8.0);
const SCALE_STEPS: usize = 41;

/// A picture measured for a plot of a certain size.
pub(super) struct Panel<'a> {
    picture: &'a Picture,
    x: Extent,
    y: Extent,
    x_ticks: Vec<Tick>,
    y_ticks: Vec<Tick>,
    legend: Vec<Entry>,
    /// Row and text of the label of each vertical rule, above the plot.
    rules: Vec<Rule>,
    named_y: bool,
    width: f64,
    height: f64,
}

struct Rule {
    x: f64,
    row: usize,
    label: String,
    anchor: Anchor,
}

impl<'a> Panel<'a> {
    /// Measures `picture` for a plot of `width` by `height`, with a given y axis.
    pub(super) fn new(picture: &'a Picture, y: Extent, (width, height): (f64, f64)) -> Self {
        let x = extent::x_extent(picture, extent::X_AIR);
        Self {
            picture,
            x,
            y,
            x_ticks: fitting_ticks(picture, x, width),
            y_ticks: extent::y_ticks(picture, y, ((height / 30.0) as usize).clamp(3, 9)),
            legend: Vec::new(),
            rules: rules(picture, x, width),
            named_y: true,
            width,
            height,
        }
    }

    /// With a legend of its own.
    pub(super) fn explained(mut self) -> Self {
        self.legend = legend::entries(std::iter::once(self.picture));
        self
    }

    /// Without the words along y, because its neighbour to the left has them.
    pub(super) fn unnamed_y(mut self) -> Self {
        self.named_y = false;
        self
    }

    /// The room to the left of the plot.
    pub(super) fn left(&self) -> f64 {
        let ticks =
            self.y_ticks.iter().map(|tick| font::width(&tick.label, TICK)).fold(0.0, f64::max);
        let name =
            if self.named_y && !self.picture.y_label.is_empty() { LABEL * 1.2 + GAP } else { 0.0 };
        ticks + GAP + name
    }

    /// The room to the right of the plot: the last label under the axis may reach beyond it.
    pub(super) fn right(&self) -> f64 {
        let beyond = |tick: &Tick| {
            self.x.place(tick.at) * self.width + font::width(&tick.label, TICK) / 2.0 - self.width
        };
        self.x_ticks.iter().map(beyond).fold(4.0, f64::max)
    }

    /// The room above the plot.
    pub(super) fn head(&self) -> f64 {
        let title = self.title().len() as f64 * TITLE * 1.5;
        let subtitle = if self.picture.subtitle.is_some() { SUBTITLE * 1.5 } else { 0.0 };
        let rules =
            self.rules.iter().map(|rule| (rule.row + 1) as f64 * RULE * 1.3).fold(0.0, f64::max);
        let scale = if self.picture.heat.is_some() { TICK * 1.6 } else { 0.0 };
        title + subtitle + scale + legend::height(&self.legend, self.width) + rules + 4.0
    }

    /// The lines of the title.
    fn title(&self) -> Vec<String> {
        wrapped(&self.picture.title, TITLE, self.width, 2)
    }

    /// The room below the plot.
    pub(super) fn foot(&self) -> f64 {
        GAP + TICK * 1.2 + if self.picture.x_label.is_empty() { 0.0 } else { LABEL * 1.6 }
    }

    /// Draws everything; `(left, top)` is the upper left corner of the plot itself.
    pub(super) fn draw(&self, scene: &mut Scene, (left, top): (f64, f64)) {
        let place = Place { left, top, panel: self };
        self.words(scene, left, top);
        self.grid(scene, &place);
        self.heat(scene, &place);
        self.bands(scene, &place);
        self.vertical_rules(scene, &place);
        for mark in &self.picture.marks {
            self.mark(scene, &place, mark);
        }
        if extent::is_empty(self.picture) {
            let middle = (left + self.width / 2.0, top + self.height / 2.0);
            scene.text(middle, "nothing to draw", LABEL, SOFT_INK, Anchor::Middle);
        }
    }

    fn words(&self, scene: &mut Scene, left: f64, top: f64) {
        let (picture, mut y) = (self.picture, top - self.head());
        for line in self.title() {
            scene.text((left, y + TITLE), &line, TITLE, INK, Anchor::Start);
            y += TITLE * 1.5;
        }
        if let Some(subtitle) = &picture.subtitle {
            let line = cut(subtitle, SUBTITLE, self.width);
            scene.text((left, y + SUBTITLE), &line, SUBTITLE, SOFT_INK, Anchor::Start);
            y += SUBTITLE * 1.5;
        }
        if let Some(heat) = &self.picture.heat {
            scale(scene, heat, (left, y));
            y += TICK * 1.6;
        }
        legend::draw(scene, &self.legend, (left, y), self.width);
        let label = cut(&picture.x_label, LABEL, self.width);
        let below = top + self.height + self.foot() - LABEL * 0.3;
        scene.text((left + self.width / 2.0, below), &label, LABEL, SOFT_INK, Anchor::Middle);
        if self.named_y {
            let label = cut(&picture.y_label, LABEL, self.height + 20.0);
            scene.upright(
                (left - self.left() + LABEL, top + self.height / 2.0),
                &label,
                LABEL,
                SOFT_INK,
            );
        }
    }

    fn grid(&self, scene: &mut Scene, place: &Place) {
        let (left, top, right, bottom) =
            (sharp(place.left), place.top, place.left + self.width, sharp(place.top + self.height));
        for tick in &self.x_ticks {
            let x = sharp(place.x(tick.at));
            scene.line(vec![(x, top), (x, bottom)], GRID, 1.0, None);
            let under = (place.x(tick.at), bottom + GAP + TICK * 0.9);
            scene.text(under, &tick.label, TICK, SOFT_INK, Anchor::Middle);
        }
        for tick in &self.y_ticks {
            let y = sharp(place.y(tick.at));
            scene.line(vec![(left, y), (right, y)], GRID, 1.0, None);
            let beside = (left - GAP, place.y(tick.at) + TICK * 0.36);
            scene.text(beside, &tick.label, TICK, SOFT_INK, Anchor::End);
        }
        scene.line(vec![(left, top), (left, bottom), (right, bottom)], AXIS, 1.0, None);
    }

    fn heat(&self, scene: &mut Scene, place: &Place) {
        let Some(heat) = self.picture.heat.as_ref().filter(|heat| !heat.values.is_empty()) else {
            return;
        };
        let [first, last] = heat.x_ends().map(|x| place.x(x));
        let (top, bottom) = (place.y(heat.rows as f64 + 0.5), place.y(0.5));
        scene.items.push(Item::Image {
            at: (first, top),
            size: (last - first, bottom - top),
            columns: heat.columns(),
            rgb: heat.rgb(),
        });
    }

    fn bands(&self, scene: &mut Scene, place: &Place) {
        for band in &self.picture.bands {
            for run in extent::band_runs(&band.points, self.y.log) {
                let mut points: Vec<_> = run
                    .iter()
                    .map(|&(x, low, high)| (place.x(x), place.y(high), place.y(low)))
                    .collect();
                if let [(x, top, bottom)] = points[..] {
                    // A forecast of one step still shows its interval.
                    points = vec![(x - 4.0, top, bottom), (x + 4.0, top, bottom)];
                }
                scene.items.push(Item::Area { points, color: band.color.on_paper(), opacity: 0.2 });
            }
        }
    }

    fn vertical_rules(&self, scene: &mut Scene, place: &Place) {
        for rule in &self.rules {
            let x = sharp(place.left + rule.x);
            let above = place.top - 5.0 - rule.row as f64 * RULE * 1.3;
            scene.line(
                vec![(x, above - RULE * 0.8), (x, place.top + self.height)],
                SOFT_INK,
                1.0,
                Some((2.0, 3.0)),
            );
            let beside = if rule.anchor == Anchor::Start { x + 4.0 } else { x - 4.0 };
            scene.text((beside, above), &rule.label, RULE, SOFT_INK, rule.anchor);
        }
    }

    fn mark(&self, scene: &mut Scene, place: &Place, mark: &super::Mark) {
        let color = mark.color.on_paper();
        let runs = extent::runs(&mark.points, self.y.log);
        let placed = |run: &[(f64, f64)]| {
            run.iter().map(|&(x, y)| (place.x(x), place.y(y))).collect::<Vec<_>>()
        };
        match mark.shape {
            Shape::Dots | Shape::Rings => {
                let points: Vec<_> = runs.flat_map(placed).collect();
                // Dots of a long series become smaller, so that they do not run together.
                let radius = (0.3 * self.width / points.len().max(1) as f64).clamp(1.2, 3.4);
                let width = (radius * 0.45).clamp(0.8, 1.5);
                scene.items.push(if mark.shape == Shape::Dots {
                    Item::Dots { points, color, radius }
                } else {
                    Item::Rings { points, color, radius, width }
                });
            }
            Shape::Line | Shape::DashedLine => {
                let dash = (mark.shape == Shape::DashedLine).then_some((5.0, 4.0));
                for run in runs {
                    if let [point] = run {
                        // A line of one point would be invisible.
                        scene.items.push(Item::Dots {
                            points: placed(&[*point]),
                            color,
                            radius: 2.0,
                        });
                    } else {
                        scene.line(placed(run), color, 1.6, dash);
                    }
                }
            }
        }
    }
}

/// Draws the colors of a heat map between the values of both ends, with the upper left corner at `(left, y)`.
fn scale(scene: &mut Scene, heat: &HeatMap, (left, y): (f64, f64)) {
    let [low, high] = heat.range.map(|end| number::short(end, 3));
    let beside = left + font::width(&low, TICK) + 6.0;
    scene.text((left, y + TICK), &low, TICK, SOFT_INK, Anchor::Start);
    scene.items.push(Item::Image {
        at: (beside, y + TICK * 0.65 - SCALE.1 / 2.0),
        size: SCALE,
        columns: SCALE_STEPS,
        rgb: heat.scale(SCALE_STEPS),
    });
    scene.text((beside + SCALE.0 + 6.0, y + TICK), &high, TICK, SOFT_INK, Anchor::Start);
}

/// From data to pixels.
struct Place<'a> {
    left: f64,
    top: f64,
    panel: &'a Panel<'a>,
}

impl Place<'_> {
    fn x(&self, value: f64) -> f64 {
        self.left + self.panel.x.place(value) * self.panel.width
    }

    fn y(&self, value: f64) -> f64 {
        self.top + (1.0 - self.panel.y.place(value)) * self.panel.height
    }
}

/// The middle of a pixel, where a line one pixel wide is not smeared over two.
fn sharp(value: f64) -> f64 {
    value.floor() + 0.5
}

/// As many labels along x as fit side by side.
fn fitting_ticks(picture: &Picture, x: Extent, width: f64) -> Vec<Tick> {
    let fits = |ticks: &Vec<Tick>| {
        ticks.windows(2).all(|pair| {
            let apart = (x.place(pair[1].at) - x.place(pair[0].at)) * width;
            let needed =
                (font::width(&pair[0].label, TICK) + font::width(&pair[1].label, TICK)) / 2.0;
            apart > needed + 12.0
        })
    };
    let most = ((width / 60.0) as usize).clamp(3, 10);
    (2..=most).rev().map(|most| extent::x_ticks(picture, x, most)).find(fits).unwrap_or_default()
}

/// Puts the labels of the rules beside their lines, above the plot, in as few rows as keep them apart.
fn rules(picture: &Picture, extent: Extent, width: f64) -> Vec<Rule> {
    let mut rows: Vec<f64> = Vec::new();
    let mut sorted: Vec<_> =
        picture.vertical_rules.iter().filter(|rule| extent::drawable(rule.0, false)).collect();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut rules = Vec::with_capacity(sorted.len());
    for (at, label) in sorted {
        let x = extent.place(*at) * width;
        let label = cut(label, RULE, width);
        let length = font::width(&label, RULE) + 4.0;
        let anchor = if x + length <= width { Anchor::Start } else { Anchor::End };
        let (begin, end) = if anchor == Anchor::Start { (x, x + length) } else { (x - length, x) };
        let row = rows.iter().position(|&taken| taken + 8.0 < begin).unwrap_or(rows.len());
        if row == rows.len() {
            rows.push(end);
        } else {
            rows[row] = end;
        }
        rules.push(Rule { x, row, label, anchor });
    }
    rules
}
