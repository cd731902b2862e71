//! Forecasts of one file: reads it once, forecasts it for any horizon, and gives the results as JSON.

use elman::Error;
use elman::data::Series;
use elman::error::Unit;
use elman::io::read::{Missing, ReadOptions, read_panel_from};
use elman::io::write::{self, Columns};
use elman::season;
use elman::select::{AutoForecaster, Forecast, Model, too_short};
use serde_json::{Value, json};

/// Most series that are forecast.
const MAX_SERIES: usize = 1000;
/// Values of each series that are used, the newest ones: most of the time goes into the validation of the baselines on the last
/// quarter, and of 8,760 hourly values that takes 9 s of processor time.
const MAX_VALUES: usize = 2000;
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
        let longest = loaded.series.iter().map(Series::len).max().unwrap_or(0);
        let panel: Vec<Series> = loaded.series.iter().map(|s| s.tail(MAX_VALUES)).collect();
        let about = json!({
            "found": found,
            "notes": loaded.notes,
            "target": loaded.target,
            "series": in_file,
            "forecast": panel.len(),
            "longest": longest,
            "used": longest.min(MAX_VALUES),
            "names": panel.iter().take(MAX_NAMES).map(|series| &series.name).collect::<Vec<_>>(),
            "horizon": proposed_horizon(&panel),
        });
        Ok(Self { panel, about, forecast: None })
    }

    /// The description of the file: a sentence, notes, the names of the series and a proposed horizon.
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

/// The message, the place and the next step of an error. The text of a damaged cell is part of the message.
pub(crate) fn failure(error: &Error) -> Value {
    let text = error.to_string();
    let place = error.place().map(|place| {
        let behind = text.split_once(&place.to_string()).map_or("", |(_, behind)| behind);
        json!({
            "line": place.line,
            "is_row": place.unit == Unit::Row,
            "column": place.column,
            "name": place.name,
            "cell": behind.lines().next().unwrap_or("").trim_start_matches(": "),
        })
    });
    json!({ "message": error.message(), "place": place, "help": error.help() })
}

#[cfg(test)]
mod tests {
    use super::*;

    const MONTHLY: &str = include_str!("../../../web/test/native/panel.csv");

    fn session(csv: &str, options: &str) -> Result<Session, Error> {
        Session::read(csv.as_bytes(), "file.csv", &read_options(options)?)
    }

    /// The numbers of a table by row, without the first two columns.
    fn numbers(csv: &str) -> Vec<Vec<f64>> {
        let row = |line: &str| line.split(',').skip(2).map(|cell| cell.parse().unwrap()).collect();
        csv.lines().skip(1).map(row).collect()
    }

    /// Compares with the table of the program: `elman forecast FILE --horizon 12 --out`, with `--model pretrained` where it
    /// would train networks.
    #[track_caller]
    fn check(file: &str, native: &str, trains: bool) {
        let mut session = session(file, "{}").unwrap();
        assert_eq!(session.forecast(12).unwrap()["trains"], trains);
        let table = String::from_utf8(session.table()).unwrap();
        assert_eq!(table.lines().next(), native.lines().next());
        let (ours, native) = (numbers(&table), numbers(native));
        assert_eq!(ours.len(), native.len());
        for (ours, native) in ours.iter().zip(&native) {
            let size = native.iter().fold(0.0, |size: f64, y| size.max(y.abs()));
            for (y, expected) in ours.iter().zip(native) {
                // The network computes in 32 bits; instruction sets differ in the order of their sums.
                assert!((y - expected).abs() <= 1e-5 * size, "{y}, {expected}");
            }
        }
    }

    #[test]
    fn forecasts_are_those_of_the_program() {
        check(MONTHLY, include_str!("../../../web/test/native/panel-forecast.csv"), false);
        check(
            include_str!("../../../web/test/native/annual.csv"),
            include_str!("../../../web/test/native/annual-forecast.csv"),
            false,
        );
        check(
            include_str!("../../../web/test/native/months.csv"),
            include_str!("../../../web/test/native/months-forecast.csv"),
            true,
        );
    }

    #[test]
    fn a_series_has_its_dates_and_bounds() {
        let mut session = session(MONTHLY, "{}").unwrap();
        assert_eq!(session.series(0), Value::Null, "no forecast yet");
        session.forecast(3).unwrap();
        let series = session.series(1);
        assert_eq!(series["name"], session.about()["names"][1]);
        let (dates, forecast) = (series["dates"].as_array(), series["forecast"].as_array());
        assert_eq!(dates.map(Vec::len), series["values"].as_array().map(Vec::len));
        assert_eq!(forecast.map(Vec::len), Some(3));
        assert_eq!(series["forecast"][0]["bounds"].as_array().map(Vec::len), Some(2));
        assert_eq!(session.series(99), Value::Null);
    }

    #[test]
    fn the_proposed_horizon_is_a_season_or_a_quarter_of_the_values() {
        let proposed = |rows: usize| {
            let row = |i: usize| format!("{}-{:02},{i}\n", 2000 + i / 12, i % 12 + 1);
            let csv = format!("ds,y\n{}", (0..rows).map(row).collect::<String>());
            session(&csv, "{}").unwrap().about()["horizon"].clone()
        };
        assert_eq!((proposed(100), proposed(20), proposed(3)), (12.into(), 5.into(), 1.into()));
    }

    #[test]
    fn an_error_has_the_text_of_its_cell() {
        let error = session("ds,y\n2020-01,1\n2020-02,many\n2020-03,3\n", "{}").unwrap_err();
        let failure = failure(&error);
        assert_eq!(failure["place"]["line"], 3);
        assert_eq!(failure["place"]["cell"], "\"many\"");
        assert!(failure["help"].as_str().is_some_and(|help| help.contains("`--")), "{failure}");
    }

    #[test]
    fn settings_of_the_reader_are_taken_or_refused() {
        let twice = "ds,y\n2020-01,1\n2020-01,3\n2020-02,4\n2020-03,5\n";
        assert!(session(twice, "{}").is_err());
        let mean = session(twice, r#"{"duplicates": "mean"}"#).unwrap();
        assert_eq!(mean.panel[0].values[0], 2.0);
        let error = session(twice, r#"{"duplicates": "median"}"#).unwrap_err();
        assert!(error.to_string().contains("median"), "{error}");
    }

    #[test]
    fn a_name_that_is_a_formula_is_written_as_text() {
        let rows = (0..24).map(|i| format!("=1+2,{}-{:02},{i}\n", 2020 + i / 12, i % 12 + 1));
        let mut session =
            session(&format!("unique_id,ds,y\n{}", rows.collect::<String>()), "{}").unwrap();
        session.forecast(2).unwrap();
        let table = String::from_utf8(session.table()).unwrap();
        assert!(table.contains("'=1+2"), "{table}");
    }
}
