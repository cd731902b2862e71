//! Painting a [`Scene`] into pixels.
//!
//! Each shape is a set of points within some distance of a segment, a centre or a curve; how much of a pixel it covers is
//! read off that distance. This gives smooth edges without drawing everything larger first.

use super::{
    font,
    scene::{Anchor, Item, PAPER, Rgb, Scene},
};

/// An image of 8-bit red, green and blue.
pub(super) struct Canvas {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) rgb: Vec<u8>,
    /// Coverage of the shape being painted. Gathered before it is blended, so that a half-transparent joint or overlap of
    /// one shape is not painted twice.
    coverage: Vec<f32>,
    scale: f64,
}

/// Paints `scene` with `scale` pixels to the unit.
pub(super) fn paint(scene: &Scene, scale: f64) -> Canvas {
    let (width, height) =
        ((scene.width * scale).ceil() as usize, (scene.height * scale).ceil() as usize);
    let rgb = [PAPER.0, PAPER.1, PAPER.2].repeat(width * height);
    let mut canvas = Canvas { width, height, rgb, coverage: vec![0.0; width * height], scale };
    for item in &scene.items {
        canvas.item(item);
    }
    canvas
}

impl Canvas {
    fn item(&mut self, item: &Item) {
        match item {
            Item::Line { points, color, width, dash } => {
                let points = self.scaled(points);
                let radius = width * self.scale / 2.0;
                let pieces = match dash {
                    Some((on, off)) => dashes(&points, on * self.scale, off * self.scale),
                    None => vec![points],
                };
                // A noisy curve crosses itself; gathering it whole keeps its colour even.
                let mut painted = Window::default();
                for segment in pieces.iter().flat_map(|piece| piece.windows(2)) {
                    painted.join(self.cover_segment(segment[0], segment[1], radius));
                }
                self.blend(painted, *color, 1.0);
            }
            Item::Dots { points, color, radius } => {
                for center in self.scaled(points) {
                    let painted = self.cover_disc(center, radius * self.scale, None);
                    self.blend(painted, *color, 1.0);
                }
            }
            Item::Rings { points, color, radius, width } => {
                for center in self.scaled(points) {
                    let painted =
                        self.cover_disc(center, radius * self.scale, Some(width * self.scale));
                    self.blend(painted, *color, 1.0);
                }
            }
            Item::Area { points, color, opacity } => {
                let painted = self.cover_area(points);
                self.blend(painted, *color, *opacity as f32);
            }
            Item::Image { at, size, columns, rgb } => self.image(*at, *size, *columns, rgb),
            Item::Text { at, text, size, color, anchor, upright } => {
                let painted = self.cover_text(*at, text, *size, *anchor, *upright);
                self.blend(painted, *color, 1.0);
            }
        }
    }

    fn scaled(&self, points: &[(f64, f64)]) -> Vec<(f64, f64)> {
        points.iter().map(|&(x, y)| (x * self.scale, y * self.scale)).collect()
    }

    /// All points within `radius` of the segment.
    fn cover_segment(&mut self, from: (f64, f64), to: (f64, f64), radius: f64) -> Window {
        let along = (to.0 - from.0, to.1 - from.1);
        let length = along.0 * along.0 + along.1 * along.1;
        let window = self.window(
            (from.0.min(to.0) - radius, from.1.min(to.1) - radius),
            (from.0.max(to.0) + radius, from.1.max(to.1) + radius),
        );
        self.cover(window, |x, y| {
            let (dx, dy) = (x - from.0, y - from.1);
            let nearest = if length > 0.0 {
                ((dx * along.0 + dy * along.1) / length).clamp(0.0, 1.0)
            } else {
                0.0
            };
            radius + 0.5 - (dx - nearest * along.0).hypot(dy - nearest * along.1)
        })
    }

    /// A disc, or the ring of the given width around its edge.
    fn cover_disc(&mut self, center: (f64, f64), radius: f64, ring: Option<f64>) -> Window {
        let reach = radius + ring.unwrap_or(0.0);
        let window =
            self.window((center.0 - reach, center.1 - reach), (center.0 + reach, center.1 + reach));
        self.cover(window, |x, y| {
            let distance = (x - center.0).hypot(y - center.1);
            match ring {
                Some(width) => width / 2.0 + 0.5 - (distance - radius).abs(),
                None => radius + 0.5 - distance,
            }
        })
    }

    /// Column by column: the share of each pixel between the two edges.
    fn cover_area(&mut self, points: &[(f64, f64, f64)]) -> Window {
        let mut painted = Window::default();
        let scale = self.scale;
        for pair in points.windows(2) {
            let [a, b] =
                [pair[0], pair[1]].map(|(x, top, bottom)| (x * scale, top * scale, bottom * scale));
            if b.0 <= a.0 {
                continue;
            }
            let window = self.window((a.0, a.1.min(b.1)), (b.0, a.2.max(b.2)));
            painted.join(self.cover(window, |x, y| {
                // A pixel belongs to the segment its middle lies in, so that neighbours neither overlap nor gape.
                if x < a.0 || x >= b.0 {
                    return 0.0;
                }
                let part = (x - a.0) / (b.0 - a.0);
                let (top, bottom) = (a.1 + part * (b.1 - a.1), a.2 + part * (b.2 - a.2));
                bottom.min(y + 0.5) - top.max(y - 0.5)
            }));
        }
        painted
    }

    fn cover_text(
        &mut self,
        at: (f64, f64),
        text: &str,
        size: f64,
        anchor: Anchor,
        upright: bool,
    ) -> Window {
        let letters = font::draw(text, size * self.scale);
        let length = font::width(text, size * self.scale);
        let back = match anchor {
            Anchor::Start => 0.0,
            Anchor::Middle => length / 2.0,
            Anchor::End => length,
        };
        let (x, y) = (at.0 * self.scale, at.1 * self.scale);
        let mut painted = Window::default();
        for row in 0..letters.height {
            for column in 0..letters.width {
                let alpha = letters.alpha[row * letters.width + column];
                let right = column as f64 - letters.left as f64 - back;
                let down = row as f64 - letters.baseline as f64;
                let (px, py) = if upright { (x + down, y - right) } else { (x + right, y + down) };
                let (px, py) = (px.round(), py.round());
                if alpha > 0.0
                    && px >= 0.0
                    && py >= 0.0
                    && (px as usize) < self.width
                    && (py as usize) < self.height
                {
                    let (px, py) = (px as usize, py as usize);
                    self.coverage[py * self.width + px] = alpha.min(1.0);
                    painted.join(Window { left: px, top: py, right: px + 1, bottom: py + 1 });
                }
            }
        }
        painted
    }

    /// Paints each pixel in the color of the cell in which its middle lies.
    fn image(&mut self, at: (f64, f64), size: (f64, f64), columns: usize, rgb: &[u8]) {
        let rows = rgb.len() / 3 / columns.max(1);
        let cell = |pixel: usize, start: f64, size: f64, cells: usize| {
            let share = ((pixel as f64 + 0.5) / self.scale - start) / size;
            (0.0..1.0).contains(&share).then_some((share * cells as f64) as usize)
        };
        let xs: Vec<_> = (0..self.width).map(|x| cell(x, at.0, size.0, columns)).collect();
        let ys: Vec<_> = (0..self.height).map(|y| cell(y, at.1, size.1, rows)).collect();
        for (y, row) in ys.iter().enumerate().filter_map(|(y, row)| Some((y, (*row)?))) {
            for (x, column) in xs.iter().enumerate().filter_map(|(x, c)| Some((x, (*c)?))) {
                let (to, from) = ((y * self.width + x) * 3, (row * columns + column) * 3);
                self.rgb[to..to + 3].copy_from_slice(&rgb[from..from + 3]);
            }
        }
    }

    /// Gathers coverage inside `window`; `share` is given the middle of a pixel and answers how much of it is covered.
    fn cover(&mut self, window: Window, share: impl Fn(f64, f64) -> f64) -> Window {
        for y in window.top..window.bottom {
            for x in window.left..window.right {
                let covered = share(x as f64 + 0.5, y as f64 + 0.5).clamp(0.0, 1.0) as f32;
                let pixel = &mut self.coverage[y * self.width + x];
                *pixel = pixel.max(covered);
            }
        }
        window
    }

    /// Paints the gathered coverage and forgets it.
    fn blend(&mut self, window: Window, color: Rgb, opacity: f32) {
        for y in window.top..window.bottom {
            for x in window.left..window.right {
                let alpha = std::mem::take(&mut self.coverage[y * self.width + x]) * opacity;
                let at = (y * self.width + x) * 3;
                for (pixel, ink) in self.rgb[at..at + 3].iter_mut().zip([color.0, color.1, color.2])
                {
                    *pixel =
                        (f32::from(*pixel) * (1.0 - alpha) + f32::from(ink) * alpha).round() as u8;
                }
            }
        }
    }

    /// The pixels between two corners, with one pixel around them for soft edges, cut to the canvas.
    fn window(&self, low: (f64, f64), high: (f64, f64)) -> Window {
        // `as` saturates: what lies outside becomes an empty window.
        Window {
            left: (low.0.floor() as usize).saturating_sub(1),
            top: (low.1.floor() as usize).saturating_sub(1),
            right: (high.0.ceil() as usize).saturating_add(1).min(self.width),
            bottom: (high.1.ceil() as usize).saturating_add(1).min(self.height),
        }
    }
}

/// A rectangle of pixels; the empty one has no width.
#[derive(Clone, Copy, Default)]
struct Window {
    left: usize,
    top: usize,
    right: usize,
    bottom: usize,
}

impl Window {
    fn join(&mut self, other: Window) {
        if other.left >= other.right || other.top >= other.bottom {
            return;
        }
        if self.left >= self.right {
            *self = other;
            return;
        }
        *self = Window {
            left: self.left.min(other.left),
            top: self.top.min(other.top),
            right: self.right.max(other.right),
            bottom: self.bottom.max(other.bottom),
        };
    }
}

/// Cuts a line into pieces of length `on` with gaps of length `off`.
fn dashes(points: &[(f64, f64)], on: f64, off: f64) -> Vec<Vec<(f64, f64)>> {
    let mut pieces = Vec::new();
    let mut piece: Vec<(f64, f64)> = points.first().copied().into_iter().collect();
    let (mut drawing, mut left) = (true, on);
    for pair in points.windows(2) {
        let (mut from, to) = (pair[0], pair[1]);
        loop {
            let length = (to.0 - from.0).hypot(to.1 - from.1);
            if length <= left {
                left -= length;
                break;
            }
            let part = left / length;
            from = (from.0 + part * (to.0 - from.0), from.1 + part * (to.1 - from.1));
            if drawing {
                piece.push(from);
                pieces.push(std::mem::take(&mut piece));
            } else {
                piece = vec![from];
            }
            drawing = !drawing;
            left = if drawing { on } else { off };
        }
        if drawing {
            piece.push(to);
        }
    }
    pieces.push(piece);
    pieces
}
