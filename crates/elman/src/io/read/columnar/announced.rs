//! The sizes that a file announces. The crates that unpack it take that memory before they look at what is there, so
//! that the sizes are compared with what may be taken first.

use super::ReadResult;
use super::thrift::Thrift;
use crate::io::read::memory::Memory;
use arrow_ipc::{Message, RecordBatch, root_as_message};
use flate2::read::MultiGzDecoder;
use parquet::basic::Compression;
use parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData};
use std::io::{self, Read};

/// Refuses a Parquet file whose unpacked pages take too much: of each column one page and one dictionary are held.
pub(super) fn pages_fit(raw: &[u8], found: &ParquetMetaData, memory: &Memory) -> ReadResult<()> {
    for group in found.row_groups() {
        let mut held: u64 = 0;
        for column in group.columns() {
            let mut largest = [0, 0];
            each_page(raw, column, |page, _| {
                if page.unpacked > largest[0] {
                    largest = [page.unpacked, largest[0]];
                } else {
                    largest[1] = largest[1].max(page.unpacked);
                }
                Ok(())
            })?;
            held = held.saturating_add(largest[0]).saturating_add(largest[1]);
        }
        memory.check(held)?;
    }
    Ok(())
}

const UNTRUE_PAGE: &str =
    "a page unpacks to more than its header says, or is an LZ4 frame, which is not supported";

/// Refuses a Parquet file with a page that unpacks to more than its header says. The crate takes room by the header for
/// pages of snappy, zstd and plain LZ4, and they cannot go past it; gzip, and LZ4 in frames, it unpacks to their end
/// before it compares.
pub(super) fn pages_are_true(raw: &[u8], found: &ParquetMetaData) -> ReadResult<()> {
    for column in found.row_groups().iter().flat_map(|group| group.columns()) {
        let is_true: fn(&Page, &[u8]) -> bool = match column.compression() {
            Compression::GZIP(_) => |page, packed| is_gzip_of(packed, page.unpacked),
            Compression::LZ4 => |_, packed| !is_lz4_frame(packed),
            _ => continue,
        };
        each_page(raw, column, |page, packed| match is_true(page, packed) {
            true => Ok(()),
            false => Err(UNTRUE_PAGE.to_string().into()),
        })?;
    }
    Ok(())
}

/// Calls `with` for each page of a column, with its packed bytes. A header that begins in the column may end after it:
/// the crate reads on, up to the end of the file.
fn each_page(
    raw: &[u8],
    column: &ColumnChunkMetaData,
    mut with: impl FnMut(&Page, &[u8]) -> ReadResult<()>,
) -> ReadResult<()> {
    let (start, len) = column.byte_range();
    let end = start.saturating_add(len);
    let mut rest = usize::try_from(start).ok().and_then(|at| raw.get(at..)).unwrap_or_default();
    while ((raw.len() - rest.len()) as u64) < end
        && let Some((page, packed, after)) = Page::first(rest)?
    {
        with(&page, packed)?;
        rest = after;
    }
    Ok(())
}

/// Whether gzip unpacks to no more. What is damaged before is left to the crate, which stops there, too.
fn is_gzip_of(packed: &[u8], most: u64) -> bool {
    let unpacked = &mut MultiGzDecoder::new(packed).take(most.saturating_add(1));
    !io::copy(unpacked, &mut io::sink()).is_ok_and(|count| count > most)
}

/// Whether LZ4 begins with the mark of a frame, of the old kind of frame, or of one to be skipped.
fn is_lz4_frame(packed: &[u8]) -> bool {
    let mark = packed.first_chunk().map(|bytes| u32::from_le_bytes(*bytes));
    mark.is_some_and(|mark| matches!(mark, 0x184d_2204 | 0x184c_2102 | 0x184d_2a50..=0x184d_2a5f))
}

/// What the header of a page says of it.
struct Page {
    unpacked: u64,
}

/// The first page of some bytes, its packed bytes, and the bytes after the page.
type FirstPage<'a> = (Page, &'a [u8], &'a [u8]);

impl Page {
    /// The first page of these bytes. Refuses a header with a list, which no page has: see [`Thrift::has_list`].
    fn first(bytes: &[u8]) -> ReadResult<Option<FirstPage<'_>>> {
        let mut thrift = Thrift::without_lists(bytes);
        let page = Self::read(&mut thrift);
        match thrift.has_list {
            true => Err("the header of a page is damaged".to_string().into()),
            false => Ok(page),
        }
    }

    fn read<'a>(thrift: &mut Thrift<'a>) -> Option<FirstPage<'a>> {
        let (mut unpacked, mut packed, mut levels) = (0, 0, 0);
        let mut id = 0;
        while let Some(kind) = thrift.field(&mut id)? {
            match (id, kind) {
                (2, Thrift::INTEGER) => unpacked = thrift.integer()?,
                (3, Thrift::INTEGER) => packed = thrift.integer()?,
                // The header of a page of the second kind, whose levels are not packed.
                (8, Thrift::STRUCT) => levels = level_bytes(thrift)?,
                _ => thrift.skip(kind, 0)?,
            }
        }
        let (page, rest) = thrift.bytes.split_at_checked(usize::try_from(packed).ok()?)?;
        let unpacked = u64::try_from(unpacked.checked_sub(levels)?).ok()?;
        Some((Self { unpacked }, page.get(usize::try_from(levels).ok()?..)?, rest))
    }
}

/// Bytes of both kinds of levels, in the header of a page that says them.
fn level_bytes(thrift: &mut Thrift<'_>) -> Option<i64> {
    let (mut id, mut bytes) = (0, 0_i64);
    while let Some(kind) = thrift.field(&mut id)? {
        match (id, kind) {
            (5 | 6, Thrift::INTEGER) => bytes = bytes.checked_add(thrift.integer()?)?,
            _ => thrift.skip(kind, 1)?,
        }
    }
    Some(bytes)
}

/// Refuses a message of Arrow whose unpacked buffers take too much; its body begins at `body` of the file.
pub(super) fn buffers_fit(
    raw: &[u8],
    message: Message,
    body: usize,
    memory: &Memory,
) -> ReadResult<()> {
    let batch: Option<RecordBatch> = message
        .header_as_record_batch()
        .or_else(|| message.header_as_dictionary_batch().and_then(|dictionary| dictionary.data()));
    let Some(batch) = batch.filter(|batch| batch.compression().is_some()) else { return Ok(()) };
    // Each packed buffer begins with the length that it has unpacked; -1 if it is as it was.
    let announced = batch.buffers().into_iter().flatten().filter_map(|buffer| {
        let at = body.checked_add(usize::try_from(buffer.offset()).ok()?)?;
        let length = raw.get(at..)?.first_chunk().map(|bytes| i64::from_le_bytes(*bytes))?;
        (buffer.length() >= 8).then_some(u64::try_from(length).unwrap_or(0))
    });
    Ok(memory.check(announced.fold(0, u64::saturating_add))?)
}

/// Does this for each message of a stream of Arrow.
pub(super) fn stream_fits(raw: &[u8], memory: &Memory) -> ReadResult<()> {
    let mut at = 0;
    while let Some((message, body)) = message(raw, at) {
        let length = usize::try_from(message.bodyLength()).unwrap_or(usize::MAX);
        buffers_fit(raw, message, body, memory)?;
        at = body.saturating_add(length);
    }
    Ok(())
}

/// The message that begins here, and where its body does.
pub(super) fn message(raw: &[u8], at: usize) -> Option<(Message<'_>, usize)> {
    let head = raw.get(at..)?;
    // Four bytes say that a length follows; older files begin with it.
    let skipped = if head.starts_with(&[0xff; 4]) { 8 } else { 4 };
    let length = head.get(skipped - 4..)?.first_chunk().map(|bytes| u32::from_le_bytes(*bytes))?;
    let end = skipped.checked_add(usize::try_from(length).ok().filter(|length| *length > 0)?)?;
    let message = root_as_message(head.get(skipped..end)?).ok()?;
    Some((message, at + end))
}
