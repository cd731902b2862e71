//! A series: its values and its time axis.

mod aggregate;
mod missing_dates;
mod periods;

use super::calendar::{
    self, DateFormat, Dates, Frequency, FutureIndex, Gaps, InferredFrequency, MonthAnchor,
    Timestamp, infer,
};
use super::ranges::{self, Checked};
use crate::error::{Error, Result};
pub use aggregate::{Aggregate, Aggregated};
pub use periods::Periods;
use serde::{Deserialize, Serialize};

/// Values at equal steps, oldest first, all finite; or NaN where none is known, if the reader was told to
/// leave them so.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Series {
    /// What the series is called: its id in a file of many, else its column.
    pub name: String,
    /// The values, oldest first.
    #[serde(with = "missing_as_null")]
    pub values: Vec<f64>,
    /// When they were.
    pub time: TimeAxis,
    /// What is known beside them.
    #[serde(default)]
    pub covariates: Covariates,
}

/// Missing values, NaN, as `null` in JSON.
mod missing_as_null {
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(values: &[f64], to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(values.iter().map(|y| (!y.is_nan()).then_some(*y)))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<f64>, D::Error> {
        let values = Vec::<Option<f64>>::deserialize(from)?;
        Ok(values.into_iter().map(|y| y.unwrap_or(f64::NAN)).collect())
    }
}

/// What is known beside the values of a series.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Covariates {
    /// Known ahead, such as a price or a holiday: one value a step, and for steps after the last.
    pub future: Vec<Covariate>,
    /// Known up to now, such as the weather: one value a step.
    pub past: Vec<Covariate>,
    /// The same at every step, such as a region: its name, and a category or a number.
    pub fixed: Vec<(String, String)>,
}

/// A covariate that changes with time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Covariate {
    /// Its name.
    pub name: String,
    /// Its values, oldest first.
    pub values: Vec<f64>,
}

impl Covariates {
    /// The first `len` values of each: what was known at a cutoff, and nothing ahead.
    fn head(&self, len: usize) -> Self {
        let head = |columns: &[Covariate]| {
            let head = |c: &Covariate| Covariate {
                name: c.name.clone(),
                values: c.values[..len.min(c.values.len())].to_vec(),
            };
            columns.iter().map(head).collect()
        };
        Self { future: head(&self.future), past: head(&self.past), fixed: self.fixed.clone() }
    }
}

/// When the values of a series were.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum TimeAxis {
    /// No dates: the values are counted.
    Steps {
        /// The number of the first value.
        first: i64,
    },
    /// Numbers with a step of their own, such as seconds of an experiment.
    Numbers(NumberAxis),
    /// Dates.
    Dates(DateAxis),
}

/// A time axis of numbers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NumberAxis {
    /// One number for each value.
    pub values: Vec<f64>,
    /// The usual step.
    pub step: f64,
    /// Decimals in the file.
    pub decimals: usize,
}

/// A time axis of dates.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DateAxis {
    stamps: Vec<Timestamp>,
    clock: FutureIndex,
}

impl DateAxis {
    /// The axis of strictly rising dates, with the step they have or, when given, `frequency`; without that `None` for fewer than two
    /// dates.
    pub fn new(dates: Dates, frequency: Option<Frequency>) -> Option<DateAxis> {
        let last = *dates.stamps.last()?;
        let found = infer(&dates.stamps).or_else(|| {
            let anchor = MonthAnchor::Day(last.day_of_month());
            frequency.map(|frequency| InferredFrequency { frequency, anchor })
        })?;
        let frequency = frequency.unwrap_or(found.frequency);
        DateAxis::on(dates, InferredFrequency { frequency, ..found })
    }

    /// The axis of strictly rising dates on a calendar that is known; `None` without a date.
    pub(crate) fn on(
        dates: Dates,
        InferredFrequency { frequency, anchor }: InferredFrequency,
    ) -> Option<DateAxis> {
        let last = *dates.stamps.last()?;
        let clock = FutureIndex::Dates { last, frequency, anchor, style: dates.style };
        Some(DateAxis { stamps: dates.stamps, clock })
    }

    /// The dates.
    pub fn stamps(&self) -> &[Timestamp] {
        &self.stamps
    }

    /// The step.
    pub fn frequency(&self) -> Option<Frequency> {
        self.clock.frequency()
    }

    fn style(&self) -> Option<&DateFormat> {
        match &self.clock {
            FutureIndex::Dates { style, .. } => Some(style),
            _ => None,
        }
    }
}

/// Values from here on would overflow when they are squared and summed.
const LARGEST: f64 = 1e100;

impl Series {
    /// Refuses values so large that their squares would not be finite. Missing ones pass.
    ///
    /// # Errors
    /// [`Error::ValueTooLarge`], which names the series, the date and the value.
    pub fn check_size(&self) -> Result<()> {
        let Some(i) = self.values.iter().position(|y| y.is_finite() && y.abs() >= LARGEST) else {
            return Ok(());
        };
        Err(Error::ValueTooLarge {
            series: self.name.clone(),
            at: self.label(i),
            value: self.values[i],
            help: format!(
                "values must be below {LARGEST:e}: give them in a larger unit, or, where it stands for a missing one, \
                 leave its cell empty"
            ),
        })
    }

    /// Checks that each value has a place on a time axis that continues.
    pub(crate) fn check(&self) -> Checked {
        let known: Vec<f64> = self.values.iter().copied().filter(|y| !y.is_nan()).collect();
        ranges::finite("values", &known)?;
        let places = match &self.time {
            TimeAxis::Steps { .. } => self.len(),
            TimeAxis::Numbers(axis) => {
                ranges::finite("time", &axis.values)?;
                axis.values.len()
            }
            TimeAxis::Dates(axis) => axis.stamps.len(),
        };
        if places != self.len() {
            return ranges::refuse("time", places, "one place for each value");
        }
        self.clock().check()
    }

    /// A series without dates, counted from 1.
    pub fn counted(name: impl Into<String>, values: Vec<f64>) -> Series {
        let covariates = Covariates::default();
        Series { name: name.into(), values, time: TimeAxis::Steps { first: 1 }, covariates }
    }

    /// Number of values.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether there is no value.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The step of a date axis.
    pub fn frequency(&self) -> Option<Frequency> {
        match &self.time {
            TimeAxis::Dates(dates) => dates.frequency(),
            _ => None,
        }
    }

    /// How the axis goes on after the last value; this is what a model file keeps.
    pub fn clock(&self) -> FutureIndex {
        self.clock_after(self.len())
    }

    /// How the axis goes on after the first `len` values: the clock of a forecast made there.
    pub fn clock_after(&self, len: usize) -> FutureIndex {
        self.time.clock_after(len)
    }

    /// The label of value `i`, or of the future step that `i` is when it lies past the end.
    pub fn label(&self, i: usize) -> String {
        if i < self.len() { self.time.label(i) } else { self.clock().label(i + 1 - self.len()) }
    }

    /// The date of value `i`, or of the future step that it is; `None` without dates.
    pub fn stamp(&self, i: usize) -> Option<Timestamp> {
        let TimeAxis::Dates(dates) = &self.time else { return None };
        let future = || self.clock().stamp(i + 1 - self.len());
        dates.stamps.get(i).copied().or_else(future)
    }

    /// Where value `i` stands on a plot: its number, or seconds since 1970-01-01. Goes on past the end.
    pub fn position(&self, i: usize) -> f64 {
        if i < self.len() {
            self.time.position(i)
        } else {
            self.clock().position(i + 1 - self.len())
        }
    }

    /// The first `len` values with their times: the history before a cutoff.
    pub fn head(&self, len: usize) -> Series {
        let len = len.min(self.len());
        Series {
            name: self.name.clone(),
            values: self.values[..len].to_vec(),
            time: self.time.head(len),
            covariates: self.covariates.head(len),
        }
    }

    /// The last `len` values with their times, without covariates.
    pub fn tail(&self, len: usize) -> Series {
        let from = self.len().saturating_sub(len);
        let (name, values) = (self.name.clone(), self.values[from..].to_vec());
        Series { name, values, time: self.time.after(from), covariates: Covariates::default() }
    }

    /// The values of `other` from `from` on, which continue this series, in its calendar: absent dates are missing values,
    /// except in a calendar with holidays.
    ///
    /// # Errors
    /// A date between two time steps of the calendar.
    pub(crate) fn continued_by(&self, other: &Series, from: usize) -> Result<Series> {
        let mut new = other.tail(other.len() - from);
        let clock = self.clock();
        let has_holidays = clock.frequency().is_some_and(Frequency::has_holidays);
        if has_holidays || matches!(self.time, TimeAxis::Steps { .. }) {
            return Ok(new);
        }
        let near = 0.25 * (clock.position(2) - clock.position(1)).abs();
        let (mut values, mut steps) = (Vec::with_capacity(new.len()), Vec::new());
        let mut k = 0;
        for (i, y) in new.values.iter().enumerate() {
            let at = new.position(i);
            k += 1;
            while clock.position(k) < at - near {
                values.push(f64::NAN);
                steps.push(k);
                k += 1;
            }
            if clock.position(k) > at + near {
                return Err(Error::Data {
                    reason: format!(
                        "the value of {} is between two time steps of the model: the next time step is {}",
                        new.label(i),
                        clock.label(k)
                    ),
                    help: "give values at the time steps of the training".to_owned(),
                });
            }
            values.push(*y);
            steps.push(k);
        }
        match &mut new.time {
            TimeAxis::Dates(axis) => {
                axis.stamps = steps.iter().filter_map(|k| clock.stamp(*k)).collect();
            }
            TimeAxis::Numbers(axis) => {
                axis.values = steps.iter().map(|k| clock.position(*k)).collect();
            }
            TimeAxis::Steps { .. } => {}
        }
        new.values = values;
        Ok(new)
    }

    /// Appends the values of `other`, which continue this series. The series keeps its own frequency: a few values do not
    /// show one. Covariates are left out.
    pub(crate) fn append(&mut self, other: &Series) {
        self.values.extend_from_slice(&other.values);
        self.covariates = Covariates::default();
        match (&mut self.time, &other.time) {
            (TimeAxis::Numbers(ours), TimeAxis::Numbers(theirs)) => {
                ours.values.extend_from_slice(&theirs.values);
            }
            (TimeAxis::Dates(ours), TimeAxis::Dates(theirs)) if !theirs.stamps.is_empty() => {
                ours.stamps.extend_from_slice(&theirs.stamps);
                ours.clock = ours.clock.moved_to(&other.clock());
            }
            _ => {}
        }
    }

    /// One line: `monthly, 1850-01 to 2024-07, 2,095 values, no gaps`.
    pub fn describe(&self) -> String {
        let span = match self.len() {
            0 => "no values".to_string(),
            n => {
                let unknown = self.values.iter().filter(|y| y.is_nan()).count();
                let unknown = match unknown {
                    0 => String::new(),
                    some => format!(", {} of them missing", thousands(some)),
                };
                let (from, to) = (self.label(0), self.label(n - 1));
                format!("{from} to {to}, {}{unknown}", counted(n, "value"))
            }
        };
        match &self.time {
            TimeAxis::Steps { .. } => format!("no dates, steps {span}"),
            TimeAxis::Numbers(axis) => format!("no dates, numbers with step {}, {span}", axis.step),
            TimeAxis::Dates(dates) => match dates.frequency() {
                Some(frequency) => {
                    let gaps = calendar::gaps(&dates.stamps, frequency);
                    format!("{frequency}, {span}, {}", gaps_in_words(frequency, gaps))
                }
                None => span,
            },
        }
    }
}

impl TimeAxis {
    /// The label of value `i`, in the file's own style. A date axis ends with its data: past it, the label of the future
    /// step.
    pub fn label(&self, i: usize) -> String {
        match self {
            TimeAxis::Steps { first } => first.saturating_add_unsigned(i as u64).to_string(),
            TimeAxis::Numbers(axis) => match axis.values.get(i) {
                Some(value) => format!("{value:.*}", axis.decimals),
                None => self.clock_after(axis.values.len()).label(i + 1 - axis.values.len()),
            },
            TimeAxis::Dates(axis) => match (axis.stamps.get(i), axis.style()) {
                (Some(stamp), Some(style)) => style.write(*stamp),
                _ => axis.clock.label((i + 1).saturating_sub(axis.stamps.len())),
            },
        }
    }

    /// Where value `i` stands on a plot: its number, or seconds since 1970-01-01. Goes on past the end.
    pub fn position(&self, i: usize) -> f64 {
        match self {
            TimeAxis::Steps { first } => first.saturating_add_unsigned(i as u64) as f64,
            TimeAxis::Numbers(axis) => match axis.values.get(i) {
                Some(value) => *value,
                None => self.clock_after(axis.values.len()).position(i + 1 - axis.values.len()),
            },
            TimeAxis::Dates(axis) => match axis.stamps.get(i) {
                Some(stamp) => stamp.seconds(),
                None => axis.clock.position((i + 1).saturating_sub(axis.stamps.len())),
            },
        }
    }

    fn clock_after(&self, len: usize) -> FutureIndex {
        match self {
            TimeAxis::Steps { first } => FutureIndex::Steps {
                last: first.saturating_add_unsigned(len as u64).saturating_sub(1),
            },
            TimeAxis::Numbers(axis) => {
                let (step, decimals) = (axis.step, axis.decimals);
                let last = match axis.values.get(..len).and_then(<[f64]>::last) {
                    Some(last) => *last,
                    None => axis.values.first().map_or(0.0, |first| first - step),
                };
                FutureIndex::Numbers { last, step, decimals }
            }
            TimeAxis::Dates(axis) => {
                let mut clock = axis.clock.clone();
                if let (FutureIndex::Dates { last, .. }, Some(stamp)) =
                    (&mut clock, axis.stamps.get(len.wrapping_sub(1)))
                {
                    *last = *stamp;
                }
                clock
            }
        }
    }

    /// The axis without its first `from` values.
    fn after(&self, from: usize) -> TimeAxis {
        match self {
            TimeAxis::Steps { first } => {
                TimeAxis::Steps { first: first.saturating_add_unsigned(from as u64) }
            }
            TimeAxis::Numbers(axis) => TimeAxis::Numbers(NumberAxis {
                values: axis.values[from..].to_vec(),
                ..axis.clone()
            }),
            TimeAxis::Dates(axis) => TimeAxis::Dates(DateAxis {
                stamps: axis.stamps[from..].to_vec(),
                clock: axis.clock.clone(),
            }),
        }
    }

    fn head(&self, len: usize) -> TimeAxis {
        match self {
            TimeAxis::Steps { .. } => self.clone(),
            TimeAxis::Numbers(axis) => TimeAxis::Numbers(NumberAxis {
                values: axis.values[..len].to_vec(),
                ..axis.clone()
            }),
            TimeAxis::Dates(axis) => TimeAxis::Dates(DateAxis {
                stamps: axis.stamps[..len].to_vec(),
                clock: self.clock_after(len),
            }),
        }
    }
}

fn gaps_in_words(frequency: Frequency, gaps: Gaps) -> String {
    let mut text = match gaps.places {
        0 => "no gaps".to_string(),
        _ if frequency.has_holidays() => {
            format!("{} (holidays?)", counted(gaps.steps, "gap"))
        }
        places if places == gaps.steps => counted(places, "gap"),
        places => format!("{} ({} missing)", counted(places, "gap"), counted(gaps.steps, "step")),
    };
    if gaps.uneven > 0 {
        text.push_str(&format!(", {}", counted(gaps.uneven, "uneven step")));
    }
    text
}

/// `1 row`, `2,095 rows`.
pub fn counted(n: usize, what: &str) -> String {
    format!("{} {what}{}", thousands(n), if n == 1 { "" } else { "s" })
}

/// `2095` as `2,095`.
pub fn thousands(n: usize) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
