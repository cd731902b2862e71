//! Parquet and Arrow as rows of cells: each value becomes the text that a table of text would have there, so that all that
//! follows is the same.

mod announced;
mod batches;
mod cells;
mod groups;
mod instants;
mod numbers;
mod origin;
mod pieces;
mod runs;
#[cfg(test)]
mod tests;
mod thrift;
pub(super) mod typed;

use super::memory::{Held, Memory};
use crate::error::{Error, Result};
use arrow_array::RecordBatch;
use arrow_ipc::reader::{FileReader, StreamReader, read_footer_length};
use arrow_ipc::root_as_footer;
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef};
pub(super) use batches::Batches;
use bytes::Bytes;
use origin::Origin;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder,
};
use std::io::Cursor;

/// What takes a file of one kind; it needs its path for errors.
type Take = fn(Vec<u8>, Held, &str, &Memory) -> Result<Batches>;

/// How each kind begins, and what takes it. Feather is Arrow; a stream begins with the length of its first message.
pub(super) const KINDS: [(&[u8], Take); 3] = [
    (b"PAR1", |raw, held, path, memory| of_file(parquet, "Parquet", raw, held, path, memory)),
    (b"ARROW1", |raw, held, path, memory| of_file(arrow_file, "Arrow", raw, held, path, memory)),
    (&[0xff; 4], |raw, held, path, memory| of_file(arrow_stream, "Arrow", raw, held, path, memory)),
];

/// The batches of a file, which `open` opens.
fn of_file(
    open: Open,
    kind: &'static str,
    raw: Vec<u8>,
    held: Held,
    path: &str,
    memory: &Memory,
) -> Result<Batches> {
    let origin = Origin::File { raw: raw.into(), open };
    Batches::of(origin, kind, Some(held), path, memory)
}

/// The batches of a table in memory, called `name` in errors.
///
/// # Errors
/// A table without columns of a kind that is read; rows that take too much memory.
pub(super) fn in_memory(
    schema: SchemaRef,
    batches: Vec<RecordBatch>,
    name: &str,
    memory: &Memory,
) -> Result<Batches> {
    let origin = Origin::Memory { schema, batches: batches.into() };
    Batches::of(origin, "Arrow", None, name, memory)
}

/// Checks that the columns `asked` of a table called `name` are of a kind that is read.
///
/// # Errors
/// A column of lists, of spans of time, or of another kind without a text.
pub(super) fn check_kinds<'a>(
    schema: &Schema,
    asked: impl IntoIterator<Item = &'a String>,
    name: &str,
) -> Result<()> {
    let fields = asked.into_iter().filter_map(|column| schema.field_with_name(column).ok());
    match fields.into_iter().find(|field| !cells::is_read(field.data_type())) {
        None => Ok(()),
        Some(field) => Err(Error::Data {
            reason: format!(
                "column `{}` of `{name}` has values of the type {}, which are not read",
                field.name(),
                field.data_type()
            ),
            help: "convert them to numbers, texts or times".to_owned(),
        }),
    }
}

/// Error while columns are read.
enum ReadError {
    /// Message of a library that reads files.
    Library(String),
    /// Error of this crate, with its help.
    Known(Error),
}

impl From<String> for ReadError {
    fn from(message: String) -> Self {
        Self::Library(message)
    }
}

impl From<Error> for ReadError {
    fn from(known: Error) -> Self {
        Self::Known(known)
    }
}

type ReadResult<T> = std::result::Result<T, ReadError>;

/// Batches of rows, one after the other.
type Reader = Box<dyn Iterator<Item = std::result::Result<RecordBatch, ArrowError>> + Send>;

/// Opens a file, of which all columns are read or those at these places, in rising order.
type Open = fn(Bytes, Option<Vec<usize>>, &Memory) -> ReadResult<(SchemaRef, Reader)>;

fn parquet(
    raw: Bytes,
    places: Option<Vec<usize>>,
    memory: &Memory,
) -> ReadResult<(SchemaRef, Reader)> {
    thrift::footer_ends(&raw)?;
    let found = ArrowReaderMetadata::load(&raw, Default::default()).map_err(|e| e.to_string())?;
    // Of what a row takes in the end, this is the least, and known before any of it is decoded.
    let rows = u64::try_from(found.metadata().file_metadata().num_rows()).unwrap_or(u64::MAX);
    memory.check(rows.saturating_mul(8))?;
    announced::pages_fit(&raw, found.metadata(), memory)?;
    // The file is opened twice; the pages are checked the first time.
    if places.is_none() {
        announced::pages_are_true(&raw, found.metadata())?;
    }
    let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(raw, in_place(found));
    let schema = builder.schema().clone();
    let mask = match places {
        Some(places) => ProjectionMask::roots(builder.parquet_schema(), places),
        None => ProjectionMask::all(),
    };
    let reader = builder.with_projection(mask).build().map_err(|e| e.to_string())?;
    Ok((schema, Box::new(reader)))
}

/// The same columns, whose texts are read where they stand in a page: copied to each row that has them, one long text
/// of a dictionary would take all memory.
fn in_place(found: ArrowReaderMetadata) -> ArrowReaderMetadata {
    fn view(kind: &DataType) -> DataType {
        match kind {
            DataType::Dictionary(_, values) => match view(values) {
                text @ (DataType::Utf8View | DataType::BinaryView) => text,
                _ => kind.clone(),
            },
            DataType::Utf8 | DataType::LargeUtf8 => DataType::Utf8View,
            DataType::Binary | DataType::LargeBinary => DataType::BinaryView,
            other => other.clone(),
        }
    }
    let schema = found.schema();
    let fields = schema.fields().iter();
    let fields: Vec<Field> = fields
        .map(|field| field.as_ref().clone().with_data_type(view(field.data_type())))
        .collect();
    let schema = Schema::new_with_metadata(fields, schema.metadata().clone());
    let options = ArrowReaderOptions::new().with_schema(schema.into());
    ArrowReaderMetadata::try_new(found.metadata().clone(), options).unwrap_or(found)
}

fn arrow_file(
    raw: Bytes,
    places: Option<Vec<usize>>,
    memory: &Memory,
) -> ReadResult<(SchemaRef, Reader)> {
    blocks_fit(&raw, memory)?;
    let reader = FileReader::try_new(Cursor::new(raw), places).map_err(|e| e.to_string())?;
    Ok((reader.schema(), Box::new(reader)))
}

fn arrow_stream(
    raw: Bytes,
    places: Option<Vec<usize>>,
    memory: &Memory,
) -> ReadResult<(SchemaRef, Reader)> {
    announced::stream_fits(&raw, memory)?;
    let reader = StreamReader::try_new(Cursor::new(raw), places).map_err(|e| e.to_string())?;
    Ok((reader.schema(), Box::new(reader)))
}

/// Refuses a block that goes past the end of the file, or takes too much unpacked: the reader would first take as much
/// memory as it says.
fn blocks_fit(raw: &[u8], memory: &Memory) -> ReadResult<()> {
    let short = || "its footer is not whole".to_string();
    let (front, end) = raw.split_last_chunk().ok_or_else(short)?;
    let len = read_footer_length(*end).map_err(|e| e.to_string())?;
    let start = front.len().checked_sub(len).ok_or_else(short)?;
    let footer = root_as_footer(&front[start..]).map_err(|e| e.to_string())?;
    let dictionaries = footer.dictionaries().into_iter().flatten();
    for block in footer.recordBatches().into_iter().flatten().chain(dictionaries) {
        let parts = [block.offset(), block.metaDataLength().into(), block.bodyLength()];
        let parts = parts.map(|part| usize::try_from(part).unwrap_or(usize::MAX));
        if parts.into_iter().fold(0, usize::saturating_add) > raw.len() {
            return Err("a block goes past its end".to_string().into());
        }
        if let Some((message, body)) = announced::message(raw, parts[0]) {
            announced::buffers_fit(raw, message, body, memory)?;
        }
    }
    Ok(())
}
