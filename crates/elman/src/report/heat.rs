//! Heat maps: one colored cell for each row and column, such as the units of a layer over time.

use super::scene::Rgb;

/// Most columns that are drawn: a plot on a sheet has fewer pixels.
const MAX_COLUMNS: usize = 480;

/// The lowest, the middle and the highest color. Blue and orange differ for color-blind readers, too, and are those of
/// the playground.
const LOW: Rgb = (0, 97, 164);
const MIDDLE: Rgb = (246, 246, 244);
const HIGH: Rgb = (196, 78, 0);
/// The color of a cell without a value.
const NONE: Rgb = (216, 216, 216);

/// A heat map. Rows are counted from 1, upwards. The colors go from blue over pale to orange where the range begins below 0,
/// and from pale to orange otherwise.
#[derive(Debug, Clone, PartialEq)]
pub struct HeatMap {
    /// Places of the first and the last column along x.
    pub ends: [f64; 2],
    /// Number of rows.
    pub rows: usize,
    /// Values, column after column, from row 1 up; NaN where there is none.
    pub values: Vec<f64>,
    /// The values of the outermost colors.
    pub range: [f64; 2],
}

impl HeatMap {
    /// A heat map of columns of `rows` values, at the places `x`, which are about evenly spaced. Neighbors are averaged
    /// where there are too many columns to be seen.
    pub fn new<'a>(
        x: &[f64],
        rows: usize,
        columns: impl IntoIterator<Item = &'a [f32]>,
        range: [f64; 2],
    ) -> Self {
        let columns: Vec<&[f32]> = columns.into_iter().collect();
        let size = columns.len().div_ceil(MAX_COLUMNS).max(1);
        let mean = |group: &[&[f32]], row: usize| {
            let sum: f64 = group.iter().map(|column| f64::from(column[row])).sum();
            sum / group.len() as f64
        };
        let groups = columns.chunks(size);
        let values = groups.flat_map(|group| (0..rows).map(move |row| mean(group, row)));
        let values = values.collect();
        let ends = [x.first(), x.last()].map(|end| end.copied().unwrap_or(0.0));
        Self { ends, rows, values, range }
    }

    /// Number of columns.
    pub fn columns(&self) -> usize {
        self.values.len() / self.rows.max(1)
    }

    /// Whether the colors show a sign.
    pub fn is_signed(&self) -> bool {
        self.range[0] < 0.0
    }

    /// Ends of the x axis: half a column before the first and after the last.
    pub(super) fn x_ends(&self) -> [f64; 2] {
        let [first, last] = self.ends;
        let steps = self.columns().saturating_sub(1);
        let half = if steps > 0 { (last - first) / steps as f64 / 2.0 } else { 0.5 };
        [first - half, last + half]
    }

    /// Place of a value in the range: from -1 to 1 with a sign, from 0 to 1 otherwise; `None` without a value.
    pub(super) fn share(&self, value: f64) -> Option<f64> {
        let [low, high] = self.range;
        let share = match self.is_signed() {
            true => value / high.max(-low),
            false => (value - low) / (high - low),
        };
        let least = if self.is_signed() { -1.0 } else { 0.0 };
        share.is_finite().then(|| share.clamp(least, 1.0))
    }

    /// Red, green and blue of each cell, row after row from the top.
    pub(super) fn rgb(&self) -> Vec<u8> {
        let (rows, columns) = (self.rows, self.columns());
        let cell = |at: usize| self.values[at % columns * rows + (rows - 1 - at / columns)];
        let cells = (0..rows * columns).map(|at| color(self.share(cell(at))));
        cells.flat_map(|(red, green, blue)| [red, green, blue]).collect()
    }

    /// The colors of the range from its lower to its upper end, in so many steps.
    pub(super) fn scale(&self, steps: usize) -> Vec<u8> {
        let least = if self.is_signed() { -1.0 } else { 0.0 };
        let share = |i: usize| least + (1.0 - least) * i as f64 / (steps - 1) as f64;
        let colors = (0..steps).map(|i| color(Some(share(i))));
        colors.flat_map(|(red, green, blue)| [red, green, blue]).collect()
    }

    /// Mean place in the range of the cells between two shares of each axis, from the lower left corner.
    pub(super) fn mean_share(&self, x: [f64; 2], y: [f64; 2]) -> Option<f64> {
        let part = |[from, to]: [f64; 2], n: usize| {
            let first = ((from * n as f64) as usize).min(n.saturating_sub(1));
            first..((to * n as f64).ceil() as usize).clamp(first + 1, n.max(first + 1))
        };
        let (columns, rows) = (part(x, self.columns()), part(y, self.rows));
        let cells = columns.flat_map(|c| rows.clone().map(move |r| c * self.rows + r));
        let shares = cells.filter_map(|at| self.share(*self.values.get(at)?));
        let (sum, n) = shares.fold((0.0, 0), |(sum, n), share| (sum + share, n + 1));
        (n > 0).then(|| sum / f64::from(n))
    }
}

fn color(share: Option<f64>) -> Rgb {
    let Some(share) = share else { return NONE };
    let end = if share < 0.0 { LOW } else { HIGH };
    let mix = |from: u8, to: u8| {
        (f64::from(from) + (f64::from(to) - f64::from(from)) * share.abs()).round() as u8
    };
    (mix(MIDDLE.0, end.0), mix(MIDDLE.1, end.1), mix(MIDDLE.2, end.2))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(range: [f64; 2]) -> HeatMap {
        let columns: [&[f32]; 3] = [&[-1.0, 0.0], &[0.5, f32::NAN], &[1.0, 0.25]];
        HeatMap::new(&[10.0, 12.0, 14.0], 2, columns, range)
    }

    #[test]
    fn row_1_is_at_the_bottom_and_the_ends_are_half_a_column_out() {
        let map = map([-1.0, 1.0]);
        let rgb = map.rgb();
        let at = |row: usize, column: usize| {
            let at = 3 * (row * 3 + column);
            (rgb[at], rgb[at + 1], rgb[at + 2])
        };
        assert_eq!((at(1, 0), at(1, 2), at(0, 0), at(0, 1)), (LOW, HIGH, MIDDLE, NONE));
        assert_eq!(map.x_ends(), [9.0, 15.0]);
    }

    #[test]
    fn a_range_from_0_has_no_blue() {
        let map = map([0.0, 1.0]);
        assert_eq!(color(map.share(-1.0)), MIDDLE);
        assert_eq!(map.scale(2), [MIDDLE.0, MIDDLE.1, MIDDLE.2, HIGH.0, HIGH.1, HIGH.2]);
    }

    #[test]
    fn many_columns_are_averaged() {
        let values: Vec<[f32; 1]> = (0..1000).map(|i| [(i % 2) as f32]).collect();
        let x: Vec<f64> = (0..1000).map(f64::from).collect();
        let map = HeatMap::new(&x, 1, values.iter().map(|v| &v[..]), [0.0, 1.0]);
        assert_eq!((map.columns(), map.ends), (334, [0.0, 999.0]));
        assert!(map.values[..333].iter().all(|v| (v - 0.5).abs() < 0.17));
    }

    #[test]
    fn a_part_of_the_map_has_the_mean_of_its_cells() {
        let map = map([-1.0, 1.0]);
        assert_eq!(map.mean_share([0.0, 0.3], [0.0, 1.0]), Some(-0.5));
        assert_eq!(map.mean_share([0.0, 1.0], [0.0, 0.5]), Some(0.5 / 3.0));
        assert_eq!(map.mean_share([0.4, 0.6], [0.6, 1.0]), None);
    }
}
