//! The table as Parquet and as Arrow: names as text, dates as dates, numbers as doubles. Where a time is no date, times
//! are the text that the data have.

use super::{Columns, Moment, Row, When, columns};
use arrow_array::{
    ArrayRef, Date32Array, Float64Array, RecordBatch, StringArray, TimestampMillisecondArray,
};
use arrow_ipc::writer::FileWriter;
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef, TimeUnit};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;
use std::io::{Error, Write};
use std::iter::Peekable;
use std::sync::Arc;

/// Writes rows as Parquet, compressed with zstd, under the names of [`columns()`](super::columns()). Dates are days where all are midnights
/// without a zone, else milliseconds, with the zone of the data. The first of two passes over the rows finds which.
///
/// # Errors
/// What `out` gives.
pub fn parquet<'a>(
    out: impl Write + Send,
    columns: &Columns,
    rows: impl IntoIterator<Item = Row<'a>, IntoIter: Clone>,
) -> Result<(), Error> {
    let batches = Batches::of(columns, rows.into_iter());
    let compression = Compression::ZSTD(ZstdLevel::default());
    let properties = WriterProperties::builder().set_compression(compression).build();
    let mut writer = ArrowWriter::try_new(out, batches.schema.clone(), Some(properties))?;
    for batch in batches {
        writer.write(&batch?)?;
    }
    writer.close()?;
    Ok(())
}

/// Writes rows as an Arrow file, which is also Feather, under the names of [`columns()`]; dates as in [`parquet()`].
///
/// # Errors
/// What `out` gives.
pub fn arrow<'a>(
    out: impl Write,
    columns: &Columns,
    rows: impl IntoIterator<Item = Row<'a>, IntoIter: Clone>,
) -> Result<(), Error> {
    let batches = Batches::of(columns, rows.into_iter());
    let mut writer = FileWriter::try_new(out, &batches.schema).map_err(Error::other)?;
    for batch in batches {
        writer.write(&batch?).map_err(Error::other)?;
    }
    writer.finish().map_err(Error::other)
}

/// Rows as a table in memory, under the names of [`columns()`]; dates as in [`parquet()`].
///
/// # Errors
/// Rows with unlike numbers of columns.
pub fn batches<'a>(
    columns: &Columns,
    rows: impl IntoIterator<Item = Row<'a>, IntoIter: Clone>,
) -> Result<(SchemaRef, Vec<RecordBatch>), Error> {
    let batches = Batches::of(columns, rows.into_iter());
    Ok((batches.schema.clone(), batches.collect::<Result<_, _>>()?))
}

/// Rows in one batch: few enough that the text of a column stays far below the 2 GiB it may have.
const BATCH: usize = 1 << 16;

/// What the times of a table become.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Times {
    Text,
    Days,
    /// Milliseconds, and minutes east of Greenwich where the data have a zone.
    Millis(Option<i64>),
}

impl Times {
    /// The kind that has all times of the rows.
    fn of<'a>(rows: impl Iterator<Item = Row<'a>>) -> Self {
        let mut days = true;
        let mut zone = None;
        for row in rows {
            for when in [Some(&row.ds), row.tested.as_ref().map(|(cutoff, _)| cutoff)] {
                let Some(when) = when else { continue };
                let Some(Moment { stamp, east }) = when.at else { return Times::Text };
                days &= east.is_none() && stamp.millis_of_day() == 0;
                zone = match zone {
                    None => Some(east),
                    Some(known) if known == east => zone,
                    // Of several zones, the one that all moments can be said in.
                    Some(Some(_)) if east.is_some() => Some(Some(0)),
                    _ => return Times::Text,
                };
            }
        }
        match zone {
            None => Times::Text,
            Some(None) if days => Times::Days,
            Some(east) => Times::Millis(east),
        }
    }

    fn zone(&self) -> Option<Arc<str>> {
        let Times::Millis(Some(east)) = self else { return None };
        let sign = if *east < 0 { '-' } else { '+' };
        Some(match east.abs() {
            0 => "UTC".into(),
            away => format!("{sign}{:02}:{:02}", away / 60, away % 60).into(),
        })
    }

    fn data_type(&self) -> DataType {
        match self {
            Times::Text => DataType::Utf8,
            Times::Days => DataType::Date32,
            Times::Millis(_) => DataType::Timestamp(TimeUnit::Millisecond, self.zone()),
        }
    }

    fn array<'a>(&self, times: impl Iterator<Item = &'a When>) -> ArrayRef {
        // Where one has no date, the column comes out short: an error below.
        match self {
            Times::Text => Arc::new(StringArray::from_iter_values(times.map(|when| &when.text))),
            Times::Days => Arc::new(Date32Array::from_iter_values(
                times.filter_map(|when| i32::try_from(when.at?.stamp.days()).ok()),
            )),
            Times::Millis(_) => {
                let millis = |when: &When| {
                    let Moment { stamp, east } = when.at?;
                    Some(stamp.millis() - east.unwrap_or(0) * 60_000)
                };
                let array = TimestampMillisecondArray::from_iter_values(times.filter_map(millis));
                Arc::new(array.with_timezone_opt(self.zone()))
            }
        }
    }
}

/// Rows as columns.
struct Batches<'a, I: Iterator<Item = Row<'a>>> {
    schema: SchemaRef,
    times: Times,
    tested: bool,
    rows: Peekable<I>,
}

impl<'a, I: Iterator<Item = Row<'a>> + Clone> Batches<'a, I> {
    fn of(table: &Columns, rows: I) -> Self {
        let times = Times::of(rows.clone());
        let mut rows = rows.peekable();
        let tested = rows.peek().is_some_and(|row| row.tested.is_some());
        let fields = columns(tested, table).into_iter().map(|name| {
            let kind = match &name[..] {
                "unique_id" => DataType::Utf8,
                "ds" | "cutoff" => times.data_type(),
                _ => DataType::Float64,
            };
            let may_be_missing = kind == DataType::Float64;
            Field::new(name, kind, may_be_missing)
        });
        let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
        Self { schema, times, tested, rows }
    }
}

impl<'a, I: Iterator<Item = Row<'a>>> Iterator for Batches<'a, I> {
    type Item = Result<RecordBatch, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let rows: Vec<Row> = self.rows.by_ref().take(BATCH).collect();
        let first = rows.first()?;
        let mut arrays: Vec<ArrayRef> = vec![
            Arc::new(StringArray::from_iter_values(rows.iter().map(|row| row.unique_id))),
            self.times.array(rows.iter().map(|row| &row.ds)),
        ];
        if self.tested {
            let tested = || rows.iter().filter_map(|row| row.tested.as_ref());
            arrays.push(self.times.array(tested().map(|(cutoff, _)| cutoff)));
            arrays.push(numbers(tested().map(|(_, y)| *y)));
        }
        let width = first.numbers().count();
        let cells: Vec<Vec<f64>> = rows.iter().map(|row| row.numbers().collect()).collect();
        for column in 0..width {
            // Where one row has fewer, columns come out of unlike length: an error below.
            arrays.push(numbers(cells.iter().filter_map(|row| row.get(column).copied())));
        }
        let batch = RecordBatch::try_new(self.schema.clone(), arrays);
        Some(batch.map_err(|e: ArrowError| Error::other(e)))
    }
}

/// A column of numbers, in which NaN is a missing value, as an empty cell of a CSV file is.
fn numbers(values: impl Iterator<Item = f64>) -> ArrayRef {
    Arc::new(values.map(|y| (!y.is_nan()).then_some(y)).collect::<Float64Array>())
}
