//! Parquet and Arrow as rows of cells: each value becomes the text that a table of text would have there, so that all that
//! follows is the same.

mod cells;
mod instants;

use super::table::Table;
use crate::error::{Error, Result, Unit};
use arrow_array::RecordBatch;
use arrow_ipc::reader::{FileReader, StreamReader, read_footer_length};
use arrow_ipc::root_as_footer;
use arrow_schema::{ArrowError, SchemaRef};
use bytes::Bytes;
use cells::{Cells, is_read};
use instants::Instants;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use std::io::Cursor;

/// A reader of a file's bytes, which needs its path for errors.
type Read = fn(Vec<u8>, &str) -> Result<Table>;

/// How each kind begins, and what reads it. Feather is Arrow; a stream begins with the length of its first message.
pub(super) const KINDS: [(&[u8], Read); 3] =
    [(b"PAR1", parquet), (b"ARROW1", arrow_file), (&[0xff; 4], arrow_stream)];

/// The name of the thread in which such a file is read.
pub const THREAD: &str = "elman: columns";

type Batches = std::result::Result<(SchemaRef, Vec<RecordBatch>), String>;

fn parquet(raw: Vec<u8>, path: &str) -> Result<Table> {
    table(path, "Parquet", || {
        let builder = ParquetRecordBatchReaderBuilder::try_new(Bytes::from(raw))
            .map_err(|e| e.to_string())?;
        let schema = builder.schema().clone();
        let reader = builder.build().map_err(|e| e.to_string())?;
        collect(schema, reader)
    })
}

fn arrow_file(raw: Vec<u8>, path: &str) -> Result<Table> {
    table(path, "Arrow", || {
        blocks_fit(&raw)?;
        let reader = FileReader::try_new(Cursor::new(raw), None).map_err(|e| e.to_string())?;
        collect(reader.schema(), reader)
    })
}

/// Refuses a block that goes past the end of the file: the reader would first take as much memory as it says.
fn blocks_fit(raw: &[u8]) -> std::result::Result<(), String> {
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

fn arrow_stream(raw: Vec<u8>, path: &str) -> Result<Table> {
    table(path, "Arrow", || {
        let reader = StreamReader::try_new(Cursor::new(raw), None).map_err(|e| e.to_string())?;
        collect(reader.schema(), reader)
    })
}

fn collect(
    schema: SchemaRef,
    batches: impl Iterator<Item = std::result::Result<RecordBatch, ArrowError>>,
) -> Batches {
    let batches: std::result::Result<Vec<_>, _> = batches.collect();
    Ok((schema, batches.map_err(|e| e.to_string())?))
}

fn table(path: &str, kind: &'static str, read: impl FnOnce() -> Batches + Send) -> Result<Table> {
    // The crates below take some damage for impossible and panic, which is caught; the name of the thread
    // lets a program keep the panic's message to itself.
    let batches = std::thread::scope(|scope| {
        let reader = std::thread::Builder::new().name(THREAD.to_string());
        let batches = reader.spawn_scoped(scope, read).map_err(|e| e.to_string())?;
        batches.join().unwrap_or_else(|_| Err("it is damaged".to_string()))
    });
    let (schema, batches) = batches.map_err(|reason| {
        let help = match reason.contains("feature") || reason.contains("not supported") {
            true => "write it with zstd or snappy, or as CSV".to_string(),
            false => "is it whole? Write or copy it again".to_string(),
        };
        Error::Unreadable { path: path.to_string(), kind, reason, help }
    })?;
    let mut table = Table::new(path, Unit::Row);
    let (mut names, mut columns) = (Vec::new(), Vec::new());
    for (at, field) in schema.fields().iter().enumerate() {
        match is_read(field.data_type()) {
            true => {
                names.push(field.name().clone());
                columns.push(at);
            }
            false => table.notes.push(format!(
                "column `{}` left out: it holds {}",
                field.name(),
                field.data_type()
            )),
        }
    }
    // A column writes all its times alike, so that they are looked at before any is written.
    let instants: Vec<Option<Instants>> = columns
        .iter()
        .map(|at| Instants::of(batches.iter().map(|batch| batch.column(*at).as_ref())))
        .collect();
    for (name, instants) in names.iter().zip(&instants) {
        if let Some(place) = instants.as_ref().and_then(|instants| instants.place.as_ref()) {
            table.notes.push(format!("`{name}` is taken in UTC, not in {place}"));
        }
    }
    let mut row = 0;
    let mut cells = vec![String::new(); columns.len()];
    for batch in &batches {
        let mut columns: Vec<Cells> = columns
            .iter()
            .zip(&instants)
            .map(|(at, instants)| Cells::of(batch.column(*at), instants.as_ref()))
            .collect();
        for i in 0..batch.num_rows() {
            for (cell, column) in cells.iter_mut().zip(&mut columns) {
                cell.clear();
                column.write(i, cell);
            }
            row += 1;
            table.push(&cells, row)?;
        }
    }
    table.named(names)
}
