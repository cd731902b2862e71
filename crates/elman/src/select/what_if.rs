//! What if: a forecast after assumed values, by a copy of the hidden state.

use serde::Serialize;

use super::forecast::Forecast;
use super::online::{OnlineForecast, OnlineForecaster};
use crate::data::PredictionInterval;
use crate::data::calendar::{FutureIndex, MAX_STEPS, step_of};
use crate::error::{Error, Result};

/// Assumed values after the last value of a series.
///
/// ```
/// use elman::data::Series;
/// use elman::select::Assumption;
///
/// let series = Series::counted("sales", vec![1.0, 2.0, 3.0]);
/// let assumed = Assumption::parse("4=1.2,6=1.3", &series.clock())?;
/// assert_eq!((assumed.len(), assumed.values()[0], assumed.values()[2]), (3, 1.2, 1.3));
/// # Ok::<(), elman::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Assumption {
    /// One value a step ahead; NaN for a step without an assumption.
    values: Vec<f64>,
}

fn refuse<T>(reason: String, help: String) -> Result<T> {
    Err(Error::Forecast { reason, help })
}

impl Assumption {
    /// Reads assumed values such as `2025-01=1.2,2025-02=1.3`: dates as the data of `clock` write theirs, or `+1=1.2` for a
    /// number of steps ahead. The dates rise; a date that is left out between two is not assumed, as is the value `NaN`.
    ///
    /// # Errors
    /// [`Error::Forecast`] for a date that is unknown, past, not a time step, a duplicate or out of order, and for a value
    /// that is no number; no assumed value.
    pub fn parse(text: &str, clock: &FutureIndex) -> Result<Self> {
        let mut values: Vec<f64> = Vec::new();
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let next = clock.label(values.len() + 1);
            let Some((date, value)) = part.rsplit_once('=') else {
                return refuse(
                    format!("`--assume {part}` has no value"),
                    format!("write the date, `=` and the value, such as {next}=1.5"),
                );
            };
            let (date, step) = (date.trim(), step(date.trim(), clock)?);
            let Some(y) = value.trim().parse().ok().filter(|y: &f64| !y.is_infinite()) else {
                return refuse(
                    format!("`--assume {part}`: {:?} is not a number", value.trim()),
                    format!("write a number, such as {date}=1.5, or NaN for a missing value"),
                );
            };
            if step <= values.len() {
                return refuse(
                    format!(
                        "`--assume {part}`: {date} does not come after {}",
                        clock.label(values.len())
                    ),
                    format!("name each date once, in order; the next is {next}"),
                );
            }
            values.resize(step - 1, f64::NAN);
            values.push(y);
        }
        match values.iter().all(|y| y.is_nan()) {
            true => refuse(
                "`--assume` has no value".to_owned(),
                format!("write the date, `=` and the value, such as {}=1.5", clock.label(1)),
            ),
            false => Ok(Self { values }),
        }
    }

    /// Checks that a forecast of `horizon` steps reaches beyond the last assumed value.
    ///
    /// # Errors
    /// [`Error::Forecast`] if not.
    pub fn check(&self, horizon: usize) -> Result<()> {
        if horizon > self.len() {
            return Ok(());
        }
        refuse(
            format!(
                "the assumed values reach {} steps ahead, and the horizon is {horizon}: nothing is left to forecast",
                self.len()
            ),
            format!("choose a longer horizon, such as `--horizon {}`", self.len() + 12),
        )
    }

    /// One value a step ahead; NaN for a step without an assumption.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// Steps up to the last assumed value.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether nothing is assumed.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }
}

/// The number of steps ahead that a label names.
fn step(label: &str, clock: &FutureIndex) -> Result<usize> {
    let Some(counted) = label.strip_prefix('+') else { return step_of("--assume", label, clock) };
    match counted.parse() {
        Ok(step @ 1..=MAX_STEPS) => Ok(step),
        _ => refuse(
            format!("`--assume {label}` is no number of steps"),
            format!("+1 is {}, the first step after the last value", clock.label(1)),
        ),
    }
}

impl OnlineForecaster<'_> {
    /// Forecast of the `horizon` values after the last one, if the assumed values come. The hidden state is copied and
    /// updated with them; this forecaster does not change. An assumed step has its value, with bounds equal to it; a step
    /// without an assumption before the last assumed one has the forecast one step ahead.
    ///
    /// # Errors
    /// A horizon that does not reach beyond the last assumed value; a value that the networks cannot read; as
    /// [`forecast_ahead`](OnlineForecaster::forecast_ahead).
    pub fn forecast_if(&self, assumed: &Assumption, horizon: usize) -> Result<OnlineForecast> {
        assumed.check(horizon)?;
        let mut online = self.fork()?;
        let mut all = OnlineForecast { values: Vec::new(), intervals: Vec::new() };
        for y in assumed.values() {
            let one = online.forecast_ahead(1)?;
            all.then(if y.is_nan() { one } else { one.known(*y) });
            online.update(*y)?;
        }
        all.then(online.forecast_ahead(horizon - assumed.len())?);
        Ok(all)
    }
}

impl OnlineForecast {
    /// The forecast of one step whose value is known.
    fn known(mut self, y: f64) -> Self {
        self.values.fill(y);
        for PredictionInterval { lower, upper, .. } in &mut self.intervals {
            lower.fill(y);
            upper.fill(y);
        }
        self
    }

    /// Appends the forecast of later steps.
    fn then(&mut self, later: Self) {
        if self.values.is_empty() {
            *self = later;
            return;
        }
        self.values.extend(later.values);
        for (ours, theirs) in self.intervals.iter_mut().zip(later.intervals) {
            ours.lower.extend(theirs.lower);
            ours.upper.extend(theirs.upper);
        }
    }
}

impl Forecast {
    /// The forecast of `panel` in which series number `series` has this forecast.
    pub fn with_one(&self, series: usize, one: OnlineForecast) -> Self {
        let mut other = self.clone();
        (other.values[series], other.intervals[series]) = (one.values, one.intervals);
        other
    }

    /// The difference of the forecast `then`, after the values of `assumed`, to this one; of series number `series`.
    pub fn difference(&self, series: usize, assumed: &Assumption, then: &Self) -> Difference {
        let pairs: Vec<(f64, f64)> =
            self.values[series].iter().copied().zip(then.values[series].iter().copied()).collect();
        let pairs = pairs.get(assumed.len()..).unwrap_or_default();
        let steps = pairs.len();
        let mean_of =
            |of: fn(&(f64, f64)) -> f64| pairs.iter().map(of).sum::<f64>() / steps.max(1) as f64;
        let mean = mean_of(|(plain, then)| then - plain);
        let level = mean_of(|(plain, _)| plain.abs());
        Difference {
            steps,
            mean,
            relative: (level > 0.0).then(|| mean / level),
            last: pairs.last().copied(),
        }
    }
}

/// Difference between two forecasts, over the steps after the last assumed value.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Difference {
    /// Number of these steps.
    pub steps: usize,
    /// Mean of the forecast after the assumed values minus the forecast without them.
    pub mean: f64,
    /// The same divided by the mean absolute value of the forecast; `None` if this is 0.
    pub relative: Option<f64>,
    /// Both forecasts of the last step: without the assumed values, and after them.
    pub last: Option<(f64, f64)>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Series;
    use crate::select::RnnForecaster;

    fn refused(text: &str) -> String {
        let clock = Series::counted("y", vec![0.0; 3]).clock();
        Assumption::parse(text, &clock).unwrap_err().to_string()
    }

    #[test]
    fn assumptions_name_the_next_steps_in_order() {
        let clock = Series::counted("y", vec![0.0; 3]).clock();
        let parse = |text| Assumption::parse(text, &clock).unwrap().values;
        assert_eq!(parse("4=1.2, 5=-3"), [1.2, -3.0]);
        assert_eq!(parse("+1=1.2,+2=2"), [1.2, 2.0]);
        let gap = parse("+1=nan,6=7");
        assert!(gap[0].is_nan() && gap[1].is_nan() && gap[2] == 7.0 && gap.len() == 3);
        for (text, said) in [
            ("4", "has no value"),
            ("", "has no value"),
            ("4=NaN", "has no value"),
            ("4=x", "\"x\" is not a number"),
            ("4=inf", "is not a number"),
            ("3=1", "is not after the last value, of 3"),
            ("4=1,4=2", "does not come after 4"),
            ("5=1,4=2", "the next is 6"),
            ("4.5=1", "is not a time step"),
            ("+0=1", "is no number of steps"),
            ("soon=1", "is no number"),
        ] {
            let error = refused(text);
            assert!(error.contains(said) && error.contains("help: "), "{text}: {error}");
        }
    }

    #[test]
    fn the_assumed_future_is_that_of_a_series_with_these_values() {
        let values: Vec<f64> = (0..90).map(|t| 50.0 + 10.0 * (f64::from(t) / 3.0).sin()).collect();
        let series = Series::counted("y", values);
        let fitted = RnnForecaster::new(4).max_steps(20).fit(&[series]).unwrap();
        let mut online = fitted.continued().unwrap();
        let before = online.forecast().unwrap().clone();
        let assumed = Assumption { values: vec![70.0, f64::NAN, 75.0] };
        let then = online.forecast_if(&assumed, 7).unwrap();
        assert_eq!(*online.forecast().unwrap(), before, "the state of the other future");
        let mut longer = fitted.continued().unwrap();
        [70.0, f64::NAN, 75.0].iter().for_each(|y| longer.update(*y).unwrap());
        assert_eq!(then.values[3..], longer.forecast().unwrap().values);
        assert_eq!((then.values[0], then.values[2], then.values.len()), (70.0, 75.0, 7));
        assert_eq!((then.intervals[0].lower[0], then.intervals[0].upper[2]), (70.0, 75.0));
        assert!(then.intervals[0].lower[1] < then.values[1]);
        let error = online.forecast_if(&assumed, 3).unwrap_err().to_string();
        assert!(error.contains("nothing is left to forecast"), "{error}");
    }
}
