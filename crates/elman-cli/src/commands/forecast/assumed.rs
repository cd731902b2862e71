//! `--assume DATE=VALUE,…`: a second forecast, after assumed values.

use elman::Series;
use elman::data::counted;
use elman::error::nearest_names;
use elman::report::Picture;
use elman::select::{Assumption, Difference, FittedForecaster, Forecast};
use serde_json::{Value, json};

use crate::failure::{Failure, USAGE};
use crate::numbers;

/// The name of the column of the forecast after assumed values.
pub const ASSUMED: &str = "elman-assumed";

/// The forecast after assumed values.
pub struct Assumed {
    /// The forecast of all series; a series without assumed values has its own forecast.
    pub forecast: Forecast,
    /// The numbers of the series with assumed values, with these.
    by_series: Vec<(usize, Assumption)>,
}

impl Assumed {
    /// The forecast of `panel` after the values in `texts`; `None` if nothing is assumed. `plain` is the forecast without
    /// them, and `is_continued` is whether it continues from the hidden state of the model.
    pub fn of(
        texts: &[String],
        fitted: &FittedForecaster,
        panel: &[Series],
        plain: &Forecast,
        is_continued: bool,
    ) -> Result<Option<Self>, Failure> {
        let by_series = by_series(texts, panel)?;
        if by_series.is_empty() {
            return Ok(None);
        }
        let mut forecast = plain.clone();
        for (number, assumption) in &by_series {
            let online = match is_continued {
                true => fitted.continued()?,
                false => fitted.online(&panel[*number])?,
            };
            let horizon = plain.values[*number].len();
            forecast = forecast.with_one(*number, online.forecast_if(assumption, horizon)?);
        }
        Ok(Some(Self { forecast, by_series }))
    }

    /// What the assumed values change, a sentence for each series that has some.
    pub fn differences(&self, panel: &[Series], plain: &Forecast) -> Vec<String> {
        let sentence = |(number, assumption): &(usize, Assumption)| {
            let difference = plain.difference(*number, assumption, &self.forecast);
            sentence(&panel[*number], assumption, difference)
        };
        self.by_series.iter().map(sentence).collect()
    }

    /// `picture` with the forecast after the assumed values of series number `number`, if it has some.
    pub fn drawn(&self, picture: Picture, series: &Series, number: usize) -> Picture {
        match self.by_series.iter().find(|(of, _)| *of == number) {
            Some((_, assumption)) => self.forecast.picture_if(picture, series, number, assumption),
            None => picture,
        }
    }

    /// The assumed values for the JSON document.
    pub fn document(&self, panel: &[Series]) -> Vec<Value> {
        let of_series = |(number, assumption): &(usize, Assumption)| {
            let (series, clock) = (&panel[*number], panel[*number].clock());
            let values = assumption.values().iter().enumerate().filter(|(_, y)| !y.is_nan());
            let value = |(k, y)| json!({"unique_id": series.name, "ds": clock.label(k + 1), "step": k + 1, "y": y});
            values.map(value).collect::<Vec<_>>()
        };
        self.by_series.iter().flat_map(of_series).collect()
    }
}

/// Digits of a value in a sentence.
const DIGITS: usize = 5;

/// What the assumed values of a series change.
fn sentence(series: &Series, assumed: &Assumption, difference: Difference) -> String {
    let clock = series.clock();
    let Difference { steps, mean, relative, last } = difference;
    let known = assumed.values().iter().enumerate().filter(|(_, y)| !y.is_nan());
    let known: Vec<String> = known.map(|(k, y)| format!("{} = {y}", clock.label(k + 1))).collect();
    let share = relative.map(|share| format!(" ({})", numbers::per_cent(share.abs(), 1)));
    let way = if mean < 0.0 { "lower" } else { "higher" };
    let number = |y: f64| numbers::significant(y, DIGITS);
    let end = last.map(|(plain, then)| {
        let date = clock.label(assumed.len() + steps);
        format!("; at {date} it is {} in place of {}", number(then), number(plain))
    });
    format!(
        "if {}: the forecast of `{}` for the next {} is on average {} {way}{}{}",
        known.join(", "),
        series.name,
        counted(steps, "step"),
        number(mean.abs()),
        share.unwrap_or_default(),
        end.unwrap_or_default()
    )
}

/// The assumed values by the number of the series. Values of a panel begin with the name of their series and a colon.
pub fn by_series(texts: &[String], panel: &[Series]) -> Result<Vec<(usize, Assumption)>, Failure> {
    let mut all: Vec<(usize, Assumption)> = Vec::new();
    for text in texts {
        let (number, values) = named(text, panel)?;
        if all.iter().any(|(other, _)| *other == number) {
            let name = &panel[number].name;
            let message = format!(
                "`--assume` is given twice for series `{name}`\n  help: put commas between its values"
            );
            return Err(Failure::new(USAGE, message));
        }
        all.push((number, Assumption::parse(values, &panel[number].clock())?));
    }
    Ok(all)
}

/// The number of the series that `text` names, and its values. A single series needs no name.
fn named<'t>(text: &'t str, panel: &[Series]) -> Result<(usize, &'t str), Failure> {
    let values = |series: &Series| text.strip_prefix(&series.name[..])?.strip_prefix(':');
    let found =
        panel.iter().enumerate().filter_map(|(number, series)| Some((number, values(series)?)));
    // Of `a` and `a:b` the longer name is meant.
    if let Some(found) = found.min_by_key(|(_, values)| values.len()) {
        return Ok(found);
    }
    let [first, ..] = panel else { return Ok((0, text)) };
    if panel.len() == 1 {
        return Ok((0, text));
    }
    let name = text.split_once(':').map_or("", |(name, _)| name);
    let near = nearest_names(name, panel.iter().map(|series| &series.name[..]));
    let name = near.first().unwrap_or(&first.name);
    let next = first.clock().label(1);
    let message = format!(
        "`--assume {text}` names no series of the {} series\n  help: put the name before the date, such as `--assume {name}:{next}=1.5`",
        panel.len()
    );
    Err(Failure::new(USAGE, message))
}
