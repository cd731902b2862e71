//! What a picture says, without a word about how it is drawn: the same [`Picture`] becomes PNG, SVG, HTML or plain text.

use super::heat::HeatMap;
use crate::data::calendar::FutureIndex;

/// The ink of a mark. A name and not a number, so that a dark page and a terminal can choose their own shade of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Color {
    /// The lesson's input.
    Red,
    /// The lesson's prediction.
    Blue,
    /// What should have come out: the target, the history of a series.
    Grey,
    /// A second quiet line: the baseline to beat.
    Silver,
    /// A third series.
    Green,
    /// A fourth series.
    Orange,
    /// A fifth series.
    Purple,
}

/// How a mark is drawn. Two marks of one picture should differ in shape as well as in colour, for readers who do not see
/// the difference between red and blue and for paper without colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Shape {
    /// A filled circle at each point.
    Dots,
    /// A hollow circle at each point.
    Rings,
    /// A thin line through the points.
    Line,
    /// A thin dashed line through the points.
    DashedLine,
}

/// One series of points, one entry of the legend.
#[derive(Debug, Clone, PartialEq)]
pub struct Mark {
    /// The name in the legend.
    pub label: String,
    /// The ink.
    pub color: Color,
    /// Dots, rings or a line.
    pub shape: Shape,
    /// `(x, y)`. A line breaks where a coordinate is not finite; such a point is not drawn.
    pub points: Vec<(f64, f64)>,
}

impl Mark {
    /// A mark of any colour and shape.
    pub fn new(
        label: impl Into<String>,
        color: Color,
        shape: Shape,
        points: Vec<(f64, f64)>,
    ) -> Self {
        Self { label: label.into(), color, shape, points }
    }

    /// The lesson's input: red dots.
    pub fn input(points: Vec<(f64, f64)>) -> Self {
        Self::new("input", Color::Red, Shape::Dots, points)
    }

    /// The lesson's prediction: blue rings, so that a prediction that hits its target does not hide it.
    pub fn prediction(points: Vec<(f64, f64)>) -> Self {
        Self::new("prediction", Color::Blue, Shape::Rings, points)
    }

    /// What should come out: a thin grey line.
    pub fn target(points: Vec<(f64, f64)>) -> Self {
        Self::new("target", Color::Grey, Shape::Line, points)
    }

    /// The baseline to beat: a thin dashed line.
    pub fn baseline(points: Vec<(f64, f64)>) -> Self {
        Self::new("baseline", Color::Silver, Shape::DashedLine, points)
    }
}

/// A shaded area between two curves, such as a prediction interval; drawn beneath the marks.
#[derive(Debug, Clone, PartialEq)]
pub struct Band {
    /// The name in the legend.
    pub label: String,
    /// The ink, drawn pale.
    pub color: Color,
    /// `(x, low, high)`, x ascending. The area breaks where a coordinate is not finite.
    pub points: Vec<(f64, f64, f64)>,
}

impl Band {
    /// A shaded area between `low` and `high` over x.
    pub fn new(label: impl Into<String>, color: Color, points: Vec<(f64, f64, f64)>) -> Self {
        Self { label: label.into(), color, points }
    }
}

/// What the numbers along x are, and so how they are labelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Axis {
    /// Plain numbers.
    #[default]
    Numbers,
    /// Whole steps: no label between two steps.
    Steps,
    /// Seconds since 1970-01-01 00:00 UTC, labelled as dates: `1960`, `Jan 2020`, `3 Aug`, `14:00`.
    Dates,
}

impl Axis {
    /// The axis of what a clock counts.
    pub fn of(clock: &FutureIndex) -> Self {
        match clock {
            FutureIndex::Steps { .. } => Axis::Steps,
            FutureIndex::Numbers { .. } => Axis::Numbers,
            FutureIndex::Dates { .. } => Axis::Dates,
        }
    }
}

/// One chart.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Picture {
    /// The caption, e.g. `step 15 · loss 0.4037`. May be empty.
    pub title: String,
    /// A quieter second line under the caption.
    pub subtitle: Option<String>,
    /// What lies along x, with its unit. May be empty.
    pub x_label: String,
    /// What lies along y, with its unit. May be empty.
    pub y_label: String,
    /// What the numbers along x are.
    pub x_axis: Axis,
    /// The series, later ones drawn above earlier ones.
    pub marks: Vec<Mark>,
    /// Shaded areas beneath the marks.
    pub bands: Vec<Band>,
    /// A heat map beneath everything else, whose rows are the y axis.
    pub heat: Option<HeatMap>,
    /// A logarithmic y axis; values that are not positive are then not drawn.
    pub y_log: bool,
    /// Vertical lines at x with a short label, e.g. where the held-out part or the forecast begins.
    pub vertical_rules: Vec<(f64, String)>,
    /// Where this page lies along the x axis of [`Album::losses`] (the training step), so that the page can be marked there.
    pub step: Option<f64>,
}

impl Picture {
    /// An empty picture with a caption; fill in the rest field by field.
    pub fn new(title: impl Into<String>) -> Self {
        Self { title: title.into(), ..Self::default() }
    }

    /// This picture with one more mark.
    #[must_use]
    pub fn with(mut self, mark: Mark) -> Self {
        self.marks.push(mark);
        self
    }

    /// This picture with the words along its two axes.
    #[must_use]
    pub fn labelled(mut self, x: impl Into<String>, y: impl Into<String>) -> Self {
        self.x_label = x.into();
        self.y_label = y.into();
        self
    }
}

/// Pictures that belong together: one page per report of a training, the loss curve, and a short table of facts.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Album {
    /// The heading. May be empty.
    pub title: String,
    /// One page per report, in order. All are drawn with the same y range, unless they are `unlike`.
    pub pages: Vec<Picture>,
    /// Whether the pages show unlike things, so that each has a y range of its own.
    pub unlike: bool,
    /// The loss against the step.
    pub losses: Option<Picture>,
    /// Name and value: configuration, loss against baseline, …
    pub facts: Vec<(String, String)>,
}

impl From<Picture> for Album {
    /// An album of one page.
    fn from(page: Picture) -> Self {
        Self { pages: vec![page], ..Self::default() }
    }
}
