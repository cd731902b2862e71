//! Parquet and Arrow as rows of cells: each value becomes the text that a table of text would have there, so that all that
//! follows is the same.

mod batches;
mod cells;
mod instants;
mod pieces;
#[cfg(test)]
mod tests;

use crate::error::Result;
use arrow_array::RecordBatch;
use arrow_ipc::reader::{FileReader, StreamReader, read_footer_length};
use arrow_ipc::root_as_footer;
use arrow_schema::{ArrowError, SchemaRef};
pub(super) use batches::Batches;
use bytes::Bytes;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use std::io::Cursor;

/// What takes a file of one kind; it needs its path for errors.
type Take = fn(Vec<u8>, &str) -> Result<Batches>;

/// How each kind begins, and what takes it. Feather is Arrow; a stream begins with the length of its first message.
pub(super) const KINDS: [(&[u8], Take); 3] = [
    (b"PAR1", |raw, path| Batches::of(parquet, "Parquet", raw, path)),
    (b"ARROW1", |raw, path| Batches::of(arrow_file, "Arrow", raw, path)),
    (&[0xff; 4], |raw, path| Batches::of(arrow_stream, "Arrow", raw, path)),
];

/// The name of the thread in which such a file is read.
pub const THREAD: &str = "elman: columns";

/// What goes wrong in the crates below, said by them.
type Said<T> = std::result::Result<T, String>;

/// Batches of rows, one after the other.
type Reader = Box<dyn Iterator<Item = std::result::Result<RecordBatch, ArrowError>> + Send>;

/// Opens a file, of which all columns are read or those at these places, in rising order.
type Open = fn(Bytes, Option<Vec<usize>>) -> Said<(SchemaRef, Reader)>;

fn parquet(raw: Bytes, places: Option<Vec<usize>>) -> Said<(SchemaRef, Reader)> {
    let builder = ParquetRecordBatchReaderBuilder::try_new(raw).map_err(|e| e.to_string())?;
    let schema = builder.schema().clone();
    let mask = match places {
        Some(places) => ProjectionMask::roots(builder.parquet_schema(), places),
        None => ProjectionMask::all(),
    };
    let reader = builder.with_projection(mask).build().map_err(|e| e.to_string())?;
    Ok((schema, Box::new(reader)))
}

fn arrow_file(raw: Bytes, places: Option<Vec<usize>>) -> Said<(SchemaRef, Reader)> {
    blocks_fit(&raw)?;
    let reader = FileReader::try_new(Cursor::new(raw), places).map_err(|e| e.to_string())?;
    Ok((reader.schema(), Box::new(reader)))
}

fn arrow_stream(raw: Bytes, places: Option<Vec<usize>>) -> Said<(SchemaRef, Reader)> {
    let reader = StreamReader::try_new(Cursor::new(raw), places).map_err(|e| e.to_string())?;
    Ok((reader.schema(), Box::new(reader)))
}

/// Refuses a block that goes past the end of the file: the reader would first take as much memory as it says.
fn blocks_fit(raw: &[u8]) -> Said<()> {
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
            return Err("a block goes past its end".to_string());
        }
    }
    Ok(())
}
