//! The hash in a model file: SHA-256 of the file with zeros in place of the hash.
//!
//! The hash is the first field of the document, and the document is the first entry of the header, so the hash has the
//! same offset in every file. It covers all other bytes: the length of the header, the document, names, types and
//! shapes of the tensors, and their values. It detects damage, not forgery: anyone who writes a file can compute its
//! hash. So the content is validated all the same.

use sha2::{Digest, Sha256};

/// The first bytes of the header of a sealed file: `hash` is the first field of the document.
const BEFORE: &[u8] = br#"{"__metadata__":{"elman":"{\"hash\":\""#;
/// Number of hexadecimal digits of the hash.
const DIGITS: usize = 64;
/// Offset of the hash: after the length of the header and [`BEFORE`].
const FROM: usize = 8 + BEFORE.len();
const TO: usize = FROM + DIGITS;

/// Adds a placeholder for the hash as the first field of `document`, a JSON object.
pub(super) fn with_room(document: &str) -> String {
    let fields = document.strip_prefix('{').unwrap_or_default();
    format!("{{\"hash\":\"{:0DIGITS$}\",{fields}", 0)
}

/// Computes the hash of a model file and writes it into the file. For files that were made or changed without this
/// module, as in tests; a file without a place for a hash is left unchanged.
pub fn seal(file: &mut [u8]) {
    if let Some(hash) = hash(file) {
        file[FROM..TO].copy_from_slice(&hash);
    }
}

/// Whether the hash in a file matches its content; `None` if the file has no hash.
pub(super) fn is_whole(file: &[u8]) -> Option<bool> {
    hash(file).map(|hash| file[FROM..TO] == hash)
}

/// Computes the digits of the hash of a file; `None` if the file has no place for a hash.
fn hash(file: &[u8]) -> Option<[u8; DIGITS]> {
    let (before, rest) = (file.get(..FROM)?, file.get(TO..)?);
    if !before.ends_with(BEFORE) {
        return None;
    }
    let mut hasher = Sha256::new();
    hasher.update(before);
    hasher.update([b'0'; DIGITS]);
    hasher.update(rest);
    Some(hex_digits(hasher.finalize()))
}

/// A hash in hexadecimal digits.
pub(super) fn hex_digits(hash: impl IntoIterator<Item = u8>) -> [u8; DIGITS] {
    let mut digits = [0; DIGITS];
    for (pair, byte) in digits.as_chunks_mut::<2>().0.iter_mut().zip(hash) {
        *pair = [byte >> 4, byte & 15].map(|digit| b"0123456789abcdef"[usize::from(digit)]);
    }
    digits
}
