//! Thrift's compact protocol, in which Parquet writes its footer and the headers of its pages: enough of it to skip a
//! struct. <https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md>

use super::ReadResult;

/// Bytes of a struct that is skipped.
pub(super) struct Thrift<'a> {
    pub(super) bytes: &'a [u8],
    /// Whether lists are skipped, too.
    lists: bool,
    /// Whether there was a list that is not skipped. Parquet's crate takes no byte for an element that is true or false,
    /// and none for the elements of a page header after the end: a list of two billion of them takes the crate 20
    /// seconds, and a file of a megabyte has room for a hundred thousand such lists.
    pub(super) has_list: bool,
}

impl<'a> Thrift<'a> {
    /// The kind of a number of 32 bits.
    pub(super) const INTEGER: u8 = 5;
    pub(super) const STRUCT: u8 = 12;

    /// Structs and lists within each other, at most: as many as Parquet's crate skips.
    const DEPTH: u32 = 64;

    /// The header of a page, which has no lists.
    pub(super) fn without_lists(bytes: &'a [u8]) -> Self {
        Self { bytes, lists: false, has_list: false }
    }

    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.bytes.split_first()?;
        self.bytes = rest;
        Some(*first)
    }

    fn pass(&mut self, count: u64) -> Option<()> {
        self.bytes = self.bytes.get(usize::try_from(count).ok()?..)?;
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

    pub(super) fn integer(&mut self) -> Option<i64> {
        let value = self.varint()?;
        Some((value >> 1) as i64 ^ -((value & 1) as i64))
    }

    /// The kind of the next field, whose number follows `id`; within, none at the end of the struct.
    pub(super) fn field(&mut self, id: &mut i64) -> Option<Option<u8>> {
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

    /// Skips a value, which is within `depth` structs and lists. `None` where the bytes end, and at a list that is not
    /// skipped.
    pub(super) fn skip(&mut self, kind: u8, depth: u32) -> Option<()> {
        match kind {
            1 | 2 => Some(()),
            3 => self.pass(1),
            4..=6 => self.varint().map(drop),
            7 => self.pass(8),
            8 => {
                let count = self.varint()?;
                self.pass(count)
            }
            Self::STRUCT if depth < Self::DEPTH => {
                let mut id = 0;
                while let Some(kind) = self.field(&mut id)? {
                    self.skip(kind, depth + 1)?;
                }
                Some(())
            }
            9 | 10 if self.lists && depth < Self::DEPTH => {
                let head = self.byte()?;
                let count = match head >> 4 {
                    15 => self.varint()?,
                    few => few.into(),
                };
                match head & 0xf {
                    1 | 2 if count > 0 => self.stop(),
                    // Of the other kinds each element takes a byte at least.
                    kind => (0..count).try_for_each(|_| self.skip(kind, depth + 1)),
                }
            }
            // Lists where there are none; maps, which Parquet does not have; more depth than the crate skips.
            _ => self.stop(),
        }
    }

    fn stop(&mut self) -> Option<()> {
        self.has_list = true;
        None
    }
}

/// Refuses a Parquet file whose footer has a list of true and false, which none of its fields is.
pub(super) fn footer_ends(raw: &[u8]) -> ReadResult<()> {
    let footer = || {
        let (front, length) = raw.strip_suffix(b"PAR1")?.split_last_chunk()?;
        let start = front.len().checked_sub(u32::from_le_bytes(*length).try_into().ok()?)?;
        front.get(start..)
    };
    let mut thrift = Thrift { bytes: footer().unwrap_or_default(), lists: true, has_list: false };
    thrift.skip(Thrift::STRUCT, 0);
    match thrift.has_list {
        true => Err("its footer is damaged".to_string().into()),
        false => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(footer: &[u8]) -> Vec<u8> {
        [b"PAR1", footer, &(footer.len() as u32).to_le_bytes(), b"PAR1"].concat()
    }

    #[test]
    fn a_list_of_two_billion_truths_is_refused() {
        // Field 15 is a list of i32::MAX elements that are true.
        let endless = [0xf9, 0xf1, 0xff, 0xff, 0xff, 0xff, 0x07, 0];
        assert!(footer_ends(&file(&endless)).is_err());
        let within = [0xfc, 0xf9, 0xf1, 0xff, 0xff, 0xff, 0xff, 0x07, 0, 0];
        assert!(footer_ends(&file(&within)).is_err());
        // Two integers, an empty list, and a struct with a text.
        let sound = [0x19, 0x25, 2, 4, 0x19, 0x05, 0x1c, 0x18, 1, b'a', 0, 0];
        assert!(footer_ends(&file(&sound)).is_ok());
        let mut page = Thrift::without_lists(&sound);
        assert!(page.skip(Thrift::STRUCT, 0).is_none() && page.has_list);
    }
}
