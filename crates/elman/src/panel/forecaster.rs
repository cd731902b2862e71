//! From a panel to its forecast.

use elman_nn::Isa;
use serde::{Deserialize, Serialize};

use super::bands::Band;
use super::contest::Contest;
use super::fitted::Fitted;
use super::head::{Head, Said, no_count};
use super::levels;
use super::net::Stack;
use crate::calendar::Until;
use crate::error::{Error, Result};
use crate::ranges::{self, Checked};
use crate::report::{self, Axis, Color, Mark, Picture, Shape};
use crate::scalers;
use crate::season::{self, Decomposition};
use crate::series::Series;
use crate::write::{self, When};

/// Which series share their networks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// All, so that each learns from the others.
    #[default]
    Global,
    /// None: networks are chosen and trained for each series by itself.
    Local,
}

/// What a forecast of a panel depends on, besides its values.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PanelSettings {
    /// Steps ahead.
    pub horizon: usize,
    /// The lengths of the seasons in steps, shortest first; `None` to find them.
    pub seasons: Option<Vec<usize>>,
    /// How they are found where they are taken out.
    #[serde(default)]
    pub decomposition: Decomposition,
    /// Levels of the prediction intervals, in per cent: 80 for 80 %.
    pub levels: Vec<f64>,
    /// Which series share their networks.
    #[serde(default)]
    pub scope: Scope,
    /// The cell of the networks, by name.
    #[serde(default = "lstm")]
    pub cell: String,
    /// H, their units.
    #[serde(default = "units")]
    pub hidden_size: usize,
    /// How their layers are stacked.
    #[serde(flatten)]
    pub stack: Stack,
    /// Their learning rate at full height.
    #[serde(default = "rate")]
    pub learning_rate: f64,
    /// Updates of a network; `None` to choose by the number of values.
    pub steps: Option<u64>,
    /// Evaluations without improvement, of 20 on the values that views are tried on, after which training is stopped;
    /// `None` to go on to the end.
    #[serde(default)]
    pub patience: Option<u64>,
    /// The most time steps between two updates; `None` to choose by the seasons.
    pub seq_length: Option<usize>,
    /// Whether the memory is carried over an update, or emptied.
    pub carry: bool,
    /// Whether features of the dates are covariates.
    #[serde(default)]
    pub calendar: bool,
    /// What the networks say of each value.
    #[serde(default)]
    pub head: Head,
    /// The loss of the head `point`, by name.
    #[serde(default = "mae")]
    pub loss: String,
    /// How values are scaled, by name; `None` to try logarithms, where there are, and values over their mean.
    #[serde(default)]
    pub scaler: Option<String>,
    /// Whether no value and no bound is below 0.
    #[serde(default)]
    pub non_negative: bool,
    /// Whether isolated outliers near the end are kept; otherwise they are missing values.
    #[serde(default)]
    pub keep_outliers: bool,
    /// The seed of everything random.
    pub seed: u64,
    /// Networks trained at the same time; changes no result, and is no part of a model file.
    #[serde(skip, default = "one")]
    pub threads: usize,
    /// The instruction set of the networks, `None` for the usual one of this machine: two differ in the last bits. No part of a
    /// model file.
    #[serde(skip)]
    pub isa: Option<Isa>,
}

impl PanelSettings {
    /// Everything found out, bands of 80 and 95 %, on one thread.
    pub fn new(horizon: usize) -> Self {
        Self {
            horizon,
            seasons: None,
            decomposition: Decomposition::Classical,
            levels: vec![80.0, 95.0],
            scope: Scope::Global,
            cell: lstm(),
            hidden_size: units(),
            stack: Stack::default(),
            learning_rate: rate(),
            steps: None,
            patience: None,
            seq_length: None,
            carry: true,
            calendar: false,
            head: Head::Point,
            loss: mae(),
            scaler: None,
            non_negative: false,
            keep_outliers: false,
            seed: 1,
            threads: 1,
            isa: None,
        }
    }
}

impl PanelSettings {
    /// Whether all numbers are in their range.
    pub(super) fn check(&self) -> Checked {
        ranges::steps("horizon", self.horizon)?;
        let seasons = self.seasons.iter().flatten();
        seasons.copied().try_for_each(|season| ranges::steps("seasons", season))?;
        ranges::levels(&self.levels)?;
        self.seq_length.map_or(Ok(()), |steps| ranges::steps("seq_length", steps))?;
        ranges::positive("learning_rate", &[self.learning_rate])
    }

    /// Refuses levels that are no per cent, a head that does not fit the values, a loss that is none of a point, and a scaler that is
    /// unknown or has no part.
    pub(super) fn check_choices(&self, panel: &[Series]) -> Result<()> {
        let refuse =
            |reason: String, help: &str| Err(Error::Forecast { reason, help: help.to_owned() });
        levels::check(&self.levels)?;
        self.check()?;
        let said = Said::by(self.head, &self.loss, &self.levels);
        said.loss()?;
        if self.head == Head::Point && said.is_distribution() {
            let reason = format!("the loss `{}` is one of a distribution", self.loss);
            return refuse(reason, "choose it by its `--head`");
        }
        if let Some(scaler) = &self.scaler {
            scalers::named(scaler)?;
            if said.is_of_counts() {
                let reason =
                    format!("counts are not scaled, and the scaler `{scaler}` was asked for");
                return refuse(reason, "leave out `--scaler`");
            }
        }
        match no_count(panel).filter(|_| said.is_of_counts()) {
            None => Ok(()),
            Some((series, y)) => Err(Error::Data {
                reason: format!(
                    "a negative binomial distribution is one of counts 0, 1, 2, …, and series `{}` has \
                     the value {y}",
                    series.name
                ),
                help: "take `--head student-t` or `--head quantiles`".to_owned(),
            }),
        }
    }
}

fn lstm() -> String {
    "lstm".to_owned()
}

fn units() -> usize {
    40
}

fn one() -> usize {
    1
}

fn rate() -> f64 {
    3e-3
}

fn mae() -> String {
    "mae".to_owned()
}

/// How far the work is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Progress {
    /// Views are tried: updates done, of so many.
    Trying(u64, u64),
    /// The chosen ones are trained on everything: updates done, of so many.
    Training(u64, u64),
    /// Networks of single series: series that have theirs, of so many.
    Series(u64, u64),
}

/// The future of a panel, and how far it can be trusted.
#[derive(Debug, Clone)]
pub struct PanelForecast {
    /// For each series, the values after its last.
    pub values: Vec<Vec<f64>>,
    /// The levels of the bands, in per cent.
    pub levels: Vec<f64>,
    /// For each series, its bands; none where there was too little to make them from.
    pub bands: Vec<Vec<Band>>,
    /// How the networks in it were chosen, and their errors then.
    pub contest: Contest,
    /// What a reader of the forecast should know, in sentences: what was left out, what is missing and why.
    pub notes: Vec<String>,
}

impl PanelForecast {
    /// Forecasts every series of `panel`.
    ///
    /// # Errors
    /// No series, a series without a value, a horizon of 0; those of training.
    pub fn of(
        panel: &[Series],
        settings: &PanelSettings,
        observe: &(dyn Fn(Progress) + Sync),
    ) -> Result<Self> {
        Fitted::of(panel, settings, observe)?.forecast(panel, settings.horizon)
    }

    /// Leaves out what lies behind a date: series that end later need fewer steps up to it. Gives how many end
    /// behind it and have no forecast at all.
    ///
    /// # Errors
    /// As [`Until::steps`].
    pub fn cut(&mut self, panel: &[Series], until: &Until) -> Result<usize> {
        let mut ended = 0;
        for (series, (values, bands)) in
            panel.iter().zip(self.values.iter_mut().zip(&mut self.bands))
        {
            let steps = until.steps(&series.clock())?;
            ended += usize::from(steps == 0);
            values.truncate(steps);
            for band in bands {
                band.lower.truncate(steps);
                band.upper.truncate(steps);
            }
        }
        Ok(ended)
    }

    /// The rows of a table with Nixtla's columns; `panel` is what was forecast.
    pub fn rows<'a>(&'a self, panel: &'a [Series]) -> impl Iterator<Item = write::Row<'a>> + Clone {
        panel.iter().zip(&self.values).zip(&self.bands).flat_map(
            move |((series, values), bands)| {
                let clock = series.clock();
                let real = clock.clone();
                let real = values.iter().enumerate().filter(move |(k, _)| real.exists(k + 1));
                real.map(move |(k, &elman)| write::Row {
                    unique_id: &series.name,
                    ds: When::after(&clock, k + 1),
                    elman,
                    tested: None,
                    bounds: bounds(&self.levels, bands, k),
                })
            },
        )
    }

    /// The last known values of series number `number`, `series`, and its forecast behind them.
    pub fn picture(&self, series: &Series, number: usize) -> Picture {
        let (values, n) = (&self.values[number], series.len());
        // Three times as much past as future, so that both can be read.
        let shown = n.saturating_sub((3 * values.len()).max(60))..n;
        // A missing value breaks the line.
        let past: Vec<_> = shown.map(|i| (series.position(i), series.values[i])).collect();
        let clock = series.clock();
        let at = |k: usize| clock.position(k + 1);
        let last = past.iter().rfind(|(_, y)| !y.is_nan()).copied();
        let future = values.iter().enumerate().map(|(k, y)| (at(k), *y));
        let bands = self.bands[number].iter().rev().map(|band| {
            let bounds = band.lower.iter().zip(&band.upper).enumerate();
            let points = last.map(|(x, y)| (x, y, y)).into_iter();
            let points = points.chain(bounds.map(|(k, (low, high))| (at(k), *low, *high)));
            report::Band::new(format!("{} %", band.level), Color::Blue, points.collect())
        });
        Picture {
            x_axis: Axis::of(&clock),
            vertical_rules: last.map(|(x, _)| (x, "forecast".to_owned())).into_iter().collect(),
            bands: bands.collect(),
            ..Picture::new(format!("{}: {} steps ahead", series.name, values.len()))
        }
        .with(Mark::new("known", Color::Red, Shape::Line, past.clone()))
        .with(Mark::new(
            "forecast",
            Color::Blue,
            Shape::Line,
            last.into_iter().chain(future).collect(),
        ))
    }
}

/// The bounds of each level at step `k`; NaN where there are no bands.
pub(super) fn bounds(levels: &[f64], bands: &[Band], k: usize) -> Vec<(f64, f64)> {
    match bands {
        [] => vec![(f64::NAN, f64::NAN); levels.len()],
        _ => bands.iter().map(|band| (band.lower[k], band.upper[k])).collect(),
    }
}

/// The seasons that the dates suggest, if there are dates.
pub(super) fn natural(panel: &[Series]) -> Option<Vec<usize>> {
    panel[0].frequency().map(season::natural)
}

/// Refuses what has no forecast.
pub(super) fn check(panel: &[Series], horizon: usize) -> Result<()> {
    let refuse = |reason: String| Err(Error::Data { reason, help: String::new() });
    if panel.is_empty() {
        return refuse("there is no series to forecast".to_owned());
    }
    ranges::steps("horizon", horizon)?;
    if let Some(empty) = panel.iter().find(|s| s.values.iter().all(|y| y.is_nan())) {
        return refuse(format!("series `{}` has no value", empty.name));
    }
    if let Some(series) = panel.iter().find(|s| s.values.iter().any(|y| y.is_infinite())) {
        return refuse(format!("series `{}` has a value that is not finite", series.name));
    }
    panel.iter().try_for_each(Series::check_size)
}
