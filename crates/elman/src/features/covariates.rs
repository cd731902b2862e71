//! Covariates: columns next to the target, encoded as inputs of a network.

use serde::{Deserialize, Serialize};

use super::calendar_features;
use crate::data::ranges::{self, Checked};
use crate::data::{Covariate, CovariateValues, Covariates, Series};
use crate::error::{Error, Result};

/// Most categories of a static covariate; each is one input.
const MAX_CATEGORIES: usize = 64;
/// Most inputs of a network for covariates.
const MAX_INPUTS: usize = 4096;

/// Number of covariates of each kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CovariateDims {
    /// Future covariates.
    pub future: usize,
    /// Past covariates.
    pub past: usize,
    /// Static covariates.
    pub fixed: usize,
}

impl CovariateDims {
    /// Checks that the numbers are in their range.
    pub(crate) fn check(&self) -> Checked {
        for width in [self.future, self.past, self.fixed] {
            if width > MAX_INPUTS {
                return ranges::refuse("covariate_dims", width, "at most 4096");
            }
        }
        Ok(())
    }

    /// Inputs at a time step: future covariates for this step and every step of the horizon, the others once.
    pub fn inputs(&self, horizon: usize) -> usize {
        self.future * (horizon + 1) + self.past + self.fixed
    }
}

/// Schema of the covariates of a panel, with the categories of its static ones.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct CovariateSchema {
    future: Vec<String>,
    past: Vec<String>,
    fixed: Vec<Static>,
    /// Whether calendar features are among the future covariates.
    calendar: bool,
    /// Steps ahead for which future covariates are inputs.
    horizon: usize,
}

/// Static covariate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Static {
    name: String,
    /// Categories; empty for a number.
    categories: Vec<String>,
    /// Mean that is subtracted from a number, and standard deviation that divides it.
    mean: f64,
    deviation: f64,
}

fn refuse(reason: String, help: &str) -> Error {
    Error::Data { reason, help: help.to_owned() }
}

impl CovariateSchema {
    /// Checks that the schema fits networks that are trained for this horizon.
    pub(crate) fn check(&self, horizon: usize) -> Checked {
        if self.horizon != horizon {
            return ranges::refuse("horizon", self.horizon, "that of the networks");
        }
        for fixed in &self.fixed {
            ranges::finite("mean", &[fixed.mean])?;
            ranges::positive("deviation", &[fixed.deviation])?;
        }
        Ok(())
    }

    /// Schema of the covariates that every series of `panel` has, with calendar features if `calendar`.
    pub(crate) fn of(panel: &[Series], calendar: bool, horizon: usize) -> Result<Self> {
        let names = |of: &dyn Fn(&Covariates) -> Vec<String>| -> Result<Vec<String>> {
            let first = of(&panel[0].covariates);
            match panel.iter().find(|series| of(&series.covariates) != first) {
                None => Ok(first),
                Some(series) => {
                    let (name, other) = (&series.name, &panel[0].name);
                    let reason = format!("series `{name}` and `{other}` have different covariates");
                    Err(refuse(reason, "give every series the same covariates, in the same order"))
                }
            }
        };
        let future = names(&|c| c.future.iter().map(|column| column.name.clone()).collect())?;
        let past = names(&|c| c.past.iter().map(|column| column.name.clone()).collect())?;
        let fixed = names(&|c| c.fixed.iter().map(|(name, _)| name.clone()).collect())?;
        let fixed = fixed.into_iter().enumerate();
        let fixed = fixed.map(|(i, name)| Static::of(panel, i, name)).collect::<Result<_>>()?;
        if calendar && panel[0].frequency().is_none() {
            let reason = "calendar features need dates, and these data have none".to_owned();
            let help = "name the column of dates with `--time-col`".to_owned();
            return Err(Error::Forecast { reason, help });
        }
        let encoding = Self { future, past, fixed, calendar, horizon };
        let inputs = encoding.covariate_dims(panel).inputs(horizon);
        if inputs > MAX_INPUTS {
            let reason = format!(
                "these covariates over {horizon} steps are {inputs} inputs at every step, more than \
                 {MAX_INPUTS}"
            );
            let help = "a shorter `--horizon`, or fewer `--futr-exog`".to_owned();
            return Err(Error::Forecast { reason, help });
        }
        Ok(encoding)
    }

    /// Names of the covariates, and `calendar`.
    pub(crate) fn names(&self) -> Vec<String> {
        let fixed = self.fixed.iter().map(|fixed| &fixed.name);
        let names = self.future.iter().chain(&self.past).chain(fixed).cloned();
        names.chain(self.calendar.then(|| "calendar".to_owned())).collect()
    }

    /// Names of the inputs of a network for covariates of these `dims`, in the order of
    /// `ScaledCovariates::write_inputs`: future ones for this time step and each step of the horizon, then past and static ones.
    pub(crate) fn input_names(&self, dims: CovariateDims, horizon: usize) -> Vec<String> {
        let calendar = dims.future.saturating_sub(self.future.len());
        let calendar = (1..=calendar).map(|number| format!("calendar_{number}"));
        let future: Vec<String> = self.future.iter().cloned().chain(calendar).collect();
        let steps =
            (0..=horizon).flat_map(|k| future.iter().map(move |name| format!("{name}[t+{k}]")));
        let past = self.past.iter().map(|name| format!("{name}[t]"));
        steps.chain(past).chain(self.fixed.iter().flat_map(Static::input_names)).collect()
    }

    /// Number of covariates of each kind, after encoding.
    pub(crate) fn covariate_dims(&self, panel: &[Series]) -> CovariateDims {
        let dates = match self.calendar {
            true => panel[0].frequency().map_or(0, calendar_features::width),
            false => 0,
        };
        CovariateDims {
            future: self.future.len() + dates,
            past: self.past.len(),
            fixed: self.fixed.iter().map(Static::width).sum(),
        }
    }

    /// Encodes the covariates of one series from value `from` on; future ones must be known `horizon` steps ahead.
    ///
    /// # Errors
    /// A covariate that is missing, or not known far enough: the message names the dates. A category that the panel of
    /// the training did not have.
    pub(crate) fn encode(
        &self,
        series: &Series,
        from: usize,
        horizon: usize,
    ) -> Result<CovariateValues> {
        Ok(CovariateValues {
            future: self.future(series, from, horizon)?,
            past: self.past(series, from)?,
            fixed: self.fixed(series)?,
        })
    }

    /// Future covariates from value `from` on, known for the values and the `horizon`, with the calendar features.
    fn future(&self, series: &Series, from: usize, horizon: usize) -> Result<Vec<Vec<f64>>> {
        let needed = series.len() + horizon;
        let mut future = Vec::new();
        for wanted in &self.future {
            let column = find(&series.covariates.future, wanted, series)?;
            if let Some(t) = first_unknown(column, needed) {
                let last = if t < series.len() { t } else { needed - 1 };
                let dates = match t == last {
                    true => series.label(t),
                    false => format!("{} to {}", series.label(t), series.label(last)),
                };
                let reason = format!(
                    "`{wanted}` of series `{}` is not known for {dates}, and a forecast of {horizon} \
                     steps needs it",
                    series.name
                );
                let help = "add rows for these dates, with the covariate and an empty target";
                return Err(refuse(reason, help));
            }
            future.push(column.values[from..].to_vec());
        }
        if self.calendar {
            let until = series.len() + horizon.max(self.horizon);
            future.extend(calendar_features::features(series, from, until));
        }
        Ok(future)
    }

    /// Past covariates from value `from` on.
    fn past(&self, series: &Series, from: usize) -> Result<Vec<Vec<f64>>> {
        let past = self.past.iter().map(|wanted| {
            let column = find(&series.covariates.past, wanted, series)?;
            match first_unknown(column, series.len()) {
                None => Ok(column.values[from..series.len()].to_vec()),
                Some(t) => {
                    let (name, date) = (&series.name, series.label(t));
                    let reason = format!("`{wanted}` of series `{name}` is not known for {date}");
                    Err(refuse(reason, "fill it in, or leave this covariate out"))
                }
            }
        });
        past.collect()
    }

    /// Static covariates.
    fn fixed(&self, series: &Series) -> Result<Vec<f64>> {
        let mut fixed = Vec::new();
        for wanted in &self.fixed {
            let found = series.covariates.fixed.iter().find(|(name, _)| *name == wanted.name);
            let (_, value) = found.ok_or_else(|| lacks(series, &wanted.name))?;
            wanted.write(value, &series.name, &mut fixed)?;
        }
        Ok(fixed)
    }
}

/// The error for a series without a covariate.
fn lacks(series: &Series, covariate: &str) -> Error {
    refuse(
        format!("series `{}` has no covariate `{covariate}`", series.name),
        "the model was trained with it",
    )
}

/// The column called `name` among those of a series.
fn find<'a>(columns: &'a [Covariate], name: &str, series: &Series) -> Result<&'a Covariate> {
    columns.iter().find(|column| column.name == name).ok_or_else(|| lacks(series, name))
}

/// The first of the `needed` values that is not known.
fn first_unknown(column: &Covariate, needed: usize) -> Option<usize> {
    (0..needed).find(|t| column.values.get(*t).is_none_or(|x| !x.is_finite()))
}

impl Static {
    /// A number if all series have one, otherwise a category.
    fn of(panel: &[Series], index: usize, name: String) -> Result<Self> {
        let values = || panel.iter().map(|series| series.covariates.fixed[index].1.as_str());
        let numbers: Option<Vec<f64>> = values().map(|v| v.trim().parse().ok()).collect();
        if let Some(numbers) = numbers.filter(|n| n.iter().all(|x| x.is_finite())) {
            let (mean, deviation) = moments(&numbers);
            return Ok(Self { name, categories: Vec::new(), mean, deviation });
        }
        let mut categories: Vec<String> = values().map(str::to_owned).collect();
        categories.sort();
        categories.dedup();
        if categories.len() > MAX_CATEGORIES {
            let count = categories.len();
            let reason = format!("`{name}` has {count} categories, more than {MAX_CATEGORIES}");
            return Err(refuse(reason, "group them, or leave this covariate out"));
        }
        Ok(Self { name, categories, mean: 0.0, deviation: 1.0 })
    }

    /// Its name, or one name for each category.
    fn input_names(&self) -> Vec<String> {
        match self.categories.is_empty() {
            true => vec![self.name.clone()],
            false => self.categories.iter().map(|c| format!("{}={c}", self.name)).collect(),
        }
    }

    fn width(&self) -> usize {
        self.categories.len().max(1)
    }

    fn write(&self, value: &str, series: &str, to: &mut Vec<f64>) -> Result<()> {
        let Self { name, categories, mean, deviation } = self;
        if categories.is_empty() {
            let number = value.trim().parse::<f64>().ok().filter(|x| x.is_finite());
            let number = number.ok_or_else(|| {
                refuse(format!("`{name}` of series `{series}` is no number: {value:?}"), "")
            })?;
            to.push((number - mean) / deviation);
            return Ok(());
        }
        if !categories.iter().any(|category| category == value) {
            let reason =
                format!("the model knows no `{name}` of {value:?}, as series `{series}` has");
            let known: Vec<&str> = categories.iter().take(8).map(String::as_str).collect();
            return Err(refuse(reason, &format!("it knows {}", known.join(", "))));
        }
        to.extend(categories.iter().map(|category| f64::from(u8::from(category == value))));
        Ok(())
    }
}

/// Mean and standard deviation; a deviation of 1 for a constant column.
pub(crate) fn moments(x: &[f64]) -> (f64, f64) {
    let n = x.len().max(1) as f64;
    let mean = x.iter().sum::<f64>() / n;
    let deviation = (x.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n).sqrt();
    (mean, if deviation > 1e-12 * mean.abs().max(1e-12) { deviation } else { 1.0 })
}
