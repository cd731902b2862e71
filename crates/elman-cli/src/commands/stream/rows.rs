//! The rows of the output: CSV with a header, or JSON Lines.

use std::io::Write;

use elman::data::PredictionInterval;
use elman::io::write::{Columns, is_formula};

/// How forecasts are written.
#[derive(Debug, Clone)]
pub struct RowFormat {
    pub is_json: bool,
    /// There is a column `unique_id`.
    pub has_ids: bool,
    pub horizon: usize,
    /// Levels of the intervals, in per cent.
    pub levels: Vec<f64>,
    /// Against formulas in a spreadsheet (`--safe-csv`).
    pub is_safe: bool,
}

/// The forecast after one observation.
pub struct Row<'a> {
    pub unique_id: &'a str,
    /// The observed value.
    pub y: f64,
    /// Date or number of the observation.
    pub cutoff: &'a str,
    /// Dates or numbers of the steps of the forecast.
    pub ds: &'a [String],
    pub values: &'a [f64],
    /// One for each level, or none.
    pub intervals: &'a [PredictionInterval],
    /// How the observation follows the one before it, and the number of absent time steps between them.
    pub arrival: (&'static str, usize),
}

/// The name of the forecast.
const NAME: &str = "elman";

impl RowFormat {
    /// Writes the header of CSV.
    pub fn header(&self, to: &mut Vec<u8>) {
        if self.is_json {
            return;
        }
        let names =
            if self.has_ids { &["unique_id", "ds", "cutoff"][..] } else { &["ds", "cutoff"] };
        let mut names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        for step in 1..=self.horizon {
            let name = if self.horizon == 1 { NAME.to_owned() } else { format!("{NAME}+{step}") };
            names.extend(Columns::of_model(&name, &self.levels));
        }
        let names: Vec<String> = names
            .into_iter()
            .map(|name| if self.is_safe { format!("\"{name}\"") } else { name })
            .collect();
        to.extend_from_slice(names.join(",").as_bytes());
        to.push(b'\n');
    }

    /// Writes a row.
    pub fn write(&self, row: &Row<'_>, to: &mut Vec<u8>) {
        match self.is_json {
            true => self.write_json(row, to),
            false => self.write_csv(row, to),
        }
    }

    fn write_csv(&self, row: &Row<'_>, to: &mut Vec<u8>) {
        if self.has_ids {
            self.cell(row.unique_id, to);
            to.push(b',');
        }
        self.cell(row.ds.first().map_or("", String::as_str), to);
        to.push(b',');
        self.cell(row.cutoff, to);
        // Before the first known value there is no forecast.
        for step in 0..self.horizon {
            to.push(b',');
            number(row.values.get(step).copied().unwrap_or(f64::NAN), "", to);
            for level in 0..self.levels.len() {
                let bounds = row.intervals.get(level).map(|i| (i.lower[step], i.upper[step]));
                let (low, high) = bounds.unwrap_or((f64::NAN, f64::NAN));
                to.push(b',');
                number(low, "", to);
                to.push(b',');
                number(high, "", to);
            }
        }
        to.push(b'\n');
    }

    /// A cell of text, in quotes where CSV needs them.
    fn cell(&self, text: &str, to: &mut Vec<u8>) {
        let is_plain = |byte: u8| !matches!(byte, b',' | b'"' | b'\r' | b'\n');
        if !self.is_safe && !text.is_empty() && text.bytes().all(is_plain) {
            return to.extend_from_slice(text.as_bytes());
        }
        to.push(b'"');
        if self.is_safe && is_formula(text) {
            to.push(b'\'');
        }
        for byte in text.bytes() {
            to.push(byte);
            if byte == b'"' {
                to.push(b'"');
            }
        }
        to.push(b'"');
    }

    fn write_json(&self, row: &Row<'_>, to: &mut Vec<u8>) {
        to.push(b'{');
        if self.has_ids || !row.unique_id.is_empty() {
            to.extend_from_slice(b"\"unique_id\":");
            json_text(row.unique_id, to);
            to.push(b',');
        }
        to.extend_from_slice(b"\"cutoff\":");
        json_text(row.cutoff, to);
        to.extend_from_slice(b",\"y\":");
        number(row.y, "null", to);
        to.extend_from_slice(b",\"ds\":");
        list(row.ds, |ds, to| json_text(ds, to), to);
        self.json_column(NAME, row.values, to);
        for (n, level) in self.levels.iter().enumerate() {
            let (low, high) =
                row.intervals.get(n).map_or((&[][..], &[][..]), |i| (&i.lower, &i.upper));
            self.json_column(&format!("{NAME}-lo-{level}"), low, to);
            self.json_column(&format!("{NAME}-hi-{level}"), high, to);
        }
        let (arrival, missing) = row.arrival;
        // Writing into memory does not fail.
        let _ = write!(to, ",\"arrival\":\"{arrival}\"");
        if missing > 0 {
            let _ = write!(to, ",\"missing\":{missing}");
        }
        to.extend_from_slice(b"}\n");
    }

    fn json_column(&self, name: &str, values: &[f64], to: &mut Vec<u8>) {
        let _ = write!(to, ",\"{name}\":");
        list(values, |value, to| number(*value, "null", to), to);
    }
}

/// Writes the shortest decimal number that reads as `value`, or `unknown` in place of NaN.
fn number(value: f64, unknown: &str, to: &mut Vec<u8>) {
    if !value.is_finite() {
        return to.extend_from_slice(unknown.as_bytes());
    }
    // Five numbers by `Display` take a tenth of the time of a line; these digits are as few.
    let mut digits = zmij::Buffer::new();
    let text = digits.format_finite(value);
    match text.contains('e') {
        true => _ = write!(to, "{value}"),
        false => to.extend_from_slice(text.strip_suffix(".0").unwrap_or(text).as_bytes()),
    }
}

fn json_text(text: &str, to: &mut Vec<u8>) {
    // A text is always JSON, and writing into memory does not fail.
    let _ = serde_json::to_writer(to, text);
}

fn list<T>(items: &[T], mut write: impl FnMut(&T, &mut Vec<u8>), to: &mut Vec<u8>) {
    to.push(b'[');
    for (n, item) in items.iter().enumerate() {
        if n > 0 {
            to.push(b',');
        }
        write(item, to);
    }
    to.push(b']');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(format: &RowFormat, row: &Row<'_>) -> String {
        let mut text = Vec::new();
        format.header(&mut text);
        format.write(row, &mut text);
        String::from_utf8(text).unwrap()
    }

    fn format(is_json: bool, horizon: usize) -> RowFormat {
        RowFormat { is_json, has_ids: true, horizon, levels: vec![80.0, 97.5], is_safe: false }
    }

    fn intervals(horizon: usize) -> Vec<PredictionInterval> {
        [80.0, 97.5]
            .map(|level| PredictionInterval {
                level,
                lower: (1..=horizon).map(|k| k as f64 - level / 100.0).collect(),
                upper: (1..=horizon).map(|k| k as f64 + level / 100.0).collect(),
            })
            .into()
    }

    const DS: [&str; 2] = ["2024-01-02", "2024-01-03"];

    fn row<'a>(
        ds: &'a [String],
        values: &'a [f64],
        intervals: &'a [PredictionInterval],
    ) -> Row<'a> {
        let arrival = ("next", 0);
        Row { unique_id: "a", y: 0.1, cutoff: "2024-01-01", ds, values, intervals, arrival }
    }

    #[test]
    fn csv_of_one_step_and_of_two() {
        let ds = DS.map(str::to_owned);
        assert_eq!(
            written(&format(false, 1), &row(&ds[..1], &[1.0], &intervals(1))),
            "unique_id,ds,cutoff,elman,elman-lo-80,elman-hi-80,elman-lo-97.5,elman-hi-97.5\n\
             a,2024-01-02,2024-01-01,1,0.19999999999999996,1.8,0.025000000000000022,1.975\n"
        );
        let without = RowFormat { has_ids: false, levels: vec![], ..format(false, 2) };
        assert_eq!(
            written(&without, &row(&ds, &[1.5, -2e-7], &[])),
            "ds,cutoff,elman+1,elman+2\n2024-01-02,2024-01-01,1.5,-0.0000002\n"
        );
    }

    #[test]
    fn a_forecast_without_intervals_has_empty_cells() {
        let ds = DS.map(str::to_owned);
        let second = |values: &[f64]| {
            let text = written(&format(false, 1), &row(&ds[..1], values, &[]));
            text.lines().nth(1).unwrap().to_owned()
        };
        assert_eq!(second(&[1.0]), "a,2024-01-02,2024-01-01,1,,,,");
        assert_eq!(second(&[]), "a,2024-01-02,2024-01-01,,,,,", "before the first known value");
    }

    #[test]
    fn json_of_two_steps() {
        let ds = DS.map(str::to_owned);
        let intervals = intervals(2);
        let row = row(&ds, &[1.0, 2.0], &intervals);
        let row = Row { arrival: ("after_gap", 3), y: f64::NAN, ..row };
        let one = RowFormat { levels: vec![80.0], ..format(true, 2) };
        assert_eq!(
            written(&one, &row),
            "{\"unique_id\":\"a\",\"cutoff\":\"2024-01-01\",\"y\":null,\"ds\":[\"2024-01-02\",\"2024-01-03\"],\
             \"elman\":[1,2],\"elman-lo-80\":[0.19999999999999996,1.2],\"elman-hi-80\":[1.8,2.8],\
             \"arrival\":\"after_gap\",\"missing\":3}\n"
        );
    }

    #[test]
    fn numbers_are_exact_and_as_short_as_those_of_the_standard_library() {
        let mut random = elman::nn::Stream::new(1, "numbers");
        let numbers = (0..20_000)
            .map(|_| random.uniform(-1.0, 1.0) * 10_f64.powf(random.uniform(-30.0, 30.0)));
        let special = [
            0.0,
            -0.0,
            1.0,
            1e-5,
            9.9e-6,
            1e15,
            1e16,
            123_456_789_012_345_680.0,
            f64::MIN_POSITIVE,
            f64::MAX,
        ];
        for value in numbers.chain(special) {
            let mut text = Vec::new();
            number(value, "", &mut text);
            let text = String::from_utf8(text).unwrap();
            assert_eq!(text.parse::<f64>().unwrap().to_bits(), value.to_bits(), "{text}");
            // Of two numbers that are equally near, either may be written.
            assert_eq!(text.len(), value.to_string().len(), "{text} and {value}");
        }
    }

    #[test]
    fn names_that_need_quotes_and_formulas() {
        let ds = DS.map(str::to_owned);
        let one = format(false, 1);
        let line = |format: &RowFormat, unique_id| {
            let row = Row { unique_id, ..row(&ds[..1], &[1.0], &[]) };
            written(format, &row).lines().nth(1).unwrap().to_owned()
        };
        let begins = |format: &RowFormat, id, right: &str| {
            let line = line(format, id);
            assert!(line.starts_with(right), "{line}");
        };
        begins(&one, "a,\"b\"", "\"a,\"\"b\"\"\",2024-01-02,");
        begins(&one, "=A1", "=A1,2024-01-02,");
        let safe = RowFormat { is_safe: true, ..one };
        begins(&safe, "=A1", "\"'=A1\",\"2024-01-02\",");
        begins(&safe, "plain", "\"plain\",\"2024-01-02\",");
    }
}
