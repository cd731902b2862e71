//! Forecasts of one file: reads it once, forecasts it for any horizon, and gives the results as JSON.

use elman::Error;
use elman::data::Series;
use elman::io::read::{Missing, ReadOptions, read_panel_from};
use elman::io::write::{self, Columns};
use elman::season;
use elman::select::{AutoForecaster, Forecast, Model, too_short};
use serde_json::{Value, json};

/// Most series that are forecast.
const MAX_SERIES: usize = 1000;
/// Most names in the menu of series.
const MAX_NAMES: usize = 200;
/// Memory that reading a file may take: a WebAssembly module has 4 GB at most.
const MAX_MEMORY: u64 = 1 << 30;
/// Longest horizon.
const MAX_HORIZON: usize = 1000;
/// Proposed horizon of series without a season in their calendar, and the longest horizon that is proposed.
const USUAL_HORIZON: usize = 8;
const LONGEST_PROPOSED: usize = 52;
/// Values before the forecast in a chart: at least this number, or three times the horizon.
const MIN_SHOWN: usize = 60;

/// The series of a file, and their forecast for the last horizon.
#[derive(Debug)]
pub(crate) struct Session {
    panel: Vec<Series>,
    about: Value,
    forecast: Option<Forecast>,
}

/// How a file is read: `options` is a JSON object of [`ReadOptions`].
pub(crate) fn read_options(options: &str) -> Result<ReadOptions, Error> {
    let defaults = ReadOptions { missing: Missing::Mask, ..ReadOptions::default() };
    let mut all = serde_json::to_value(&defaults).unwrap_or_default();
    let given = serde_json::from_str(options).unwrap_or_default();
    if let (Value::Object(all), Value::Object(given)) = (&mut all, given) {
        all.extend(given);
    }
    let read = serde_json::from_value::<ReadOptions>(all);
    let read = read.map_err(|error| Error::Forecast {
        reason: format!("a setting of the reader is not possible: {error}"),
        help: "choose another setting".to_owned(),
    })?;
    Ok(ReadOptions { max_memory: Some(MAX_MEMORY), ..read })
}

impl Session {
    /// Reads a file of any kind that the library reads without its optional features.
    ///
    /// # Errors
    /// As [`read_panel_from`].
    pub(crate) fn read(file: &[u8], name: &str, options: &ReadOptions) -> Result<Self, Error> {
        let mut loaded = read_panel_from(file, name, options)?;
        let (found, in_file) = (loaded.found(), loaded.series.len());
        loaded.series.truncate(MAX_SERIES);
        let panel = loaded.series;
        let about = json!({
            "found": found,
            "notes": loaded.notes,
            "target": loaded.target,
            "series": in_file,
            "forecast": panel.len(),
            "names": panel.iter().take(MAX_NAMES).map(|series| &series.name).collect::<Vec<_>>(),
            "horizon": proposed_horizon(&panel),
        });
        Ok(Self { panel, about, forecast: None })
    }

    /// What was read: a sentence, notes, the names of the series and a proposed horizon.
    pub(crate) fn about(&self) -> &Value {
        &self.about
    }

    /// Forecasts all series by models that train no network on them: with the automatic model if it trains none for these
    /// series, otherwise with the pretrained network. Returns the report.
    ///
    /// # Errors
    /// As [`AutoForecaster::fit`].
    pub(crate) fn forecast(&mut self, horizon: usize) -> Result<Value, Error> {
        self.forecast = None;
        let auto = AutoForecaster::new(horizon.clamp(1, MAX_HORIZON));
        let trains = auto.trains(&self.panel)?;
        let model = if trains { Model::Pretrained } else { Model::Auto };
        let forecaster = AutoForecaster { model, ..auto };
        let forecast = forecaster.fit_predict(&self.panel)?;
        let selection = &forecast.selection;
        let claim = selection.claim();
        let sentence = claim.as_ref().map_or_else(
            || format!("note: {}", too_short(selection, forecaster.horizon)),
            |claim| claim.sentence(),
        );
        let report = json!({
            "horizon": forecaster.horizon,
            "trains": trains,
            "sentence": sentence,
            "verdict": claim.map(|claim| claim.verdict),
            "notes": forecast.notes,
            "seasons": selection.seasons,
            "held_out": selection.held_out,
            "forecasts": selection.forecasts,
            "scores": selection.scores,
            "composition": selection.composition(),
            "levels": forecast.levels,
            "coverage": selection.coverage,
        });
        self.forecast = Some(forecast);
        Ok(report)
    }

    /// The last values of one series and its forecast; null without a forecast.
    pub(crate) fn series(&self, index: usize) -> Value {
        let (Some(series), Some(forecast)) = (self.panel.get(index), &self.forecast) else {
            return Value::Null;
        };
        let from = series.len().saturating_sub(MIN_SHOWN.max(3 * forecast.values[index].len()));
        let of_one = forecast.of_one(index);
        let rows = of_one.rows(std::slice::from_ref(series));
        let rows: Vec<Value> = rows
            .map(|row| json!({ "ds": row.ds.text, "value": row.elman, "bounds": row.bounds }))
            .collect();
        json!({
            "name": series.name,
            "dates": (from..series.len()).map(|i| series.label(i)).collect::<Vec<_>>(),
            "values": &series.values[from..],
            "forecast": rows,
        })
    }

    /// The forecast of all series as CSV, with the columns of `elman forecast --out`. Names that a spreadsheet would run as
    /// formulas are written as text.
    pub(crate) fn table(&self) -> Vec<u8> {
        let mut csv = Vec::new();
        if let Some(forecast) = &self.forecast {
            let name = forecast.selection.model.column(true).to_owned();
            let columns = Columns { name, ..Columns::with(&forecast.levels) };
            let rows = forecast.rows(&self.panel);
            let is_formula = |series: &Series| write::is_formula(&series.name);
            let written = match self.panel.iter().any(is_formula) {
                true => write::safe_csv(&mut csv, &columns, rows),
                false => write::csv(&mut csv, &columns, rows),
            };
            written.expect("memory takes all bytes");
        }
        csv
    }
}

/// One season of the calendar, but at most a quarter of the values of a typical series, so that there is a validation.
fn proposed_horizon(panel: &[Series]) -> usize {
    let mut lengths: Vec<usize> = panel.iter().map(Series::len).collect();
    lengths.sort_unstable();
    let typical = lengths.get(lengths.len() / 2).copied().unwrap_or(0);
    let frequency = panel.first().and_then(Series::frequency);
    let season = frequency.and_then(|of| season::natural(of).into_iter().find(|m| *m > 1));
    season.unwrap_or(USUAL_HORIZON).min(LONGEST_PROPOSED).min(typical / 4).max(1)
}

/// An error in its parts.
pub(crate) fn failure(error: &Error) -> Value {
    let place = error.place().map(|place| {
        json!({
            "line": place.line,
            "is_row": place.unit == elman::error::Unit::Row,
            "column": place.column,
            "name": place.name,
        })
    });
    json!({ "message": error.message(), "place": place, "help": error.help() })
}
