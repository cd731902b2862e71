//! The table as Parquet and as Arrow: names and dates as text, numbers as doubles.

use super::{Row, columns};
use arrow_array::{ArrayRef, Float64Array, RecordBatch, StringArray};
use arrow_ipc::writer::FileWriter;
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;
use std::io::{Error, Write};
use std::iter::Peekable;
use std::sync::Arc;

/// Writes rows as Parquet, compressed with zstd, under the names of [`columns`].
///
/// # Errors
/// What `out` gives.
pub fn parquet<'a>(
    out: impl Write + Send,
    levels: &[f64],
    rows: impl IntoIterator<Item = Row<'a>>,
) -> Result<(), Error> {
    let batches = Batches::of(levels, rows.into_iter());
    let compression = Compression::ZSTD(ZstdLevel::default());
    let properties = WriterProperties::builder().set_compression(compression).build();
    let mut writer = ArrowWriter::try_new(out, batches.schema.clone(), Some(properties))?;
    for batch in batches {
        writer.write(&batch?)?;
    }
    writer.close()?;
    Ok(())
}

/// Writes rows as an Arrow file, which is also Feather, under the names of [`columns`].
///
/// # Errors
/// What `out` gives.
pub fn arrow<'a>(
    out: impl Write,
    levels: &[f64],
    rows: impl IntoIterator<Item = Row<'a>>,
) -> Result<(), Error> {
    let batches = Batches::of(levels, rows.into_iter());
    let mut writer = FileWriter::try_new(out, &batches.schema).map_err(Error::other)?;
    for batch in batches {
        writer.write(&batch?).map_err(Error::other)?;
    }
    writer.finish().map_err(Error::other)
}

/// Rows in one batch: few enough that the text of a column stays far below the 2 GiB it may have.
const BATCH: usize = 1 << 16;

/// Rows as columns.
struct Batches<'a, I: Iterator<Item = Row<'a>>> {
    schema: SchemaRef,
    tested: bool,
    rows: Peekable<I>,
}

impl<'a, I: Iterator<Item = Row<'a>>> Batches<'a, I> {
    fn of(levels: &[f64], rows: I) -> Self {
        let mut rows = rows.peekable();
        let tested = rows.peek().is_some_and(|row| row.tested.is_some());
        let fields = columns(tested, levels).into_iter().map(|name| {
            let kind = match &name[..] {
                "unique_id" | "ds" | "cutoff" => DataType::Utf8,
                _ => DataType::Float64,
            };
            Field::new(name, kind, false)
        });
        let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
        Self { schema, tested, rows }
    }
}

impl<'a, I: Iterator<Item = Row<'a>>> Iterator for Batches<'a, I> {
    type Item = Result<RecordBatch, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let rows: Vec<Row> = self.rows.by_ref().take(BATCH).collect();
        let first = rows.first()?;
        let mut arrays: Vec<ArrayRef> = vec![
            Arc::new(StringArray::from_iter_values(rows.iter().map(|row| row.unique_id))),
            Arc::new(StringArray::from_iter_values(rows.iter().map(|row| &row.ds))),
        ];
        if self.tested {
            let tested = || rows.iter().map(|row| row.tested.as_ref());
            arrays.push(Arc::new(StringArray::from_iter(tested().map(|t| t.map(|t| &t.0)))));
            arrays.push(Arc::new(Float64Array::from_iter(tested().map(|t| t.map(|t| t.1)))));
        }
        arrays.push(numbers(rows.iter().map(|row| row.elman)));
        for level in 0..first.bounds.len() {
            // Where one row has fewer, columns come out of unlike length: an error below.
            let bounds = || rows.iter().filter_map(move |row| row.bounds.get(level));
            arrays.push(numbers(bounds().map(|bounds| bounds.0)));
            arrays.push(numbers(bounds().map(|bounds| bounds.1)));
        }
        let batch = RecordBatch::try_new(self.schema.clone(), arrays);
        Some(batch.map_err(|e: ArrowError| Error::other(e)))
    }
}

fn numbers(values: impl Iterator<Item = f64>) -> ArrayRef {
    Arc::new(Float64Array::from_iter_values(values))
}
