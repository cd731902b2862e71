//! Options of a forecast, under the names of the command line, with its defaults.

use crate::errors::{option, raised};
use elman::data::Aggregate;
use elman::data::calendar::{DateOrder, NamedFrequency, Zone};
use elman::io::read::{Decimal, Duplicates, Missing, MissingDates, ReadOptions};
use elman::models::rnn::{Likelihood, StackConfig};
use elman::season::Decomposition;
use elman::select::{AutoForecaster, Model, Point, Scope};
use pyo3::prelude::*;
use serde::Deserialize;
use std::thread::available_parallelism;

/// Options of a forecaster with model selection.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ForecastOptions {
    pub h: usize,
    level: Vec<f64>,
    model: Option<Model>,
    point: Option<Point>,
    season: Option<Vec<usize>>,
    decomposition: Option<Decomposition>,
    scope: Option<Scope>,
    cell: Option<String>,
    hidden_size: Option<usize>,
    num_layers: Option<usize>,
    dilations: Option<Vec<usize>>,
    residual: Option<bool>,
    learning_rate: Option<f64>,
    max_steps: Option<u64>,
    patience: Option<u64>,
    seq_length: Option<usize>,
    carry: Option<bool>,
    likelihood: Option<Likelihood>,
    loss: Option<String>,
    scaler: Option<String>,
    non_negative: Option<bool>,
    keep_outliers: Option<bool>,
    calendar: Option<bool>,
    seed: u64,
    threads: Option<usize>,
}

/// Options of reading.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataOptions {
    pub target: Option<String>,
    pub time_col: Option<String>,
    pub id_col: Option<String>,
    freq: Option<String>,
    missing: Option<Missing>,
    missing_dates: Option<MissingDates>,
    duplicates: Option<Duplicates>,
    sort: Option<bool>,
    date_order: Option<DateOrder>,
    decimal: Option<Decimal>,
    missing_values: Option<Vec<String>>,
    agg: Option<Aggregate>,
    sheet: Option<String>,
    tz: Option<String>,
    wide: Option<bool>,
    futr_exog: Vec<String>,
    hist_exog: Vec<String>,
    static_exog: Vec<String>,
    max_memory: Option<u64>,
}

/// Threads of this machine.
pub fn threads(asked: Option<usize>) -> usize {
    asked.unwrap_or_else(|| available_parallelism().map_or(1, usize::from)).max(1)
}

/// Seasonal periods in ascending order, each once; those of one time step are none.
pub fn seasons(given: Vec<usize>) -> Vec<usize> {
    let mut seasons: Vec<usize> = given.into_iter().filter(|m| *m > 1).collect();
    seasons.sort_unstable();
    seasons.dedup();
    seasons
}

/// Reads options from JSON.
///
/// # Errors
/// An unknown name, or a value of another kind.
pub fn parse<'a, T: Deserialize<'a>>(json: &'a str) -> PyResult<T> {
    serde_json::from_str(json).map_err(|error| {
        let text = error.to_string();
        let reason = text.split(" at line ").next().unwrap_or_default();
        let reason = WORDS.iter().fold(reason.to_owned(), |text, (of_rust, plain)| {
            text.replace(of_rust, &format!("expected {plain}"))
        });
        let message = match key_before(json, error.column()) {
            Some(key) if error.is_data() && !reason.contains("field") => {
                format!("`{key}`: {reason}")
            }
            _ => reason,
        };
        let (message, help) = message
            .split_once("\n  help: ")
            .unwrap_or((&message, "see the documentation of the class"));
        option(message, help)
    })
}

/// Types of Rust in the errors of parsing, and their names in Python's messages.
const WORDS: [(&str, &str); 4] = [
    ("expected usize", "a whole number from 0"),
    ("expected u64", "a whole number from 0"),
    ("expected f64", "a number"),
    ("expected a sequence", "a list"),
];

/// The key of an object in JSON of one line whose value ends at `column`.
fn key_before(json: &str, column: usize) -> Option<&str> {
    let before = json.get(..column)?;
    let key = &before[..before.rfind("\":")?];
    Some(&key[key.rfind('"')? + 1..])
}

impl ForecastOptions {
    /// The forecaster. An option of networks asks for networks on any data.
    pub fn forecaster(self) -> AutoForecaster {
        let usual = AutoForecaster::new(self.h);
        let asks_for_networks = self.cell.is_some()
            || self.hidden_size.is_some()
            || self.num_layers.is_some()
            || self.dilations.is_some()
            || self.residual.is_some()
            || self.learning_rate.is_some()
            || self.max_steps.is_some()
            || self.patience.is_some()
            || self.seq_length.is_some()
            || self.carry.is_some()
            || self.likelihood.is_some()
            || self.loss.is_some()
            || self.scaler.is_some()
            || self.decomposition.is_some();
        let model = if asks_for_networks { Model::Network } else { Model::Auto };
        let dilations = self.dilations.unwrap_or_default();
        AutoForecaster {
            seasons: self.season.map(seasons),
            decomposition: self.decomposition.unwrap_or_default(),
            levels: self.level,
            scope: self.scope.unwrap_or_default(),
            cell: self.cell.unwrap_or(usual.cell),
            hidden_size: self.hidden_size.unwrap_or(usual.hidden_size),
            stack: StackConfig {
                num_layers: self.num_layers.unwrap_or(dilations.len().max(1)),
                dilations,
                residual: self.residual.unwrap_or_default(),
            },
            learning_rate: self.learning_rate.unwrap_or(usual.learning_rate),
            max_steps: self.max_steps,
            patience: self.patience,
            seq_length: self.seq_length,
            carry: self.carry.unwrap_or(usual.carry),
            calendar: self.calendar.unwrap_or_default(),
            likelihood: self.likelihood.unwrap_or_default(),
            loss: self.loss.unwrap_or(usual.loss),
            scaler: self.scaler,
            non_negative: self.non_negative.unwrap_or_default(),
            model: self.model.unwrap_or(model),
            point: self.point.unwrap_or_default(),
            keep_outliers: self.keep_outliers.unwrap_or_default(),
            seed: self.seed,
            threads: threads(self.threads),
            ..usual
        }
    }
}

impl DataOptions {
    /// Options of reading. Missing values are masked.
    ///
    /// # Errors
    /// An unknown frequency or time zone.
    pub fn read_options(&self) -> PyResult<ReadOptions> {
        let frequency = self.freq.as_deref().map(str::parse::<NamedFrequency>).transpose();
        let frequency = frequency.map_err(|error| raised(&error))?;
        let zone = self.tz.as_deref().map(str::parse::<Zone>).transpose();
        Ok(ReadOptions {
            target: self.target.clone(),
            time_col: self.time_col.clone(),
            id_col: self.id_col.clone(),
            missing: self.missing.unwrap_or(Missing::Mask),
            missing_dates: self.missing_dates.unwrap_or_default(),
            duplicates: self.duplicates.unwrap_or_default(),
            sort: self.sort.unwrap_or_default(),
            date_order: self.date_order,
            decimal: self.decimal,
            missing_values: self.missing_values.clone().unwrap_or_default(),
            freq: frequency.map(|named| named.frequency),
            freq_anchor: frequency.and_then(|named| named.anchor),
            freq_periods: frequency.and_then(|named| named.periods),
            agg: self.agg,
            sheet: self.sheet.clone(),
            tz: zone.map_err(|error| raised(&error))?,
            wide: self.wide.unwrap_or_default(),
            futr_exog: self.futr_exog.clone(),
            hist_exog: self.hist_exog.clone(),
            static_exog: self.static_exog.clone(),
            max_memory: self.max_memory,
            ..ReadOptions::default()
        })
    }
}
