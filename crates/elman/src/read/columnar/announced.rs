//! The sizes that a file announces. The crates that unpack it take that memory before they look at what is there, so
//! that the sizes are compared with what may be taken first.

use super::Said;
use crate::read::memory::Memory;
use arrow_ipc::{Message, RecordBatch, root_as_message};
use parquet::file::metadata::ParquetMetaData;

/// Refuses a Parquet file whose unpacked pages take too much: of each column one page and one dictionary are held.
pub(super) fn pages_fit(raw: &[u8], found: &ParquetMetaData, memory: &Memory) -> Said<()> {
    for group in found.row_groups() {
        let mut held: u64 = 0;
        for column in group.columns() {
            let (start, len) = column.byte_range();
            let end = start.saturating_add(len).min(raw.len() as u64);
            let mut chunk = usize::try_from(start).ok().and_then(|at| raw.get(at..end as usize));
            let mut largest = [0, 0];
            while let Some((page, rest)) = chunk.and_then(Page::first) {
                if page.unpacked > largest[0] {
                    largest = [page.unpacked, largest[0]];
                } else {
                    largest[1] = largest[1].max(page.unpacked);
                }
                chunk = Some(rest);
            }
            held = held.saturating_add(largest[0]).saturating_add(largest[1]);
        }
        memory.check(held)?;
    }
    Ok(())
}

/// What the header of a page says of it.
struct Page {
    unpacked: u64,
}

impl Page {
    /// The first page of these bytes, and what stands behind it.
    fn first(bytes: &[u8]) -> Option<(Self, &[u8])> {
        let mut thrift = Thrift(bytes);
        let (mut unpacked, mut packed) = (0, 0);
        let mut id = 0;
        while let Some(kind) = thrift.field(&mut id)? {
            match (id, kind) {
                (2, Thrift::INTEGER) => unpacked = thrift.integer()?,
                (3, Thrift::INTEGER) => packed = thrift.integer()?,
                _ => thrift.skip(kind, 0)?,
            }
        }
        let rest = thrift.0.get(usize::try_from(packed).ok()?..)?;
        Some((Self { unpacked: u64::try_from(unpacked).ok()? }, rest))
    }
}

/// Thrift's compact protocol, in which Parquet writes its headers: as much of it as passes over a struct.
/// <https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md>
struct Thrift<'a>(&'a [u8]);

impl Thrift<'_> {
    /// The kind of a number of 32 bits.
    const INTEGER: u8 = 5;

    /// Structs within structs that a header has at most.
    const DEPTH: u32 = 8;

    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    fn bytes(&mut self, count: u64) -> Option<()> {
        self.0 = self.0.get(usize::try_from(count).ok()?..)?;
        Some(())
    }

    fn varint(&mut self) -> Option<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(value);
            }
        }
        None
    }

    fn integer(&mut self) -> Option<i64> {
        let value = self.varint()?;
        Some((value >> 1) as i64 ^ -((value & 1) as i64))
    }

    /// The kind of the next field, whose number follows `id`; within, none at the end of the struct.
    fn field(&mut self, id: &mut i64) -> Option<Option<u8>> {
        let head = self.byte()?;
        if head == 0 {
            return Some(None);
        }
        *id = match head >> 4 {
            0 => self.integer()?,
            step => id.checked_add(step.into())?,
        };
        Some(Some(head & 0xf))
    }

    fn skip(&mut self, kind: u8, depth: u32) -> Option<()> {
        match kind {
            1 | 2 => Some(()),
            3 => self.bytes(1),
            4..=6 => self.varint().map(drop),
            7 => self.bytes(8),
            8 => {
                let count = self.varint()?;
                self.bytes(count)
            }
            12 if depth < Self::DEPTH => {
                let mut id = 0;
                while let Some(kind) = self.field(&mut id)? {
                    self.skip(kind, depth + 1)?;
                }
                Some(())
            }
            // No header of a page has lists or maps.
            _ => None,
        }
    }
}

/// Refuses a message of Arrow whose unpacked buffers take too much; its body begins at `body` of the file.
pub(super) fn buffers_fit(raw: &[u8], message: Message, body: usize, memory: &Memory) -> Said<()> {
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
pub(super) fn stream_fits(raw: &[u8], memory: &Memory) -> Said<()> {
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
